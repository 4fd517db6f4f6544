# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that every module of the collection has."""

    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - The API token, as created in the Katapult console.
      - Required. Defaults to the environment variable E(KATAPULT_API_TOKEN) or, if that is unset or empty, to E(KATAPULT_API_KEY).
      - The variable C(katapult_api_token) sets it, too, see the notes.
      - Environment variables are read on the host that runs the task. This is the controller if the task is delegated to V(localhost).
      - The token is sent to O(api_url) only, never over plain HTTP except to the local machine, and never to the target of a redirect. It
        never appears in output. C(~/.netrc) does not override it.
    type: str
  organization:
    description:
      - The organization that the task applies to.
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
    type: dict
    suboptions:
      id:
        description:
          - The ID of the organization.
          - Mutually exclusive with O(organization.sub_domain). One of the two is required.
        type: str
      sub_domain:
        description:
          - The sub-domain of the organization, as in the address of the Katapult console.
          - Mutually exclusive with O(organization.id). One of the two is required.
        type: str
  api_url:
    description:
      - The base URL of the Katapult Core API, with a scheme and without a query string.
      - If it is not set, the environment variable E(KATAPULT_API_URL) is used.
      - V(http) is accepted for loopback addresses only.
    type: str
    default: https://api.katapult.io/core/v1
  api_timeout:
    description:
      - The time to wait for a complete response to a request, in seconds. At most V(86400).
      - It does not limit the resolution of the host name. The resolver of the operating system does.
    type: float
    default: 60
  api_retry_timeout:
    description:
      - The total time, in seconds, that one task may spend on retries and on waiting for rate limits and outages.
      - The first attempt of each request does not count.
      - A retry may take no longer than the remaining time, but at least one second. A create request may always take O(api_timeout).
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
  - Python library C(requests) >= 2.20.0 on the host that runs the task
notes:
  - The task runs in the process that runs Ansible, without starting another Python interpreter, if this makes no difference except for
    speed. It falls back to a regular module if the connection is not local, if the task sets C(async), C(environment) or C(become), if its
    Python interpreter is not the one that runs Ansible, if that interpreter cannot import C(requests), or if the variable
    C(katapult_in_process) is V(false).
  - The variables C(katapult_api_token), C(katapult_organization), C(katapult_api_url), C(katapult_api_timeout), C(katapult_api_retry_timeout)
    and C(katapult_validate_certs) set options that neither the task nor C(module_defaults) sets. They take precedence over environment
    variables. They are the variables of the host that the task is for, not those of a host that it is delegated to. The lookup plugin uses
    the same variables, and the inventory plugin uses them if they are set with C(-e).
  - With C(-vvv), each request is logged in one line, with its method, path, status, duration and request ID.
  - An option that is V(null) is treated as omitted, also inside a dictionary. An empty string is treated as V(null), unless the option is a
    string. A V(null) in a task hides the value that C(module_defaults) would set.
  - The environment variables E(HTTPS_PROXY), E(NO_PROXY) and E(REQUESTS_CA_BUNDLE) set the proxies and the CA bundle.
  - A failed task returns RV(ignore:error) with the keys C(code), C(description), C(detail), C(http_status), C(method), C(path) and
    C(request_id). A C(rescue) section can distinguish errors by RV(ignore:error.code). Every key except C(code) and C(detail) can be
    V(null).
seealso:
  - name: Katapult API documentation
    description: The reference of the Katapult Core API.
    link: https://developers.katapult.io/
"""
