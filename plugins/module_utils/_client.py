# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Requests to the API: sent, repeated where that is safe and makes sense, and answered with JSON or one failure."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._budget import Budget
from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    ApiError,
    Facts,
    KatapultError,
    UnexpectedAnswer,
    malformed,
)
from ansible_collections.katapult.cloud.plugins.module_utils._text import Hide, hide_nothing, presentable
from ansible_collections.katapult.cloud.plugins.module_utils._transport import Body, Query, RawAnswer, Send

# The framework's own maximum, and what is allowed where that is refused. An endpoint may allow still less.
PER_PAGE = (200, 100)
_MOST_PAGES = 5000  # of a list; a million objects
_MORE_PAGES = 10  # that a list may have more than twice as many as its first page says
_MOST_READINGS = 5  # of a list that gets shorter while it is read
_LONGEST_PAUSE = 30.0  # seconds between two tries when nobody says how long to wait
_JITTER = 3.0  # seconds at most after a full minute, so that waiting tasks do not all come back at once


class Client:
    """The API for one task.

    :param send: the transport.
    :param timeout: seconds without an answer before a request counts as lost.
    :param budget: the seconds that the task may spend waiting.
    :param read_only: refuse to send anything but GET; check mode asks for this.
    :param hide: masks the secrets in a text, before it is cut.
    :param tell: hears of each request, in one line without a query: what was asked, what came of it, and how long it took.
    """

    def __init__(
        self,
        send: Send,
        timeout: float,
        budget: Budget,
        read_only: bool,
        hide: Hide = hide_nothing,
        tell: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        self._send = send
        self._timeout = timeout
        self._read_only = read_only
        self._hide = hide
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
        identifier: str | None = None,
        once: bool = False,
    ) -> dict[str, t.Any]:
        """The API's answer to one request.

        :param expect: the key under which the answer must hold an object with an id.
        :param identifier: the id that it must be, where that is known before.
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
                return self._try(method, path, query, body, expect, identifier, tries)
            except KatapultError as error:
                if isinstance(error, UnexpectedAnswer):
                    self.distrust()
                error.facts = error.facts._replace(method=method, path=path)
                if tries > 1:  # a first try is work, whatever comes of it; all after it is waiting
                    self.budget.charge(clock.monotonic() - started)
                error.maybe_done = earlier_maybe_done = error.maybe_done or earlier_maybe_done
                if once:
                    raise
                if not error.passing:
                    raise _about_another_run(error)
                self.wait_out(error, tries)

    def distrust(self) -> None:
        """Send what follows on another connection: an answer that is not to its request may have been to another one."""
        getattr(self._send, "renew", lambda: None)()

    def _try(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: Body | None,
        expect: str | None,
        identifier: str | None,
        tries: int,
    ) -> dict[str, t.Any]:
        # What a later try may take is bounded by what is left of the budget, and is never too short to be of use.
        seconds = self._timeout if tries == 1 else min(self._timeout, max(1.0, self.budget.left()))
        raw = self._ask(method, path, query, body, seconds)
        answer = _plain_answer(raw)
        if answer is None:
            answer = _answers().read_answer(raw, self.budget.clock.wall(), self._hide)
        if expect and not has_id(answer.get(expect)):
            raise malformed(answer, 'a "%s" with an id' % expect)
        if expect and identifier not in (None, answer[expect]["id"]):
            raise malformed(answer, "the %s %s: it shows %s" % (expect, identifier, answer[expect]["id"]))
        return answer

    def _ask(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> RawAnswer:
        clock = self.budget.clock
        started = clock.monotonic()
        outcome, identifier = "interrupted", ""  # by whatever ends the task from outside
        try:
            raw = self._send(method, path, query, body, seconds)
            outcome, identifier = str(raw.status), ", request id %s" % (raw.request_id or "unknown")
            return raw
        except KatapultError as error:
            outcome = error.facts.code
            raise
        finally:
            milliseconds = (clock.monotonic() - started) * 1000
            line = "%s %s: %s, %.0f ms%s" % (method, path, outcome, milliseconds, identifier)
            self._tell(presentable(line, self._hide))

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

    def pages(
        self, path: str, query: Query, rows: str, until: t.Callable[[dict[str, t.Any]], bool] | None = None
    ) -> list[dict[str, t.Any]]:
        """Every object of a list, each once.

        What is removed while the pages are read moves others to a page that was read already. So the list is read again if it
        got shorter.

        :param rows: the key under which the answer holds the objects.
        :param until: which object makes all that follow needless.
        :raises KatapultError: there is no usable list, no end to it, or no reading of it during which nothing is removed.
        """
        for _reading in range(_MOST_READINGS):
            found = self._reading(path, query, rows, until or (lambda row: False))
            if found is not None:
                return found
        raise KatapultError(
            "The list %s got shorter each of the %d times that it was read, so something may be missing in it. Running the"
            " task again is safe." % (path, _MOST_READINGS),
            Facts("list_keeps_changing", "the list got shorter while it was read", {}, None, "GET", path),
        )

    def _reading(
        self, path: str, query: Query, rows: str, until: t.Callable[[dict[str, t.Any]], bool]
    ) -> list[dict[str, t.Any]] | None:
        """The objects of a list from its first page to its last; None if it got shorter meanwhile."""
        found: dict[str, dict[str, t.Any]] = {}
        pages: list[_Pagination] = []
        while True:
            answer = self._page(path, query, len(pages) + 1)
            on_page = answer.get(rows)
            if not isinstance(on_page, list):
                raise malformed(answer, 'a list "%s"' % rows)
            if not all(has_id(row) for row in on_page):
                raise malformed(answer, 'the id of one of its "%s"' % rows)
            pages.append(_pagination(answer, len(on_page)))
            if len(pages) > 1 and pages[-1].is_shorter_than(pages[-2]):
                return None
            if pages[-1].number not in (None, len(pages)):
                raise malformed(answer, "page %d: it shows page %d" % (len(pages), pages[-1].number))
            new = {row["id"]: row for row in on_page if row["id"] not in found}
            found.update(new)
            if not on_page or _is_last(pages) or any(until(row) for row in new.values()):
                return list(found.values())
            if not new and pages[-1].total == pages[-2].total:
                raise malformed(answer, "anything new on page %d" % len(pages))
            if len(pages) >= _most_pages(pages[0]):
                raise malformed({}, "an end: the list %s goes on after %d pages" % (path, len(pages)))

    def _page(self, path: str, query: Query, page: int) -> dict[str, t.Any]:
        """One page of a list, as large as the list allows."""
        while True:
            # Where all are refused, none: the list takes the number that it likes best.
            size = [("per_page", number) for number in PER_PAGE[self._refused.get(path, 0) :][:1]]
            try:
                return self.request("GET", path, [*query, ("page", page), *size])
            except ApiError as error:
                about_the_size = (
                    error.facts.code == "invalid_argument" and error.facts.detail.get("path") == ["per_page"]
                )
                if not (about_the_size and size and page == 1):  # later, another size would leave some out
                    raise
                self._refused[path] = self._refused.get(path, 0) + 1


def _answers() -> t.Any:
    """What reads other than plain answers, imported where one comes: a module compiles its imports each time it runs."""
    from ansible_collections.katapult.cloud.plugins.module_utils import _answer

    return _answer


def _plain_answer(raw: RawAnswer) -> dict[str, t.Any] | None:
    """The JSON object of an answer if it is a success with one; whatever else came is for _answer to read."""
    if raw.status not in (200, 201):
        return None
    document = raw.json()
    return document if isinstance(document, dict) else None


def _about_another_run(error: KatapultError) -> KatapultError:
    if error.maybe_done and error.facts.method != "GET":
        return error.add("Whether it took effect is not known. Running the task again is safe.")
    return error.add("Running the task again is safe.") if error.passing else error


class _Pagination(t.NamedTuple):
    """What one page of a list says of itself and of the list, None where it does not, and how many objects it holds."""

    number: int | None
    total: int | None
    total_pages: int | None
    per_page: int | None
    rows: int

    def is_shorter_than(self, earlier: _Pagination) -> bool:
        """Whether there were more objects when an earlier page was read."""
        return self.total is not None and earlier.total is not None and self.total < earlier.total


_PAGINATION = ("current_page", "total", "total_pages", "per_page")


def _pagination(answer: t.Mapping[str, t.Any], rows: int) -> _Pagination:
    said = answer.get("pagination")
    numbers = [said.get(name) if isinstance(said, dict) else None for name in _PAGINATION]
    counts = [number if isinstance(number, int) and not isinstance(number, bool) else None for number in numbers]
    return _Pagination(*counts, rows=rows)


def _is_last(pages: t.Sequence[_Pagination]) -> bool:
    """Whether the last of the pages so far is the last one there is.

    That is the one that the first page announced, and so many more as hold what was added meanwhile. A list of very many
    objects announces nothing, and ends with a page that is not full.
    """
    first, last = pages[0], pages[-1]
    if last.total_pages is None:
        return last.per_page is None or last.rows < last.per_page
    if None in (first.total_pages, first.total, last.total):
        return len(pages) >= last.total_pages
    added = max(0, t.cast(int, last.total) - t.cast(int, first.total))
    per_page = max(1, last.per_page or last.rows)
    return len(pages) >= min(last.total_pages, t.cast(int, first.total_pages) + -(-added // per_page))


def _most_pages(first: _Pagination) -> int:
    """The pages after which a list has no end, whatever it says: things may be added, but not several times as many."""
    return _MOST_PAGES if first.total_pages is None else min(_MOST_PAGES, 2 * first.total_pages + _MORE_PAGES)


def has_id(thing: t.Any) -> bool:
    """Whether this is a thing of the API: an object with an id."""
    return isinstance(thing, dict) and isinstance(thing.get("id"), str) and bool(thing["id"])
