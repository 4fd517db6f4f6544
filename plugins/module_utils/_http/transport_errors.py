# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""A name for everything that can go wrong on the way to an answer."""

from __future__ import annotations

import socket
import ssl
import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._errors import ErrorDetails, TransportError
from ansible_collections.katapult.cloud.plugins.module_utils._http.adapter import AnswerTooLarge

try:
    import requests
    from urllib3 import exceptions as urllib3_exceptions
except ImportError:  # then nothing was ever sent
    pass


def timed_out(seconds: float) -> TransportError:
    """The failure for an answer that did not come in time."""
    return TransportError(
        "Katapult did not answer within %g seconds (api_timeout, or what was left of api_retry_timeout)." % seconds,
        ErrorDetails("timed_out", "no answer in time"),
        may_have_taken_effect=True,
        transient=True,
    )


def classify(error: Exception, seconds: float) -> TransportError:
    """Name the reason why there is no answer, and whether the request can have reached the API.

    The texts of the exceptions are not handed on: they may hold the address of a proxy with its password.
    """
    causes = _cause_chain(error)

    def met(*kinds: type) -> BaseException | None:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    reasons = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    because = " (%s)" % reasons[0] if reasons else ""
    proxied = (
        " The connection goes through a proxy from the environment." if met(requests.exceptions.ProxyError) else ""
    )

    unreadable = met(requests.exceptions.InvalidURL, urllib3_exceptions.LocationValueError)
    if unreadable or met(*_if_defined(urllib3_exceptions, "ProxySchemeUnknown"), requests.exceptions.InvalidSchema):
        return TransportError(
            "The request could not be sent (%s). Check api_url, and the environment variables for proxies."
            % type(error).__name__,
            ErrorDetails("request_not_sent", type(error).__name__),
        )
    if met(AnswerTooLarge, requests.exceptions.ContentDecodingError, urllib3_exceptions.DecodeError):
        return TransportError(
            "The answer cannot be read: it is beyond all measure, or not encoded as it says. Look for a proxy or a gateway"
            " on the way, and check api_url.%s" % proxied,
            ErrorDetails("unreadable_answer", "too large, or not encoded as it says"),
            may_have_taken_effect=True,
            transient=True,
        )
    if met(socket.gaierror, *_if_defined(urllib3_exceptions, "NameResolutionError")):
        return TransportError(
            "The host name in api_url (or of the proxy) cannot be resolved%s. Check api_url, the network and the name"
            " server.%s" % (because, proxied),
            ErrorDetails("dns_failure", "the host name cannot be resolved"),
        )
    certificate = met(ssl.SSLCertVerificationError)
    if certificate or met(ssl.SSLError, requests.exceptions.SSLError):
        said = getattr(certificate, "verify_message", "") or "the TLS connection failed"
        return TransportError(
            "No trusted TLS connection to the host in api_url: %s. If your network has a certificate authority of its"
            " own, name its bundle in REQUESTS_CA_BUNDLE; validate_certs: false gives up the protection of the token. If the host does"
            " not speak TLS on that port, look at the scheme and the port of api_url."
            "%s" % (said, proxied),
            ErrorDetails("tls_failure", said),
            may_have_taken_effect=certificate is None,
        )
    # In some versions a refused connection is a kind of timed out one, so it comes first.
    if met(urllib3_exceptions.NewConnectionError, ConnectionRefusedError):
        return TransportError(
            "No connection to the host in api_url%s. Check api_url, the network and a firewall.%s" % (because, proxied),
            ErrorDetails("connection_refused", "no connection"),
            transient=True,
        )
    if met(requests.exceptions.ConnectTimeout, urllib3_exceptions.ConnectTimeoutError):
        return TransportError(
            "No connection to the host in api_url within %g seconds (api_timeout). Check the network, a firewall, and"
            " api_url.%s" % (seconds, proxied),
            ErrorDetails("connection_timed_out", "no connection in time"),
            transient=True,
        )
    if met(requests.exceptions.Timeout, urllib3_exceptions.TimeoutError, socket.timeout):
        return timed_out(seconds)
    if any("Tunnel connection failed" in str(cause) for cause in causes):
        return TransportError(
            "The proxy from the environment (HTTPS_PROXY) refused to connect to the host in api_url.",
            ErrorDetails("proxy_failure", "the proxy refused to connect"),
        )
    if met(requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3_exceptions.HTTPError):
        return TransportError(
            "The connection to the API was lost before its answer was complete%s.%s" % (because, proxied),
            ErrorDetails("connection_lost", "the connection was lost"),
            may_have_taken_effect=True,
            transient=True,
        )
    return TransportError(
        "The request could not be sent (%s%s). Check api_url, and the environment variables for proxies and CA bundles."
        % (type(error).__name__, because),
        ErrorDetails("request_not_sent", type(error).__name__),
        may_have_taken_effect=True,
    )


def _if_defined(namespace: t.Any, name: str) -> tuple[type, ...]:
    """A class that only newer versions of a library have."""
    return (getattr(namespace, name),) if hasattr(namespace, name) else ()


def _cause_chain(error: BaseException) -> list[BaseException]:
    """An exception and everything that it was made of, outermost first; requests and urllib3 nest them in many ways."""
    found: list[BaseException] = []
    waiting: list[t.Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return found
