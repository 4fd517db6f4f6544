# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a zone of a data center. Source: the Katapult Core API's OpenAPI document."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import object_ref

ZONE = Resource(
    "zone",
    path="/zones/zone",
    list_path="/zones",
    keys=("id", "permalink"),
    names=(),  # no option and no lookup takes its name
    parent=None,
    paginated=False,
    fields=(*strings("id", "name", "permalink"), Field("data_center", object_ref("id", "name", "permalink"))),
)
