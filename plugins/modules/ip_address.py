#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ip_address
short_description: Manage a Katapult IP address
version_added: 0.5.0
description:
  - Creates virtual IP addresses (VIPs), allocates IP addresses to virtual machines, moves them between virtual machines, takes them away,
    and releases them.
  - An existing IP address is identified by O(address) or by O(id). A VIP is also identified by its label, with O(properties.vip=true) and
    O(properties.label).
  - The module creates only VIPs. Katapult chooses the address of a new IP address, so the next run could not find one without a label.
  - Other IP addresses are created together with a virtual machine, see the option C(properties.network_interfaces[].new_ip_addresses) of
    M(katapult.cloud.virtual_machine).
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._connection
attributes:
  check_mode:
    support: full
    details:
      - Only V(GET) requests are sent.
      - Before an allocation, it verifies that the virtual machine exists and has exactly one suitable network interface. Before a creation,
        it verifies that the network exists. It cannot verify that the network has a free address, or that the token permits writing.
      - Values that Katapult assigns are V(null) in the prediction. These are the ID, the address and the subnet of a new VIP, and
        RV(ip_address.reverse_dns) of an address that no virtual machine has.
  diff_mode:
    support: full
    details:
      - The virtual machine is shown as RV(ip_address.allocation_id), its ID. RV(ip_address.reverse_dns) is shown only if the task sets it.
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) changes the IP address if it differs from the task. It creates a VIP if none has the label. If no IP address has the
        O(id) or the O(address) of the task, the task fails.
      - V(absent) releases it. If it does not exist, nothing is changed. If it is allocated, the task fails with the error code
        V(ip_address_allocated), unless O(force=true). Options that do not identify the IP address must be valid, but have no effect.
      - A released address belongs to nobody, and Katapult may give it to somebody else at once.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The ID of an existing IP address. An address that was released and obtained again has the same ID.
      - Together with O(id), O(properties.vip=true) and another O(properties.label) set a new label.
      - One of O(id), O(address), and O(properties.vip=true) with O(properties.label) is required.
      - If no IP address has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
    type: str
  address:
    description:
      - An existing IP address, without the length of its network prefix, such as V(198.51.100.10) or V(2001:db8::10).
      - Other notations of the same address are accepted, such as V(2001:DB8:0::10).
      - Together with O(address), O(properties.vip=true) and another O(properties.label) set a new label.
    type: str
  organization:
    description:
      - The organization that the IP address belongs to. Required to identify a VIP by its label, and for the name of a virtual machine.
        Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
  properties:
    description:
      - The properties of the IP address. Those that are omitted are kept.
    type: dict
    suboptions:
      network:
        description:
          - The network of the IP address. Required to create a VIP. See M(katapult.cloud.network_info).
          - It cannot be changed. If an existing IP address is on another network, the task fails before it changes anything, with the error
            code V(network_fixed).
        type: dict
        suboptions:
          id:
            description:
              - The ID of the network.
              - Mutually exclusive with O(properties.network.permalink). One of the two is required.
            type: str
          permalink:
            description:
              - The permalink of the network, for example V(uk-lon-01-public).
              - Mutually exclusive with O(properties.network.id). One of the two is required.
            type: str
      version:
        description:
          - The version of the Internet protocol. If it is omitted, a new VIP has V(ipv4).
          - It cannot be changed. If an existing IP address has another version, the task fails before it changes anything, with the error
            code V(version_fixed).
        type: str
        choices: [ipv4, ipv6]
      vip:
        description:
          - Whether it is a virtual IP address, which has a label. V(true) requires O(properties.label). V(false) removes the label.
        type: bool
      label:
        description:
          - The label of a VIP. Requires O(properties.vip=true). Without O(id) and O(address), it identifies the VIP.
          - The list endpoint omits labels, so the task reads each VIP of the organization individually to find a label.
        type: str
      reverse_dns:
        description:
          - The name to which the address resolves, without a dot at its end. It is case-insensitive, and cannot be removed.
          - It consists of letters, digits, hyphens and dots. For other characters, use their encoding with C(xn--).
          - When an address is allocated to a virtual machine, Katapult sets this to the C(fqdn) of the virtual machine. When it is taken
            away, Katapult sets a generic name. A task that sets this option writes it after that.
          - No recorded request contains this. It is only documented by Katapult.
        type: str
  virtual_machine:
    description:
      - The virtual machine that the address is allocated to, by its ID, which begins with C(vm_), or by its name, its host name or its
        FQDN.
      - It must have exactly one network interface on the network of the address. Otherwise, the task fails before it changes anything, with
        the error code V(no_interface_available) or V(several_interfaces_found).
      - If O(organization) is set, the virtual machine must belong to it. Otherwise, the task fails before it changes anything, with the
        error code V(other_organization).
      - If another virtual machine has the address, it is moved. Katapult has no request for that, so the address is taken away first, and
        then allocated. Between the two requests, usually for less than a second, no virtual machine has it. If the second request fails, no
        virtual machine has the address until the task is run again.
      - If omitted, the allocation is not changed. V(null) is an error, except in check mode, where an earlier task of the playbook may have
        predicted the virtual machine.
      - Mutually exclusive with O(allocated).
    type: str
  allocated:
    description:
      - V(false) takes the address away from the virtual machine that has it. The address stays with the organization, and may cost money.
      - V(true) is an error, because it does not say which virtual machine is meant. Set O(virtual_machine) instead.
      - Mutually exclusive with O(virtual_machine).
    type: bool
  force:
    description:
      - Whether O(state=absent) also releases an address that is allocated. It is taken away first.
      - It has no effect with O(state=present).
    type: bool
    default: false
