# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data centers with their countries and zones."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..table import Kind


@dataclass
class DataCenter:
    id: str
    name: str
    permalink: str
    country: str = "GB"  # by its code of two letters


def _country(code: str, longer: str, name: str, time_zone: str, eu: bool) -> dict[str, t.Any]:
    codes = {"iso_code2": code, "iso_code3": longer}
    return {"id": "ctry_%s" % code.lower(), "name": name, **codes, "time_zone": time_zone, "eu": eu}


COUNTRIES = {
    "GB": _country("GB", "GBR", "United Kingdom", "Europe/London", False),
    "NL": _country("NL", "NLD", "Netherlands", "Europe/Amsterdam", True),
    "US": _country("US", "USA", "United States", "America/New_York", False),
}

DATA_CENTER = Kind(
    name="data_center",
    model=DataCenter,
    lookup=("id", "permalink"),
    read_scopes=(),
    paginated=False,
    list_fields="id,name,permalink,country[id,name]",
    fields="id,name,permalink,country[id,name]",
    computed={"country": lambda _world, center: COUNTRIES[center.country]},
)


@dataclass
class Zone:
    id: str
    name: str
    permalink: str
    data_center: str


ZONE = Kind(
    name="zone",
    model=Zone,
    lookup=("id", "permalink"),
    read_scopes=(),
    paginated=False,
    list_fields="id,name,permalink,data_center[id,name,permalink]",
    fields="id,name,permalink,data_center[id,name,permalink,country[id,name]]",
    references={"data_center": DATA_CENTER},
)


def zone_of(center: DataCenter) -> Zone:
    """The only zone of a data center."""
    return Zone("zone_%s" % center.id, center.name, "zone-of-%s" % center.permalink, center.id)
