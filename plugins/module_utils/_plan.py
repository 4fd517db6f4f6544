# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What a task leads to, as data."""

from __future__ import annotations

import typing as t

Values = t.Dict[str, t.Any]


class Step(t.NamedTuple):
    """One write."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Values | None = None


class Plan(t.NamedTuple):
    """A thing before and after (None where there is none), and the writes between.

    C(adopted) says that it was not there when the task looked, and turned out to be when it was to be created.
    """

    before: Values | None
    after: Values | None
    steps: tuple[Step, ...] = ()
    adopted: bool = False
