# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send one HTTP request, and protect the token."""

from __future__ import annotations

import json
import re
import traceback
import typing as t
from urllib.parse import urlsplit

from .._version import VERSION
from .adapter import AnswerTooLarge, BoundedAdapter, Exchange
from .api_url import is_loopback

try:
    import requests

    REQUESTS_IMPORT_ERROR = None
except Exception:  # pylint: disable=broad-exception-caught
    # Not only if it is missing: an incomplete installation can raise any exception.
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

USER_AGENT = "ansible-katapult.cloud/%s" % VERSION

# Bytes. The largest responses are those for one load balancer, which contain every member with about 3 kB: this is enough for
# 5,000 members. A page of a list has less than one megabyte.
LARGEST_ANSWER = 16 * 1024 * 1024
# Content codings of a body; several at once could expand a few bytes to a huge body.
_ENCODINGS = ("", "identity", "gzip", "deflate")

Query = t.Sequence[t.Tuple[str, t.Any]]  # in order, and repeated if the API requires it
Body = t.Mapping[str, t.Any]

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # an escape that may be a lone surrogate, or one of a surrogate pair
_LONGEST_INTEGER = 1000  # digits of a number in a response; parsing a number with millions of digits would take minutes


class Response(t.NamedTuple):
    """The response to a request: the status, the headers with lower-case names, the bytes of the body."""

    status: int
    headers: t.Mapping[str, str]
    body: bytes

    def json(self) -> t.Any:
        """The JSON document in the body; None if it is not JSON, or not of a type that the API sends."""
        try:
            document = json.loads(self.body.decode("utf-8"), parse_int=_integer)
            if _HALF.search(self.body):
                # Lone surrogates cannot be encoded: Ansible would discard the whole result.
                document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
            return document
        except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested too deeply
            return None

    @property
    def request_id(self) -> str | None:
        """The request ID, if it is valid. It is never truncated, because a truncated token could not be found and masked."""
        said = self.headers.get("x-request-id", "")
        return said if re.fullmatch(r"[0-9A-Za-z._:-]{1,200}", said) else None


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("a number that is too long")
    return int(digits)


# A function, so that tests can replace it. It raises a TransportError if there is no usable response within the given
# number of seconds. A transport that reuses its connection also has C(renew).
Transport = t.Callable[[str, str, t.Optional[Query], t.Optional[Body], float], Response]


class RequestsTransport:
    """A transport over HTTP that reuses its connection for all requests, until an error occurs.

    The address, without a trailing slash, and the token were validated before.
    """

    def __init__(self, api_url: str, token: str, validate_certs: bool) -> None:
        self._api_url = api_url
        self._token = token
        self._validate_certs = validate_certs
        self._exchange = Exchange(LARGEST_ANSWER)
        self.memory: dict[tuple[str, ...], str] = {}  # see :class:`Client`
        self._session = _open_session(api_url, self._exchange)

    def __call__(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> Response:
        self._exchange.begin(seconds)
        answer = None
        try:
            answer = self._answer(method, path, query, body, seconds)
            return answer
        except Exception as error:  # pylint: disable=broad-exception-caught
            from .transport_errors import classify  # only on errors: a module compiles its imports

            raise classify(error, seconds) from None
        finally:
            # This includes a timeout that Ansible sets.
            if answer is None or answer.status < 200 or self._exchange.left_unread:
                self.renew()

    def renew(self) -> None:
        """Use another connection from now on: data on this one may belong to an earlier request."""
        self.close()
        self._session = _open_session(self._api_url, self._exchange)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _answer(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> Response:
        response = self._session.request(
            method,
            self._api_url + path,
            params=query,
            json=body,
            auth=self._authorize,
            timeout=seconds,
            allow_redirects=False,  # a redirect would send the token to another server
            verify=self._validate_certs,
            stream=True,
        )
        with response:
            if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
                raise requests.exceptions.ContentDecodingError
            received = bytearray()
            for chunk in response.iter_content(65536):
                received += chunk
                if len(received) > LARGEST_ANSWER:
                    raise AnswerTooLarge
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(response.status_code, headers, bytes(received))

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # requests calls it as an auth object, because a ~/.netrc entry for the host would replace a plain header.
        request.headers["Authorization"] = "Bearer %s" % self._token
        return request


def _open_session(api_url: str, exchange: Exchange) -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter(exchange))
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"})
    # Redirects are not followed, and requests must not parse their targets, because it fails for invalid addresses.
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
    if api_url.startswith("http://") and not _proxy_is_loopback(api_url):
        # Plain HTTP is sent to this machine only (see validate_api_url); a proxy on another machine could read the token.
        session.trust_env = False
    return session


def _proxy_is_loopback(api_url: str) -> bool:
    try:
        proxy = requests.utils.select_proxy(api_url, requests.utils.get_environ_proxies(api_url))
        host = urlsplit(requests.utils.prepend_scheme_if_needed(proxy, "http")).hostname if proxy else None
        return host is not None and is_loopback(host)
    except ValueError:  # its address is not readable
        return False
