# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection supports of the API, derived from its code: operations, arguments, fields and error codes.

Intentional differences and omissions are listed here, each with its reason. The contract tests compare all this with
the OpenAPI document of the supported version; the drift report compares it with a newer one.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from document import Document, Leaf, Operation, Schema, leaves, parameter_leaf
from katapult_simulator.endpoints import ENDPOINTS

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import parse
from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import (
    MODULES,
    RESOURCES,
    TASKS,
    WITH_INFO,
    children_of,
)

# The version of the OpenAPI document that the collection supports
VERSION = "2.68.0"

Json = dict[str, t.Any]

_BALANCER, _RULE = RESOURCES["load_balancer"], RESOURCES["load_balancer_rule"]


def paths_of(kind: Resource) -> tuple[str, ...]:
    """The paths of a kind: of one, of those of a parent, of those that exist for all organizations, and of operations."""
    return (kind.path, kind.list_path, *(kind.global_list or ())[:1], *(one.call.path for one in kind.operations))


def _children(kinds: t.Iterable[Resource]) -> list[Resource]:
    return [child for child in map(children_of, kinds) if child]


# The kinds that modules write, with those children that they write; all other kinds are only read
_WITH_MODULE = [kind for name, kind in RESOURCES.items() if name in MODULES and not kind.child_of]
WRITTEN = [*_children(_WITH_MODULE), *_WITH_MODULE]
# The written kinds that are described here by their descriptions; load balancers have peculiarities
_ORDINARY = [kind for kind in _WITH_MODULE if kind is not _BALANCER]
# The kinds that are read with the module of their parent
_READ_WITH_PARENT = _children(WITH_INFO)
# In the order in which their paths are matched: "rules" must not match as the id of a load balancer.
KINDS_IN_USE = [_RULE, *_READ_WITH_PARENT, _BALANCER, *WITH_INFO]
# The path of background tasks, which are read after some writes
TASKS_PATH = "/tasks/task"
PATHS = (*(path for kind in KINDS_IN_USE for path in paths_of(kind)), TASKS_PATH)
# Recorded requests for these kinds are compared with the simulator by translated.py only: it has IDs and addresses of its own.
TRANSLATED = frozenset(
    "virtual_machine_package disk_template network ip_address trash_object virtual_machine_build".split()
)
# Kinds that the simulator takes over from a recording although a module writes them; translated.py compares the writes.
TAKEN_OVER = TRANSLATED | {"virtual_machine"}
# The written kinds whose recorded requests replay.py compares
REPLAYED = [kind for kind in WRITTEN if kind.name not in TAKEN_OVER]
REPLAYED_PATHS = frozenset(path for kind in REPLAYED for path in paths_of(kind))
BALANCER_PATHS = (*paths_of(_RULE), *paths_of(_BALANCER))
WRITTEN_PATHS = frozenset(path for kind in WRITTEN for path in paths_of(kind))


def _known_operations() -> dict[Operation, bool]:
    """The operations of the simulator, by the paths that the modules use; kinds without a module that writes are read.

    Each with whether it is newer than the OpenAPI document of the supported version.
    """
    found = {}
    for path in PATHS:
        matching = [endpoint for endpoint in ENDPOINTS if endpoint.path.fullmatch(path)]
        # Several may match; the simulator uses the first one for each method.
        patterns = {matching[0].path.pattern}
        for endpoint in matching:
            if endpoint.path.pattern in patterns and (endpoint.method == "GET" or path in WRITTEN_PATHS):
                found.setdefault((endpoint.method, path), endpoint.newer)
    return found


