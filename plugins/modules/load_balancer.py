#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer
short_description: Manage a Katapult load balancer
version_added: 0.1.0
description:
  - Creates, updates and deletes a load balancer. Re-running a task never creates a second one.
  - The load balancer is identified by O(properties.api_reference), a name that you choose and that is unique among your load balancers, or
    by O(id).
  - Only options that the task sets are compared and changed. All other settings are kept.
  - If the response to a create request is lost, the module does not send a second one. It checks whether the load balancer appears, and
    adopts it.
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
      - Check mode cannot verify that the organization and the data center of a new load balancer and new members exist, or that the token
        permits writing.
      - Values that Katapult assigns on creation (RV(load_balancer.id), the IP address, the certificate) are V(null) in the prediction.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) creates the load balancer if it does not exist, and updates it if it differs from the task.
      - V(absent) deletes the load balancer, including its rules and its IP address. All other options of O(properties), O(weights),
        O(annotations) and O(rules) must be valid, but have no effect.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The ID of an existing load balancer.
      - Together with O(properties.api_reference), it adopts this load balancer, which means that the module assigns the reference to it.
      - If no load balancer has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
      - One of O(id) and O(properties.api_reference) is required.
    type: str
  organization:
    description:
      - The organization that the task applies to.
      - Required to create a load balancer. Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
      - If it is set in either way, an existing load balancer is updated or deleted only if it belongs to this organization. A reference is
        looked up in all organizations that the token can access, so it could match a load balancer of another organization.
      - The organization is not checked if the load balancer needs no change, so a misspelled sub-domain causes an error only if there is
        something to change.
  properties:
    description:
      - The properties of the load balancer. Only properties that are set are compared and changed.
    type: dict
    suboptions:
      api_reference:
        description:
          - A name that you choose, and that identifies the load balancer on every run. The Katapult console does not show it.
          - Choose a reference that is unique in all organizations that the token can access. The API does not document whether Katapult
            refuses a second load balancer with the same reference.
          - One of O(id) and O(properties.api_reference) is required.
        type: str
      name:
        description:
          - The name as shown in the Katapult console.
          - Required to create a load balancer.
        type: str
      resource_type:
        description:
          - The type of the members in O(properties.resource_ids).
          - Required to create a load balancer.
          - To change it, set O(properties.resource_ids) too.
        type: str
        choices: [virtual_machines, virtual_machine_groups, tags]
      resource_ids:
        description:
          - The IDs or names of all members, in any order. Members that are not listed are removed from the load balancer. See the note
            about names.
          - V([]) removes all. If there are any, this requires O(allow_no_members=true), because an empty variable would cause an outage.
        type: list
        elements: str
      data_center:
        description:
          - The data center of the load balancer.
          - It is used on creation. If omitted, O(default_data_center) is used. Katapult may refuse to create a load balancer without any.
          - If an existing load balancer is in another data center, the task fails before it changes anything.
        type: dict
        suboptions:
          id:
            description:
              - The ID of the data center.
              - Mutually exclusive with O(properties.data_center.permalink). One of the two is required.
            type: str
          permalink:
            description:
              - The permalink of the data center, for example V(uk-lon-01).
              - Mutually exclusive with O(properties.data_center.id). One of the two is required.
            type: str
      https_redirect:
        description:
          - Whether requests to port 80 are redirected to HTTPS.
        type: bool
      enable_weighting:
        description:
          - Whether O(weights) have an effect.
        type: bool
      standby_vms:
        description:
          - The IDs or names of all standby virtual machines for failover, in any order. They must be members, too, or the task issues a
            warning.
          - V([]) removes all.
        type: list
        elements: str
  default_data_center:
    description:
      - The permalink of the data center in which a load balancer is created if O(properties.data_center) is omitted. It is never compared
        with an existing load balancer.
      - Defaults to the environment variable E(KATAPULT_DATA_CENTER). The variable C(katapult_default_data_center) sets it, too.
    type: str
    version_added: 0.4.0
  weights:
    description:
      - The weights of individual virtual machines. All other weights are kept, so V([]) changes nothing.
      - Katapult lists every member with a weight of V(128) until another weight is set.
      - Katapult lists the weights of members only. Do not set weights of other virtual machines; otherwise, every run sets them again and
        issues a warning.
      - Tasks of the same user on the same machine do not overwrite each other's weights, even if they run at the same moment, for example
        for many hosts. Tasks of several controllers can. In this case, use one task for all hosts, C(run_once) or C(throttle=1).
      - Weights have no effect while weighting is disabled; the task issues a warning in this case. See O(properties.enable_weighting).
    type: list
    elements: dict
    suboptions:
      virtual_machine_id:
        description:
          - The ID or a name of the virtual machine.
        type: str
        required: true
      weight:
        description:
          - The weight. The API does not document the valid range.
        type: int
        required: true
  annotations:
    description:
      - The annotations to set. Annotations with other keys are kept, so V([]) changes nothing.
      - The API does not document how to remove a single annotation.
      - For concurrent tasks, the same applies as for O(weights).
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
      - The rules of the load balancer, identified by O(rules[].listen_port). Only options that are set are compared and changed.
      - If omitted, no rule is changed. With O(purge_rules=true), V([]) deletes all rules.
      - The module plans all changes before it writes anything. It first updates existing rules in place, then adds rules, and then deletes
        rules, so that traffic is not interrupted.
    type: list
    elements: dict
    version_added: 0.2.0
    suboptions:
      listen_port:
        description:
          - The port on which the load balancer listens, from V(1) to V(65535).
          - A port has one rule only, so the port identifies the rule on every run.
        type: int
        required: true
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
          - Requires O(rules[].protocol=HTTPS).
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
          - Requires O(rules[].protocol=HTTPS).
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
          - Requires O(rules[].check_protocol=HTTP).
          - If omitted on creation, Katapult used V(/) in 2021. It is unknown whether it still does.
        type: str
      check_http_statuses:
        description:
          - The HTTP statuses with which a member is considered healthy. V(2) means 200 to 299, V(23) means 200 to 399, and V(234) means 200
            to 499.
          - Requires O(rules[].check_protocol=HTTP).
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
  purge_rules:
    description:
      - Whether to delete the rules that are not listed in O(rules). If O(rules) is omitted, it has no effect, and the task issues a
        warning.
    type: bool
    default: false
    version_added: 0.2.0
  allow_no_members:
    description:
      - Whether O(properties.resource_ids) may remove all members of a load balancer that has some. Otherwise, the task fails before it
        changes anything.
    type: bool
    default: false
    version_added: 0.4.0
