#!/usr/bin/python
# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virtual_machine_info
short_description: Read Katapult virtual machines
version_added: 0.3.0
description:
  - Reads one virtual machine by its ID or its fully qualified domain name, or lists all of an organization.
  - It never writes. Something that is not found is no failure, but an empty list.
  - Reading what is in the trash by its ID fails with the code V(object_in_trash). Listings in full leave it out.
  - The API sends root passwords and billing addresses along. They are never returned.
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
      - It is the name in the Katapult console. The host name and the fully qualified domain name are not compared with it.
    type: str
  annotations:
    description:
      - Return only virtual machines with all of these annotations.
      - They make a listing read every candidate on its own, because a list does not show annotations, and the API does not document
        how it filters by them.
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
          - Its value. If it is left out, any will do.
        type: str
seealso:
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

- name: Read one by its name in the domain name system
  katapult.cloud.virtual_machine_info:
    fqdn: web-1.acme.katapult.cloud
  register: web

- name: Fail if it is not there, or does not run
  ansible.builtin.assert:
    that: web.virtual_machines | map(attribute='state') == ['started']

- name: Find out who has a name, with everything that is known of them
  katapult.cloud.virtual_machine_info:
    organization:
      sub_domain: acme
    name: web-1
    full: true
  register: named

- name: Fail if nobody has it, for an empty list of members would remove all
  ansible.builtin.assert:
    that: named.virtual_machines | length > 0

- name: Put them behind a load balancer
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
      resource_ids: "{{ named.virtual_machines | map(attribute='id') }}"
"""

RETURN = r"""
virtual_machines:
  description:
    - The virtual machines, in the order of the API. Empty if none is found.
    - A listing is shorter than what is read on its own. Use O(full=true) for the fields that are not in a listing.
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
      description: The description, V(null) if it has none. Not in a listing.
      type: str
      sample: Serves the website
    state:
      description: What it does, for example V(started) or V(stopped). Not in a listing.
      type: str
      sample: started
    created_at:
      description: When it was created, in seconds since 1970.
      type: int
      sample: 1767225600
    zone:
      description: The zone that it runs in.
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
      description: The organization that it belongs to. Not in a listing.
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
      description: The group that it is in, V(null) if in none. Not in a listing.
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
      description: The package that says how large it is.
      type: dict
      contains:
        id:
          description: The ID. V(null) in a listing.
          type: str
          sample: vmpkg_Eh5LYVKScVHpj7sM
        name:
          description: The name.
          type: str
          sample: ROCK-3
        permalink:
          description: The permalink. V(null) in a listing.
          type: str
          sample: rock-3
    cpu_cores:
      description: How many CPU cores it has. Not in a listing.
      type: int
      sample: 2
    memory_in_gb:
      description: How much memory it has, in GB. Not in a listing.
      type: int
      sample: 4
    use_dedicated_cpus:
      description: Whether its CPU cores are its own. Not in a listing.
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
      description: The ISO image that is attached to it, V(null) if none is. Not in a listing.
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
      description: The tags that it has. Not in a listing.
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
      description: The names of its tags. Not in a listing.
      type: list
      elements: str
      sample: [web]
    ip_addresses:
      description: Its addresses, of IPv4 and IPv6.
      type: list
      elements: dict
      contains:
        id:
          description: The ID. V(null) in a listing.
          type: str
          sample: ip_Pvfnh0q1ivK6R98b
        address:
          description: The address itself.
          type: str
          sample: 198.51.100.10
        address_with_mask:
          description: The address with the length of its network prefix. V(null) in a listing.
          type: str
          sample: 198.51.100.10/24
        reverse_dns:
          description: The name that the address is resolved to. V(null) in a listing.
          type: str
          sample: web-1.acme.katapult.cloud
    annotations:
      description: The annotations. Not in a listing.
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE

TASK = info(VIRTUAL_MACHINE)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
