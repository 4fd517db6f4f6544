#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tag_info
short_description: Read Katapult tags
version_added: 0.3.0
description:
  - Reads one tag by its ID, or lists all tags of an organization.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
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
      - The ID of the tag to read.
    type: str
  name:
    description:
      - Return only tags with exactly this name. The API does not document whether names are unique.
    type: str
seealso:
  - module: katapult.cloud.tag
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.virtual_machine_group_info
"""

EXAMPLES = r"""
- name: Find a tag by name
  katapult.cloud.tag_info:
    organization:
      sub_domain: acme
    name: web
  register: web

- name: Fail if there is not exactly one
  ansible.builtin.assert:
    that: web.tags | length == 1

- name: Add all virtual machines with the tag to a load balancer
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
      resource_type: tags
      resource_ids: "{{ web.tags | map(attribute='id') }}"
"""

RETURN = r"""
tags:
  description:
    - The tags, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: tag_NqAjIfOyzSMyuFPS
    name:
      description: The name.
      type: str
      sample: web
    color:
      description: The color of the tag in the Katapult console.
      type: str
      sample: pastel_orange
    created_at:
      description: When it was created, in seconds since 1970. Omitted by the list endpoint.
      type: int
      sample: 1767225600
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG

TASK = info(TAG)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
