# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a tag. Source: the Katapult Core API's OpenAPI document."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import integer

TAG = Resource(
    "tag",
    path="/tags/tag",
    list_path="/organizations/organization/tags",
    id_prefix="tag_",
    partial_rows=True,
    fields=(*strings("id", "name", "color"), Field("created_at", integer(0))),
)
