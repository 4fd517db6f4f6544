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
    " KATAPULT_API_TOKEN; if it is set, check for a proxy that removes the Authorization header.",
    "invalid_api_token": "Katapult does not accept the API token: it does not exist, has expired or was"
    " revoked.{said} Compare api_token (or KATAPULT_API_TOKEN, KATAPULT_API_KEY) with the tokens in the Katapult"
    " console, or create a new one.",
    "unauthorized_network_for_api_token": "The API token may not be used from this network: the request came from"
    " {ip_address}.{said} Allow this address for the token in the Katapult console, or run the task from an allowed"
    " network.",
    "invalid_capabilities_token": "Katapult does not accept the capabilities token.{said} Use an API token from the"
    " Katapult console instead.",
    "scope_not_granted": "The API token lacks the scope that this request needs.{said} Grant the token one of these"
    " scopes in the Katapult console: {scopes}.",
    "permission_denied": "The owner of the API token lacks the permission for this request{because}.{said} Ask an"
    " administrator of the organization for the permission, or use the token of a user who has it.",
    # Rate limits and availability
    "rate_limit_reached": "Too many requests: the limit is {total_permitted} requests a minute.{said} Increase"
    " api_retry_timeout (90 seconds are sufficient, because the limit applies to each clock minute), or run fewer"
    " tasks at the same time.",
    "service_unavailable": "The Katapult API is temporarily unavailable.{said} Run the task again later, or increase"
    " api_retry_timeout so that it waits longer.",
    # Organizations
    "organization_not_found": "There is no such organization, or the API token cannot access it.{said} Compare"
    " organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) with the sub-domain in the address of"
    " the Katapult console.",
    "organization_suspended": "The organization is suspended.{said} Resolve the suspension in the Katapult console or"
    " with Katapult's support; until then, none of its resources can be managed.",
    "organization_not_activated": "The organization is not activated yet.{said} Complete its activation in the"
    " Katapult console.",
    # Resources
    "load_balancer_not_found": "There is no such load balancer, or the API token cannot access it.{said} Compare its id"
    " or api_reference with those that katapult.cloud.load_balancer_info returns.",
    "load_balancer_rule_not_found": "There is no such load balancer rule, or the API token cannot access it.{said}"
    " Compare its id with those that katapult.cloud.load_balancer_info returns with include_rules.",
    "data_center_not_found": "There is no such data center.{said} Compare properties.data_center or default_data_center with the permalinks"
    " of the data centers, for example uk-lon-01.",
    "certificate_not_found": "There is no such certificate, or the API token cannot access it.{said} Compare the"
    " certificate IDs with those that katapult.cloud.certificate_info returns.",
    "virtual_machine_not_found": "There is no such virtual machine, or the API token cannot access it.{said} Compare"
    " its id or its fqdn with those that katapult.cloud.virtual_machine_info returns.",
    "virtual_machine_group_not_found": "There is no such virtual machine group, or the API token cannot access"
    " it.{said} Compare its id with those that katapult.cloud.virtual_machine_group_info returns.",
    "tag_not_found": "There is no such tag, or the API token cannot access it.{said} Compare its id with those that"
    " katapult.cloud.tag_info returns.",
    "security_group_not_found": "There is no such security group, or the API token cannot access it.{said} Compare its id"
    " with those that katapult.cloud.security_group_info returns.",
    "security_group_rule_not_found": "There is no such rule of a security group, or the API token cannot access it.{said}"
    " Compare its id with those that katapult.cloud.security_group_info returns with include_rules.",
    "address_list_not_found": "There is no such address list, or the API token cannot access it.{said} Compare its id with"
    " those that katapult.cloud.address_list_info returns.",
    "address_list_entry_not_found": "There is no such entry of an address list, or the API token cannot access it.{said}"
    " Compare its id with those that katapult.cloud.address_list_info returns with include_entries.",
    "package_not_found": "There is no such package, or the API token cannot access it.{said} Compare its id or its permalink with"
    " those that katapult.cloud.virtual_machine_package_info returns.",
    "disk_template_not_found": "There is no such disk template, or the API token cannot access it.{said} Compare its id or its"
    " permalink with those that katapult.cloud.disk_template_info returns.",
    "network_not_found": "There is no such network, or the API token cannot access it.{said} Compare its id or its permalink with"
    " those that katapult.cloud.network_info returns. It cannot be derived from the permalink of a data center.",
    "ip_address_not_found": "There is no such IP address, or the API token cannot access it.{said} Compare its id or its address"
    " with those that katapult.cloud.ip_address_info returns.",
    "zone_not_found": "There is no such zone.{said} Compare properties.zone with the zones that katapult.cloud.virtual_machine_info"
    " returns.",
    "virtual_machine_build_not_found": "There is no such build of a virtual machine, or the API token cannot access it.{said} Run the"
    " task again: it reads the current state.",
    "build_not_found": "There is no such build of a virtual machine, or the API token cannot access it.{said} Run the task again: it"
    " reads the current state.",
    "trash_object_not_found": "There is no such object in the trash, or the API token cannot access it.{said} It may have been purged"
    " or restored.",
    "virtual_machine_network_interface_not_found": "There is no such network interface, or the API token cannot access it.{said} Run"
    " the task again: it reads the current state.",
    "task_not_found": "There is no such background task, or the API token cannot access it.{said} Run the task again: it"
    " reads the current state.",
    "object_in_trash": "The request contains a resource that is in the trash{trash}.{said} Restore it in the Katapult"
    " console, or remove it from the task.",
    # Requests
    "validation_error": "Katapult rejects the values: {errors}.{said} Correct them in the task.",
    "invalid_spec_xml": "Katapult rejects the specification of the virtual machine: {errors}.{said} Correct the options of the task that"
    " are used to build it, for example the options of the disk template, networks, speed profiles and IP addresses.",
    "task_queueing_error": "The resource is busy with other background work{because}.{said} Wait until that has ended, and run the task"
    " again.",
    "no_available_addresses": "The network has no free IP address at the moment.{said} Use another network, or run the task again later.",
    "no_allocation": "The IP address is not allocated to anything.{said} Run the task again: it reads the current state.",
    "ip_already_allocated": "The IP address is already allocated to something else.{said} Run the task again: it reads the current"
    " state.",
    "no_interface_available": "The virtual machine has no network interface for this IP address.{said} It needs one on the network of"
    " the IP address.",
    "invalid_ip": "The IP address cannot be used on this network interface.{said} Use one of the same network.",
    "resource_does_not_support_unallocation": "The IP address cannot be removed from the resource that it is allocated to, such as a"
    " load balancer.{said} Delete that resource instead.",
    "resource_creation_restricted": "The organization may not create this resource now: {errors}.{said} Check for a"
    " limit or an unpaid invoice in the Katapult console, or contact Katapult's support.",
    "operation_not_supported": "Katapult does not support this operation for the resource.{said} For example, a certificate"
    " that was uploaded cannot be issued again.",
    "deletion_restricted": "The resource cannot be deleted while it is in use: {errors}.{said} Remove it from the"
    " resources that use it first.",
    "missing_required_argument": "The request lacks the argument {argument}.{said} Set it in the task; if the module"
    " has no such option, report this as a bug of the collection.",
    "invalid_argument": "The API rejects the value of the argument {argument}: {issue}.{said} Correct it in the task.",
    "invalid_json_body": "The API could not parse the body of the request{because}.{said} Check for a proxy that"
    " modifies requests; if there is none, report this as a bug of the collection.",
    "route_not_found": "The API has no such endpoint.{said} Compare api_url (or KATAPULT_API_URL) with"
    " https://api.katapult.io/core/v1.",
    # Internal errors of the API
    "unhandled_exception": "The Katapult API reports an internal error.{said} It is usually temporary: run the task"
    " again after a few minutes. If the error persists, send the request ID to Katapult's support.",
    "null_value_for_non_null_field": "The Katapult API reports an internal error in its response (field {field}).{said}"
    " Run the task again. If the error persists, send the request ID to Katapult's support.",
    "generic_runtime_error": "The Katapult API reports an internal error ({class}).{said} Run the task again. If the"
    " error persists, send the request ID to Katapult's support.",
}

