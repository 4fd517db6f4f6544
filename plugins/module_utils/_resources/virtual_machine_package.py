# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a virtual machine package. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, nested, strings
from .._schema.types import BOOLEAN, integer

VIRTUAL_MACHINE_PACKAGE = Resource(
    "virtual_machine_package",
    label="package",
    error_name="package",
    path="/virtual_machine_packages/virtual_machine_package",
    list_path="/virtual_machine_packages",
    keys=("id", "permalink"),
    names=("permalink", "name"),
    parent_optional=True,  # without an organization, those that are public
    fields=(
        *strings("id", "name", "permalink"),
        Field("cpu_cores", integer(0)),
        Field("use_dedicated_cpus", BOOLEAN),
        Field("memory_in_gb", integer(0)),
        Field("storage_in_gb", integer(0)),
        Field("ipv4_addresses", integer(0)),
        Field("monthly_bandwidth_allowance_in_gb", integer(0)),
        *strings("privacy"),
        Field("group", nested(*strings("id", "name"))),
    ),
)
