#!/usr/bin/python
# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virtual_machine
short_description: Manage a Katapult virtual machine
version_added: 0.5.0
description:
  - Builds, changes, starts, stops and deletes a virtual machine, and waits until this is done.
  - It is identified by O(properties.hostname), which is unique in an organization, or by O(id).
  - A virtual machine that already has the host name is used, and changed if it differs from the task. Preview this with C(--check --diff).
  - If the response to a build is lost, the request is not sent again. Tasks of the same user on the same machine do not build a host name
    twice, also if they run at the same moment. For several controllers, see the notes.
  - O(properties.zone), O(properties.disk_template), O(properties.disk_template_options), O(properties.system_disk_size_in_gb),
    O(properties.network_interfaces) and O(properties.authorized_keys) are only used to build a virtual machine. They are not compared with
    an existing one.
  - A deleted virtual machine stays in the trash for 48 hours. During this time, it keeps its host name and its IP addresses. See O(purge)
    and O(release_ip_addresses).
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._attributes
  - katapult.cloud._connection
attributes:
  check_mode:
    support: full
    details:
      - Only V(GET) requests are sent, and check mode does not wait.
      - Before a build, it verifies that the package, the disk template, the group, and the data center or the zone of O(properties) exist,
        if the token may read them. The same applies to a new package or group of an existing virtual machine.
      - It cannot verify limits of the organization, networks, IP addresses, or options of the disk template. It also cannot verify whether
        the host name belongs to a virtual machine in the trash that the API does not show.
      - Values that Katapult assigns when it builds a virtual machine are V(null) in the prediction.
  diff_mode:
    support: full
    details:
      - For a build, the diff also contains the options that are only used to build a virtual machine. O(properties.disk_template_options)
        is never shown.
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) builds the virtual machine if it does not exist, and updates it if it differs from the task. A new one runs after the
        build. An existing one stays started or stopped.
      - V(started) does the same, and starts the virtual machine.
      - V(stopped) does the same, and shuts it down. A new one is shut down after its build, but not with O(wait=false). See
        O(shutdown_timeout) and O(force).
      - V(absent) cuts its power, without a shutdown, and moves it to the trash. If it is being built, the task waits for the build first,
        unless O(wait=false). If it does not exist or is in the trash already, nothing is changed, unless O(purge=true).
      - With V(absent), all other options of O(properties) must be valid, but have no effect, except for O(properties.hostname), and for the
        IP addresses of O(properties.network_interfaces), see O(release_ip_addresses).
    type: str
    choices: [present, started, stopped, absent]
    default: present
  id:
    description:
      - The ID of an existing virtual machine. One of O(id) and O(properties.hostname) is required.
      - Together with O(id), another O(properties.hostname) renames the virtual machine. With O(state=absent), both must belong to the same
        virtual machine.
      - If no virtual machine has this ID, O(state=absent) succeeds without a change, and any other state fails.
    type: str
  organization:
    description:
      - The organization that the virtual machine belongs to. Required unless O(id) is set and O(properties.group.name) is not. Defaults to
        the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
  properties:
    description:
      - The properties of the virtual machine. Those that are omitted are kept.
    type: dict
    suboptions:
      hostname:
        description:
          - The host name, without the domain of the organization. It is compared and stored in lower case.
          - It consists of letters, digits, hyphens and dots. Each part between dots has at most 63 characters, and begins and ends with a
            letter or a digit.
        type: str
      name:
        description:
          - The name in the Katapult console. It need not be unique. If it is omitted for a new virtual machine, it is the host name.
        type: str
      description:
        description:
          - The description. V("") removes it.
        type: str
      data_center:
        description:
          - The data center. To build a virtual machine, one of O(properties.data_center), O(properties.zone) and O(default_data_center) is
            required.
          - If an existing virtual machine is in another data center, the task fails before it changes anything, with the error code
            V(data_center_fixed).
          - Mutually exclusive with O(properties.zone).
        type: dict
        suboptions:
          id:
            description:
              - The ID of the data center.
              - Mutually exclusive with O(properties.data_center.permalink). One of the two is required.
            type: str
          permalink:
            description:
              - The permalink of the data center, for example V(uk-lon-01).
              - Mutually exclusive with O(properties.data_center.id). One of the two is required.
            type: str
      zone:
        description:
          - The zone in which the virtual machine is built. Only used to build it.
          - Mutually exclusive with O(properties.data_center).
        type: dict
        suboptions:
          id:
            description:
              - The ID of the zone.
              - Mutually exclusive with O(properties.zone.permalink). One of the two is required.
            type: str
          permalink:
            description:
              - The permalink of the zone.
              - Mutually exclusive with O(properties.zone.id). One of the two is required.
            type: str
      package:
        description:
          - The package, which determines the number of CPU cores and the memory. Required to build a virtual machine. See
            M(katapult.cloud.virtual_machine_package_info).
          - A change to a larger package is possible while the virtual machine runs. For a smaller one, with fewer CPU cores or less memory,
            it must be stopped. Otherwise, the task fails before it changes anything, with the error code V(restart_needed), unless
            O(allow_restart=true) or O(state=stopped).
          - A change does not affect the sizes of disks.
        type: dict
        suboptions:
          id:
            description:
              - The ID of the package.
              - Mutually exclusive with O(properties.package.permalink). One of the two is required.
            type: str
          permalink:
            description:
              - The permalink of the package, for example V(rock-3).
              - Mutually exclusive with O(properties.package.id). One of the two is required.
            type: str
      disk_template:
        description:
          - The disk template, which contains the operating system. Required to build a virtual machine, and only used for that. See
            M(katapult.cloud.disk_template_info).
        type: dict
        suboptions:
          id:
            description:
              - The ID of the disk template.
              - Mutually exclusive with O(properties.disk_template.permalink). One of the two is required.
            type: str
          permalink:
            description:
              - The permalink of the disk template, for example V(templates/ubuntu-22-04).
              - Mutually exclusive with O(properties.disk_template.id). One of the two is required.
            type: str
      disk_template_options:
        description:
          - The options of the disk template. Each has a name and a value, which is a string, a number or a boolean. Only used to build a
            virtual machine.
          - The option C(install_agent) is V(true) unless it is set here, because some disk templates require the agent of Katapult.
          - The values may be secret. They are never returned or shown. Where they occur in other output, they are masked.
          - Values with fewer than five characters, values that also occur in other options, and states such as V(started) are not masked,
            because this would make results unusable. Some versions of ansible-core mask them on the screen nevertheless.
        type: dict
      system_disk_size_in_gb:
        description:
          - The size of the system disk in GB, at least V(1). Only used to build a virtual machine. If omitted, the package determines it.
        type: int
      network_interfaces:
        description:
          - The network interfaces, at least one. Only used to build a virtual machine.
          - If omitted, the virtual machine has one on the default network of its data center, with a new IPv4 address.
        type: list
        elements: dict
        suboptions:
          network:
            description:
              - The network. Its permalink cannot be derived from that of its data center, see M(katapult.cloud.network_info).
              - Mutually exclusive with O(properties.network_interfaces[].virtual_network). One of the two is required.
            type: dict
            suboptions:
              id:
                description:
                  - The ID of the network.
                  - Mutually exclusive with O(properties.network_interfaces[].network.permalink). One of the two is required.
                type: str
              permalink:
                description:
                  - The permalink of the network, for example V(uk-lon-01-public).
                  - Mutually exclusive with O(properties.network_interfaces[].network.id). One of the two is required.
                type: str
          virtual_network:
            description:
              - The virtual network.
              - Mutually exclusive with O(properties.network_interfaces[].network). One of the two is required.
            type: dict
            suboptions:
              id:
                description:
                  - The ID of the virtual network.
                type: str
                required: true
          speed_profile:
            description:
              - The speed profile. If omitted, Katapult chooses one.
            type: dict
            suboptions:
              id:
                description:
                  - The ID of the speed profile.
                  - Mutually exclusive with O(properties.network_interfaces[].speed_profile.permalink). One of the two is required.
                type: str
              permalink:
                description:
                  - The permalink of the speed profile, for example V(1gbps).
                  - Mutually exclusive with O(properties.network_interfaces[].speed_profile.id). One of the two is required.
                type: str
          ip_addresses:
            description:
              - Existing IP addresses of the organization that the interface gets.
              - A task with O(release_ip_addresses=true) does not release the addresses that it names here.
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - The ID of the IP address.
                  - Mutually exclusive with O(properties.network_interfaces[].ip_addresses[].address). One of the two is required.
                type: str
              address:
                description:
                  - The IP address itself.
                  - Mutually exclusive with O(properties.network_interfaces[].ip_addresses[].id). One of the two is required.
                type: str
          new_ip_addresses:
            description:
              - The versions of new IP addresses that the interface gets, one address for each item.
              - No recorded request contains this. It is only documented by Katapult.
            type: list
            elements: str
            choices: [ipv4, ipv6]
      authorized_keys:
        description:
          - Whose SSH keys are permitted to log in. Only used to build a virtual machine, and neither readable nor changeable afterwards.
          - If omitted, no keys are permitted. The task then issues a warning that nobody may be able to log in.
        type: dict
        suboptions:
          users:
            description:
              - The IDs of users of the organization whose keys are permitted. V([all]) permits the keys of all users.
            type: list
            elements: str
          ssh_keys:
            description:
              - The IDs of SSH keys of the organization. V([all]) permits all of them.
            type: list
            elements: str
      group:
        description:
          - The virtual machine group. To remove the virtual machine from its group, use O(ungrouped).
        type: dict
        suboptions:
          id:
            description:
              - The ID of the group. In check mode, it may be V(null), if an earlier task of the playbook would create the group.
              - Mutually exclusive with O(properties.group.name). One of the two is required.
            type: str
          name:
            description:
              - The name of the group. Names of groups need not be unique. If several groups have it, the task fails, unless the virtual
                machine is already in one of them.
              - Mutually exclusive with O(properties.group.id). One of the two is required.
            type: str
      tag_names:
        description:
          - The names of all tags of the virtual machine, in any order. V([]) removes all.
          - A tag that does not exist is created by Katapult, with a random color. To choose the color, use M(katapult.cloud.tag) first.
        type: list
        elements: str
  ungrouped:
    description:
      - Whether to remove the virtual machine from its group.
      - Mutually exclusive with O(properties.group).
    type: bool
    default: false
  default_data_center:
    description:
      - The permalink of the data center in which a virtual machine is built if O(properties.data_center) and O(properties.zone) are
        omitted. It is never compared with an existing virtual machine.
      - Defaults to the environment variable E(KATAPULT_DATA_CENTER). The variable C(katapult_default_data_center) sets it, too.
    type: str
  annotations:
    description:
      - The annotations of the virtual machine. All others are kept, so V([]) changes nothing.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The key.
        type: str
        required: true
      value:
        description:
          - The value.
        type: str
        required: true
  shutdown_timeout:
    description:
      - The seconds to wait until the operating system has shut down, at least V(1). If it takes longer, the task fails with the error code
        V(shutdown_timed_out). With O(force=true), it cuts the power instead.
    type: int
    default: 120
  force:
    description:
      - Whether to cut the power of a virtual machine that does not shut down within O(shutdown_timeout). Data that is not written to disk
        is lost.
      - It has no effect with O(wait=false), because the task does not wait for the shutdown then.
    type: bool
    default: false
  allow_restart:
    description:
      - Whether to shut a running virtual machine down and start it again if a smaller O(properties.package) requires this.
      - If the task fails after the shutdown, the virtual machine may stay stopped. Use O(state=started) so that the next run starts it.
    type: bool
    default: false
  purge:
    description:
      - Whether O(state=absent) also purges the virtual machine from the trash, together with its disks.
      - This is irrevocable. Nobody can restore a purged virtual machine or its data. Preview this with C(--check --diff).
      - If V(false), the virtual machine can be restored for 48 hours, and its host name stays taken.
      - If the virtual machine is in the trash already, it is purged, provided that the API still shows it there. If the task sets O(id) and
        O(organization), it verifies before that the trash of the organization contains the virtual machine. This requires the scope
        C(trash_objects:read).
      - The token requires the scope C(trash_objects:purge), which cannot be verified in advance. Without it, the task fails after the
        virtual machine was moved to the trash.
      - Without the scope C(trash_objects:read), the task cannot see whether the purge has ended, and issues a warning.
      - Without the scope C(organizations:read), the task does not find a virtual machine in the trash by its host name, and issues a
        warning.
    type: bool
    default: false
  release_ip_addresses:
    description:
      - Whether O(state=absent) also releases the IP addresses of the virtual machine. Otherwise, they stay with the organization, and may
        cost money. The token requires the scope C(ip_addresses). If it may not even read IP addresses, the task fails before it changes
        anything.
      - After the deletion, each address is read again. It is only released if it is not allocated, or allocated to this virtual machine.
        Otherwise, the task issues a warning and keeps it.
      - Virtual IP addresses, and addresses that the task names in O(properties.network_interfaces), are not released.
      - A released address may be given to somebody else at once. So if the response to a release is lost, the request is not sent again. If
        the address still exists then, the task fails and names it.
      - The addresses of a virtual machine that is already in the trash are not known, so none are released. The task issues a warning.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until a build, a start, a shutdown, a change of the package, or a purge is complete.
      - If V(false), a task that builds a virtual machine ends as soon as it is found by its host name. In all recordings, this took up to
        34 seconds. Steps that a later request requires are still waited for, such as the shutdown before a smaller package, and the power
        cut before a deletion.
      - If a new virtual machine is not found within 120 seconds, the task fails with the error code V(creation_not_visible). Until it is
        found, other tasks of the same user on the same machine do not build it again. After that, other tasks can write while this one
        waits.
      - If V(true), a virtual machine that another task is building is waited for, too. A virtual machine is stopped at the beginning of its
        build. The task therefore waits for every stopped virtual machine that was created less than two minutes ago. It does not wait for
        one that the same user has stopped on the same machine, or with O(state=started), which starts it.
      - If the token may not read tasks (scope C(tasks:read)), the task reads the virtual machine instead, and issues a warning before a
        build.
    type: bool
    default: true
  wait_timeout:
    description:
      - The seconds to wait for each step, such as a build, a start or a purge, at least V(1). If a step takes longer, the task fails with
        the error code V(wait_timed_out), but Katapult continues. Running the task again waits again.
      - It also limits the time to wait for a virtual machine that is busy with other background work, also with O(wait=false).
      - This is separate from O(api_retry_timeout), and from O(shutdown_timeout), which limits a shutdown.
    type: int
    default: 1200
