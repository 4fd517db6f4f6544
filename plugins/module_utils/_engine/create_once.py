# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create at most one resource, even if the response is lost."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError, WorkFailed
from .._http.client import Client
from .._schema.fields import Values

_RERUN = "Running the task again is safe: it reads the current state first, and never creates a duplicate."
_PATIENT_RERUN = "Running the task again is safe, by the same user on the same machine: it first waits for what this task has started."
_LONGEST_PAUSE = 5.0  # seconds between two lookups

LookUp = t.Callable[[], t.Optional[Values]]


class Created(t.NamedTuple):
    """The result of a creation."""

    existing: Values  # what exists now
    created_by_us: bool  # whether this task created it, as far as can be determined
    confirmed: bool  # whether it is from the response to the create request, so that it need not be read again


def create_once(
    client: Client,
    create: t.Callable[[], Values],
    look_up: LookUp,
    what: str,
    visible_within: float,
    appears_late: bool = False,
) -> Created:
    """Create; retry only after an error without effect, and otherwise look up whether the resource was created.

    :param what: what is created, for the error message.
    :param visible_within: seconds to look for a resource that may have been created.
    :param appears_late: whether this is so long that api_retry_timeout does not limit it.
    """
    clock = client.budget.clock
    tries = 0
    while True:
        tries += 1
        started = clock.monotonic()
        try:
            return Created(create(), created_by_us=True, confirmed=True)
        except KatapultError as error:
            failure = error
        if tries > 1:
            client.budget.spend(clock.monotonic() - started)
        if failure.may_have_taken_effect:
            client.renew_connection()
            failure.with_note("Whether %s was created is not known." % what)
            failure.unfinished = appears_late
            found = wait_until_visible(
                client, look_up, failure, what, visible_within, not appears_late, patient=appears_late
            )
            return Created(found, created_by_us=True, confirmed=False)
        if failure.details.http_status == 422:
            # Refused, possibly because another client has just created the same resource.
            existing = _look_up_after(look_up, failure)
            if existing is None:
                raise failure
        elif failure.transient:
            client.back_off(failure, tries)
            existing = _look_up_after(look_up, failure)  # in the meantime, another run may have created it
        else:
            raise failure
        if existing is not None:
            return Created(existing, created_by_us=False, confirmed=False)


def _look_up_after(look_up: LookUp, failure: KatapultError) -> Values | None:
    try:
        return look_up()
    except KatapultError as error:
        raise failure.with_note("The lookup failed, too: %s" % error) from error


def wait_until_visible(
    client: Client,
    look_up: LookUp,
    failure: KatapultError,
    what: str,
    visible_within: float,
    use_retry_budget: bool = True,
    patient: bool = False,
) -> Values:
    """Look up a resource until it appears.

    :param failure: the error to raise if it does not appear.
    :param what: what is looked up, for messages.
    :param use_retry_budget: whether api_retry_timeout includes the pauses. Otherwise, temporary errors of lookups are ignored.
    :param patient: whether all errors of lookups are ignored until the time is over, except for failed background work.
    """
    started = client.budget.clock.monotonic()
    left = pauses(visible_within)
    while True:
        trouble, existing = None, None
        try:
            existing = look_up()
        except WorkFailed:
            raise
        except KatapultError as error:
            trouble = error
        if existing is not None:
            return existing
        pause = next(left, 0.0)
        if not use_retry_budget:  # a lookup may take long, too
            pause = max(0.0, min(pause, visible_within - (client.budget.clock.monotonic() - started)))
        hopeless = use_retry_budget or not trouble.transient if trouble else False
        rerun = _PATIENT_RERUN if patient else _RERUN
        if trouble and (not pause or (hopeless and not patient)):
            raise failure.with_note("The lookup failed, too: %s %s" % (trouble, rerun)) from trouble
        if use_retry_budget:
            pause = min(pause, client.budget.remaining())
        if not pause:
            said = "It did not appear within %.0f seconds. The create request was not sent again after that. %s"
            raise failure.with_note(said % (client.budget.clock.monotonic() - started, rerun))
        so_far = client.budget.clock.monotonic() - started
        client.report_wait("%s to appear" % what, so_far + pause, visible_within - so_far)
        (client.budget if use_retry_budget else client.budget.clock).sleep(pause)
        client.stop_if_abandoned(may_have_taken_effect=True)


def pauses(seconds: float) -> t.Iterator[float]:
    """Increasing pauses with a total number of seconds: a create request that timed out may still be executed."""
    pause = 0.0
    while seconds > 0:
        pause = min(pause + 1, _LONGEST_PAUSE, seconds)
        seconds -= pause
        yield pause
