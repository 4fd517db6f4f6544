# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of an organization. Source: the Katapult Core API's OpenAPI document.

Responses contain billing data, which is not one of these fields.
"""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import BOOLEAN, DOMAIN_NAME, integer

ORGANIZATION = Resource(
    "organization",
    path="/organizations/organization",
    list_path="/organizations",
    keys=("id", "sub_domain"),
    names=("sub_domain", "name"),
    parent=None,
    paginated=False,
    fields=(
        *strings("id", "name"),
        Field("sub_domain", DOMAIN_NAME),
        *strings("infrastructure_domain"),
        Field("created_at", integer(0)),
        Field("activated_at", integer(0)),
        Field("suspended", BOOLEAN),
        Field("managed", BOOLEAN),
    ),
)
