# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Allocate resources to resources of another kind, and take them away: look, plan and act.

The requests are never repeated without a look: after a lost response, the resource shows whether it was executed.
"""

from __future__ import annotations

import re
import typing as t

from .._errors import ErrorDetails, KatapultError, TaskRefused
from .._http.client import Client
from .._schema.fields import Values
from . import planner
from .create_once import pauses
from .creator import with_deletion_note
from .delete_once import delete_once
from .finder import Finder
from .planner import Plan, Step
from .resource import Allocation, ParentRef, Resource

if t.TYPE_CHECKING:
    from .executor import Executor


class Target(t.NamedTuple):
    """What a resource is to be allocated to."""

    holder: Values  # the one that is to have it; its ID is None if an earlier task would create it
    interface: Values | None  # its interface; None if that is not known yet


def _of(resource: Resource) -> Allocation:
    return t.cast(Allocation, resource.allocation)


# Looking


def look(
    client: Client,
    resource: Resource,
    kinds: t.Mapping[str, Resource],
    wanted: Values,
    one: Values,
    organization: ParentRef,
) -> Target | None:
    """What a task allocates a resource to; None if it already has it, or if the task does not say.

    :param kinds: the other kinds, by name.
    :param wanted: the fields that the task sets.
    :param one: the resource, or its prediction.
    :param organization: that of the task; None if it does not set one.
    :raises TaskRefused: there is not exactly one suitable interface, or it belongs to another organization.
    """
    allocation = _of(resource)
    identifier = wanted.get(allocation.to)
    if identifier is None or (identifier and one.get(allocation.field) == identifier):
        return None
    if not identifier:  # an earlier task would create it
        return Target({"id": None}, None)
    holders = Finder(client, kinds[allocation.to], organization)
    holder = holders.read_again(identifier)
    if organization is not None:
        holders.check_organization(holder, allocation.to)
    rows = Finder(client, kinds[allocation.on], {"id": identifier}).list_all()
    within = one.get(allocation.within) or {}
    if one.get("id") is None and not within.get("id"):  # the details of a new one could not be read
        return Target(holder, None)
    interfaces = [
        row for row in rows if within.get("id") and (row.get(allocation.within) or {}).get("id") == within["id"]
    ]
    if len(interfaces) != 1:
        raise _unsuitable(resource, kinds, one, holder, rows, interfaces)
    return Target(holder, interfaces[0])


def _unsuitable(
    resource: Resource,
    kinds: t.Mapping[str, Resource],
    one: Values,
    holder: Values,
    rows: list[Values],
    interfaces: list[Values],
) -> TaskRefused:
    """The error if not exactly one interface can have a resource."""
    allocation, on = _of(resource), kinds[_of(resource).on]
    within = one.get(allocation.within) or {}
    where = "the %s %s of the %s" % (allocation.within, within.get("permalink") or within.get("id"), resource.text(one))
    who = kinds[allocation.to].text(holder)
    if interfaces:
        text = "The %s has several %s on %s: %s. Nothing was changed. Allocate it in the Katapult console."
        said = (who, on.nouns, where, ", ".join(_interface(on, row) for row in interfaces))
        return TaskRefused(text % said, "several_interfaces_found")
    text = "The %s has no %s on %s; it has %s. Nothing was changed. Both must have the same %s."
    known = ", ".join(_interface(on, row) for row in rows) or "none"
    return TaskRefused(text % (who, on.noun, where, known, allocation.within), "no_interface_available")


def _interface(on: Resource, row: Values) -> str:
    return '"%s" (%s)' % (row["name"], row["id"]) if row.get("name") else "the %s %s" % (on.noun, row["id"])


# Planning


def is_allocated(resource: Resource, one: Values) -> bool:
    """Whether something has a resource."""
    allocation = _of(resource)
    return any(one.get(name) is not None for name in (allocation.field, allocation.kind[0], allocation.shown))


def with_allocation(resource: Resource, plan: Plan, wanted: Values, target: Target | None, parent: ParentRef) -> Plan:
    """A plan with the requests that allocate the resource, or take it away.

    The other changes follow them, because the API sets a field when the resource is allocated.

    :param plan: the plan for a resource that is not deleted.
    :param wanted: the fields that the task sets.
    """
    allocation, found = _of(resource), plan.before
    (follows, _of_holder) = allocation.follows
    if found is None:
        given = {follows: wanted[follows]} if follows in wanted else {}
        placed = _placed(allocation, target) if target else {}
        return plan._replace(after={**t.cast(Values, plan.after), **placed, **given})
    allocated = is_allocated(resource, found)
    if target is None and not (allocated and wanted.get(allocation.removed_by) is False):
        return plan
    _check_removable(resource, found)
    steps = [_unallocate(resource, found)] if allocated else []
    if target is not None:
        steps.append(_allocate(resource, found, target))
    rest = planner.plan(resource, "present", wanted, {**found, **_placed(allocation, target)}, parent)
    return plan._replace(after=rest.after, steps=(*steps, *rest.steps))


def with_removal(resource: Resource, plan: Plan, permitted: t.Container[str]) -> Plan:
    """A plan for a deletion; rejected if something has the resource, unless the task permits to take it away."""
    allocation, found = _of(resource), plan.before
    if found is None or not is_allocated(resource, found):
        return plan
    if allocation.permitted_by not in permitted:
        said = "The %s is allocated to %s. Nothing was changed. To take it away and release it, set %s: true."
        raise TaskRefused(
            said % (resource.text(found), _holder(resource, found), allocation.permitted_by),
            "%s_allocated" % resource.name,
        )
    _check_removable(resource, found)
    return plan._replace(steps=(_unallocate(resource, found), *plan.steps))


def _check_removable(resource: Resource, one: Values) -> None:
    """Reject to take a resource from something that always needs one, such as a load balancer."""
    allocation = _of(resource)
    (name, value) = allocation.kind
    if one.get(name) not in (None, value):
        said = "The %s is allocated to %s. It can only be taken from a %s. Nothing was changed."
        noun = allocation.to.replace("_", " ")
        raise TaskRefused(said % (resource.text(one), _holder(resource, one), noun), allocation.not_removable)


def _placed(allocation: Allocation, target: Target | None) -> Values:
    """The fields of a resource that change when it is allocated, or taken away."""
    holder = target.holder if target else {}
    (kind, value), (follows, name) = allocation.kind, allocation.follows
    shown = {"type": value, "id": holder.get("id"), "name": holder.get("name")}
    return {
        allocation.field: holder.get("id"),
        kind: value if target else None,
        allocation.shown: shown if target else None,
        follows: holder.get(name),
    }


def _holder(resource: Resource, one: Values) -> str:
    """The text for what has a resource."""
    allocation = _of(resource)
    shown = one.get(allocation.shown) or {}
    kind = shown.get("type") or one.get(allocation.kind[0])
    noun = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(kind or allocation.kind[1])).lower()
    name = ' "%s"' % shown["name"] if shown.get("name") else ""
    identifier = shown.get("id") or one.get(allocation.field)
    return "the %s%s%s" % (noun, name, " (%s)" % identifier if identifier else "")


def _unallocate(resource: Resource, found: Values) -> Step:
    call, allocation = _of(resource).unallocate, _of(resource)
    return Step(
        call.method,
        call.path,
        (),
        {resource.name: {"id": found["id"]}},
        call.answer,
        hint="The %s is allocated to %s." % (resource.noun, _holder(resource, found)),
        reaches={allocation.field: None},
        once=True,
    )


def _allocate(resource: Resource, found: Values, target: Target) -> Step:
    call, allocation = _of(resource).allocate, _of(resource)
    before = is_allocated(resource, found)
    return Step(
        call.method,
        call.path,
        (),
        {allocation.on: {"id": (target.interface or {}).get("id")}, resource.name: {"id": found["id"]}},
        call.answer,
        hint="It was taken from %s before." % _holder(resource, found) if before else "",
        reaches={allocation.field: target.holder["id"]},
        once=True,
    )


# Execution


def carry_out(executor: Executor, step: Step, before: Values) -> tuple[Values, bool]:
    """Allocate a resource, or take it away; the resource afterwards, and whether this task did it."""
    return _Attempts(executor, step, before).run()


def remove(executor: Executor, plan: Plan) -> Plan:
    """Delete a resource; returns the plan with the steps that this task executed."""
    finder, done = executor.finder, t.cast(t.List[Step], [])
    current = t.cast(Values, plan.before)
    (*others, delete) = plan.steps
    try:
        for step in others:
            current, did = carry_out(executor, step, current)
            done += [step] if did else []
        deleted = delete_once(
            finder.client,
            delete,
            finder.resource.missing,
            finder.resource.text(current),
            lambda: finder.get("id", current["id"]) is not None,
        )
    except KatapultError as error:
        raise executor.partial(error, current) if done else error
    return plan._replace(steps=(*done, *([delete] if deleted else [])))


class _Attempts:
    """The attempts to send one request."""

    def __init__(self, executor: Executor, step: Step, before: Values) -> None:
        self.executor = executor
        self.finder = executor.finder
        self.client = executor.finder.client
        self.step = step
        self.before = before
        self.allocation = _of(executor.finder.resource)
        self.lost = False  # whether the response to an attempt was lost

    def run(self) -> tuple[Values, bool]:
        """Send it until it takes effect; the resource afterwards, and whether this task changed it."""
        tries = 0
        while True:
            tries += 1
            started = self.client.budget.clock.monotonic()
            failure = self._send()
            if tries > 1:
                self.client.budget.spend(self.client.budget.clock.monotonic() - started)
            if failure is None:
                return self._confirmed(), True
            now = self._after(failure)
            if now is not None:
                return now, self.lost
            try:
                self.client.back_off(failure, tries)
            except KatapultError as error:
                raise self._explained(error)
            if self.lost:
                now = self._read(failure)
                if self._is_reached(now):
                    return now, True

    def _send(self) -> KatapultError | None:
        """Send it once; the error, if any."""
        step = self.step
        body = t.cast(Values, step.body)
        identifier = body[step.answer]["id"] if step.answer else None
        try:
            self.client.request(step.method, step.path, None, body, step.answer, identifier, retry=False)
        except KatapultError as error:
            return error
        return None

    def _after(self, failure: KatapultError) -> Values | None:
        """The resource, if it shows that nothing more is to be done; None if the request is to be sent again.

        :raises KatapultError: it must not be sent again.
        """
        resource = self.finder.resource
        if failure.may_have_taken_effect:
            self.lost = True
            self.client.renew_connection()
            now = self._watch(failure)
            if self._is_reached(now):
                return now
            if not failure.transient or now.get(self.allocation.field) != self.before.get(self.allocation.field):
                said = "Whether the request took effect is not known: the %s is %s. Running the task again is safe."
                raise self._explained(failure.with_note(said % (resource.noun, self._state(now))))
            return None
        failure.may_have_taken_effect = self.lost
        if failure.details.code in self.allocation.raced:
            now = self._read(failure)
            if self._is_reached(now):
                return now
            said = "The %s is %s now, so another client has changed this in the meantime."
            failure.with_note(said % (resource.noun, self._state(now)))
        elif failure.transient:
            return None
        raise self._explained(with_deletion_note(failure, resource.name))

    def _confirmed(self) -> Values:
        """The resource after a response that confirmed the effect."""
        try:
            now = self._watch(None)
        except KatapultError as error:
            raise self.executor.partial(self._explained(error), self.before)
        if self._is_reached(now):
            return now
        said = "The API accepted the request, but the %s is %s. Running the task again is safe."
        text = said % (self.finder.resource.text(now), self._state(now))
        raise self.executor.partial(self._explained(KatapultError(text, ErrorDetails("allocation_not_visible"))), now)

    def _watch(self, failure: KatapultError | None) -> Values:
        """The resource, as soon as it shows the effect or anything else than before, or after some seconds."""
        waiting = pauses(self.finder.resource.visible_within)
        while True:
            now = self._read(failure)
            changed = now.get(self.allocation.field) != self.before.get(self.allocation.field)
            pause = min(next(waiting, 0.0), self.client.budget.remaining())
            if changed or self._is_reached(now) or not pause:
                return now
            self.client.budget.sleep(pause)
            self.client.stop_if_abandoned(may_have_taken_effect=True)

    def _read(self, failure: KatapultError | None) -> Values:
        try:
            return self.finder.read_again(self.before["id"])
        except KatapultError as error:
            if failure is None:
                raise
            said = "Whether it took effect is not known, because reading it failed, too: %s Running the task again is safe."
            raise self._explained(failure.with_note(said % error)) from error

    def _is_reached(self, now: Values) -> bool:
        wanted = (self.step.reaches or {}).get(self.allocation.field)
        return now.get(self.allocation.field) == wanted if wanted else not is_allocated(self.finder.resource, now)

    def _state(self, now: Values) -> str:
        resource = self.finder.resource
        return "allocated to %s" % _holder(resource, now) if is_allocated(resource, now) else "not allocated"

    def _explained(self, error: KatapultError) -> KatapultError:
        return error.with_note(self.step.hint) if self.step.hint else error