notes:
  - Katapult does not document whether it refuses a second virtual machine with the same host name, so the module does not rely on it. If
    two controllers build the same one at the same moment and the API accepts both, the task fails with the error code V(duplicate_found),
    and deletes nothing. If the API accepts only one, the task or the build of the other one fails.
  - If the response to a build is lost, the task looks for the virtual machine for up to 120 seconds, regardless of O(api_retry_timeout). It
    uses the virtual machine when it appears, and fails otherwise.
  - If a task is interrupted during a build, the next task of the same user on the same machine looks for the virtual machine before it
    builds one. C(docs/reliability.md) of the collection contains the details.
  - Some responses of Katapult contain the initial root password and billing data. The module never returns them.
  - A task for an unchanged virtual machine sends two requests, because it reads the domain of the organization first. With O(id), it sends
    one. In a loop that runs in the process of Ansible, only the first item sends two.
  - To build several virtual machines at the same time, see C(docs/virtual-machines.md) of the collection.
seealso:
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.virtual_machine_package_info
  - module: katapult.cloud.disk_template_info
  - module: katapult.cloud.network_info
  - module: katapult.cloud.ip_address
  - module: katapult.cloud.virtual_machine_group
  - module: katapult.cloud.tag
  - module: katapult.cloud.load_balancer
