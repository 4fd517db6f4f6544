#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer_rule
short_description: Manage one rule of a Katapult load balancer
version_added: 0.2.0
description:
  - Creates, updates and deletes one rule of a load balancer.
  - A rule has no name. It is identified by its load balancer and O(properties.listen_port), or by its O(id).
  - Only options that the task sets are compared and changed. All other settings are kept.
  - To manage all rules of a load balancer in one task, use O(katapult.cloud.load_balancer#module:rules).
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
      - Only V(GET) requests are sent. Values that Katapult assigns on creation are V(null) in the prediction.
      - If there is no load balancer with the C(api_reference) yet, or if its C(id) is V(null) because check mode predicts it, the rule is
        predicted with a warning.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) creates the rule if it does not exist, and updates it if it differs from the task.
      - V(absent) deletes the rule. It succeeds without a change if the rule or its load balancer does not exist. The other O(properties)
        must be valid, but have no effect. The task fails if O(id) and O(properties.listen_port) do not belong to the same rule.
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
      - If the load balancer has no rule with this ID, O(state=present) fails and O(state=absent) succeeds without a change. If the rule
        belongs to another load balancer, both fail.
      - One of O(id) and O(properties.listen_port) is required.
    type: str
  organization:
    description:
      - The organization that the task applies to.
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
      - If it is set, the module writes only if the load balancer belongs to this organization.
  properties:
    description:
      - The properties of the rule. Only properties that are set are compared and changed.
    type: dict
    suboptions:
      listen_port:
        description:
          - The port on which the load balancer listens, from V(1) to V(65535).
          - A port has one rule only, so the port identifies the rule on every run.
          - Required to create a rule. With O(id), a different port moves the rule to that port.
        type: int
      destination_port:
        description:
          - The port of the members to which traffic is sent, from V(1) to V(65535).
          - Required to create a rule.
        type: int
      protocol:
        description:
          - The protocol that clients use.
          - Required to create a rule.
        type: str
        choices: [HTTP, HTTPS, TCP]
      algorithm:
        description:
          - The load balancing algorithm. V(round_robin) selects the members in turn, V(least_connections) selects the member with the
            fewest connections, and V(sticky) sends a client to the same member again.
          - If omitted, a rule is created with V(round_robin).
        type: str
        choices: [round_robin, least_connections, sticky]
      certificates:
        description:
          - The IDs or names of all certificates that are presented to clients, in any order. V([]) removes all.
          - While a certificate is being replaced, two certificates have the same name. Use the ID that M(katapult.cloud.certificate)
            returns.
          - Requires O(properties.protocol=HTTPS).
        type: list
        elements: str
      proxy_protocol:
        description:
          - Whether to send the address of the client to the members with the PROXY protocol.
          - If omitted, a rule is created with V(false).
        type: bool
      backend_ssl:
        description:
          - Whether to use TLS to connect to the members.
        type: bool
      passthrough_ssl:
        description:
          - Whether to pass TLS through to the members, which then present their own certificates.
          - Requires O(properties.protocol=HTTPS).
        type: bool
      check_enabled:
        description:
          - Whether health checks are enabled.
          - If omitted on creation, Katapult used V(false) in 2021. It is unknown whether it still does.
        type: bool
      check_protocol:
        description:
          - The protocol of the health checks. V(HTTP) sends a request, V(TCP) opens a connection.
          - If omitted on creation, Katapult used V(HTTP) in 2021. It is unknown whether it still does.
        type: str
        choices: [HTTP, TCP]
      check_path:
        description:
          - The path that the health checks request, for example V(/healthz).
          - Requires O(properties.check_protocol=HTTP).
          - If omitted on creation, Katapult used V(/) in 2021. It is unknown whether it still does.
        type: str
      check_http_statuses:
        description:
          - The HTTP statuses with which a member is considered healthy. V(2) means 200 to 299, V(23) means 200 to 399, and V(234) means 200
            to 499.
          - Requires O(properties.check_protocol=HTTP).
        type: str
        choices: ["2", "23", "234"]
      check_interval:
        description:
          - The seconds from one health check to the next, at least V(1).
          - If omitted on creation, Katapult used V(20) in 2021. It is unknown whether it still does.
        type: int
      check_timeout:
        description:
          - The seconds after which a health check without a response fails, at least V(1).
          - If omitted on creation, Katapult used V(5) in 2021. It is unknown whether it still does.
        type: int
      check_rise:
        description:
          - How many consecutive health checks must succeed before a member is considered healthy and receives traffic, at least V(1).
          - If omitted on creation, Katapult used V(2) in 2021. It is unknown whether it still does.
        type: int
      check_fall:
        description:
          - How many consecutive health checks must fail before a member is considered unhealthy and receives no more traffic, at least
            V(1).
          - If omitted on creation, Katapult used V(2) in 2021. It is unknown whether it still does.
        type: int
