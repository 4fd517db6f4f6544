#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate
short_description: Manage a Katapult certificate
version_added: 0.5.0
description:
  - Creates and deletes a certificate, waits until it is issued, and reissues it on request. Katapult obtains it from Let's Encrypt, signs
    it itself, or stores one that you upload.
  - A certificate has no name that identifies it, so it is identified by its content. With O(properties.issuer=lets_encrypt), these are the
    names and the authorization method; with V(self_signed), the names; with V(custom), the certificate itself, and the chain if it is set.
    Alternatively, it is identified by O(id).
  - A certificate cannot be changed. Other names are another certificate, and the task creates it. The result lists the other versions in
    RV(superseded). Change the rules of the load balancers to the new certificate, and then delete the others by their O(id).
  - Meanwhile, several certificates have the same main name, so options that take the name of a certificate are ambiguous. Use the ID that
    this module returns.
  - Katapult renews certificates by itself, except for those that you upload.
  - Writing requires version 3.17 or later of the Katapult Core API.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._managing
  - katapult.cloud._connection
attributes:
  check_mode:
    support: full
    details:
      - Only V(GET) requests are sent, and check mode does not wait.
      - Check mode cannot verify that the certificate can be issued, that no rule uses the certificate that is to be deleted, or that the
        token permits writing.
      - Values that Katapult assigns on creation are V(null) in the prediction.
  diff_mode:
    support: full
    details:
      - Instead of certificates, the diff contains their SHA-256 fingerprints. It never contains O(properties.private_key).
  idempotent:
    support: partial
    details:
      - With O(reissue=always), every run reissues the certificate.
options:
  state:
    description:
      - V(present) creates the certificate if it does not exist. V(absent) deletes it, irrevocably. Katapult refuses this while a rule uses
        it, with the error code V(deletion_restricted). All other options must be valid, but have no effect.
      - If the certificate does not exist, V(absent) changes nothing. If several certificates match the task, it fails with their IDs and
        the error code V(several_certificates_found).
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The ID of an existing certificate. One of O(id) and O(properties.issuer) is required.
      - Together with O(id), other properties must equal those of the certificate. Otherwise, the task fails, for example with the error
        code V(name_fixed).
      - If no certificate has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
    type: str
  properties:
    description:
      - The properties of the certificate.
    type: dict
    suboptions:
      issuer:
        description:
          - V(lets_encrypt) for a certificate that browsers trust, V(self_signed) for one that they do not trust and that is valid for a
            year, and V(custom) for one that you upload.
        type: str
        choices: [lets_encrypt, self_signed, custom]
      name:
        description:
          - The main name, a domain name. Required for O(properties.issuer=lets_encrypt) and O(properties.issuer=self_signed).
          - For O(properties.issuer=custom), Katapult takes it from the certificate. If it is set nevertheless, the task issues a warning.
        type: str
      additional_names:
        description:
          - More names, in any order, without O(properties.name) and without repetitions. If omitted, the certificate has none.
          - For O(properties.issuer=custom), the same applies as for O(properties.name).
        type: list
        elements: str
      authorization_method:
        description:
          - How Let's Encrypt verifies the names. Required for O(properties.issuer=lets_encrypt). Not permitted for
            O(properties.issuer=self_signed). For O(properties.issuer=custom), it has no effect, and the task issues a warning.
          - With V(http), every name must resolve to a load balancer of the organization that listens on port 80, with a rule or with
            C(https_redirect). Katapult answers the requests of Let's Encrypt itself. Wildcard names are not permitted.
          - With V(dns), every name must be in a verified DNS zone of the organization.
        type: str
        choices: [http, dns]
      certificate:
        description:
          - The certificate in PEM format. Required for O(properties.issuer=custom), and permitted for it only. It is compared without white
            space.
        type: str
      chain:
        description:
          - The certificates of its issuers in PEM format, if any. Permitted for O(properties.issuer=custom) only.
        type: str
      private_key:
        description:
          - The private key in PEM format, an RSA key. Other options must not contain a private key. Required to create a certificate with
            O(properties.issuer=custom), and permitted for it only.
          - It is never returned, shown or compared.
        type: str
  reissue:
    description:
      - When to reissue an existing certificate, with a new key and a new expiry date. V(failed) does so if it could not be issued, and
        V(always) in every run.
      - Not permitted for O(properties.issuer=custom), because Katapult does not support it.
      - If the task fails after the request was sent, run it again with V(never), which only waits. Otherwise, it sends the request again.
      - If the response is lost, the request is not sent again. The task waits until the certificate shows whether it was executed.
    type: str
    choices: [never, failed, always]
    default: never
  wait:
    description:
      - Whether to wait until the certificate is issued. This also applies to a certificate that already exists and is still being issued.
        Then, the task fails if it cannot be issued.
      - If V(false), the result of a creation has the state V(pending) or V(issuing). Run the task again with V(true) before clients rely on
        the certificate.
      - Meanwhile, other tasks can write. If the token may not read tasks (scope C(tasks:read)), the task reads the certificate instead.
    type: bool
    default: true
  wait_timeout:
    description:
      - The seconds to wait, at least V(1). After that, the task fails. Running it again waits again.
      - This is separate from O(api_retry_timeout). An outage during the wait counts towards this limit. It has no effect with
        O(wait=false).
    type: int
    default: 600
