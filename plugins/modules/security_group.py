#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: security_group
short_description: Manage a Katapult security group
version_added: 0.5.0
description:
  - Creates, updates and deletes a security group with its rules. A security group is the firewall of the virtual machines that it is
    associated with.
  - The security group is identified by O(properties.name), or by O(id).
  - Only options that the task sets are compared and changed.
  - A security group without rules permits nothing, in both directions. The rules of all security groups of a virtual machine apply
    together. A rule that denies traffic overrules all rules that allow it, and the order of rules has no meaning.
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
      - The ID of an existing security group. Together with O(properties.name), the security group is renamed.
      - If no resource has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
      - One of O(id) and O(properties.name) is required.
    type: str
  properties:
    description:
      - The properties of the security group.
    type: dict
    suboptions:
      name:
        description:
          - The name, which identifies the security group on every run. Required to create a security group.
        type: str
      allow_all_inbound:
        description:
          - Whether all inbound traffic is allowed. If omitted, a security group is created with V(false).
          - Katapult then permits no inbound rules. When this becomes V(true), it deletes those that exist, without a message, and does not
            restore them. The task therefore fails before it changes anything, unless O(rules) and O(purge_rules) say that they are to be
            deleted.
          - When this becomes V(false), nothing is permitted until the first rule is added, because Katapult refuses the rules before.
        type: bool
      allow_all_outbound:
        description:
          - Whether all outbound traffic is allowed. For everything else, the same applies as for O(properties.allow_all_inbound).
        type: bool
      associations:
        description:
          - The IDs of all virtual machines, virtual machine groups and tags that the security group applies to, in any order. V([]) removes
            all.
          - For names, use P(katapult.cloud.id#lookup), because a name could be that of a resource of any of these kinds.
          - Associations are removed before the rules change, and added after that, so that none of them is open to more than before or
            afterwards. A new security group is associated last, so that it has its rules before it applies.
          - The task issues a warning if there are no more associations, and if the security group permits no traffic of its associations in
            one of the directions.
        type: list
        elements: str
  annotations:
    description:
      - The annotations to set. Annotations with other keys are kept, so V([]) changes nothing.
      - If set, the security group is read individually, because the list endpoint omits annotations.
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
  rules:
    description:
      - The rules of the security group, in any order. If omitted, no rule is changed.
      - A rule has no identity but its settings, and two rules with the same settings are two rules. An omitted setting has its default.
      - Rules that are not listed are deleted, see O(purge_rules). V([]) deletes all, which requires O(allow_no_rules=true).
      - The module plans all changes before it writes anything, and changes rules in an order that never permits more than before or
        afterwards. Traffic that is permitted before and afterwards is interrupted at most between two requests, if it moves from one
        changed rule to another.
      - Katapult permits 50 rules in a security group. During a change, old and new rules exist side by side.
    type: list
    elements: dict
    suboptions:
      direction:
        description:
          - The direction of the traffic, seen from the virtual machine.
        type: str
        choices: [inbound, outbound]
        required: true
      protocol:
        description:
          - The protocol.
        type: str
        choices: [TCP, UDP, ICMP]
        required: true
      action:
        description:
          - Whether the traffic is allowed or denied. If omitted, it is V(allow).
        type: str
        choices: [allow, deny]
      ports:
        description:
          - Ports and ranges from V(1) to V(65535), separated by commas, such as V(80), V(80,443) or V(2000-3000). They are compared in any
            order.
          - If omitted or empty, the rule applies to all ports. Must be omitted for O(rules[].protocol=ICMP).
        type: str
      targets:
        description:
          - The sources of inbound traffic, or the destinations of outbound traffic, in any order. Each is V(all:ipv4), V(all:ipv6), an IP
            address, a network with its prefix length such as V(192.0.2.0/24), or the ID of a virtual machine, a virtual machine group, a
            tag or an address list.
          - For names, use P(katapult.cloud.id#lookup), because a name could be that of a resource of any of these kinds.
          - If omitted or empty, the rule applies to nothing, and the task issues a warning.
        type: list
        elements: str
      notes:
        description:
          - Notes about the rule.
        type: str
  purge_rules:
    description:
      - Whether to delete the rules that O(rules) does not list, so that a rule that was removed from the playbook is also removed from the
        firewall. It has no effect if O(rules) is omitted.
      - Unlike in M(katapult.cloud.load_balancer), the default is V(true).
    type: bool
    default: true
  allow_no_rules:
    description:
      - Whether O(rules) may delete all rules of a security group that has some. Otherwise, the task fails before it changes anything.
    type: bool
    default: false
notes:
  - The API documents the scope C(security_group), in the singular, for the deletion of a security group. Whether the scope
    C(security_groups) is sufficient is unknown.
  - If Katapult rejects the change of a rule, it may nevertheless have executed a part of it. The rule is then read once more, and the
    failure contains its state.
seealso:
  - module: katapult.cloud.security_group_info
  - module: katapult.cloud.address_list
  - module: katapult.cloud.address_list_info
  - module: katapult.cloud.tag
  - module: katapult.cloud.virtual_machine_group
  - module: katapult.cloud.load_balancer
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Permit inbound traffic from the load balancers only, on port 8080
  katapult.cloud.security_group:
    organization:
      sub_domain: acme
    properties:
      name: web
      allow_all_outbound: true
      associations: "{{ query('katapult.cloud.id', 'tag', 'web') }}"
    rules:
      - direction: inbound
        protocol: TCP
        ports: "8080"
        targets: "{{ query('katapult.cloud.id', 'address_list', 'Katapult Load Balancers (London)') }}"
        notes: Load balancers
  register: web

- name: Add one rule and keep all others
  katapult.cloud.security_group:
    organization:
      sub_domain: acme
    properties:
      name: web
    rules:
      - direction: inbound
        protocol: ICMP
        targets: [all:ipv4, all:ipv6]
    purge_rules: false

- name: Deny TCP connections from an address, whatever other rules allow
  katapult.cloud.security_group:
    organization:
      sub_domain: acme
    properties:
      name: web
    rules:
      - direction: inbound
        protocol: TCP
        action: deny
        targets: [203.0.113.66]
    purge_rules: false

- name: Delete a security group with its rules
  katapult.cloud.security_group:
    organization:
      sub_domain: acme
    properties:
      name: old
    state: absent
"""

RETURN = r"""
security_group:
  description:
    - The security group after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
    - On failure, the known state if something was changed before the error. Otherwise, it is not returned.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
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
      description:
        - The annotations. Omitted by the list endpoint, so they are returned only if the security group was read individually or written.
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
      returned: if O(rules) is set
      type: list
      elements: dict
      contains:
        id:
          description: The ID. V(null) if check mode predicts a creation.
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
      sample: security group sg_4v8YBNBXSbCyP058, name "web"
    after_header:
      description: The same after the task.
      type: str
      sample: security group sg_4v8YBNBXSbCyP058, name "web-production"
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.security_group import SECURITY_GROUP
from ansible_collections.katapult.cloud.plugins.module_utils._resources.security_group_rule import SECURITY_GROUP_RULE

TASK = manage(SECURITY_GROUP, children=SECURITY_GROUP_RULE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
