#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: security_group_info
short_description: Read Katapult security groups
version_added: 0.5.0
description:
  - Reads one security group by its ID, or lists all security groups of an organization, optionally with their rules.
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
      - The ID of the security group to read.
    type: str
  name:
    description:
      - Return only security groups with exactly this name. The API does not document whether names are unique.
    type: str
  annotations:
    description:
      - Return only security groups with all of these annotations.
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
  include_rules:
    description:
      - Whether to also read the rules of each security group, with at least one request for each.
    type: bool
    default: false
seealso:
  - module: katapult.cloud.security_group
  - module: katapult.cloud.address_list_info
"""

EXAMPLES = r"""
- name: Find the security groups that allow all inbound traffic
  katapult.cloud.security_group_info:
    organization:
      sub_domain: acme
  register: listed

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ listed.security_groups | selectattr('allow_all_inbound') | map(attribute='name') }}"
"""

RETURN = r"""
security_groups:
  description:
    - The security groups, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: sg_4v8YBNBXSbCyP058
    name:
      description: The name.
      type: str
      sample: web
    allow_all_inbound:
      description: Whether all inbound traffic is allowed.
      type: bool
      sample: false
    allow_all_outbound:
      description: Whether all outbound traffic is allowed.
      type: bool
      sample: true
    associations:
      description: The IDs of what the security group applies to.
      type: list
      elements: str
      sample: [tag_NqAjIfOyzSMyuFPS]
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
    rules:
      description: All rules, by their IDs.
      returned: if O(include_rules=true)
      type: list
      elements: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: sgr_UUhPmoCbpic6UX0Y
        direction:
          description: The direction of the traffic.
          type: str
          sample: inbound
        protocol:
          description: The protocol.
          type: str
          sample: TCP
        action:
          description: Whether the traffic is allowed or denied. V(null) in responses of an old API, which always allows it.
          type: str
          sample: allow
        ports:
          description: The ports and ranges. V(null) for all ports.
          type: str
          sample: "8080"
        targets:
          description: The sources of inbound traffic, or the destinations of outbound traffic.
          type: list
          elements: str
          sample: [adlst_4v8YBNBXSbCyP058]
        notes:
          description: The notes. V(null) if there are none.
          type: str
          sample: Load balancers
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.security_group import SECURITY_GROUP
from ansible_collections.katapult.cloud.plugins.module_utils._resources.security_group_rule import SECURITY_GROUP_RULE

TASK = info(SECURITY_GROUP, children=SECURITY_GROUP_RULE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
