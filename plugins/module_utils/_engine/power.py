# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan how to start, stop and restart a resource: dictionaries in, a plan out."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, TaskRefused, WorkFailed
from .._http.client import Client
from .._schema.fields import Call, Values
from .finder import Finder
from .lifecycle import PowerOptions
from .planner import Limit, Plan, Step
from .resource import Power, Resource

_UNWATCHED = (
    "The API token may not read %ss (scope %ss:read). The module therefore watches the state of the %s instead. This may change"
    " before the background work ends, so later requests may have to wait."
)
_IGNORED = (
    "The %s did not shut down within %g seconds (shutdown_timeout). Its operating system may ignore the request, or need more"
    " time."
)
_CUT_IT = "Increase shutdown_timeout, or set force: true to cut its power in this case."


def predicted(power: Power, wanted: PowerOptions) -> str:
    """The state of a new resource."""
    return power.off if wanted.state == power.off else power.on


def is_new(resource: Resource, found: Values, now: float) -> bool:
    """Whether a resource may still be being created."""
    from .waiter import is_being_created  # only without waiting: a module compiles its imports

    return resource.ready is not None and is_being_created(resource.ready, found, now)


def without_power(resource: Resource, plan: Plan, wanted: PowerOptions) -> Plan:
    """The plan for a resource that may still be being created, if the task does not wait."""
    power = t.cast(Power, resource.power)
    found = t.cast(Values, plan.before)
    if wanted.state == power.off:
        return plan._replace(warnings=(*plan.warnings, not_stopped(resource, found)))
    if wanted.state == power.on and found[power.field] == power.off:
        # If it is busy, it is being created, and then runs.
        start = _step(resource, found, power.start, power.on)._replace(unless_busy=True)
        after = {**t.cast(Values, plan.after), power.field: power.on}
        return plan._replace(steps=(*plan.steps, start), after=after)
    return plan


def not_stopped(resource: Resource, shown: Values) -> str:
    """The warning about a resource that a task does not stop, because it does not wait until it is complete."""
    said = "The %s may still be being built, so it is not stopped. Run the task again without wait: false."
    return said % resource.text(shown)


def await_stop(finder: Finder, found: Values, seconds: float, release: t.Callable[[], None]) -> Values:
    """A resource that is to be resized, once it is not being stopped any more: before, it is not known whether it will run.

    :param release: releases the lock, before it is waited for.
    """
    from .waiter import poll_until  # only if something is waited for: a module compiles its imports

    power, clock = t.cast(Power, finder.resource.power), finder.client.budget.clock
    if found[power.field] not in power.turning_off:
        return found
    release()
    return poll_until(
        finder.client,
        lambda: finder.read_again(found["id"]),
        lambda now: now[power.field] not in power.turning_off,
        clock.monotonic() + seconds,
        "the %s" % finder.resource.text(found),
    )


def await_state(finder: Finder, found: Values, wanted: PowerOptions, seconds: float) -> Values | None:
    """Wait for a resource that was already being started or stopped; None if it was not."""
    from .waiter import poll_until  # only if something is waited for: a module compiles its imports

    power, clock = t.cast(Power, finder.resource.power), finder.client.budget.clock
    if not is_turning(power, wanted.state, found[power.field]):
        return None

    def is_done(now: Values) -> bool:
        reject_broken(finder.resource, now)
        if now[power.field] != wanted.state and not is_turning(power, wanted.state, now[power.field]):
            said = "The %s is %s now, but was expected to become %s. Running the task again is safe."
            text = said % (finder.resource.text(now), now[power.field], wanted.state)
            raise KatapultError(text, ErrorDetails("state_not_reached", method="GET", path=finder.resource.path))
        return bool(now[power.field] == wanted.state)

    what = "the %s" % finder.resource.text(found)
    return poll_until(finder.client, lambda: finder.read_again(found["id"]), is_done, clock.monotonic() + seconds, what)


def unwatched(client: Client, resource: Resource) -> tuple[str, ...]:
    """The warning about background work that the API token may not read, before a creation."""
    (work, *_others) = t.cast(Power, resource.power).start.waits
    try:
        # There is no such object. The API checks the scopes before it looks for it.
        client.request("GET", work.path, [("%s[id]" % work.of, "%s_none" % work.of)], retry=False)
    except KatapultError as error:
        if error.details.code == "scope_not_granted":
            said = _UNWATCHED % (work.of, work.of, resource.noun)
            client.show(said)
            return (said,)
    return ()


