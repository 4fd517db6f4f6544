# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..rendering import CREATED_AT, SECRET, pem
from ..table import Kind
from ..world import World
from .organization import ORGANIZATION

_A_QUARTER = 90 * 86400  # seconds


@dataclass
class Certificate:
    id: str
    name: str
    organization: str
    additional_names: tuple[str, ...] = ()
    issuer: str = "lets_encrypt"
    state: str = "issued"
    trashed: bool = False

    created_at = CREATED_AT
    issue_error = None


def _url(_world: World, shown: Certificate) -> str:
    """An address that contains a token."""
    return "https://certs.example.com/%s/%s-of-%s" % (shown.id, SECRET, shown.id)


def _once_issued(value: t.Callable[[Certificate], t.Any]) -> t.Callable[[World, Certificate], t.Any]:
    return lambda _world, shown: value(shown) if shown.state == "issued" else None


_LIST_FIELDS = "id,name,issuer,state,expires_at,last_issued_at"
CERTIFICATE = Kind(
    name="certificate",
    model=Certificate,
    prefix="cert",
    parent=ORGANIZATION,
    list_fields=_LIST_FIELDS,
    fields=_LIST_FIELDS + ",additional_names,created_at,issue_error,authorization_method,certificate_api_url,"
    "certificate,chain,private_key",
    computed={
        "last_issued_at": _once_issued(lambda shown: CREATED_AT),
        "expires_at": _once_issued(lambda shown: CREATED_AT + _A_QUARTER),
        "authorization_method": lambda _world, shown: "http" if shown.issuer == "lets_encrypt" else None,
        "certificate_api_url": _url,
        "certificate": _once_issued(lambda shown: pem("CERTIFICATE", shown.id)),
        "chain": _once_issued(lambda shown: pem("CERTIFICATE", "the issuer of %s" % shown.id)),
        "private_key": lambda _world, shown: pem("RSA PRIVATE KEY", "%s of %s" % (SECRET, shown.id)),
    },
)
