# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert an HTTP response to the JSON of the API or to an error."""

from __future__ import annotations

import itertools
import re
import typing as t
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from .._errors import ApiError, ErrorDetails, KatapultError, UnexpectedResponse
from .._text import LONGEST_TEXT, Redact, cut, no_redaction
from .error_catalog import ERROR_CATALOG, explain
from .transport import Response

# Secrets that the API is known to return; they are also removed from the detail of an error.
SECRET_KEYS = frozenset(
    "backend_certificate_key initial_root_password private_key certificate_api_url s3_secret_access_key password token"
    " billing_name address1 address2 address3 address4 postcode vat_number phone_number".split()
)
# The repetitions are limited, so that the search takes linear time.
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_KEY_ENDS = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")

# Limits for the parts of an API error in an error message
_LONGEST_NAME = 100  # characters of a code or a key
_DEEPEST_DETAIL = 10  # levels
_MOST_ITEMS = 100  # of a list or an object; a message contains the first ten
_MOST_TOLD = 10
_MOST_VALUES = 1000  # in all

_LOOK = "Check api_url, and check for a proxy or a gateway in front of the API."
_LONGEST_LOOK = 4000  # bytes at the beginning of a body that are used to detect its type
_LONGEST_TITLE = 100  # characters of the title of a page
_LONGEST_DATE = 64  # characters; a date in a header has 29


def parse_response(raw: Response, now: float, redact: Redact = no_redaction) -> dict[str, t.Any]:
    """The JSON object of a successful response; an ApiError or an UnexpectedResponse for all others.

    :param now: the time, in seconds since 1970, for a Retry-After that is a date.
    """
    document = raw.json()
    if 200 <= raw.status < 300:
        if isinstance(document, dict):
            return document
        raise _unreadable(raw, redact)
    if 300 <= raw.status < 400:
        raise _redirect(raw)
    error = _error_object(document)
    failure = _api_error(raw, error, redact) if error else _not_from_api(raw, redact)
    failure.retry_after = _retry_after(raw.headers, now)
    raise failure


def _error_object(document: t.Any) -> dict[str, t.Any] | None:
    """The error in an error body: inside C(error), as the API sends it, or at the top level, as it is documented."""
    for candidate in (document.get("error"), document) if isinstance(document, dict) else ():
        if isinstance(candidate, dict) and candidate.get("code") and isinstance(candidate["code"], str):
            return candidate
    return None


def _api_error(raw: Response, error: dict[str, t.Any], redact: Redact) -> KatapultError:
    detail: dict[str, t.Any] = error["detail"] if isinstance(error.get("detail"), dict) else {}
    said = error.get("description")
    description = _shortened(said, redact) if isinstance(said, str) else None
    details = _details(raw, cut(redact(error["code"]), _LONGEST_NAME), description)
    details = details._replace(detail=_repeated(detail, redact, _MOST_ITEMS))
    # A 503 of the API itself means that nothing was changed. A 503 of a gateway does not.
    by_the_api = raw.headers.get("x-api-schema") == "json-error" or details.code in ERROR_CATALOG
    may = _may_have_taken_effect(raw.status) and not (raw.status == 503 and by_the_api)
    message = explain(details.code, details.description, _repeated(detail, redact, _MOST_TOLD))
    return ApiError(message, details, may, _is_transient(raw.status))


def _not_from_api(raw: Response, redact: Redact) -> KatapultError:
    if raw.status == 429:
        details = _details(raw, "rate_limit_reached")
        return ApiError(explain(details.code, None, {}), details, transient=True)
    said = "HTTP %d with %s" % (raw.status, _describe_body(raw, redact))
    # A truncated JSON response is a temporary error, regardless of its status.
    is_truncated = _begin(raw)[:1] == b"{" and raw.json() is None
    return UnexpectedResponse(
        "Something other than the Katapult API responded: %s. %s" % (said, _LOOK),
        _details(raw, "unexpected_answer"),
        _may_have_taken_effect(raw.status),
        _is_transient(raw.status) or is_truncated,
    )


def _unreadable(raw: Response, redact: Redact) -> UnexpectedResponse:
    body = _describe_body(raw, redact)
    said = "The response cannot be read: HTTP %d with %s instead of a complete JSON object. %s"
    message = said % (raw.status, body, _LOOK)
    # A page is permanent until the configuration changes; a truncated response is temporary.
    is_page = "html" in raw.headers.get("content-type", "").lower()
    return UnexpectedResponse(message, _details(raw, "unreadable_answer"), True, not is_page)


