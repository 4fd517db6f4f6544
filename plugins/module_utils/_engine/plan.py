# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be sent to make a resource as wanted, as data."""

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
    answer: str | None = None  # the key of the object in its answer; None if nothing has to be there
    waits: tuple[Wait, ...] = ()  # what goes on after the answer


class Plan(t.NamedTuple):
    """What leads a resource to what is wanted."""

    before: Values | None  # the resource as it is, None if it is not there
    after: Values | None  # as it will be, None if it will not be there
    steps: tuple[Step, ...] = ()  # the writes between
    wanted: t.Mapping[str, t.Any] = MappingProxyType({})  # the fields that the task gives
    found_by_lookup: bool = False  # whether it is known by a lookup, and not by the response to its creation

    def diff(self, fields: Fields) -> tuple[Values, Values]:
        """What a diff shows, before and after.

        A write is answered with a whole resource, where a list had shown a part of it: what was not known before is no change.
        """
        before, after = diff_view(fields, self.before), diff_view(fields, self.after)
        if before and after:
            after = {name: value for name, value in after.items() if name in before}
        return before, after
