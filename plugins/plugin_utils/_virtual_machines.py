# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual machines of an inventory: selection and details."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Iterator

from ansible_collections.katapult.cloud.plugins.module_utils._engine.finder import Finder
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._schema import annotation_filter, name_filter

Values = dict[str, t.Any]

FILTERS: Values = {
    "type": "dict",
    "options": {
        "tags": name_filter.SPEC,
        "groups": name_filter.SPEC,
        "data_centers": name_filter.SPEC,
        "states": name_filter.SPEC,
        "annotations": annotation_filter.SPEC,
    },
}

# The fields that the list endpoint omits: as filters, and as variables
_DETAILED_FILTERS = ("tags", "groups", "states", "annotations")
_DETAILED_VARIABLES = re.compile(r"\bkatapult_(?:tags|group|state|annotations)\b")


def needs_details(filters: Values, constructed: Values) -> list[str]:
    """The options that require fields that the list endpoint omits.

    :param filters: the filters that are set.
    :param constructed: the options with expressions, by name. The names in its text determine whether it requires details.
    """
    found = ["filters.%s" % name for name in _DETAILED_FILTERS if filters.get(name)]
    return found + [
        name
        for name, expressions in constructed.items()
        if any(_DETAILED_VARIABLES.search(text) for text in _texts(expressions))
    ]


def _texts(value: t.Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def fetch(
    client: Client, organization: dict[str, str], filters: Values, details: bool
) -> tuple[list[Values], list[Values]]:
    """The machines of an organization, and those that were deleted before their details were read.

    :param filters: only annotations and data centers are used here, to read fewer machines.
    :param details: whether to read each machine individually, with one request for each.
    """
    query = annotation_filter.query(annotation_filter.parse(filters.get("annotations")))
    finder = Finder(client, VIRTUAL_MACHINE, organization)
    rows = finder.list_all(query)
    listed = [row for row in rows if _is_in_data_centers(row, filters)]
    if not details:
        return listed, []
    found = list(finder.whole([field.name for field in VIRTUAL_MACHINE.fields], listed))
    there = {machine["id"] for machine in found}
    return found, [row for row in listed if row["id"] not in there]


def select(found: Iterable[Values], filters: Values) -> list[Values]:
    """The machines that match all filters."""
    annotations = annotation_filter.parse(filters.get("annotations"))
    return [
        machine
        for machine in found
        if _is_in_data_centers(machine, filters)
        and name_filter.matches(filters.get("states") or [], machine.get("state"))
        and name_filter.matches(filters.get("groups") or [], machine.get("group"))
        and name_filter.matches(filters.get("tags") or [], machine.get("tags"))
        and annotation_filter.matches(machine, annotations)
    ]


def read_filters(given: Values) -> tuple[Values, list[str]]:
    """The filters without white space around their values, and the faults: a filter that is empty would select everything.

    :param given: the filters as they are set; their types are already checked.
    """
    filters, faults = dict(given), []
    for name, values in given.items():
        if name == "annotations":
            faults += [] if values else name_filter.validate("filters.%s" % name, None)
        else:
            filters[name] = name_filter.parse(values)
            faults += name_filter.validate("filters.%s" % name, values)
    return filters, faults


def unmatched(found: list[Values], filters: Values) -> list[str]:
    """The values of filters that match none of the machines that were read, each with its option."""
    missing = []
    for name in ("tags", "groups", "data_centers", "states"):
        for value in filters.get(name) or []:
            if not any(select([machine], {name: [value]}) for machine in found):
                missing.append("filters.%s: %s" % (name, value))
    for one in filters.get("annotations") or []:
        if not select(found, {"annotations": [one]}):
            missing.append("filters.annotations: %s" % one["key"])
    return missing


def _is_in_data_centers(machine: Values, filters: Values) -> bool:
    zone = machine.get("zone") or {}
    return name_filter.matches(filters.get("data_centers") or [], zone.get("data_center"), "permalink")
