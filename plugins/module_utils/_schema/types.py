# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of the fields of resources: how a value is set in a task, parsed, compared, merged and sent.

Parsing never fails: if a response lacks a value, or contains another type than documented, the value is None.
"""

from __future__ import annotations

import re
import typing as t
from types import MappingProxyType

from .._text import visible

Value = t.Any
Item = t.Dict[str, t.Any]


class FieldType(t.NamedTuple):
    """The type of a field. Every function is pure.

    :param parse: converts the value of a response to that of a result; a value of another type becomes None.
    :param spec: the argument spec of an option of this type; empty if the value is read-only.
    :param empty: the value in the result for a resource that does not exist yet.
    :param matches: whether the current value matches the desired value, given (wanted, found).
    :param key: a key that is the same for matching values, to find one among many.
    :param merge: the complete value in the desired state, given (wanted, found).
    :param serialize: the value in a request, given (wanted, found, after).
    :param diff_value: the value in a diff, in a normalized order.
    :param validate: the fault in a given value, for a message; None if there is none.
    :param convert_ids: a given value with other IDs, by (wanted, convert); for a field that refers to other resources.
    :param id_member: the member of the objects in a given value that contains the ID; None if it contains IDs.
    """

    parse: t.Callable[[Value], Value] = lambda value: value
    spec: t.Mapping[str, t.Any] = MappingProxyType({})
    empty: Value = None
    matches: t.Callable[[Value, Value], bool] = lambda wanted, found: bool(wanted == found)
    key: t.Callable[[Value], Value] = lambda value: value
    merge: t.Callable[[Value, Value], Value] = lambda wanted, found: wanted
    serialize: t.Callable[[Value, Value, Value], Value] = lambda wanted, found, after: wanted
    diff_value: t.Callable[[Value], Value] = lambda value: value
    validate: t.Callable[[Value], t.Optional[str]] = lambda value: None
    convert_ids: t.Callable[[Value, t.Callable[[str], str]], Value] = lambda wanted, convert: convert(wanted)
    id_member: str | None = None


def _parse_string(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def validate_string(value: str) -> str | None:
    """The fault in a string: empty, or with white space that is hard to see but affects a comparison."""
    if not value.strip():
        return "is empty"
    if value != value.strip():
        return "begins or ends with white space"
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", value):
        return "contains a line break or another control character"
    if visible(value) != value and not validate_characters(value):
        return "contains an invisible character, such as a zero-width space"
    return validate_characters(value)


def validate_characters(value: str) -> str | None:
    """The fault in a string that may contain all characters that can be encoded."""
    if re.search(r"[\ud800-\udfff]", value):
        return "contains a lone surrogate (half of a character), which cannot be sent"
    return None


def validate_id(value: str) -> str | None:
    """The fault in an ID. Its prefix is not checked, because one kind of resource may have several."""
    if not value.strip():
        return "is empty"
    return None if re.fullmatch(r"[A-Za-z0-9_.-]+", value) else "contains characters that are invalid in an ID"


STRING = FieldType(spec={"type": "str"}, parse=_parse_string, validate=validate_string)
OPTIONAL_STRING = STRING._replace(
    parse=lambda value: _parse_string(value) or None
)  # one without it may have an empty one
REFERENCE = FieldType(
    spec={"type": "str"}, parse=_parse_string
)  # an ID or a name, validated with the kind that it refers to
FREE_STRING = STRING._replace(validate=validate_characters)
# A domain name, or a part of one, is case-insensitive.
DOMAIN_NAME = STRING._replace(
    matches=lambda wanted, found: found is not None and wanted.lower() == found.lower(),
    key=lambda value: value and value.lower(),
)


def choice(*choices: str) -> FieldType:
    """A string with choices, which Ansible checks. The API is case-sensitive."""
    return FieldType(_parse_string, {"type": "str", "choices": list(choices)})


BOOLEAN = FieldType(lambda value: value if isinstance(value, bool) else None, {"type": "bool"}, empty=False)


def _parse_integer(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def integer(smallest: int | None = None, largest: int | None = None) -> FieldType:
    """An integer, optionally in a range."""

    def validate(value: int) -> str | None:
        if isinstance(value, bool):  # in Python, and therefore in Ansible, true is a number
            return "is %s, but must be a whole number" % str(value).lower()
        if smallest is None or (value >= smallest and (largest is None or value <= largest)):
            return None
        allowed = "at least %d" % smallest if largest is None else "from %d to %d" % (smallest, largest)
        return "is %d, but must be %s" % (value, allowed)

    return FieldType(_parse_integer, {"type": "int"}, validate=validate)


def _parse_strings(value: Value) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _lower(values: t.Iterable[str]) -> set[str]:
    return {value.lower() for value in values}


def _validate_each(values: list[str]) -> str | None:
    return next(
        ('contains "%s", which %s' % (one, validate_string(one)) for one in values if validate_string(one)), None
    )


# Domain names, in any order
DOMAIN_NAMES = FieldType(
    _parse_strings,
    {"type": "list", "elements": "str"},
    empty=[],
    matches=lambda wanted, found: _lower(wanted) == _lower(found),
    key=lambda values: values and sorted(_lower(values)),
    diff_value=sorted,
    validate=_validate_each,
)


def objects(value: Value) -> list[Item]:
    """The objects in a list of a response."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _without_repeats(wanted: list[str], found: Value = None, after: Value = None) -> list[str]:
    """Each ID once. An empty one is that of a resource that an earlier task would create: each is another one."""
    return [*dict.fromkeys(filter(None, wanted)), *(one for one in wanted if not one)]