notes:
  - >-
    Katapult does not document that labels are unique, so the module does not rely on it. It creates no second VIP with the same label in
    later runs, or in tasks of the same user on the same machine that run at the same moment. If another controller creates one at the same
    moment, the task fails with the error code V(duplicate_found), and deletes nothing.
  - If several VIPs have the label, the task fails with their IDs before it changes anything. Set O(id) or O(address) to select one.
  - If the response to a request that allocates the address or takes it away is lost, the address is read for up to ten seconds (within
    O(api_retry_timeout)). The request is sent again only if the address shows that it had no effect.
  - If the response to a release is lost, the request is not sent again, because the address may already belong to somebody else. The task
    reads the address once, and fails if it still exists. Before you run the task again, check what has the address.
  - An address is only taken away from a virtual machine. If something else has it, such as a load balancer, the task fails before it changes
    anything, with the error code V(resource_does_not_support_unallocation).
  - The operating system of a virtual machine must be configured for the address, too. This module does not do that.
seealso:
  - module: katapult.cloud.ip_address_info
  - module: katapult.cloud.network_info
  - module: katapult.cloud.virtual_machine
"""

EXAMPLES = r"""
- name: Allocate a virtual IP address for the database to the primary server
  katapult.cloud.ip_address:
    organization:
      sub_domain: acme
    properties:
      vip: true
      label: database
      network:
        permalink: uk-lon-01-public
      reverse_dns: db.example.com
    virtual_machine: db-1
  register: database

- name: Show the address
  ansible.builtin.debug:
    msg: "{{ database.ip_address.address }}"

- name: Move the address to the second server
  katapult.cloud.ip_address:
    organization:
      sub_domain: acme
    properties:
      vip: true
      label: database
    virtual_machine: db-2

- name: Take an address away from its virtual machine, but keep it
  katapult.cloud.ip_address:
    organization:
      sub_domain: acme
    address: 198.51.100.10
    allocated: false

- name: Release a virtual IP address, even if a virtual machine has it
  katapult.cloud.ip_address:
    organization:
      sub_domain: acme
    properties:
      vip: true
      label: database
    state: absent
    force: true

- name: Find the addresses that nothing uses
  katapult.cloud.ip_address_info:
    organization:
      sub_domain: acme
    allocated: false
  register: unused

- name: Release them
  katapult.cloud.ip_address:
    organization:
      sub_domain: acme
    id: "{{ item.id }}"
    state: absent
  loop: "{{ unused.ip_addresses }}"
"""

RETURN = r"""
ip_address:
  description:
    - The IP address after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the release, or V(null) if it did not exist.
  returned: success, or failure after something was changed
  type: dict
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
      description: The address with the length of its network prefix.
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
      description: The label, V(null) if it has none.
      type: str
      sample: database
    network:
      description: The network of the address.
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
      description: The subnet of the address, V(null) if the API omits it.
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
      description: The resource that it is allocated to. V(null) if it is not allocated.
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
diff:
  description:
    - One entry if the IP address changes, in the format of Ansible. Empty if nothing changes.
    - It contains only settings that change and that a task can set, and RV(ip_address.allocation_id).
  returned: success
  type: list
  elements: dict
  contains:
    before_header:
      description: The kind, the ID, and what a person knows the resource by.
      type: str
      sample: IP address ip_Pvfnh0q1ivK6R98b, 198.51.100.10 with the label "database"
    after_header:
      description: The same after the task.
      type: str
      sample: IP address ip_Pvfnh0q1ivK6R98b, 198.51.100.10 with the label "database"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"allocation_id": "vm_4v8YBNBXSbCyP058"}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"allocation_id": "vm_9GqCNIOKB6bbaRMX"}
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

from ansible_collections.katapult.cloud.plugins.module_utils._engine.manage import manage
from ansible_collections.katapult.cloud.plugins.module_utils._module import run_module
from ansible_collections.katapult.cloud.plugins.module_utils._resources.ip_address import IP_ADDRESS
from ansible_collections.katapult.cloud.plugins.module_utils._resources.network import NETWORK
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_network_interface import (
    VIRTUAL_MACHINE_NETWORK_INTERFACE,
)

TASK = manage(IP_ADDRESS, refers_to=(VIRTUAL_MACHINE, NETWORK, VIRTUAL_MACHINE_NETWORK_INTERFACE))


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
