# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a virtual machine group. Source: the Katapult Core API's OpenAPI document."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import BOOLEAN, integer

VIRTUAL_MACHINE_GROUP = Resource(
    "virtual_machine_group",
    path="/virtual_machine_groups/virtual_machine_group",
    list_path="/organizations/organization/virtual_machine_groups",
    id_prefix="vmgrp_",
    paginated=False,
    fields=(
        *strings("id", "name"),
        Field("segregate", BOOLEAN),
        Field("auto_segregate", BOOLEAN),
        Field("created_at", integer(0)),
    ),
)
