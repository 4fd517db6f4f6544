# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error of the API, with its status, its code, its description and its detail."""

from __future__ import annotations

import typing as t

Json = t.Dict[str, t.Any]

_NO_SCOPE = "The scope required for this endpoint has not been granted to the authenticating identity"

# The status and the description, by code
_ERRORS: dict[str, tuple[int, str]] = {
    # Authentication and permissions
    "missing_api_token": (400, "No API token was provided in the Authorization header"),
    "invalid_api_token": (403, "The API token provided was not valid"),
    "unauthorized_network_for_api_token": (403, "Network is not allowed to access the API with this API token"),
    "invalid_capabilities_token": (403, "The capabilities token provided was not valid"),
    "scope_not_granted": (403, _NO_SCOPE),
    "permission_denied": (403, "The authenticated identity is not permitted to perform this action"),
    "rate_limit_reached": (429, "You have reached the rate limit for this type of request"),
    # Resources
    "organization_suspended": (403, "An organization was found from the arguments but it is suspended"),
    "organization_not_activated": (403, "An organization was found but it has not been activated yet"),
    "resource_creation_restricted": (403, "The organization is restricted from creating this"),
    "deletion_restricted": (409, "The object cannot be deleted"),
    "object_in_trash": (406, "The object found is in the trash"),
    "operation_not_supported": (422, "The operation is not supported for this object"),
    "validation_error": (422, "A validation error occurred with the object"),
    "task_queueing_error": (406, "A background task that was needed to complete your request could not be queued"),
    # IP addresses
    "no_allocation": (422, "This IP address is not currently allocated to any object"),
    "no_interface_available": (
        422,
        "This virtual machine has no network interface that is compatible with the IP address",
    ),
    "ip_already_allocated": (422, "This IP address has already been allocated to another resource"),
    "invalid_ip": (422, "This IP address is not valid for this network interface"),
    "no_available_addresses": (503, "There are no available addresses"),
    "resource_does_not_support_unallocation": (409, "The resource does not support unallocation"),
    "speed_profile_already_assigned": (422, "This network speed profile is already assigned to the network interface"),
    # Arguments
    "invalid_spec_xml": (400, "The spec XML provided is invalid"),
    "invalid_json_body": (400, "The JSON body provided could not be parsed"),
}
_ISSUES = {
    "invalid_scalar": "The value provided was not of an appropriate type for the scalar that was requested",
    "invalid_enum_value": "The value provided was not one of the options for the enum",
    "missing_lookup_value": "No lookup value has been provided",
    "ambiguous_lookup_values": "More than one lookup value has been provided",
}


class Refusal(Exception):
    """The response of the API to a rejected request."""

    def __init__(self, code: str, status: int = 0, description: str = "", **detail: t.Any) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.description = (status, description) if status else _ERRORS[code]
        self.detail = detail

    def body(self) -> Json:
        return {"error": {"code": self.code, "description": self.description, "detail": self.detail}}


def not_found(kind: str, code: str = "") -> Refusal:
    description = "No %s was found matching any of the criteria provided in the arguments" % kind.replace("_", " ")
    return Refusal(code or "%s_not_found" % kind, 404, description)


def route_not_found(method: str, path: str) -> Refusal:
    return Refusal("route_not_found", 404, "No route matches '%s' for %s" % (path, method))


def object_in_trash(trash_object: Json | None) -> Refusal:
    return Refusal("object_in_trash", trash_object=trash_object)


def task_queueing_error(details: str) -> Refusal:
    return Refusal("task_queueing_error", details=details)


def missing_required_argument(name: str) -> Refusal:
    description = "The '%s' argument is required but has not been provided" % name
    argument = {"name": name, "description": None}
    return Refusal("missing_required_argument", 400, description, path=[name], argument=argument)


def invalid_argument(path: t.Sequence[str], issue: str, errors: t.Sequence[str] = ()) -> Refusal:
    description = "The '%s' argument is invalid" % ".".join(path)
    said = {"path": list(path), "index": None, "issue": issue, "issue_description": _ISSUES.get(issue)}
    argument = {"id": "/".join(path), "name": path[-1], "description": None}
    return Refusal("invalid_argument", 400, description, **said, errors=list(errors), argument=argument)
