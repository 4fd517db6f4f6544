# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a task that manages one kind of resource: what there is afterwards, the diff and the warnings."""

from __future__ import annotations

import typing as t

from .._schema import fields as schema
from .._schema.fields import Values
from .desired import Wanted
from .diff import entries
from .names import Names
from .planner import Plan
from .resource import Parent, Resource
from .task import Result


class Planned(t.NamedTuple):
    """The plans for a resource and for its children."""

    wanted: Wanted  # the desired state, with IDs instead of names
    plan: Plan
    children: list[Plan] = []
    # the plan for the requests before those for the children, if C(plan) contains something that must be sent after them
    begin: Plan | None = None
    versions: list[Values] = []  # all versions of a resource that is replaced instead of changed

    @property
    def has_steps(self) -> bool:
        """Whether something is to be written."""
        return any(one.steps for one in (self.plan, *self.children))


def result(resource: Resource, children: Resource | None, planned: Planned, names: Names) -> Result:
    """The result of a task.

    :param children: the kind of the children that the module also manages as a set, if any.
    """
    wanted, plan = planned.wanted, planned.plan
    listed = children and wanted.children is not None and plan.after is not None
    after = with_children(children, plan, planned.children) if listed else plan.after
    shown = plan.before if wanted.state == "absent" else after
    values = {resource.name: shown, **_superseded(resource, planned), **plan.more}
    warnings = _warnings(resource, children, planned, names)
    return Result(planned.has_steps, values, _diff(resource, children, planned), tuple(warnings))


def with_children(kind: Resource | None, plan: Plan, children: t.Sequence[Plan]) -> Values:
    """A resource in a result, with its children.

    :param kind: the kind of the children; None if there are none.
    """
    after = t.cast(Values, plan.after)
    if not kind:
        return after
    from .collection import Collection  # only for a task that sets children: a module compiles its imports

    return {**after, kind.set_option: Collection(kind).shown(_now(children))}


def _now(children: t.Sequence[Plan]) -> list[Values]:
    """The children that there are afterwards."""
    return [one.after for one in children if one.after is not None]


def _warnings(resource: Resource, kind: Resource | None, planned: Planned, names: Names) -> list[str]:
    wanted, plan = planned.wanted, planned.plan
    now: list[Values] | None = [] if plan.before is None else None  # a new one has no children that the task omits
    warnings = list(plan.warnings)
    if wanted.ignored:
        said = "%s of %s has no effect: Katapult determines it."
        warnings.append(said % (resource.options(wanted.ignored), resource.with_article))
    if kind and wanted.purge and wanted.children is None and not t.cast(Parent, kind.parent).purges:
        option = kind.set_option
        warnings.append("purge_%s has no effect, because %s is omitted: [] would mean none." % (option, option))
    if plan.after is None:
        return warnings
    if kind and wanted.children is not None:
        from .collection import Collection  # see with_children()

        now = _now(planned.children)
        warnings += Collection(kind).warnings(planned.children, names.unknown)
    return [
        *names.unknown(resource.fields, wanted.fields),
        *schema.unconfirmed(resource.fields, _confirmable(planned), plan.after),
        *resource.warnings(wanted.fields, plan.before, plan.after, now),
        *warnings,
    ]


def _confirmable(planned: Planned) -> Values:
    """The fields that a task sets, without those that background work changes which was not waited for."""
    steps = planned.plan.steps if planned.wanted.wait is None else ()
    pending = {name for step in steps for name in step.reaches or ()}
    return {name: value for name, value in planned.wanted.fields.items() if name not in pending}


def _diff(resource: Resource, kind: Resource | None, planned: Planned) -> list[Values]:
    """The diff: the resource, followed by its children in the order of the requests."""
    plan = planned.plan._replace(after=planned.plan.expected or planned.plan.after)
    parent = None if resource.of_organization else next(iter((planned.wanted.parent or {}).values()), None)
    paths = [step.path for step in plan.steps]
    more = [name for one in resource.operations if one.call.path in paths for name in one.changes]
    more += [resource.power.field] if resource.power else []
    more += [resource.allocation.field] if resource.allocation else []
    exists = plan.before is not None or plan.after is not None
    diff = [
        *entries(resource, [plan] if plan.steps and exists else [], parent, more, _unknown(resource, planned)),
        *(plan.removed if plan.steps else ()),
    ]
    if kind:
        deleted = plan.after is None and bool(plan.steps)
        changing = [child for child in planned.children if child.steps or child.with_parent or deleted]
        diff += entries(kind, changing, resource.known_by(plan.after or plan.before or {}))
    return diff


def _unknown(resource: Resource, planned: Planned) -> list[str]:
    """The fields that the API sets when the resource is allocated, unless the task sets them: check mode may not know them."""
    follows = [resource.allocation.follows[0]] if resource.allocation and planned.plan.after is not None else []
    return [name for name in follows if name not in planned.wanted.fields]


def _superseded(resource: Resource, planned: Planned) -> Values:
    """The IDs of the other versions of a resource, for a kind that is replaced instead of changed."""
    now = planned.plan.after
    if not resource.series:
        return {}
    others = [one for one in planned.versions if now and one["id"] != now["id"]]
    common = {name: now[name] for name in resource.series if now and now.get(name) is not None}
    same = [one for one in others if not schema.differing(resource.fields, common, one)]
    different = [one for one in same if schema.differing(resource.fields, planned.wanted.fields, one)]
    return {"superseded": [one["id"] for one in different]}
