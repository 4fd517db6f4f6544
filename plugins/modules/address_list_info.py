#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: address_list_info
short_description: Read Katapult address lists
version_added: 0.5.0
description:
  - Reads one address list by its ID, or lists all address lists of an organization, optionally with those of Katapult that exist for all
    organizations.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._reading
  - katapult.cloud._reading.listed
  - katapult.cloud._reading.full
  - katapult.cloud._connection
options:
  id:
    description:
      - The ID of the address list to read.
    type: str
  name:
    description:
      - Return only address lists with exactly this name. The API does not document whether names are unique.
    type: str
  annotations:
    description:
      - Return only address lists with all of these annotations.
      - With this option, the module reads every candidate individually, because the list endpoint omits annotations, and the API does not
        document how it filters by them.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The key of the annotation.
        type: str
        required: true
      value:
        description:
          - The value of the annotation. If omitted, any value matches.
        type: str
  include_global:
    description:
      - Whether a list also contains the address lists of Katapult, such as those with the addresses of its load balancers. One address list
        is read by its ID in any case.
    type: bool
    default: false
  include_entries:
    description:
      - Whether to also read the entries of each address list, with at least one request for each.
    type: bool
    default: false
seealso:
  - module: katapult.cloud.address_list
  - module: katapult.cloud.security_group_info
"""

EXAMPLES = r"""
- name: Find the addresses of Katapult's load balancers
  katapult.cloud.address_list_info:
    organization:
      sub_domain: acme
    name: Katapult Load Balancers (London)
    include_global: true
    include_entries: true
  register: balancers

- name: Show them
  ansible.builtin.debug:
    msg: "{{ balancers.address_lists | map(attribute='entries') | flatten | map(attribute='address') }}"
"""

RETURN = r"""
address_lists:
  description:
    - The address lists, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: adlst_4v8YBNBXSbCyP058
    name:
      description: The name.
      type: str
      sample: office
    global:
      description: Whether the address list belongs to Katapult, and exists for all organizations.
      type: bool
      sample: false
    annotations:
      description: The annotations. Omitted by the list endpoint.
      type: list
      elements: dict
      contains:
        key:
          description: The key.
          type: str
          sample: team
        value:
          description: The value, V(null) if the annotation has none.
          type: str
          sample: web
    entries:
      description: All entries, by address.
      returned: if O(include_entries=true)
      type: list
      elements: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: adlste_UUhPmoCbpic6UX0Y
        address:
          description: The address or the network.
          type: str
          sample: 198.51.100.0/24
        name:
          description: The name, V(null) if it has none.
          type: str
          sample: First floor
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.address_list import ADDRESS_LIST
from ansible_collections.katapult.cloud.plugins.module_utils._resources.address_list_entry import ADDRESS_LIST_ENTRY

TASK = info(ADDRESS_LIST, children=ADDRESS_LIST_ENTRY)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
