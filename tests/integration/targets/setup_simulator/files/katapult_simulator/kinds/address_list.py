# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Address lists and their entries. A list without an organization belongs to Katapult, and exists for all organizations."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

from ..arguments import string
from ..table import Json, Kind, name_errors
from ..world import World
from .organization import ORGANIZATION


@dataclass
class AddressList:
    id: str
    name: str
    organization: t.Optional[str]
    annotations: dict[str, t.Optional[str]] = field(default_factory=dict)


@dataclass
class Entry:
    id: str
    address_list: str
    address: str
    name: str = ""


def _entries(world: World, shown: AddressList) -> list[Json]:
    entries = [one for one in world.address_list_entries.values() if one.address_list == shown.id]
    return [{"id": one.id, "address": one.address, "name": one.name} for one in entries]


def _validate_entry(_world: World, changed: Entry, _given: Json) -> list[str]:
    try:
        ipaddress.ip_network(changed.address, strict=False)
    except ValueError:
        return ["Address is invalid"]
    return []


ADDRESS_LIST = Kind(
    name="address_list",
    model=AddressList,
    prefix="adlst",
    parent=ORGANIZATION,
    global_path="/address_lists",
    annotated=True,
    writes=("POST", "PATCH", "DELETE"),
    arguments={"name": string},
    required=("name",),
    validate=lambda world, changed, _given: name_errors(world, "address_lists", changed),
    list_fields="id,name,global",
    fields="id,name,global,entries",
    deleted_fields="id,name,global,entries",
    computed={"global": lambda _world, shown: shown.organization is None, "entries": _entries},
)
ADDRESS_LIST_ENTRY = Kind(
    name="address_list_entry",
    model=Entry,
    prefix="adlste",
    parent=ADDRESS_LIST,
    list_path="/address_lists/*/entries",
    scope="address_lists",
    writes=("POST", "PATCH", "DELETE"),
    arguments={"address": string, "name": string},
    required=("address",),
    validate=_validate_entry,
    list_fields="id,address,name",
    fields="id,address,name",
    deleted_fields="id,address,name",
)
