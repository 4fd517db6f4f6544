# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines, with everything that the real API returns, including the root password and billing data of the owner."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

from ..rendering import CREATED_AT, SECRET, Reference
from ..table import Json, Kind
from ..world import World
from .collection import TAG, VIRTUAL_MACHINE_GROUP
from .data_center import COUNTRIES
from .organization import ORGANIZATION


@dataclass
class VirtualMachine:
    id: str
    name: str
    organization: str
    data_center: str
    trashed: bool = False
    state: str = "started"
    package: str = "small"  # its permalink
    addresses: tuple[str, ...] = ("198.51.100.9", "2001:db8::9")
    annotations: t.Mapping[str, str | None] = field(default_factory=dict)
    hostname: str = ""  # derived from the name if empty
    fqdn: str = ""  # derived from the host name and the organization if empty

    created_at = CREATED_AT
    description = suspended_at = attached_iso = gpu_type = None
    suspended = use_dedicated_cpus = False
    cpu_cores = 2
    memory_in_gb = 4
    gpus = ()


def _hostname(_world: World, machine: VirtualMachine) -> str:
    """By default the name, in the form that the API uses in host names."""
    return machine.hostname or machine.name.lower()


def _fqdn(world: World, machine: VirtualMachine) -> str:
    domain = world.organizations[machine.organization].infrastructure_domain
    return machine.fqdn or "%s.%s" % (_hostname(world, machine), domain)


def _center(world: World, machine: VirtualMachine) -> Json:
    """The data center, with more fields of its country than it has when read individually."""
    center = world.data_centers[machine.data_center]
    return {"id": center.id, "name": center.name, "permalink": center.permalink, "country": COUNTRIES[center.country]}


def _zone(world: World, machine: VirtualMachine) -> Json:
    """The only zone of a data center."""
    center = _center(world, machine)
    permalink = "zone-of-%s" % center["permalink"]
    return {"id": "zone_%s" % center["id"], "name": center["name"], "permalink": permalink, "data_center": center}


def _package(_world: World, machine: VirtualMachine) -> Json:
    return {
        "id": "vmpkg_%s" % machine.package,
        "name": machine.package.upper(),
        "permalink": machine.package,
        "cpu_cores": machine.cpu_cores,
        "ipv4_addresses": 1,
        "memory_in_gb": machine.memory_in_gb,
        "storage_in_gb": 40,
        "monthly_bandwidth_allowance_in_gb": 1000,
        "privacy": "public",
        "icon": None,
        "use_dedicated_cpus": False,
        "group": {"id": "vmpkgrp_simulated", "name": "Simulated"},
    }


def _ip_address(world: World, machine: VirtualMachine, address: str) -> Json:
    center = _center(world, machine)
    interface = ipaddress.ip_interface("%s/%d" % (address, 64 if ":" in address else 24))
    network, permalink = interface.network, "%s-public" % center["permalink"]
    gateway, mask = str(network.network_address + 1), network.prefixlen
    return {
        "id": "ip_%s" % address.replace(".", "_").replace(":", "_"),
        "address": address,
        "reverse_dns": _fqdn(world, machine),
        "vip": False,
        "label": None,
        "address_with_mask": "%s/%d" % (address, mask),
        "network": {
            "id": "netw_%s" % center["id"],
            "name": "Public Network",
            "permalink": permalink,
            "default": True,
            "data_center": center,
        },
        "subnet": {
            "id": "sbnt_%s" % center["id"],
            "address": str(network.network_address),
            "mask": mask,
            "gateway": gateway,
            "version": network.version,
            "billable": True,
        },
        "allocation_id": machine.id,
        "allocation_type": VIRTUAL_MACHINE.type_name,
    }


def _containing(kind: Kind, world: World, machine: VirtualMachine) -> list[Reference]:
    """The objects that have a machine as a member."""
    return [Reference(kind, one) for one in world.objects[kind.plural].values() if machine.id in one.members]


VIRTUAL_MACHINE = Kind(
    name="virtual_machine",
    model=VirtualMachine,
    prefix="vm",
    parent=ORGANIZATION,
    lookup=("id", "fqdn"),
    annotated=True,
    list_fields="id,name,hostname,fqdn,created_at,zone,package[name],gpu_type,ip_addresses[address]",
    fields="id,name,hostname,fqdn,description,created_at,initial_root_password,state,suspended,suspended_at,zone,"
    "organization,group,package,attached_iso,memory_in_gb,cpu_cores,use_dedicated_cpus,gpu_type,gpus,tags,tag_names,"
    "ip_addresses",
    references={"organization": ORGANIZATION},
    computed={
        "hostname": _hostname,
        "fqdn": _fqdn,
        "initial_root_password": lambda _world, machine: "%s-root-password-of-%s" % (SECRET, machine.id),
        "zone": _zone,
        "package": _package,
        "group": lambda world, machine: next(iter(_containing(VIRTUAL_MACHINE_GROUP, world, machine)), None),
        "tags": lambda world, machine: _containing(TAG, world, machine),
        "tag_names": lambda world, machine: [tag.resource.name for tag in _containing(TAG, world, machine)],
        "ip_addresses": lambda world, machine: [_ip_address(world, machine, address) for address in machine.addresses],
    },
)
