# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that lead to certain fields of a resource, and that may be sent again: they are not needed if it already has them."""

from __future__ import annotations

from .._errors import ErrorDetails, KatapultError, WorkFailed
from .._schema import fields as schema
from .._schema.fields import Values
from .creator import with_deletion_note
from .executor import BUSY, STAYED_BUSY, Executor
from .planner import Limit, Step


def reach(executor: Executor, step: Step, before: Values, last: bool) -> tuple[Values, bool]:
    """Send a request that may be sent again, unless its effect has already occurred, and wait for it.

    :param last: whether nothing follows that requires the effect.
    :returns: the resource afterwards, and whether the request was sent.
    """
    clock, seconds = executor.finder.client.budget.clock, step.limit.seconds if step.limit else executor.patience
    try:
        answer, current, sent = _send_unless_reached(executor, step, before)
        if answer is None:
            return current, sent
        if last and executor.wait is None:
            return executor.finder.read_again(before["id"]), True
    except KatapultError as error:
        if step.limit and error.details.code == BUSY and error.may_have_taken_effect:
            return _after_limit(executor, step.limit, before, error, last)
        raise with_deletion_note(error, executor.finder.resource.name)
    try:
        return _await_effect(executor, step, answer, before, clock.monotonic() + seconds, last), True
    except KatapultError as error:
        if step.limit and (error.details.code == "wait_timed_out" or isinstance(error, WorkFailed)):
            return _after_limit(executor, step.limit, before, error, last)
        raise executor.partial(error, before)


def _send_unless_reached(executor: Executor, step: Step, before: Values) -> tuple[Values | None, Values, bool]:
    """The response to a request, or None if the resource shows its effect already; the resource; whether this task sent it."""
    clock, current, sent = executor.finder.client.budget.clock, before, False
    deadline = clock.monotonic() + executor.patience
    while True:
        if current is not before and _has_reached(executor, step, current):
            return None, current, sent
        try:
            return executor.send_once(step, None, idempotent=True), current, True
        except KatapultError as error:
            if error.details.code != BUSY:
                raise
            if error.may_have_taken_effect and not sent:  # the response to an earlier attempt was lost
                sent = True
                deadline = min(deadline, clock.monotonic() + (step.limit.seconds if step.limit else executor.patience))
            error.may_have_taken_effect = sent
            if step.unless_busy and not sent:
                return None, current, False
            current = _await_rest(executor, before, error, deadline)


def _await_rest(executor: Executor, before: Values, busy: KatapultError, deadline: float) -> Values:
    """A busy resource, after a pause, and as soon as it is neither being started nor stopped."""
    power = executor.finder.resource.power
    turning = (*power.turning_on, *power.turning_off) if power else ()
    while True:
        if not executor.pause_while_busy(busy, deadline, executor.finder.resource.text(before)):
            busy.with_note(STAYED_BUSY % executor.finder.resource.text(before))
            raise busy.with_partial_result(busy.changed, **{executor.finder.resource.name: before})
        try:
            current = executor.finder.read_again(before["id"])
        except KatapultError as error:
            unknown = busy.may_have_taken_effect
            raise error.with_note("Whether the last request took effect is not known.") if unknown else error
        if power is None or current.get(power.field) not in turning:
            return current


def _has_reached(executor: Executor, step: Step, current: Values) -> bool:
    return not schema.differing(executor.finder.resource.fields, dict(step.reaches or {}), current)


def _await_effect(
    executor: Executor, step: Step, answer: Values, before: Values, deadline: float, last: bool
) -> Values:
    """Wait until the resource has the fields to which a request leads."""
    from .waiter import poll_until  # only if something is waited for: a module compiles its imports

    resource, clock = executor.finder.resource, executor.finder.client.budget.clock
    what = "the %s" % resource.text(before)
    executor.await_work(step.waits, answer, what, last=last, seconds=max(1.0, deadline - clock.monotonic()))
    broken = resource.power.broken if resource.power else ()
    field = resource.power.field if resource.power else ""

    def is_done(now: Values) -> bool:
        if now.get(field) in broken and now.get(field) != before.get(field):
            said = "The %s has failed (%s: %s)." % (resource.text(now), field, now.get(field))
            raise WorkFailed(said, ErrorDetails("%s_failed" % resource.name, method="GET", path=resource.path))
        return _has_reached(executor, step, now)

    return poll_until(executor.finder.client, lambda: executor.finder.read_again(before["id"]), is_done, deadline, what)


def _after_limit(
    executor: Executor, limit: Limit, before: Values, error: KatapultError, last: bool
) -> tuple[Values, bool]:
    """What follows if the effect of a request does not occur, or not in time."""
    if limit.otherwise is not None:
        return reach(executor, limit.otherwise, before, last)
    if not isinstance(error, WorkFailed):
        error.message = limit.text
        error.details = ErrorDetails(limit.code)  # no request has failed
    error.with_note("%s Running the task again is safe." % limit.advice)
    raise executor.partial(error, before)
