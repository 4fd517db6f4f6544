# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a data center. Source: the Katapult Core API's OpenAPI document."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import object_ref

DATA_CENTER = Resource(
    "data_center",
    path="/data_centers/data_center",
    list_path="/data_centers",
    keys=("id", "permalink"),
    names=("permalink", "name"),
    parent=None,
    paginated=False,
    fields=(*strings("id", "name", "permalink"), Field("country", object_ref("id", "name"))),
)