STRINGS = FieldType(_parse_strings, empty=[])  # in a normalized order
ID_SET = FieldType(
    _parse_strings,
    {"type": "list", "elements": "str"},
    empty=[],
    matches=lambda wanted, found: set(wanted) == set(found),
    merge=_without_repeats,
    serialize=_without_repeats,
    diff_value=sorted,
    convert_ids=lambda wanted, convert: [convert(one) for one in wanted],
)


# Names, each once, in any order
NAMES = ID_SET._replace(validate=_validate_each)


def not_an_id(value: str, prefixes: t.Sequence[str]) -> str | None:
    """The fault in a value that should be an ID which begins like one of these; an empty one has its own message."""
    if value.startswith(tuple(prefixes)):
        return "is only the beginning of an ID" if value in prefixes else validate_id(value)
    return value and "is not an ID (%s). To use a name, look up its ID with the lookup plugin katapult.cloud.id" % (
        ", ".join("%s..." % prefix for prefix in prefixes)
    )


def id_set(*prefixes: str) -> FieldType:
    """Resources of several kinds by their IDs, in any order.

    :param prefixes: how the IDs begin.
    """

    def validate(values: list[str]) -> str | None:
        odd = [one for one in values if not_an_id(one, prefixes)]
        return 'contains "%s", which %s' % (odd[0], not_an_id(odd[0], prefixes)) if odd else None

    return ID_SET._replace(validate=validate)


def id_refs(*members: str) -> FieldType:
    """Resources that a task and a request identify by ID; a result contains some more members, all of them strings."""

    def parse(value: Value) -> list[Item]:
        return [{name: _parse_string(item.get(name)) for name in ("id", *members)} for item in objects(value)]

    def merge(wanted: list[str], found: list[Item]) -> list[Item]:
        known = {item["id"]: item for item in found}
        return [known.get(one, {**dict.fromkeys(("id", *members)), "id": one}) for one in _without_repeats(wanted)]

    return ID_SET._replace(
        parse=parse,
        matches=lambda wanted, found: set(wanted) == {item["id"] for item in found},
        merge=merge,
        serialize=lambda wanted, found, after: [{"id": one} for one in _without_repeats(wanted)],
        diff_value=lambda items: sorted(str(item["id"]) for item in items),
    )


