# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a resource, as one table: from it come the options of a module, the request bodies and what a result shows."""

from __future__ import annotations

import typing as t

from .types import STRING, FieldType, objects

Values = t.Dict[str, t.Any]

# Where an option stands in a task, or an argument in a request: among the properties, or beside them
PROPERTIES = "properties"
TOP_LEVEL = "top level"


class Fixed(t.NamedTuple):
    """That the API takes a field at the creation only."""

    loss: str = ""  # what is lost with a resource that is replaced because of it, a sentence's end; nothing for empty


class Wait(t.NamedTuple):
    """Work that goes on after an answer: what has to be read until it has ended."""

    of: str  # what the answer holds, and what is read; an object with an id and with C(field)
    path: str  # where it is read
    field: str
    done: tuple[str, ...]  # the values of C(field) with which it has ended well. Whatever is in neither list goes on
    failed: tuple[str, ...] = ()  # those with which it has failed
    gone: bool = False  # whether it has ended well, too, when it is not there any more


class Call(t.NamedTuple):
    """A write that does not go the usual way."""

    method: str
    path: str
    # what its answer holds, an object with an id; None where it holds nothing that has to be there
    answer: str | None = None
    waits: tuple[Wait, ...] = ()  # what goes on after it, in order


class Field(t.NamedTuple):
    """One field of a resource."""

    name: str
    type: FieldType
    option: str | None = None  # where a task gives it; None where only the API writes it
    argument: str | None = None  # where a request carries it, where that differs from C(option)
    required: bool = False  # whether a creation must give it
    initial: t.Any = None  # what a creation sends if the task gives nothing; None for nothing
    # how it is changed: not at all, by a request of its own, or, for None, together with others by PATCH
    change: Fixed | Call | None = None
    created: bool = True  # whether a creation carries it; otherwise it is changed right after
    secret: bool = (
        False  # whether it is shown to who asks for it only; one that a task gives is never shown, nor compared
    )

    @property
    def managed(self) -> bool:
        """Whether a task can ask for it."""
        return self.option is not None

    @property
    def option_path(self) -> str:
        """The name of the option as a person writes it."""
        return "properties.%s" % self.name if self.option == PROPERTIES else self.name

    def put(self, request: Values, value: t.Any) -> None:
        """Put a value where a request carries this field."""
        (request[PROPERTIES] if (self.argument or self.option) == PROPERTIES else request)[self.name] = value


Fields = t.Tuple[Field, ...]


def strings(*names: str) -> Fields:
    """Fields that hold strings, and that only the API writes."""
    return tuple(Field(name, STRING) for name in names)


def nested(*fields: Field) -> FieldType:
    """An object that a resource has or belongs to; null where there is none."""
    return FieldType(lambda value: parse(fields, value) if isinstance(value, dict) else None)


def nested_list(*fields: Field) -> FieldType:
    """Some objects that a resource has."""
    return FieldType(lambda value: [parse(fields, item) for item in objects(value)], empty=[])


def argument_spec(fields: Fields) -> Values:
    """The argument spec of the options that give these fields."""
    secret = {"no_log": True}
    specs = {field.name: {**field.type.spec, **(secret if field.secret else {})} for field in fields if field.managed}
    properties = {field.name: specs[field.name] for field in fields if field.option == PROPERTIES}
    beside = {field.name: specs[field.name] for field in fields if field.option == TOP_LEVEL}
    return {**({PROPERTIES: {"type": "dict", "options": properties}} if properties else {}), **beside}


def from_params(fields: Fields, params: t.Mapping[str, t.Any]) -> Values:
    """The fields that a task gives. What it leaves out is not there; what it gives as empty is there, and empty."""
    properties = params.get(PROPERTIES) or {}
    managed = [(field.name, properties if field.option == PROPERTIES else params) for field in fields if field.managed]
    return {name: given[name] for name, given in managed if given.get(name) is not None}


def validate(fields: Fields, wanted: Values) -> list[str]:
    """What is wrong with the given values, each a sentence without its full stop."""
    found = [(field, field.type.validate(wanted[field.name])) for field in fields if field.name in wanted]
    return ["%s %s" % (field.option_path, fault) for field, fault in found if fault]


def empty(fields: Fields) -> Values:
    """A resource that does not exist yet, with every key that a result shows."""
    return {field.name: field.type.empty for field in fields if not field.secret}


def parse(fields: Fields, answer: t.Mapping[str, t.Any], secrets: t.Container[str] = ()) -> Values:
    """A resource as the API shows it, with these fields and no others: an answer holds secrets, a result must not.

    :param secrets: the names of the secret fields that somebody asks for.
    """
    shown = [field for field in fields if not field.secret or field.name in secrets]
    return {field.name: field.type.parse(answer.get(field.name)) for field in shown}


def parse_row(fields: Fields, row: t.Mapping[str, t.Any]) -> Values:
    """A resource as a list shows it: with those of these fields that the list has."""
    return {field.name: field.type.parse(row[field.name]) for field in fields if field.name in row and not field.secret}


def diff_view(fields: Fields, thing: Values | None) -> Values:
    """What a diff shows of a resource: the fields that a task can ask for, as far as they are known; of none, nothing."""
    shown = [field for field in fields if field.managed and thing is not None and field.name in thing]
    return {field.name: field.type.diff_value((thing or {})[field.name]) for field in shown}


def differing(fields: Fields, wanted: Values, thing: Values) -> list[Field]:
    """The fields in which a resource is not as wanted. What is never shown is not compared."""
    both = [field for field in fields if field.name in wanted and field.name in thing]
    return [field for field in both if not field.type.matches(wanted[field.name], thing[field.name])]


def request_body(fields: Fields, names: t.Container[str], wanted: Values, found: Values, after: Values) -> Values:
    """The part of a request that asks for these fields to be as wanted."""
    request: Values = {PROPERTIES: {}}
    for field in fields:
        if field.name in names and field.name in wanted:
            field.put(request, field.type.serialize(wanted[field.name], found.get(field.name), after.get(field.name)))
    return request


def unconfirmed(fields: Fields, wanted: Values, thing: Values) -> list[str]:
    """A warning for each wanted field that an answer does not show: the API ignores what it does not know, silently."""
    return [
        "Katapult accepted the request, but its answer does not show %s as the task gives it: given %s, shown %s."
        % (field.option_path, wanted[field.name], thing[field.name])
        for field in differing(fields, wanted, thing)
    ]
