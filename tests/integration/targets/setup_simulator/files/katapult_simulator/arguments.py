# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a request: its query and its body, merged and checked like in the framework of the API."""

from __future__ import annotations

import re
import typing as t

from . import refusals

Json = t.Dict[str, t.Any]
Path = t.Tuple[str, ...]
Parser = t.Callable[[t.Any, Path], t.Any]

_TRUE = (True, "true", "yes", 1, "1")
_FALSE = (False, "false", "no", 0, "0")


_DEEPEST_QUERY = 32  # maximum nesting of a query in Rack


def nested(query: t.Iterable[tuple[str, str]]) -> Json:
    """The nested arguments of a query: C(a[b]=1) is C({"a": {"b": "1"}}), and C(a[][k]=x&a[][v]=y) a list of pairs.

    A value without a name is ignored. One name with values of several types is rejected.
    """
    found: Json = {}
    for name, value in query:
        keys = re.findall(r"[^\[\]]+|\[\]", name.replace("[", "\0[").replace("\0[]", "[]").replace("\0", ""))
        if len(keys) > _DEEPEST_QUERY:
            raise refusals.invalid_argument((keys[0],), "parse_error")
        if keys and keys[0] != "[]":
            _put(found, keys, value)
    return found


def _put(into: Json, keys: list[str], value: str) -> None:
    key, rest = keys[0], keys[1:]
    if not rest:
        into[key] = value
    elif rest[0] == "[]":
        items = _inner(into, key, [], "array_expected")
        if rest[1:]:
            if not items or (isinstance(items[-1], dict) and rest[1] in items[-1]):
                items.append({})
            if not isinstance(items[-1], dict):
                raise refusals.invalid_argument((key,), "object_expected")
            _put(items[-1], rest[1:], value)
        else:
            items.append(value)
    else:
        _put(_inner(into, key, {}, "object_expected"), rest, value)


def _inner(into: Json, key: str, empty: t.Any, otherwise: str) -> t.Any:
    """The value under a name, which is added if it is missing.

    :param empty: an empty value of the required type.
    :param otherwise: the issue that is reported for a value of another type.
    """
    there = into.setdefault(key, empty)
    if not isinstance(there, type(empty)):
        raise refusals.invalid_argument((key,), otherwise)
    return there


def merged(query: Json, body: Json) -> Json:
    """The arguments of a request: those of the query and of the body, which has precedence."""
    result = dict(query)
    for key, value in body.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


# Each parser returns the value in the form that the API uses, or rejects it. A null is treated as an omitted argument,
# unless the parser says that it is C(nullable).


def string(value: t.Any, path: Path) -> str:
    if not isinstance(value, str):
        raise refusals.invalid_argument(path, "invalid_scalar")
    return value


def integer(value: t.Any, path: Path) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusals.invalid_argument(path, "invalid_scalar")
    return value


def boolean(value: t.Any, path: Path) -> bool:
    if isinstance(value, (bool, int, str)):
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    raise refusals.invalid_argument(path, "invalid_scalar")


def enum(*choices: str) -> Parser:
    def parse(value: t.Any, path: Path) -> str:
        if not isinstance(value, str) or value not in choices:
            raise refusals.invalid_argument(path, "invalid_enum_value")
        return value

    return parse


def array(parse_item: Parser) -> Parser:
    def parse(value: t.Any, path: Path) -> list[t.Any]:
        if not isinstance(value, list):
            raise refusals.invalid_argument(path, "array_expected")
        return [parse_item(item, path) for item in value]

    return parse


def structure(members: t.Mapping[str, Parser], required: t.Sequence[str] = ()) -> Parser:
    def parse(value: t.Any, path: Path) -> Json:
        if not isinstance(value, dict):
            raise refusals.invalid_argument(path, "object_expected")
        for name in required:
            if value.get(name) is None:
                raise refusals.missing_required_argument(".".join((*path, name)))
        # Unknown members are ignored silently, like in the API.
        given = [
            name for name, of in members.items() if name in value and (value[name] is not None or _is_nullable(of))
        ]
        return {name: members[name](value[name], (*path, name)) for name in given}

    return parse


def _is_nullable(parser: Parser) -> bool:
    """Whether a null has a meaning for an argument."""
    return getattr(parser, "nullable", False)


def lookup(*members: str) -> Parser:
    inner = structure(dict.fromkeys(members, string))

    def parse(value: t.Any, path: Path) -> Json:
        given = inner(value, path)
        if not given:
            raise refusals.invalid_argument(path, "missing_lookup_value")
        if len(given) > 1:
            raise refusals.invalid_argument(path, "ambiguous_lookup_values")
        return given

    return parse


PAIRS = array(structure({"key": string, "value": string}, required=("key",)))


def annotations_of(arguments: Json) -> list[tuple[str, str | None]]:
    """The annotations that a list is filtered by; without a value, any value matches."""
    pairs = PAIRS(arguments.get("annotations", []), ("annotations",))
    return [(pair["key"], pair.get("value")) for pair in pairs]


def has_all(annotations: t.Mapping[str, str | None], wanted: list[tuple[str, str | None]]) -> bool:
    """Whether an object has all of the annotations that a list is filtered by."""
    return all(key in annotations and value in (None, annotations[key]) for key, value in wanted)


def required(arguments: Json, name: str, parser: Parser) -> t.Any:
    """A required argument."""
    if arguments.get(name) is None:
        raise refusals.missing_required_argument(name)
    return parser(arguments[name], (name,))


def looked_up(arguments: Json, name: str, segment: str, members: t.Sequence[str]) -> Json:
    """The identifier of an object: its argument or, if it is missing, the path segment, which is used for its first member."""
    if arguments.get(name) is None:
        return {members[0]: segment}
    return lookup(*members)(arguments[name], (name,))


def page_of(arguments: Json, largest: int) -> tuple[int, int]:
    """The requested page of a list, and its size."""
    page = integer(arguments.get("page", 1), ("page",))
    per_page = integer(arguments.get("per_page", 30), ("per_page",))
    for name, value in (("page", page), ("per_page", per_page)):
        if value < 1:
            raise refusals.invalid_argument((name,), "validation_errors", ["greater_than_zero"])
    if per_page > largest:
        raise refusals.invalid_argument(("per_page",), "validation_errors", ["less_than_or_equal_to_one_hundred"])
    return page, per_page
