# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning and the resolution of each error code of the API.

Source: the error tables of the Katapult Core API (its OpenAPI document) and its recorded responses.
"""

from __future__ import annotations

import typing as t

# The meaning of each code, the description from Katapult, and the resolution. _named defines the names in braces.
ERROR_CATALOG: dict[str, str] = {
    # Authentication and permissions
    "missing_api_token": "Katapult received no API token.{said} Set api_token, or the environment variable"
    " KATAPULT_API_TOKEN; if it is set, look for a proxy that drops the Authorization header.",
    "invalid_api_token": "Katapult does not accept the API token: it does not exist, has expired or was"
    " revoked.{said} Compare api_token (or KATAPULT_API_TOKEN, KATAPULT_API_KEY) with the tokens in the Katapult"
    " console, or create a new one.",
    "unauthorized_network_for_api_token": "The API token may not be used from this network: the request came from"
    " {ip_address}.{said} Allow that address for the token in the Katapult console, or run the task from an allowed"
    " network.",
    "invalid_capabilities_token": "Katapult does not accept the capabilities token.{said} Use an API token from the"
    " Katapult console instead.",
    "scope_not_granted": "The API token lacks the scope that this request needs.{said} Grant the token one of these"
    " scopes in the Katapult console: {scopes}.",
    "permission_denied": "The owner of the API token may not do this{because}.{said} Ask an administrator of the"
    " organization for the permission, or use the token of somebody who has it.",
    # Rate limits and availability
    "rate_limit_reached": "Too many requests: the limit is {total_permitted} requests a minute.{said} Raise"
    " api_retry_timeout (90 seconds outlast the limit, which is counted by the clock minute), or run fewer tasks at"
    " once.",
    "service_unavailable": "The Katapult API is unavailable at the moment.{said} Run the task again later, or raise"
    " api_retry_timeout to let it wait longer.",
    # Organizations
    "organization_not_found": "The API token sees no such organization.{said} Compare organization (or"
    " KATAPULT_ORGANIZATION) with the sub-domain in the address of the Katapult console.",
    "organization_suspended": "The organization is suspended.{said} Settle the suspension in the Katapult console or"
    " with Katapult's support; until then nothing can be managed in it.",
    "organization_not_activated": "The organization is not activated yet.{said} Finish its activation in the"
    " Katapult console.",
    # Resources
    "load_balancer_not_found": "There is no such load balancer, or the API token does not see it.{said} If it"
    " existed when the task began, it was removed meanwhile: run the task again.",
    "load_balancer_rule_not_found": "There is no such load balancer rule, or the API token does not see it.{said} If"
    " it existed when the task began, it was removed meanwhile: run the task again.",
    "data_center_not_found": "There is no such data center.{said} Compare properties.data_center with the permalinks"
    " of the data centers, for example uk-lon-01.",
    "certificate_not_found": "There is no such certificate, or the API token does not see it.{said} Compare the"
    " certificate ids with those in the Katapult console.",
    "virtual_machine_not_found": "There is no such virtual machine, or the API token does not see it.{said} Compare"
    " its id or its fqdn with those that katapult.cloud.virtual_machine_info lists.",
    "virtual_machine_group_not_found": "There is no such virtual machine group, or the API token does not see"
    " it.{said} Compare its id with those that katapult.cloud.virtual_machine_group_info lists.",
    "tag_not_found": "There is no such tag, or the API token does not see it.{said} Compare its id with those that"
    " katapult.cloud.tag_info lists.",
    "object_in_trash": "The request names something that is in the trash{trash}.{said} Restore it in the Katapult"
    " console, or leave it out of the task.",
    # Requests
    "validation_error": "Katapult refuses the values: {errors}.{said} Correct them in the task.",
    "resource_creation_restricted": "The organization may not create this at the moment: {errors}.{said} Look for a"
    " limit or an open invoice in the Katapult console, or ask Katapult's support.",
    "deletion_restricted": "It cannot be deleted while something uses it: {errors}.{said} Remove what uses it first.",
    "missing_required_argument": "The request lacks the argument {argument}.{said} Give it in the task; if the task"
    " has no such option, report this as a bug of the collection.",
    "invalid_argument": "The API cannot use the value of the argument {argument}: {issue}.{said} Correct it in the"
    " task.",
    "invalid_json_body": "The API could not read the request{because}.{said} Look for a proxy that changes requests;"
    " without one, report this as a bug of the collection.",
    "route_not_found": "The API knows no such address.{said} Compare api_url (or KATAPULT_API_URL) with"
    " https://api.katapult.io/core/v1.",
    # Internal errors of the API
    "unhandled_exception": "Katapult met an error of its own.{said} It tends to pass within minutes: run the task"
    " again, and give the request id to Katapult's support if it stays.",
    "null_value_for_non_null_field": "Katapult met an error of its own while it wrote its answer (field"
    " {field}).{said} Run the task again, and give the request id to Katapult's support if it stays.",
    "generic_runtime_error": "Katapult met an error of its own ({class}).{said} Run the task again, and give the"
    " request id to Katapult's support if it stays.",
}

_UNKNOWN_CODE = (
    'Katapult refused the request with the error code "{code}", which this version of the collection does not know.{said}'
    " Look the code up in Katapult's API documentation, or update the collection."
)


def _listed(value: t.Any, otherwise: str) -> str:
    items = [str(item) for item in value] if isinstance(value, list) else []
    return "; ".join(items) or otherwise


def _path(detail: t.Mapping[str, t.Any]) -> str:
    path = _listed(detail.get("path"), "").replace("; ", ".")
    argument = detail.get("argument")
    if not path and isinstance(argument, dict):
        path = str(argument.get("name") or "")
    return '"%s"' % path if path else "that the API does not name"


def _named(code: str, detail: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The parts of an error's detail that the texts above contain, with placeholders for missing parts."""
    trash, field = (value if isinstance(value, dict) else {} for value in map(detail.get, ("trash_object", "field")))
    issue = detail.get("issue_description") or detail.get("issue")
    named = {
        "code": code,
        "ip_address": str(detail.get("ip_address") or "an address that the API does not name"),
        "scopes": _listed(detail.get("scopes"), "the API names none").replace("; ", ", "),
        "because": ": %s" % detail["details"] if detail.get("details") else "",
        "total_permitted": str(detail.get("total_permitted") or "an unknown number of"),
        "trash": " (%s)" % trash["object_id"] if trash.get("object_id") else "",
        "errors": _listed(detail.get("errors"), "the API does not say why"),
        "argument": _path(detail),
        "issue": _listed(detail.get("errors"), str(issue or "the API does not say why")),
        "field": str(field.get("name") or field.get("id") or "not named"),
        "class": str(detail.get("class") or "of an unnamed kind"),
    }
    ends = ("because", "errors", "issue")  # of a sentence
    return {name: value.rstrip(".") if name in ends else value for name, value in named.items()}


def explain(code: str, description: str | None, detail: t.Mapping[str, t.Any]) -> str:
    """The message for an error of the API: the meaning, the description from Katapult, and the resolution.

    :param detail: the detail from the API, without secrets; any part of it may be missing.
    """
    said = ' Katapult says: "%s".' % description.rstrip(".") if description else ""
    return ERROR_CATALOG.get(code, _UNKNOWN_CODE).format_map({**_named(code, detail), "said": said})
