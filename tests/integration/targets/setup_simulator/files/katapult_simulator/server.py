# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator behind HTTP, on a loopback address, with control endpoints for tests.

C(POST /_simulator/faults) activates a fault or a list of faults (see :class:`katapult_simulator.faults.Fault`), and DELETE removes
all of them. C(POST /_simulator/reset) resets the state, optionally with other assumptions
(C({"assumptions": {"unique_references": false}})), another rate limit (C({"permitted": 3})), additional initial objects
(C({"load_balancers": [...]}), also C(virtual_machines), C(virtual_machine_groups), C(tags), C(certificates),
C(security_groups), C(address_lists), C(ip_addresses), C(trash_objects), C(virtual_machine_packages), C(disk_templates) and
C(virtual_networks)), or a number of generated objects (C({"count": {"tags": 500}})).

Every object is given as the fields of its dataclass in C(kinds). A virtual machine may have C(state) (also C(failed) or
C(orphaned)), C(trashed), C(ignores_shutdown), and C(failing_tasks), a list of C(start), C(stop), C(shutdown), C(reset),
C(package) and C(purge). Its C(addresses) are added to the IP addresses, and its trash object to those in the trash. Builds
for host names that begin with C(unbuildable-) or C(unstartable-) fail. Background work takes a number of looks, or, with
C({"assumptions": {"seconds": 0.5}}), time.

C(GET /_simulator/requests) lists the requests since then,
C(GET /_simulator/load_balancers) the existing load balancers, and C(POST /_simulator/stop) stops the simulator.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import typing as t
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from . import documents, samples
from .faults import Fault
from .populate import POPULATED, build, check, grow, put
from .simulator import PERMITTED, Reply, Request, Simulator
from .traffic import Traffic
from .world import Assumptions

BASE = "/core/v1"
CONTROL = "/_simulator"

Json = t.Dict[str, t.Any]


AnyServer = t.TypeVar("AnyServer", bound=ThreadingHTTPServer)


@contextmanager
def serving(server: AnyServer) -> t.Iterator[AnyServer]:
    """Run a server in a separate thread, and always end it."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


_LARGEST_BODY = 16 * 1024 * 1024  # bytes


class Server(ThreadingHTTPServer):
    """Serves one simulator; requests are processed one at a time, but delays overlap.

    :param traffic: where to record every request and its response, across all resets.
    :param latency: additional seconds for every request to the API, like those of a distant server.
    :param assumptions: what is assumed about the API, also after a reset that does not set it.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, *, traffic: Traffic | None = None, latency: float = 0.0, assumptions: Assumptions | None = None
    ) -> None:
        self.latency = latency
        self.assumptions = assumptions or Assumptions()
        self.simulator = Simulator(samples.world(self.assumptions))
        self.traffic = traffic
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def api_url(self) -> str:
        return "http://127.0.0.1:%d%s" % (self.server_address[1], BASE)

    @property
    def control_url(self) -> str:
        return "http://127.0.0.1:%d%s" % (self.server_address[1], CONTROL)

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """Ignore a client that closed its connection; everything else is a bug, and reported as one."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60  # seconds without new data of a request

    def handle_any(self) -> None:
        try:
            parts = urlsplit(self.path)
            body = self._body()
        except ValueError as error:
            # It is unknown where the next request would begin.
            self.close_connection = True
            self.send_error(400, explain=str(error))
            return
        if parts.path.startswith(CONTROL):
            self._send(self._control(parts.path[len(CONTROL) :], body))
            if self.server.stopping.is_set():
                threading.Thread(target=self.server.shutdown).start()
            return
        scheme, _space, token = self.headers.get("Authorization", "").partition(" ")
        request = Request(
            method=self.command,
            path=parts.path[len(BASE) :] if parts.path.startswith(BASE + "/") else parts.path,
            query=parse_qsl(parts.query, keep_blank_values=True),
            body=body,
            token=token if scheme == "Bearer" else None,
            json_body=self.headers.get("Content-Type", "").split(";")[0].strip() == "application/json",
        )
        with self.server.lock:
            reply = self.server.simulator(request)
            if self.server.traffic:
                self.server.traffic.add(request, reply)
        if reply.after or self.server.latency:
            self.server.stopping.wait(reply.after + self.server.latency)
        if reply.lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(reply)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = handle_any

    def _body(self) -> bytes:
        """The body of the request.

        :raises ValueError: its length cannot be determined, or it is too large.
        """
        if "Transfer-Encoding" in self.headers:
            raise ValueError("a body requires a Content-Length")
        length = self.headers.get("Content-Length", "0").strip()
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > _LARGEST_BODY:
            raise ValueError("Content-Length must be a number of bytes up to %d" % _LARGEST_BODY)
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _control(self, action: str, body: bytes) -> Reply:
        with self.server.lock:
            try:
                answer = _steer(self.server, self.command, action, documents.read(body) if body.strip() else {})
                status = 200
            except (TypeError, ValueError, KeyError) as error:
                status, answer = 400, {"error": "%s: %s" % (type(error).__name__, error)}
        return Reply(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def log_message(self, format: str, *args: t.Any) -> None:  # pylint: disable=redefined-builtin
        """Log nothing: the simulator's own list of requests contains more, and no token."""


def _steer(server: Server, method: str, action: str, given: t.Any) -> Json:
    simulator = server.simulator
    if (method, action) == ("POST", "/faults"):
        simulator.faults += [build(Fault, fault) for fault in (given if isinstance(given, list) else [given])]
        return {"faults": len(simulator.faults)}
    if (method, action) == ("DELETE", "/faults"):
        simulator.faults.clear()
        return {}
    if (method, action) == ("POST", "/reset"):
        known = {"assumptions", "count", "permitted", *POPULATED}
        if not isinstance(given, dict) or not known.issuperset(given):
            raise ValueError("the body must be an object with any of the keys %s" % ", ".join(sorted(known)))
        permitted = given.get("permitted", PERMITTED)
        if not isinstance(permitted, int) or isinstance(permitted, bool):
            raise ValueError("permitted is %r, but must be a number of requests" % (permitted,))
        assumed = given.get("assumptions")
        world = samples.world(server.assumptions if assumed is None else build(Assumptions, assumed))
        grow(world, **given.get("count", {}))
        for plural in POPULATED:
            put(world, plural, given.get(plural, []))
        check(world)
        server.simulator = Simulator(world, permitted=permitted)
        return {}
    if (method, action) == ("GET", "/requests"):
        return {"requests": simulator.requests}
    if (method, action) == ("GET", "/load_balancers"):
        return {"load_balancers": [asdict(balancer) for balancer in simulator.world.load_balancers.values()]}
    if (method, action) == ("POST", "/stop"):
        server.stopping.set()
        return {}
    raise ValueError("there is no control endpoint %s %s%s" % (method, CONTROL, action))
