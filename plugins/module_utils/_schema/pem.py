# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of fields that contain certificates and private keys in PEM format. See :mod:`types`."""

from __future__ import annotations

import base64
import hashlib
import re

from .types import STRING

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


def _normalized(text: str | None) -> str:
    """A text in PEM format without white space, which has no meaning in it."""
    return "".join((text or "").split())


def fingerprint(text: str) -> str:
    """The SHA-256 fingerprints of the certificates in a text, or that of the text if it contains none."""
    found = []
    for block in _BLOCK.findall(text):
        try:
            found.append(hashlib.sha256(base64.b64decode(_normalized(block), validate=True)).hexdigest())
        except ValueError:
            found = []
            break
    return "SHA-256 %s" % ", ".join(found or [hashlib.sha256(_normalized(text).encode("utf-8", "replace")).hexdigest()])


def _validate_certificate(text: str) -> str | None:
    if "PRIVATE KEY" in text:
        return "contains a private key, which would be shown: set properties.private_key to it"
    if "-----BEGIN CERTIFICATE-----" not in text:
        return "contains no certificate in PEM format, which begins with -----BEGIN CERTIFICATE-----"
    return None


def _validate_key(text: str) -> str | None:
    if re.match(r"\s*-----BEGIN [A-Z ]*PRIVATE KEY-----", text):
        return None
    return "is no private key in PEM format, which begins with -----BEGIN PRIVATE KEY----- or a similar line"


CERTIFICATE_PEM = STRING._replace(
    matches=lambda wanted, found: _normalized(wanted) == _normalized(found),
    key=_normalized,
    diff_value=lambda text: text and fingerprint(text),
    validate=_validate_certificate,
)
PRIVATE_KEY_PEM = STRING._replace(validate=_validate_key)
