#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_info
short_description: Read Katapult networks
version_added: 0.5.0
description:
  - Reads one network by its ID or its permalink, or lists the networks and the virtual networks that are available to an organization.
  - Networks belong to Katapult. Virtual networks belong to the organization. They can be listed, but not read individually.
  - It requires an API token, but no particular scope.
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
      - The ID of the network to read. The API cannot look up virtual networks with it.
      - Mutually exclusive with O(permalink).
    type: str
  permalink:
    description:
      - The permalink of the network to read, such as V(uk-lon-01-public).
      - The permalink of a network cannot be derived from that of its data center. To find the network of a data center, list all networks.
      - Mutually exclusive with O(id).
    type: str
  name:
    description:
      - Return only networks and virtual networks with exactly this name. The API does not document whether names are unique.
    type: str
seealso:
  - module: katapult.cloud.data_center_info
  - module: katapult.cloud.ip_address_info
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: List the networks of an organization
  katapult.cloud.network_info:
    organization:
      sub_domain: acme
  register: available

- name: Show the default network of a data center
  ansible.builtin.debug:
    msg: >-
      {{ available.networks | selectattr('data_center.permalink', 'equalto', 'nl-ams-01')
      | selectattr('default') | map(attribute='permalink') }}

- name: Show the IDs of the virtual networks
  ansible.builtin.debug:
    msg: "{{ available.virtual_networks | map(attribute='id') }}"

- name: Read one
  katapult.cloud.network_info:
    permalink: uk-lon-01-public
  register: london
"""

RETURN = r"""
networks:
  description:
    - The networks, in the order of the API. Empty if none is found.
  returned: success
  type: list
  elements: dict
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
virtual_networks:
  description:
    - The virtual networks of the organization, in the order of the API. Empty if the task sets O(id) or O(permalink).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: vnet_Py3OT3uwslam5mrc
    name:
      description: The name.
      type: str
      sample: Backbone
    data_center:
      description: The data center of the virtual network.
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.network import NETWORK

TASK = info(NETWORK)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