_NEWER_BY_OPERATION = _known_operations()
# The operations that the modules use
OPERATIONS = frozenset(_NEWER_BY_OPERATION)
_MACHINE = "/virtual_machines/virtual_machine"
_INTERFACE = "/virtual_machine_network_interfaces/virtual_machine_network_interface"
_ADDRESS = "/ip_addresses/ip_address"
_TRASH = "/trash_objects/trash_object"
_ORGANIZATION = "/organizations/organization"
# The operations about virtual machines, and what belongs to them, that the simulator has, whether a module uses them or not
OF_MACHINES: frozenset[Operation] = frozenset(
    {
        *(("GET", path) for path in (_MACHINE, _MACHINE + "/network_interfaces", _INTERFACE, _TRASH, _ADDRESS)),
        *(("PATCH", path) for path in (_MACHINE, _ADDRESS, _INTERFACE + "/update_speed_profile")),
        *(("DELETE", path) for path in (_MACHINE, _ADDRESS, _TRASH)),
        *(("POST", "%s/%s" % (_MACHINE, of)) for of in ("start", "stop", "shutdown", "reset", "allocate_ip")),
        *(("POST", "%s/%s" % (_INTERFACE, of)) for of in ("allocate_ip", "allocate_new_ip")),
        ("PUT", _MACHINE + "/package"),
        ("POST", _ADDRESS + "/unallocate"),
        ("POST", _TRASH + "/restore"),
        ("POST", _ORGANIZATION + "/virtual_machines/build_from_spec"),
        ("GET", "/virtual_machines/builds/virtual_machine_build"),
        ("POST", _ORGANIZATION + "/ip_addresses"),
        *(
            ("GET", "%s/%s" % (_ORGANIZATION, of))
            for of in ("ip_addresses", "disk_templates", "trash_objects", "policy")
        ),
        *(("GET", "%s/%s" % (_ORGANIZATION, of)) for of in ("available_networks", "network_speed_profiles")),
        ("GET", "/data_centers/data_center/default_network"),
        ("GET", "/networks/network"),
        ("GET", "/disk_templates/disk_template"),
        ("GET", "/virtual_machine_packages"),
        ("GET", "/virtual_machine_packages/virtual_machine_package"),
    }
)
SIMULATED = OPERATIONS | OF_MACHINES
# Those that no module uses, and that are only simulated because recordings contain them, or to be complete
_NOT_SENT = {
    ("PATCH", _INTERFACE + "/update_speed_profile"),
    ("POST", _INTERFACE + "/allocate_new_ip"),
    ("POST", _TRASH + "/restore"),
    ("GET", _ORGANIZATION + "/network_speed_profiles"),
}
SENT = OPERATIONS | (OF_MACHINES - _NOT_SENT)
# In the order in which they are matched: more specific ones first
SIMULATED_PATHS = (
    *sorted(
        {path for _method, path in OF_MACHINES if "/builds/" in path or path.count("/") > 2}, key=len, reverse=True
    ),
    *PATHS,
    *sorted({path for _method, path in OF_MACHINES}.difference(PATHS)),
)
# The operations that the OpenAPI document of the supported version does not have, by the kind that they write
NEWER_KINDS = {
    "certificate": "Until version 3.17, certificates could only be read. There is no published document of that version to"
    " compare these operations with, only recordings; KATAPULT_OPENAPI_NEWER may name one."
}
NEWER_OPERATIONS = frozenset(operation for operation, newer in _NEWER_BY_OPERATION.items() if newer)
# Error codes that are documented for an operation, but not caused by the requests of the modules
NOT_CAUSED = {
    "operating_system_not_found": "The modules do not filter disk templates by their operating system.",
    "policy_not_available_for_managed_organizations": "The modules ignore an error of a policy, which is only a help.",
}
# The operations on load balancers and their rules
BALANCER_OPERATIONS = tuple(sorted(operation for operation in OPERATIONS if operation[1] in BALANCER_PATHS))
# Documented operations on written kinds that neither the modules nor the simulator have
NOT_USED: dict[Operation, str] = {
    ("POST", "/address_lists/address_list/entries/bulk"): (
        "it returns nothing, and it is unknown which entries it removes; the modules write one entry at a time"
    ),
    ("POST", "/organizations/organization/virtual_machines/build"): (
        "it supports fewer properties than build_from_spec, and no recording contains it"
    ),
    ("PUT", "/virtual_machines/virtual_machine/flexible_resources"): (
        "only few organizations may use it, and no recording contains it"
    ),
    ("POST", "/virtual_machines/virtual_machine/console_sessions"): "a console is for people",
    ("GET", "/virtual_machines/virtual_machine/disks"): "disks are another kind, which has no module",
    (
        "GET",
        "/virtual_machines/virtual_machine/disk_backup_policies",
    ): "backup policies are another kind, which has no module",
    (
        "POST",
        "/virtual_machines/virtual_machine/disk_backup_policies",
    ): "backup policies are another kind, which has no module",
    (
        "POST",
        "/virtual_machines/virtual_machine/network_interfaces",
    ): "interfaces are only created with a virtual machine",
    ("GET", "/virtual_machines/virtual_machine/networks/network/interface"): "the list of interfaces contains the same",
}


