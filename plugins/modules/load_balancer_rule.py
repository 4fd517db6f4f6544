#!/usr/bin/python
# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer_rule
short_description: Manage one rule of a Katapult load balancer
version_added: 0.2.0
description:
  - Creates one rule of a load balancer, keeps it as described, and removes it.
  - A rule has no name. Which one is meant is told by its load balancer and O(properties.listen_port), or by its O(id).
  - Only what the task gives is compared and changed. What it leaves out stays as it is.
  - To manage all rules of a load balancer in one task, use O(katapult.cloud.load_balancer#module:rules).
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._connection
attributes:
  check_mode:
    support: full
    details:
      - Nothing but V(GET) requests are sent. What only Katapult knows before the creation is V(null) in the prediction.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) creates the rule if it is not there, and changes it if it is not as described.
      - V(absent) removes it. It is content if the rule or its whole load balancer is not there. The other
        O(properties) must be valid, and have no effect then. An O(id) and an O(properties.listen_port) that do not belong together
        are refused.
    type: str
    choices: [present, absent]
    default: present
  load_balancer:
    description:
      - The load balancer that the rule belongs to. A rule cannot move to another one.
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
          - The reference of the load balancer, see O(katapult.cloud.load_balancer#module:properties.api_reference).
          - Mutually exclusive with O(load_balancer.id). One of the two is required.
        type: str
  id:
    description:
      - The ID of an existing rule.
      - If the load balancer has no rule with this ID, O(state=present) fails and O(state=absent) is content. If another
        load balancer has it, both fail.
      - One of O(id) and O(properties.listen_port) is required.
    type: str
  organization:
    description:
      - The organization that the task belongs to.
      - If it is not set, the environment variable E(KATAPULT_ORGANIZATION) is used as its sub-domain.
      - If it is given, something is written only if the load balancer belongs to this organization.
  properties:
    description:
      - What the rule is like. Only the given properties are compared and changed.
    type: dict
    suboptions:
      listen_port:
        description:
          - The port on which the load balancer listens, from V(1) to V(65535).
          - A port serves one rule only, and so tells on every later run which rule is meant.
          - Required to create a rule. With O(id), a port that differs moves the rule to it.
        type: int
      destination_port:
        description:
          - The port of the members to which requests are sent, from V(1) to V(65535).
          - Required to create a rule.
        type: int
      protocol:
        description:
          - The protocol that clients speak.
          - Required to create a rule.
        type: str
        choices: [HTTP, HTTPS, TCP]
      algorithm:
        description:
          - How a member is chosen. V(round_robin) takes them in turn, V(least_connections) takes the one with the fewest connections,
            V(sticky) sends a client to the same one again.
          - A rule is created with V(round_robin) if this is left out.
        type: str
        choices: [round_robin, least_connections, sticky]
      certificates:
        description:
          - The IDs of all certificates that are shown to clients, in any order. V([]) removes all.
          - Needs O(properties.protocol=HTTPS).
        type: list
        elements: str
      proxy_protocol:
        description:
          - Whether members are told the address of the client by the PROXY protocol.
          - A rule is created with V(false) if this is left out.
        type: bool
      backend_ssl:
        description:
          - Whether the load balancer speaks TLS to the members.
        type: bool
      passthrough_ssl:
        description:
          - Whether TLS is passed through to the members, which then show certificates of their own.
          - Needs O(properties.protocol=HTTPS).
        type: bool
      check_enabled:
        description:
          - Whether the health of the members is checked.
        type: bool
      check_protocol:
        description:
          - How their health is checked. V(HTTP) sends a request, V(TCP) opens a connection.
        type: str
        choices: [HTTP, TCP]
      check_path:
        description:
          - The path that is requested to check their health, for example V(/healthz).
          - Needs O(properties.check_protocol=HTTP).
        type: str
      check_http_statuses:
        description:
          - The HTTP statuses that mean health. V(2) stands for 200 to 299, V(23) for 200 to 399, V(234) for 200 to 499.
          - Needs O(properties.check_protocol=HTTP).
        type: str
        choices: ["2", "23", "234"]
      check_interval:
        description:
          - The seconds from one check to the next, at least V(1).
        type: int
      check_timeout:
        description:
          - The seconds after which a check without an answer has failed, at least V(1).
        type: int
      check_rise:
        description:
          - How many checks in a row must succeed before a member gets requests, at least V(1).
        type: int
      check_fall:
        description:
          - How many checks in a row must fail before a member gets no more requests, at least V(1).
        type: int
seealso:
  - module: katapult.cloud.load_balancer
"""

EXAMPLES = r"""
- name: Serve the website
  katapult.cloud.load_balancer_rule:
    load_balancer:
      api_reference: web-production
    properties:
      listen_port: 443
      destination_port: 8080
      protocol: HTTPS
      certificates: [cert_Dq3mPlJw7UHsQejA]
      check_enabled: true
      check_protocol: HTTP
      check_path: /healthz
      check_http_statuses: "23"
  register: https

- name: Move the rule to another port
  katapult.cloud.load_balancer_rule:
    load_balancer:
      api_reference: web-production
    id: "{{ https.load_balancer_rule.id }}"
    properties:
      listen_port: 8443

- name: Serve no mail any more
  katapult.cloud.load_balancer_rule:
    load_balancer:
      api_reference: web-production
    properties:
      listen_port: 25
    state: absent
"""

RETURN = r"""
load_balancer_rule:
  description:
    - The rule as it is after the task, in check mode as it would be.
    - For O(state=absent) what it was, or V(null) if there was none.
    - A list of rules lacks most fields, and a rule is read on its own only if the task gives one of those. Fields that did
      not have to be read are not there.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
      type: str
      sample: lbrule_QejAvd3pPlJwbUHs
    listen_port:
      description: The port on which the load balancer listens.
      type: int
      sample: 443
    destination_port:
      description: The port of the members.
      type: int
      sample: 8080
    protocol:
      description: The protocol that clients speak.
      type: str
      sample: HTTPS
    algorithm:
      description: How a member is chosen.
      type: str
      sample: round_robin
    certificates:
      description: The certificates that are shown to clients.
      type: list
      elements: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: cert_Dq3mPlJw7UHsQejA
        name:
          description: The name. V(null) if check mode predicts a new one.
          type: str
          sample: www.example.com
    check_enabled:
      description: Whether the health of the members is checked.
      type: bool
      sample: true
    proxy_protocol:
      description: Whether members are told the address of the client. Not in a list.
      type: bool
      sample: false
    backend_ssl:
      description: Whether the load balancer speaks TLS to the members. Not in a list.
      type: bool
      sample: false
    passthrough_ssl:
      description: Whether TLS is passed through to the members. Not in a list.
      type: bool
      sample: false
    check_protocol:
      description: How their health is checked. Not in a list.
      type: str
      sample: HTTP
    check_path:
      description: The path that is requested to check it. Not in a list.
      type: str
      sample: /healthz
    check_interval:
      description: The seconds from one check to the next. Not in a list.
      type: int
      sample: 20
    check_timeout:
      description: The seconds after which a check has failed. Not in a list.
      type: int
      sample: 5
    check_rise:
      description: How many checks must succeed before a member gets requests. Not in a list.
      type: int
      sample: 2
    check_fall:
      description: How many checks must fail before a member gets no more requests. Not in a list.
      type: int
      sample: 2
    check_http_statuses:
      description: The HTTP statuses that mean health, by their first digits. Not in a list.
      type: str
      sample: "23"
    load_balancer:
      description: The load balancer that it belongs to. Not in a list.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: lb_4v8YBNBXSbCyP058
        name:
          description: The name.
          type: str
          sample: Web (production)
diff:
  description:
    - What a task can ask for, before and after, whether or not it differs. Empty where there is no rule.
  returned: success
  type: dict
  contains:
    before:
      description: The rule before the task.
      type: dict
      sample: {"listen_port": 443}
    after:
      description: The rule after the task, in check mode as it would be.
      type: dict
      sample: {"listen_port": 8443}
error:
  description: What went wrong, for a program. RV(ignore:msg) says the same to a person.
  returned: failure, unless Ansible itself refused the options or could not run the module
  type: dict
  contains:
    code:
      description:
        - The error code of the API, for example V(scope_not_granted), or one of the collection's own, for example V(timed_out).
        - All are listed in C(docs/errors.md) of the collection.
      type: str
      sample: scope_not_granted
    description:
      description: What the API says about it, if anything.
      type: str
      sample: The scope required for this endpoint has not been granted
    detail:
      description: What else the API says about it. Empty if nothing.
      type: dict
      sample: {"scopes": ["load_balancers"]}
    http_status:
      description: The HTTP status of the answer that is the failure, V(null) if there was none.
      type: int
      sample: 403
    method:
      description: The method of the request that failed, V(null) if none did.
      type: str
      sample: POST
    path:
      description: The path of the request that failed, below O(api_url). V(null) if none did.
      type: str
      sample: /organizations/organization/load_balancers
    request_id:
      description: The ID of the request, for Katapult's support.
      type: str
      sample: d4fd85ad-1496-4a36-839d-859a7abb3058
"""

from ansible_collections.katapult.cloud.plugins.module_utils._engine.manage import manage
from ansible_collections.katapult.cloud.plugins.module_utils._module import run_module
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer import LOAD_BALANCER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer_rule import LOAD_BALANCER_RULE

TASK = manage(LOAD_BALANCER_RULE, parent=LOAD_BALANCER)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
