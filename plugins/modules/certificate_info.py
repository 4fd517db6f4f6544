#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_info
short_description: Read Katapult certificates
version_added: 0.3.0
description:
  - Reads one TLS certificate by its ID, or lists all certificates of an organization.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
  - Reading a resource in the trash by its ID fails with the error code V(object_in_trash). Lists with O(full=true) omit resources in the
    trash.
  - The responses of the API contain private keys, and URLs that contain a token. They are never returned.
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
      - The ID of the certificate to read.
    type: str
  name:
    description:
      - Return only certificates with exactly this name. Names need not be unique.
    type: str
seealso:
  - module: katapult.cloud.certificate
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.load_balancer_rule
"""

EXAMPLES = r"""
- name: Find the certificates for a name
  katapult.cloud.certificate_info:
    organization:
      sub_domain: acme
    name: www.example.com
  register: found

- name: Use an issued certificate for a load balancer
  katapult.cloud.load_balancer_rule:
    load_balancer:
      api_reference: web-production
    properties:
      listen_port: 443
      destination_port: 8080
      protocol: HTTPS
      certificates: "{{ [issued[0].id] }}"
  vars:
    issued: "{{ found.certificates | selectattr('state', 'eq', 'issued') }}"

- name: Show when the certificates expire
  ansible.builtin.debug:
    msg: "{{ item.name }} expires at {{ '%Y-%m-%d' | strftime(item.expires_at) }}"
  loop: "{{ found.certificates | selectattr('expires_at') }}"
"""

RETURN = r"""
certificates:
  description:
    - The certificates, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: cert_Dq3mPlJw7UHsQejA
    name:
      description: The main name of the certificate.
      type: str
      sample: www.example.com
    additional_names:
      description: The additional names of the certificate. Omitted by the list endpoint.
      type: list
      elements: str
      sample: [example.com]
    issuer:
      description: The issuer, one of V(lets_encrypt), V(custom), V(self_signed).
      type: str
      sample: lets_encrypt
    state:
      description: The state of issuance, one of V(pending), V(issuing), V(issued), V(issue_failed).
      type: str
      sample: issued
    issue_error:
      description: The reason why the certificate could not be issued. V(null) if there is none. Omitted by the list endpoint.
      type: str
      sample: The name does not point to Katapult
    authorization_method:
      description: How the ownership of the names is proven to the issuer. Omitted by the list endpoint.
      type: str
      sample: http
    created_at:
      description: When it was created, in seconds since 1970. Omitted by the list endpoint.
      type: int
      sample: 1767225600
    last_issued_at:
      description: When it was last issued, in seconds since 1970. V(null) if it was never issued.
      type: int
      sample: 1767225600
    expires_at:
      description: When it expires, in seconds since 1970. V(null) if it was never issued.
      type: int
      sample: 1775001600
    certificate:
      description: The certificate in PEM format. It is not secret. Omitted by the list endpoint.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
    chain:
      description: The certificates of its issuers in PEM format. Omitted by the list endpoint.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.certificate import CERTIFICATE

TASK = info(CERTIFICATE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