# The same of operations that are newer than the document
NOT_USED_NEWER: dict[Operation, str] = {
    ("POST", "/certificates/certificate/reset_token"): (
        "it replaces the token in a URL that the modules never return, in every run"
    )
}


def is_of_written(operation: Operation) -> bool:
    """Whether an operation is about a kind that modules write, which its path then names in the plural."""
    return not {kind.plural for kind in WRITTEN}.isdisjoint(operation[1].split("/"))


def operations_of(
    *kinds: Resource, methods: t.Container[str] = ("GET", "POST", "PATCH", "DELETE")
) -> tuple[Operation, ...]:
    """The operations on some kinds that the simulator has."""
    of = {path for kind in kinds for path in paths_of(kind)}
    return tuple(sorted(one for one in OPERATIONS if one[1] in of and one[0] in methods))


def operations_of_all(kind: Resource) -> tuple[Operation, ...]:
    """The operations on those that exist for all organizations."""
    return tuple(("GET", path) for path in (kind.global_list or ())[:1])


# Options and arguments


@dataclass(frozen=True)
class Part:
    """Some options of a module, and the operations whose arguments they mirror.

    Options and arguments are identified by their paths, such as C(weights[].weight).

    :param below: the path prefix of the mirrored arguments, such as C(properties.); empty for all arguments.
    :param renamed: options with another path than their arguments: the argument and the reason.
    :param own: options that mirror no argument, each with its reason.
    :param left_out: arguments that no option mirrors, each with its reason.
    :param narrower: options with a fixed set of values although their arguments permit any, each with its reason.
    """

    name: str
    spec: t.Mapping[str, t.Any]
    operations: tuple[Operation, ...]
    below: str = ""
    renamed: t.Mapping[str, tuple[str, str]] = field(default_factory=dict)
    own: t.Mapping[str, str] = field(default_factory=dict)
    left_out: t.Mapping[str, str] = field(default_factory=dict)
    narrower: t.Mapping[str, str] = field(default_factory=dict)

    @property
    def newer(self) -> bool:
        """Whether all of its operations are newer than the OpenAPI document of the supported version."""
        return NEWER_OPERATIONS.issuperset(self.operations)

    def documented(self, option: str) -> Leaf:
        """The argument that an option must mirror."""
        leaf = self.options[option]
        return Leaf(leaf.type) if option in self.narrower else leaf

    @property
    def options(self) -> dict[str, Leaf]:
        """The options by their paths."""
        return _option_leaves(self.spec)

    def arguments(self, document: Document) -> dict[str, Leaf]:
        """The documented arguments of the operations, by their paths."""
        found: dict[str, Leaf] = {}
        for operation in self.operations:
            of_query = [parameter_leaf(name, schema) for name, schema in document.parameters(operation).items()]
            for path, leaf in [*of_query, *leaves(document.body(operation) or {"properties": {}}).items()]:
                if path.startswith(self.below):
                    path = path.removeprefix(self.below)
                    known = found.get(path, leaf)
                    # If operations have different types for an argument, no option can match it.
                    kind = leaf.type if leaf.type == known.type else "%s or %s" % (known.type, leaf.type)
                    found[path] = Leaf(kind, known.choices | leaf.choices)
        return found

    def mirrored(self, option: str) -> str | None:
        """The argument that an option mirrors, if any."""
        if option in self.own:
            return None
        return self.renamed[option][0] if option in self.renamed else option


_TYPES = {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}


def _option_leaves(spec: t.Mapping[str, t.Any], path: str = "") -> dict[str, Leaf]:
    found: dict[str, Leaf] = {}
    for name, option in spec.items():
        at = path + name + ("[]" if option["type"] == "list" else "")
        if "options" in option:
            found.update(_option_leaves(option["options"], at + "."))
        else:
            kind = option["elements"] if option["type"] == "list" else option["type"]
            found[at] = Leaf(_TYPES.get(kind, kind), frozenset(option.get("choices", ())))
    return found


