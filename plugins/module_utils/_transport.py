# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""One HTTP request over the wire, with the token kept safe, and a name for everything that can go wrong on the way."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import traceback
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.katapult.cloud.plugins.module_utils._address import is_loopback
from ansible_collections.katapult.cloud.plugins.module_utils._errors import Facts, NoAnswer, invalid_task

try:
    import requests
    from urllib3 import exceptions as urllib3_exceptions

    REQUESTS_IMPORT_ERROR = None
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

VERSION = "0.2.0"
USER_AGENT = "ansible-katapult.cloud/%s" % VERSION

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; a full page of load balancers takes less than one megabyte

Query = t.Sequence[t.Tuple[str, t.Any]]  # in order, and with repeats where the API wants them
Body = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class RawAnswer:
    """What came back for a request: the status, the headers with lower-case names, the bytes of the body."""

    status: int
    headers: t.Mapping[str, str]
    body: bytes


class Send(t.Protocol):
    """A transport: one function, so that a test hands in one of its own.

    :raises NoAnswer: nothing usable came back within C(seconds).
    """

    def __call__(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> RawAnswer:
        """Send one request."""


def check_token(token: str | None) -> str:
    """The token, once it is certain that it can stand in a header. Its value is never shown.

    :raises TaskRefused: there is none, or it holds what no token holds.
    """
    if not token:
        raise invalid_task(
            "there is no API token: set api_token, or one of the environment variables KATAPULT_API_TOKEN and"
            " KATAPULT_API_KEY on the host that runs the task; an empty value counts as none"
        )
    if not all("!" <= letter <= "~" for letter in token):
        raise invalid_task(
            "the API token holds a space, a line break or another character that no token holds: look for a line break"
            " at its end, or for a template that was not filled in"
        )
    return token


class HttpTransport:
    """A transport over HTTP that keeps its connection from request to request.

    :param api_url: the checked base address, without a trailing slash.
    :param token: the checked API token.
    :param validate_certs: whether the server must show a certificate that this machine trusts.
    """

    def __init__(self, api_url: str, token: str, validate_certs: bool) -> None:
        self._api_url = api_url
        self._token = token
        self._validate_certs = validate_certs
        self._session = _open_session(api_url)

    def __call__(self, method: str, path: str, query: Query | None, body: Body | None, seconds: float) -> RawAnswer:
        session = self._session

        def exchange() -> RawAnswer:
            response = session.request(
                method,
                self._api_url + path,
                params=query,
                json=body,
                auth=self._authorize,
                timeout=seconds,
                allow_redirects=False,  # a redirect would carry the token elsewhere
                verify=self._validate_certs,
                stream=True,
            )
            content = b""
            for chunk in response.iter_content(65536):
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    response.close()
                    raise _AnswerTooLarge
            headers = {name.lower(): value for name, value in response.headers.items()}
            return RawAnswer(response.status_code, headers, content)

        try:
            return _within(seconds, exchange)
        except BaseException:  # a timeout that Ansible sets is none of the ordinary exceptions
            self._session = _open_session(self._api_url)  # the old one may still be busy with the request given up on
            raise

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # Called as an auth object by requests, which lets a ~/.netrc entry for the host replace a mere header.
        request.headers["Authorization"] = "Bearer %s" % self._token
        return request


def _open_session(api_url: str) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = USER_AGENT
    session.headers["Accept"] = "application/json"
    # Redirects are not followed, and requests must not even look at where they lead: it stumbles over odd addresses.
    session.get_redirect_target = lambda response: None  # type: ignore[method-assign]
    if api_url.startswith("http://") and not _proxy_is_loopback(api_url):
        # Plain http goes to this machine only (see check_api_url); a proxy elsewhere would read the token.
        session.trust_env = False
    return session


def _proxy_is_loopback(api_url: str) -> bool:
    try:
        proxy = requests.utils.select_proxy(api_url, requests.utils.get_environ_proxies(api_url))
        return (
            is_loopback(urlsplit(requests.utils.prepend_scheme_if_needed(proxy, "http")).hostname or "")
            if proxy
            else False
        )
    except ValueError:  # it has no readable address
        return False


class _AnswerTooLarge(Exception):
    pass


def _within(seconds: float, exchange: t.Callable[[], RawAnswer]) -> RawAnswer:
    """The result of an exchange that may take so long and no longer.

    A thread, because requests bounds each wait for bytes and never the whole: an answer that drips in, or a name server
    that does not answer, would hold the task up for as long as it likes. The thread given up on ends with the process.
    """
    box: queue.Queue[RawAnswer | Exception] = queue.Queue(1)

    def run() -> None:
        try:
            box.put(exchange())
        except Exception as error:  # whatever it is, the waiting side must hear of it
            box.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        # A little longer, so that requests can tell first that not even a connection came about: such a request is
        # known not to have been carried out.
        outcome = box.get(timeout=seconds * 1.05 + 0.1)
    except queue.Empty:
        raise _timed_out(seconds) from None
    if isinstance(outcome, Exception):
        raise _no_answer(outcome, seconds) from None
    return outcome


def _timed_out(seconds: float) -> NoAnswer:
    return NoAnswer(
        "Katapult did not answer within %g seconds (api_timeout, or what was left of api_retry_timeout)." % seconds,
        Facts("timed_out", "no answer in time"),
        maybe_done=True,
        passing=True,
    )


def _no_answer(error: Exception, seconds: float) -> NoAnswer:
    """Name the reason why there is no answer, and whether the request can have reached the API.

    The texts of the exceptions are not handed on: they may hold the address of a proxy with its password.
    """
    causes = _causes(error)

    def met(*kinds: type) -> BaseException | None:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    reasons = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    because = " (%s)" % reasons[0] if reasons else ""
    proxied = (
        " The connection goes through a proxy from the environment." if met(requests.exceptions.ProxyError) else ""
    )

    unreadable = met(requests.exceptions.InvalidURL, urllib3_exceptions.LocationValueError)
    if unreadable or met(*_if_there(urllib3_exceptions, "ProxySchemeUnknown"), requests.exceptions.InvalidSchema):
        return NoAnswer(
            "The request could not be sent (%s). Check api_url, and the environment variables for proxies."
            % type(error).__name__,
            Facts("request_not_sent", type(error).__name__),
        )
    if met(_AnswerTooLarge, requests.exceptions.ContentDecodingError, urllib3_exceptions.DecodeError):
        return NoAnswer(
            "The answer cannot be read: it is beyond all measure, or not encoded as it says. Look for a proxy or a gateway"
            " on the way, and check api_url.%s" % proxied,
            Facts("unreadable_answer", "too large, or not encoded as it says"),
            maybe_done=True,
            passing=True,
        )
    if met(socket.gaierror, *_if_there(urllib3_exceptions, "NameResolutionError")):
        return NoAnswer(
            "The host name in api_url (or of the proxy) cannot be resolved%s. Check api_url, the network and the name"
            " server.%s" % (because, proxied),
            Facts("dns_failure", "the host name cannot be resolved"),
        )
    certificate = met(ssl.SSLCertVerificationError)
    if certificate or met(ssl.SSLError, requests.exceptions.SSLError):
        said = getattr(certificate, "verify_message", "") or "the TLS connection failed"
        return NoAnswer(
            "No trusted TLS connection to the host in api_url: %s. If your network has a certificate authority of its"
            " own, name its bundle in REQUESTS_CA_BUNDLE; validate_certs: false gives up the protection of the token. If the host does"
            " not speak TLS on that port, look at the scheme and the port of api_url."
            "%s" % (said, proxied),
            Facts("tls_failure", said),
            maybe_done=certificate is None,
        )
    # In some versions a refused connection is a kind of timed out one, so it comes first.
    if met(urllib3_exceptions.NewConnectionError, ConnectionRefusedError):
        return NoAnswer(
            "No connection to the host in api_url%s. Check api_url, the network and a firewall.%s" % (because, proxied),
            Facts("connection_refused", "no connection"),
            passing=True,
        )
    if met(requests.exceptions.ConnectTimeout, urllib3_exceptions.ConnectTimeoutError):
        return NoAnswer(
            "No connection to the host in api_url within %g seconds (api_timeout). Check the network, a firewall, and"
            " api_url.%s" % (seconds, proxied),
            Facts("connection_timed_out", "no connection in time"),
            passing=True,
        )
    if met(requests.exceptions.Timeout, urllib3_exceptions.TimeoutError, socket.timeout):
        return _timed_out(seconds)
    if any("Tunnel connection failed" in str(cause) for cause in causes):
        return NoAnswer(
            "The proxy from the environment (HTTPS_PROXY) refused to connect to the host in api_url.",
            Facts("proxy_failure", "the proxy refused to connect"),
        )
    if met(requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3_exceptions.HTTPError):
        return NoAnswer(
            "The connection to the API was lost before its answer was complete%s.%s" % (because, proxied),
            Facts("connection_lost", "the connection was lost"),
            maybe_done=True,
            passing=True,
        )
    return NoAnswer(
        "The request could not be sent (%s%s). Check api_url, and the environment variables for proxies and CA bundles."
        % (type(error).__name__, because),
        Facts("request_not_sent", type(error).__name__),
        maybe_done=True,
    )


def _if_there(namespace: t.Any, name: str) -> tuple[type, ...]:
    """A class that only newer versions of a library have."""
    return (getattr(namespace, name),) if hasattr(namespace, name) else ()


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and everything that it was made of, outermost first; requests and urllib3 nest them in many ways."""
    found: list[BaseException] = []
    waiting: list[t.Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return found
