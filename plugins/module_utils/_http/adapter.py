# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP connections on which one request has one deadline and one response.

requests limits each wait for bytes, but not the whole request, returns an interim response (103 Early Hints) as the final
one, and does not detect data after the end of a response. The connections in this file solve these problems.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import time
import typing as t

try:
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
except Exception:  # pylint: disable=broad-exception-caught
    HTTPAdapter = object  # type: ignore[misc, assignment]  # transport.py reports that requests is missing

_MOST_INTERIM_ANSWERS = 16
_LARGEST_WRITE = 16384  # bytes that are sent between two checks of the deadline, the size of one TLS record


class AnswerTooLarge(Exception):
    """A response has more bytes than any response of the API."""


class Exchange:
    """One request and its response: the deadline, the number of received bytes, and whether unread data is left."""

    def __init__(self, most: int) -> None:
        self._most = most  # maximum bytes of a response
        self._ends = 0.0
        self._received = 0
        self.left_unread = False

    def begin(self, seconds: float) -> None:
        """Start a request with a timeout."""
        self._ends = time.monotonic() + seconds
        self._received = 0
        self.left_unread = False

    def remaining(self) -> float:
        """The remaining seconds; raises a timeout if there are none."""
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise socket.timeout("the timeout of the request has expired")
        return seconds

    def receive(self, count: int) -> None:
        """Count received bytes; raises AnswerTooLarge if there are too many."""
        self._received += count
        if self._received > self._most:
            raise AnswerTooLarge


class _SocketReader(io.RawIOBase):
    """Reads a socket until the deadline of the exchange."""

    def __init__(self, sock: t.Any, exchange: Exchange) -> None:
        super().__init__()
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)
        self._exchange = exchange
        self.at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int:
        if self.at_end:
            return 0
        self._sock.settimeout(self._exchange.remaining())
        count = self._file.readinto(buffer) or 0
        self._exchange.receive(count)
        return count

    def has_more(self) -> bool:
        """Whether there is, or may be, unread data; urllib3 checks the socket itself before it reuses the connection.

        TLS within the TLS of a proxy is not a socket, and does not report its decrypted data.
        """
        if not isinstance(self._sock, socket.socket):
            return True
        return bool(self._sock.pending()) if hasattr(self._sock, "pending") else False

    def close(self) -> None:
        self._file.close()
        super().close()


class _OuterTls:
    """The TLS socket to a proxy, through which TLS to the API is tunneled: one read or write uses it many times."""

    def __init__(self, sock: t.Any, exchange: Exchange) -> None:
        self._sock = sock
        self._exchange = exchange

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._sock, name)

    def recv(self, *count: t.Any) -> bytes:
        """Receive within the remaining time."""
        self._sock.settimeout(self._exchange.remaining())
        data: bytes = self._sock.recv(*count)
        self._exchange.receive(len(data))
        return data

    def sendall(self, *data: t.Any) -> None:
        """Send within the remaining time."""
        self._sock.settimeout(self._exchange.remaining())
        self._sock.sendall(*data)


class _AnswerReader(io.BufferedReader):
    """Reads one response, and detects data after its end."""

    def __init__(self, sock: t.Any, exchange: Exchange) -> None:
        self._reader = _SocketReader(sock, exchange)
        self._exchange = exchange
        super().__init__(self._reader)

    def close(self) -> None:
        if not self.closed:
            self._reader.at_end = True  # so that only the content of the buffer is checked
            if self.peek(1) or self._reader.has_more():
                self._exchange.left_unread = True
        super().close()


