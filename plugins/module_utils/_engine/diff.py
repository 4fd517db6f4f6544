# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diff of a task: one entry for each resource that changes, in the format of Ansible."""

from __future__ import annotations

import typing as t

from .._schema import fields as schema
from .._schema.fields import Values
from .._text import visible
from .planner import Plan
from .resource import Resource


def entries(
    resource: Resource,
    plans: t.Iterable[Plan],
    of: str | None,
    more: t.Sequence[str] = (),
    without: t.Container[str] = (),
) -> list[Values]:
    """The diffs of plans for resources of one kind.

    :param of: a text for the parent, for the header; None if there is none.
    :param more: the fields that are shown in addition to those that a task can set.
    :param without: those that are not shown.
    """
    found = [_entry(resource, plan, of, more, without) for plan in plans]
    return [one for one in found if one["before"] != {} or one["after"] != {}]  # a resource that was adopted as it is


def _entry(resource: Resource, plan: Plan, of: str | None, more: t.Sequence[str], without: t.Container[str]) -> Values:
    before, after = plan.before, plan.after
    sides = [None if one is None else _side(resource, one, more, without) for one in (before, after)]
    if before is not None and after is not None:
        sides = list(changed_values(*t.cast(t.List[Values], sides)))
    elif sides[1] is not None:
        sides[1].update(plan.sent_too)
    ends = ", %s" % plan.ends if plan.ends else ""
    headers = resource.title(before or after or {}, of), resource.title(after or before or {}, of) + ends
    return entry(*headers, *sides)


def _side(resource: Resource, one: Values, more: t.Sequence[str], without: t.Container[str]) -> Values:
    """The fields of a resource in a diff."""
    shown = {**schema.diff_view(resource.fields, one), **_shown(resource, one, more)}
    return {name: value for name, value in shown.items() if name not in without}


def _shown(resource: Resource, one: Values, names: t.Sequence[str]) -> Values:
    """Some fields of a resource in a diff."""
    return {name: resource.field(name).type.diff_value(one.get(name)) for name in names}


def changed_values(before: Values, after: Values) -> tuple[Values, Values]:
    """The settings that change. Those that were not read before are not known to change."""
    names = [name for name, value in before.items() if name in after and after[name] != value]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def entry(before_header: str, after_header: str, before: Values | None, after: Values | None) -> Values:
    """One entry of a diff; a side without a resource is None."""
    headers = {"before_header": visible(before_header), "after_header": visible(after_header)}
    return {**headers, "before": before, "after": after}
