# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests that bring a resource to the desired state, as data."""

from __future__ import annotations

import typing as t
from types import MappingProxyType

from .._schema.fields import Fields, Values, Wait, diff_view


class Step(t.NamedTuple):
    """One write."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Values | None = None
    answer: str | None = None  # the key of the object in its response; None if none is required
    waits: tuple[Wait, ...] = ()  # background work after the response


class Plan(t.NamedTuple):
    """The changes that bring a resource to the desired state."""

    before: Values | None  # the current resource, None if it does not exist
    after: Values | None  # the resource afterwards, None if it will not exist
    steps: tuple[Step, ...] = ()  # the writes in between
    wanted: t.Mapping[str, t.Any] = MappingProxyType({})  # the fields that the task sets
    found_by_lookup: bool = False  # whether it is known from a lookup instead of the response to its creation

    def diff(self, fields: Fields) -> tuple[Values, Values]:
        """The diff, before and after.

        The response to a write contains the complete resource; a list may contain a part. Fields that were unknown are no change.
        """
        before, after = diff_view(fields, self.before), diff_view(fields, self.after)
        if before and after:
            after = {name: value for name, value in after.items() if name in before}
        return before, after
