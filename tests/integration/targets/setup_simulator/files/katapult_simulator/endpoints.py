# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every path of the API, and what requests to it do: the same for all kinds, according to their tables."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace
from functools import partial

from . import arguments as args
from . import refusals
from .kinds import KINDS
from .kinds.trash_object import in_trash
from .refusals import Refusal
from .rendering import render
from .table import Action, Kind, Lookup
from .world import Token, World

Json = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Call:
    """One authenticated request: the world, its token, its arguments and the path segment."""

    world: World
    token: Token
    arguments: Json
    segment: str

    def can_access(self, resource: t.Any) -> bool:
        """Whether an object exists for the token. An object that belongs to no organization exists for every token."""
        organization = getattr(resource, "organization", None)
        return organization is None or self.token.organizations is None or organization in self.token.organizations


@dataclass(frozen=True)
class Endpoint:
    """One path and method: the scopes that it requires, and what it does.

    :param scopes: of which a token needs one; empty if every token is permitted.
    :param newer: whether the documented version of the API does not have it.
    """

    method: str
    path: t.Pattern[str]
    scopes: tuple[str, ...]
    act: t.Callable[[Call], tuple[int, Json]]
    newer: bool = False


# Finding the object of a request


def _requested(kind: Kind, call: Call) -> t.Any:
    """The object that a request identifies, by an argument or in its path."""
    return _find(kind, call, args.looked_up(call.arguments, kind.name, call.segment, kind.lookup))


def _find(kind: Kind, call: Call, named: Json) -> t.Any:
    """The object that one member of a lookup identifies, unless requests for it are rejected."""
    ((by, value),) = named.items()
    resources = call.world.objects[kind.plural]
    if by == "id":
        found = [resources[value]] if value in resources else []
    else:
        found = [resource for resource in resources.values() if kind.value(call.world, resource, by) == value]
    for resource in filter(call.can_access, found):
        if getattr(resource, "trashed", False):
            if by == "fqdn" and not call.world.assumptions.found_in_trash_by_fqdn:
                continue
            raise in_trash(call.world, resource.id, kind.type_name)
        refusal = kind.refuse(resource)
        if refusal:
            raise refusal
        return resource
    kind.missed(call.world, named)
    raise refusals.not_found(kind.name, kind.missing)


# Reading


def _list(kind: Kind, call: Call) -> tuple[int, Json]:
    found: t.Iterable[t.Any] = call.world.objects[kind.plural].values()
    parent = None
    # A list that is not below its parent may be requested without one.
    if kind.parent and ("*" in kind.list_path or not kind.list_path or kind.parent.name in call.arguments):
        parent = _requested(kind.parent, call)
    if kind.in_list:
        found = [resource for resource in found if kind.in_list(call.world, resource, parent, call.arguments)]
    elif kind.parent and parent:
        found = [resource for resource in found if getattr(resource, kind.parent.name) == parent.id]
    answer = _listed(kind, call, found)
    kind.missed(call.world, {})
    return answer


def _list_global(kind: Kind, call: Call) -> tuple[int, Json]:
    return _listed(kind, call, [one for one in call.world.objects[kind.plural].values() if one.organization is None])


def _listed(kind: Kind, call: Call, found: t.Iterable[t.Any]) -> tuple[int, Json]:
    found = [resource for resource in found if call.can_access(resource) and not getattr(resource, "trashed", False)]
    if kind.annotated:
        wanted = args.annotations_of(call.arguments)
        found = [resource for resource in found if args.has_all(resource.annotations, wanted)]
    if kind.sort_by:
        found.sort(key=lambda resource: str(getattr(resource, kind.sort_by)))
    document: Json = {}
    if kind.paginated:
        number, size = args.page_of(call.arguments, call.world.assumptions.largest_page)
        pages = {"current_page": number, "total_pages": -(-len(found) // size), "total": len(found)}
        document["pagination"] = {**pages, "per_page": size, "large_set": False}
        found = found[(number - 1) * size : number * size]
    return 200, {**document, kind.plural: [render(call.world, kind, resource, kind.list_fields) for resource in found]}


def _read(kind: Kind, call: Call) -> tuple[int, Json]:
    resource = _requested(kind, call)
    kind.look(call.world, resource)
    return 200, {**_document(kind, call, resource), **kind.read_beside(call.world, resource)}


def _document(kind: Kind, call: Call, resource: t.Any) -> Json:
    document: Json = {kind.name: render(call.world, kind, resource, kind.fields)}
    if kind.annotated:
        document["annotations"] = [{"key": key, "value": value} for key, value in resource.annotations.items()]
    return document


# Writing


def _create(kind: Kind, call: Call) -> tuple[int, Json]:
    parent_kind = t.cast(Kind, kind.parent)
    given = _properties(kind, call, () if kind.within_properties else kind.required)
    parent = _requested(parent_kind, call)
    _authorize(kind, call, parent)
    _refuse("resource_creation_restricted", parent.restricted if kind.limited else ())
    _resolve_lookups(kind.arguments, call, given)
    _refuse("validation_error", [_blank_error(kind, name) for name in kind.required if given.get(name) in (None, "")])
    own = {"id": call.world.new_id(kind.prefix), parent_kind.name: parent.id}
    assigned = kind.assigned(call.world, given)
    resource = kind.model(**{**own, **assigned, **_stored(kind, call.world, None, given)})
    _refuse("validation_error", kind.validate(call.world, resource, given))
    call.world.objects[kind.plural][resource.id] = resource
    kind.effect(call.world, resource, given)
    if kind.created:
        return kind.created_status, kind.created(call.world, resource)
    beside = kind.beside(call.world, resource)
    return kind.created_status, {**_document(kind, call, resource), **beside}


def _act(action: Action, kind: Kind, call: Call) -> tuple[int, Json]:
    given = args.structure(action.arguments, action.required)(call.arguments, ())
    resource = _requested(action.of or kind, call)
    if action.method != "GET":
        _authorize(kind, call, resource)
    _resolve_lookups(action.arguments, call, given)
    beside = action.act(call.world, resource, given)
    return 200, {**(_document(kind, call, resource) if action.shows else {}), **beside}


def _update(kind: Kind, call: Call) -> tuple[int, Json]:
    given = _properties(kind, call)
    resource = _requested(kind, call)
    _authorize(kind, call, resource)
    _resolve_lookups(kind.arguments, call, given)
    given = {name: value for name, value in given.items() if name not in kind.create_only}
    changed = replace(resource, **_stored(kind, call.world, resource, given))
    errors = kind.validate(call.world, changed, given)
    if errors:
        vars(resource).update({name: given[name] for name in kind.kept_if_refused if name in given})
    _refuse("validation_error", errors)
    vars(resource).update(vars(changed))  # all of it or nothing
    kind.effect(call.world, resource, given)
    return 200, _document(kind, call, resource)


def _delete(kind: Kind, call: Call) -> tuple[int, Json]:
    resource = _requested(kind, call)
    _authorize(kind, call, resource)
    _refuse("deletion_restricted", kind.in_use(call.world, resource))
    if kind.remove:
        return 200, kind.remove(call.world, resource)
    document: Json = {"deleted": True}
    if kind.deleted_fields:
        document = {kind.name: render(call.world, kind, resource, kind.deleted_fields)}
    del call.world.objects[kind.plural][resource.id]
    for child in (child for child in KINDS if child.parent is kind):
        resources = call.world.objects[child.plural]
        for key in [key for key, one in resources.items() if getattr(one, kind.name) == resource.id]:
            del resources[key]
    return 200, document


def _properties(kind: Kind, call: Call, required: t.Sequence[str] = ()) -> Json:
    """The properties of a write, parsed, with the annotations next to them, if any."""
    parser = args.structure(kind.arguments, required)
    if kind.within_properties:
        given = args.required(call.arguments, "properties", parser)
    else:
        given = parser(call.arguments, ())
    if kind.annotated:
        annotations = args.PAIRS(call.arguments.get("annotations") or [], ("annotations",))
        given.update({"annotations": annotations} if annotations else {})
    return t.cast(Json, given)


def _authorize(kind: Kind, call: Call, resource: t.Any) -> None:
    if not call.token.may_write or getattr(resource, "organization", "") is None:
        what = kind.write_scope.replace("_", " ")
        raise Refusal("permission_denied", details="The user of this token is not permitted to manage %s" % what)


def _resolve_lookups(arguments: t.Mapping[str, args.Parser], call: Call, given: Json) -> None:
    """Replace the arguments that identify other objects with their IDs."""
    for name, parser in arguments.items():
        if isinstance(parser, Lookup) and given.get(name) is not None:
            given[name] = _find(parser.kind, call, given[name]).id


def _blank_error(kind: Kind, name: str) -> str:
    text = "%s must exist" if isinstance(kind.arguments[name], Lookup) else "%s can't be blank"
    return text % name.capitalize().replace("_", " ")


def _stored(kind: Kind, world: World, resource: t.Any, given: Json) -> Json:
    """The stored form of the properties of a write: lists of pairs as mappings, merged with the previous ones if configured."""
    stored = {
        name: value for name, value in kind.normalized(world, resource, given).items() if name not in kind.not_stored
    }
    for name, (key, value) in {**kind.pairs, "annotations": ("key", "value")}.items():
        if name in given:
            there = {} if resource is None or world.assumptions.pairs_replace else getattr(resource, name)
            stored[name] = {**there, **{pair[key]: pair.get(value) for pair in given[name]}}
    return stored


def _refuse(code: str, errors: t.Sequence[str]) -> None:
    if errors:
        raise Refusal(code, errors=list(errors))


# Paths


_ACTIONS = {
    "list global": _list_global,
    "read": _read,
    "update": _update,
    "delete": _delete,
    "list": _list,
    "create": _create,
}


def endpoints_of(kind: Kind) -> t.Iterator[Endpoint]:
    for action, method, path in kind.routes():
        pattern = re.compile(path.replace("*", r"(?P<segment>[^/]+)"))
        other = kind.actions.get(action)
        act = partial(partial(_act, other) if other else _ACTIONS[action], kind)
        scopes = kind.scopes(method) if other is None or other.scopes is None else other.scopes
        yield Endpoint(method, pattern, scopes, act, kind.newer and method != "GET")


# The first one that matches a request handles it.
ENDPOINTS = tuple(endpoint for kind in KINDS for endpoint in endpoints_of(kind))
