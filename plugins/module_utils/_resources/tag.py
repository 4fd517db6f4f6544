# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a tag. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import PROPERTIES, Field
from .._schema.types import STRING, choice, integer

_HUES = ("red", "pink", "purple", "dark_blue", "green", "teal", "aqua", "light_blue", "yellow", "orange", "orange_red")
_SHADES = ("brown", "black", "dark_gray", "light_gray", "light_brown")
COLORS = (*_HUES, *_SHADES, *("pastel_%s" % color for color in (*_HUES, *_SHADES)))

TAG = Resource(
    "tag",
    path="/tags/tag",
    list_path="/organizations/organization/tags",
    id_prefix="tag_",
    identity=("name",),
    partial_rows=True,
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("color", choice(*COLORS), PROPERTIES),  # if it is omitted on creation, the API picks one
        Field("created_at", integer(0)),
    ),
)
