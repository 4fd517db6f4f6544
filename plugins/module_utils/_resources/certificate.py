# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a certificate.

Source: the Katapult Core API's OpenAPI document for reading, and recorded responses of a newer API for writing. Responses
contain the private key, and a URL with which it can be read; neither is one of the fields of a result.
"""

from __future__ import annotations

from .._engine.resource import Fault, Resource
from .._schema.fields import PROPERTIES, Call, Field, Operation, Values, Wait, strings
from .._schema.pem import CERTIFICATE_PEM, PRIVATE_KEY_PEM
from .._schema.types import DOMAIN_NAME, DOMAIN_NAMES, STRING, choice, integer

_PATH = "/certificates/certificate"
_LIST_PATH = "/organizations/organization/certificates"
_OF_LETS_ENCRYPT = ("authorization_method",)
_OF_CUSTOM = ("certificate", "chain", "private_key")

_TASK = Wait("task", "/tasks/task", "status", ("completed",), ("failed", "cancelled", "aborted"), required=False)
_ISSUED = Wait(
    "certificate",
    _PATH,
    "state",
    ("issued",),
    ("issue_failed",),
    reason="issue_error",
    hint="For Let's Encrypt, check that each name resolves to a load balancer of the organization that listens on port 80 (a rule, or"
    " https_redirect) for the authorization method http, and that it is in a verified DNS zone of the organization for dns. Katapult"
    " tries again by itself; reissue: failed tries at once.",
)


def _describe(certificate: Values) -> str:
    name, identifier = certificate.get("name"), certificate.get("id")
    known = 'certificate "%s"' % name if name else "certificate of the issuer %s" % certificate.get("issuer")
    return "%s (%s)" % (known, identifier) if identifier else known


def _faults(wanted: Values, found: Values | None) -> list[Fault]:
    issuer = wanted.get("issuer") or (found or {}).get("issuer")
    misplaced = {
        "custom": [name for name in _OF_CUSTOM if name in wanted and issuer not in (None, "custom")],
        "lets_encrypt": [name for name in _OF_LETS_ENCRYPT if name in wanted and issuer == "self_signed"],
    }
    faults = [
        "properties.%s can be set for the issuer %s only, but it is %s" % (name, of, issuer)
        for of, names in misplaced.items()
        for name in names
    ]
    names = [wanted.get("name"), *(wanted.get("additional_names") or [])]
    lower = [str(name).lower() for name in names]
    repeated = sorted({name for name in lower if lower.count(name) > 1})
    if repeated and issuer != "custom":
        faults.append("properties.additional_names repeats %s" % ", ".join(repeated))
    if wanted.get("authorization_method") == "http" and any(str(name).startswith("*.") for name in names):
        faults.append("properties.authorization_method http permits no wildcard names: use dns")
    return [Fault(fault) for fault in faults]


def _rank(certificate: Values) -> tuple[int, int, str]:
    states = ("issued", "issuing", "pending", "issue_failed")
    state = certificate.get("state")
    place = states.index(state) if state in states else len(states)
    return place, -(certificate.get("expires_at") or 0), certificate["id"]


CERTIFICATE = Resource(
    "certificate",
    path=_PATH,
    list_path=_LIST_PATH,
    id_prefix="cert_",
    identity=("issuer",),
    unlisted=("additional_names", "authorization_method", "certificate", "chain"),
    variants=(
        "issuer",
        {
            "lets_encrypt": {"identity": ("issuer", "name", "additional_names", "authorization_method")},
            "self_signed": {"identity": ("issuer", "name", "additional_names")},
            "custom": {
                "identity": ("issuer", "certificate"),
                "identity_if_set": ("chain",),
                "required_too": ("private_key",),
                "ignored": ("name", "additional_names", "authorization_method"),
            },
        },
    ),
    series=("issuer", "name"),
    twins=True,
    partial_rows=True,
    can_update=False,
    ready=_ISSUED,
    create=Call("POST", _LIST_PATH, "certificate", (_TASK, _ISSUED)),
    operations=(
        Operation(
            "reissue",
            ("never", "failed", "always"),
            lambda value, found: value == "always" or (value == "failed" and found.get("state") == "issue_failed"),
            Call("POST", _PATH + "/issue", "certificate", (_TASK, _ISSUED._replace(moves="last_issued_at"))),
            changes=("last_issued_at", "expires_at", "certificate"),
            fault=lambda values: (
                "reissue is not supported for the issuer custom: upload the new certificate instead"
                if values.get("issuer") == "custom"
                else None
            ),
        ),
    ),
    since="3.17",
    # The order is that of a result. The list endpoint omits most of them.
    fields=(
        Field("id", STRING),
        Field("name", DOMAIN_NAME, PROPERTIES),
        Field("additional_names", DOMAIN_NAMES, PROPERTIES, initial=[]),
        Field("issuer", choice("lets_encrypt", "self_signed", "custom"), PROPERTIES, required=True),
        *strings("state", "issue_error"),
        Field("authorization_method", choice("http", "dns"), PROPERTIES),
        Field("created_at", integer(0)),
        Field("last_issued_at", integer(0)),
        Field("expires_at", integer(0)),
        Field("certificate", CERTIFICATE_PEM, PROPERTIES),
        Field("chain", CERTIFICATE_PEM, PROPERTIES),
        Field("private_key", PRIVATE_KEY_PEM, PROPERTIES, secret=True),
    ),
    describe=_describe,
    faults=_faults,
    rank=_rank,
)