def _redirect(raw: Response) -> UnexpectedResponse:
    where = "another address"
    try:
        target = urlsplit(raw.headers.get("location", ""))
        where = "%s://%s%s" % (target.scheme, target.hostname, target.path) if target.hostname else where
    except ValueError:
        pass
    message = (
        "The API address redirects to %s. The token is not sent to other addresses: if that is the correct one, set"
        " api_url to it." % where
    )
    # A "see other" response means that the request was executed.
    return UnexpectedResponse(message, _details(raw, "unexpected_redirect"), True)


def _details(raw: Response, code: str, description: str | None = None) -> ErrorDetails:
    return ErrorDetails(code, description, {}, http_status=raw.status, request_id=raw.request_id)


def _may_have_taken_effect(status: int) -> bool:
    return status >= 500 or status == 408 or status < 200


def _is_transient(status: int) -> bool:
    return status in (408, 429) or (status >= 500 and status != 501)


def _describe_body(raw: Response, redact: Redact) -> str:
    """The type of a body, without its content: it may be a truncated response that contains a secret."""
    begin = _begin(raw)
    if not begin:
        return "an empty body"
    if begin[:1] == b"<":
        title = _title(begin)
        return 'an HTML page titled "%s"' % cut(redact(title), _LONGEST_TITLE) if title else "an HTML page"
    if begin[:1] in (b"{", b"["):
        return "JSON that is truncated or not from the API"
    return "text that is not JSON"


def _begin(raw: Response) -> bytes:
    """The beginning of a body, without leading white space."""
    return raw.body.lstrip()[:_LONGEST_LOOK]


def _title(page: bytes) -> str:
    """The title of a page; empty if it has none within the searched bytes."""
    lower = page.lower()
    start = lower.find(b"<title>")
    end = lower.find(b"</title>", start)
    return page[start + len(b"<title>") : end].decode("utf-8", "replace").strip() if -1 < start < end else ""


def _retry_after(headers: t.Mapping[str, str], now: float) -> float | None:
    """The seconds of a Retry-After header; None if there is none, or if it is invalid."""
    said = headers.get("retry-after", "")[:_LONGEST_DATE].strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return float(said)
    until, written = timestamp(said), timestamp(headers.get("date", ""))
    # Relative to the clock of the server, if it sends a date, because the local clock may be wrong.
    return None if until is None else max(0.0, until - (now if written is None else written))


def timestamp(date: str) -> float | None:
    """The time of a date in a header, in seconds since 1970; None if it is invalid."""
    try:
        return parsedate_to_datetime(date[:_LONGEST_DATE]).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _repeated(detail: dict[str, t.Any], redact: Redact, most: int) -> dict[str, t.Any]:
    """The part of an error's detail for an error message: without secrets, and of limited size.

    :param most: the maximum number of list items and object members; a longer list ends with the number of omitted items.
    """
    numbers = itertools.count()

    def repeated(value: t.Any, depth: int) -> t.Any:
        if depth > _DEEPEST_DETAIL or next(numbers) > _MOST_VALUES:
            return None
        if isinstance(value, dict):
            members = [(key, item) for key, item in itertools.islice(value.items(), most) if key not in SECRET_KEYS]
            return {cut(redact(key), _LONGEST_NAME): repeated(item, depth + 1) for key, item in members}
        if isinstance(value, list):
            items = [repeated(item, depth + 1) for item in value[:most]]
            return items + ["and %d more" % (len(value) - most)] * (len(value) > most)
        return _shortened(value, redact) if isinstance(value, str) else value

    return t.cast(t.Dict[str, t.Any], repeated(detail, 0))


def _shortened(text: str, redact: Redact) -> str:
    return cut(_strip_private_keys(cut(redact(text), 2 * LONGEST_TEXT)), LONGEST_TEXT - 1)


def _strip_private_keys(text: str) -> str:
    """A text without private keys, including truncated ones."""
    kept: list[str] = []
    while True:
        begins = _KEY_BEGINS.search(text)
        if not begins:
            return "".join([*kept, text])
        kept += [text[: begins.start()], "(a private key, not shown)"]
        ends = _KEY_ENDS.search(text, begins.end())
        text = text[ends.end() :] if ends else ""