notes:
  - >-
    Katapult does not enforce that certificates are unique, so the module does, in later runs and in tasks of the same user on the same machine
    that run at the same moment. If another controller creates an equivalent certificate at the same moment, the task issues a warning with both
    IDs.
  - Several certificates that are equivalent are no error. The task uses an issued one before one that is being issued, then the one that
    expires last, and then the one with the smallest ID, and issues a warning. To delete one of them, set O(id).
  - The response of Katapult contains the private key and a URL with which it can be read. They are never returned.
seealso:
  - module: katapult.cloud.certificate_info
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.load_balancer_rule
"""

EXAMPLES = r"""
- name: A certificate of Let's Encrypt for a website whose names point to a load balancer
  katapult.cloud.certificate:
    organization:
      sub_domain: acme
    properties:
      issuer: lets_encrypt
      name: www.example.com
      additional_names: [example.com]
      authorization_method: http
  register: www

- name: Use it in a rule
  katapult.cloud.load_balancer_rule:
    organization:
      sub_domain: acme
    load_balancer:
      api_reference: web-production
    properties:
      listen_port: 443
      destination_port: 8080
      protocol: HTTPS
      certificates: ["{{ www.certificate.id }}"]

- name: Delete other certificates of this issuer with this main name
  katapult.cloud.certificate:
    organization:
      sub_domain: acme
    id: "{{ item }}"
    state: absent
  loop: "{{ www.superseded }}"

- name: A self-signed certificate
  katapult.cloud.certificate:
    organization:
      sub_domain: acme
    properties:
      issuer: self_signed
      name: internal.example.com

- name: Upload a certificate
  katapult.cloud.certificate:
    organization:
      sub_domain: acme
    properties:
      issuer: custom
      certificate: "{{ lookup('ansible.builtin.file', 'www.pem') }}"
      chain: "{{ lookup('ansible.builtin.file', 'chain.pem') }}"
      private_key: "{{ vaulted_private_key }}"

- name: Try again if it could not be issued
  katapult.cloud.certificate:
    organization:
      sub_domain: acme
    properties:
      issuer: lets_encrypt
      name: www.example.com
      additional_names: [example.com]
      authorization_method: http
    reissue: failed
"""

RETURN = r"""
certificate:
  description:
    - The certificate after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
    - On failure, the known state if something was changed before the error, or if the certificate could not be issued.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
      type: str
      sample: cert_Dq3mPlJw7UHsQejA
    name:
      description: The main name of the certificate.
      type: str
      sample: www.example.com
    additional_names:
      description: The additional names of the certificate.
      type: list
      elements: str
      sample: [example.com]
    issuer:
      description: The issuer, one of V(lets_encrypt), V(custom), V(self_signed).
      type: str
      sample: lets_encrypt
    state:
      description:
        - The state of issuance, one of V(pending), V(issuing), V(issued), V(issue_failed). V(null) if check mode predicts a creation.
      type: str
      sample: issued
    issue_error:
      description: The reason why the certificate could not be issued. V(null) if there is none.
      type: str
      sample: The name does not point to Katapult
    authorization_method:
      description: How the ownership of the names is proven to the issuer.
      type: str
      sample: http
    created_at:
      description: When it was created, in seconds since 1970.
      type: int
      sample: 1767225600
    last_issued_at:
      description: When it was last issued, in seconds since 1970. V(null) if it was never issued by Katapult.
      type: int
      sample: 1767225600
    expires_at:
      description: When it expires, in seconds since 1970. V(null) if it was never issued.
      type: int
      sample: 1775001600
    certificate:
      description: The certificate in PEM format. It is not secret.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
    chain:
      description: The certificates of its issuers in PEM format.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\n..."
superseded:
  description:
    - The IDs of other certificates of the organization with the same issuer and the same main name, but with other content. Certificates of
      another issuer are not listed.
    - Rules may still use them. Delete them once no rule uses them any more.
    - Empty if the task sets O(id) or O(state=absent), and in check mode for a new certificate with O(properties.issuer=custom), whose name is
      not known yet.
  returned: success
  type: list
  elements: str
  sample: [cert_QejAvd3pPlJwbUHs]
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
      sample: certificate cert_Dq3mPlJw7UHsQejA, "www.example.com"
    after_header:
      description: The same after the task.
      type: str
      sample: certificate cert_Dq3mPlJw7UHsQejA, "www.example.com"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"last_issued_at": 1767225600}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"last_issued_at": 1774915200}
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

TASK = manage(CERTIFICATE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
