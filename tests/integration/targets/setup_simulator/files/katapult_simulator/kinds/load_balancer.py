# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load balancers, with their members and the weights of these."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..arguments import array, boolean, enum, integer, string, structure
from ..rendering import SECRET, Reference, pem
from ..table import Json, Kind, Lookup
from ..world import World
from .collection import TAG, VIRTUAL_MACHINE_GROUP
from .data_center import DATA_CENTER
from .organization import ORGANIZATION
from .trash_object import in_trash
from .virtual_machine import VIRTUAL_MACHINE

_DEFAULT_WEIGHT = 128
# By resource_type: the possible members
_RESOURCES = {kind.plural: kind for kind in (VIRTUAL_MACHINE, VIRTUAL_MACHINE_GROUP, TAG)}


@dataclass
class LoadBalancer:
    id: str
    organization: str
    data_center: str
    address_id: str
    address: str
    name: str
    api_reference: str | None = None
    resource_type: str = "virtual_machines"
    resource_ids: list[str] = field(default_factory=list)
    https_redirect: bool = False
    enable_weighting: bool = False
    weights: dict[str, int] = field(default_factory=dict)
    standby_vms: list[str] = field(default_factory=list)
    annotations: dict[str, str | None] = field(default_factory=dict)


def resources(world: World, resource_type: str) -> dict[str, t.Any]:
    """Everything that can be a member of a load balancer with this resource_type, by ID."""
    return world.objects[_RESOURCES[resource_type].plural]


def effective_members(world: World, balancer: LoadBalancer) -> list[str]:
    """The virtual machines that receive the traffic of a load balancer."""
    if balancer.resource_type == VIRTUAL_MACHINE.plural:
        return list(dict.fromkeys(balancer.resource_ids))
    there = resources(world, balancer.resource_type)
    return list(dict.fromkeys(member for key in balancer.resource_ids for member in there[key].members))


def shown_weights(world: World, balancer: LoadBalancer) -> list[Json]:
    """The weights as the API returns them: only those of the members, even if others were written."""
    return [
        {"virtual_machine_id": member, "weight": balancer.weights.get(member, _DEFAULT_WEIGHT)}
        for member in effective_members(world, balancer)
    ]


def _members(world: World, balancer: LoadBalancer) -> list[Json]:
    """Complete members, including the secrets that the real API returns."""
    kind = _RESOURCES[balancer.resource_type]
    there = resources(world, balancer.resource_type)
    return [{"type": kind.type_name, "value": Reference(kind, there[key])} for key in balancer.resource_ids]


def _validate(world: World, changed: LoadBalancer, _given: Json) -> list[str]:
    errors = [] if changed.name.strip() else ["Name can't be blank"]
    there = resources(world, changed.resource_type)
    for key in changed.resource_ids:
        if key not in there or there[key].organization != changed.organization:
            errors.append("Resources must exist (%s)" % key)
        elif getattr(there[key], "trashed", False):
            raise in_trash(world, key, VIRTUAL_MACHINE.type_name)
    if changed.api_reference is not None and world.assumptions.unique_references:
        others = [one for one in world.load_balancers.values() if one.id != changed.id]
        reference = (changed.organization, changed.api_reference)
        if reference in [(one.organization, one.api_reference) for one in others]:
            errors.append("Api reference has already been taken")
    return errors


_WEIGHT = structure({"virtual_machine_id": string, "weight": integer}, required=("virtual_machine_id", "weight"))
LOAD_BALANCER = Kind(
    name="load_balancer",
    model=LoadBalancer,
    prefix="lb",
    parent=ORGANIZATION,
    lookup=("id", "api_reference"),
    annotated=True,
    writes=("POST", "PATCH", "DELETE"),
    limited=True,
    arguments={
        "name": string,
        "api_reference": string,
        "resource_type": enum(*_RESOURCES),
        "resource_ids": array(string),
        "data_center": Lookup(DATA_CENTER),
        "https_redirect": boolean,
        "enable_weighting": boolean,
        "weights": array(_WEIGHT),
        "standby_vms": array(string),
    },
    required=("name", "resource_type", "data_center"),
    create_only=("data_center",),
    pairs={"weights": ("virtual_machine_id", "weight")},
    assigned=lambda world, _given: {"address_id": world.new_id("ip"), "address": world.new_address()},
    validate=_validate,
    fields="id,name,api_reference,resource_type,resources,resource_ids,ip_address,https_redirect,backend_certificate,"
    "backend_certificate_key,data_center[id,name,permalink],enable_weighting,weights,standby_vms",
    list_fields="id,name,api_reference,resource_type,resources[type,value[name,id]],resource_ids,ip_address[address],"
    "data_center[id,name]",
    deleted_fields="id,name,api_reference",
    references={"data_center": DATA_CENTER},
    computed={
        "resources": _members,
        "ip_address": lambda _world, shown: {"id": shown.address_id, "address": shown.address},
        "backend_certificate": lambda _world, shown: pem("CERTIFICATE", "simulated for %s" % shown.id),
        "backend_certificate_key": lambda _world, shown: pem("RSA PRIVATE KEY", "%s of %s" % (SECRET, shown.id)),
        "weights": shown_weights,
    },
)
