# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error that the API answers with, each with its status, its code, its description and its detail."""

from __future__ import annotations

import typing as t

Json = t.Dict[str, t.Any]


class Refusal(Exception):
    """The API's answer to a request that it does not carry out."""

    def __init__(self, status: int, code: str, description: str | None, detail: Json | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.description = description
        self.detail = detail or {}

    def body(self) -> Json:
        return {"error": {"code": self.code, "description": self.description, "detail": self.detail}}


# Who asks


def missing_api_token() -> Refusal:
    return Refusal(400, "missing_api_token", "No API token was provided in the Authorization header")


def invalid_api_token() -> Refusal:
    return Refusal(403, "invalid_api_token", "The API token provided was not valid", {"details": None})


def unauthorized_network(address: str) -> Refusal:
    return Refusal(
        403,
        "unauthorized_network_for_api_token",
        "Network is not allowed to access the API with this API token",
        {"ip_address": address},
    )


def invalid_capabilities_token() -> Refusal:
    return Refusal(403, "invalid_capabilities_token", "The capabilities token provided was not valid")


def scope_not_granted(scopes: t.Sequence[str]) -> Refusal:
    return Refusal(
        403,
        "scope_not_granted",
        "The scope required for this endpoint has not been granted to the authenticating identity",
        {"scopes": list(scopes)},
    )


def permission_denied(details: str) -> Refusal:
    return Refusal(
        403,
        "permission_denied",
        "The authenticated identity is not permitted to perform this action",
        {"details": details},
    )


def rate_limit_reached(permitted: int) -> Refusal:
    return Refusal(
        429,
        "rate_limit_reached",
        "You have reached the rate limit for this type of request",
        {"total_permitted": permitted},
    )


def service_unavailable() -> Refusal:
    return Refusal(503, "service_unavailable", "The service is temporarily unavailable")


# What is asked for


def not_found(kind: str) -> Refusal:
    return Refusal(
        404,
        "%s_not_found" % kind,
        "No %s was found matching any of the criteria provided in the arguments" % kind.replace("_", " "),
    )


def route_not_found(method: str, path: str) -> Refusal:
    return Refusal(404, "route_not_found", "No route matches '%s' for %s" % (path, method))


def organization_suspended() -> Refusal:
    return Refusal(403, "organization_suspended", "An organization was found from the arguments but it is suspended")


def organization_not_activated() -> Refusal:
    return Refusal(403, "organization_not_activated", "An organization was found but it has not been activated yet")


def resource_creation_restricted(errors: t.Sequence[str]) -> Refusal:
    return Refusal(
        403,
        "resource_creation_restricted",
        "The organization is restricted from creating this",
        {"errors": list(errors)},
    )


def object_in_trash(object_id: str, object_type: str, keep_until: int) -> Refusal:
    trash = {"id": "trsh_%s" % object_id, "keep_until": keep_until, "object_id": object_id, "object_type": object_type}
    return Refusal(406, "object_in_trash", "The object found is in the trash", {"trash_object": trash})


def validation_error(*errors: str) -> Refusal:
    return Refusal(422, "validation_error", "A validation error occurred with the object", {"errors": list(errors)})


# How it is asked for


def invalid_json_body(details: str) -> Refusal:
    return Refusal(400, "invalid_json_body", "The JSON body provided could not be parsed", {"details": details})


def missing_required_argument(name: str) -> Refusal:
    return Refusal(
        400,
        "missing_required_argument",
        "The '%s' argument is required but has not been provided" % name,
        {"path": [name], "argument": {"name": name, "description": None}},
    )


_ISSUES = {
    "invalid_scalar": "The value provided was not of an appropriate type for the scalar that was requested",
    "invalid_enum_value": "The value provided was not one of the options for the enum",
    "missing_lookup_value": "No lookup value has been provided",
    "ambiguous_lookup_values": "More than one lookup value has been provided",
}


def invalid_argument(
    path: t.Sequence[str], issue: str, index: int | None = None, errors: t.Sequence[str] = ()
) -> Refusal:
    return Refusal(
        400,
        "invalid_argument",
        "The '%s' argument is invalid" % ".".join(path),
        {
            "path": list(path),
            "index": index,
            "issue": issue,
            "issue_description": _ISSUES.get(issue),
            "errors": list(errors),
            "argument": {"id": "/".join(path), "name": path[-1], "description": None},
        },
    )