def key_values(
    key: str, value: str, of: FieldType, validate_key: t.Callable[[str], str | None] = lambda key: None
) -> FieldType:
    """A list of C({key, value}) objects. Keys that the task omits are kept, so an empty list changes nothing.

    :param key: the name of the member that identifies the objects, a string.
    :param value: the name of the other member, whose values have the type C(of).
    """

    def parse(given: Value) -> list[Item]:
        # Any scalar, regardless of the documentation: a value that is not read here would be lost if another one changes.
        return [
            {key: item[key], value: item.get(value)}
            for item in objects(given)
            if isinstance(item.get(key), str) and not isinstance(item.get(value), (dict, list))
        ]

    def merged(wanted: list[Item], found: list[Item]) -> Item:
        return {item[key]: item[value] for item in (*found, *wanted)}

    def serialize(wanted: list[Item], found: list[Item], after: list[Item]) -> list[Item]:
        # It is unknown whether the API replaces the list or adds to it: send existing entries too, except predicted ones.
        known = merged(wanted, found)
        return [item for item in after if item[key] in known]

    def validate(items: list[Item]) -> str | None:
        seen = set()
        for item in items:
            name = item[key]
            if validate_key(name):
                return 'has a %s "%s", which %s' % (key, name, validate_key(name))
            if of.validate(item[value]):
                return 'has a %s for the %s "%s" that %s' % (value, key, name, of.validate(item[value]))
            if name and name in seen:
                return 'contains the %s "%s" more than once' % (key, name)
            seen.add(name)
        return None

    # no_log is set because Ansible treats any option with "key" in its name as a secret
    options = {key: {"type": "str", "required": True, "no_log": False}, value: {**of.spec, "required": True}}
    return FieldType(
        parse,
        {"type": "list", "elements": "dict", "options": options},
        empty=[],
        matches=lambda wanted, found: merged(wanted, found) == merged([], found),
        merge=lambda wanted, found: [{key: name, value: one} for name, one in merged(wanted, found).items()],
        serialize=serialize,
        diff_value=lambda items: sorted(items, key=lambda item: str(item[key])),
        validate=validate,
        convert_ids=lambda wanted, convert: [{**item, key: convert(item[key])} for item in wanted],
        id_member=key,
    )


ANNOTATIONS = key_values("key", "value", FREE_STRING, validate_string)


def ref_spec(other: str | None) -> Item:
    """The argument spec for an object that is identified by exactly one of its ID and another member.

    :param other: that member; None if there is only the ID.
    """
    if other is None:
        return {"type": "dict", "options": {"id": {"type": "str", "required": True}}}
    return {
        "type": "dict",
        "options": {"id": {"type": "str"}, other: {"type": "str"}},
        "mutually_exclusive": [["id", other]],
        "required_one_of": [["id", other]],
    }


def validate_ref(given: t.Mapping[str, str | None]) -> str | None:
    """The fault in an object that is identified by one of its members. A null member does not identify it."""
    there = without_none(given)
    if not there:
        return "identifies nothing: give one of %s" % ", ".join(sorted(given))
    odd = next((name for name, of in there.items() if validate_string(of)), None)
    return None if odd is None else "contains %s, which %s" % (odd, validate_string(there[odd]))


def with_empty_id_as_none(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A reference, with None for an empty ID: ansible-core 2.18 passes a template that is null as an empty string."""
    return {**given, "id": given["id"] or None}


def without_none(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Only the members that have a value; Ansible sets omitted members to None."""
    return {name: of for name, of in given.items() if of is not None}


def object_ref(*members: str, named_by: str | None = None) -> FieldType:
    """Another resource, of which a result contains some members, all of them strings.

    :param named_by: the member that identifies it in a task, besides its ID; None if it is read-only.
    """
    nothing: Item = dict.fromkeys(members)

    def parse(value: Value) -> Item:
        return {name: _parse_string(value.get(name)) if isinstance(value, dict) else None for name in members}

    return FieldType(
        parse,
        ref_spec(named_by) if named_by else {},
        empty=nothing,
        # A value that a response omits is not a difference.
        matches=lambda wanted, found: all(found[name] in (of, None) for name, of in without_none(wanted).items()),
        merge=lambda wanted, found: {**nothing, **without_none(wanted)},
        serialize=lambda wanted, found, after: without_none(wanted),
        diff_value=without_none,
        validate=validate_ref,
    )