class _FinalResponse(http.client.HTTPResponse):
    """The final response to a request, without interim responses (1xx)."""

    def __init__(self, sock: t.Any, *args: t.Any, exchange: Exchange, **more: t.Any) -> None:
        super().__init__(sock, *args, **more)
        self.fp.close()
        self.fp = _AnswerReader(sock, exchange)

    def begin(self) -> None:
        for _interim in range(_MOST_INTERIM_ANSWERS):
            super().begin()
            # After a 101, the server uses another protocol, so no HTTP response follows.
            if self.status >= 200 or self.status == http.client.SWITCHING_PROTOCOLS:
                return
            self.headers = self.msg = None  # type: ignore[assignment]  # begin() reads the next response if there are none
        raise http.client.HTTPException("only interim responses")


class _BoundedConnection:
    """The extension of a connection of urllib3, with or without TLS."""

    sock: socket.socket | None

    def __init__(self, *args: t.Any, exchange: Exchange, **more: t.Any) -> None:
        super().__init__(*args, **more)
        self._exchange = exchange
        self.response_class = functools.partial(_FinalResponse, exchange=exchange)

    def _connect_tls_proxy(self, *args: t.Any, **more: t.Any) -> _OuterTls:
        return _OuterTls(super()._connect_tls_proxy(*args, **more), self._exchange)  # type: ignore[misc]

    def send(self, data: t.Any) -> None:
        pieces = [data]
        if isinstance(data, bytes) and len(data) > _LARGEST_WRITE:
            pieces = [data[start : start + _LARGEST_WRITE] for start in range(0, len(data), _LARGEST_WRITE)]
        for piece in pieces:
            if self.sock is not None:
                self.sock.settimeout(self._exchange.remaining())
            super().send(piece)  # type: ignore[misc]


class _BoundedOpening:
    """The extension of a connection that urllib3 opens itself. Another library opens connections through a SOCKS proxy."""

    def _new_conn(self) -> socket.socket:
        try:
            return _connected(self)
        except socket.timeout as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(t.cast(t.Any, self), "no connection: %s" % error) from error


def _connected(connection: t.Any) -> socket.socket:
    """A socket that is connected to one of the addresses of a host.

    Each address gets a share of the remaining time, so that an unresponsive address leaves time for the others.
    The resolver of the operating system limits the resolution of the name.
    """
    exchange: Exchange = connection._exchange  # pylint: disable=protected-access
    found = socket.getaddrinfo(connection.host.strip("[]"), connection.port, 0, socket.SOCK_STREAM)
    failure: OSError = OSError("the name has no address")
    for tried, (family, kind, protocol, _name, address) in enumerate(found):
        sock = None
        try:
            sock = socket.socket(family, kind, protocol)
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(exchange.remaining() / (len(found) - tried))
            sock.connect(address)
            sock.settimeout(exchange.remaining())
            return sock
        except OSError as error:
            failure = error
            if sock is not None:
                sock.close()
    raise failure


@functools.lru_cache(maxsize=None)
def _bounded(pool: type, opens: bool) -> type:
    """A class of connection pools with limited connections, which urllib3 opens itself or not."""
    more = (_BoundedConnection, _BoundedOpening) if opens else (_BoundedConnection,)
    connection = type("BoundedConnection", (*more, pool.ConnectionCls), {})  # type: ignore[attr-defined]
    return type("BoundedPool", (pool,), {"ConnectionCls": connection})


class BoundedAdapter(HTTPAdapter):
    """An adapter for a session of requests whose connections belong to one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        super().__init__()

    def init_poolmanager(self, *args: t.Any, **more: t.Any) -> None:
        """Create the pools for direct connections to the API."""
        super().init_poolmanager(*args, **more)
        self._bound(self.poolmanager, opens=True)

    def proxy_manager_for(self, proxy: str, **more: t.Any) -> t.Any:
        """The pools for connections through a proxy."""
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **more)
        if not known:
            self._bound(manager, opens=not proxy.lower().startswith("socks"))
        return manager

    def _bound(self, manager: t.Any, opens: bool) -> None:
        manager.pool_classes_by_scheme = {
            scheme: functools.partial(_bounded(pool, opens), exchange=self._exchange)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }
