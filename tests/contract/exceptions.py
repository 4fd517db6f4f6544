# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known deviations of the modules, the simulator and the recordings from the OpenAPI document, each with its reason.

A test fails if a listed deviation no longer occurs in the traffic of the integration tests, because an unnecessary
exception hides faults. Which deviations occur in recordings depends on the recordings.
"""

from __future__ import annotations

from dataclasses import dataclass

from judge import MISSING, UNDOCUMENTED, Problem

from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import READ_ONLY

REQUESTS = "the modules' requests"
RESPONSES = "the simulator's responses"
RECORDED_REQUESTS = "the recorded requests"
RECORDED_RESPONSES = "the recorded responses"


@dataclass(frozen=True)
class Deviation:
    """One listed deviation.

    :param seen: where it occurs; it is not permitted anywhere else.
    """

    problem: Problem
    reason: str
    seen: tuple[str, ...]


def _deviation(where: str, what: str, reason: str, *seen: str) -> Deviation:
    return Deviation(Problem(where, what), reason, seen)


_IN_THE_QUERY = "the lookup is in the query, not in the body"
_SAFER = (
    "The API accepts it in either place. The modules use the query: if a proxy dropped the body of a DELETE, the API"
    " would respond that the object is not found, and a module would report an existing object as absent."
)
_WHOLE_MACHINE = "All recorded virtual machines are like this."
_LOOKUP_ERRORS = (
    "The document lists the errors of an operation itself, but not those of objects that its arguments refer to."
)
_BEFORE_ANNOTATIONS = (
    "Recorded before the API had annotations, in the middle of 2024; the modules treat that as no annotations."
)

DEVIATIONS = (
    # Requests
    _deviation("DELETE /load_balancers/load_balancer", _IN_THE_QUERY, _SAFER, REQUESTS, RECORDED_REQUESTS),
    _deviation("DELETE /load_balancers/rules/load_balancer_rule", _IN_THE_QUERY, _SAFER, REQUESTS),
    _deviation(
        "the path of a request",
        "has a prefix",
        "A test uses a wrong api_url on purpose, to check the error message; the rest of the path is validated.",
        REQUESTS,
    ),
    # Errors
    _deviation(
        "an error",
        'is wrapped in an "error" object',
        "Every recorded error is; the document describes only its content.",
        RESPONSES,
        RECORDED_RESPONSES,
    ),
    _deviation(
        "POST /organizations/organization/load_balancers: the error data_center_not_found",
        UNDOCUMENTED,
        _LOOKUP_ERRORS,
        RESPONSES,
    ),
    _deviation(
        "POST /organizations/organization/load_balancers: the error object_in_trash",
        UNDOCUMENTED,
        _LOOKUP_ERRORS,
        RESPONSES,
    ),
    _deviation(
        "POST /load_balancers/load_balancer/rules: the error certificate_not_found",
        UNDOCUMENTED,
        _LOOKUP_ERRORS,
        RESPONSES,
    ),
    _deviation(
        "the error route_not_found",
        UNDOCUMENTED,
        "The API framework returns it for unknown paths, so it belongs to no operation.",
        RESPONSES,
    ),
    *(
        _deviation(
            "GET %s: the error invalid_argument" % kind.list_path,
            UNDOCUMENTED,
            "The API framework returns it, here for an invalid page size; it belongs to no operation.",
            RESPONSES,
        )
        for kind in READ_ONLY
        if kind.paginated
    ),
    # Members
    _deviation(
        "LoadBalancerResource",
        "has a type and a value",
        "Every recorded member has them. The different schema in the document is an artefact of its generator.",
        RESPONSES,
        RECORDED_RESPONSES,
    ),
    _deviation(
        "GET /organizations/organization/load_balancers: LoadBalancerResource",
        "contains only the id and the name",
        "The API's own schema limits members in a list to these fields, which OpenAPI cannot express.",
        RESPONSES,
    ),
    _deviation("VirtualMachine.suspended", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES, RECORDED_RESPONSES),
    _deviation("VirtualMachine.suspended_at", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES, RECORDED_RESPONSES),
    _deviation("VirtualMachine.hypervisor", MISSING, _WHOLE_MACHINE, RESPONSES, RECORDED_RESPONSES),
    *(
        _deviation(
            "GetVirtualMachine200ResponseVirtualMachine." + name, what, _WHOLE_MACHINE, RESPONSES, RECORDED_RESPONSES
        )
        for name, what in (("suspended", UNDOCUMENTED), ("suspended_at", UNDOCUMENTED), ("hypervisor", MISSING))
    ),
    _deviation("Organization.uuid", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES, RECORDED_RESPONSES),
    _deviation("IPAddress.subnet", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES, RECORDED_RESPONSES),
    # Resources that are only read
    _deviation(
        "GET /certificates/certificate: certificate",
        "is an object instead of a list",
        "The official clients and the API's own schema agree on an object; the modules accept either.",
        RESPONSES,
    ),
    _deviation(
        "GetOrganizationVirtualMachines200ResponseVirtualMachines.hypervisor",
        MISSING,
        "Recorded lists of virtual machines lack it, as recorded virtual machines do.",
        RESPONSES,
    ),
    # Older versions of the API
    _deviation(
        "POST /organizations/organization/load_balancers",
        "the response status 200",
        "Recorded before the 24th of June 2024, when the status became 201; the modules accept either.",
        RECORDED_RESPONSES,
    ),
    _deviation(
        "POST /organizations/organization/load_balancers.annotations", MISSING, _BEFORE_ANNOTATIONS, RECORDED_RESPONSES
    ),
    _deviation("GET /load_balancers/load_balancer.annotations", MISSING, _BEFORE_ANNOTATIONS, RECORDED_RESPONSES),
    # Requests of other clients
    _deviation(
        "POST /load_balancers/load_balancer/rules.load_balancer",
        MISSING,
        "Recorded from clients that put the id of the load balancer into the path. The modules never do.",
        RECORDED_REQUESTS,
    ),
)

# The replay of recorded requests: where the response of the simulator may differ from that of the real API
ONLY_RECORDED = "only the recording has it"
DIFFERENCES = {
    Problem("POST /organizations/organization/load_balancers", "status 201 instead of 200"): (
        "Until the 24th of June 2024, the status was 200."
    )
}
# Fields of a load balancer whose values the server chooses, including nested fields
BY_SHAPE = {
    "load_balancer.ip_address": "The server assigns it.",
    "load_balancers[].ip_address": "The server assigns it.",
    "load_balancer.backend_certificate": "The server creates a certificate for each load balancer.",
    "load_balancer.backend_certificate_key": "The server creates a key for each load balancer, and recordings redact it.",
    "load_balancer.data_center.country": "The simulator has one country for each data center that it knows only by its ID.",
}

# Error codes that the collection explains although the document does not list them for its operations
OTHER_CODES = {
    "deletion_restricted": "Other resources cannot be deleted while they are in use; this may become true for load balancers too.",
    "missing_required_argument": "The API framework returns it; it belongs to no operation.",
    "invalid_argument": "The API framework returns it; it belongs to no operation.",
    "invalid_json_body": "The API framework returns it; it belongs to no operation.",
    "route_not_found": "The API framework returns it; it belongs to no operation.",
    "unhandled_exception": "The API framework returns it; it belongs to no operation.",
    "null_value_for_non_null_field": "The API framework returns it; it belongs to no operation.",
    "generic_runtime_error": "The API framework returns it; it belongs to no operation.",
}


def listed(seen: str) -> set[Problem]:
    """The problems that are permitted in one place. In recordings, all of them are."""
    recorded = seen in (RECORDED_REQUESTS, RECORDED_RESPONSES)
    return {deviation.problem for deviation in DEVIATIONS if recorded or seen in deviation.seen}