"""

EXAMPLES = r"""
- name: Build a virtual machine
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: web-1
      data_center:
        permalink: uk-lon-01
      package:
        permalink: rock-3
      disk_template:
        permalink: templates/ubuntu-22-04
      authorized_keys:
        users: [all]
        ssh_keys: [all]
      tag_names: [web]
  register: web

- name: Add it to the hosts of later plays
  ansible.builtin.add_host:
    name: "{{ web.virtual_machine.fqdn }}"
    ansible_host: "{{ web.virtual_machine.ip_addresses[0].address }}"
    ansible_user: root
    groups: web
  when: web.virtual_machine.id is not none # in check mode, a new one has no address yet

- name: Start three builds, without waiting until they are complete
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: "{{ item }}"
      data_center:
        permalink: uk-lon-01
      package:
        permalink: rock-3
      disk_template:
        permalink: templates/ubuntu-22-04
      authorized_keys:
        users: [all]
    wait: false
  loop: [web-1, web-2, web-3]

- name: Wait for all of them
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: "{{ item }}"
    state: started
  loop: [web-1, web-2, web-3]

- name: Change to a smaller package, with a restart
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: web-1
      package:
        permalink: rock-1
    allow_restart: true

- name: Shut it down, and cut its power if this takes longer than a minute
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: web-1
    state: stopped
    shutdown_timeout: 60
    force: true