def reject_broken(resource: Resource, found: Values) -> None:
    """Raise the error for a resource that cannot run any more."""
    power = t.cast(Power, resource.power)
    if found.get(power.field) in power.broken:
        said = "The %s has failed (%s: %s). %s"
        text = said % (resource.text(found), power.field, found[power.field], power.hint)
        raise WorkFailed(text, ErrorDetails("%s_failed" % resource.name, method="GET", path=resource.path))


def is_turning(power: Power, wanted: str | None, state: t.Any) -> bool:
    """Whether a resource is already on its way to the desired state."""
    return state in (power.turning_on if wanted == power.on else power.turning_off if wanted == power.off else ())


def with_power(resource: Resource, plan: Plan, wanted: PowerOptions) -> Plan:
    """A plan with the requests that start, stop or restart the resource; rejected if a restart is needed but not permitted.

    :param plan: the plan for a resource that exists and is not deleted.
    """
    power = t.cast(Power, resource.power)
    found, after = t.cast(Values, plan.before), t.cast(Values, plan.after)
    reject_broken(resource, found)
    state = found[power.field]
    sizing = [step for step in plan.steps if power.sized_by in (step.reaches or ())]
    others = [step for step in plan.steps if step not in sizing]
    # One that is being stopped is waited for before this plan is carried out.
    needs_stop = bool(sizing) and state not in (power.off, *power.turning_off) and _may_shrink(power, found, after)
    if needs_stop and wanted.state != power.off and not wanted.allow_restart:
        raise _restart_needed(resource, power, found, after)
    target, notes = wanted.state, plan.warnings
    ends = power.off if sizing and state in power.turning_off else state
    stop, start = _stop(resource, found, wanted), _step(resource, found, power.start, power.on)
    steps = [*others, *sizing]
    if needs_stop:
        ends = power.off if target == power.off else power.on
        steps = [*others, stop, *sizing, *([start] if ends == power.on else [])]
        if ends == power.on:
            said = "The %s is stopped and started again, because its new %s is smaller, or may be."
            notes = (*notes, said % (resource.text(found), power.sized_by))
    elif target not in (None, state) and not is_turning(power, target, state):
        ends = target
        steps.append(start if target == power.on else stop)
    return plan._replace(steps=tuple(steps), after={**after, power.field: ends}, warnings=notes)


def cut(resource: Resource, found: Values) -> tuple[Step, ...]:
    """The request that stops a resource at once, so that it can be deleted; none if it does not run."""
    power = resource.power
    if power is None or found[power.field] in (power.off, *power.broken):
        return ()
    return (_step(resource, found, power.cut, power.off),)


def _stop(resource: Resource, found: Values, wanted: PowerOptions) -> Step:
    power = t.cast(Power, resource.power)
    otherwise = _step(resource, found, power.cut, power.off) if wanted.force else None
    text = _IGNORED % (resource.text(found), wanted.shutdown_timeout)
    limit = Limit(wanted.shutdown_timeout, text, _CUT_IT, "shutdown_timed_out", otherwise)
    return _step(resource, found, power.shut_down, power.off)._replace(limit=limit)


def _step(resource: Resource, found: Values, call: Call, reaches: str) -> Step:
    power, body = t.cast(Power, resource.power), {resource.name: {"id": found["id"]}}
    return Step(call.method, call.path, (), body, call.answer, call.waits, reaches={power.field: reaches})


def _may_shrink(power: Power, found: Values, after: Values) -> bool:
    """Whether a change makes a resource smaller, or may do so because the sizes are not known."""
    sizes = [(found.get(name), after.get(name)) for name in power.sizes]
    return any(new is None or (old is not None and new < old) for old, new in sizes)


def _restart_needed(resource: Resource, power: Power, found: Values, after: Values) -> TaskRefused:
    sizes = ["%s from %s to %s" % (name, found.get(name), after.get(name)) for name in power.sizes]
    known = all(after.get(name) is not None for name in power.sizes)
    how = "is smaller (%s)" % ", ".join(sizes) if known else "may be smaller: the API token may not read packages"
    return TaskRefused(
        "The new %s of the %s %s. The change requires a stop. Nothing was changed. Set allow_restart: true to shut it down and start"
        " it again, or use state: %s." % (power.sized_by, resource.text(found), how, power.off),
        "restart_needed",
    )
