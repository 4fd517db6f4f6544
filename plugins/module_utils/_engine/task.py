# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The function of a module, independent of Ansible: its options, and a function from them to a result."""

from __future__ import annotations

import typing as t

from .resource import Resource


class Result(t.NamedTuple):
    """The result of a successful task."""

    changed: bool  # whether something was changed, or would be in check mode
    values: t.Mapping[str, t.Any]  # the return values besides C(changed) and C(diff)
    # the diff, one entry for each resource that changes; None for a task that only reads
    diff: t.Sequence[t.Mapping[str, t.Any]] | None = None
    warnings: tuple[str, ...] = ()  # warnings for the user

    def as_dict(self) -> dict[str, t.Any]:
        """The result of a task, without the warnings, which each entry point (module, action plugin) reports in its own way."""
        diff = {} if self.diff is None else {"diff": list(self.diff)}
        return {"changed": self.changed, **diff, **self.values}


class Omitted(str):
    """The value of an option that a task omits, if this is not the same as null. It is empty."""


def omitted() -> Omitted:
    """The fallback of such an option."""
    return Omitted()


class Task(t.NamedTuple):
    """The function of a module."""

    resource: Resource  # the kind that it manages or reads
    argument_spec: t.Mapping[str, t.Any]  # its options, without those that all modules share
    # creates the result from the options, the organization if set, the client, and whether the diff is shown
    run: t.Callable[..., Result]
