# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be sent to make a resource as wanted, as data."""

from __future__ import annotations

import typing as t
from types import MappingProxyType

from .._schema.fields import Fields, Values, Wait, diff_view


class Step(t.NamedTuple):
    """One write.

    :param answer: the key of the object in its answer; None if nothing has to be there.
    :param waits: what goes on after the answer.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Values | None = None
    answer: str | None = None
    waits: tuple[Wait, ...] = ()


class Plan(t.NamedTuple):
    """What leads a resource to what is wanted.

    :param before: the resource as it is, None if it is not there.
    :param after: as it will be, None if it will not be there.
    :param steps: the writes between.
    :param wanted: the fields that the task gives.
    :param taken_over: whether it was not there when the task looked, and turned out to be when it was to be created.
    """

    before: Values | None
    after: Values | None
    steps: tuple[Step, ...] = ()
    wanted: t.Mapping[str, t.Any] = MappingProxyType({})
    taken_over: bool = False

    def diff(self, fields: Fields) -> tuple[Values, Values]:
        """What a diff shows, before and after.

        A write is answered with a whole resource, where a list had shown a part of it: what was not known before is no change.
        """
        before, after = diff_view(fields, self.before), diff_view(fields, self.after)
        if before and after:
            after = {name: value for name, value in after.items() if name in before}
        return before, after
