# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of an entry of an address list. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Parent, Resource
from .._schema.fields import PROPERTIES, Field, Values
from .._schema.network_types import NETWORK
from .._schema.types import OPTIONAL_STRING, STRING


def _describe(entry: Values) -> str:
    return "entry %s%s" % (entry.get("address"), " (%s)" % entry["id"] if entry.get("id") else "")


ADDRESS_LIST_ENTRY = Resource(
    "address_list_entry",
    label="entry",
    many="address_list_entries",
    path="/address_list_entries/address_list_entry",
    list_path="/address_lists/address_list/entries",
    parent=Parent("address_list", ("id",), option="entries", purges=True, emptied_by="allow_no_entries"),
    identity=("address",),
    names=(),
    twins=True,  # a second one with the same address changes nothing
    fields=(
        Field("id", STRING),
        Field("address", NETWORK, PROPERTIES, required=True),
        Field("name", OPTIONAL_STRING, PROPERTIES),
    ),
    describe=_describe,
)
