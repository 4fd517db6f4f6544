# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compute the requests that lead from the current to the desired state: dictionaries in, a plan out."""

from __future__ import annotations

import typing as t
from types import MappingProxyType

from .._errors import TaskRefused
from .._schema import fields as schema
from .._schema.fields import TOP_LEVEL, Call, Field, Fixed, Operation, Values, Wait
from .resource import Fault, ParentRef, Resource


class Step(t.NamedTuple):
    """One write."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Values | None = None
    answer: str | None = None  # the key of the object in its response; None if none is required
    waits: tuple[Wait, ...] = ()  # background work after the response
    scope_hint: str = ""  # see :class:`Call`
    again: str = ""  # what another run of the task does after a failure, a sentence; empty if that is safe
    hint: str = ""  # see :class:`Call`
    # for a request that may be sent again: the fields of the resource afterwards. It is not needed if they are already reached.
    reaches: t.Mapping[str, t.Any] | None = None
    unless_busy: bool = False  # whether it is not needed if the resource is busy
    limit: Limit | None = None  # for how long these are waited for; None for as long as for all other work
    once: bool = False  # whether it is only sent again if the resource shows that it had no effect, see allocation.py


class Limit(t.NamedTuple):
    """For how long the effect of a write is waited for, and what follows if it does not occur."""

    seconds: float
    text: str  # what happened if the time is over, a sentence with the resource and the seconds
    advice: str  # how to prevent this, a sentence
    code: str
    otherwise: Step | None = None  # what is executed instead; None to fail


class Plan(t.NamedTuple):
    """The changes that bring a resource to the desired state."""

    before: Values | None  # the current resource, None if it does not exist
    after: Values | None  # the resource afterwards, None if it will not exist
    steps: tuple[Step, ...] = ()  # the writes in between
    wanted: t.Mapping[str, t.Any] = MappingProxyType({})  # the fields that the task sets
    warnings: tuple[str, ...] = ()  # what happened on the way
    with_parent: bool = False  # whether a request for the parent also makes this change
    found_by_lookup: bool = False  # whether it is known from a lookup instead of the response to its creation
    more: t.Mapping[str, t.Any] = MappingProxyType({})  # other return values
    expected: Values | None = None  # the resource after background work that was not waited for, for the diff
    sent_too: t.Mapping[str, t.Any] = MappingProxyType(
        {}
    )  # what a creation sends that the resource does not show, for the diff
    removed: tuple[Values, ...] = ()  # entries of the diff for what is deleted together with it
    ends: str = ""  # what becomes of a resource that is deleted, for the diff


def plan(resource: Resource, state: str, wanted: Values, found: Values | None, parent: ParentRef) -> Plan:
    """Plan how to bring a resource to the desired state, or to delete it; rejected if that is not possible."""
    if state == "absent":
        return _plan_deletion(resource, found)
    return _plan_creation(resource, wanted, parent) if found is None else _plan_change(resource, wanted, found)


def _plan_deletion(resource: Resource, found: Values | None) -> Plan:
    if found is None:
        return Plan(None, None)
    call = resource.delete_call
    # In the query: if a proxy dropped the body of a DELETE, the API would not find the resource, and an existing
    # resource would be treated as deleted.
    query = (("%s[id]" % resource.name, found["id"]),)
    return Plan(found, None, (Step(call.method, call.path, query, None, call.answer, call.waits, call.scope_hint),))


def _alternatives(resource: Resource, field: Field) -> list[str]:
    """The options that set a field that is required to create a resource."""
    names = [resource.field(name).option_path for name in (field.name, field.unless) if name]
    return [*names, *([field.default_option[0]] if field.default_option else [])]


def _plan_creation(resource: Resource, wanted: Values, parent: ParentRef) -> Plan:
    if resource.assigned and resource.assigned[0] in resource.identity:
        raise TaskRefused(
            "There is no %s, or the API token cannot access it. Nothing was created. %s"
            % (resource.text(wanted), resource.assigned[1]),
            "%s_not_found" % resource.name,
        )
    required = [field for field in resource.fields if field.required or field.name in resource.required_too]
    lacking = [
        " or ".join(_alternatives(resource, field))
        for field in required
        if not {field.name, field.unless}.intersection(wanted)
    ]
    if resource.parent is not None and parent is None:
        lacking.insert(0, resource.parent.name)
    if lacking:
        raise TaskRefused(
            "There is no %s, and creating it also requires %s. Nothing was created."
            % (resource.text(wanted), " and ".join(lacking)),
            "missing_for_creation",
        )
    values = {**resource.initial, **wanted}
    nothing = schema.empty(resource.fields)
    after = resource.derive(values, nothing, _merge(resource.fields, values, nothing))
    # An initial value that is empty is that of the API, too.
    empty = [name for name, value in resource.initial.items() if value in ("", []) and values[name] == value]
    names = {field.name for field in resource.fields if field.created and field.name not in empty}
    call = resource.create_call
    body = _creation_body(resource, call, names, values, after)
    if resource.parent is not None:
        body = {resource.parent.name: dict(parent or {}), **body}
    step = Step(call.method, call.path, (), body, call.answer, call.waits, hint=call.hint)
    return Plan(None, after, (step,), wanted, sent_too=schema.creation_view(resource.fields, values))


def _creation_body(resource: Resource, call: Call, names: set[str], values: Values, after: Values) -> Values:
    """The arguments of a creation, without the parent."""
    nothing = schema.empty(resource.fields)
    if call.body is None:
        return schema.request_body(resource.fields, names, values, nothing, after)
    beside = names.intersection(field.name for field in resource.fields if field.option == TOP_LEVEL)
    body = schema.request_body(resource.fields, beside, values, nothing, after)
    return {**call.body(values), **{name: body[name] for name in beside if name in body}}


def _plan_change(resource: Resource, wanted: Values, found: Values) -> Plan:
    different = schema.differing(resource.fields, wanted, found)
    for field in different:
        if is_fixed(resource, field):
            raise _fixed(resource, field, wanted, found)
    reject(resource, found, resource.faults(wanted, found))
    if not different:
        return Plan(found, found, (), wanted)
    names = {field.name for field in different}
    values = wanted
    if names.intersection(resource.together):
        # Values that the task omits are sent unchanged; values that the response omits cannot be sent.
        values = {**{name: found[name] for name in resource.together if found[name] is not None}, **wanted}
        names.update(resource.together)
    after = resource.derive(values, found, _merge(different, values, found))
    steps = _changes(resource, names, values, found, after)
    return Plan(found, resource.forecast(values, found, after), steps, wanted)


def with_operations(resource: Resource, plan_: Plan, asked: t.Mapping[str, str]) -> Plan:
    """A plan with the operations that the options of a task ask for; rejected if one of them is not possible.

    :param plan_: the plan for a resource that exists and is not deleted.
    :param asked: the values of the options.
    """
    found = t.cast(Values, plan_.before)
    wanted = [one for one in resource.operations if one.applies(asked[one.option], found)]
    reject(resource, found, [Fault(fault) for fault in (one.fault(found) for one in wanted) if fault])
    steps = [_operation(resource, one, found) for one in wanted]
    unknown = {name: None for one in wanted for name in one.changes}
    return plan_._replace(steps=(*plan_.steps, *steps), after={**t.cast(Values, plan_.after), **unknown})


def _operation(resource: Resource, operation: Operation, found: Values) -> Step:
    """The request of an operation."""
    call = operation.call
    again = "With %s: %s, running the task again only waits; otherwise, it sends the request again."
    return Step(
        call.method,
        call.path,
        (),
        {resource.name: {"id": found["id"]}},
        call.answer,
        call.waits,
        again=again % (operation.option, operation.choices[0]),
    )


def reject_emptied(what: str, of: str, lost: t.Iterable[str], option: str) -> None:
    """Raise the error for a task that would remove the last of several things without a permission.

    :param what: their name in the task.
    :param of: the resource that has them.
    :param lost: what would be removed.
    :param option: the option that permits it.
    """
    raise TaskRefused(
        "The last of the %s of the %s would be removed (%s). Nothing was changed. Often, the reason is an empty variable. If this"
        " is intended, set %s: true." % (what, of, ", ".join(lost), option),
        "%s_emptied" % what,
    )


def reject(resource: Resource, found: Values, faults: t.Sequence[Fault]) -> None:
    """Raise the error for a task that is invalid for an existing resource, unless there are no faults."""
    if faults:
        said = "; ".join(fault.text for fault in faults)
        raise TaskRefused("Invalid for the %s: %s. Nothing was changed." % (resource.text(found), said), faults[0].code)


def _changes(resource: Resource, names: set[str], values: Values, found: Values, after: Values) -> tuple[Step, ...]:
    """One PATCH for all fields that it can change, and one request for each other field."""
    itself = {resource.name: {"id": found["id"]}}
    apart = [field for field in resource.fields if field.name in names and isinstance(field.change, Call)]
    patched = names.difference(field.name for field in apart)
    body = schema.request_body(resource.fields, patched, values, found, after)
    hint = resource.create_call.hint if patched.intersection(resource.identity) else ""
    steps = [Step("PATCH", resource.path, (), {**itself, **body}, resource.name, hint=hint)] if patched else []
    for field in apart:
        call = t.cast(Call, field.change)
        value = field.type.serialize(values[field.name], found.get(field.name), after.get(field.name))
        body = {**itself, call.argument or field.name: value}
        reaches = {field.name: values[field.name]} if call.method == "PUT" else None
        steps.append(Step(call.method, call.path, (), body, call.answer, call.waits, reaches=reaches))
    return tuple(steps)


def is_fixed(resource: Resource, field: Field) -> bool:
    """Whether a field cannot be changed."""
    return isinstance(field.change, Fixed) or not (resource.can_update or isinstance(field.change, Call))


def _merge(changing: t.Iterable[Field], values: Values, found: Values) -> Values:
    """A resource with the desired values of these fields, without secrets."""
    shown = [field for field in changing if field.name in values and field.shown]
    return {**found, **{field.name: field.type.merge(values[field.name], found.get(field.name)) for field in shown}}


def _fixed(resource: Resource, field: Field, wanted: Values, found: Values) -> TaskRefused:
    there, given = (
        " / ".join(str(part) for part in value.values() if part) if isinstance(value, dict) else str(value)
        for value in map(field.type.diff_value, (found[field.name], wanted[field.name]))
    )
    loss = "; %s" % field.change.loss if isinstance(field.change, Fixed) and field.change.loss else ""
    how = "create another %s with another %s, and delete this one%s"
    how = how % (resource.noun, " and ".join(resource.identity), loss)
    if isinstance(field.change, Fixed) and field.change.instead:
        how = field.change.instead
    if resource.series:  # the new value is another identity
        how = "omit id: the task then creates another %s" % resource.noun
    said = (field.option_path, resource.text(found), there, given, how)
    return TaskRefused(
        "%s of the %s is %s and cannot be changed to %s after creation. Nothing was changed. To use the new value, %s."
        % said,
        "%s_fixed" % field.name,
    )
