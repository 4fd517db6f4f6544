#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: address_list
short_description: Manage a Katapult address list
version_added: 0.5.0
description:
  - Creates, updates and deletes an address list with its entries. Rules of security groups can have address lists as targets.
  - The address list is identified by O(properties.name), or by O(id).
  - Only options that the task sets are compared and changed.
  - Katapult's own lists, which exist for all organizations, can only be read, with M(katapult.cloud.address_list_info) or with
    P(katapult.cloud.id#lookup).
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._managing
  - katapult.cloud._managing.named
  - katapult.cloud._connection
options:
  id:
    description:
      - The ID of an existing address list. Together with O(properties.name), the address list is renamed.
      - If no resource has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
      - One of O(id) and O(properties.name) is required.
    type: str
  properties:
    description:
      - The properties of the address list.
    type: dict
    suboptions:
      name:
        description:
          - The name, which identifies the address list on every run. Required to create an address list.
        type: str
  annotations:
    description:
      - The annotations to set. Annotations with other keys are kept, so V([]) changes nothing.
      - If set, the address list is read individually, because the list endpoint omits annotations.
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
          - The value of the annotation. A blank value is written as an empty string.
        type: str
        required: true
  entries:
    description:
      - The entries of the address list, in any order. If omitted, no entry is changed.
      - Entries that are not listed are deleted, see O(purge_entries). V([]) deletes all, which requires O(allow_no_entries=true).
      - The module adds entries before it deletes others.
    type: list
    elements: dict
    suboptions:
      address:
        description:
          - An IP address, or a network with its prefix length, such as V(192.0.2.0/24). It identifies the entry.
          - Addresses are compared as networks, so V(192.0.2.1) and V(192.0.2.1/32) are the same, and so are V(192.0.2.7/24) and
            V(192.0.2.0/24).
        type: str
        required: true
      name:
        description:
          - The name of the entry. If omitted, the name of an existing entry is kept.
        type: str
  purge_entries:
    description:
      - Whether to delete the entries that O(entries) does not list. It has no effect if O(entries) is omitted.
    type: bool
    default: true
  allow_no_entries:
    description:
      - Whether O(entries) may delete all entries of an address list that has some. Otherwise, the task fails before it changes anything.
    type: bool
    default: false
notes:
  - The lookup plugin also finds the lists of Katapult. If your list has the name of one of them, the name is ambiguous there.
  - It is unknown whether Katapult deletes an address list that is the target of a rule. If it refuses, the task fails, for example with the
    error code V(deletion_restricted).
seealso:
  - module: katapult.cloud.address_list_info
  - module: katapult.cloud.security_group
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: The networks of the office
  katapult.cloud.address_list:
    organization:
      sub_domain: acme
    properties:
      name: office
    entries:
      - address: 198.51.100.0/24
        name: First floor
      - address: 2001:db8::/32
  register: office

- name: Permit SSH from the office
  katapult.cloud.security_group:
    organization:
      sub_domain: acme
    properties:
      name: administration
    rules:
      - direction: inbound
        protocol: TCP
        ports: "22"
        targets: ["{{ office.address_list.id }}"]

- name: Add one entry and keep all others
  katapult.cloud.address_list:
    organization:
      sub_domain: acme
    properties:
      name: office
    entries:
      - address: 203.0.113.7
        name: Home
    purge_entries: false

- name: Delete an address list with its entries
  katapult.cloud.address_list:
    organization:
      sub_domain: acme
    properties:
      name: old
    state: absent
"""

RETURN = r"""
address_list:
  description:
    - The address list after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
      type: str
      sample: adlst_4v8YBNBXSbCyP058
    name:
      description: The name.
      type: str
      sample: office
    global:
      description: Whether the address list belongs to Katapult. Always V(false) here, because such a list cannot be changed.
      type: bool
      sample: false
    annotations:
      description:
        - The annotations. Omitted by the list endpoint, so they are returned only if the address list was read individually or written.
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
      description:
        - All entries, by address.
      returned: if O(entries) is set
      type: list
      elements: dict
      contains:
        id:
          description: The ID. V(null) if check mode predicts a creation.
          type: str
          sample: adlste_UUhPmoCbpic6UX0Y
        address:
          description: The address or the network, as Katapult has it.
          type: str
          sample: 198.51.100.0/24
        name:
          description: The name, V(null) if it has none.
          type: str
          sample: First floor
diff:
  description:
    - One entry for each resource that changes, in the format of Ansible. Empty if nothing changes.
    - An entry contains only settings that change and that a task can set. Lists are in a normalized order, because their order has no
      meaning.
  returned: success
  type: list
  elements: dict
  contains:
    before_header:
      description: The kind, the ID, and what a person knows the resource by.
      type: str
      sample: address list adlst_4v8YBNBXSbCyP058, name "office"
    after_header:
      description: The same after the task.
      type: str
      sample: address list adlst_4v8YBNBXSbCyP058, name "offices"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"name": "office"}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"name": "offices"}
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.address_list import ADDRESS_LIST
from ansible_collections.katapult.cloud.plugins.module_utils._resources.address_list_entry import ADDRESS_LIST_ENTRY

TASK = manage(ADDRESS_LIST, children=ADDRESS_LIST_ENTRY)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
