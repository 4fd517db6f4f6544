# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of virtual machines: their sizes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..rendering import Reference
from ..table import Json, Kind
from ..world import World
from .organization import ORGANIZATION

_GROUP = {"id": "vmpkgrp_simulated", "name": "Simulated"}


@dataclass
class VirtualMachinePackage:
    """A package. One without an organization is public."""

    id: str
    permalink: str
    cpu_cores: int = 2
    memory_in_gb: int = 4
    storage_in_gb: int = 40
    organization: t.Optional[str] = None
    name: str = ""  # derived from the permalink if empty
    monthly_bandwidth_allowance_in_gb: int = 1000

    ipv4_addresses = 1
    icon = None
    use_dedicated_cpus = False
    group = _GROUP


def package_of(world: World, permalink: str) -> VirtualMachinePackage:
    """The package with a permalink. One that does not exist has the default size."""
    found = (one for one in world.virtual_machine_packages.values() if one.permalink == permalink)
    return next(found, VirtualMachinePackage("vmpkg_%s" % permalink, permalink))


def shown_package(world: World, permalink: str) -> Reference:
    return Reference(VIRTUAL_MACHINE_PACKAGE, package_of(world, permalink))


def _in_list(_world: World, package: VirtualMachinePackage, organization: t.Any, _given: Json) -> bool:
    return package.organization is None or (organization is not None and package.organization == organization.id)


_FIELDS = (
    "id,name,permalink,cpu_cores,ipv4_addresses,memory_in_gb,storage_in_gb,monthly_bandwidth_allowance_in_gb,"
    "privacy,icon,use_dedicated_cpus,group"
)
VIRTUAL_MACHINE_PACKAGE = Kind(
    name="virtual_machine_package",
    model=VirtualMachinePackage,
    parent=ORGANIZATION,
    list_path="/virtual_machine_packages",
    lookup=("id", "permalink"),
    read_scopes=("virtual_machine_packages:read",),
    missing="package_not_found",
    in_list=_in_list,
    list_fields=_FIELDS,
    fields=_FIELDS,
    computed={
        "name": lambda _world, package: package.name or package.permalink.upper(),
        "privacy": lambda _world, package: "public" if package.organization is None else "private",
    },
)
