# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, one deadline, one response: with servers that do not follow the protocol."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import TransportError
from ansible_collections.katapult.cloud.plugins.module_utils._http import adapter, transport
from ansible_collections.katapult.cloud.plugins.module_utils._http.adapter import Exchange
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
ANSWER = HEAD % 2 + b"{}"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"


class Scripted:
    """A loopback server that responds to each request according to its script, and counts connections.

    :param script: yields the data to send for a request, in pieces; it receives an event that is set at the end of the test.
    """

    def __init__(self, script, context=None):
        self.script = script
        self.context = context
        self.accepted = 0
        self.asked = []
        self.ended = threading.Event()
        self.hung_up = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.socket.getsockname()[1]

    def _accept(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            self.accepted += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as incoming:
                while True:
                    line = incoming.readline()
                    if not line:
                        return
                    self.asked.append(line.split()[1].decode())
                    while incoming.readline() not in (b"\r\n", b""):
                        pass
                    for piece in self.script(self.ended):
                        connection.sendall(piece)
        except OSError:
            pass
        finally:
            self.hung_up.set()


@contextmanager
def scripted(script, **more):
    server = Scripted(script if callable(script) else lambda ended: script, **more)
    try:
        yield server
    finally:
        server.ended.set()
        server.socket.close()


pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


@pytest.fixture(autouse=True)
def fixture_no_environment(monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


def connect(server):
    return RequestsTransport("%s://%s" % ("https" if server.context else "http", server.address), "token", False)


def get(send, path="/x", seconds=10):
    return send("GET", path, None, None, seconds)


def failure_of(send, seconds=10):
    with pytest.raises(TransportError) as failure:
        get(send, seconds=seconds)
    return failure.value


@pytest.fixture(name="context")
def fixture_context(tmp_path):
    """TLS with an untrusted certificate."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, *plain)
    (tmp_path / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    return context


@pytest.fixture(name="how", params=["http", "https"])
def fixture_how(request):
    """The options of a server, with and without TLS."""
    return {"context": request.getfixturevalue("context")} if request.param == "https" else {}


# Interim responses


@pytest.mark.parametrize(
    "interim", [HINTS, HINTS * 3, b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 199 Odd\r\n\r\n" + HINTS]
)
def test_interim_responses_are_skipped_and_each_request_gets_its_own_response(how, interim):
    numbers = list(range(10))

    def script(ended):
        yield interim
        body = b'{"number": %d}' % numbers.pop(0)
        yield HEAD % len(body) + body

    with scripted(script, **how) as server:
        send = connect(server)
        assert [get(send).json() for _again in range(3)] == [{"number": 0}, {"number": 1}, {"number": 2}]
        assert server.accepted == 1


def test_only_interim_responses_are_no_response():
    with scripted([HINTS * 50]) as server:
        failure = failure_of(connect(server))
        assert (failure.details.code, failure.may_have_taken_effect) == ("connection_lost", True)


def test_a_connection_that_switches_protocols_is_not_reused():
    with scripted([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"]) as server:
        send = connect(server)
        assert [get(send).status for _again in range(2)] == [101, 101]
        assert server.accepted == 2


# Unread data


@pytest.mark.parametrize(
    "more", [b" ", ANSWER, HEAD % 7 + b'{"a":1}', b"x" * 100000], ids=["space", "answer", "other answer", "much"]
)
@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["length", "none", "chunked"],
)
def test_data_after_a_response_is_never_the_response_to_the_next_request(how, answer, more):
    with scripted([answer + more], **how) as server:
        send = connect(server)
        bodies = [get(send, "/%d" % number).body for number in range(3)]
        assert set(bodies) <= {b"{}", b""} and len(set(bodies)) == 1
        assert server.accepted == 3 and server.asked == ["/0", "/1", "/2"]


@pytest.mark.parametrize(
    "broken", [b"", b"HTTP/1.1 2", HEAD % 9 + b"{}", b"garbage\r\n\r\n"], ids=["nothing", "status", "body", "garbage"]
)
def test_a_connection_is_not_reused_after_a_failure(broken):
    answers = [broken, ANSWER]

    def script(ended):
        yield answers.pop(0)
        if server.accepted == 1:
            ended.wait(60)  # the rest is never sent

    with scripted(script) as server:
        send = connect(server)
        failure_of(send, seconds=0.2)
        assert get(send).body == b"{}" and server.accepted == 2


# The deadline


DRIPS = {
    "status": (b"", b"HTTP/1.1 200 OK"),
    "header": (b"HTTP/1.1 200 OK\r\n", b"a"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
    "interim": (b"", b"HTTP/1.1 103 Hints\r\n"),
    "body": (HEAD % 10**6, b" "),
    "chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
}


@pytest.mark.parametrize("place", DRIPS)
def test_a_slow_response_ends_in_time_and_leaves_no_thread_and_no_socket(how, place):
    begin, drop = DRIPS[place]

    def script(ended):
        yield begin
        while not ended.wait(0.02):
            yield drop

    with scripted(script, **how) as server:
        before = set(threading.enumerate())
        failure = failure_of(connect(server), seconds=0.5)
        assert (failure.details.code, failure.may_have_taken_effect, failure.transient) == ("timed_out", True, True)
        assert server.hung_up.wait(10)
        assert not [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]


def test_each_address_of_a_host_gets_a_share_of_the_time(monkeypatch):
    tried = []

    class Silent:
        def __init__(self, *kind):
            pass

        def settimeout(self, seconds):
            tried.append(seconds)

        def connect(self, address):
            now[0] += tried[-1]
            raise socket.timeout("timed out")

        def setsockopt(self, *option):
            pass

        def close(self):
            tried.append("closed")

    now = [0.0]
    monkeypatch.setattr(adapter.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(adapter.socket, "socket", Silent)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.%d" % last, 443)) for last in (1, 2, 3)]
    monkeypatch.setattr(adapter.socket, "getaddrinfo", lambda *names: found)
    failure = failure_of(RequestsTransport("https://api.example", "token", True), seconds=9)
    assert (failure.details.code, failure.may_have_taken_effect) == ("connection_timed_out", False)
    assert tried == [3, "closed", 3, "closed", 3, "closed"]


def test_a_large_request_is_sent_in_pieces_within_the_remaining_time():
    now, given, sent = [0.0], [], []

    class Connection(adapter._BoundedConnection, type("Base", (), {"send": lambda self, data: sent.append(data)})):
        pass

    exchange = Exchange(10)
    connection = Connection(exchange=exchange)
    connection.sock = type("Socket", (), {"settimeout": lambda self, seconds: given.append(round(seconds, 1))})()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter.time, "monotonic", lambda: now.__setitem__(0, now[0] + 1) or now[0])
        exchange.begin(5)
        connection.send(b"x" * 40000)
        with pytest.raises(socket.timeout):
            connection.send(b"x" * 40000)
    assert given[:3] == [4, 3, 2] and [len(piece) for piece in sent[:3]] == [16384, 16384, 7232]


# The size of a response


@pytest.mark.parametrize(
    ("begin", "drop"), [(HEAD % 10**9, b" " * 4096), DRIPS["size"], DRIPS["trailer"]], ids=["body", "size", "trailer"]
)
def test_an_oversized_response_is_aborted_in_any_part_of_it(monkeypatch, begin, drop):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 100000)

    def script(ended):
        yield begin
        while not ended.is_set():
            yield drop * 1000

    with scripted(script) as server:
        failure = failure_of(connect(server))
        assert (
            failure.details.code in ("unreadable_answer", "connection_lost") and failure.may_have_taken_effect
        )  # some versions detect it
        assert server.hung_up.wait(10)


def compressed(data, encoding):
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(data)) + data


def test_a_compressed_response_is_read_unless_its_content_is_oversized(monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 100000)
    for size, code in ((90000, None), (10**7, "unreadable_answer")):
        with scripted([compressed(gzip.compress(b" " * size), b"gzip")]) as server:
            if code:
                assert failure_of(connect(server)).details.code == code
            else:
                assert get(connect(server)).body == b" " * size


@pytest.mark.parametrize("encoding", [b"br", b"zstd", b"gzip, gzip", b"deflate,gzip", b"odd"])
def test_an_encoding_that_was_not_requested_is_not_decoded(encoding):
    with scripted([compressed(b"{}", encoding)]) as server:
        failure = failure_of(connect(server))
        assert (failure.details.code, failure.may_have_taken_effect) == ("unreadable_answer", True)


def test_an_address_in_brackets_can_be_connected_to():
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with listening:
        port = listening.getsockname()[1]
        failure = failure_of(RequestsTransport("http://[::1]:%d" % port, "token", True), seconds=0.2)
    assert failure.details.code == "timed_out"  # and therefore connected


class Tunnel:
    """A loopback proxy for HTTPS: connects to the requested host, or sends any other response.

    :param answer: its response to a CONNECT.
    """

    def __init__(self, answer=b"HTTP/1.1 200 Connection established\r\n\r\n"):
        self.answer = answer
        self.asked = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        try:
            while True:
                threading.Thread(target=self._serve, args=(self.socket.accept()[0],), daemon=True).start()
        except OSError:
            pass

    def _serve(self, client):
        begin = b""
        while b"\r\n\r\n" not in begin:
            begin += client.recv(1)
        target = begin.split()[1].decode()
        self.asked.append(target)
        client.sendall(self.answer)
        host, _colon, port = target.rpartition(":")
        with client, socket.create_connection((host, int(port))) as server:
            threading.Thread(target=self._copy, args=(server, client), daemon=True).start()
            self._copy(client, server)

    @staticmethod
    def _copy(source, target):
        try:
            for data in iter(lambda: source.recv(65536), b""):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture(name="tunnel")
def fixture_tunnel(monkeypatch):
    """Starts a proxy and sets it in the environment."""
    started = []

    def start(*answer):
        started.append(Tunnel(*answer))
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:%d" % started[-1].socket.getsockname()[1])
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        return started[-1]

    yield start
    for proxy in started:
        proxy.socket.close()


def test_through_a_proxy_interim_responses_are_skipped_and_the_connection_is_reused(context, tunnel):
    proxy = tunnel()
    with scripted([HINTS + ANSWER], context=context) as server:
        send = connect(server)
        assert [get(send).body for _again in range(3)] == [b"{}"] * 3
        assert proxy.asked == [server.address] and server.accepted == 1


def test_through_a_proxy_a_slow_response_ends_in_time(context, tunnel):
    tunnel()

    def script(ended):
        yield HEAD % 10**6
        while not ended.wait(0.02):
            yield b" "

    with scripted(script, context=context) as server:
        assert failure_of(connect(server), seconds=0.3).details.code == "timed_out"
        assert server.hung_up.wait(10)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 502 No\r\nContent-Length: 2\r\n\r\nno"])
def test_a_proxy_that_refuses_is_reported(context, tunnel, answer):
    tunnel(answer)
    with scripted([ANSWER], context=context) as server:
        assert failure_of(connect(server)).details.code == "proxy_failure" and server.asked == []


def test_an_object_that_is_not_a_socket_may_have_unread_data():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for sock, may in ((ours, False), (adapter._OuterTls(ours, Exchange(10)), True)):
            reader = adapter._SocketReader(sock, Exchange(10))
            assert reader.has_more() is may
            reader.close()


def test_each_use_of_the_tls_to_a_proxy_is_limited_to_the_remaining_time(monkeypatch):
    now, given = [0.0], []

    class Outer:
        """A TLS socket of which each use takes one second."""

        def settimeout(self, seconds):
            given.append(seconds)
            now[0] += 1

        def recv(self, count):
            return b"x"

        def sendall(self, data):
            pass

    monkeypatch.setattr(adapter.time, "monotonic", lambda: now[0])
    exchange = Exchange(2)
    outer = adapter._OuterTls(Outer(), exchange)
    exchange.begin(3)
    outer.sendall(b"x")
    outer.recv(1)
    outer.recv(1)
    assert given == [3, 2, 1]
    with pytest.raises(socket.timeout):
        outer.recv(1)
    exchange.begin(9)
    outer.recv(1)
    outer.recv(1)
    with pytest.raises(adapter.AnswerTooLarge):
        outer.recv(1)


def test_a_socks_proxy_is_used(monkeypatch):
    bounded = adapter.BoundedAdapter(Exchange(10))

    def manager(self, proxy, **more):
        return type("Manager", (), {"pool_classes_by_scheme": {"https": plain}})()

    plain = type(bounded).__mro__[1]().poolmanager.pool_classes_by_scheme["https"]
    monkeypatch.setattr(type(bounded).__mro__[1], "proxy_manager_for", manager)
    opens = {}
    for proxy in ("socks5h://127.0.0.1:1", "http://127.0.0.1:1"):
        pool = bounded.proxy_manager_for(proxy).pool_classes_by_scheme["https"].func
        opens[proxy] = issubclass(pool.ConnectionCls, adapter._BoundedOpening)
        assert issubclass(pool.ConnectionCls, adapter._BoundedConnection)
    assert opens == {"socks5h://127.0.0.1:1": False, "http://127.0.0.1:1": True}


def test_a_closed_transport_leaves_no_open_socket():
    with scripted([ANSWER]) as server:
        send = connect(server)
        get(send)
        assert not server.hung_up.is_set()
        send.close()
        assert server.hung_up.wait(10)
