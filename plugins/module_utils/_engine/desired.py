# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a module that manages one kind of resource, and the desired state of one task."""

from __future__ import annotations

import typing as t

from .._errors import ORGANIZATION_OPTION, invalid_options
from .._schema import fields as schema
from .._schema.fields import PROPERTIES, Values
from .._schema.types import integer, ref_spec, validate_id, validate_ref, with_empty_id_as_none, without_none
from . import lifecycle
from .lifecycle import PowerOptions, TrashOptions
from .names import Names
from .resource import Parent, ParentRef, Resource
from .task import Omitted, omitted

_SECONDS = integer(1)

Params = t.Mapping[str, t.Any]


class Wanted(t.NamedTuple):
    """The desired state of a task."""

    state: str
    id: str | None
    fields: Values  # only the fields that it sets
    organization: ParentRef  # the identifier of the organization; None if it is not set
    parent: ParentRef  # that of the parent, which can be the organization; None if it is not set
    children: list[Values] | None = None  # the fields of each child that it sets; None if children are omitted
    purge: bool = False
    permitted: t.Collection[str] = ()  # the options that permit to make a value empty
    defaults: Values = {}  # the fields that a creation sets if the task omits them
    part: Values = {}  # the fields of a part of the resource, if it manages only that
    operations: t.Mapping[str, str] = {}  # the values of the options for operations
    ignored: t.Sequence[str] = ()  # the fields that the task sets without effect
    wait: float | None = None  # seconds to wait for background work after a response; None to not wait
    patience: float = 0.0  # seconds to wait for background work that must end before the next request
    power: PowerOptions = PowerOptions()
    trash: TrashOptions = TrashOptions()


def reference(option: str, params: Params, check_mode: bool) -> tuple[Values, list[str]]:
    """The identifier of the resource that a task refers to, and the faults in it.

    In check mode, it may be empty: the ID of a resource that an earlier task would create is null.
    """
    given = with_empty_id_as_none(params[option])
    ref = without_none(given)
    fault = validate_ref(given) if ref or not check_mode else None
    return ref, ["%s %s" % (option, fault)] if fault else []


def _set_options(kind: Resource) -> Values:
    """The argument spec of the options of the parent's module that set all children of a kind."""
    spec = schema.argument_spec(kind.fields)
    given = {**spec.pop(PROPERTIES, {"options": {}})["options"], **spec}
    # Without an identity, each is described completely.
    required = kind.identity or [field.name for field in kind.fields if field.required]
    options = {name: {**one, "required": True} if name in required else one for name, one in given.items()}
    parent = t.cast(Parent, kind.parent)
    return {
        kind.set_option: {"type": "list", "elements": "dict", "options": options},
        "purge_%s" % kind.set_option: {"type": "bool", "default": parent.purges},
        **({parent.emptied_by: {"type": "bool", "default": False}} if parent.emptied_by else {}),
    }


def argument_spec(resource: Resource, children: Resource | None) -> Values:
    """The argument spec of the module, without the options that all modules share.

    :param children: the kind of the children that the module also manages as a set, if any.
    """
    parent = resource.child_of
    waiting = {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": resource.wait_timeout},
    }
    return {
        **({parent.name: {**ref_spec(next(iter(parent.keys[1:]), None)), "required": True}} if parent else {}),
        "id": {"type": "str"},
        "state": {"type": "str", "choices": lifecycle.states(resource), "default": "present"},
        **schema.argument_spec(resource.fields),
        **(_set_options(children) if children else {}),
        **{
            one.option: {"type": "str", "choices": list(one.choices), "default": one.choices[0]}
            for one in resource.operations
        },
        **(waiting if resource.waits else {}),
        **lifecycle.argument_spec(resource),
        **_placement_spec(resource),
    }


def _placement_spec(resource: Resource) -> Values:
    """The argument spec of the option that says what the resource is allocated to: null is not the same as omitted."""
    return {resource.allocation.to: {"type": "str", "fallback": (omitted, [])}} if resource.allocation else {}


def _with_placement(resource: Resource, params: Params) -> Params:
    """The options of a task, with an empty ID if that option is null, such as the ID of one that check mode predicts."""
    if resource.allocation is None:
        return params
    option = resource.allocation.to
    given = params[option]
    return {**params, option: None if isinstance(given, Omitted) else given or ""}


