#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer_member
short_description: Manage one member of a Katapult load balancer
version_added: 0.4.0
description:
  - Adds one member to a load balancer, changes its weight or whether it is a standby virtual machine, or removes it. All other members and
    settings are kept.
  - Use it for rolling updates, in which each host takes itself out of the load balancer and puts itself back. To manage all members at
    once,
    use O(katapult.cloud.load_balancer#module:properties.resource_ids) instead.
  - This module never creates a load balancer.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._connection
  - katapult.cloud._names
attributes:
  check_mode:
    support: full
    details:
      - Only V(GET) requests are sent.
      - If there is no load balancer with the C(api_reference) yet, or if its C(id) is V(null) because check mode predicts it, the member is
        predicted with a warning.
      - Check mode cannot verify that a new member with this ID exists, or that the token permits writing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) adds the member if the load balancer does not have it, and sets O(weight) and O(standby) if they differ from the task.
      - V(absent) removes the member, also from the standby virtual machines. If the load balancer does not exist, nothing is changed.
        O(weight) and O(standby) must be valid, but have no effect.
    type: str
    choices: [present, absent]
    default: present
  organization:
    description:
      - The organization that the task applies to. Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
      - If it is set in either way, the load balancer is changed only if it belongs to this organization.
  load_balancer:
    description:
      - The load balancer.
    type: dict
    required: true
    suboptions:
      id:
        description:
          - The ID of the load balancer.
          - Mutually exclusive with O(load_balancer.api_reference). One of the two is required.
        type: str
      api_reference:
        description:
          - The reference of the load balancer.
          - Mutually exclusive with O(load_balancer.id). One of the two is required.
        type: str
  resource_id:
    description:
      - The ID or a name of the member. Its type is the C(resource_type) of the load balancer, a virtual machine, a virtual machine group or
        a tag.
    type: str
    required: true
  weight:
    description:
      - The weight of the member. Requires that the member is a virtual machine, and that weighting is enabled, see
        O(katapult.cloud.load_balancer#module:properties.enable_weighting).
      - If omitted, the weight is kept. Katapult lists a new member with a weight of V(128). Whether a member that was removed and added
        again has its former weight is unknown, so set it.
      - The API does not document the valid range. V(0) is meant to stop new traffic, but nobody has observed this yet.
    type: int
  standby:
    description:
      - Whether the member is a standby virtual machine for failover. Requires that the member is a virtual machine.
      - If omitted, this is kept.
    type: bool
  allow_no_members:
    description:
      - Whether the last member may be removed. Otherwise, the task fails before it changes anything.
    type: bool
    default: false
notes:
  - A new member and its weight are sent in one request.
  - The module issues a warning if no member would have a weight above V(0), or if all members would be standby virtual machines.
  - Tasks of the same user on the same machine do not overwrite each other's changes, even if they run at the same moment for many hosts.
    Tasks of several controllers can. In this case, use C(serial=1) or C(throttle=1).
seealso:
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.load_balancer_rule
"""

EXAMPLES = r"""
# In a play with serial: 1, for a rolling update

- name: Take the server out of the load balancer
  katapult.cloud.load_balancer_member:
    load_balancer:
      api_reference: web-production
    resource_id: "{{ katapult_id }}"
    state: absent
  delegate_to: localhost

- name: Deploy the application
  ansible.builtin.include_role:
    name: web

- name: Put the server back
  katapult.cloud.load_balancer_member:
    load_balancer:
      api_reference: web-production
    resource_id: "{{ katapult_id }}"
    weight: 100
  delegate_to: localhost

- name: Make a server a standby server
  katapult.cloud.load_balancer_member:
    load_balancer:
      api_reference: web-production
    resource_id: vm_UUhPmoCbpic6UX0Y
    standby: true
"""

RETURN = r"""
load_balancer_member:
  description:
    - The member after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the removal, or V(null) if the load balancer did not have the member.
  returned: success
  type: dict
  contains:
    resource_id:
      description: The ID.
      type: str
      sample: vm_4v8YBNBXSbCyP058
    weight:
      description: The weight. V(null) for virtual machine groups and tags.
      type: int
      sample: 100
    standby:
      description: Whether the member is a standby virtual machine.
      type: bool
      sample: false
load_balancer:
  description:
    - The load balancer after the task, or in check mode its predicted state. V(null) if it does not exist.
    - It has the keys that M(katapult.cloud.load_balancer) returns, without the rules.
    - On failure, the known state if something was changed before the error, or if the API has rejected a change.
  returned: success, or failure after something was changed
  type: dict
  sample: {"id": "lb_4v8YBNBXSbCyP058", "api_reference": "web-production", "resource_ids": ["vm_4v8YBNBXSbCyP058", "vm_UUhPmoCbpic6UX0Y"]}
diff:
  description:
    - One entry if something changes, in the format of Ansible. Empty otherwise.
  returned: success
  type: list
  elements: dict
  contains:
    before_header:
      description: The member and its load balancer.
      type: str
      sample: load balancer member vm_4v8YBNBXSbCyP058, of "web-production"
    after_header:
      description: The member and its load balancer.
      type: str
      sample: load balancer member vm_4v8YBNBXSbCyP058, of "web-production"
    before:
      description: The settings that change, before the task. V(null) if the load balancer did not have the member.
      type: dict
      sample: {"weight": 128}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the member is removed.
      type: dict
      sample: {"weight": 100}
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
      sample: PATCH
    path:
      description: The path of the failed request, below O(api_url). V(null) if no request failed.
      type: str
      sample: /load_balancers/load_balancer
    request_id:
      description: The ID of the request, for Katapult's support.
      type: str
      sample: d4fd85ad-1496-4a36-839d-859a7abb3058
"""

from ansible_collections.katapult.cloud.plugins.module_utils._engine.part import manage_part
from ansible_collections.katapult.cloud.plugins.module_utils._module import run_module
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer import LOAD_BALANCER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer_member import LOAD_BALANCER_MEMBER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_group import (
    VIRTUAL_MACHINE_GROUP,
)

TASK = manage_part(LOAD_BALANCER_MEMBER, of=LOAD_BALANCER, refers_to=(VIRTUAL_MACHINE, VIRTUAL_MACHINE_GROUP, TAG))


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
