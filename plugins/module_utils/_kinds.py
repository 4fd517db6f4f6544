# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The kinds of values that things of the API have: how one is given in a task, read, compared, changed and sent.

Reading never fails: an answer may lack a value, or hold another type than documented, and then the value reads as none.
"""

from __future__ import annotations

import re
import typing as t
from types import MappingProxyType

from ansible_collections.katapult.cloud.plugins.module_utils._text import visible

Value = t.Any


# What is the same for most kinds


def _equal(wanted: Value, found: Value) -> bool:
    return wanted == found


def _wanted_after(wanted: Value, found: Value) -> Value:
    return wanted


def _wanted_sent(wanted: Value, found: Value, after: Value) -> Value:
    return wanted


def _as_it_is(value: Value) -> Value:
    return value


def _no_fault(value: Value) -> None:
    return None


class Kind(t.NamedTuple):
    """One kind of value.

    :param read: the value of an answer, as a result shows it.
    :param option: the argument spec of an option of this kind; empty where only the API writes such a value.
    :param blank: the value of a thing that does not exist yet, as a result shows it.
    :param same: whether what is wanted holds already, given (wanted, found).
    :param after: the whole value once what is wanted holds, given (wanted, found).
    :param sent: what to put into the request, given (wanted, found, after).
    :param shown: the value in a diff, in an order of its own.
    :param fault: what is wrong with a given value, for a person; None when nothing is.
    """

    read: t.Callable[[Value], Value]
    option: t.Mapping[str, t.Any] = MappingProxyType({})
    blank: Value = None
    same: t.Callable[[Value, Value], bool] = _equal
    after: t.Callable[[Value, Value], Value] = _wanted_after
    sent: t.Callable[[Value, Value, Value], Value] = _wanted_sent
    shown: t.Callable[[Value], Value] = _as_it_is
    fault: t.Callable[[Value], str | None] = _no_fault


# Texts


def _read_text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def text_fault(value: str) -> str | None:
    """What is wrong with a text: nothing in it, or white space that the eye misses and a comparison does not."""
    if not value.strip():
        return "is empty"
    if value != value.strip():
        return "begins or ends with white space"
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", value):
        return "holds a line break or another control character"
    if surrogate_fault(value):
        return surrogate_fault(value)
    if visible(value) != value:
        return "holds a character that cannot be seen, such as a zero-width space"
    return None


def surrogate_fault(value: str) -> str | None:
    """What is wrong with a text that may hold anything that can be written."""
    if re.search(r"[\ud800-\udfff]", value):
        return "holds half a character (a surrogate without its other half), which cannot be sent"
    return None


TEXT = Kind(
    option={"type": "str"},
    read=_read_text,
    fault=text_fault,
)
FREE_TEXT = Kind(
    option={"type": "str"},
    read=_read_text,
    fault=surrogate_fault,
)


def choice(*choices: str) -> Kind:
    """A text out of a few, which Ansible compares with the choices. The API tells upper and lower case apart."""
    return Kind(read=_read_text, option={"type": "str", "choices": list(choices)})


# Flags


def _read_flag(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


FLAG = Kind(
    option={"type": "bool"},
    blank=False,
    read=_read_flag,
)


# Numbers


def _read_number(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(smallest: int | None = None, largest: int | None = None) -> Kind:
    """A whole number, in a range if there is one."""

    def fault(value: int) -> str | None:
        if isinstance(value, bool):  # to Python, and so to Ansible, true is a number
            return "is %s, and must be a whole number" % str(value).lower()
        if smallest is None:
            return None
        if value < smallest or (largest is not None and value > largest):
            allowed = "at least %d" % smallest if largest is None else "from %d to %d" % (smallest, largest)
            return "is %d, and must be %s" % (value, allowed)
        return None

    return Kind(read=_read_number, option={"type": "int"}, fault=fault)


# Sets of ids


def _read_ids(value: Value) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _same_set(wanted: list[str], found: list[str]) -> bool:
    return set(wanted) == set(found)


def _without_repeats(wanted: list[str], found: Value = None, after: Value = None) -> list[str]:
    return list(dict.fromkeys(wanted))


def id_fault(value: str) -> str | None:
    """What is wrong with an id. Its prefix is not judged: one kind of thing may have several."""
    if not value.strip():
        return "is empty"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", value):
        return "holds characters that no id holds"
    return None


def _ids_fault(value: list[str]) -> str | None:
    return next(('holds "%s", which %s' % (item, id_fault(item)) for item in value if id_fault(item)), None)


ID_SET = Kind(
    option={"type": "list", "elements": "str"},
    blank=[],
    read=_read_ids,
    same=_same_set,
    after=_without_repeats,
    sent=_without_repeats,
    shown=sorted,
    fault=_ids_fault,
)


# Sets of other things, named by their ids


def id_references(*members: str) -> Kind:
    """Things that a task and a request name by their ids, and of which a result shows some members more, all texts."""

    def read(value: Value) -> list[dict[str, str | None]]:
        return [
            {member: _read_text(item.get(member)) for member in ("id", *members)}
            for item in (value if isinstance(value, list) else [])
            if isinstance(item, dict)
        ]

    def same(wanted: list[str], found: list[dict[str, str | None]]) -> bool:
        return set(wanted) == {item["id"] for item in found}

    def after(wanted: list[str], found: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
        shown = {item["id"]: item for item in found}
        return [shown.get(item, {**dict.fromkeys(("id", *members)), "id": item}) for item in _without_repeats(wanted)]

    def sent(wanted: list[str], found: Value, after: Value) -> list[dict[str, str]]:
        return [{"id": item} for item in _without_repeats(wanted)]

    def shown(items: list[dict[str, str | None]]) -> list[str]:
        return sorted(str(item["id"]) for item in items)

    return Kind(
        read=read,
        option={"type": "list", "elements": "str"},
        blank=[],
        same=same,
        after=after,
        sent=sent,
        shown=shown,
        fault=_ids_fault,
    )


# Lists of pairs, of which a task names some


def pairs(key: str, key_fault: t.Callable[[str], str | None], value: str, of: Kind) -> Kind:
    """A list of C({key, value}) objects. What the task does not name stays as it is, so an empty list asks for nothing.

    :param key: the name of the member that tells the objects apart, a text.
    :param key_fault: what is wrong with one.
    :param value: the name of the other member.
    :param of: what sort of value it is.
    """

    def read(given: Value) -> list[dict[str, t.Any]]:
        return [
            {key: item[key], value: item.get(value)}
            for item in (given if isinstance(given, list) else [])
            if isinstance(item, dict) and isinstance(item.get(key), str)
            # Any scalar, whatever is documented: what is not read here would not survive a change of another one.
            and not isinstance(item.get(value), (dict, list))
        ]

    def named(items: list[dict[str, t.Any]]) -> dict[str, t.Any]:
        return {item[key]: item[value] for item in items}

    def same(wanted: list[dict[str, t.Any]], found: list[dict[str, t.Any]]) -> bool:
        return {**named(found), **named(wanted)} == named(found)

    def after(wanted: list[dict[str, t.Any]], found: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        return [{key: name, value: of} for name, of in {**named(found), **named(wanted)}.items()]

    def sent(
        wanted: list[dict[str, t.Any]], found: list[dict[str, t.Any]], after: list[dict[str, t.Any]]
    ) -> list[dict[str, t.Any]]:
        # Whether the API replaces the list or adds to it is not known; with the rest sent along, both do the same.
        known = {**named(found), **named(wanted)}
        return [item for item in after if item[key] in known]

    def shown(items: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        return sorted(items, key=lambda item: item[key])

    def fault(items: list[dict[str, t.Any]]) -> str | None:
        seen = set()
        for item in items:
            name = item[key]
            if key_fault(name):
                return 'has a %s "%s", which %s' % (key, name, key_fault(name))
            if of.fault(item[value]):
                return 'has for the %s "%s" a %s that %s' % (key, name, value, of.fault(item[value]))
            if name in seen:
                return 'names the %s "%s" more than once' % (key, name)
            seen.add(name)
        return None

    return Kind(
        option={
            "type": "list",
            "elements": "dict",
            "options": {
                # no_log is said because Ansible takes any option with "key" in its name for a secret
                key: {"type": "str", "required": True, "no_log": False},
                value: {**of.option, "required": True},
            },
        },
        blank=[],
        read=read,
        same=same,
        after=after,
        sent=sent,
        shown=shown,
        fault=fault,
    )


# Other things that a thing belongs to or has


def lookup_option(other: str) -> dict[str, t.Any]:
    """The argument spec for naming something by exactly one of its id and another member."""
    return {
        "type": "dict",
        "options": {"id": {"type": "str"}, other: {"type": "str"}},
        "mutually_exclusive": [["id", other]],
        "required_one_of": [["id", other]],
    }


def lookup_fault(given: t.Mapping[str, str | None]) -> str | None:
    """What is wrong with something named by one of its members. One that is there but null names nothing."""
    if not given_members(given):
        return "names nothing: give one of %s" % ", ".join(sorted(given))
    return next(
        (
            "has a member %s that %s" % (name, text_fault(of))
            for name, of in given.items()
            if of is not None and text_fault(of)
        ),
        None,
    )


def given_members(given: t.Mapping[str, str | None]) -> dict[str, str]:
    """Only the members that have a value; Ansible fills those that a task leaves out with none."""
    return {name: of for name, of in given.items() if of is not None}


def reference(*members: str, named_by: str | None = None) -> Kind:
    """Another thing, of which a result shows some members, all of them texts.

    :param named_by: the member that names it in a task, beside its id; None where no task names it.
    """

    def read(value: Value) -> dict[str, str | None]:
        return {member: _read_text(value.get(member)) if isinstance(value, dict) else None for member in members}

    def same(wanted: dict[str, str | None], found: dict[str, str | None]) -> bool:
        # What an answer leaves out proves no difference.
        return all(found[name] in (of, None) for name, of in given_members(wanted).items())

    def after(wanted: dict[str, str | None], found: dict[str, str | None]) -> dict[str, str | None]:
        return {**dict.fromkeys(members), **given_members(wanted)}

    def sent(wanted: dict[str, str | None], found: Value, after: Value) -> dict[str, str]:
        return given_members(wanted)

    return Kind(
        read=read,
        option=lookup_option(named_by) if named_by else {},
        blank=dict.fromkeys(members),
        same=same,
        after=after,
        sent=sent,
        shown=given_members,
        fault=lookup_fault,
    )
