#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: data_center_info
short_description: Read Katapult data centers
version_added: 0.3.0
description:
  - Reads one data center by its ID or its permalink, or lists all data centers of Katapult.
  - It requires an API token, but no particular scope.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
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
      - The ID of the data center to read.
      - Mutually exclusive with O(permalink).
    type: str
  permalink:
    description:
      - The permalink of the data center to read, such as V(uk-lon-01).
      - Mutually exclusive with O(id).
    type: str
  name:
    description:
      - Return only data centers with exactly this name. Names are locations, such as V(London).
    type: str
seealso:
  - module: katapult.cloud.load_balancer
"""

EXAMPLES = r"""
- name: List all data centers
  katapult.cloud.data_center_info:
  register: all_of_them

- name: Show their permalinks, which a load balancer is created with
  ansible.builtin.debug:
    msg: "{{ all_of_them.data_centers | map(attribute='permalink') }}"

- name: Read one
  katapult.cloud.data_center_info:
    permalink: uk-lon-01
  register: london
"""

RETURN = r"""
data_centers:
  description:
    - The data centers, in the order of the API. Empty if none is found.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: loc_UUhPmoCbpic6UX0Y
    name:
      description: The name.
      type: str
      sample: London
    permalink:
      description: The permalink.
      type: str
      sample: uk-lon-01
    country:
      description: The country of the data center.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: ctry_6AO9tYYugvTGnd5b
        name:
          description: The name.
          type: str
          sample: United Kingdom
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.data_center import DATA_CENTER

TASK = info(DATA_CENTER)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
