# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What a task comes back with when it succeeds."""

from __future__ import annotations

import typing as t


class Result(t.NamedTuple):
    """A success.

    :param changed: whether something was changed, or would be in check mode.
    :param values: what the module returns beside C(changed) and C(diff).
    :param diff: what a diff shows, C(before) and C(after); None for a task that only reads.
    :param warnings: what the person should know all the same.
    """

    changed: bool
    values: t.Mapping[str, t.Any]
    diff: t.Mapping[str, t.Any] | None = None
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, t.Any]:
        """The result of a task, without the warnings, which every shell reports in its own way."""
        diff = {} if self.diff is None else {"diff": dict(self.diff)}
        return {"changed": self.changed, **diff, **self.values}
