#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virtual_machine_package_info
short_description: Read Katapult virtual machine packages
version_added: 0.5.0
description:
  - Reads one package by its ID or its permalink, or lists the packages that are available to an organization. A package determines the CPU
    cores, the memory and the storage of a virtual machine.
  - Without an organization, it lists the public packages only.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._reading
  - katapult.cloud._connection
options:
  organization:
    description:
      - The organization whose available packages are listed. If it is not set, the public packages are listed.
      - Has no effect if the task reads a single package by its ID or its permalink.
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
  id:
    description:
      - The ID of the package to read.
      - Mutually exclusive with O(permalink).
    type: str
  permalink:
    description:
      - The permalink of the package to read, such as V(rock-3).
      - Mutually exclusive with O(id).
    type: str
  name:
    description:
      - Return only packages with exactly this name, such as V(ROCK-3).
    type: str
seealso:
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.disk_template_info
  - module: katapult.cloud.network_info
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: List the packages that are available to an organization
  katapult.cloud.virtual_machine_package_info:
    organization:
      sub_domain: acme
  register: available

- name: Select the smallest one with at least 8 GB of memory
  ansible.builtin.set_fact:
    package: >-
      {{ available.virtual_machine_packages | selectattr('memory_in_gb', 'ge', 8)
      | sort(attribute='memory_in_gb') | map(attribute='permalink') | first }}

- name: Read one
  katapult.cloud.virtual_machine_package_info:
    permalink: rock-3
  register: rock
"""

RETURN = r"""
virtual_machine_packages:
  description:
    - The packages, in the order of the API. Empty if none is found.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: vmpkg_Eh5LYVKScVHpj7sM
    name:
      description: The name.
      type: str
      sample: ROCK-3
    permalink:
      description: The permalink.
      type: str
      sample: rock-3
    cpu_cores:
      description: The number of CPU cores.
      type: int
      sample: 1
    use_dedicated_cpus:
      description: Whether the CPU cores are dedicated.
      type: bool
      sample: false
    memory_in_gb:
      description: The memory in GB.
      type: int
      sample: 3
    storage_in_gb:
      description: The size of the disk in GB that a virtual machine with this package has by default.
      type: int
      sample: 25
    ipv4_addresses:
      description: The number of IPv4 addresses.
      type: int
      sample: 1
    monthly_bandwidth_allowance_in_gb:
      description: The traffic in GB that is included each month, V(null) if the package has no such limit.
      type: int
      sample: 2048
    privacy:
      description: V(public), or V(private) for a package that is not available to all organizations.
      type: str
      sample: public
    group:
      description: The group of packages that it belongs to, V(null) if there is none.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: vmpkgrp_P5kCZvAtvXRC3sVl
        name:
          description: The name.
          type: str
          sample: Standard vCPU
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_package import (
    VIRTUAL_MACHINE_PACKAGE,
)

TASK = info(VIRTUAL_MACHINE_PACKAGE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
