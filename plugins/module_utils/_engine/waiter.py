# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for background work after a response."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, WorkFailed, malformed
from .._http.client import Client, is_object
from .._schema.fields import Values, Wait
from .finder import Finder

_PAUSES = (1.0, 2.0)  # seconds before the first poll of a work, and between two others
_JITTER = 1.0  # maximum seconds of jitter, so that waiting tasks do not all poll at once
_PAUSE_AFTER_ERROR = 5.0  # seconds, if the response does not specify a time


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
                failure = _explained(failure, until, work, _poll(until, work, known[work.of]), before or {})
            at_once = True
        except WorkFailed as error:
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
    clock = until.client.budget.clock
    started = clock.monotonic()
    while not _is_done(work, target, before, until.client.now(), clock.monotonic() - started):
        if target.get(work.field) in work.failed and (moved or not _was_there(work, before)):
            raise _failure(work, target, until.what)
        if not until.left and not at_once:
            said = (
                "%s is not complete after %.0f seconds (wait_timeout). Running the task again is safe, and waits again."
            )
            text = said % (_subject(work, target, until.what), until.seconds)
            raise KatapultError(text, ErrorDetails("wait_timed_out", method="GET", path=work.path))
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


def poll_until(
    client: Client, read: t.Callable[[], Values], is_done: t.Callable[[Values], bool], deadline: float, what: str
) -> Values:
    """Read a resource until it is as it should be.

    :param deadline: the time of the monotonic clock until which to wait.
    :param what: the resource, for messages.
    :raises KatapultError: with the code C(wait_timed_out), if this takes longer.
    """
    until = _Until(client, what, deadline - client.budget.clock.monotonic(), deadline)
    while True:
        now = _patiently(until, read)
        if is_done(now):
            return now
        if not until.left:
            said = "%s has not reached the desired state in time. Running the task again is safe, and waits again."
            raise KatapultError(said % (what[:1].upper() + what[1:]), ErrorDetails("wait_timed_out", method="GET"))
        until.pause(_PAUSES[1])


def look_up_shown(
    finder: Finder, work: Wait, target: Values, look_up: t.Callable[[], Values | None], what: str
) -> Values | None:
    """A resource, as soon as the background work that creates it shows that it exists; None before that.

    :param target: the object of the work.
    :param look_up: how the resource is found by its identity.
    :raises WorkFailed: the work has failed.
    """
    shown = _shown_resource(finder.client, work, target, what)
    found = None if shown is None else look_up()
    if found and shown and found["id"] != shown:  # another client has created the same at the same moment
        return finder.read_again(shown)
    return found


def is_readable(client: Client, work: Wait, identifier: str) -> bool:
    """Whether background work is known, and may be read, or whether that is not known because of a temporary error."""
    try:
        _read(client, work, {"id": identifier})
    except KatapultError as error:
        return error.transient
    return True


def _shown_resource(client: Client, work: Wait, target: Values, what: str) -> str | None:
    """The ID of the resource that background work creates, as soon as it exists; empty if the work does not show it."""
    try:
        now = _read(client, work, target)
    except KatapultError as error:
        if error.transient:
            raise
        return ""
    if now.get(work.field) in work.failed:
        raise _failure(work, now, what)
    shown = t.cast(Values, now.get(work.shows or ""))
    if is_object(shown):
        return t.cast(str, shown["id"])
    return "" if now.get(work.field) in work.done else None


def wait_for_existing(
    finder: Finder, work: Wait, found: Values, seconds: float, release: t.Callable[[], None] = lambda: None
) -> bool:
    """Wait for the background work of the creation of a resource that was found, if it has not ended; whether it had not.

    :param release: called before the waiting begins.
    """
    if found.get(work.field) not in work.failed and not is_being_created(work, found, finder.client.now()):
        return False
    release()
    wait(finder.client, [work], {work.of: found}, seconds, "the %s" % finder.resource.text(found))
    return True


def is_being_created(work: Wait, found: Values, now: float) -> bool:
    """Whether the background work of the creation of a resource may not have ended. With unknown states, it has not.

    :param now: seconds since 1970.
    """
    is_new = work.only_new is None or _age(found, now) < work.only_new
    return is_new and found.get(work.field) not in (*work.done, *work.failed) and not _is_idle(work, found, now)


def _age(found: Values, now: float) -> float:
    """The seconds since a resource was created. A clock that is behind is no reason to wait for longer."""
    return max(0.0, now - (found.get("created_at") or 0))


def _is_idle(work: Wait, found: Values, now: float, waited: float = 0.0) -> bool:
    """Whether a resource has a state in which it stays, although a new one has this state, too."""
    return found.get(work.field) in work.idle and max(_age(found, now), waited) >= work.idle_after


def _is_done(work: Wait, target: Values, before: Values, now: float, waited: float = 0.0) -> bool:
    """Whether a work is complete: an object that is only changed must differ from the one before.

    :param now: seconds since 1970.
    :param waited: the seconds that it was waited for.
    """
    if _is_idle(work, target, now, waited):
        return True
    same = work.moves is not None and bool(before) and target.get(work.moves) == before.get(work.moves)
    return target.get(work.field) in work.done and not same


def _was_there(work: Wait, before: Values) -> bool:
    """Whether the object already had the state of a failure before the request."""
    return work.moves is not None and before.get(work.field) in work.failed


def _poll(until: _Until, work: Wait, target: Values) -> Values:
    """The object of a work, as it is now. Temporary errors are ignored until the timeout."""
    return _patiently(until, lambda: _read(until.client, work, target))


def _patiently(until: _Until, read: t.Callable[[], Values]) -> Values:
    """The result of a read; temporary errors are ignored until the timeout."""
    while True:
        try:
            return read()
        except KatapultError as error:
            if not error.transient or not until.left:
                raise error.with_note("Running the task again is safe.")
            until.pause(error.retry_after or _PAUSE_AFTER_ERROR)


def _read(client: Client, work: Wait, target: Values) -> Values:
    query = [("%s[%s]" % (work.of, work.by), target[work.by])]
    expected = target["id"] if work.by == "id" else None
    return t.cast(Values, client.request("GET", work.path, query, None, work.of, expected, retry=False)[work.of])


def _explained(
    failure: KatapultError, until: _Until, work: Wait, target: Values, before: Values
) -> KatapultError | None:
    """The failure of an earlier work, with the reason that the object of this one shows; None if this one is complete."""
    if _is_done(work, target, before, until.client.now()):
        return None
    return _failure(work, target, until.what) if target.get(work.field) in work.failed else failure


def _failure(work: Wait, target: Values, what: str) -> WorkFailed:
    reason = target.get(work.reason) if work.reason else None
    said = "has failed (%s: %s)%s" % (work.field, target.get(work.field), ": %s" % reason if reason else "")
    message = "%s %s." % (_subject(work, target, what), said.strip().rstrip("."))
    return WorkFailed(
        "%s %s" % (message, work.hint) if work.hint else message,
        ErrorDetails("%s_failed" % work.of, method="GET", path=work.path),
    )


def _subject(work: Wait, target: Values, what: str) -> str:
    """The object of a work in a message, and the resource that it belongs to, at the beginning of a sentence."""
    noun = work.of.replace("_", " ")
    if work.reason:  # its own text is sufficient
        return "The %s %s" % (noun, target["id"])
    if what.startswith("the %s " % noun):  # it is the resource itself
        return "%s%s" % (what[:1].upper() + what[1:], "" if target["id"] in what else " (%s)" % target["id"])
    return "The %s %s for %s" % (noun, target["id"], what)