seealso:
  - module: katapult.cloud.certificate
  - module: katapult.cloud.certificate_info
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.load_balancer_member
"""

EXAMPLES = r"""
- name: Create an HTTPS rule with health checks
  katapult.cloud.load_balancer_rule:
    load_balancer:
      api_reference: web-production
    properties:
      listen_port: 443
      destination_port: 8080
      protocol: HTTPS
      certificates: [www.example.com]
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

- name: Delete the rule for port 25
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
    - The rule after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
    - The list endpoint omits most fields of a rule. A rule is read individually only if the task sets one of these fields. Fields that were
      not read are not returned.
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
      description: The protocol that clients use.
      type: str
      sample: HTTPS
    algorithm:
      description: The load balancing algorithm.
      type: str
      sample: round_robin
    certificates:
      description: The certificates that are presented to clients.
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
      description: Whether health checks are enabled.
      type: bool
      sample: true
    proxy_protocol:
      description: Whether to send the address of the client to the members with the PROXY protocol. Omitted by the list endpoint.
      type: bool
      sample: false
    backend_ssl:
      description: Whether to use TLS to connect to the members. Omitted by the list endpoint.
      type: bool
      sample: false
    passthrough_ssl:
      description: Whether to pass TLS through to the members. Omitted by the list endpoint.
      type: bool
      sample: false
    check_protocol:
      description: The protocol of the health checks. Omitted by the list endpoint.
      type: str
      sample: HTTP
    check_path:
      description: The path that the health checks request. Omitted by the list endpoint.
      type: str
      sample: /healthz
    check_interval:
      description: The seconds from one health check to the next. Omitted by the list endpoint.
      type: int
      sample: 20
    check_timeout:
      description: The seconds after which a health check without a response fails. Omitted by the list endpoint.
      type: int
      sample: 5
    check_rise:
      description: How many consecutive health checks must succeed before a member is considered healthy. Omitted by the list endpoint.
      type: int
      sample: 2
    check_fall:
      description: How many consecutive health checks must fail before a member is considered unhealthy. Omitted by the list endpoint.
      type: int
      sample: 2
    check_http_statuses:
      description: The first digits of the HTTP statuses with which a member is considered healthy. Omitted by the list endpoint.
      type: str
      sample: "23"
    load_balancer:
      description: The load balancer of the rule. Omitted by the list endpoint.
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
      sample: rule lbrule_QejAvd3pPlJwbUHs, listen_port 443, of "web-production"
    after_header:
      description: The same after the task.
      type: str
      sample: rule lbrule_QejAvd3pPlJwbUHs, listen_port 8443, of "web-production"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"listen_port": 443}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"listen_port": 8443}
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.certificate import CERTIFICATE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer import LOAD_BALANCER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer_rule import LOAD_BALANCER_RULE

TASK = manage(LOAD_BALANCER_RULE, parent=LOAD_BALANCER, refers_to=(CERTIFICATE,))


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
