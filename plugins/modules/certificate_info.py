#!/usr/bin/python
# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_info
short_description: Read Katapult certificates
version_added: 0.3.0
description:
  - Reads one TLS certificate by its ID, or lists all of an organization.
  - It never writes. Something that is not found is no failure, but an empty list.
  - Reading what is in the trash by its ID fails with the code V(object_in_trash). Listings in full leave it out.
  - The API sends private keys along, and addresses that hold a token. They are never returned.
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

- name: Let a load balancer show one that is issued
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

- name: Look when those of all names expire
  ansible.builtin.debug:
    msg: "{{ item.name }} expires at {{ '%Y-%m-%d' | strftime(item.expires_at) }}"
  loop: "{{ found.certificates | selectattr('expires_at') }}"
"""

RETURN = r"""
certificates:
  description:
    - The certificates, in the order of the API. Empty if none is found.
    - A listing is shorter than what is read on its own. Use O(full=true) for the fields that are not in a listing.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: cert_Dq3mPlJw7UHsQejA
    name:
      description: The name that it is for.
      type: str
      sample: www.example.com
    additional_names:
      description: The other names that it is for. Not in a listing.
      type: list
      elements: str
      sample: [example.com]
    issuer:
      description: Who issues it, one of V(lets_encrypt), V(custom), V(self_signed).
      type: str
      sample: lets_encrypt
    state:
      description: How far it is, one of V(pending), V(issuing), V(issued), V(issue_failed).
      type: str
      sample: issued
    issue_error:
      description: Why it could not be issued, V(null) if it could. Not in a listing.
      type: str
      sample: The name does not point to Katapult
    authorization_method:
      description: How the issuer is shown that the names belong to you. Not in a listing.
      type: str
      sample: http
    created_at:
      description: When it was created, in seconds since 1970. Not in a listing.
      type: int
      sample: 1767225600
    last_issued_at:
      description: When it was issued last, in seconds since 1970. V(null) if it never was.
      type: int
      sample: 1767225600
    expires_at:
      description: When it expires, in seconds since 1970. V(null) if it was never issued.
      type: int
      sample: 1775001600
    certificate:
      description: The certificate itself in PEM form. It is not secret. Not in a listing.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
    chain:
      description: The certificates of its issuers in PEM form. Not in a listing.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
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

from ansible_collections.katapult.cloud.plugins.module_utils._engine.info import info
from ansible_collections.katapult.cloud.plugins.module_utils._module import run_module
from ansible_collections.katapult.cloud.plugins.module_utils._resources.certificate import CERTIFICATE

TASK = info(CERTIFICATE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
