#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virtual_machine_info
short_description: Read Katapult virtual machines
version_added: 0.3.0
description:
  - Reads one virtual machine by its ID or its fully qualified domain name, or lists all virtual machines of an organization.
  - This module never writes. If it finds no resource, it returns an empty list and does not fail.
  - Reading a resource in the trash by its ID fails with the error code V(object_in_trash). Lists with O(full=true) omit resources in the
    trash.
  - The responses of the API contain root passwords and billing addresses. They are never returned.
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
      - The ID of the virtual machine to read.
      - Mutually exclusive with O(fqdn).
    type: str
  fqdn:
    description:
      - The fully qualified domain name of the virtual machine to read, such as V(web-1.acme.katapult.cloud).
      - Mutually exclusive with O(id).
    type: str
  name:
    description:
      - Return only virtual machines with exactly this name. Names need not be unique.
      - This is the name in the Katapult console. It is not compared with the host name or the fully qualified domain name.
    type: str
  tags:
    description:
      - Return only virtual machines with any of these tags, by name or ID.
      - With this option, the module reads every candidate individually, because the list endpoint omits tags and groups.
      - It must not be empty. A value that no virtual machine has causes a warning.
    type: list
    elements: str
    version_added: 0.4.0
  groups:
    description:
      - Return only virtual machines in any of these virtual machine groups, by name or ID. For everything else, the same applies as for
        O(tags).
    type: list
    elements: str
    version_added: 0.4.0
  annotations:
    description:
      - Return only virtual machines with all of these annotations.
      - With this option, the module reads every candidate individually, because the list endpoint omits annotations, and the API does not
        document how it filters by them.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The key of the annotation.
        type: str
        required: true
      value:
        description:
          - The value of the annotation. If omitted, any value matches.
        type: str
seealso:
  - module: katapult.cloud.tag
  - module: katapult.cloud.virtual_machine_group
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.virtual_machine_group_info
  - module: katapult.cloud.tag_info
"""

EXAMPLES = r"""
- name: List all virtual machines of an organization
  katapult.cloud.virtual_machine_info:
    organization:
      sub_domain: acme
  register: listed

- name: Read one by its fully qualified domain name
  katapult.cloud.virtual_machine_info:
    fqdn: web-1.acme.katapult.cloud
  register: web

- name: Fail if it does not exist or is not running
  ansible.builtin.assert:
    that: web.virtual_machines | map(attribute='state') == ['started']

- name: Find the virtual machines with a tag in a group
  katapult.cloud.virtual_machine_info:
    organization:
      sub_domain: acme
    tags: [web]
    groups: [production]
  register: tagged

- name: Find virtual machines by name, with all fields
  katapult.cloud.virtual_machine_info:
    organization:
      sub_domain: acme
    name: web-1
    full: true
  register: named

- name: Fail if there is none, because an empty list of members removes all members
  ansible.builtin.assert:
    that: named.virtual_machines | length > 0

- name: Add them to a load balancer
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
      resource_ids: "{{ named.virtual_machines | map(attribute='id') }}"
"""

RETURN = r"""
virtual_machines:
  description:
    - The virtual machines, in the order of the API. Empty if none is found.
    - The list endpoint omits some fields. Use O(full=true) to return them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: vm_4v8YBNBXSbCyP058
    name:
      description: The name.
      type: str
      sample: Web 1
    hostname:
      description: The host name.
      type: str
      sample: web-1
    fqdn:
      description: The fully qualified domain name.
      type: str
      sample: web-1.acme.katapult.cloud
    description:
      description: The description, V(null) if it has none. Omitted by the list endpoint.
      type: str
      sample: Serves the website
    state:
      description: The state, for example V(started) or V(stopped). Omitted by the list endpoint.
      type: str
      sample: started
    created_at:
      description: When it was created, in seconds since 1970.
      type: int
      sample: 1767225600
    zone:
      description: The zone of the virtual machine.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: zone_7Uuz6wzE17ZShh8f
        name:
          description: The name.
          type: str
          sample: LON-1
        permalink:
          description: The permalink.
          type: str
          sample: lon-zone-1
        data_center:
          description: The data center of the zone.
          type: dict
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
    organization:
      description: The organization of the virtual machine. Omitted by the list endpoint.
      type: dict
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
          description: The sub-domain.
          type: str
          sample: acme
    group:
      description: The group of the virtual machine. V(null) if it is in no group. Omitted by the list endpoint.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: vmgrp_UUhPmoCbpic6UX0Y
        name:
          description: The name.
          type: str
          sample: web
    package:
      description: The package, which determines its size.
      type: dict
      contains:
        id:
          description: The ID. V(null) if the list endpoint omits it.
          type: str
          sample: vmpkg_Eh5LYVKScVHpj7sM
        name:
          description: The name.
          type: str
          sample: ROCK-3
        permalink:
          description: The permalink. V(null) if the list endpoint omits it.
          type: str
          sample: rock-3
    cpu_cores:
      description: The number of CPU cores. Omitted by the list endpoint.
      type: int
      sample: 2
    memory_in_gb:
      description: The memory in GB. Omitted by the list endpoint.
      type: int
      sample: 4
    use_dedicated_cpus:
      description: Whether its CPU cores are dedicated. Omitted by the list endpoint.
      type: bool
      sample: false
    gpu_type:
      description: The type of its GPU, V(null) if it has none.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: gpu_UUhPmoCbpic6UX0Y
        name:
          description: The name.
          type: str
          sample: NVIDIA A4000
        permalink:
          description: The permalink.
          type: str
          sample: nvidia-a4000
    attached_iso:
      description: The attached ISO image. V(null) if there is none. Omitted by the list endpoint.
      type: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: iso_UUhPmoCbpic6UX0Y
        name:
          description: The name.
          type: str
          sample: Rescue
    tags:
      description: The tags of the virtual machine. Omitted by the list endpoint.
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
    tag_names:
      description: The names of its tags. Omitted by the list endpoint.
      type: list
      elements: str
      sample: [web]
    ip_addresses:
      description: The IPv4 and IPv6 addresses.
      type: list
      elements: dict
      contains:
        id:
          description: The ID. V(null) if the list endpoint omits it.
          type: str
          sample: ip_Pvfnh0q1ivK6R98b
        address:
          description: The IP address.
          type: str
          sample: 198.51.100.10
        address_with_mask:
          description: The address with the length of its network prefix. V(null) if the list endpoint omits it.
          type: str
          sample: 198.51.100.10/24
        reverse_dns:
          description: The name to which the address resolves. V(null) if the list endpoint omits it.
          type: str
          sample: web-1.acme.katapult.cloud
        vip:
          description: Whether it is a virtual IP address, which can be moved to another one. V(null) if the list endpoint omits it.
          type: bool
          sample: false
        label:
          description: The label of a virtual IP address. V(null) if there is none, or if the list endpoint omits it.
          type: str
          sample: failover
    annotations:
      description: The annotations. Omitted by the list endpoint.
      type: list
      elements: dict
      contains:
        key:
          description: The key.
          type: str
          sample: team
        value:
          description: The value, V(null) if the annotation has none.
          type: str
          sample: web
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE

TASK = info(VIRTUAL_MACHINE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
