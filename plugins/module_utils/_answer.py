# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What an HTTP answer says: the API's JSON, or a failure with a name."""

from __future__ import annotations

import json
import re
import typing as t
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    ApiError,
    Facts,
    KatapultError,
    UnexpectedAnswer,
)
from ansible_collections.katapult.cloud.plugins.module_utils._explanations import EXPLANATIONS, explain
from ansible_collections.katapult.cloud.plugins.module_utils._transport import RawAnswer

# What the API is known to show although nobody should see it; an error's detail is searched for it too.
SECRET_KEYS = frozenset(
    "backend_certificate_key initial_root_password private_key certificate_api_url s3_secret_access_key password token"
    " billing_name address1 address2 address3 address4 postcode vat_number phone_number".split()
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_LONGEST_TEXT = 2000  # characters of a text of the API that a failure repeats
_DEEPEST_DETAIL = 10  # levels of an error's detail that a failure repeats


def read_answer(raw: RawAnswer, now: float) -> dict[str, t.Any]:
    """The JSON object of a successful answer.

    :param now: the time, in seconds since 1970, for a Retry-After that is a date.
    :raises ApiError: the API answered with an error of its own.
    :raises UnexpectedAnswer: this is no answer of the API.
    """
    document = _json(raw.body)
    if 200 <= raw.status < 300:
        if isinstance(document, dict):
            return document
        raise _unreadable(raw)
    if 300 <= raw.status < 400:
        raise _redirect(raw)
    error = _error_object(document)
    failure = _api_error(raw, error) if error else _foreign_error(raw)
    failure.retry_after = _retry_after(raw.headers, now)
    raise failure


def _json(body: bytes) -> t.Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested beyond reason
        return None


def _error_object(document: t.Any) -> dict[str, t.Any] | None:
    """The error in an error body: wrapped in C(error), as the API really sends it, or bare, as it is documented."""
    for candidate in (document.get("error"), document) if isinstance(document, dict) else ():
        if isinstance(candidate, dict) and candidate.get("code") and isinstance(candidate["code"], str):
            return candidate
    return None


def _api_error(raw: RawAnswer, error: dict[str, t.Any]) -> KatapultError:
    detail = _without_secrets(error.get("detail"))
    said = error.get("description")
    facts = Facts(
        code=_shortened(error["code"]),
        description=_shortened(said) if isinstance(said, str) else None,
        detail=detail if isinstance(detail, dict) else {},
        http_status=raw.status,
        request_id=raw.headers.get("x-request-id"),
    )
    # A 503 of the API itself says that nothing was done. One of something before it does not.
    by_the_api = raw.headers.get("x-api-schema") == "json-error" or facts.code in EXPLANATIONS
    return ApiError(
        explain(facts.code, facts.description, facts.detail),
        facts,
        maybe_done=_maybe_done(raw.status) and not (raw.status == 503 and by_the_api),
        passing=_passing(raw.status),
    )


def _foreign_error(raw: RawAnswer) -> KatapultError:
    if raw.status == 429:
        facts = _facts(raw, "rate_limit_reached", "too many requests")
        return ApiError(explain(facts.code, None, {}), facts, passing=True)
    facts = _facts(raw, "unexpected_answer", "HTTP %d with %s" % (raw.status, _kind_of_body(raw)))
    return UnexpectedAnswer(
        "Something other than the Katapult API answered: HTTP %d with %s. Look for a proxy or a gateway on the way, and"
        " check api_url." % (raw.status, _kind_of_body(raw)),
        facts,
        maybe_done=_maybe_done(raw.status),
        passing=_passing(raw.status) or _is_cut(raw),
    )


def _is_cut(raw: RawAnswer) -> bool:
    """Whether an answer began as JSON and ended in the middle: an accident, whatever its status."""
    return raw.body.lstrip()[:1] == b"{" and _json(raw.body) is None


def _unreadable(raw: RawAnswer) -> UnexpectedAnswer:
    is_page = "html" in raw.headers.get("content-type", "").lower()
    return UnexpectedAnswer(
        "The answer cannot be read: HTTP %d with %s instead of a whole JSON object. Look for a proxy or a gateway on"
        " the way, and check api_url." % (raw.status, _kind_of_body(raw)),
        _facts(raw, "unreadable_answer", _kind_of_body(raw)),
        maybe_done=True,
        passing=not is_page,  # a page stays until somebody changes something; a cut answer was an accident
    )


def misshapen(answer: t.Mapping[str, t.Any], lacking: str) -> UnexpectedAnswer:
    """The failure for an answer that is JSON, but does not hold what such an answer must hold.

    :param lacking: what is missing, for a person.
    """
    return UnexpectedAnswer(
        "The answer cannot be used: it lacks %s. Check that api_url is that of the Katapult Core API." % lacking,
        Facts(
            "unreadable_answer", "the answer lacks %s (it has: %s)" % (lacking, ", ".join(sorted(answer)) or "nothing")
        ),
        maybe_done=True,
    )


def _redirect(raw: RawAnswer) -> UnexpectedAnswer:
    where = "another address"
    try:
        target = urlsplit(raw.headers.get("location", ""))
        if target.hostname:
            where = "%s://%s%s" % (target.scheme, target.hostname, target.path)
    except ValueError:
        pass
    return UnexpectedAnswer(
        "The API address redirects to %s. The token is not sent on to other addresses: if that is the right one, put it"
        " into api_url." % where,
        _facts(raw, "unexpected_redirect", "HTTP %d to %s" % (raw.status, where)),
        maybe_done=True,  # a "see other" is an answer to a request that was carried out
    )


def _facts(raw: RawAnswer, code: str, description: str) -> Facts:
    return Facts(code, description, {}, http_status=raw.status, request_id=raw.headers.get("x-request-id"))


def _maybe_done(status: int) -> bool:
    return status >= 500 or status == 408 or status < 200


def _passing(status: int) -> bool:
    return status in (408, 429) or (status >= 500 and status != 501)


def _kind_of_body(raw: RawAnswer) -> str:
    """What a body is, without showing it: it may be the cut answer to a request for a secret."""
    if not raw.body.strip():
        return "an empty body"
    if raw.body.lstrip()[:1] == b"<":
        title = re.search(rb"<title>\s*([^<]{1,100}?)\s*</title>", raw.body, re.IGNORECASE)
        return 'an HTML page titled "%s"' % title.group(1).decode("utf-8", "replace") if title else "an HTML page"
    if raw.body.lstrip()[:1] in (b"{", b"["):
        return "JSON that is cut, or not the API's"
    return "a text that is not JSON"


def _retry_after(headers: t.Mapping[str, str], now: float) -> float | None:
    """Seconds that a Retry-After header asks to wait; None when there is none, or one that says nothing."""
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return float(said)
    try:
        until = parsedate_to_datetime(said).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    try:  # by the clock that wrote the date, where it is told: this machine's may be off
        now = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        pass
    return max(0.0, until - now)


def _without_secrets(value: t.Any, depth: int = 0) -> t.Any:
    if depth > _DEEPEST_DETAIL:
        return None
    if isinstance(value, dict):
        return {key: _without_secrets(item, depth + 1) for key, item in value.items() if key not in SECRET_KEYS}
    if isinstance(value, list):
        return [_without_secrets(item, depth + 1) for item in value]
    return _shortened(value) if isinstance(value, str) else value


def _shortened(text: str) -> str:
    text = _PRIVATE_KEY.sub("(a private key, not shown)", text)
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