notes:
  - >-
    To use the result of a task as options, convert the certificates of a rule with C(map(attribute='id')), and the data center with an
    expression such as C({'id': web.load_balancer.data_center.id}). C(resource_ids), C(standby_vms), C(weights) and C(annotations) need no conversion.
seealso:
  - module: katapult.cloud.load_balancer_member
  - module: katapult.cloud.load_balancer_rule
  - module: katapult.cloud.load_balancer_info
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.virtual_machine_group_info
  - module: katapult.cloud.tag_info
  - module: katapult.cloud.certificate
  - module: katapult.cloud.certificate_info
  - module: katapult.cloud.security_group
  - module: katapult.cloud.tag
  - module: katapult.cloud.virtual_machine_group
  - module: katapult.cloud.data_center_info
  - plugin: katapult.cloud.katapult
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Web load balancer, which sends twice as much traffic to the first server as to the second, and uses the third for failover
  katapult.cloud.load_balancer:
    api_token: "{{ katapult_token }}"
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
      name: Web (production)
      resource_type: virtual_machines
      resource_ids: [web-1, web-2, web-3.acme.katapult.cloud]
      data_center:
        permalink: uk-lon-01
      enable_weighting: true
      standby_vms: [web-3.acme.katapult.cloud]
    weights:
      - virtual_machine_id: web-1
        weight: 200
      - virtual_machine_id: web-2
        weight: 100
    annotations:
      - key: team
        value: web
  register: web

- name: Serve HTTPS only, and delete all other rules
  katapult.cloud.load_balancer:
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
      https_redirect: true
    rules:
      - listen_port: 443
        destination_port: 8080
        protocol: HTTPS
        certificates: [www.example.com]
        check_enabled: true
        check_protocol: HTTP
        check_path: /healthz
    purge_rules: true

- name: Distribute TCP connections of a database, with the address of the client
  katapult.cloud.load_balancer:
    properties:
      api_reference: db-production
    rules:
      - listen_port: 5432
        destination_port: 5432
        protocol: TCP
        algorithm: least_connections
        proxy_protocol: true
        check_enabled: true
        check_protocol: TCP

- name: Pass TLS through to the members, which have the certificates themselves
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
    rules:
      - listen_port: 443
        destination_port: 443
        protocol: HTTPS
        passthrough_ssl: true
        certificates: []

- name: Switch from the blue servers to the green ones, in one request (blue/green deployment)
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
      resource_type: tags
      resource_ids: [web-green]

- name: Remove one member and keep all others
  katapult.cloud.load_balancer_member:
    load_balancer:
      api_reference: web-production
    resource_id: web-2
    state: absent

- name: The same load balancer in several environments
  katapult.cloud.load_balancer:
    properties:
      api_reference: "web-{{ item.key }}"
      name: "Web ({{ item.key }})"
      resource_type: virtual_machine_groups
      resource_ids: "{{ item.value }}"
      data_center:
        permalink: uk-lon-01
  loop: "{{ {'staging': ['web-staging'], 'production': ['web-a', 'web-b']} | dict2items }}"

- name: Show its IP address
  ansible.builtin.debug:
    msg: "Point the DNS records to {{ web.load_balancer.ip_address.address }}"

- name: Change one property and keep all others
  katapult.cloud.load_balancer:
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
      https_redirect: false