def from_params(
    resource: Resource, children_kind: Resource | None, params: Params, organization: ParentRef, names: Names
) -> Wanted:
    """The desired state of a task, from its checked options.

    :param children_kind: the kind of the children that the module also manages as a set, if any.
    :raises TaskRefused: the options are invalid; nothing was sent.
    """
    params = _with_placement(resource, params)
    fields, ignored = _fields(resource, params)
    parent, faults = organization, _faults(resource, fields, params, organization, names)
    if resource.child_of:
        parent, reference_faults = reference(resource.child_of.name, params, names.client.read_only)
        faults = reference_faults + faults
    children, permitted = None, schema.permitted(resource.fields, params)
    if children_kind:
        children = _children(children_kind, params)
        permission = t.cast(Parent, children_kind.parent).emptied_by
        permitted += [permission] if permission and params[permission] else []
    permitted += lifecycle.permitted(resource, params)
    if children_kind and children is not None:
        from .collection import Collection  # only for a task that sets children: a module compiles its imports

        faults += Collection(children_kind).validate(children, names.faults)
        faults += Collection(children_kind).conflicts(children, fields, resource.fields)
    if faults:
        raise invalid_options(*faults)
    return Wanted(
        "absent" if params["state"] == "absent" else "present",
        params["id"],
        fields,
        organization,
        parent,
        children,
        purge=bool(children_kind and params["purge_%s" % children_kind.set_option]),
        permitted=permitted,
        defaults=schema.defaults_from_params(resource.fields, params),
        operations={one.option: params[one.option] for one in resource.operations},
        ignored=ignored,
        wait=params["wait_timeout"] if params.get("wait") else None,
        patience=params.get("wait_timeout", 0),
        power=lifecycle.power_options(resource, params),
        trash=lifecycle.trash_options(resource, params, fields),
    )


def _fields(resource: Resource, params: Params) -> tuple[Values, list[str]]:
    """The fields that a task sets, and those that it sets without effect."""
    fields = schema.from_params(resource.fields, params)
    ignored = [name for name in resource.ignored if fields.pop(name, None)]
    if params["id"] is None:  # an omitted part of the identity has its initial value
        initial = {name: resource.field(name).initial for name in resource.identity}
        fields = {**{name: value for name, value in initial.items() if value is not None}, **fields}
    return fields, ignored


def _children(kind: Resource, params: Params) -> list[Values] | None:
    given = params[kind.set_option]
    return None if given is None else [without_none(one) for one in given]


def _faults(resource: Resource, fields: Values, params: Params, organization: ParentRef, names: Names) -> list[str]:
    """The faults in the options, without those of children and of the parent; each is a sentence without a period."""
    identifier = params["id"]
    faults = [*names.faults(resource.fields, fields), *schema.validate(resource.fields, fields)]
    faults += schema.validate_defaults(resource.fields, params)
    faults += schema.contradictions(resource.fields, params)
    if params["state"] != "absent":
        faults += [fault.text for fault in resource.faults(fields, None)]
    if identifier is not None and validate_id(identifier):
        faults.insert(0, 'id "%s" %s' % (identifier, validate_id(identifier)))
    if identifier is None and any(name not in fields for name in resource.identity):
        faults.append(
            "one of %s is required: otherwise, the next run could not identify the %s, and would create another one"
            % (_identifying(resource), resource.noun)
        )
    faults += [
        fault
        for fault in (one.fault(fields) for one in resource.operations if params[one.option] != one.choices[0])
        if fault is not None
    ]
    by_key = resource.lookup_key is not None and (not resource.qualified or identifier is not None)
    if resource.of_organization and organization is None and not by_key:
        faults.append("%s is required to find %s" % (ORGANIZATION_OPTION, resource.with_article))
    faults += lifecycle.faults(resource, params)
    # Without waiting, some kinds still wait for what the next request requires.
    if (params.get("wait") or resource.power) and _SECONDS.validate(params["wait_timeout"]):
        faults.append("wait_timeout %s" % _SECONDS.validate(params["wait_timeout"]))
    return faults


def _identifying(resource: Resource) -> str:
    """The options that identify a resource, and their alternatives."""
    needed = [name for name in resource.identity if resource.field(name).initial is None]
    groups = ["id", *(resource.options(names, " with ") for names in resource.identities or (needed,))]
    return "%s and %s" % (", ".join(groups[:-1]), groups[-1])
