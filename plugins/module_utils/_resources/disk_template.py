# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a disk template. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, nested, strings
from .._schema.types import BOOLEAN, integer

DISK_TEMPLATE = Resource(
    "disk_template",
    path="/disk_templates/disk_template",
    list_path="/organizations/organization/disk_templates",
    keys=("id", "permalink"),
    names=("permalink", "name"),
    list_query=(("include_universal", "true"),),  # without it, nearly no organization has any
    fields=(
        *strings("id", "name", "description", "permalink"),
        Field("universal", BOOLEAN),
        Field("size_in_gb", integer(0)),
        Field("latest_version", nested(*strings("id"), Field("number", integer(0)))),
        Field("operating_system", nested(*strings("id", "name"))),
    ),
)