- name: Move it to the trash
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: web-1
    state: absent

- name: Delete it irrevocably, together with its IP addresses
  katapult.cloud.virtual_machine:
    organization:
      sub_domain: acme
    properties:
      hostname: web-2
    state: absent
    purge: true
    release_ip_addresses: true
"""

RETURN = r"""
virtual_machine:
  description:
    - The virtual machine after the task, or in check mode its predicted state. It is the same as that of
      M(katapult.cloud.virtual_machine_info) with C(full=true).
    - With O(state=absent), the state before the deletion, or V(null) if it did not exist or was in the trash.
    - On failure, the known state if something was changed before the error.
  returned: success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if check mode predicts a build.
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
      description: The description, V(null) if it has none.
      type: str
      sample: Serves the website
    state:
      description: The state, for example V(started) or V(stopped).
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
      description: The organization of the virtual machine.
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
      description: The group of the virtual machine. V(null) if it is in no group.
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
      sample: 2
    memory_in_gb:
      description: The memory in GB.
      type: int
      sample: 4
    use_dedicated_cpus:
      description: Whether its CPU cores are dedicated.
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
      description: The attached ISO image. V(null) if there is none.
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
      description: The tags of the virtual machine.
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
      description: The names of its tags.
      type: list
      elements: str
      sample: [web]
    ip_addresses:
      description: The IPv4 and IPv6 addresses.
      type: list
      elements: dict
      contains:
        id:
          description: The ID.
          type: str
          sample: ip_Pvfnh0q1ivK6R98b
        address:
          description: The IP address.
          type: str
          sample: 198.51.100.10
        address_with_mask:
          description: The address with the length of its network prefix.
          type: str
          sample: 198.51.100.10/24
        reverse_dns:
          description: The name to which the address resolves.
          type: str
          sample: web-1.acme.katapult.cloud
        vip:
          description: Whether it is a virtual IP address, which can be moved to another virtual machine.
          type: bool
          sample: false
        label:
          description: The label of a virtual IP address. V(null) if there is none.
          type: str
          sample: failover
    annotations:
      description: The annotations.
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
trash_object:
  description:
    - The trash object of the deleted virtual machine. V(null) if there is none, or if it was purged.
    - If check mode predicts the deletion, it contains only the ID and the type of the virtual machine.
  returned: with O(state=absent), on success, or failure after something was changed
  type: dict
  contains:
    id:
      description: The ID. V(null) if it is not known.
      type: str
      sample: trsh_jIlhDKaGKfO3O3A1
    keep_until:
      description: When Katapult purges it, in seconds since 1970. It can be restored until then. V(null) if it is not known.
      type: int
      sample: 1767398400
    object_id:
      description: The ID of the virtual machine.
      type: str
      sample: vm_4v8YBNBXSbCyP058
    object_type:
      description: The type of the deleted object.
      type: str
      sample: VirtualMachine
released_ip_addresses:
  description:
    - The IP addresses that were released, or in check mode those that would be released.
  returned: with O(state=absent), on success, or failure after something was changed
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      sample: ip_Pvfnh0q1ivK6R98b
    address:
      description: The IP address.
      type: str
      sample: 198.51.100.10
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
      sample: virtual machine vm_4v8YBNBXSbCyP058, hostname "web-1", name "Web 1"
    after_header:
      description: The same after the task. For a deletion, it ends with what becomes of the resource.
      type: str
      sample: virtual machine vm_4v8YBNBXSbCyP058, hostname "web-1", name "Web 1"
    before:
      description: The settings that change, before the task. V(null) if the resource did not exist.
      type: dict
      sample: {"package": {"permalink": "rock-1"}}
    after:
      description: The settings that change, after the task, or in check mode their predicted values. V(null) if the resource is deleted.
      type: dict
      sample: {"package": {"permalink": "rock-3"}}
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
from ansible_collections.katapult.cloud.plugins.module_utils._resources.data_center import DATA_CENTER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.disk_template import DISK_TEMPLATE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_group import (
    VIRTUAL_MACHINE_GROUP,
)
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_package import (
    VIRTUAL_MACHINE_PACKAGE,
)
from ansible_collections.katapult.cloud.plugins.module_utils._resources.zone import ZONE

TASK = manage(
    VIRTUAL_MACHINE, refers_to=(VIRTUAL_MACHINE_GROUP, VIRTUAL_MACHINE_PACKAGE, DATA_CENTER, DISK_TEMPLATE, ZONE)
)


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
