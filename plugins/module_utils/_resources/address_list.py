# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of an address list. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import PROPERTIES, TOP_LEVEL, Field
from .._schema.types import ANNOTATIONS, BOOLEAN, STRING

ADDRESS_LIST = Resource(
    "address_list",
    path="/address_lists/address_list",
    list_path="/organizations/organization/address_lists",
    identity=("name",),
    global_list=("/address_lists", "global"),
    partial_rows=True,
    annotated=True,
    # The order is that of a result. The list endpoint omits the annotations.
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("global", BOOLEAN),
        Field("annotations", ANNOTATIONS, TOP_LEVEL),
    ),
)
