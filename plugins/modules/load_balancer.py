#!/usr/bin/python
# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer
short_description: Manage a Katapult load balancer
version_added: 0.1.0
description:
  - Creates a load balancer exactly once, keeps it as described, and removes it.
  - Who it is on every later run is told by O(properties.api_reference), a name of your own that is unique among your load balancers,
    or by O(id).
  - Only what the task gives is compared and changed. What it leaves out stays as it is.
  - If the answer to the creation gets lost, no second one is sent. The module looks whether the load balancer appears, and takes
    it over.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._connection
attributes:
  check_mode:
    support: full
    details:
      - Nothing but V(GET) requests are sent.
      - Whether the organization and the data center of a creation and new members exist, and whether the token may write, shows in
        the real run only.
      - What only Katapult knows before the creation (RV(load_balancer.id), the address, the certificate) is V(null) in the
        prediction.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) creates the load balancer if it is not there, and changes it if it is not as described.
      - V(absent) removes it, together with its rules and its address. All other options of O(properties), O(weights),
        O(annotations) and O(rules) must be valid, and have no effect then.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The ID of an existing load balancer.
      - Together with O(properties.api_reference) it adopts that load balancer, which means that the reference is written to it.
      - If no load balancer has this ID, O(state=present) fails and O(state=absent) is content.
      - One of O(id) and O(properties.api_reference) is required.
    type: str
  organization:
    description:
      - The organization that the task belongs to.
      - Required to create a load balancer. If it is not set, the environment variable E(KATAPULT_ORGANIZATION) is used as its
        sub-domain.
      - If it is given in either way, an existing load balancer is changed or removed only if it belongs to this organization. A
        reference is looked up in everything that the token sees, so it could meet another organization's.
      - A load balancer that is as described already is not checked, so a misspelt sub-domain shows only when there is something to
        change.
  properties:
    description:
      - What the load balancer is like. Only the given properties are compared and changed.
    type: dict
    suboptions:
      api_reference:
        description:
          - Your own name for the load balancer, by which every later run finds it. It is not shown in the Katapult console.
          - Choose one that no other load balancer has in any organization that the token sees. Whether Katapult itself refuses a
            second one is not documented.
          - One of O(id) and O(properties.api_reference) is required.
        type: str
      name:
        description:
          - The name as shown in the Katapult console.
          - Required to create a load balancer.
        type: str
      resource_type:
        description:
          - What O(properties.resource_ids) are the IDs of.
          - Required to create a load balancer.
          - To change it, give O(properties.resource_ids) too.
        type: str
        choices: [virtual_machines, virtual_machine_groups, tags]
      resource_ids:
        description:
          - The IDs of all members, in any order. Members that are not listed are removed from the load balancer.
          - V([]) removes all.
        type: list
        elements: str
      data_center:
        description:
          - The data center that the load balancer is in.
          - It is used at the creation, and Katapult may refuse one without it.
          - If an existing load balancer is in another one, the task fails before it changes anything.
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
          - The IDs of all virtual machines that stand by for a failover, in any order.
          - V([]) removes all.
        type: list
        elements: str
  weights:
    description:
      - The weights of some virtual machines. The others keep theirs, so V([]) changes nothing.
      - Katapult lists every member with a weight of V(128) until it is given another one.
      - Katapult lists the weights of members only. Name no others, or every run tries to set them again, and warns.
      - They have no effect while weighting is off, which the task warns about. See O(properties.enable_weighting).
    type: list
    elements: dict
    suboptions:
      virtual_machine_id:
        description:
          - The ID of the virtual machine.
        type: str
        required: true
      weight:
        description:
          - Its weight. Which range is allowed is not documented.
        type: int
        required: true
  annotations:
    description:
      - Some annotations. Those with other keys are kept, so V([]) changes nothing.
      - The API documents no way to remove a single one.
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
          - The value of the annotation. Left blank, it is written as an empty text.
        type: str
        required: true
  rules:
    description:
      - The rules of the load balancer, told apart by O(rules[].listen_port). Only what is given of each is compared and changed.
      - If this is left out, no rule is touched. With O(purge_rules=true), V([]) removes all.
      - All is planned before anything is written. Then rules are changed in place, then added, and then removed, so that traffic
        keeps flowing.
    type: list
    elements: dict
    version_added: 0.2.0
    suboptions:
      listen_port:
        description:
          - The port on which the load balancer listens, from V(1) to V(65535).
          - A port serves one rule only, and so tells on every later run which rule is meant.
        type: int
        required: true
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
          - Needs O(rules[].protocol=HTTPS).
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
          - Needs O(rules[].protocol=HTTPS).
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
          - Needs O(rules[].check_protocol=HTTP).
        type: str
      check_http_statuses:
        description:
          - The HTTP statuses that mean health. V(2) stands for 200 to 299, V(23) for 200 to 399, V(234) for 200 to 499.
          - Needs O(rules[].check_protocol=HTTP).
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
  purge_rules:
    description:
      - Whether to remove the rules that O(rules) does not name. Has no effect if O(rules) is left out.
    type: bool
    default: false
    version_added: 0.2.0
