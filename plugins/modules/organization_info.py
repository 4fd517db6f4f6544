#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: organization_info
short_description: Read Katapult organizations
version_added: 0.3.0
description:
  - Reads one organization by its ID or its sub-domain, or lists all organizations that the API token can access.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
  - Reading a suspended organization by its ID or its sub-domain fails with the error code V(organization_suspended). Reading one that is
    not activated yet fails with V(organization_not_activated). The list contains both.
  - The responses of the API contain billing data. It is never returned.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._reading
  - katapult.cloud._reading.unlisted
  - katapult.cloud._connection
options:
  id:
    description:
      - The ID of the organization to read.
      - Mutually exclusive with O(sub_domain).
    type: str
  sub_domain:
    description:
      - The sub-domain of the organization to read, as in the address of the Katapult console.
      - Mutually exclusive with O(id).
    type: str
  name:
    description:
      - Return only organizations with exactly this name. Names need not be unique.
    type: str
seealso:
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.data_center_info
"""

EXAMPLES = r"""
- name: List all organizations that the token can access
  katapult.cloud.organization_info:
  register: seen

- name: List the virtual machines of each organization
  katapult.cloud.virtual_machine_info:
    organization:
      id: "{{ item.id }}"
  loop: "{{ seen.organizations | rejectattr('suspended') }}"
  loop_control:
    label: "{{ item.sub_domain }}"
  register: machines

- name: Read one
  katapult.cloud.organization_info:
    sub_domain: acme
  register: acme
"""

RETURN = r"""
organizations:
  description:
    - The organizations, in the order of the API. Empty if none is found.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: org_UUhPmoCbpic6UX0Y
    name:
      description: The name.
      type: str
      sample: Acme
    sub_domain:
      description: The sub-domain, as in the address of the Katapult console.
      type: str
      sample: acme
    infrastructure_domain:
      description: The domain with which the domain names of its virtual machines end.
      type: str
      sample: acme.katapult.cloud
    created_at:
      description: When it was created, in seconds since 1970.
      type: int
      sample: 1767225600
    activated_at:
      description: When it was activated, in seconds since 1970. V(null) if it is not activated yet.
      type: int
      sample: 1767225600
    suspended:
      description: Whether it is suspended.
      type: bool
      sample: false
    managed:
      description: Whether it is a managed organization. The API does not document further details.
      type: bool
      sample: false
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.organization import ORGANIZATION

TASK = info(ORGANIZATION)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
