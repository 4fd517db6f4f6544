# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a network. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import BOOLEAN, object_ref

_DATA_CENTER = Field("data_center", object_ref("id", "name", "permalink"))

NETWORK = Resource(
    "network",
    path="/networks/network",
    list_path="/organizations/organization/available_networks",
    keys=("id", "permalink"),
    names=("permalink", "name"),
    paginated=False,
    listed_too={"virtual_networks": (*strings("id", "name"), _DATA_CENTER)},
    fields=(*strings("id", "name", "permalink"), Field("default", BOOLEAN), _DATA_CENTER),
)
