# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Annotations as a filter: how a task gives them, and which resources have them."""

from __future__ import annotations

import typing as t

from .fields import Values
from .types import ANNOTATIONS, validate_characters, validate_string, without_none

# As they are given to a resource, but that a value may be left out
SPEC: Values = {**ANNOTATIONS.spec, "options": {**ANNOTATIONS.spec["options"], "value": {"type": "str"}}}


def parse(option: t.Any) -> list[Values]:
    """The annotations that a task gives; one without a value may have any."""
    return [without_none(pair) for pair in option or []]


def validate(pairs: t.Iterable[Values]) -> list[str]:
    """What is wrong with them, each a sentence without its full stop."""
    found = []
    for key, value in ((pair["key"], pair.get("value", "")) for pair in pairs):
        if validate_string(key):
            found.append("annotations has a key that %s" % validate_string(key))
        elif validate_characters(value):
            found.append('annotations has for the key "%s" a value that %s' % (key, validate_characters(value)))
    return found


def query(pairs: t.Iterable[Values]) -> list[tuple[str, str]]:
    """What asks a list for resources that have them. How well the API filters by several is not known."""
    return [("annotations[][%s]" % member, value) for pair in pairs for member, value in pair.items()]


def matches(resource: Values, pairs: t.Iterable[Values]) -> bool:
    """Whether a resource has all of them. A list does not show annotations: what it shows may have any."""
    if "annotations" not in resource:
        return True
    there = {pair["key"]: pair["value"] for pair in resource["annotations"]}
    return all(pair["key"] in there and pair.get("value") in (None, there[pair["key"]]) for pair in pairs)
