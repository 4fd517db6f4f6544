# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Requests to the API: sent, repeated where that is safe and makes sense, and answered with JSON or one failure."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._budget import Budget
from ansible_collections.katapult.cloud.plugins.module_utils._errors import ApiError, Facts, KatapultError
from ansible_collections.katapult.cloud.plugins.module_utils._transport import Body, Query, RawAnswer, Send

# The framework's own maximum, and what is allowed where that is refused. An endpoint may allow still less.
PER_PAGE = (200, 100)
_LONGEST_PAUSE = 30.0  # seconds between two tries when nobody says how long to wait
_JITTER = 3.0  # seconds at most after a full minute, so that waiting tasks do not all come back at once


class Client:
    """The API for one task.

    :param send: the transport.
    :param timeout: seconds without an answer before a request counts as lost.
    :param budget: the seconds that the task may spend waiting.
    :param read_only: refuse to send anything but GET; check mode asks for this.
    :param tell: hears of each request, in one line without a query: what was asked, what came of it, and how long it took.
    """

    def __init__(
        self,
        send: Send,
        timeout: float,
        budget: Budget,
        read_only: bool,
        tell: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        self._send = send
        self._timeout = timeout
        self._read_only = read_only
        self._tell = tell
        self._refused: dict[str, int] = {}  # how many of the numbers in PER_PAGE each list has refused
        self.budget = budget

    def request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Body | None = None,
        expect: str | None = None,
        once: bool = False,
    ) -> dict[str, t.Any]:
        """The API's answer to one request.

        :param expect: the key under which the answer must hold an object with an id.
        :param once: send it once, whatever comes of it.
        :raises KatapultError: there is no usable answer, and trying again is unsafe, useless or over budget.
        """
        if self._read_only and method != "GET":
            raise KatapultError(
                "%s %s was about to be sent in check mode. This is a bug of the collection; nothing was sent."
                % (method, path),
                Facts("write_in_check_mode", "a write in check mode", {}, None, method, path),
            )
        clock = self.budget.clock
        earlier_maybe_done = False
        tries = 0
        while True:
            tries += 1
            started = clock.monotonic()
            try:
                return self._try(method, path, query, body, expect, tries)
            except KatapultError as error:
                error.facts = error.facts._replace(method=method, path=path)
                if tries > 1:  # a first try is work, whatever comes of it; all after it is waiting
                    self.budget.charge(clock.monotonic() - started)
                error.maybe_done = earlier_maybe_done = error.maybe_done or earlier_maybe_done
                if once:
                    raise
                if not error.passing:
                    raise _about_another_run(error)
                self.wait_out(error, tries)

    def _try(
        self, method: str, path: str, query: Query | None, body: Body | None, expect: str | None, tries: int
    ) -> dict[str, t.Any]:
        # What a later try may take is bounded by what is left of the budget, and is never too short to be of use.
        seconds = self._timeout if tries == 1 else min(self._timeout, max(1.0, self.budget.left()))
        raw = self._ask(method, path, query, body, seconds)
        answer = _plain_answer(raw)
        if answer is None:
            answer = _answers().read_answer(raw, self.budget.clock.wall())
        if expect and not has_id(answer.get(expect)):
            raise _answers().misshapen(answer, 'a "%s" with an id' % expect)
        return answer

    def _ask(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> RawAnswer:
        clock = self.budget.clock
        started = clock.monotonic()
        outcome, identifier = "interrupted", ""  # by whatever ends the task from outside
        try:
            raw = self._send(method, path, query, body, seconds)
            outcome, identifier = str(raw.status), ", request id %s" % _request_id(raw)
            return raw
        except KatapultError as error:
            outcome = error.facts.code
            raise
        finally:
            milliseconds = (clock.monotonic() - started) * 1000
            self._tell("%s %s: %s, %.0f ms%s" % (method, path, outcome, milliseconds, identifier))

    def wait_out(self, error: KatapultError, tries: int) -> None:
        """Let the time pass that is due before a failed request may be tried again.

        :param tries: how often it was tried.
        :raises KatapultError: the error itself, when the budget does not allow it.
        """
        pause = self._pause_before_next_try(error, tries)
        if pause > self.budget.left() or not self.budget.left():
            raise _about_another_run(error.add(self._gave_up(tries, pause)))
        self.budget.wait(pause)

    def _pause_before_next_try(self, error: KatapultError, tries: int) -> float:
        """Seconds to wait; those that somebody asks for may be more than the budget allows."""
        if error.retry_after:
            return error.retry_after
        if error.facts.http_status == 429 and error.retry_after is None:
            # The API counts by the clock minute, and does not say so.
            return 60.0 - self.budget.clock.wall() % 60.0 + self.budget.clock.jitter() * _JITTER
        # Nobody asks for a certain time, so the last pause may be as short as the budget makes it.
        return min(2.0 ** min(tries - 1, 10), _LONGEST_PAUSE, self.budget.left())

    def _gave_up(self, tries: int, pause: float) -> str:
        left = self.budget.left()
        if pause > left > 0:
            reason = "the next try would have to wait %.0f seconds, and %.0f are left" % (pause, left)
        else:
            reason = "tried %d time%s" % (tries, "" if tries == 1 else "s")
        return "Gave up: %s (api_retry_timeout is %g)." % (reason, self.budget.seconds)

    def pages(self, path: str, query: Query, rows: str) -> t.Iterator[dict[str, t.Any]]:
        """Every object of a list, page by page as they are asked for.

        :param rows: the key under which the answer holds the objects.
        """
        page = 1
        seen: set[t.Any] = set()
        while True:
            # Where all are refused, none: the list takes the number that it likes best.
            size = [("per_page", number) for number in PER_PAGE[self._refused.get(path, 0) :][:1]]
            try:
                answer = self.request("GET", path, [*query, ("page", page), *size])
            except ApiError as error:
                about_the_size = (
                    error.facts.code == "invalid_argument" and error.facts.detail.get("path") == ["per_page"]
                )
                if not (about_the_size and size and page == 1):  # later, another size would leave some out
                    raise
                self._refused[path] = self._refused.get(path, 0) + 1
                continue
            found = answer.get(rows)
            if not isinstance(found, list):
                raise _answers().misshapen(answer, 'a list "%s"' % rows)
            if not all(has_id(row) for row in found):
                raise _answers().misshapen(answer, 'the id of one of its "%s"' % rows)
            yield from found
            ids = {row["id"] for row in found}
            if found and ids <= seen:
                raise _answers().misshapen(answer, "anything new on page %d" % page)  # or it would go on for ever
            seen |= ids
            if not found or _is_last(answer.get("pagination"), page, len(found)):
                return
            page += 1


def _answers() -> t.Any:
    """What reads other than plain answers, imported where one comes: a module compiles its imports each time it runs."""
    from ansible_collections.katapult.cloud.plugins.module_utils import _answer

    return _answer


def _plain_answer(raw: RawAnswer) -> dict[str, t.Any] | None:
    """The JSON object of an answer if it is a success with one; whatever else came is for _answer to read."""
    if raw.status not in (200, 201):
        return None
    try:
        document = json.loads(raw.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _request_id(raw: RawAnswer) -> str:
    """The id of a request, if it looks like one. Never a part of it: a token in it could not be found, and masked."""
    said = raw.headers.get("x-request-id", "")
    return said if re.fullmatch(r"[0-9A-Za-z._:-]{1,200}", said) else "unknown"


def _about_another_run(error: KatapultError) -> KatapultError:
    if error.maybe_done and error.facts.method != "GET":
        return error.add("Whether it took effect is not known. Running the task again is safe.")
    return error.add("Running the task again is safe.") if error.passing else error


def _is_last(pagination: t.Any, page: int, found: int) -> bool:
    """Whether a page is the last one. A list of very many objects does not say how many pages it has."""
    if not isinstance(pagination, dict):
        return True
    total_pages = pagination.get("total_pages")
    if isinstance(total_pages, int):
        return page >= total_pages
    per_page = pagination.get("per_page")
    return not isinstance(per_page, int) or found < per_page


def has_id(thing: t.Any) -> bool:
    """Whether this is a thing of the API: an object with an id."""
    return isinstance(thing, dict) and isinstance(thing.get("id"), str) and bool(thing["id"])
