# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""All children of one resource, from the task of the resource: matched with existing children by identity or by value."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError, TaskRefused
from .._http.client import Client
from .._schema import fields as schema
from .._schema.fields import PROPERTIES, Field, Values
from . import planner
from .finder import Finder, only_one
from .planner import Plan
from .resource import Fault, Parent, ParentRef, Resource

# This order does not interrupt traffic: update existing children in place, then create, and then delete.
_ORDER = ("", "changed", "added", "removed")
# For a kind of which some restrict what the others permit (see Resource.restricts), this order never permits more than before or
# afterwards, and does not interrupt what is permitted before and afterwards.
_RESTRICTED_ORDER = ("", "restriction added", "added", "changed", "removed", "restriction removed")

ReferenceFaults = t.Callable[[schema.Fields, Values], t.List[str]]
Pairs = t.List[t.Tuple[Values, t.Optional[Values]]]


class Collection(t.NamedTuple):
    """The children of one kind."""

    resource: Resource

    def place(self, one: Values) -> str:
        """The place of a given child in the task, for the beginning of a message."""
        return "in %s, for the %s: " % (self.resource.set_option, self.resource.text(one))

    def validate(
        self, wanted: t.Sequence[Values], reference_faults: ReferenceFaults = lambda fields, one: []
    ) -> list[str]:
        """The faults in the given children, each a sentence without a period.

        :param reference_faults: the faults in the IDs and names of other resources, by (fields, wanted).
        """
        seen, fields = set(), self.resource.fields
        found = []
        for one in wanted:
            text, identity = self.resource.text(one), self._identity(one)
            if identity and identity in seen:
                found.append("%s has more than one %s" % (self.resource.set_option, text))
            seen.add(identity)
            own = [fault.text for fault in self.resource.faults(self.completed(one), None)]
            faults = [*reference_faults(fields, one), *schema.validate(fields, one), *own]
            found += [self.place(one) + _as_child(fault) for fault in faults]
        return found

    def completed(self, one: Values) -> Values:
        """A given child with all its fields: one without an identity is its fields, so that an omitted one has its initial value."""
        if self.resource.identity:
            return one
        return {**self.resource.initial, **one}

    def _identity(self, one: Values) -> tuple[t.Any, ...]:
        return tuple(repr(self.resource.field(name).type.key(one.get(name))) for name in self.resource.identity)

    def _plan(
        self,
        finder: Finder,
        there: t.Sequence[Values],
        wanted: t.Sequence[Values],
        purge: bool,
        cleared: t.Sequence[tuple[str, t.Any]],
    ) -> list[Plan]:
        """Plan the changes to the listed children of a resource to reach the desired state.

        :param cleared: the children that the API will delete with the change of the resource, each as a field and its value.
        """
        wanted = list(map(self.completed, wanted))
        gone = [Plan(row, None, with_parent=True) for row in there if _has_any(row, cleared)]
        rows = list(finder.whole(self.resource.identity, [row for row in there if not _has_any(row, cleared)]))
        needed = {row["id"]: {name for one in wanted for name in one} for row in rows}
        if self.resource.identity:
            needed = {row["id"]: set(one) for one, row in self._pairs_by_identity(wanted, rows) if row is not None}
        whole = [one for row in rows for one in finder.whole(self.resource.needed(needed.get(row["id"], ())), [row])]
        return [*gone, *self.plan_all(wanted, purge, whole, finder.parent)]

    def conflicts(self, wanted: t.Iterable[Values], parent: Values, fields: schema.Fields) -> list[str]:
        """The faults in given children that the resource excludes, because a field of it clears them, each without a period.

        :param parent: the resource in the desired state.
        :param fields: the fields of the resource.
        """
        return [
            "%s has the %s with the %s %s, but %s is true: Katapult then permits no such %s"
            % (self.resource.set_option, self.resource.text(one), *field.clears, field.option_path, self.resource.noun)
            for field in fields
            for one in wanted
            if field.clears and parent.get(field.name) is True and _has_any(self.completed(one), [field.clears])
        ]

    def plan_for(
        self, client: Client, of: Resource, parent: Plan, wanted: t.Sequence[Values] | None, purge: bool
    ) -> list[Plan]:
        """The plans for the children of a resource, according to the plan for the resource; rejected if they exclude each other.

        :param of: the kind of the resource.
        :param wanted: the given children; None if the task omits them.
        """
        after = t.cast(Values, parent.after)
        finder = Finder(client, self.resource, {"id": after["id"]} if after["id"] is not None else {})
        fields = [field for field in of.fields if field.clears and after.get(field.name) is True]
        cleared = [field for field in fields if parent.before is not None and parent.before.get(field.name) is not True]
        if wanted is None and not cleared:
            return []
        there = finder.list_all() if finder.parent else []
        if wanted is None or not purge:
            self._check_cleared(there, of, after, cleared)
        if wanted is None:
            return []
        planner.reject(of, after, [Fault(text) for text in self.conflicts(wanted, after, of.fields)])
        return self._plan(
            finder, there, wanted, purge, [t.cast(t.Tuple[str, t.Any], field.clears) for field in cleared]
        )

    def _check_cleared(self, rows: t.Sequence[Values], of: Resource, after: Values, cleared: t.Sequence[Field]) -> None:
        """Reject a change with which the API would delete children that the task does not delete."""
        option = self.resource.set_option
        for field in cleared:
            name, value = t.cast(t.Tuple[str, t.Any], field.clears)
            lost = [self.resource.text(row) for row in rows if row.get(name) == value]
            if lost:
                said = (field.option_path, value, option, of.text(after), ", ".join(lost), option, option)
                raise TaskRefused(
                    "With %s: true, Katapult deletes all %s %s of the %s: %s. Nothing was changed. If this is intended, set"
                    " %s to those that stay, and purge_%s: true." % said,
                    "%s_lost" % option,
                )

    def check_emptied(
        self, of: Resource, parent: Plan, children: t.Sequence[Plan], permitted: t.Container[str]
    ) -> None:
        """Reject the deletion of all children of a resource, unless the task permits it.

        :param permitted: the options that permit to make something empty, as far as they are set.
        """
        permission = t.cast(Parent, self.resource.parent).emptied_by
        if permission is None or permission in permitted or parent.after is None:
            return
        before = [child.before for child in children if child.before is not None]
        if before and not any(child.after is not None for child in children):
            lost = map(self.resource.text, before)
            planner.reject_emptied(self.resource.set_option, of.text(parent.after), lost, permission)

    def deleted_with(self, client: Client, parent: Values) -> list[Plan]:
        """The children that the API will delete together with their parent."""
        of = self.resource.parent
        try:
            return [Plan(row, None) for row in Finder(client, self.resource, {"id": parent["id"]}).list_all()]
        except KatapultError as error:
            if of is None or not error.is_not_found(of.name):
                raise
            return []  # another client has already deleted the parent

    def plan_all(
        self, wanted: t.Sequence[Values], purge: bool, found: t.Sequence[Values], parent: ParentRef
    ) -> list[Plan]:
        """The changes that bring the children of a resource to the desired state, in the order of execution."""
        pairs = self._pairs(wanted, found, purge)
        plans = [planner.plan(self.resource, "present", one, other, parent) for one, other in pairs]
        paired = {other["id"] for _one, other in pairs if other is not None}
        for other in found:
            if other["id"] not in paired:
                deletion = planner.plan(self.resource, "absent", {}, other, parent)
                plans.append(deletion if purge else Plan(other, other))
        return sorted(plans, key=self._order)

    def _order(self, plan: Plan) -> int:
        if self.resource.restricts is None:
            return _ORDER.index(_deed(plan))
        name, value = self.resource.restricts
        restriction = (plan.after or plan.before or {}).get(name) == value and _deed(plan) in ("added", "removed")
        return _RESTRICTED_ORDER.index("restriction %s" % _deed(plan) if restriction else _deed(plan))

    def _pairs(self, wanted: t.Sequence[Values], found: t.Sequence[Values], replace: bool) -> Pairs:
        """Each desired child with the matching existing child, or with None.

        Without identities, as many equal children as possible are matched first. Each remaining desired child is matched with
        the existing child that differs least.
        """
        if self.resource.identity:
            return self._pairs_by_identity(wanted, found)
        costs = [[self._cost(one, other) for other in found] for one in wanted]
        partners: dict[int, int] = {}  # indexes of the found children

        def pair(number: int, tried: set[int]) -> bool:
            for other, cost in enumerate(costs[number]):
                if cost == 0 and other not in tried:
                    tried.add(other)
                    if other not in partners or pair(partners[other], tried):
                        partners[other] = number
                        return True
            return False

        left = [number for number in range(len(wanted)) if not pair(number, set())]
        possible = [(cost, one, other) for one in left for other, cost in enumerate(costs[one]) if cost is not None]
        for _cost, number, other in sorted(possible if replace else []):
            if other not in partners and number not in partners.values():
                partners[other] = number
        of_wanted = {number: found[other] for other, number in partners.items()}
        return [(one, of_wanted.get(number)) for number, one in enumerate(wanted)]

    def _cost(self, one: Values, other: Values) -> int | None:
        """The number of fields that differ, without those that cannot be set on creation. None if it cannot be changed to match."""
        different = schema.differing(self.resource.fields, one, other)
        if any(planner.is_fixed(self.resource, field) for field in different) or self.resource.faults(one, other):
            return None
        if self.resource.restricts and not all(field.remark for field in different):
            name, value = self.resource.restricts
            if value in (one.get(name), other.get(name)):
                return None
        return sum(field.created for field in different)

    def _pairs_by_identity(self, wanted: t.Sequence[Values], found: t.Sequence[Values]) -> Pairs:
        there: dict[tuple[t.Any, ...], list[Values]] = {}
        for other in found:
            there.setdefault(self._identity(other), []).append(other)
        rows = [there.get(self._identity(one), []) for one in wanted]
        if self.resource.twins:  # they are equivalent, so that the first is used
            return [(one, same[0] if same else None) for one, same in zip(wanted, rows)]
        return [(one, only_one(self.resource, same)) for one, same in zip(wanted, rows)]

    def act(self, client: Client, plans: t.Sequence[Plan], of: Resource, parent: Plan) -> list[Plan]:
        """Carry out the plans for the children of a resource. An error contains all changes so far, also those of the resource.

        :param of: the kind of the parent.
        :param parent: how it came to be as it is.
        """
        from .executor import Executor  # only if something is written: a module compiles its imports each time

        owner = t.cast(Values, parent.after)
        siblings = {child.before["id"] for child in plans if child.before is not None}
        seen = parent.before is not None
        executor = Executor(Finder(client, self.resource, {"id": owner["id"]}), parent_seen=seen, siblings=siblings)
        done: list[Plan] = []
        for child in plans:
            if _is_taken(child, done):  # it received the identity of a desired one only after planning
                child = Plan(child.before, None)
            try:
                done.append(executor.act(child))
                siblings.update([done[-1].after["id"]] if done[-1].after else [])
            except KatapultError as error:
                left = plans[len(done) :]
                error.with_note(self._progress(done, left))
                changed = bool(parent.steps or error.changed or any(other.steps for other in done))
                if not (changed or error.partial_result):
                    raise
                failing = error.partial_result.get(self.resource.name) or left[0].before
                now = [*(other.after for other in done), failing, *(other.before for other in left[1:])]
                known = {**owner, self.resource.set_option: self.shown(now)}
                raise error.with_partial_result(changed, **{of.name: known}) from None
        return done

    def _progress(self, done: t.Sequence[Plan], left: t.Sequence[Plan]) -> str:
        """The message if the writes were interrupted: what was done, and what was not."""

        def text(plan: Plan) -> str:
            return "the %s" % self.resource.text(plan.after or plan.before or {})

        def report(plans: t.Sequence[Plan], verb: str) -> list[str]:
            return ["%s %s %s" % (text(one), verb, _deed(one)) for one in plans if one.steps]

        all_of_it = [*report(done, "was"), "the task failed at %s" % text(left[0]), *report(left[1:], "was not")]
        return "Of the %s: %s." % (self.resource.set_option, "; ".join(all_of_it))

    @property
    def _shown_fields(self) -> schema.Fields:
        """The fields in a result; the parent is omitted if they are nested in it."""
        parent = self.resource.parent
        return tuple(field for field in self.resource.fields if parent is None or field.name != parent.name)

    def _sort_key(self, one: Values) -> list[t.Any]:
        return [(one.get(name) is not None, one.get(name)) for name in self.resource.identity]

    def shown(self, children: t.Iterable[Values | None]) -> list[Values]:
        """Children in a result: in the order of their identities, each with the fields that were read."""
        names = {field.name for field in self._shown_fields}
        there = [{name: value for name, value in one.items() if name in names} for one in children if one is not None]
        return sorted(there, key=lambda one: (self._sort_key(one), str(one.get("id"))))

    def warnings(self, plans: t.Iterable[Plan], unknown: ReferenceFaults = lambda fields, one: []) -> list[str]:
        """Warnings about settings of the task that have no effect or do not work.

        :param unknown: those about unknown IDs of other resources, by (fields, wanted).
        """
        found = []
        for one in plans:
            if one.wanted and one.after is not None:
                wanted = dict(one.wanted)
                found += unknown(self.resource.fields, wanted)
                found += schema.unconfirmed(self.resource.fields, wanted, one.after)
                found += self.resource.warnings(wanted, one.before, one.after, None)
        return list(map(_as_child, found))


def _has_any(child: Values, of: t.Iterable[tuple[str, t.Any]]) -> bool:
    """Whether one of some fields has its value."""
    return any(child.get(name) == value for name, value in of)


def _deed(plan: Plan) -> str:
    """The action of a plan."""
    if not plan.steps:
        return ""
    return "added" if plan.before is None else "removed" if plan.after is None else "changed"


def _is_taken(plan: Plan, done: t.Sequence[Plan]) -> bool:
    """Whether a child to delete is one that the task has just adopted."""
    if plan.after is not None or plan.before is None:
        return False
    return any(other.after["id"] == plan.before["id"] for other in done if other.after is not None)


def _as_child(text: str) -> str:
    """Convert a text about options of the child's module to the options of the parent's module."""
    return text.replace("%s." % PROPERTIES, "")
