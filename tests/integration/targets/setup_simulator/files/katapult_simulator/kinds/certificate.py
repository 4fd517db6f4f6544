# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates."""

from __future__ import annotations

from dataclasses import dataclass

from ..rendering import BORN, SECRET, pem
from ..table import Kind
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

    created_at = BORN
    issue_error = None

    @property
    def last_issued_at(self) -> int | None:
        return BORN if self.state == "issued" else None

    @property
    def expires_at(self) -> int | None:
        return BORN + _A_QUARTER if self.state == "issued" else None

    @property
    def authorization_method(self) -> str | None:
        return "http" if self.issuer == "lets_encrypt" else None

    @property
    def certificate_api_url(self) -> str:
        """An address that holds a token."""
        return "https://certs.example.com/%s/%s-of-%s" % (self.id, SECRET, self.id)

    @property
    def certificate(self) -> str | None:
        return pem("CERTIFICATE", self.id) if self.state == "issued" else None

    @property
    def chain(self) -> str | None:
        return pem("CERTIFICATE", "the issuer of %s" % self.id) if self.state == "issued" else None

    @property
    def private_key(self) -> str:
        return pem("RSA PRIVATE KEY", "%s of %s" % (SECRET, self.id))


_ROW = "id,name,issuer,state,expires_at,last_issued_at"
CERTIFICATE = Kind(
    name="certificate",
    model=Certificate,
    prefix="cert",
    parent=ORGANIZATION,
    row=_ROW,
    one=_ROW + ",additional_names,created_at,issue_error,authorization_method,certificate_api_url,certificate,chain,"
    "private_key",
)
