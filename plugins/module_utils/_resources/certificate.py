# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a certificate. Source: the Katapult Core API's OpenAPI document.

Responses contain its private key, which is not one of these fields.
"""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, strings
from .._schema.types import STRINGS, integer

CERTIFICATE = Resource(
    "certificate",
    path="/certificates/certificate",
    list_path="/organizations/organization/certificates",
    id_prefix="cert_",
    partial_rows=True,
    fields=(
        *strings("id", "name"),
        Field("additional_names", STRINGS),
        *strings("issuer", "state", "issue_error", "authorization_method"),
        Field("created_at", integer(0)),
        Field("last_issued_at", integer(0)),
        Field("expires_at", integer(0)),
        *strings("certificate", "chain"),
    ),
)
