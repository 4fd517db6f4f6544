# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error codes for all connection failures."""

from __future__ import annotations

import socket
import ssl
import typing as t

from .._errors import ErrorDetails, TransportError
from .adapter import AnswerTooLarge

try:
    from requests import exceptions as of_requests
    from urllib3 import exceptions as of_urllib3
except ImportError:  # in this case, nothing was sent
    pass


def classify(error: Exception, seconds: float) -> TransportError:
    """The error for a missing response, including whether the request can have reached the API.

    The texts of the exceptions are omitted, because they may contain the address of a proxy with its password.
    """
    causes = _cause_chain(error)

    def caused_by(*kinds: t.Any) -> t.Any:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    reasons = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    because = " (%s)" % reasons[0] if reasons else ""
    proxied = " The connection uses a proxy from the environment." if caused_by(of_requests.ProxyError) else ""

    def failure(text: str, code: str, may: bool = False, transient: bool = False) -> TransportError:
        return TransportError(text + proxied, ErrorDetails(code), may, transient)

    odd_proxy = _if_defined("ProxySchemeUnknown")
    if caused_by(of_requests.InvalidURL, of_urllib3.LocationValueError, of_requests.InvalidSchema, *odd_proxy):
        text = "The request could not be sent (%s). Check api_url, and the environment variables for proxies."
        return failure(text % type(error).__name__, "request_not_sent")
    if caused_by(AnswerTooLarge, of_requests.ContentDecodingError, of_urllib3.DecodeError):
        text = (
            "The response cannot be read: it is too large, or not encoded as its headers state. Check api_url, and check"
            " for a proxy or a gateway in front of the API."
        )
        return failure(text, "unreadable_answer", may=True, transient=True)
    if caused_by(socket.gaierror, *_if_defined("NameResolutionError")):
        text = "The host name in api_url (or of the proxy) cannot be resolved%s. Check api_url, the network and the name server."
        return failure(text % because, "dns_failure")
    certificate = caused_by(ssl.SSLCertVerificationError)
    if certificate or caused_by(ssl.SSLError, of_requests.SSLError):
        said = getattr(certificate, "verify_message", "") or "the TLS connection failed"
        text = (
            "A trusted TLS connection to the host in api_url cannot be established: %s. If your network has its own"
            " certificate authority, set REQUESTS_CA_BUNDLE to its bundle; validate_certs: false would leave the token"
            " unprotected. If the host does not use TLS on this port, check the scheme and the port of api_url."
        )
        return failure(text % said, "tls_failure", may=certificate is None)
    # In some versions, a refused connection is a subclass of a timeout, so it is checked first.
    if caused_by(of_urllib3.NewConnectionError, ConnectionRefusedError):
        text = "No connection to the host in api_url can be established%s. Check api_url, the network and firewalls."
        return failure(text % because, "connection_refused", transient=True)
    if caused_by(of_requests.ConnectTimeout, of_urllib3.ConnectTimeoutError):
        text = "No connection to the host in api_url within %g seconds (api_timeout). Check api_url, the network and firewalls."
        return failure(text % seconds, "connection_timed_out", transient=True)
    if caused_by(of_requests.Timeout, of_urllib3.TimeoutError, socket.timeout):
        text = "Katapult did not respond within %g seconds (api_timeout, or the rest of api_retry_timeout)."
        return failure(text % seconds, "timed_out", may=True, transient=True)
    if any("Tunnel connection failed" in str(cause) for cause in causes):
        proxied = ""
        text = "The proxy from the environment (HTTPS_PROXY) refused to connect to the host in api_url."
        return failure(text, "proxy_failure")
    if caused_by(of_requests.ConnectionError, of_requests.ChunkedEncodingError, of_urllib3.HTTPError):
        text = "The connection to the API was lost before the response was complete%s."
        return failure(text % because, "connection_lost", may=True, transient=True)
    text = (
        "The request could not be sent (%s%s). Check api_url, and the environment variables for proxies and CA bundles."
    )
    return failure(text % (type(error).__name__, because), "request_not_sent", may=True)


def _if_defined(name: str) -> list[t.Any]:
    """A class that exists only in newer versions of urllib3."""
    return [getattr(of_urllib3, name)] if hasattr(of_urllib3, name) else []


def _cause_chain(error: BaseException) -> list[BaseException]:
    """An exception and all its causes, outermost first; requests and urllib3 nest them differently."""
    found: list[BaseException] = []
    waiting: list[t.Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return found
