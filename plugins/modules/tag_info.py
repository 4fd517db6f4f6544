#!/usr/bin/python
# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tag_info
short_description: Read Katapult tags
version_added: 0.3.0
description:
  - Reads one tag by its ID, or lists all of an organization.
  - It never writes. Something that is not found is no failure, but an empty list.
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
      - Return only tags with exactly this name. Whether names are unique is not documented.
    type: str
seealso:
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.virtual_machine_group_info
"""

EXAMPLES = r"""
- name: Find a tag by its name
  katapult.cloud.tag_info:
    organization:
      sub_domain: acme
    name: web
  register: web

- name: Fail if there is none, or several
  ansible.builtin.assert:
    that: web.tags | length == 1

- name: Put the virtual machines that have it behind a load balancer
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
    - A listing is shorter than what is read on its own. Use O(full=true) for the fields that are not in a listing.
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
      description: The color that the Katapult console shows it in.
      type: str
      sample: pastel_orange
    created_at:
      description: When it was created, in seconds since 1970. Not in a listing.
      type: int
      sample: 1767225600
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG

TASK = info(TAG)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
