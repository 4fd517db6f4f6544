# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small OpenAPI document of an invented API, generated from exactly what the collection supports."""

from __future__ import annotations

import copy
import typing as t

from document import Document, Leaf, Operation
from known import KINDS_IN_USE, OPERATIONS, PARTS, SHOWN, VERSION, Shown

from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource

Json = dict[str, t.Any]

_INNER = {
    "ip_address": ("id", "address"),
    "data_center": ("id", "name", "permalink"),
    "load_balancer": ("id", "name"),
    "security_group": ("id", "name"),
    "entries[]": ("id", "address", "name"),
    "certificates[]": ("id", "name", "additional_names[]", "state"),
    "annotations[]": ("key", "value"),
    "weights[]": ("virtual_machine_id", "weight"),
    "zone": ("id", "name", "permalink", "data_center.id", "data_center.name", "data_center.permalink"),
    "organization": ("id", "name", "sub_domain"),
    "group": ("id", "name"),
    "package": ("id", "name", "permalink"),
    "gpu_type": ("id", "name", "permalink"),
    "attached_iso": ("id", "name"),
    "tags[]": ("id", "name"),
    "ip_addresses[]": ("id", "address", "address_with_mask", "reverse_dns", "vip", "label"),
    "country": ("id", "name"),
    "network": ("id", "name", "permalink", "default", "data_center.id", "data_center.name", "data_center.permalink"),
    "latest_version": ("id", "number"),
    "operating_system": ("id", "name"),
    "allocation": ("id", "name"),
}
# Nested fields that are no texts
_INNER_TYPES = {"weights[].weight": "integer", "latest_version.number": "integer", "network.default": "boolean"}
_INNER_TYPES["ip_addresses[].vip"] = "boolean"
# Fields next to the object in a response
_BESIDE = ("annotations", "allocation")
_TEXTS = ("additional_names", "tag_names")


# Filters of lists that no option mirrors
_FILTERS = {"disk_template": ("include_universal", "operating_system")}


def _query_parameters(kind: Resource) -> dict[str, tuple[str, ...]]:
    """The parameters of each GET of a kind."""
    parent = kind.parent.name if kind.parent else ""
    filters = ("annotations[]",) if kind.annotated else (*kind.api_filters, *_FILTERS.get(kind.name, ()))
    of_list = (parent, *filters, "page", "per_page") if parent else ()
    everywhere = {kind.global_list[0]: ("page", "per_page")} if kind.global_list else {}
    return {kind.path: (kind.name,), kind.list_path: of_list, **everywhere}


_QUERY_PARAMETERS = {path: names for kind in KINDS_IN_USE for path, names in _query_parameters(kind).items()}
# The fields of rows in lists
_IN_LISTS = (
    "id name api_reference resource_type resource_ids ip_address data_center"
    " listen_port destination_port protocol algorithm certificates check_enabled"
).split()
_TYPES = {"str": "string", "int": "integer", "bool": "boolean"}


def invented() -> Json:
    """The content of the document, which a test may modify."""
    paths: Json = {}
    for operation in sorted(OPERATIONS):
        method, path = operation
        described: Json = {"tags": ["Load balancers"], "responses": {}}
        if method == "GET":
            described["parameters"] = [_parameter(name, leaf) for name, leaf in _arguments(operation).items()]
        else:
            described["requestBody"] = _content(nested(_arguments(operation)))
        for shown in SHOWN:
            if operation in shown.operations:
                described["responses"]["200"] = _content(nested(_fields(shown)))
        described["responses"]["404"] = _content(error("load_balancer_not_found"))
        paths.setdefault(path, {})[method.lower()] = described
    return copy.deepcopy({"openapi": "3.0.2", "info": {"x-katapult-version": VERSION}, "paths": paths})


def document(content: Json) -> Document:
    """The document with this content."""
    return Document(content)


def error(code: str) -> Json:
    """The schema of an error."""
    return {"properties": {"code": {"type": "string", "enum": [code]}, "description": {"type": "string"}}}


def nested(leaves: dict[str, Leaf]) -> Json:
    """The schema with these leaves at their paths."""
    schema: Json = {"properties": {}}
    for path, leaf in leaves.items():
        at = schema
        for step in path.split("."):
            at = at.setdefault("properties", {}).setdefault(step.removesuffix("[]"), {})
            if step.endswith("[]"):
                at["type"] = "array"
                at = at.setdefault("items", {})
        at["type"] = leaf.type
        if leaf.choices:
            at["enum"] = sorted(leaf.choices)
    return schema


def _arguments(operation: Operation) -> dict[str, Leaf]:
    """All arguments of the parts that use an operation; pagination and filters are arguments of lists only."""
    found: dict[str, Leaf] = {}
    for part in PARTS:
        if operation in part.operations and part.name != "load_balancer_info":
            mirrored = {part.mirrored(option): leaf for option, leaf in part.options.items()}
            listed = dict.fromkeys(part.left_out, Leaf("string"))
            ours = {**listed, **{path: leaf for path, leaf in mirrored.items() if path}}
            found |= {part.below + path: leaf for path, leaf in ours.items()}
    if operation[0] == "GET":
        return {path: leaf for path, leaf in found.items() if path.split(".")[0] in _QUERY_PARAMETERS[operation[1]]}
    return {path: leaf for path, leaf in found.items() if "page" not in path}


def _parameter(path: str, leaf: Leaf) -> Json:
    first, *rest = path.split(".")
    schema: Json = {"type": leaf.type}
    return {
        "in": "query",
        "name": first + "".join("[%s]" % step for step in rest),
        "schema": {"type": "array", "items": schema} if "[]" in path else schema,
    }


def _content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def _fields(shown: Shown) -> dict[str, Leaf]:
    found: dict[str, Leaf] = {}
    for field in shown.fields:
        of_balancer = "balancer" in shown.path
        in_list = field.name in _IN_LISTS if of_balancer else field.name not in _BESIDE
        if field.name == "resources" or field.name in shown.undocumented or (shown.in_list and not in_list):
            continue
        option = field.type.spec
        several = "%s[]" % field.name in _INNER or option.get("type") == "list" or field.name in _TEXTS
        name = field.name + ("[]" if several else "")
        inner = _INNER.get(name, ())
        inner = ("id", "name") if name == "certificates[]" and shown.in_list else inner
        prefix = "" if field.name in _BESIDE else shown.path + "."
        for path in ["%s.%s" % (name, of) for of in inner] or [name]:
            kind = _INNER_TYPES.get(path) or _TYPES.get(str(option.get("type")), "string")
            found[prefix + path] = Leaf(kind, frozenset(option.get("choices", ())))
    return {**found, **{"%s.%s" % (shown.path, path): Leaf("string") for path in shown.hidden}}
