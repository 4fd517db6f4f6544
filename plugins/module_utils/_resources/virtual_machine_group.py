# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a virtual machine group. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import PROPERTIES, Field
from .._schema.types import BOOLEAN, STRING, integer

VIRTUAL_MACHINE_GROUP = Resource(
    "virtual_machine_group",
    path="/virtual_machine_groups/virtual_machine_group",
    list_path="/organizations/organization/virtual_machine_groups",
    id_prefix="vmgrp_",
    identity=("name",),
    paginated=False,
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("segregate", BOOLEAN, PROPERTIES),
        Field("auto_segregate", BOOLEAN, PROPERTIES),
        Field("created_at", integer(0)),
    ),
)
