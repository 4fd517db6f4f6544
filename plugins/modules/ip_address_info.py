#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ip_address_info
short_description: Read Katapult IP addresses
version_added: 0.5.0
description:
  - Reads one IP address by its ID or the address itself, or lists the IP addresses of an organization, whether they are allocated or not.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._reading
  - katapult.cloud._reading.listed
  - katapult.cloud._connection
options:
  id:
    description:
      - The ID of the IP address to read.
      - An address that was released and obtained again has the same ID.
      - Mutually exclusive with O(address).
    type: str
  address:
    description:
      - The IP address to read, without the length of its network prefix, such as V(198.51.100.10) or V(2001:db8::10).
      - Mutually exclusive with O(id).
    type: str
  allocated:
    description:
      - Whether to return only addresses that are allocated, for example to a virtual machine (V(true)), or only those that are not
        (V(false)).
      - If omitted, both are returned.
    type: bool
  labels:
    description:
      - Return only addresses with any of these labels. A virtual IP address (VIP) has a label. The API does not document whether labels are
        unique.
      - With this option, the module reads every candidate individually, because the list endpoint omits labels.
      - It must not be empty. A value that no IP address has causes a warning.
    type: list
    elements: str
  full:
    description:
      - Whether to read each listed resource individually. This takes one request for each resource, and returns the fields that the list
        endpoint omits.
      - Katapult limits the number of requests per minute. Together with O(allocated), only the addresses that it selects are read
        individually.
    type: bool
    default: false
seealso:
  - module: katapult.cloud.ip_address
  - module: katapult.cloud.network_info
  - module: katapult.cloud.virtual_machine_info
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: List the IP addresses that nothing uses
  katapult.cloud.ip_address_info:
    organization:
      sub_domain: acme
    allocated: false
  register: unused

- name: Find the virtual machine with an address
  katapult.cloud.ip_address_info:
    address: 198.51.100.10
  register: found

- name: Show its name
  ansible.builtin.debug:
    msg: "{{ found.ip_addresses | map(attribute='allocation.name') }}"

- name: Find a virtual IP address by its label
  katapult.cloud.ip_address_info:
    organization:
      sub_domain: acme
    labels: [database]
  register: database
"""

RETURN = r"""
ip_addresses:
  description:
    - The IP addresses, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: ip_Pvfnh0q1ivK6R98b
    address:
      description: The IP address.
      type: str
      sample: 198.51.100.10
    address_with_mask:
      description: The address with the length of its network prefix. Omitted by the list endpoint.
      type: str
      sample: 198.51.100.10/24
    reverse_dns:
      description: The name to which the address resolves.
      type: str
      sample: web-1.acme.katapult.cloud
    vip:
      description: Whether it is a virtual IP address (VIP).
      type: bool
      sample: false
    label:
      description: The label, V(null) if it has none. Omitted by the list endpoint.
      type: str
      sample: database
    network:
      description: The network of the address. Omitted by the list endpoint.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: netw_gVRkZdSKczfNg34P
        name:
          description: The name.
          type: str
          sample: Public Network
        permalink:
          description: The permalink, V(null) if it has none.
          type: str
          sample: uk-lon-01-public
        default:
          description: Whether it is the default network of its data center.
          type: bool
          sample: true
        data_center:
          description: The data center of the network.
          type: dict
          contains:
            id:
              description: The ID.
              type: str
              sample: loc_UUhPmoCbpic6UX0Y
            name:
              description: The name.
              type: str
              sample: London
            permalink:
              description: The permalink.
              type: str
              sample: uk-lon-01
    subnet:
      description: The subnet of the address, V(null) if the API omits it. Omitted by the list endpoint.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: sbnt_9FYjp2bT20hooq9u
        address:
          description: The address of the subnet.
          type: str
          sample: 198.51.100.0
        gateway:
          description: The address of the gateway.
          type: str
          sample: 198.51.100.1
        mask:
          description: The length of the network prefix.
          type: int
          sample: 24
        version:
          description: The version of the Internet protocol, V(4) or V(6).
          type: int
          sample: 4
    allocation_id:
      description: The ID of the resource that it is allocated to. V(null) if it is not allocated.
      type: str
      sample: vm_4v8YBNBXSbCyP058
    allocation_type:
      description: The type of the resource that it is allocated to. V(null) if it is not allocated.
      type: str
      sample: VirtualMachine
    allocation:
      description: The resource that it is allocated to. V(null) if it is not allocated. Omitted by the list endpoint.
      type: dict
      contains:
        type:
          description: The type. V(null) if the API omits it.
          type: str
          sample: VirtualMachine
        id:
          description: The ID.
          type: str
          sample: vm_4v8YBNBXSbCyP058
        name:
          description: The name.
          type: str
          sample: Web 1
error:
  description: The error in machine-readable form. RV(ignore:msg) contains the same information for people.
  returned: failure, unless Ansible itself refused the options or could not run the module
  type: dict
  contains:
    code:
      description:
        - The error code of the API, for example V(scope_not_granted), or of the collection, for example V(timed_out).
        - C(docs/errors.md) of the collection lists all error codes.
      type: str
      sample: scope_not_granted
    description:
      description: The description from the API. V(null) if there is none.
      type: str
      sample: The scope required for this endpoint has not been granted
    detail:
      description: Further data from the API. Empty if there is none.
      type: dict
      sample: {"scopes": ["load_balancers"]}
    http_status:
      description: The HTTP status of the failed response. V(null) if there was no response.
      type: int
      sample: 403
    method:
      description: The method of the failed request. V(null) if no request failed.
      type: str
      sample: POST
    path:
      description: The path of the failed request, below O(api_url). V(null) if no request failed.
      type: str
      sample: /organizations/organization/load_balancers
    request_id:
      description: The ID of the request, for Katapult's support.
      type: str
      sample: d4fd85ad-1496-4a36-839d-859a7abb3058
"""

from ansible_collections.katapult.cloud.plugins.module_utils._engine.info import info
from ansible_collections.katapult.cloud.plugins.module_utils._module import run_module
from ansible_collections.katapult.cloud.plugins.module_utils._resources.ip_address import IP_ADDRESS

TASK = info(IP_ADDRESS)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
