# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates. Those with a name that begins with C(unresolved.) cannot be issued."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..arguments import array, enum, string
from ..refusals import Refusal
from ..rendering import CREATED_AT, SECRET, pem
from ..table import Action, Json, Kind
from ..world import World
from .organization import ORGANIZATION
from .task import look_at, start

_A_DAY = 86400  # seconds
_ISSUERS = ("lets_encrypt", "custom", "self_signed")
_UNRESOLVED = "DNS problem: NXDOMAIN looking up A for %s"
_NAME_OF_CUSTOM = "custom.example.com"  # the simulator does not read uploaded certificates


@dataclass
class Certificate:
    id: str
    name: str
    organization: str
    additional_names: t.Sequence[str] = ()
    issuer: str = "lets_encrypt"
    authorization_method: t.Optional[str] = None
    state: str = "issued"
    trashed: bool = False
    issue_error: t.Optional[str] = None
    last_issued_at: t.Optional[int] = CREATED_AT
    certificate: t.Optional[str] = None  # what was uploaded
    chain: t.Optional[str] = None
    private_key: t.Optional[str] = None

    created_at = CREATED_AT


def _url(_world: World, shown: Certificate) -> str:
    """An address that contains a token."""
    return "https://certs.example.com/%s/%s-of-%s" % (shown.id, SECRET, shown.id)


def _once_issued(value: t.Callable[[Certificate], t.Any]) -> t.Callable[[World, Certificate], t.Any]:
    return lambda _world, shown: value(shown) if shown.state == "issued" else None


def _method(_world: World, shown: Certificate) -> str | None:
    return (shown.authorization_method or "http") if shown.issuer == "lets_encrypt" else None


def _last_issued_at(_world: World, shown: Certificate) -> int | None:
    return shown.last_issued_at if shown.state == "issued" and shown.issuer != "custom" else None


def _expires_at(shown: Certificate) -> int:
    return (shown.last_issued_at or CREATED_AT) + (90 if shown.issuer == "lets_encrypt" else 365) * _A_DAY


def _chain(shown: Certificate) -> str | None:
    return pem("CERTIFICATE", "the issuer of %s" % shown.id) if shown.issuer == "lets_encrypt" else shown.chain


def _assigned(_world: World, _given: Json) -> Json:
    return {"name": _NAME_OF_CUSTOM, "state": "pending", "last_issued_at": None}


def _validate(_world: World, _changed: Certificate, given: Json) -> list[str]:
    issuer = given.get("issuer")
    uploaded = [name for name in ("certificate", "chain", "private_key") if given.get(name)]
    if issuer == "custom":
        return [
            "%s can't be blank" % name.capitalize() for name in ("certificate", "private_key") if name not in uploaded
        ]
    errors = ["%s must be blank" % name.capitalize() for name in uploaded]
    errors += [] if given.get("name") else ["Name can't be blank"]
    method = given.get("authorization_method")
    if issuer == "lets_encrypt" and method not in ("dns", "http"):
        errors.append("Authorization method is not included in the list")
    if method == "http" and str(given.get("name")).startswith("*."):
        errors.append("Name cannot be a wildcard")
    return errors


def _issue(world: World, certificate: Certificate) -> Json:
    """Start to issue a certificate."""
    previous = certificate.last_issued_at
    if certificate.state == "issue_failed":  # an issued one stays issued all the while
        certificate.state, certificate.issue_error = "pending", None

    def finish() -> bool:
        if certificate.name.startswith("unresolved."):
            certificate.state, certificate.issue_error = "issue_failed", _UNRESOLVED % certificate.name
            return False
        certificate.state, certificate.issue_error = "issued", None
        certificate.last_issued_at = (previous or CREATED_AT) + 60
        return True

    return start(world, "Issue certificate", certificate.id, finish)


def _create(world: World, certificate: Certificate) -> Json:
    if certificate.issuer != "custom":
        return {"task": _issue(world, certificate)}
    certificate.state = "issued"
    return {"task": None}


def _reissue(world: World, certificate: Certificate, _given: Json) -> Json:
    if certificate.issuer == "custom":
        raise Refusal("operation_not_supported")
    return {"task": _issue(world, certificate)}


def _rules(world: World, certificate: Certificate) -> list[str]:
    rules = [rule for rule in world.load_balancer_rules.values() if certificate.id in rule.certificates]
    return ["Certificate is used by the rule %s" % rule.id for rule in rules]


_LIST_FIELDS = "id,name,issuer,state,expires_at,last_issued_at"
_FIELDS = (
    _LIST_FIELDS
    + ",additional_names,created_at,issue_error,authorization_method,certificate_api_url,certificate,chain,private_key"
)
CERTIFICATE = Kind(
    name="certificate",
    model=Certificate,
    prefix="cert",
    parent=ORGANIZATION,
    writes=("POST", "DELETE"),
    newer=True,
    arguments={
        "issuer": enum(*_ISSUERS),
        "name": string,
        "additional_names": array(string),
        "authorization_method": string,
        "certificate": string,
        "private_key": string,
        "chain": string,
    },
    required=("issuer",),
    assigned=_assigned,
    validate=_validate,
    beside=_create,
    actions={"issue": Action(_reissue, shows=True)},
    look=lambda world, certificate: look_at(world, certificate.id),
    in_use=_rules,
    list_fields=_LIST_FIELDS,
    fields=_FIELDS,
    deleted_fields=_FIELDS,
    computed={
        "last_issued_at": _last_issued_at,
        "expires_at": _once_issued(_expires_at),
        "authorization_method": _method,
        "certificate_api_url": _url,
        "certificate": _once_issued(
            lambda shown: shown.certificate or pem("CERTIFICATE", "%s-%s" % (shown.id, shown.last_issued_at))
        ),
        "chain": _once_issued(_chain),
        "private_key": _once_issued(lambda shown: pem("RSA PRIVATE KEY", "%s of %s" % (SECRET, shown.id))),
    },
)
