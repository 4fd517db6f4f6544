# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Annotations as a filter: the options, and the matching resources."""

from __future__ import annotations

import typing as t

from .fields import Values
from .types import ANNOTATIONS, validate_characters, validate_string, without_none

# Like the annotations of a resource, but the value is optional
SPEC: Values = {**ANNOTATIONS.spec, "options": {**ANNOTATIONS.spec["options"], "value": {"type": "str"}}}


def parse(option: t.Any) -> list[Values]:
    """The annotations that a task sets; without a value, any value matches."""
    return [without_none(pair) for pair in option or []]


def validate(pairs: t.Iterable[Values]) -> list[str]:
    """The faults in them, each a sentence without a period."""
    found = []
    for key, value in ((pair["key"], pair.get("value", "")) for pair in pairs):
        if validate_string(key):
            found.append("annotations has a key that %s" % validate_string(key))
        elif validate_characters(value):
            found.append('annotations has a value for the key "%s" that %s' % (key, validate_characters(value)))
    return found


def query(pairs: t.Iterable[Values]) -> list[tuple[str, str]]:
    """The query for a list of resources that have them. It is unknown how the API filters by several."""
    return [("annotations[][%s]" % member, value) for pair in pairs for member, value in pair.items()]


def matches(resource: Values, pairs: t.Iterable[Values]) -> bool:
    """Whether a resource has all of them. The list endpoint omits annotations, so a listed resource may match."""
    if "annotations" not in resource:
        return True
    there = {pair["key"]: pair["value"] for pair in resource["annotations"]}
    return all(pair["key"] in there and pair.get("value") in (None, there[pair["key"]]) for pair in pairs)
