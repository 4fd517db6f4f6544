#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: disk_template_info
short_description: Read Katapult disk templates
version_added: 0.5.0
description:
  - Reads one disk template by its ID or its permalink, or lists the disk templates of an organization. A disk template contains the
    operating system of a new virtual machine.
  - The list includes the universal disk templates of Katapult, which exist for all organizations. The field C(universal) distinguishes them
    from those of the organization.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._reading
  - katapult.cloud._reading.listed
  - katapult.cloud._connection
options:
  id:
    description:
      - The ID of the disk template to read.
      - Mutually exclusive with O(permalink).
    type: str
  permalink:
    description:
      - The permalink of the disk template to read, such as V(templates/ubuntu-22-04).
      - Mutually exclusive with O(id).
    type: str
  name:
    description:
      - Return only disk templates with exactly this name, such as V(Ubuntu 22.04). The API does not document whether names are unique.
    type: str
seealso:
  - module: katapult.cloud.virtual_machine_package_info
  - module: katapult.cloud.network_info
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: List all disk templates that an organization can use
  katapult.cloud.disk_template_info:
    organization:
      sub_domain: acme
  register: available

- name: Show the permalinks of those with Ubuntu
  ansible.builtin.debug:
    msg: "{{ available.disk_templates | selectattr('operating_system.name', 'equalto', 'Ubuntu') | map(attribute='permalink') }}"

- name: Show those that belong to the organization
  ansible.builtin.debug:
    msg: "{{ available.disk_templates | rejectattr('universal') | map(attribute='name') }}"

- name: Read one
  katapult.cloud.disk_template_info:
    permalink: templates/ubuntu-22-04
  register: ubuntu
"""

RETURN = r"""
disk_templates:
  description:
    - The disk templates, in the order of the API. Empty if none is found.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: dtpl_LzWRo5YtOjuUrUJF
    name:
      description: The name.
      type: str
      sample: Ubuntu 22.04
    description:
      description: The description, V(null) if it has none.
      type: str
      sample: A minimal installation
    permalink:
      description: The permalink.
      type: str
      sample: templates/ubuntu-22-04
    universal:
      description: Whether it belongs to Katapult and exists for all organizations.
      type: bool
      sample: true
    size_in_gb:
      description: The size in GB, V(null) if it is not known.
      type: int
      sample: 5
    latest_version:
      description: The latest version, V(null) if there is none.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: dtv_RMnpViEBxj3TC46L
        number:
          description: The number. V(null) if the API omits it.
          type: int
          sample: 2
    operating_system:
      description: The operating system, V(null) if it is not known.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: os_XmnB8easkUEBR536
        name:
          description: The name.
          type: str
          sample: Ubuntu
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.disk_template import DISK_TEMPLATE

TASK = info(DISK_TEMPLATE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
