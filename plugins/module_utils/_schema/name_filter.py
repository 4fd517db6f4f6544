# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names or IDs as a filter: the option, and the matching resources."""

from __future__ import annotations

import typing as t

from .fields import Values
from .types import validate_string

SPEC: Values = {"type": "list", "elements": "str"}


def parse(option: t.Sequence[str] | None) -> list[str]:
    """The values of a filter, without white space around them."""
    return [value.strip() for value in option or []]


def validate(name: str, option: t.Sequence[str] | None) -> list[str]:
    """The fault in a filter that is set, as a sentence without a period: one that is empty would select everything."""
    values = parse(option)
    if not all(values) or not values:
        return ["%s is empty, which would select all: omit it, or set it to a value" % name]
    return ["%s contains a value that %s" % (name, validate_string(one)) for one in values if validate_string(one)][:1]


def matches(wanted: t.Sequence[str], found: t.Any, *more: str) -> bool:
    """Whether the filter is not set, or the field of a resource contains one of its values.

    :param found: a text, or an object or a list of objects, which are compared by ID and name.
    :param more: other members that are compared, too.
    """
    there = found if isinstance(found, list) else [found]
    names = [one.get(by) for one in there if isinstance(one, dict) for by in ("id", "name", *more)]
    return not wanted or any(one in wanted for one in (*names, *(one for one in there if isinstance(one, str))))