_UNKNOWN_CODE = (
    'Katapult rejected the request with the error code "{code}", which is unknown to this version of the collection.{said}'
    " Look up the code in Katapult's API documentation, or update the collection."
)


def _listed(value: t.Any, otherwise: str) -> str:
    items = (
        [str(item) for item in value]
        if isinstance(value, list)
        else [value]
        if isinstance(value, str) and value
        else []
    )
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
        "errors": _listed(detail.get("errors"), "the API gives no reason"),
        "argument": _path(detail),
        "issue": _listed(detail.get("errors"), str(issue or "the API gives no reason")),
        "field": str(field.get("name") or field.get("id") or "not named"),
        "class": str(detail.get("class") or "of an unnamed class"),
    }
    ends = ("because", "errors", "issue")  # of a sentence
    return {name: value.rstrip(".") if name in ends else value for name, value in named.items()}


def explain(code: str, description: str | None, detail: t.Mapping[str, t.Any]) -> str:
    """The message for an error of the API: the meaning, the description from Katapult, and the resolution.

    :param detail: the detail from the API, without secrets; any part of it may be missing.
    """
    said = ' Katapult says: "%s".' % description.rstrip(".") if description else ""
    return ERROR_CATALOG.get(code, _UNKNOWN_CODE).format_map({**_named(code, detail), "said": said})
