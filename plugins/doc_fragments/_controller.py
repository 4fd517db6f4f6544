# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that all controller plugins share, and the variables that set them for some plugins."""

    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - The API token, as created in the Katapult console. Read-only scopes are sufficient.
      - Required. Defaults to the environment variable E(KATAPULT_API_TOKEN) or, if that is unset or empty, to E(KATAPULT_API_KEY).
      - The token is sent to O(api_url) only, never over plain HTTP except to the local machine, and never to the target of a redirect. It
        never appears in output. C(~/.netrc) does not override it.
      - The value must be a string. The type is V(raw) so that the error message for a value of another type does not contain the value.
    type: raw
    env:
      - name: KATAPULT_API_KEY
      - name: KATAPULT_API_TOKEN
  organization:
    description:
      - The organization to search, identified by exactly one of the keys C(id) and C(sub_domain).
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
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
      - The base URL of the Katapult Core API, with a scheme and without a query string.
      - V(http) is accepted for loopback addresses only.
    type: str
    default: https://api.katapult.io/core/v1
    env:
      - name: KATAPULT_API_URL
  api_timeout:
    description:
      - The time to wait for a complete response to a request, in seconds. At most V(86400).
      - It does not limit the resolution of the host name. The resolver of the operating system does.
    type: float
    default: 60
  api_retry_timeout:
    description:
      - The total time, in seconds, that may be spent on retries and on waiting for rate limits and outages.
      - The API counts requests per clock minute, so a value of at least V(90) is sufficient to wait until a rate limit ends. At most
        V(86400).
      - V(0) disables waiting and retries.
    type: float
    default: 120
  validate_certs:
    description:
      - Whether the API must present a TLS certificate that the local machine trusts.
      - V(false) removes the protection of the token. To use your own certificate authority, set the environment variable
        E(REQUESTS_CA_BUNDLE) to the path of its bundle instead.
    type: bool
    default: true
requirements:
  - Python library C(requests) >= 2.20.0, importable by the Python that runs Ansible
notes:
  - This plugin never writes. With C(-vvv), each request is logged in one line.
  - The environment variables E(HTTPS_PROXY), E(NO_PROXY) and E(REQUESTS_CA_BUNDLE) set the proxies and the CA bundle.
seealso:
  - name: Katapult API documentation
    description: The reference of the Katapult Core API.
    link: https://developers.katapult.io/
"""

    # For plugins that can read variables of the play and the host
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
