# Copyright: (c) 2026, the katapult.cloud contributors
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
      - Required. If it is not set here, the environment variable E(KATAPULT_API_TOKEN) is used, and if that is not set or empty,
        E(KATAPULT_API_KEY).
      - Environment variables are those of the host that runs the task. That is the controller if you delegate to V(localhost).
      - It is sent to O(api_url) only, never over plain HTTP except to this machine itself, never on to the target of a redirect,
        and it is never shown.
    type: str
  organization:
    description:
      - The organization that the task belongs to.
      - If it is not set, the environment variable E(KATAPULT_ORGANIZATION) is used as its sub-domain.
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
      - The base address of the Katapult Core API, with the scheme and without a query.
      - If it is not set, the environment variable E(KATAPULT_API_URL) is used.
      - V(http) is accepted for loopback addresses only.
    type: str
    default: https://api.katapult.io/core/v1
  api_timeout:
    description:
      - The seconds without a complete answer after which a request counts as lost. At most V(86400).
      - How long the name of the host takes to be resolved is up to the resolver of the system.
    type: float
    default: 60
  api_retry_timeout:
    description:
      - The seconds that one task may spend in all on waiting for rate limits and outages, and on trying again.
      - The first try of each request does not count.
      - A request that is tried again gets no more time than is left, but at least one second. A creation always gets O(api_timeout).
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
  - Python library C(requests) >= 2.20.0 on the host that runs the task
notes:
  - The task runs in the process that runs Ansible, without starting another Python, wherever that makes no difference but the speed.
    It runs as an ordinary module if the connection is not local, if it has C(async), C(environment) or C(become), if its Python is
    not the one that runs Ansible, if that one has no C(requests), or if the variable C(katapult_in_process) is V(false).
  - With C(-vvv) each request is shown in one line, with its method, path, time, status and request ID.
  - An option that is left blank, or is V(null), counts as left out.
  - The proxies of the environment variables E(HTTPS_PROXY) and E(NO_PROXY) and the bundle of E(REQUESTS_CA_BUNDLE) are used.
  - A failed task returns RV(ignore:error) with the keys C(code), C(description), C(detail), C(http_status), C(method), C(path)
    and C(request_id), so that a C(rescue) section can tell failures apart by RV(ignore:error.code). Any key but C(code)
    and C(detail) can be V(null).
seealso:
  - name: Katapult API documentation
    description: The reference of the Katapult Core API.
    link: https://developers.katapult.io/
"""