_OF_THE_CONNECTION = {
    "api_token": "authenticates the client; it is sent in a header",
    "api_url": "is the base URL of the API",
    "api_timeout": "is the timeout of one request",
    "api_retry_timeout": "limits the total time including retries",
    "validate_certs": "controls the verification of TLS certificates",
}
_STATE = {"state": "selects whether the task creates and updates, or deletes"}
_PAGES = dict.fromkeys(("page", "per_page"), "the modules always read all pages")
_CERTIFICATES = {
    "certificates[]": (
        "certificates[].id",
        "the option is a list of ids, the argument a list of objects with only an id",
    )
}


def _within(prefix: str, given: t.Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {prefix + option: (prefix + argument, reason) for option, (argument, reason) in given.items()}


_WEIGHTS_REASON = "is next to properties in a task, like annotations, and within properties in a request"
_LOAD_BALANCER_SPEC = {**CONNECTION_SPEC, **TASKS["load_balancer"].argument_spec}
_RULES_SPEC = TASKS["load_balancer"].argument_spec["rules"]["options"]
_FILTERS = {
    "name": "filters the list in the module: the API has no such filter",
    "full": "selects whether to send one more request for each object, for all its fields",
}
_INCLUDED = {
    "include_rules": "selects whether to read the rules too",
    "include_entries": "selects whether to read the entries too",
    "include_global": "selects whether to read those of Katapult too",
}
_SETS = {
    "purge_rules": "selects whether rules that are not in the task are deleted",
    "allow_no_rules": "permits the task to delete all rules",
    "purge_entries": "selects whether entries that are not in the task are deleted",
    "allow_no_entries": "permits the task to delete all entries",
}
_WORK = {
    "wait": "selects whether to wait for background work",
    "wait_timeout": "limits the time to wait for background work",
}
_LEFT_OUT = {
    "disk_template_info": {
        "include_universal": "the module always asks for all templates: nearly no organization has any of its own",
        "operating_system.id": "results contain it, and can be filtered by it",
    },
    "ip_address": {"allocated": "filters a list; the option of this name takes an address from its virtual machine"},
    "virtual_machine": {
        "virtual_machine.fqdn": "the module identifies a virtual machine by the list, and then by its ID",
        "properties.gpu_type.id": "only few organizations have GPUs",
        "properties.gpu_type.permalink": "only few organizations have GPUs",
    },
}
# The options of the module virtual_machine that are elements of the XML document of a build, which is no argument
_OF_DOCUMENT = (
    "data_center zone package disk_template disk_template_options system_disk_size_in_gb network_interfaces authorized_keys"
).split()
_OF_MACHINES = {
    "ungrouped": "removes the virtual machine from its group, for which the argument is null",
    "properties.group.name": "is resolved to properties.group.id",
    "force": "selects whether to stop the virtual machine instead of shutting it down",
    "shutdown_timeout": "limits the time to wait for a shutdown",
    "allow_restart": "permits the task to stop and start the virtual machine",
    "purge": "selects whether to delete the virtual machine from the trash too",
    "release_ip_addresses": "selects whether to delete its IP addresses too",
    "default_data_center": "is used for a new virtual machine if the task omits properties.data_center",
}


_OF_ADDRESSES = {
    "virtual_machine": "selects the virtual machine that the address is allocated to, with requests of their own",
    "allocated": "selects whether the address is taken from its virtual machine, with a request of its own",
    "force": "permits the task to take the address from a virtual machine",
}
_NOT_WITHIN = "is within properties in a task, as for all modules, and next to them in a request"
_RENAMED = {
    "ip_address": {
        "address": ("ip_address.address", "identifies the IP address of the task"),
        **{
            "properties." + name: (name, _NOT_WITHIN)
            for name in ("vip", "label", "reverse_dns", "version", "network.id", "network.permalink")
        },
    }
}


def _own_of(kind: Resource, spec: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The options of a module that only this module has, and that mirror no argument."""
    if kind.name != "virtual_machine":
        return {"ip_address": _OF_ADDRESSES}.get(kind.name, {})
    of_document = tuple("properties." + name for name in _OF_DOCUMENT)
    leaves_of_document = [path for path in _option_leaves(spec) if path.startswith(of_document)]
    return {**_OF_MACHINES, **dict.fromkeys(leaves_of_document, "is an element of the document of a build")}


_NARROWER = {
    "certificate": {
        "properties.authorization_method": "the API checks the value, of which its type says nothing; no others are known"
    }
}
_NO_ORGANIZATION = dict.fromkeys(
    ("organization.id", "organization.sub_domain"),
    "every module has this option, so that it can be set in module_defaults for all of them",
)


def _part_of(kind: Resource) -> Part:
    """The options of an info module."""
    spec = {**CONNECTION_SPEC, **TASKS[kind.name + "_info"].argument_spec}
    # The list of organizations has no organization argument.
    belongs_to_none = {} if kind.of_organization else _NO_ORGANIZATION
    # Children are read with their parent: the argument of their list is that of the parent.
    lists = tuple(("GET", child.list_path) for child in _children([kind]))
    return Part(
        name=kind.name + "_info",
        spec=spec,
        operations=(*operations_of(kind, methods=("GET",)), *lists),
        renamed={by: ("%s.%s" % (kind.name, by), "identifies the %s of the task" % kind.noun) for by in kind.keys},
        own={
            **_OF_THE_CONNECTION,
            **{name: reason for name, reason in {**_FILTERS, **_INCLUDED}.items() if name in spec},
            **dict.fromkeys(("%s[]" % name for name in kind.filters), _FILTERS["name"]),
            **belongs_to_none,
        },
        left_out={**(_PAGES if kind.paginated else {}), **_LEFT_OUT.get(kind.name + "_info", {})},
    )


def _parts_that_write(kind: Resource) -> t.Iterator[Part]:
    """The options of a module that writes a kind, and those for each of its children."""
    spec = TASKS[kind.name].argument_spec
    children = _children([kind])
    # The list of those that exist for all organizations is only read by the info module.
    operations = tuple(one for one in operations_of(kind) if one not in operations_of_all(kind))
    newer = tuple(one for one in operations if one in NEWER_OPERATIONS)
    elsewhere = {child.set_option for child in children} | ({"properties"} if newer else set())
    by_operations = {one.option: "selects whether to send the request for it" for one in kind.operations}
    own = {**_STATE, **_SETS, **_WORK, **by_operations}
    yield Part(
        name=kind.name,
        spec={**CONNECTION_SPEC, **{name: option for name, option in spec.items() if name not in elsewhere}},
        operations=tuple(one for one in operations if one not in NEWER_OPERATIONS),
        renamed={"id": (kind.name + ".id", "identifies the %s of the task" % kind.noun), **_RENAMED.get(kind.name, {})},
        own={
            **_OF_THE_CONNECTION,
            **{name: reason for name, reason in own.items() if name in spec},
            **_own_of(kind, spec),
        },
        left_out={**(_PAGES if kind.paginated else {}), **_LEFT_OUT.get(kind.name, {})},
    )
    if newer:
        yield Part(
            name="%s, properties" % kind.name,
            spec={"properties": spec["properties"]},
            operations=newer,
            left_out=dict.fromkeys(
                (kind.name + ".id", "organization.id", "organization.sub_domain"),
                "the options for it are compared with the arguments for reading",
            ),
            narrower=_NARROWER.get(kind.name, {}),
        )
    for child in children:
        yield Part(
            name="%s, %s" % (kind.name, child.set_option),
            spec={"properties": {"type": "dict", "options": spec[child.set_option]["options"]}},
            operations=operations_of(child),
            left_out={
                **_PAGES,
                child.name + ".id": "the module finds each %s by its properties" % child.noun,
                kind.name + ".id": "is that of the %s of the task" % kind.noun,
            },
        )


PARTS = (
    Part(
        name="load_balancer",
        spec={name: option for name, option in _LOAD_BALANCER_SPEC.items() if name != "rules"},
        operations=tuple((method, path) for method, path in BALANCER_OPERATIONS if "rules" not in path),
        renamed={
            "id": ("load_balancer.id", "identifies the load balancer of the task"),
            "weights[].virtual_machine_id": ("properties.weights[].virtual_machine_id", _WEIGHTS_REASON),
            "weights[].weight": ("properties.weights[].weight", _WEIGHTS_REASON),
        },
        own={
            **_OF_THE_CONNECTION,
            **_STATE,
            "purge_rules": "selects whether rules that are not in the task are deleted",
            "allow_no_members": "permits the task to remove the last member",
            "default_data_center": "is sent as properties.data_center on creation if the task omits that",
        },
        left_out={
            **_PAGES,
            "load_balancer.api_reference": "properties.api_reference both identifies the load balancer and sets the value",
        },
    ),
    Part(
        name="load_balancer, rules",
        spec=_RULES_SPEC,
        operations=(("POST", _RULE.list_path), ("PATCH", _RULE.path)),
        below="properties.",
        renamed=_CERTIFICATES,
    ),
    Part(
        name="load_balancer_rule",
        spec={**CONNECTION_SPEC, **TASKS["load_balancer_rule"].argument_spec},
        operations=tuple((method, path) for method, path in BALANCER_OPERATIONS if "rules" in path),
        renamed={
            "id": ("load_balancer_rule.id", "identifies the rule of the task"),
            **_within("properties.", _CERTIFICATES),
        },
        own={
            **_OF_THE_CONNECTION,
            **_STATE,
            "organization.id": "is compared with the organization of the load balancer before a write",
            "organization.sub_domain": "is compared with the organization of the load balancer before a write",
        },
        left_out=_PAGES,
    ),
    Part(
        name="load_balancer_info",
        spec={**CONNECTION_SPEC, **TASKS["load_balancer_info"].argument_spec},
        operations=tuple((method, path) for method, path in BALANCER_OPERATIONS if method == "GET"),
        renamed={
            "id": ("load_balancer.id", "identifies the load balancer of the task"),
            "api_reference": ("load_balancer.api_reference", "identifies the load balancer of the task"),
        },
        own={
            **_OF_THE_CONNECTION,
            **_FILTERS,
            "include_rules": "selects whether to read the rules too",
            "include_backend_certificate_key": "selects whether the result contains the private key",
        },
        left_out={**_PAGES, "load_balancer_rule.id": "rules are read with their load balancer"},
    ),
    *(part for kind in _ORDINARY for part in _parts_that_write(kind)),
    *(_part_of(kind) for kind in WITH_INFO),
)

# Fields


@dataclass(frozen=True)
class Shown:
    """One representation of a resource in the API, and how the collection reads it.

    :param path: its path in a response: C(load_balancer), or C(load_balancers[]).
    :param read: converts a whole response to the object in a result.
    :param hidden: fields that are not in a result, including nested ones, each with its reason.
    :param in_list: whether this is the representation in a list, which may contain only some of the fields.
    :param undocumented: fields that only recorded responses have, each with its reason.
    """

    name: str
    operations: tuple[Operation, ...]
    path: str
    fields: tuple[t.Any, ...]
    read: t.Callable[[Json], Json]
    hidden: t.Mapping[str, str] = field(default_factory=dict)
    in_list: bool = False
    undocumented: t.Mapping[str, str] = field(default_factory=dict)

    @property
    def newer(self) -> bool:
        """Whether all of its operations are newer than the OpenAPI document of the supported version."""
        return NEWER_OPERATIONS.issuperset(self.operations)

    def documented(self, document: Document) -> set[str]:
        """The paths of all documented fields, except those of members."""
        found: set[str] = set()
        for operation in self.operations:
            for schema in document.responses(operation).values():
                found |= set(leaves(_without_pages(schema)))
        if self.in_list:  # a response may contain several lists
            found = {path for path in found if path.startswith(self.path + ".")}
        return {self._inner(path) for path in found if not self._inner(path).startswith("resources[]")}

    def shown(self, document: Document) -> set[str]:
        """The paths of the fields in a result: those that are left after reading a response with all fields."""
        found: set[str] = set()
        for operation in self.operations:
            for schema in document.responses(operation).values():
                found |= _paths(self.read(_sample(_without_pages(schema))))
        return found

    def hides(self, path: str) -> bool:
        """Whether a path, or one of its parents, is listed as hidden."""
        return any(is_within(path, hidden) for hidden in self.hidden)

    def _inner(self, path: str) -> str:
        """The path within the object. Fields next to it in a response are treated as fields of the object."""
        return path.removeprefix(self.path + ".")


_NEVER = {"backend_certificate_key": "is a private key; katapult.cloud.load_balancer_info returns it on request"}
_OF_CERTIFICATES = {
    "certificates[].additional_names[]": "belongs to the certificate, not to the rule",
    "certificates[].state": "changes without a request, so that an unchanged rule would be reported as changed",
}

_COUNTRY = "describes the data center, not the resource"
_BILLS = "is billing data"
_IMAGE = "is an image"
_PACKAGE = "is a property of the package; the result contains the actual values of the machine"
# Hidden fields of all kinds except load balancers and their rules, for single resources and lists
_NOT_READ: dict[str, dict[str, str]] = {
    "virtual_machine": {
        "initial_root_password": "is a password",
        "hypervisor": "is internal to Katapult, and missing in recorded responses",
        "gpus": "the result contains gpu_type instead",
        "zone.data_center.country": _COUNTRY,
        **{"package.%s" % name: _PACKAGE for name in ("cpu_cores", "memory_in_gb", "use_dedicated_cpus", "group")},
        **{"package.%s" % name: _PACKAGE for name in ("ipv4_addresses", "storage_in_gb", "privacy", "icon")},
        "package.monthly_bandwidth_allowance_in_gb": _PACKAGE,
        **{"organization.%s" % name: _BILLS for name in ("billing_name", "postcode", "vat_number", "phone_number")},
        **{"organization.address%d" % number: _BILLS for number in range(1, 5)},
        **{"organization.%s" % name: _BILLS for name in ("currency", "country", "country_state")},
        **{
            "organization.%s" % name: "katapult.cloud.organization_info returns it"
            for name in ("infrastructure_domain", "created_at", "activated_at", "suspended", "managed")
        },
        **{
            "group.%s" % name: "katapult.cloud.virtual_machine_group_info returns it"
            for name in ("segregate", "auto_segregate", "created_at")
        },
        "tags[].color": "katapult.cloud.tag_info returns it",
        "tags[].created_at": "katapult.cloud.tag_info returns it",
        **{"gpu_type.%s" % name: "belongs to the GPU type" for name in ("manufacturer", "memory_in_gb", "memory_type")},
        "attached_iso.operating_system": "belongs to the ISO image",
        "ip_addresses[].network": "katapult.cloud.ip_address_info returns it",
        "ip_addresses[].allocation_id": "refers to the machine itself, or its network interface",
        "ip_addresses[].allocation_type": "refers to the machine itself, or its network interface",
    },
    "virtual_machine_package": {"icon": _IMAGE},
    "disk_template": {"operating_system.badge": _IMAGE},
    "network": {"data_center.country": _COUNTRY},
    "ip_address": {"network.data_center.country": _COUNTRY},
    "address_list": {"entries": "are read with the list of the entries, which has pages, if the task asks for them"},
    "certificate": {
        "private_key": "is a private key",
        "certificate_api_url": "is a URL with a token, which gives access to the private key",
    },
    "organization": {
        **dict.fromkeys(("billing_name", "postcode", "vat_number", "phone_number"), _BILLS),
        **{"address%d" % number: _BILLS for number in range(1, 5)},
        **dict.fromkeys(("currency", "country", "country_state"), _BILLS),
    },
}
# Fields that the document lacks
_UNDOCUMENTED = {"ip_address": {"subnet": "Recorded addresses have it since 2026."}}
# Lookups that filter a list, and may be omitted
OPTIONAL_LOOKUPS = {
    (("GET", "/virtual_machine_packages"), "organization"),
    (("GET", "/organizations/organization/disk_templates"), "operating_system"),
}
# Keys that are documented as a list with one entry, but are known to be an object
IN_A_LIST_OF_ONE = ("certificate",)


def _visible(kind: Resource) -> tuple[t.Any, ...]:
    return tuple(field for field in kind.fields if field.shown)


def _shown_of(kind: Resource) -> tuple[Shown, ...]:
    """The representations of a resource: on its own, which is also the answer to a write, and in a list."""
    hidden = _NOT_READ.get(kind.name, {})

    def alone(response: Json) -> Json:
        found = response[kind.name]
        return kind.parse({**response, kind.name: found[0] if isinstance(found, list) else found})

    name = kind.name.replace("_", " ")  # the noun of a child is ambiguous
    writes = operations_of(kind, methods=("POST", "PATCH"))
    newer = tuple(one for one in writes if one in NEWER_OPERATIONS)
    # The answer to a newer write; older operations may show the resource in another way.
    written = Shown(
        name="%s that was written" % name,
        operations=newer,
        path=kind.name,
        fields=_visible(kind),
        read=alone,
        hidden={**hidden, "task": "is background work, for which the module waits"},
    )
    return (
        Shown(
            name=name,
            operations=(("GET", kind.path), *(one for one in writes if one not in NEWER_OPERATIONS)),
            path=kind.name + ("[]" if kind.name in IN_A_LIST_OF_ONE else ""),
            fields=_visible(kind),
            read=alone,
            hidden=hidden,
            undocumented=_UNDOCUMENTED.get(kind.name, {}),
        ),
        Shown(
            name="%s in a list" % name,
            operations=tuple(one for one in operations_of(kind, methods=("GET",)) if one[1] != kind.path),
            path=kind.plural + "[]",
            fields=_visible(kind),
            read=lambda response: kind.parse_row(response[kind.plural][0]),
            hidden={path: reason for path, reason in hidden.items() if path in _HIDDEN_IN_LISTS},
            in_list=True,
            undocumented=_UNDOCUMENTED.get(kind.name, {}),
        ),
        *((written,) if newer else ()),
        *(_shown_too(kind, key, of) for key, of in kind.listed_too.items()),
    )


def _shown_too(kind: Resource, key: str, of: tuple[t.Any, ...]) -> Shown:
    """Another list in the response with the list of a kind."""
    return Shown(
        name="%s next to %s" % (key.replace("_", " "), kind.plural),
        operations=(("GET", kind.list_path),),
        path=key + "[]",
        fields=of,
        read=lambda response: parse(of, response[key][0]),
        in_list=True,
    )


# Those of the hidden fields that lists contain
_HIDDEN_IN_LISTS = ("hypervisor", "zone.data_center.country", "icon")

SHOWN = (
    Shown(
        name="load balancer",
        operations=(("GET", _BALANCER.path), ("POST", _BALANCER.list_path), ("PATCH", _BALANCER.path)),
        path="load_balancer",
        fields=_visible(_BALANCER),
        read=_BALANCER.parse,
        hidden=_NEVER,
    ),
    Shown(
        name="load balancer in a list",
        operations=(("GET", _BALANCER.list_path),),
        path="load_balancers[]",
        fields=_visible(_BALANCER),
        read=lambda response: _BALANCER.parse_row(response["load_balancers"][0]),
        in_list=True,
    ),
    Shown(
        name="rule",
        operations=(("GET", _RULE.path), ("POST", _RULE.list_path), ("PATCH", _RULE.path)),
        path="load_balancer_rule",
        fields=_RULE.fields,
        read=_RULE.parse,
        hidden=_OF_CERTIFICATES,
    ),
    Shown(
        name="rule in a list",
        operations=(("GET", _RULE.list_path),),
        path="load_balancer_rules[]",
        fields=_RULE.fields,
        read=lambda response: _RULE.parse_row(response["load_balancer_rules"][0]),
        in_list=True,
    ),
    *(shown for kind in (*WITH_INFO, *_READ_WITH_PARENT) for shown in _shown_of(kind)),
)


def _without_pages(schema: Schema) -> Schema:
    """The schema of a response without the pagination of a list."""
    properties = {name: of for name, of in schema.get("properties", {}).items() if name != "pagination"}
    return {**schema, "properties": properties}


def _sample(schema: Schema) -> t.Any:
    """A response with all properties of a schema."""
    if "properties" in schema:
        return {name: _sample(of) for name, of in schema["properties"].items()}
    if "items" in schema:
        return [_sample(schema["items"])]
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "number": 1.5, "boolean": True}.get(schema.get("type", ""), "text")


def _paths(value: t.Any, path: str = "") -> set[str]:
    """The paths of all values in a result that are not null."""
    if isinstance(value, dict):
        return {found for name, of in value.items() for found in _paths(of, "%s.%s" % (path, name) if path else name)}
    if isinstance(value, list):
        return {found for item in value for found in _paths(item, path + "[]")}
    return set() if value is None else {path}


def is_within(path: str, of: str) -> bool:
    """Whether a path equals another one or is below it: backend_certificate_key is not below backend_certificate."""
    return path == of or path.startswith((of + ".", of + "["))
