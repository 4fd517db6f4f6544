# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known deviations of the modules, the simulator and the recordings from the OpenAPI document, each with its reason.

A test fails if a listed deviation no longer occurs in the traffic of the integration tests, because an unnecessary
exception hides faults. Which deviations occur in recordings depends on the recordings.
"""

from __future__ import annotations

from dataclasses import dataclass

from judge import MISSING, UNDOCUMENTED, UNKNOWN_VALUE, Problem, name_of
from known import NEWER_OPERATIONS, SENT

from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import WITH_INFO

REQUESTS = "the modules' requests"
RESPONSES = "the simulator's responses"
RECORDED_RESPONSES = "the recorded responses"


@dataclass(frozen=True)
class Deviation:
    """One listed deviation.

    :param seen: where it occurs in the integration tests; in recordings, it may occur.
    """

    problem: Problem
    reason: str
    seen: tuple[str, ...]

    @property
    def newer(self) -> bool:
        """Whether it is about an operation that is newer than the document."""
        return any((self.problem.where + ":").startswith(name_of(one) + ":") for one in NEWER_OPERATIONS)


def _deviation(where: str, what: str, reason: str, *seen: str) -> Deviation:
    return Deviation(Problem(where, what), reason, seen)


_IN_THE_QUERY = "the lookup is in the query, not in the body"
_SAFER = (
    "The API accepts it in either place. The modules use the query: if a proxy dropped the body of a DELETE, the API"
    " would respond that the object is not found, and a module would report an existing object as absent."
)
_WHOLE_MACHINE = "All recorded virtual machines are like this."
_ALLOCATION = "In every recorded response, it has a type and a value, like the members of load balancers."
_LOOKUP_ERRORS = (
    "The document lists the errors of an operation itself, but not those of objects that its arguments refer to."
)

DEVIATIONS = (
    # Requests
    *(
        _deviation(name_of(operation), _IN_THE_QUERY, _SAFER, REQUESTS)
        for operation in sorted(SENT)
        if operation[0] == "DELETE"
    ),
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
        "DELETE /tags/tag: the error deletion_restricted",
        UNDOCUMENTED,
        "What the API does with a tag that is in use is unknown; the simulator refuses the deletion, as documented for groups.",
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
            "GET %s: the error invalid_argument" % path,
            UNDOCUMENTED,
            "The API framework returns it, here for an invalid page size; it belongs to no operation.",
            RESPONSES,
        )
        for kind in WITH_INFO
        if kind.paginated
        for path in (kind.list_path, *(kind.global_list or ())[:1])
    ),
    *(
        _deviation(
            "%s: the error route_not_found" % name_of(operation),
            UNDOCUMENTED,
            "An older version of the API, which has no such operation, returns it.",
            RESPONSES,
        )
        for operation in sorted(NEWER_OPERATIONS)
    ),
    *(
        _deviation(
            "%s: the error permission_denied" % operation,
            UNDOCUMENTED,
            "Every other write returns it if the user of the token is not permitted to manage the resource.",
            RESPONSES,
        )
        for operation in ("DELETE /certificates/certificate", "POST /certificates/certificate/issue")
    ),
    # Members
    _deviation(
        "LoadBalancerResource",
        "has a type and a value",
        "Every recorded member has them. The different schema in the document is an artefact of its generator.",
        RESPONSES,
    ),
    _deviation(
        "GET /organizations/organization/load_balancers: LoadBalancerResource",
        "contains only the id and the name",
        "The API's own schema limits members in a list to these fields, which OpenAPI cannot express.",
        RESPONSES,
    ),
    _deviation("VirtualMachine.suspended", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES),
    _deviation("VirtualMachine.suspended_at", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES),
    _deviation("VirtualMachine.hypervisor", MISSING, _WHOLE_MACHINE, RESPONSES),
    *(
        _deviation("GetVirtualMachine200ResponseVirtualMachine." + name, what, _WHOLE_MACHINE, RESPONSES)
        for name, what in (("suspended", UNDOCUMENTED), ("suspended_at", UNDOCUMENTED), ("hypervisor", MISSING))
    ),
    _deviation("Organization.uuid", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES),
    _deviation("IPAddress.subnet", UNDOCUMENTED, _WHOLE_MACHINE, RESPONSES),
    *(
        _deviation("%s200ResponseVirtualMachine.%s" % (write, name), what, _WHOLE_MACHINE, RESPONSES)
        for write in ("PatchVirtualMachine", "DeleteVirtualMachine")
        for name, what in (("suspended", UNDOCUMENTED), ("suspended_at", UNDOCUMENTED), ("hypervisor", MISSING))
    ),
    *(
        _deviation("GetIPAddress200ResponseAllocation." + name, what, _ALLOCATION, RESPONSES)
        for name, what in (("type", UNDOCUMENTED), ("value", UNDOCUMENTED), ("id", MISSING), ("name", MISSING))
    ),
    *(
        _deviation(
            "GetVirtualMachineNetworkInterfacesPartIPAddresses." + name,
            UNDOCUMENTED,
            "Recorded lists of network interfaces have it.",
            RESPONSES,
        )
        for name in ("reverse_dns", "address_with_mask")
    ),
    *(
        _deviation(
            "PATCH /virtual_machines/virtual_machine: properties.group",
            what,
            "A recorded null removes a virtual machine from its group. There is no other way.",
            REQUESTS,
        )
        for what in ("None for not nullable", "None is not of type 'object'")
    ),
    # Not in the traffic of the integration tests
    _deviation(
        "POST /organizations/organization/virtual_machines/build_from_spec: the error resource_creation_restricted",
        UNDOCUMENTED,
        "The document has it for the other way to build a virtual machine, and a restriction applies to both.",
    ),
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
    ),
)
# What a recorded response may have although the document does not, since either may be the newer one
NEWER = (MISSING, UNDOCUMENTED, UNKNOWN_VALUE)

# The replay of recorded requests: where the response of the simulator may differ from that of the real API
ONLY_RECORDED = "only the recording has it"
# In responses without annotations, which the API has had since August 2024
DIFFERENCES = {
    Problem("POST /organizations/organization/load_balancers", "status 201 instead of 200"): (
        "Until the 24th of June 2024, the status was 200."
    )
}
_ISSUED = "The server issues it. One that a request has uploaded is compared by value."
# Fields of written resources whose values the server chooses, including nested fields
BY_SHAPE = {
    "load_balancer.ip_address": "The server assigns it.",
    "load_balancers[].ip_address": "The server assigns it.",
    "load_balancer.backend_certificate": "The server creates a certificate for each load balancer.",
    "load_balancer.backend_certificate_key": "The server creates a key for each load balancer, and recordings redact it.",
    "load_balancer.data_center": "The simulator knows no more of it than the recording shows.",
    "load_balancers[].data_center": "The simulator knows no more of it than the recording shows.",
    "certificate.certificate": _ISSUED,
    "certificate.chain": _ISSUED,
    "certificate.private_key": "The server creates it, and recordings redact it.",
    "certificate.certificate_api_url": "The server chooses it, and recordings redact it.",
}
# Fields that the API assigns on creation if the request omits them; from then on, the simulator has the recorded value
ASSIGNED = {"tag.color": "The API picks one of the colors."}
# Fields that the API takes from an uploaded certificate, which the simulator does not read; handled like those above
_UPLOADED = "The API takes it from the uploaded certificate, which the simulator does not read."
UPLOADED = {"certificate.name": _UPLOADED, "certificate.additional_names": _UPLOADED}
# Nested fields whose values the simulator does not repeat where the recording repeats them
DERIVED = {
    "subnet": "The simulator derives it from the address, and has other masks.",
    "started_at": "The simulator starts a task when it is first looked at, and the API some time before or after that.",
}
# Fields of resources that change without a request, or after a request of which a recording need not show the effect
_OF_TASKS = "Tasks change it some time after the request, which may be before the recording begins."
_ON_ISSUE = "Certificates are issued again without a request."
_PROCEEDS = "A task proceeds without a request."
BY_ITSELF = {
    "state": _OF_TASKS,
    "certificate_api_url": "A request replaces the token in it, and a token without permission sees none.",
    **dict.fromkeys(("certificate", "chain", "private_key", "issue_error", "expires_at", "last_issued_at"), _ON_ISSUE),
    **dict.fromkeys(("status", "progress", "started_at", "finished_at"), _PROCEEDS),
}

# Fields of virtual machines that change at any time after a request that started a task
BY_TASK = dict.fromkeys(
    "cpu_cores memory_in_gb use_dedicated_cpus package gpus gpu_type ip_addresses attached_iso suspended suspended_at".split(),
    "Tasks change it some time after the request.",
)

# The replay with translated IDs: fields that are not compared, each with its reason
_NEVER_WRITTEN = "It existed before the recording, and the simulator has another one."
UNTRANSLATED: dict[str, str] = {
    r"pagination": "Objects that existed before the recording are counted.",
    r"(.*\.)?(organization|zone|subnet)": _NEVER_WRITTEN,
    r"(.*\.)?address_with_mask": "The simulator has other masks.",
    r"(.*\.)?initial_root_password": "It is a secret.",
    r"(.*\.)?country": "The simulator knows only some countries.",
    r"disk_templates?(\[\])?\.description": "The simulator derives it from the name.",
    r"(.*\.)?latest_version(\.id)?": "The simulator derives its ID, and has its number from builds only.",
    r".*package\.group": _NEVER_WRITTEN,
    r"tag\.color": "The API picks one of the colors.",
    r"error\.description": "It is a text for people.",
}

# Error codes that the collection explains although the document does not list them for its operations
OTHER_CODES = {
    "missing_required_argument": "The API framework returns it; it belongs to no operation.",
    "invalid_argument": "The API framework returns it; it belongs to no operation.",
    "invalid_json_body": "The API framework returns it; it belongs to no operation.",
    "route_not_found": "The API framework returns it; it belongs to no operation.",
    "unhandled_exception": "The API framework returns it; it belongs to no operation.",
    "null_value_for_non_null_field": "The API framework returns it; it belongs to no operation.",
    "generic_runtime_error": "The API framework returns it; it belongs to no operation.",
    "zone_not_found": "It belongs to arguments of a build, which are elements of a document here.",
    "virtual_machine_build_not_found": "It may be the code for a build, whose documented code has another form than all others.",
    "operation_not_supported": "It belongs to an operation that is newer than the document.",
}


def listed(seen: str) -> set[Problem]:
    """The problems that are permitted in one place. In recordings, all of them are."""
    return {deviation.problem for deviation in DEVIATIONS if seen == RECORDED_RESPONSES or seen in deviation.seen}
