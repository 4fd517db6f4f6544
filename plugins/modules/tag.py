#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tag
short_description: Manage a Katapult tag
version_added: 0.5.0
description:
  - Creates, updates and deletes a tag. A tag marks virtual machines; a load balancer can distribute traffic to all virtual machines with a
    tag.
  - The tag is identified by O(properties.name), or by O(id).
  - The module does not change which virtual machines have the tag. To assign it, use the option C(properties.tag_names) of
    M(katapult.cloud.virtual_machine).
  - Only options that the task sets are compared and changed.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._managing
  - katapult.cloud._managing.named
  - katapult.cloud._connection
options:
  id:
    description:
      - The ID of an existing tag. Together with O(properties.name), the tag is renamed.
      - If no resource has this ID, O(state=present) fails and O(state=absent) succeeds without a change.
      - One of O(id) and O(properties.name) is required.
    type: str
  properties:
    description:
      - The properties of the tag.
    type: dict
    suboptions:
      name:
        description:
          - The name, which identifies the tag on every run. Required to create a tag.
        type: str
      color:
        description:
          - The color in the Katapult console.
          - If omitted on creation, Katapult picks one. The color of an existing tag is compared only if this is set.
        type: str
        choices:
          - red
          - pink
          - purple
          - dark_blue
          - green
          - teal
          - aqua
          - light_blue
          - yellow
          - orange
          - orange_red
          - brown
          - black
          - dark_gray
          - light_gray
          - light_brown
          - pastel_red
          - pastel_pink
          - pastel_purple
          - pastel_dark_blue
          - pastel_green
          - pastel_teal
          - pastel_aqua
          - pastel_light_blue
          - pastel_yellow
          - pastel_orange
          - pastel_orange_red
          - pastel_brown
          - pastel_black
          - pastel_dark_gray
          - pastel_light_gray
          - pastel_light_brown
notes:
  - It is unknown whether Katapult deletes a tag that virtual machines or load balancers use. If it refuses, the task fails with the error
    code V(deletion_restricted).
seealso:
  - module: katapult.cloud.tag_info
  - module: katapult.cloud.virtual_machine_group
  - module: katapult.cloud.load_balancer
"""

EXAMPLES = r"""
- name: A tag for web servers
  katapult.cloud.tag:
    organization:
      sub_domain: acme
    properties:
      name: web
      color: green
  register: web

# Needed once. After that, change the name in the first task.
- name: Rename it
  katapult.cloud.tag:
    organization:
      sub_domain: acme
    id: "{{ web.tag.id }}"
    properties:
      name: web-production

- name: Distribute traffic to all virtual machines with the tag
  katapult.cloud.load_balancer:
    organization:
      sub_domain: acme
    properties:
      api_reference: web-production
      name: Web (production)
      resource_type: tags
      resource_ids: [web-production]
      data_center:
        permalink: uk-lon-01

- name: Delete a tag
  katapult.cloud.tag:
    organization:
      sub_domain: acme
    properties:
      name: old
    state: absent
"""

RETURN = r"""
tag:
  description:
    - The tag after the task, or in check mode its predicted state.
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a creation.
      type: str
      sample: tag_NqAjIfOyzSMyuFPS
    name:
      description: The name.
      type: str
      sample: web
    color:
      description: The color. V(null) if check mode predicts a creation without a color.
      type: str
      sample: green
    created_at:
      description:
        - When it was created, in seconds since 1970. Omitted by the list endpoint, so it is returned only if the tag was read individually
          or written.
      type: int
      sample: 1767225600
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
      sample: tag tag_NqAjIfOyzSMyuFPS, name "web"
    after_header:
      description: The same after the task.
      type: str
      sample: tag tag_NqAjIfOyzSMyuFPS, name "web"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"color": "green"}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"color": "red"}
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG

TASK = manage(TAG)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
