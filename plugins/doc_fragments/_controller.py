# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that every plugin of the controller has, and the variables that set them for some."""

    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - The API token, as created in the Katapult console. Scopes that only read are enough.
      - Required. If it is not set, E(KATAPULT_API_TOKEN) is used, and if that is not set or empty, E(KATAPULT_API_KEY).
      - It is sent to O(api_url) only, never over plain HTTP except to this machine itself, never on to the target of a redirect,
        and it is never shown.
      - A text. Its type is V(raw) so that a value of another type is refused without being shown.
    type: raw
    env:
      - name: KATAPULT_API_KEY
      - name: KATAPULT_API_TOKEN
  organization:
    description:
      - The organization to look into, by exactly one of the keys C(id) and C(sub_domain).
      - If it is not set, the environment variable E(KATAPULT_ORGANIZATION) is used as its sub-domain.
    type: dict
    suboptions:
      id:
        description:
          - The ID of the organization.
        type: str
      sub_domain:
        description:
          - The sub-domain of the organization, as in the address of the Katapult console.
        type: str
  api_url:
    description:
      - The base address of the Katapult Core API, with the scheme and without a query.
      - V(http) is accepted for loopback addresses only.
    type: str
    default: https://api.katapult.io/core/v1
    env:
      - name: KATAPULT_API_URL
  api_timeout:
    description:
      - The seconds without a complete answer after which a request counts as lost. At most V(86400).
      - How long the name of the host takes to be resolved is up to the resolver of the system.
    type: float
    default: 60
  api_retry_timeout:
    description:
      - The seconds that may be spent in all on waiting for rate limits and outages, and on trying again.
      - The rate limit is counted by the clock minute. A value of at least V(90) outlasts it. At most V(86400).
      - V(0) means that nothing is waited for and nothing is tried again.
    type: float
    default: 120
  validate_certs:
    description:
      - Whether the API must show a TLS certificate that this machine trusts.
      - V(false) gives up the protection of the token. For a certificate authority of your own, rather name its bundle in the
        environment variable E(REQUESTS_CA_BUNDLE).
    type: bool
    default: true
requirements:
  - Python library C(requests) >= 2.20.0, importable by the Python that runs Ansible
notes:
  - It only reads. With C(-vvv) each request is shown in one line.
  - The proxies of the environment variables E(HTTPS_PROXY) and E(NO_PROXY) and the bundle of E(REQUESTS_CA_BUNDLE) are used.
seealso:
  - name: Katapult API documentation
    description: The reference of the Katapult Core API.
    link: https://developers.katapult.io/
"""

    # Where variables of the play and the host can be had
    VARS = r"""
options:
  api_token:
    vars:
      - name: katapult_api_token
  organization:
    vars:
      - name: katapult_organization
  api_url:
    vars:
      - name: katapult_api_url
  api_timeout:
    vars:
      - name: katapult_api_timeout
  api_retry_timeout:
    vars:
      - name: katapult_api_retry_timeout
  validate_certs:
    vars:
      - name: katapult_validate_certs
"""
