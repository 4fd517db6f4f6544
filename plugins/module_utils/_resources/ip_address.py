# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of an IP address. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

import typing as t

from .._engine.resource import Resource
from .._schema.fields import Field, nested, parse, strings
from .._schema.network_types import ADDRESS
from .._schema.types import BOOLEAN, OPTIONAL_STRING, FieldType, integer, object_ref


def _parse_allocation(value: t.Any) -> t.Any:
    """What an address is allocated to, recorded as a type and a value, and documented as the value alone."""
    if not isinstance(value, dict):
        return None
    inner = value.get("value")
    return parse(
        strings("type", "id", "name"), {**(inner if isinstance(inner, dict) else value), "type": value.get("type")}
    )


IP_ADDRESS = Resource(
    "ip_address",
    label="IP address",
    many="ip_addresses",
    path="/ip_addresses/ip_address",
    list_path="/organizations/organization/ip_addresses",
    keys=("id", "address"),
    names=("address",),
    partial_rows=True,
    filters={"labels": "label"},
    api_filters={"allocated": "allocation_id"},
    beside=("allocation",),
    # The list endpoint omits most of them.
    fields=(
        *strings("id"),
        Field("address", ADDRESS),
        *strings("address_with_mask", "reverse_dns"),
        Field("vip", BOOLEAN),
        Field("label", OPTIONAL_STRING),
        Field(
            "network",
            nested(
                *strings("id", "name", "permalink"),
                Field("default", BOOLEAN),
                Field("data_center", object_ref("id", "name", "permalink")),
            ),
        ),
        Field(
            "subnet",
            nested(*strings("id", "address", "gateway"), Field("mask", integer(0)), Field("version", integer(0))),
        ),
        *strings("allocation_id", "allocation_type"),
        Field("allocation", FieldType(_parse_allocation)),
    ),
)
