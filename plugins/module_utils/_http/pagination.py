# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a complete list of the API, page by page, and again if it became shorter: entries may have moved to earlier pages."""

from __future__ import annotations

import typing as t

from .._errors import ApiError, ErrorDetails, KatapultError, malformed
from .client import Client, is_object
from .transport import Query

# The maximum of the API framework, and the size to use if it is refused. An endpoint may permit even less.
PER_PAGE = (200, 100)
_MOST_PAGES = 5000  # of a list; a million objects
_MORE_PAGES = 10  # additional pages of a list, beyond twice the number that its first page announces
_MOST_READINGS = 5  # of a list that becomes shorter while it is read

_PAGINATION = ("current_page", "total", "total_pages", "per_page")

Row = t.Dict[str, t.Any]
Until = t.Callable[[Row], bool]


def list_rows(
    client: Client, path: str, query: Query, key: str, paginated: bool = True, until: Until = lambda row: False
) -> list[Row]:
    """All objects of a list, each once; an error if it does not end, or if objects are removed during each attempt.

    :param key: the key of the objects in the response.
    :param until: whether an object is the last one that is needed.
    """
    if not paginated:
        return rows_of(client.request("GET", path, query), key, path)
    sizes = client.page_sizes.setdefault(path, [*PER_PAGE])
    for _reading in range(_MOST_READINGS):
        found = _read_pages(client, path, query, key, until, sizes)
        if found is not None:
            return found
    raise KatapultError(
        "The list %s became shorter each of the %d times that it was read, so it may be incomplete. Running the task again"
        " is safe." % (path, _MOST_READINGS),
        ErrorDetails("list_keeps_changing", method="GET", path=path),
    )


def rows_of(answer: Row, key: str, path: str) -> list[Row]:
    """The objects in the response of a list without pages, each once."""
    return list({row["id"]: row for row in _rows(answer, key, path)}.values())


def _read_pages(client: Client, path: str, query: Query, key: str, until: Until, sizes: list[int]) -> list[Row] | None:
    """The objects of a list from its first page to its last; None if it became shorter in the meantime."""
    found: dict[str, Row] = {}
    pages: list[_Page] = []
    while True:
        answer = _read_page(client, path, query, len(pages) + 1, sizes)
        rows = _rows(answer, key, path)
        pages.append(_Page(answer, len(rows)))
        if len(pages) > 1 and pages[-1].is_shorter_than(pages[-2]):
            return None
        if pages[-1].number not in (None, len(pages)):
            raise malformed(answer, "page %d: it contains page %d" % (len(pages), pages[-1].number))
        new = {row["id"]: row for row in rows if row["id"] not in found}
        found.update(new)
        if not rows or _is_last(pages) or any(until(row) for row in new.values()):
            return list(found.values())
        if not new and pages[-1].total == pages[-2].total:
            raise malformed(answer, "new entries on page %d" % len(pages))
        # Objects may be added, but not several times as many as there were.
        if len(pages) >= min(_MOST_PAGES, 2 * (pages[0].total_pages or _MOST_PAGES) + _MORE_PAGES):
            raise malformed({}, "an end: the list %s continues after %d pages" % (path, len(pages)))


def _read_page(client: Client, path: str, query: Query, page: int, sizes: list[int]) -> Row:
    """One page of a list, as large as the list permits.

    :param sizes: the sizes that the list has not refused. If it has refused all, its default size is used.
    """
    while True:
        try:
            return client.request("GET", path, [*query, ("page", page), *(("per_page", size) for size in sizes[:1])])
        except ApiError as error:
            about_size = error.details.code == "invalid_argument" and error.details.detail.get("path") == ["per_page"]
            if not (about_size and sizes and page == 1):  # later, another size would omit some objects
                raise
            sizes.pop(0)


def _rows(answer: Row, key: str, path: str) -> list[Row]:
    """The objects in a response."""
    listed = answer.get(key)
    if isinstance(listed, list) and all(is_object(row) for row in listed):
        return listed
    error = malformed(answer, 'the id of one of its "%s"' % key if isinstance(listed, list) else 'a list "%s"' % key)
    error.details = error.details._replace(method="GET", path=path)
    raise error


class _Page:
    """The pagination data of one page, None if it is missing, and the number of objects."""

    def __init__(self, answer: Row, rows: int) -> None:
        said = answer.get("pagination")
        numbers = [said.get(name) if isinstance(said, dict) else None for name in _PAGINATION]
        counts = [one if isinstance(one, int) and not isinstance(one, bool) else None for one in numbers]
        self.number, self.total, self.total_pages, self.per_page = counts
        self.rows = rows

    def is_shorter_than(self, earlier: _Page) -> bool:
        """Whether there were more objects when an earlier page was read."""
        return None not in (self.total, earlier.total) and t.cast(int, self.total) < t.cast(int, earlier.total)


def _is_last(pages: t.Sequence[_Page]) -> bool:
    """Whether the last page so far is the last page of the list.

    This is the page that the first page announced, plus pages for objects that were added in the meantime. A very long list
    does not announce a number of pages, and ends with a page that is not full.
    """
    first, last = pages[0], pages[-1]
    if last.total_pages is None:
        return last.per_page is None or last.rows < last.per_page
    if first.total_pages is None or first.total is None or last.total is None:
        return len(pages) >= last.total_pages
    added = max(0, last.total - first.total)
    per_page = max(1, last.per_page or last.rows)
    return len(pages) >= min(last.total_pages, first.total_pages + -(-added // per_page))
