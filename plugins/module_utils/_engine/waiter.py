# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for background work after a response."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, malformed
from .._http.client import Client, is_object
from .._schema.fields import Values, Wait

_PAUSES = (1.0, 2.0)  # seconds before the first poll of a work, and between two others
_JITTER = 1.0  # maximum seconds of jitter, so that waiting tasks do not all poll at once
_PAUSE_AFTER_ERROR = 5.0  # seconds, if the response does not specify a time


class _Failed(KatapultError):
    """Background work has failed."""


class _Until(t.NamedTuple):
    """How long to wait, and for what."""

    client: Client
    what: str
    seconds: float
    deadline: float

    @property
    def left(self) -> float:
        return max(0.0, self.deadline - self.client.budget.clock.monotonic())

    def pause(self, seconds: float) -> None:
        """Wait before the next poll, and show this once."""
        clock = self.client.budget.clock
        self.client.report_wait(self.what, self.seconds, self.left)
        clock.sleep(min(seconds + clock.jitter() * _JITTER, self.left))
        self.client.stop_if_abandoned(may_have_taken_effect=True)


def wait(
    client: Client, waits: t.Sequence[Wait], answer: Values, seconds: float, what: str, before: Values | None = None
) -> None:
    """Wait for all background work of a response, with one timeout for all; an error if it fails or takes longer.

    This is not a part of the request that may be retried: a failed poll is not a failed write, and does not use the retry budget.

    :param what: the resource, for messages.
    :param before: the resource before the request, if it existed.
    """
    until = _Until(client, what, seconds, client.budget.clock.monotonic() + seconds)
    known = dict(answer)
    failure: KatapultError | None = None  # of one work, of which the next one may show the reason
    at_once = False  # whether the previous work has ended, so that the next one may have, too
    for work in waits:
        if not is_object(known.get(work.of)):
            if not work.required:
                continue
            raise malformed(answer, 'a "%s" with an id' % work.of)
        try:
            if failure is None:
                known[work.of] = _until_done(until, work, known[work.of], before or {}, at_once)
            else:
                failure = _explained(failure, work, _poll(until, work, known[work.of]), before or {})
            at_once = True
        except _Failed as error:
            failure = error
        except KatapultError as error:
            # The next work shows the same, if the token may not read this one, it is not known any more, or the API fails.
            if work.required or error.details.code == "wait_timed_out":
                raise
            at_once = not until.left
    if failure is not None:
        raise failure


def _until_done(until: _Until, work: Wait, target: Values, before: Values, at_once: bool) -> Values:
    """Poll until one work is complete, see :func:`wait`; returns its object."""
    moved, pause = False, _PAUSES[0]
    while not (_is_done(work, target, before)):
        if target.get(work.field) in work.failed and (moved or not _was_there(work, before)):
            raise _failure(work, target)
        if not until.left and not at_once:
            said = (
                "is not complete after %g seconds (wait_timeout). Running the task again is safe, and waits again"
                % until.seconds
            )
            raise KatapultError(_text(work, target, said), ErrorDetails("wait_timed_out", method="GET", path=work.path))
        if not at_once:
            until.pause(pause)
            pause = _PAUSES[1]
        at_once = False
        try:
            target = _poll(until, work, target)
        except KatapultError as error:
            if not (work.gone and error.is_not_found(work.of)):
                raise
            break
        moved = moved or target.get(work.field) != before.get(work.field)
    return target


def _is_done(work: Wait, target: Values, before: Values) -> bool:
    """Whether a work is complete: an object that is only changed must differ from the one before."""
    same = work.moves is not None and bool(before) and target.get(work.moves) == before.get(work.moves)
    return target.get(work.field) in work.done and not same


def _was_there(work: Wait, before: Values) -> bool:
    """Whether the object already had the state of a failure before the request."""
    return work.moves is not None and before.get(work.field) in work.failed


def _poll(until: _Until, work: Wait, target: Values) -> Values:
    """The object of a work, as it is now. Temporary errors are ignored until the timeout."""
    query = [("%s[id]" % work.of, target["id"])]
    while True:
        try:
            answer = until.client.request("GET", work.path, query, None, work.of, target["id"], retry=False)
            return t.cast(Values, answer[work.of])
        except KatapultError as error:
            if not error.transient or not until.left:
                raise error.with_note("Running the task again is safe.")
            until.pause(error.retry_after or _PAUSE_AFTER_ERROR)


def _explained(failure: KatapultError, work: Wait, target: Values, before: Values) -> KatapultError | None:
    """The failure of an earlier work, with the reason that the object of this one shows; None if this one is complete."""
    if _is_done(work, target, before):
        return None
    return _failure(work, target) if target.get(work.field) in work.failed else failure


def _failure(work: Wait, target: Values) -> _Failed:
    reason = target.get(work.reason) if work.reason else None
    said = "has failed (%s: %s)%s" % (work.field, target.get(work.field), ": %s" % reason if reason else "")
    message = _text(work, target, said)
    return _Failed(
        "%s %s" % (message, work.hint) if work.hint else message,
        ErrorDetails("%s_failed" % work.of, method="GET", path=work.path),
    )


def _text(work: Wait, target: Values, said: str) -> str:
    return "The %s %s %s." % (work.of.replace("_", " "), target["id"], said.rstrip("."))