seealso:
  - module: katapult.cloud.load_balancer_rule
  - module: katapult.cloud.load_balancer_info
"""

EXAMPLES = r"""
- name: Web load balancer
  katapult.cloud.load_balancer:
    api_token: "{{ katapult_token }}"
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
      name: Web (production)
      resource_type: virtual_machines
      resource_ids: [vm_web1, vm_web2]
      data_center:
        permalink: uk-lon-01
      https_redirect: true
      enable_weighting: true
      standby_vms: [vm_web2]
    weights:
      - virtual_machine_id: vm_web1
        weight: 200
    annotations:
      - key: team
        value: web
  register: web

- name: Serve a website with it, and nothing else
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
        certificates: [cert_Dq3mPlJw7UHsQejA]
        check_enabled: true
        check_protocol: HTTP
        check_path: /healthz
    purge_rules: true

- name: Show its address
  ansible.builtin.debug:
    msg: "Point the DNS records to {{ web.load_balancer.ip_address.address }}"

- name: Change one thing and leave the others as they are
  katapult.cloud.load_balancer:
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
      https_redirect: false

- name: Adopt a load balancer that was made by hand
  katapult.cloud.load_balancer:
    id: lb_4v8YBNBXSbCyP058
    properties:
      api_reference: web-production

- name: Tell failures apart
  block:
    - name: Balance to every virtual machine with a tag
      katapult.cloud.load_balancer:
        organization:
          sub_domain: acme
        properties:
          api_reference: api-production
          name: API (production)
          resource_type: tags
          resource_ids: [tag_api]
          data_center:
            permalink: uk-lon-01
  rescue:
    - name: Explain a missing scope
      ansible.builtin.fail:
        msg: "Give the token one of these scopes: {{ ansible_failed_result.error.detail.scopes | join(', ') }}"
      when: (ansible_failed_result.error | default({})).code | default('') == 'scope_not_granted'

    - name: Pass other failures on
      ansible.builtin.fail:
        msg: "{{ ansible_failed_result.msg }}"

- name: Remove the load balancer
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
    - The load balancer as it is after the task, in check mode as it would be.
    - For O(state=absent) what it was, or V(null) if there was none.
    - On failure what is known of it, if something had been changed already, and not there otherwise.
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
      description: The reference by which it is found, if it has one.
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
          description: The member. A name that check mode cannot know is V(null).
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
      description: The address on which it listens. Both keys are V(null) if check mode predicts a creation.
      type: dict
      contains:
        id:
          description: The ID of the address.
          type: str
          sample: ip_Pvfnh0q1ivK6R98b
        address:
          description: The address itself.
          type: str
          sample: 185.44.254.250
    data_center:
      description: The data center that it is in.
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
        - The weight of every member. The members of groups and tags are listed here as virtual machines.
        - If check mode predicts other groups or tags, their members cannot be known, and are not listed.
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
      description: The IDs of the virtual machines that stand by.
      type: list
      elements: str
      sample: [vm_web2]
    backend_certificate:
      description:
        - The certificate in PEM form that the load balancer shows to backends which speak TLS. It is not secret.
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
        - A list of rules lacks most fields, and a rule is read on its own only if the task gives one of those. Fields that did
          not have to be read are not there.
      returned: if O(rules) is given
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
diff:
  description:
    - What a task can ask for, before and after, whether or not it differs. Empty where there is no load balancer.
    - Lists are shown in an order of their own, since their order means nothing.
  returned: success
  type: dict
  contains:
    before:
      description: The load balancer before the task.
      type: dict
      sample: {"name": "Web"}
    after:
      description: The load balancer after the task, in check mode as it would be.
      type: dict
      sample: {"name": "Web (production)"}
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

TASK = manage(LOAD_BALANCER, children=LOAD_BALANCER_RULE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
