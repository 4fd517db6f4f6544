# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The fields of a thing, as one table: from it come the options of a module, the request bodies and what a result shows."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._kinds import Kind

Values = t.Dict[str, t.Any]

# Where an option stands in a task, or an argument in a request: among the properties, or beside them
PROPERTIES = "properties"
BESIDE = "beside"


class Field(t.NamedTuple):
    """One field of a thing.

    :param option: where a task gives it; None where only the API writes it.
    :param argument: where a request carries it, where that differs from C(option).
    :param fixed: whether the API takes it at the creation only.
    """

    name: str
    kind: Kind
    option: str | None = None
    argument: str | None = None
    fixed: bool = False

    @property
    def managed(self) -> bool:
        """Whether a task can ask for it."""
        return self.option is not None

    @property
    def spelled(self) -> str:
        """The name of the option as a person writes it."""
        return "properties.%s" % self.name if self.option == PROPERTIES else self.name

    def into(self, request: Values, value: t.Any) -> None:
        """Put a value where a request carries this field."""
        (request[PROPERTIES] if (self.argument or self.option) == PROPERTIES else request)[self.name] = value


Fields = t.Tuple[Field, ...]


def argument_spec(fields: Fields) -> Values:
    """The argument spec of the options that give these fields."""
    properties = {field.name: dict(field.kind.option) for field in fields if field.option == PROPERTIES}
    beside = {field.name: dict(field.kind.option) for field in fields if field.option == BESIDE}
    return {PROPERTIES: {"type": "dict", "options": properties}, **beside}


def given(fields: Fields, params: t.Mapping[str, t.Any]) -> Values:
    """The fields that a task gives. What it leaves out is not there; what it gives as empty is there, and empty."""
    properties = params.get(PROPERTIES) or {}
    values = {
        field.name: (properties if field.option == PROPERTIES else params).get(field.name)
        for field in fields
        if field.managed
    }
    return {name: value for name, value in values.items() if value is not None}


def faults(fields: Fields, wanted: Values) -> list[str]:
    """What is wrong with the given values, each a sentence without its full stop."""
    found = [(field, field.kind.fault(wanted[field.name])) for field in fields if field.name in wanted]
    return ["%s %s" % (field.spelled, fault) for field, fault in found if fault]


def blank(fields: Fields) -> Values:
    """A thing that does not exist yet, with every key that a result shows."""
    return {field.name: field.kind.blank for field in fields}


def read(fields: Fields, answer: t.Mapping[str, t.Any]) -> Values:
    """A thing as the API shows it, with these fields and no others: an answer holds secrets, a result must not."""
    return {field.name: field.kind.read(answer.get(field.name)) for field in fields}


def read_part(fields: Fields, answer: t.Mapping[str, t.Any]) -> Values:
    """A thing as a list shows it: with those of these fields that the list has."""
    return {field.name: field.kind.read(answer[field.name]) for field in fields if field.name in answer}


def in_a_diff(fields: Fields, thing: Values | None) -> Values:
    """What a diff shows of a thing: the fields that a task can ask for, as far as they are known; of nothing, nothing."""
    if thing is None:
        return {}
    return {
        field.name: field.kind.shown(thing[field.name]) for field in fields if field.managed and field.name in thing
    }


def missing(fields: Fields, wanted: Values, thing: Values) -> list[Field]:
    """The fields in which a thing is not as wanted."""
    return [
        field for field in fields if field.name in wanted and not field.kind.same(wanted[field.name], thing[field.name])
    ]


def arguments(fields: Fields, names: t.Container[str], wanted: Values, found: Values, after: Values) -> Values:
    """The part of a request that asks for these fields to be as wanted."""
    request: Values = {PROPERTIES: {}}
    for field in fields:
        if field.name in names and field.name in wanted:
            field.into(request, field.kind.sent(wanted[field.name], found[field.name], after[field.name]))
    return request


def not_shown(fields: Fields, wanted: Values, thing: Values) -> list[str]:
    """A warning for each wanted field that an answer does not show: the API ignores what it does not know, silently."""
    return [
        "Katapult accepted the request, but its answer does not show %s as the task gives it: given %s, shown %s."
        % (field.spelled, wanted[field.name], thing[field.name])
        for field in missing(fields, wanted, thing)
    ]
