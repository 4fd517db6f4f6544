# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Requests to the API: sent, repeated where that is safe and makes sense, and answered with JSON or one failure."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    ApiError,
    ErrorDetails,
    KatapultError,
    UnexpectedResponse,
    malformed,
)
from ansible_collections.katapult.cloud.plugins.module_utils._http.retry_budget import RetryBudget
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Body, Query, Response, Transport
from ansible_collections.katapult.cloud.plugins.module_utils._text import Redact, no_redaction, presentable

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
    :param redact: masks the secrets in a text, before it is cut.
    :param log_request: gets a line for each request, in one line without a query: what was asked, what came of it, and how long it took.
    """

    def __init__(
        self,
        send: Transport,
        timeout: float,
        budget: RetryBudget,
        read_only: bool,
        redact: Redact = no_redaction,
        log_request: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        self._send = send
        self._timeout = timeout
        self._read_only = read_only
        self._hide = redact
        self._log_request = log_request
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
        retry: bool = True,
    ) -> dict[str, t.Any]:
        """The API's answer to one request.

        :param expect: the key under which the answer must hold an object with an id, or a list of one.
        :param identifier: the id that it must be, where that is known before.
        :param retry: whether to send it again where that is safe; otherwise it is sent once, whatever comes of it.
        :raises KatapultError: there is no usable answer, and trying again is unsafe, useless or over budget.
        """
        if self._read_only and method != "GET":
            raise KatapultError(
                "%s %s was about to be sent in check mode. This is a bug of the collection; nothing was sent."
                % (method, path),
                ErrorDetails("write_in_check_mode", "a write in check mode", {}, None, method, path),
            )
        clock = self.budget.clock
        may_have_taken_effect_earlier = False
        tries = 0
        while True:
            tries += 1
            started = clock.monotonic()
            try:
                return self._attempt(method, path, query, body, expect, identifier, tries)
            except KatapultError as error:
                if isinstance(error, UnexpectedResponse):
                    self.renew_connection()
                error.details = error.details._replace(method=method, path=path)
                if tries > 1:  # a first try is work, whatever comes of it; all after it is waiting
                    self.budget.spend(clock.monotonic() - started)
                error.may_have_taken_effect = may_have_taken_effect_earlier = error.may_have_taken_effect or may_have_taken_effect_earlier
                if not retry:
                    raise
                if not error.transient:
                    raise _rerun_note(error)
                self.back_off(error, tries)

    def renew_connection(self) -> None:
        """Send what follows on another connection: an answer that is not to its request may have been to another one."""
        getattr(self._send, "renew", lambda: None)()

    def _attempt(
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
        seconds = self._timeout if tries == 1 else min(self._timeout, max(1.0, self.budget.remaining()))
        raw = self._send_logged(method, path, query, body, seconds)
        answer = _parse_plain(raw)
        if answer is None:
            answer = _answers().parse_response(raw, self.budget.clock.wall(), self._hide)
        if expect and isinstance(answer.get(expect), list) and len(answer[expect]) == 1:
            answer[expect] = answer[expect][0]  # so the API's document has certificates, unlike its own clients
        if expect and not is_object(answer.get(expect)):
            raise malformed(answer, 'a "%s" with an id' % expect)
        if expect and identifier not in (None, answer[expect]["id"]):
            raise malformed(answer, "the %s %s: it shows %s" % (expect, identifier, answer[expect]["id"]))
        return answer

    def _send_logged(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> Response:
        clock = self.budget.clock
        started = clock.monotonic()
        outcome, identifier = "interrupted", ""  # by whatever ends the task from outside
        try:
            raw = self._send(method, path, query, body, seconds)
            outcome, identifier = str(raw.status), ", request id %s" % (raw.request_id or "unknown")
            return raw
        except KatapultError as error:
            outcome = error.details.code
            raise
        finally:
            milliseconds = (clock.monotonic() - started) * 1000
            line = "%s %s: %s, %.0f ms%s" % (method, path, outcome, milliseconds, identifier)
            self._log_request(presentable(line, self._hide))

    def back_off(self, error: KatapultError, tries: int) -> None:
        """Let the time pass that is due before a failed request may be tried again.

        :param tries: how often it was tried.
        :raises KatapultError: the error itself, when the budget does not allow it.
        """
        pause = self._pause_before_next_try(error, tries)
        if pause > self.budget.remaining() or not self.budget.remaining():
            raise _rerun_note(error.add_note(self._give_up_note(tries, pause)))
        self.budget.sleep(pause)

    def _pause_before_next_try(self, error: KatapultError, tries: int) -> float:
        """Seconds to wait; those that somebody asks for may be more than the budget allows."""
        if error.retry_after:
            return error.retry_after
        if error.details.http_status == 429 and error.retry_after is None:
            # The API counts by the clock minute, and does not say so.
            return 60.0 - self.budget.clock.wall() % 60.0 + self.budget.clock.jitter() * _JITTER
        # Nobody asks for a certain time, so the last pause may be as short as the budget makes it.
        return min(2.0 ** min(tries - 1, 10), _LONGEST_PAUSE, self.budget.remaining())

    def _give_up_note(self, tries: int, pause: float) -> str:
        left = self.budget.remaining()
        if pause > left > 0:
            reason = "the next try would have to wait %.0f seconds, and %.0f are left" % (pause, left)
        else:
            reason = "tried %d time%s" % (tries, "" if tries == 1 else "s")
        return "Gave up: %s (api_retry_timeout is %g)." % (reason, self.budget.seconds)

    def list_rows(
        self,
        path: str,
        query: Query,
        rows: str,
        paginated: bool = True,
        until: t.Callable[[dict[str, t.Any]], bool] | None = None,
    ) -> list[dict[str, t.Any]]:
        """Every object of a list, each once; see :meth:`paginate`.

        :param paginated: whether the list comes in pages.
        """
        if paginated:
            return self.paginate(path, query, rows, until)
        listed = _rows(self.request("GET", path, query), rows, path)
        return list({row["id"]: row for row in listed}.values())

    def paginate(
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
            found = self._read_list(path, query, rows, until or (lambda row: False))
            if found is not None:
                return found
        raise KatapultError(
            "The list %s got shorter each of the %d times that it was read, so something may be missing in it. Running the"
            " task again is safe." % (path, _MOST_READINGS),
            ErrorDetails("list_keeps_changing", "the list got shorter while it was read", {}, None, "GET", path),
        )

    def _read_list(
        self, path: str, query: Query, rows: str, until: t.Callable[[dict[str, t.Any]], bool]
    ) -> list[dict[str, t.Any]] | None:
        """The objects of a list from its first page to its last; None if it got shorter meanwhile."""
        found: dict[str, dict[str, t.Any]] = {}
        pages: list[_Pagination] = []
        while True:
            answer = self._page(path, query, len(pages) + 1)
            on_page = _rows(answer, rows, path)
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
                    error.details.code == "invalid_argument" and error.details.detail.get("path") == ["per_page"]
                )
                if not (about_the_size and size and page == 1):  # later, another size would leave some out
                    raise
                self._refused[path] = self._refused.get(path, 0) + 1


def _rows(answer: dict[str, t.Any], rows: str, path: str) -> list[dict[str, t.Any]]:
    """The objects that an answer lists."""
    listed = answer.get(rows)
    if isinstance(listed, list) and all(is_object(row) for row in listed):
        return listed
    error = malformed(answer, 'the id of one of its "%s"' % rows if isinstance(listed, list) else 'a list "%s"' % rows)
    error.details = error.details._replace(method="GET", path=path)
    raise error


def _answers() -> t.Any:
    """What reads other than plain answers, imported where one comes: a module compiles its imports each time it runs."""
    from ansible_collections.katapult.cloud.plugins.module_utils._http import response

    return response


def _parse_plain(raw: Response) -> dict[str, t.Any] | None:
    """The JSON object of an answer if it is a success with one; whatever else came is for _answer to read."""
    if raw.status not in (200, 201):
        return None
    document = raw.json()
    return document if isinstance(document, dict) else None


def _rerun_note(error: KatapultError) -> KatapultError:
    if error.may_have_taken_effect and error.details.method != "GET":
        return error.add_note("Whether it took effect is not known. Running the task again is safe.")
    return error.add_note("Running the task again is safe.") if error.transient else error


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


def is_object(thing: t.Any) -> bool:
    """Whether this is a thing of the API: an object with an id."""
    return isinstance(thing, dict) and isinstance(thing.get("id"), str) and bool(thing["id"])
