#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer_info
short_description: Read Katapult load balancers
version_added: 0.2.0
description:
  - Reads one load balancer by its ID or its reference, or lists all load balancers of an organization.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._connection
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  id:
    description:
      - The ID of the load balancer to read.
      - Mutually exclusive with O(api_reference).
    type: str
  api_reference:
    description:
      - The reference of the load balancer to read.
      - Mutually exclusive with O(id).
    type: str
  organization:
    description:
      - The organization whose load balancers are listed, if neither O(id) nor O(api_reference) is set. Otherwise, it has no effect.
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
      - One of O(id), O(api_reference) and O(organization) is required.
  name:
    description:
      - Return only load balancers with exactly this name. Names need not be unique.
    type: str
  annotations:
    description:
      - Return only load balancers with all of these annotations.
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
  full:
    description:
      - Whether to read each listed load balancer, and with O(include_rules) each rule, individually. This takes one request for each, and
        returns the fields that the list endpoint omits.
    type: bool
    default: false
  include_rules:
    description:
      - Whether to return the rules too. This takes one request for each load balancer.
    type: bool
    default: false
  include_backend_certificate_key:
    description:
      - Whether to return the private key of the backend certificate too. This takes one request for each listed load balancer.
      - The key is a secret. Set C(no_log=true) for a task that requests it.
    type: bool
    default: false
seealso:
  - module: katapult.cloud.load_balancer
"""

EXAMPLES = r"""
- name: Read one load balancer
  katapult.cloud.load_balancer_info:
    api_reference: web-production
    include_rules: true
  register: web

- name: Fail if it does not exist
  ansible.builtin.assert:
    that: web.load_balancers | length == 1

- name: List all load balancers of a team
  katapult.cloud.load_balancer_info:
    organization:
      sub_domain: acme
    annotations:
      - key: team
        value: web
  register: listed

- name: Read the private key of the backend certificate
  katapult.cloud.load_balancer_info:
    api_reference: web-production
    include_backend_certificate_key: true
  register: secret
  no_log: true
"""

RETURN = r"""
load_balancers:
  description:
    - The load balancers, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
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
          description: The member.
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
      description: The IP address on which the load balancer listens.
      type: dict
      contains:
        id:
          description: The ID of the IP address. V(null) if the list endpoint omits it.
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
          description: The permalink. V(null) if the list endpoint omits it.
          type: str
          sample: uk-lon-01
    https_redirect:
      description: Whether requests to port 80 are redirected to HTTPS. Omitted by the list endpoint.
      type: bool
      sample: true
    enable_weighting:
      description: Whether the weights have an effect. Omitted by the list endpoint.
      type: bool
      sample: true
    weights:
      description:
        - The weights of all members. Members of groups and tags are listed as virtual machines.
        - Omitted by the list endpoint.
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
      description: The IDs of the standby virtual machines. Omitted by the list endpoint.
      type: list
      elements: str
      sample: [vm_web2]
    backend_certificate:
      description:
        - The certificate in PEM format that the load balancer presents to backends that use TLS. It is not secret. Omitted by the list
          endpoint.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
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
    backend_certificate_key:
      description: The private key of the backend certificate in PEM format. It is secret.
      returned: if O(include_backend_certificate_key=true)
      type: str
      sample: VALUE_OF_THE_KEY
    rules:
      description: The rules of the load balancer, in port order.
      returned: if O(include_rules=true)
      type: list
      elements: dict
      contains:
        id:
          description: The ID.
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
              description: The name.
              type: str
              sample: www.example.com
        check_enabled:
          description: Whether health checks are enabled.
          type: bool
          sample: true
        proxy_protocol:
          description: Whether to send the address of the client to the members with the PROXY protocol. Only with O(full=true).
          type: bool
          sample: false
        backend_ssl:
          description: Whether to use TLS to connect to the members. Only with O(full=true).
          type: bool
          sample: false
        passthrough_ssl:
          description: Whether to pass TLS through to the members. Only with O(full=true).
          type: bool
          sample: false
        check_protocol:
          description: The protocol of the health checks. Only with O(full=true).
          type: str
          sample: HTTP
        check_path:
          description: The path that the health checks request. Only with O(full=true).
          type: str
          sample: /healthz
        check_interval:
          description: The seconds from one health check to the next. Only with O(full=true).
          type: int
          sample: 20
        check_timeout:
          description: The seconds after which a health check without a response fails. Only with O(full=true).
          type: int
          sample: 5
        check_rise:
          description: How many consecutive health checks must succeed before a member is considered healthy. Only with O(full=true).
          type: int
          sample: 2
        check_fall:
          description: How many consecutive health checks must fail before a member is considered unhealthy. Only with O(full=true).
          type: int
          sample: 2
        check_http_statuses:
          description: The first digits of the HTTP statuses with which a member is considered healthy. Only with O(full=true).
          type: str
          sample: "23"
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer import LOAD_BALANCER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer_rule import LOAD_BALANCER_RULE

TASK = info(LOAD_BALANCER, children=LOAD_BALANCER_RULE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
