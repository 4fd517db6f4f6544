# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to the API: sent, retried if this is safe and useful, with JSON or an error as the result."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, UnexpectedResponse, malformed
from .._text import Redact, no_redaction, presentable
from .retry_budget import RetryBudget

if t.TYPE_CHECKING:  # the engine imports the client, and only what opens a connection needs requests
    from .transport import Body, Query, Response, Transport

_LONGEST_PAUSE = 30.0  # seconds between two attempts if the response does not specify a time
_UNREPORTED_WAIT = 5.0  # seconds that a task may wait before it reports this
_JITTER = 3.0  # maximum seconds after a full minute, so that waiting tasks do not all retry at once
_RERUN_IS_SAFE = "Running the task again is safe."

Answer = t.Dict[str, t.Any]


class _Request(t.NamedTuple):
    method: str
    path: str
    query: Query | None
    body: Body | None


class Client:
    """The API for one task. In check mode it is C(read_only), and refuses every method except GET."""

    def __init__(
        self,
        send: Transport,
        timeout: float,
        budget: RetryBudget,
        read_only: bool,
        redact: Redact = no_redaction,
        log_request: t.Callable[[str], None] = lambda line: None,
        api_url: str | None = None,
        is_abandoned: t.Callable[[], bool] = lambda: False,
        show: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        self._send = send
        self._timeout = timeout  # seconds to wait for a response
        self.read_only = read_only
        self._redact = redact  # masks the secrets in a text, before it is truncated
        self.log = log_request  # called with a line for each request: method and path, outcome, duration
        self.api_url = api_url  # the URL of the API, for which writes are locked; None to not lock them
        self.is_abandoned = is_abandoned  # whether nobody waits for the result of the task any more
        self._show = show  # called with a line for the user
        self._reported: set[str] = set()  # what the task has reported to wait for
        self.budget = budget
        self._date: tuple[str, float] | None = None  # the date of the last response that has one, and when it arrived
        self.page_sizes: dict[str, list[int]] = {}  # the page sizes that each list has not refused, see pagination.py
        # what tasks with the same token remember of the API for as long as they share a connection, which is that of a loop
        self.memory: dict[tuple[str, ...], str] = getattr(send, "memory", {})

    def request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Body | None = None,
        expect: str | None = None,
        identifier: str | None = None,
        retry: bool = True,
        idempotent: bool = True,
        if_unknown: str = _RERUN_IS_SAFE,
    ) -> Answer:
        """The response of the API to one request.

        :param expect: the key under which the response must contain an object with an ID, or a list with one.
        :param identifier: the required ID, if it is known in advance.
        :param retry: whether to retry if this is safe; otherwise, the request is sent only once.
        :param idempotent: whether to also retry if the request may have taken effect.
        :param if_unknown: what the user can do if that is not known, a sentence.
        :raises KatapultError: there is no usable response, and a retry is unsafe, useless or over budget.
        """
        if self.read_only and method != "GET":
            raise KatapultError(
                "%s %s was about to be sent in check mode. This is a bug of the collection; nothing was sent."
                % (method, path),
                ErrorDetails("write_in_check_mode", method=method, path=path),
            )
        clock = self.budget.clock
        may_have_taken_effect = False
        tries = 0
        request = _Request(method, path, query, body)
        while True:
            tries += 1
            started = clock.monotonic()
            try:
                return _checked(request, self._attempt(request, tries), expect, identifier)
            except KatapultError as error:
                if isinstance(error, UnexpectedResponse):
                    self.renew_connection()
                error.details = error.details._replace(method=method, path=path)
                self._describe_request(error, request)
                if tries > 1:  # the first attempt is work, regardless of its result; everything after it is waiting
                    self.budget.spend(clock.monotonic() - started)
                may_have_taken_effect = may_have_taken_effect or error.may_have_taken_effect
                error.may_have_taken_effect = may_have_taken_effect
                if not retry:
                    raise
                if not error.transient or (error.may_have_taken_effect and not idempotent):
                    raise _with_rerun_note(error, if_unknown)
                self.back_off(error, tries)

    def renew_connection(self) -> None:
        """Use another connection from now on: a response that does not match its request may belong to another request."""
        getattr(self._send, "renew", lambda: None)()

    def _attempt(self, request: _Request, tries: int) -> Answer:
        # The remaining budget limits a retry, but it always has enough time to be useful.
        seconds = self._timeout if tries == 1 else min(self._timeout, max(1.0, self.budget.remaining()))
        response = self._send_logged(request, seconds)
        document = response.json() if response.status in (200, 201) else None
        if isinstance(document, dict):
            return document
        from .response import parse_response  # only if needed: a module compiles its imports

        return parse_response(response, self.budget.clock.wall(), self._redact)

    def _send_logged(self, request: _Request, seconds: float) -> Response:
        clock = self.budget.clock
        started = clock.monotonic()
        outcome, identifier = "interrupted", ""  # by an interruption of the task
        try:
            response = self._send(*request, seconds)
            if "date" in response.headers:
                self._date = response.headers["date"], clock.monotonic()
            outcome, identifier = str(response.status), ", request id %s" % (response.request_id or "unknown")
            return response
        except KatapultError as error:
            outcome = error.details.code
            raise
        finally:
            milliseconds = (clock.monotonic() - started) * 1000
            line = "%s %s: %s, %.0f ms%s" % (request.method, request.path, outcome, milliseconds, identifier)
            self.log(presentable(line, self._redact))

    def _describe_request(self, error: KatapultError, request: _Request) -> None:
        if error.details.http_status in (400, 404, 422):
            from .request_text import requested  # only if needed: a module compiles its imports

            said = requested(error.details.code, request.query, request.body, self._redact)
            if said:
                error.with_note(said)

    def now(self) -> float:
        """The time in seconds since 1970. It is that of the API, as far as known, because the local clock may be wrong."""
        if self._date is not None:
            from .response import timestamp  # only where the time is needed: a module compiles its imports

            date = timestamp(self._date[0])
            if date is not None:
                return date + self.budget.clock.monotonic() - self._date[1]
        return self.budget.clock.wall()

    def stop_if_abandoned(self, may_have_taken_effect: bool = False) -> None:
        """After a pause: an error if nobody waits for the result any more, for example because of a timeout.

        :param may_have_taken_effect: whether an earlier request may have taken effect.
        """
        if self.is_abandoned():
            unknown = " Whether the last request took effect is not known." if may_have_taken_effect else ""
            said = (
                "Nobody waits for the result of this task any more, so it ends.%s Running the task again is safe."
                % unknown
            )
            raise KatapultError(said, ErrorDetails("abandoned"), may_have_taken_effect)

    def report_wait(self, what: str, so_far: float, at_most: float) -> None:
        """Show once that the task waits for something for longer than a few seconds.

        :param so_far: seconds that it has waited, or is about to.
        :param at_most: seconds that it will still wait, at the most.
        """
        if so_far > _UNREPORTED_WAIT and what not in self._reported:
            self._reported.add(what)
            self.show("waiting for %s, up to %.0f seconds" % (what, at_most))

    def show(self, line: str) -> None:
        """Show a line to the user once, while the task runs."""
        if line not in self._reported:
            self._reported.add(line)
            self._show(presentable(line, self._redact))

    def back_off(self, error: KatapultError, tries: int) -> None:
        """Wait before the retry of a failed request.

        :param tries: the number of attempts.
        :raises KatapultError: the error itself, if the budget does not permit a retry.
        """
        left = self.budget.remaining()
        pause = self._pause_before_next_try(error, tries)
        if left and pause <= left:
            so_far = self.budget.seconds - left + pause
            self.report_wait("the Katapult API (%s)" % error.details.code, so_far, left)
            self.budget.sleep(pause)
            self.stop_if_abandoned(error.may_have_taken_effect)
            return
        reason = "%d attempt%s failed" % (tries, "" if tries == 1 else "s")
        if left:
            reason = "the next attempt would have to wait %.0f seconds, but only %.0f are left" % (pause, left)
        error.with_note("Gave up: %s (api_retry_timeout is %g)." % (reason, self.budget.seconds))
        raise _with_rerun_note(error)

    def _pause_before_next_try(self, error: KatapultError, tries: int) -> float:
        """Seconds to wait; a time that the response specifies may exceed the budget."""
        if error.retry_after:
            return error.retry_after
        if error.details.http_status == 429 and error.retry_after is None:
            # The API counts per clock minute, and does not send a time.
            return 60.0 - self.budget.clock.wall() % 60.0 + self.budget.clock.jitter() * _JITTER
        # No time is specified, so the budget may shorten the last pause.
        return min(2.0 ** min(tries - 1, 10), _LONGEST_PAUSE, self.budget.remaining())


def _checked(request: _Request, answer: Answer, expect: str | None, identifier: str | None) -> Answer:
    """A response with the required content."""
    if expect is None:
        return answer
    shown: t.Any = answer.get(expect)
    # The OpenAPI document has certificates in a list, unlike the official clients
    if request.method == "GET" and isinstance(shown, list) and len(shown) == 1:
        shown = shown[0]
    if not is_object(shown):
        raise malformed(answer, 'a "%s" with an id' % expect)
    if identifier not in (None, shown["id"]):
        raise malformed(answer, "the %s %s: it contains %s" % (expect, identifier, shown["id"]))
    return {**answer, expect: shown}


def _with_rerun_note(error: KatapultError, if_unknown: str = _RERUN_IS_SAFE) -> KatapultError:
    if error.may_have_taken_effect and error.details.method != "GET":
        return error.with_note("Whether the request took effect is not known. %s" % if_unknown)
    return error.with_note(_RERUN_IS_SAFE) if error.transient else error


def is_object(value: t.Any) -> bool:
    """Whether this is an object of the API, with an ID."""
    return isinstance(value, dict) and isinstance(value.get("id"), str) and bool(value["id"])