# Adoption: this task is needed once. From then on, api_reference identifies the load balancer, without id.
- name: Adopt a load balancer that was created manually, by its name
  katapult.cloud.load_balancer:
    id: "{{ lookup('katapult.cloud.id', 'load_balancer', 'Web (production)') }}"
    properties:
      api_reference: web-production

- name: Handle errors by their code
  block:
    - name: Distribute traffic to all virtual machines with a tag
      katapult.cloud.load_balancer:
        organization:
          sub_domain: acme
        properties:
          api_reference: api-production
          name: API (production)
          resource_type: tags
          resource_ids: [api]
          data_center:
            permalink: uk-lon-01
  rescue:
    - name: Report a missing scope
      ansible.builtin.fail:
        msg: "Grant the token one of these scopes: {{ ansible_failed_result.error.detail.scopes | join(', ') }}"
      when: (ansible_failed_result.error | default({})).code | default('') == 'scope_not_granted'

    - name: Fail with all other errors
      ansible.builtin.fail:
        msg: "{{ ansible_failed_result.msg }}"

- name: Delete the load balancer
  katapult.cloud.load_balancer:
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
    state: absent
"""

RETURN = r"""
load_balancer:
  description:
    - The load balancer after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
    - On failure, the known state if something was changed before the error. Otherwise, it is not returned.
    - The private key of the backend certificate and the root passwords of the members are never returned.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
      type: str
      sample: lb_4v8YBNBXSbCyP058
    name:
      description: The name.
      type: str
      sample: Web (production)
    api_reference:
      description: The reference that identifies the load balancer, if it has one.
      type: str
      sample: web-production
    resource_type:
      description: The type of the members.
      type: str
      sample: virtual_machines
    resources:
      description: The members.
      type: list
      elements: dict
      contains:
        type:
          description: The type, one of V(VirtualMachine), V(VirtualMachineGroup), V(Tag).
          type: str
          sample: VirtualMachine
        value:
          description: The member. A name that check mode cannot determine is V(null).
          type: dict
          contains:
            id:
              description: The ID.
              type: str
              sample: vm_web1
            name:
              description: The name.
              type: str
              sample: web1
    resource_ids:
      description: The IDs of the members.
      type: list
      elements: str
      sample: [vm_web1, vm_web2]
    ip_address:
      description: The IP address on which the load balancer listens. Both keys are V(null) if check mode predicts a creation.
      type: dict
      contains:
        id:
          description: The ID of the IP address.
          type: str
          sample: ip_Pvfnh0q1ivK6R98b
        address:
          description: The IP address.
          type: str
          sample: 185.44.254.250
    data_center:
      description: The data center of the load balancer.
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
    https_redirect:
      description: Whether requests to port 80 are redirected to HTTPS.
      type: bool
      sample: true
    enable_weighting:
      description: Whether the weights have an effect.
      type: bool
      sample: true
    weights:
      description:
        - The weights of all members. Members of groups and tags are listed as virtual machines.
        - If check mode predicts other groups or tags, their members are unknown and not listed.
      type: list
      elements: dict
      contains:
        virtual_machine_id:
          description: The ID of the virtual machine.
          type: str
          sample: vm_web1
        weight:
          description: Its weight.
          type: int
          sample: 200
    standby_vms:
      description: The IDs of the standby virtual machines.
      type: list
      elements: str
      sample: [vm_web2]
    backend_certificate:
      description:
        - The certificate in PEM format that the load balancer presents to backends that use TLS. It is not secret.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
    annotations:
      description: The annotations.
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
      description:
        - All rules of the load balancer, in port order.
        - The list endpoint omits most fields of a rule. A rule is read individually only if the task sets one of these fields. Fields that
          were not read are not returned.
      returned: if O(rules) is set
      type: list
      elements: dict
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
diff:
  description:
    - One entry for each resource that changes, in the format of Ansible. The load balancer is first, followed by its rules in the order
      of the
      requests. Empty if nothing changes.
    - If the load balancer is deleted, its rules are deleted with it. They are read and shown only with C(--diff).
    - An entry contains only settings that change and that a task can set. Lists are in a normalized order, because their order has no
      meaning.
  returned: success
  type: list
  elements: dict
  contains:
    before_header:
      description: The kind, the ID, and what a person knows the resource by.
      type: str
      sample: load balancer lb_4v8YBNBXSbCyP058, api_reference "web-production", name "Web"
    after_header:
      description: The same after the task.
      type: str
      sample: load balancer lb_4v8YBNBXSbCyP058, api_reference "web-production", name "Web (production)"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"name": "Web"}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"name": "Web (production)"}
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_group import (
    VIRTUAL_MACHINE_GROUP,
)

TASK = manage(
    LOAD_BALANCER, children=LOAD_BALANCER_RULE, refers_to=(VIRTUAL_MACHINE, VIRTUAL_MACHINE_GROUP, TAG, CERTIFICATE)
)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
