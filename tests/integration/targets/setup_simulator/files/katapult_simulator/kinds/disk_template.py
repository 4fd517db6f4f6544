# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disk templates: the operating systems of new virtual machines. One without an organization is universal."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..arguments import boolean, structure
from ..refusals import not_found
from ..table import Json, Kind, Lookup
from ..world import World
from .organization import ORGANIZATION


@dataclass
class OperatingSystem:
    id: str
    name: str

    badge = None


@dataclass
class DiskTemplate:
    id: str
    name: str
    permalink: str
    operating_system: str  # its ID
    organization: t.Optional[str] = None
    version: int = 1
    size_in_gb: int = 5

    @property
    def description(self) -> str:
        return "A clean installation of %s." % self.name


OPERATING_SYSTEM = Kind(
    name="operating_system",
    model=OperatingSystem,
    readable=False,
    listed=False,
    list_fields="id,name",
    fields="id,name,badge",
)
_FILTERS = structure({"include_universal": boolean, "operating_system": Lookup(OPERATING_SYSTEM)})


def _in_list(world: World, template: DiskTemplate, organization: t.Any, given: Json) -> bool:
    filters = _FILTERS(given, ())
    system = filters.get("operating_system", {}).get("id")
    if system not in (None, *world.operating_systems):
        raise not_found("operating_system")
    owned = template.organization == organization.id
    universal = template.organization is None and filters.get("include_universal", False)
    return (owned or universal) and system in (None, template.operating_system)


def _version(_world: World, template: DiskTemplate) -> Json:
    return {"id": "dtv_%s_%d" % (template.id.partition("_")[2], template.version), "number": template.version}


DISK_TEMPLATE = Kind(
    name="disk_template",
    model=DiskTemplate,
    parent=ORGANIZATION,
    lookup=("id", "permalink"),
    in_list=_in_list,
    list_fields="id,name,description,permalink,universal,size_in_gb,latest_version,operating_system[id,name]",
    fields="id,name,description,permalink,universal,size_in_gb,latest_version[id],operating_system[id,name,badge]",
    references={"operating_system": OPERATING_SYSTEM},
    computed={"universal": lambda _world, template: template.organization is None, "latest_version": _version},
)
