# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The types of the fields of resources: how a value is given in a task, parsed, compared, merged and sent.

Parsing never fails: an answer may lack a value, or hold another type than documented, and then the value reads as none.
"""

from __future__ import annotations

import re
import typing as t
from types import MappingProxyType

from ansible_collections.katapult.cloud.plugins.module_utils._text import visible

Value = t.Any


class FieldType(t.NamedTuple):
    """The type of a field. Every function is pure.

    :param parse: the value of an answer as a result shows it; a value of another type reads as none.
    :param spec: the argument spec of an option of this type; empty where only the API writes such a value.
    :param empty: the value of a resource that does not exist yet, as a result shows it.
    :param matches: whether the wanted value holds already, given (wanted, found).
    :param merge: the whole value once the wanted one holds, given (wanted, found).
    :param serialize: what a request carries, given (wanted, found, after).
    :param diff_value: the value in a diff, in an order of its own.
    :param validate: what is wrong with a given value, for a person; None when nothing is.
    """

    parse: t.Callable[[Value], Value] = lambda value: value
    spec: t.Mapping[str, t.Any] = MappingProxyType({})
    empty: Value = None
    matches: t.Callable[[Value, Value], bool] = lambda wanted, found: bool(wanted == found)
    merge: t.Callable[[Value, Value], Value] = lambda wanted, found: wanted
    serialize: t.Callable[[Value, Value, Value], Value] = lambda wanted, found, after: wanted
    diff_value: t.Callable[[Value], Value] = lambda value: value
    validate: t.Callable[[Value], t.Optional[str]] = lambda value: None


# Strings


def _parse_string(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def validate_string(value: str) -> str | None:
    """What is wrong with a text: nothing in it, or white space that the eye misses and a comparison does not."""
    if not value.strip():
        return "is empty"
    if value != value.strip():
        return "begins or ends with white space"
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", value):
        return "holds a line break or another control character"
    if validate_characters(value):
        return validate_characters(value)
    if visible(value) != value:
        return "holds a character that cannot be seen, such as a zero-width space"
    return None


def validate_characters(value: str) -> str | None:
    """What is wrong with a text that may hold anything that can be written."""
    if re.search(r"[\ud800-\udfff]", value):
        return "holds half a character (a surrogate without its other half), which cannot be sent"
    return None


STRING = FieldType(spec={"type": "str"}, parse=_parse_string, validate=validate_string)
FREE_STRING = STRING._replace(validate=validate_characters)
# A name in the domain name system, or a part of one, is the same in upper and lower case.
DOMAIN_NAME = STRING._replace(matches=lambda wanted, found: found is not None and wanted.lower() == found.lower())


def choice(*choices: str) -> FieldType:
    """A text out of a few, which Ansible compares with the choices. The API tells upper and lower case apart."""
    return FieldType(parse=_parse_string, spec={"type": "str", "choices": list(choices)})


# Booleans


def _parse_boolean(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


BOOLEAN = FieldType(spec={"type": "bool"}, parse=_parse_boolean, empty=False)


# Integers


def _parse_integer(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def integer(smallest: int | None = None, largest: int | None = None) -> FieldType:
    """A whole number, in a range if there is one."""

    def validate(value: int) -> str | None:
        if isinstance(value, bool):  # to Python, and so to Ansible, true is a number
            return "is %s, and must be a whole number" % str(value).lower()
        if smallest is None:
            return None
        if value < smallest or (largest is not None and value > largest):
            allowed = "at least %d" % smallest if largest is None else "from %d to %d" % (smallest, largest)
            return "is %d, and must be %s" % (value, allowed)
        return None

    return FieldType(parse=_parse_integer, spec={"type": "int"}, validate=validate)


# Sets of ids


def _parse_strings(value: Value) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _is_same_set(wanted: list[str], found: list[str]) -> bool:
    return set(wanted) == set(found)


def _without_repeats(wanted: list[str], found: Value = None, after: Value = None) -> list[str]:
    return list(dict.fromkeys(wanted))


def validate_id(value: str) -> str | None:
    """What is wrong with an id. Its prefix is not judged: one kind of thing may have several."""
    if not value.strip():
        return "is empty"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", value):
        return "holds characters that no id holds"
    return None


def _validate_ids(value: list[str]) -> str | None:
    return next(('holds "%s", which %s' % (item, validate_id(item)) for item in value if validate_id(item)), None)


ID_SET = FieldType(
    spec={"type": "list", "elements": "str"},
    empty=[],
    parse=_parse_strings,
    matches=_is_same_set,
    merge=_without_repeats,
    serialize=_without_repeats,
    diff_value=sorted,
    validate=_validate_ids,
)


STRINGS = FieldType(_parse_strings, empty=[])  # in an order of their own


# Sets of other resources, identified by their ids


def id_refs(*members: str) -> FieldType:
    """Things that a task and a request name by their ids, and of which a result shows some members more, all texts."""

    def parse(value: Value) -> list[dict[str, str | None]]:
        return [
            {member: _parse_string(item.get(member)) for member in ("id", *members)}
            for item in (value if isinstance(value, list) else [])
            if isinstance(item, dict)
        ]

    def matches(wanted: list[str], found: list[dict[str, str | None]]) -> bool:
        return set(wanted) == {item["id"] for item in found}

    def merge(wanted: list[str], found: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
        shown = {item["id"]: item for item in found}
        return [shown.get(item, {**dict.fromkeys(("id", *members)), "id": item}) for item in _without_repeats(wanted)]

    def serialize(wanted: list[str], found: Value, after: Value) -> list[dict[str, str]]:
        return [{"id": item} for item in _without_repeats(wanted)]

    def diff_value(items: list[dict[str, str | None]]) -> list[str]:
        return sorted(str(item["id"]) for item in items)

    return FieldType(
        parse=parse,
        spec={"type": "list", "elements": "str"},
        empty=[],
        matches=matches,
        merge=merge,
        serialize=serialize,
        diff_value=diff_value,
        validate=_validate_ids,
    )


# Lists of keys and values, of which a task gives some


def key_values(key: str, key_fault: t.Callable[[str], str | None], value: str, of: FieldType) -> FieldType:
    """A list of C({key, value}) objects. What the task does not name stays as it is, so an empty list asks for nothing.

    :param key: the name of the member that tells the objects apart, a text.
    :param key_fault: what is wrong with one.
    :param value: the name of the other member.
    :param of: what sort of value it is.
    """

    def parse(given: Value) -> list[dict[str, t.Any]]:
        return [
            {key: item[key], value: item.get(value)}
            for item in (given if isinstance(given, list) else [])
            if isinstance(item, dict) and isinstance(item.get(key), str)
            # Any scalar, whatever is documented: what is not read here would not survive a change of another one.
            and not isinstance(item.get(value), (dict, list))
        ]

    def named(items: list[dict[str, t.Any]]) -> dict[str, t.Any]:
        return {item[key]: item[value] for item in items}

    def matches(wanted: list[dict[str, t.Any]], found: list[dict[str, t.Any]]) -> bool:
        return {**named(found), **named(wanted)} == named(found)

    def merge(wanted: list[dict[str, t.Any]], found: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        return [{key: name, value: of} for name, of in {**named(found), **named(wanted)}.items()]

    def serialize(
        wanted: list[dict[str, t.Any]], found: list[dict[str, t.Any]], after: list[dict[str, t.Any]]
    ) -> list[dict[str, t.Any]]:
        # Whether the API replaces the list or adds to it is not known; with the rest sent along, both do the same.
        known = {**named(found), **named(wanted)}
        return [item for item in after if item[key] in known]

    def diff_value(items: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        return sorted(items, key=lambda item: item[key])

    def validate(items: list[dict[str, t.Any]]) -> str | None:
        seen = set()
        for item in items:
            name = item[key]
            if key_fault(name):
                return 'has a %s "%s", which %s' % (key, name, key_fault(name))
            if of.validate(item[value]):
                return 'has for the %s "%s" a %s that %s' % (key, name, value, of.validate(item[value]))
            if name in seen:
                return 'names the %s "%s" more than once' % (key, name)
            seen.add(name)
        return None

    return FieldType(
        spec={
            "type": "list",
            "elements": "dict",
            "options": {
                # no_log is said because Ansible takes any option with "key" in its name for a secret
                key: {"type": "str", "required": True, "no_log": False},
                value: {**of.spec, "required": True},
            },
        },
        empty=[],
        parse=parse,
        matches=matches,
        merge=merge,
        serialize=serialize,
        diff_value=diff_value,
        validate=validate,
    )


ANNOTATIONS = key_values("key", validate_string, "value", FREE_STRING)


# Other resources that a resource belongs to or has


def ref_spec(other: str) -> dict[str, t.Any]:
    """The argument spec for naming something by exactly one of its id and another member."""
    return {
        "type": "dict",
        "options": {"id": {"type": "str"}, other: {"type": "str"}},
        "mutually_exclusive": [["id", other]],
        "required_one_of": [["id", other]],
    }


def validate_ref(given: t.Mapping[str, str | None]) -> str | None:
    """What is wrong with something named by one of its members. One that is there but null names nothing."""
    if not without_none(given):
        return "names nothing: give one of %s" % ", ".join(sorted(given))
    return next(
        (
            "has a member %s that %s" % (name, validate_string(of))
            for name, of in given.items()
            if of is not None and validate_string(of)
        ),
        None,
    )


def without_none(given: t.Mapping[str, str | None]) -> dict[str, str]:
    """Only the members that have a value; Ansible fills those that a task leaves out with none."""
    return {name: of for name, of in given.items() if of is not None}


def object_ref(*members: str, named_by: str | None = None) -> FieldType:
    """Another thing, of which a result shows some members, all of them texts.

    :param named_by: the member that names it in a task, beside its id; None where no task names it.
    """

    def parse(value: Value) -> dict[str, str | None]:
        return {member: _parse_string(value.get(member)) if isinstance(value, dict) else None for member in members}

    def matches(wanted: dict[str, str | None], found: dict[str, str | None]) -> bool:
        # What an answer leaves out proves no difference.
        return all(found[name] in (of, None) for name, of in without_none(wanted).items())

    def merge(wanted: dict[str, str | None], found: dict[str, str | None]) -> dict[str, str | None]:
        return {**dict.fromkeys(members), **without_none(wanted)}

    def serialize(wanted: dict[str, str | None], found: Value, after: Value) -> dict[str, str]:
        return without_none(wanted)

    return FieldType(
        parse=parse,
        spec=ref_spec(named_by) if named_by else {},
        empty=dict.fromkeys(members),
        matches=matches,
        merge=merge,
        serialize=serialize,
        diff_value=without_none,
        validate=validate_ref,
    )
