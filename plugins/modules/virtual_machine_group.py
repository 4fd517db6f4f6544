#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virtual_machine_group
short_description: Manage a Katapult virtual machine group
version_added: 0.5.0
description:
  - Creates, updates and deletes a virtual machine group. A load balancer can distribute traffic to all virtual machines in a group.
  - The group is identified by O(properties.name), or by O(id).
  - Only options that the task sets are compared and changed. The module does not change which virtual machines are in the group.
    To change that, use the option C(properties.group) of M(katapult.cloud.virtual_machine).
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
      - The ID of an existing group. Together with O(properties.name), the group is renamed.
      - If no resource has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
      - One of O(id) and O(properties.name) is required.
    type: str
  properties:
    description:
      - The properties of the group.
    type: dict
    suboptions:
      name:
        description:
          - The name, which identifies the group on every run. Required to create a group.
        type: str
      segregate:
        description:
          - Whether Katapult places the virtual machines of the group on different hosts.
          - If omitted on creation, Katapult decides. What a change means for running virtual machines is unknown.
        type: bool
      auto_segregate:
        description:
          - Whether Katapult segregates the virtual machines of the group automatically. The API does not document further details.
          - If omitted on creation, Katapult uses V(false).
        type: bool
notes:
  - Katapult deletes a group even if virtual machines are in it. They are kept, and belong to no group afterwards. It is unknown whether it
    deletes a group that a load balancer uses. If it refuses, the task fails with the error code V(deletion_restricted).
seealso:
  - module: katapult.cloud.virtual_machine_group_info
  - module: katapult.cloud.tag
  - module: katapult.cloud.load_balancer
"""

EXAMPLES = r"""
- name: A group for web servers, on different hosts
  katapult.cloud.virtual_machine_group:
    organization:
      sub_domain: acme
    properties:
      name: web
      segregate: true
  register: web

# Needed once. After that, change the name in the first task.
- name: Rename it
  katapult.cloud.virtual_machine_group:
    organization:
      sub_domain: acme
    id: "{{ web.virtual_machine_group.id }}"
    properties:
      name: web-production

- name: Delete a group
  katapult.cloud.virtual_machine_group:
    organization:
      sub_domain: acme
    properties:
      name: old
    state: absent
"""

RETURN = r"""
virtual_machine_group:
  description:
    - The group after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
      type: str
      sample: vmgrp_NqAjIfOyzSMyuFPS
    name:
      description: The name.
      type: str
      sample: web
    segregate:
      description: Whether Katapult places the virtual machines of the group on different hosts.
      type: bool
      sample: true
    auto_segregate:
      description: Whether Katapult segregates the virtual machines of the group automatically. V(null) in responses of an old API.
      type: bool
      sample: false
    created_at:
      description: When it was created, in seconds since 1970. V(null) if check mode predicts a creation.
      type: int
      sample: 1767225600
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
      sample: virtual machine group vmgrp_NqAjIfOyzSMyuFPS, name "web"
    after_header:
      description: The same after the task.
      type: str
      sample: virtual machine group vmgrp_NqAjIfOyzSMyuFPS, name "web-production"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"name": "web"}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"name": "web-production"}
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_group import (
    VIRTUAL_MACHINE_GROUP,
)

TASK = manage(VIRTUAL_MACHINE_GROUP)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
