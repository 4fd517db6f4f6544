# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module does, apart from Ansible: its options, and a function from them to a result."""

from __future__ import annotations

import typing as t

from .resource import Resource


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


class Task(t.NamedTuple):
    """What a module does.

    :param resource: the kind that it manages or reads.
    :param argument_spec: its options, without those that every module has.
    :param run: makes the result from the options, the organization if one is given, the client, and whether to write.
    :param children: the kind whose resources it manages or reads along, if any.
    """

    resource: Resource
    argument_spec: t.Mapping[str, t.Any]
    run: t.Callable[..., Result]
    children: Resource | None = None
