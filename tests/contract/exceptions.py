# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the collection, its simulator or the recordings are not as the document has it, each place with its reason.

A test fails when one of them no longer occurs in the traffic of the integration tests where it is said to be seen: an
exception that is not needed hides faults. Which of them occur in recordings depends on the recordings.
"""

from __future__ import annotations

from dataclasses import dataclass

from judge import MISSING, UNDOCUMENTED, Problem

from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import READ_ONLY

REQUESTS = "the modules' requests"
ANSWERS = "the simulator's answers"
RECORDED_REQUESTS = "the recorded requests"
RECORDED_ANSWERS = "the recorded answers"


@dataclass(frozen=True)
class Deviation:
    """One listed difference.

    :param seen: where it occurs; nowhere else may it.
    """

    problem: Problem
    reason: str
    seen: tuple[str, ...]


def _deviation(where: str, what: str, reason: str, *seen: str) -> Deviation:
    return Deviation(Problem(where, what), reason, seen)


_IN_THE_QUERY = "the look-up stands in the query, not in the body"
_SAFER = (
    "The API takes it from either place. The modules use the query: a proxy that drops the body of a DELETE would make"
    " the API look for another one, find none, and what is still there would be taken for gone."
)
_WHOLE_MACHINE = "Every recorded virtual machine shows it so."
_OF_LOOK_UPS = (
    "The document names the errors of an operation itself; those of the things that its arguments name are left out."
)
_BEFORE_ANNOTATIONS = "Recorded before the API had annotations, in the middle of 2024; the modules read that as none."

DEVIATIONS = (
    # Requests
    _deviation("DELETE /load_balancers/load_balancer", _IN_THE_QUERY, _SAFER, REQUESTS, RECORDED_REQUESTS),
    _deviation("DELETE /load_balancers/rules/load_balancer_rule", _IN_THE_QUERY, _SAFER, REQUESTS),
    _deviation(
        "the path of a request",
        "there is something before it",
        "A test gives a wrong api_url on purpose, to see how the failure reads; what follows it is held to the document.",
        REQUESTS,
    ),
    # Errors
    _deviation(
        "an error",
        'stands in an "error" of its own',
        "Every recorded error does; the document shows what is within.",
        ANSWERS,
        RECORDED_ANSWERS,
    ),
    _deviation(
        "POST /organizations/organization/load_balancers: the error data_center_not_found",
        UNDOCUMENTED,
        _OF_LOOK_UPS,
        ANSWERS,
    ),
    _deviation(
        "POST /organizations/organization/load_balancers: the error object_in_trash",
        UNDOCUMENTED,
        _OF_LOOK_UPS,
        ANSWERS,
    ),
    _deviation(
        "POST /load_balancers/load_balancer/rules: the error certificate_not_found", UNDOCUMENTED, _OF_LOOK_UPS, ANSWERS
    ),
    _deviation(
        "the error route_not_found",
        UNDOCUMENTED,
        "It is the framework's answer to what is no operation, so no operation can have it.",
        ANSWERS,
    ),
    *(
        _deviation(
            "GET %s: the error invalid_argument" % kind.list_path,
            UNDOCUMENTED,
            "It is the framework's, and no operation's own: so it refuses the size of a page.",
            ANSWERS,
        )
        for kind in READ_ONLY
        if kind.paginated
    ),
    # Members
    _deviation(
        "LoadBalancerResource",
        "has a type and a value",
        "Every recorded member does. What the document shows instead comes from its generator.",
        ANSWERS,
        RECORDED_ANSWERS,
    ),
    _deviation(
        "GET /organizations/organization/load_balancers: LoadBalancerResource",
        "shows the id and the name only",
        "The API's own description of its fields cuts members down to these in a list, which OpenAPI cannot express.",
        ANSWERS,
    ),
    _deviation("VirtualMachine.suspended", UNDOCUMENTED, _WHOLE_MACHINE, ANSWERS, RECORDED_ANSWERS),
    _deviation("VirtualMachine.suspended_at", UNDOCUMENTED, _WHOLE_MACHINE, ANSWERS, RECORDED_ANSWERS),
    _deviation("VirtualMachine.hypervisor", MISSING, _WHOLE_MACHINE, ANSWERS, RECORDED_ANSWERS),
    *(
        _deviation(
            "GetVirtualMachine200ResponseVirtualMachine." + name, what, _WHOLE_MACHINE, ANSWERS, RECORDED_ANSWERS
        )
        for name, what in (("suspended", UNDOCUMENTED), ("suspended_at", UNDOCUMENTED), ("hypervisor", MISSING))
    ),
    _deviation("Organization.uuid", UNDOCUMENTED, _WHOLE_MACHINE, ANSWERS, RECORDED_ANSWERS),
    _deviation("IPAddress.subnet", UNDOCUMENTED, _WHOLE_MACHINE, ANSWERS, RECORDED_ANSWERS),
    # What is only read
    _deviation(
        "GET /certificates/certificate: certificate",
        "is there itself, and not in a list",
        "So the official clients and the API's own description of its fields have it; the modules read either.",
        ANSWERS,
    ),
    _deviation(
        "GetOrganizationVirtualMachines200ResponseVirtualMachines.hypervisor",
        MISSING,
        "Recorded lists of virtual machines lack it, as recorded virtual machines do.",
        ANSWERS,
    ),
    # Older versions of the API
    _deviation(
        "POST /organizations/organization/load_balancers",
        "the status 200 of an answer",
        "Recorded before the 24th of June 2024, when the status became 201; the modules take either.",
        RECORDED_ANSWERS,
    ),
    _deviation(
        "POST /organizations/organization/load_balancers.annotations", MISSING, _BEFORE_ANNOTATIONS, RECORDED_ANSWERS
    ),
    _deviation("GET /load_balancers/load_balancer.annotations", MISSING, _BEFORE_ANNOTATIONS, RECORDED_ANSWERS),
    # What other clients ask for otherwise
    _deviation(
        "POST /load_balancers/load_balancer/rules.load_balancer",
        MISSING,
        "Recorded of clients that put the id of the load balancer into the path. The modules never do.",
        RECORDED_REQUESTS,
    ),
)

# The replay of recorded requests: where the simulator may respond otherwise than the real API did
ONLY_RECORDED = "only the recording has it"
DIFFERENCES = {
    Problem("POST /organizations/organization/load_balancers", "status 201 instead of 200"): (
        "Until the 24th of June 2024, the status was 200."
    )
}
# What the server chooses for a load balancer, and what is below it
BY_SHAPE = {
    "load_balancer.ip_address": "The server assigns it.",
    "load_balancers[].ip_address": "The server assigns it.",
    "load_balancer.backend_certificate": "The server creates a certificate for each load balancer.",
    "load_balancer.backend_certificate_key": "The server creates a key for each load balancer, and recordings redact it.",
    "load_balancer.data_center.country": "The simulator has one country for each data center that it knows only by its ID.",
}

# Error codes that the collection explains, and the document does not have for what it asks
OTHER_CODES = {
    "deletion_restricted": "Other things of the API cannot be removed while something uses them; so may these one day.",
    "missing_required_argument": "It is the framework's, and no operation's own.",
    "invalid_argument": "It is the framework's, and no operation's own.",
    "invalid_json_body": "It is the framework's, and no operation's own.",
    "route_not_found": "It is the framework's, and no operation's own.",
    "unhandled_exception": "It is the framework's, and no operation's own.",
    "null_value_for_non_null_field": "It is the framework's, and no operation's own.",
    "generic_runtime_error": "It is the framework's, and no operation's own.",
}


def listed(seen: str) -> set[Problem]:
    """The problems that are permitted in one place. In recordings, each of them may occur."""
    recorded = seen in (RECORDED_REQUESTS, RECORDED_ANSWERS)
    return {deviation.problem for deviation in DEVIATIONS if recorded or seen in deviation.seen}
