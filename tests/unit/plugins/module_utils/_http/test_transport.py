# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport over real HTTP on loopback: where the token is sent and where it is not, and the error code of every failure."""

from __future__ import annotations

import builtins
import inspect
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import urllib3.exceptions as urllib3
from katapult_simulator.server import Server, serving

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import validate_token
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused, TransportError
from ansible_collections.katapult.cloud.plugins.module_utils._http import transport, transport_errors
from ansible_collections.katapult.cloud.plugins.module_utils._http.response import parse_response
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport

from ..simulated import ALL, ONE

TOKEN = "simulator-token"
QUERY = {"load_balancer[api_reference]": "web & co"}


@pytest.fixture(autouse=True)
def fixture_no_environment(monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


@pytest.fixture(name="server")
def fixture_server():
    with serving(Server(0)) as server:
        yield server


class Recorder(ThreadingHTTPServer):
    """Records the requests that it receives, and always sends the same response."""

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), _Recording)
        self.answer = answer
        self.got = []
        self.released = threading.Event()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.server_address[1]


class _Recording(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.got.append((self.path, self.headers.get("Authorization")))
        self.server.answer(self)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


@contextmanager
def recorder(answer):
    server = Recorder(answer)
    with serving(server):
        try:
            yield server
        finally:
            server.released.set()


def empty_object(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "2")
    handler.end_headers()
    handler.wfile.write(b"{}")


def connect(api_url, **more):
    return RequestsTransport(api_url, more.pop("token", TOKEN), more.pop("validate_certs", True))


def failure_of(transport, seconds=10):
    with pytest.raises(TransportError) as failure:
        transport("GET", ONE, QUERY, None, seconds)
    return failure.value


# Requests


def test_a_request_carries_the_token_the_nested_query_and_the_body(server):
    send = connect(server.api_url)
    body = {"organization": {"sub_domain": "acme"}, "properties": {"name": "Wéb"}}
    assert send("GET", ONE, QUERY, None, 10).status == 404
    assert send("POST", ALL, None, body, 10).status == 422
    lookup, create = server.simulator.requests
    assert lookup["query"] == [["load_balancer[api_reference]", "web & co"]] and lookup["body"] is None
    assert create["body"] == body and create["query"] == []


def test_a_response_has_its_headers_in_lower_case(server):
    raw = connect(server.api_url)("GET", ONE, QUERY, None, 10)
    assert raw.headers["x-api-schema"] == "json-error" and raw.headers["x-request-id"]
    assert b"load_balancer_not_found" in raw.body


def test_the_connection_is_reused_for_all_requests(server):
    send = connect(server.api_url)
    accepted = []
    original = server.get_request
    server.get_request = lambda: accepted.append(1) or original()
    for _again in range(3):
        send("GET", ONE, QUERY, None, 10)
    assert len(accepted) == 1


# The token


def test_a_netrc_entry_does_not_replace_the_token(server, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert connect(server.api_url)("GET", ONE, QUERY, None, 10).status == 404  # and not 403 for another token


def test_a_redirect_is_not_followed():
    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", "http://%s/" % target.address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with recorder(empty_object) as target, recorder(redirect) as source:
        assert connect("http://%s" % source.address)("GET", ONE, None, None, 10).status == 302
        assert len(source.got) == 1 and target.got == []


def test_plain_http_does_not_use_a_proxy_on_another_machine(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    monkeypatch.setenv("http_proxy", "192.0.2.1:3128")
    assert connect(server.api_url)("GET", ONE, QUERY, None, 10).status == 404


@pytest.mark.parametrize(
    "invalid", ["http://user:PLANTED/x@host:3128", "http://[::1", "http://host:99999999", "http://u:p@h:port:x/"]
)
def test_a_proxy_with_an_invalid_address_is_not_used_for_plain_http(server, monkeypatch, invalid):
    monkeypatch.setenv("HTTP_PROXY", invalid)
    monkeypatch.setenv("http_proxy", invalid)
    assert connect(server.api_url)("GET", ONE, QUERY, None, 10).status == 404


def test_https_uses_the_proxy_of_the_environment(monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:%d" % nobody.getsockname()[1])
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:%d" % nobody.getsockname()[1])
        failure = failure_of(connect("https://192.0.2.1"))
    assert failure.details.code == "connection_refused" and "uses a proxy" in str(failure)


def test_an_https_proxy_with_an_invalid_address_fails_immediately(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:PLANTED/x@host:3128")
    monkeypatch.setenv("https_proxy", "http://user:PLANTED/x@host:3128")
    failure = failure_of(connect("https://192.0.2.1"))
    assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == (
        "request_not_sent",
        False,
        False,
    )
    assert "PLANTED" not in str(failure) and "proxies" in str(failure)


def test_plain_http_may_use_a_proxy_on_the_local_machine(monkeypatch):
    with recorder(empty_object) as proxy:
        monkeypatch.setenv("HTTP_PROXY", "http://%s" % proxy.address)
        monkeypatch.setenv("http_proxy", "http://%s" % proxy.address)
        assert connect("http://127.0.0.1:1")("GET", "/x", None, None, 10).body == b"{}"
        assert proxy.got == [("http://127.0.0.1:1/x", "Bearer %s" % TOKEN)]


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (None, "no API token"),
        ("", "no API token"),
        ("a b", "a space"),
        ("a\n", "a line break"),
        ("é", "invalid in a token"),
    ],
)
def test_an_invalid_token_is_rejected_and_not_shown(token, message):
    with pytest.raises(TaskRefused) as failure:
        validate_token(token)
    assert message in str(failure.value)
    assert not token or token not in str(failure.value)


def test_a_token_is_used_unchanged():
    assert validate_token("abc-123_~!") == "abc-123_~!"


# Real network faults


def test_a_refused_connection():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        failure = failure_of(connect("http://127.0.0.1:%d" % unused.getsockname()[1]))
    assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == (
        "connection_refused",
        False,
        True,
    )


def test_a_lost_connection():
    def hang_up(handler):
        handler.connection.shutdown(socket.SHUT_RDWR)

    with recorder(hang_up) as server:
        failure = failure_of(connect("http://%s" % server.address))
    assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == ("connection_lost", True, True)


def test_a_truncated_response():
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"half":')

    # Older versions of requests return a truncated body; newer ones detect it. Neither may be treated as a response.
    with recorder(cut) as server, pytest.raises(KatapultError) as failure:
        parse_response(connect("http://%s" % server.address)("GET", ONE, None, None, 10), 0.0)
    assert failure.value.details.code in ("connection_lost", "unreadable_answer")
    assert (failure.value.may_have_taken_effect, failure.value.transient) == (True, True)


def test_an_endless_slow_response_times_out_and_the_next_request_works():
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not handler.server.released.wait(0.02):
            handler.wfile.write(b" ")

    with recorder(drip) as server:
        send = connect("http://%s" % server.address)
        failure = failure_of(send, seconds=0.3)
        assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == ("timed_out", True, True)
        server.answer = empty_object
        assert send("GET", ONE, None, None, 10).body == b"{}"


def test_an_oversized_response_is_not_read_completely(monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 1000)

    def large(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(b" " * 100000)

    with recorder(large) as server:
        failure = failure_of(connect("http://%s" % server.address))
    assert (failure.details.code, failure.may_have_taken_effect) == ("unreadable_answer", True)


@pytest.mark.parametrize("location", ["https://[::1/x", "//[", "\xff\xfe"])
def test_an_invalid_redirect_is_a_regular_response(location):
    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with recorder(redirect) as server:
        assert connect("http://%s" % server.address)("GET", ONE, None, None, 10).status == 302


def test_tls_with_a_server_that_does_not_use_it():
    with recorder(empty_object) as server:
        failure = failure_of(connect("https://%s" % server.address))
    assert (failure.details.code, failure.transient) == ("tls_failure", False)
    assert "validate_certs" in str(failure)


def test_a_name_that_cannot_be_resolved(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    failure = failure_of(connect("https://api.invalid"))
    assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == ("dns_failure", False, False)


def test_a_missing_ca_bundle(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    failure = failure_of(connect("https://127.0.0.1:1"))
    assert (failure.details.code, failure.transient) == ("request_not_sent", False)
    assert "CA bundles" in str(failure)


def test_without_certificate_validation_the_environment_does_not_enable_it(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    assert failure_of(connect("https://127.0.0.1:1", validate_certs=False)).details.code == "connection_refused"


# Network faults, as requests and urllib3 report them


def in_requests(kind, reason):
    return kind(urllib3.MaxRetryError(None, "/", reason))


def caused(error, cause):
    error.__cause__ = cause
    return error


UNVERIFIED = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
UNVERIFIED.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("error", "code", "may_have_taken_effect", "passing"),
    [
        (
            in_requests(requests.ConnectionError, urllib3.NewConnectionError(None, "refused")),
            "connection_refused",
            False,
            True,
        ),
        (
            in_requests(requests.ConnectTimeout, urllib3.ConnectTimeoutError(None, "slow")),
            "connection_timed_out",
            False,
            True,
        ),
        (requests.ConnectTimeout(), "connection_timed_out", False, True),
        (requests.ReadTimeout(urllib3.ReadTimeoutError(None, "/", "slow")), "timed_out", True, True),
        (requests.ConnectionError(urllib3.ReadTimeoutError(None, "/", "slow")), "timed_out", True, True),
        (
            requests.ConnectionError(urllib3.ProtocolError("aborted", ConnectionResetError(104, "reset"))),
            "connection_lost",
            True,
            True,
        ),
        (requests.exceptions.ChunkedEncodingError(urllib3.ProtocolError("cut")), "connection_lost", True, True),
        (in_requests(requests.exceptions.SSLError, urllib3.SSLError(UNVERIFIED)), "tls_failure", False, False),
        (requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF")), "tls_failure", True, False),
        (caused(requests.ConnectionError(), socket.gaierror(-3, "try again")), "dns_failure", False, False),
        (
            in_requests(
                requests.exceptions.ProxyError, urllib3.ProxyError("no", OSError("Tunnel connection failed: 407"))
            ),
            "proxy_failure",
            False,
            False,
        ),
        (
            in_requests(
                requests.exceptions.ProxyError, urllib3.ProxyError("no", urllib3.NewConnectionError(None, "refused"))
            ),
            "connection_refused",
            False,
            True,
        ),
        (
            in_requests(requests.exceptions.ProxyError, urllib3.ProxyError("no", ConnectionResetError())),
            "connection_lost",
            True,
            True,
        ),
        (requests.exceptions.InvalidURL("bad"), "request_not_sent", False, False),
        (requests.exceptions.InvalidProxyURL("http://user:planted@"), "request_not_sent", False, False),
        (requests.exceptions.InvalidSchema("socks"), "request_not_sent", False, False),
        (requests.exceptions.ContentDecodingError(urllib3.DecodeError("gzip")), "unreadable_answer", True, True),
        (UnicodeError("label too long"), "request_not_sent", True, False),
    ],
)
def test_every_failure_has_a_code(monkeypatch, error, code, may_have_taken_effect, passing):
    def broken(*args, **kwargs):
        raise error

    monkeypatch.setattr(requests.Session, "request", broken)
    failure = failure_of(connect("https://api.example"))
    assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == (
        code,
        may_have_taken_effect,
        passing,
    )
    assert "planted" not in str(failure)


def test_a_self_signed_certificate_is_reported():
    failure = transport_errors.classify(requests.exceptions.SSLError(UNVERIFIED), 60)
    assert "self-signed certificate" in str(failure) and "REQUESTS_CA_BUNDLE" in str(failure)


def test_a_proxy_is_mentioned():
    error = requests.exceptions.ProxyError(urllib3.NewConnectionError(None, "refused"))
    assert "proxy" in str(transport_errors.classify(error, 60))


# Without requests


@pytest.mark.parametrize("trouble", [ImportError, AttributeError, ValueError])
def test_requests_that_cannot_be_imported_is_treated_as_missing_after_any_exception(monkeypatch, trouble):
    ordinary = builtins.__import__

    def broken(name, *more):
        if name == "requests":
            raise trouble("half of it is there")
        return ordinary(name, *more)

    monkeypatch.setattr(builtins, "__import__", broken)
    names = {"__name__": "a_second_copy", "__package__": transport.__package__}
    exec(compile(inspect.getsource(transport), transport.__file__, "exec"), names)
    assert "half of it is there" in names["REQUESTS_IMPORT_ERROR"]
