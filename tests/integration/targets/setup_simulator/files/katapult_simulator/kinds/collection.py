# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machine groups and tags, which have virtual machines as members."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..arguments import boolean, enum, string
from ..rendering import CREATED_AT
from ..table import Json, Kind, name_errors
from ..world import World
from .organization import ORGANIZATION

_HUES = ("red", "pink", "purple", "dark_blue", "green", "teal", "aqua", "light_blue", "yellow", "orange", "orange_red")
_SHADES = ("brown", "black", "dark_gray", "light_gray", "light_brown")
_COLORS = (*_HUES, *_SHADES, *("pastel_%s" % color for color in (*_HUES, *_SHADES)))


@dataclass
class Collection:
    """A virtual machine group or a tag."""

    id: str
    name: str
    organization: str
    members: tuple[str, ...] = ()
    color: str = "green"  # that of a tag
    segregate: bool = True  # these two are those of a group
    auto_segregate: bool = False

    created_at = CREATED_AT


def _users(plural: str) -> t.Callable[[World, Collection], list[str]]:
    """The reasons why one cannot be deleted."""

    def users(world: World, collection: Collection) -> list[str]:
        found = [one for one in world.load_balancers.values() if one.resource_type == plural]
        return ["Load balancer %s uses it" % one.name for one in found if collection.id in one.resource_ids]

    return users


def _validate(plural: str) -> t.Callable[[World, Collection, Json], list[str]]:
    return lambda world, changed, _given: name_errors(world, plural, changed)


VIRTUAL_MACHINE_GROUP = Kind(
    name="virtual_machine_group",
    model=Collection,
    prefix="vmgrp",
    parent=ORGANIZATION,
    paginated=False,
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    arguments={"name": string, "segregate": boolean, "auto_segregate": boolean},
    required=("name",),
    validate=_validate("virtual_machine_groups"),
    in_use=_users("virtual_machine_groups"),
    list_fields="id,name,segregate,auto_segregate,created_at",
    fields="id,name,segregate,auto_segregate,created_at",
    deleted_fields="id,name,segregate,auto_segregate,created_at",
)

TAG = Kind(
    name="tag",
    model=Collection,
    prefix="tag",
    parent=ORGANIZATION,
    sort_by="name",
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    arguments={"name": string, "color": enum(*_COLORS)},
    required=("name",),
    assigned=lambda world, _given: {"color": _COLORS[world.new_number() % len(_COLORS)]},
    validate=_validate("tags"),
    in_use=_users("tags"),
    list_fields="id,name,color",
    fields="id,name,color,created_at",
    deleted_fields="id,name,color,created_at",
)
