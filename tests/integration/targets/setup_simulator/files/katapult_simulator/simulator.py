# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator: one call is one request to the API."""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import dataclass, field, replace

from . import arguments, documents, refusals, samples
from .endpoints import ENDPOINTS, Call, Endpoint
from .faults import Fault, first_match
from .kinds.task import catch_up
from .refusals import Refusal
from .world import Token, World

Json = t.Dict[str, t.Any]
Query = t.Sequence[t.Tuple[str, str]]

PERMITTED = 1000  # requests in a clock minute
_LATEST_REQUESTS = 1000  # the number of recorded requests


@dataclass(frozen=True)
class Request:
    """A received request. The body is what the client sent; C(json_body) is whether its content type is JSON."""

    method: str
    path: str
    query: Query = ()
    body: bytes = b""
    token: str | None = None
    json_body: bool = True


@dataclass(frozen=True)
class Reply:
    """The response: none if it is lost; otherwise a response, possibly delayed or truncated.

    C(own) is whether it is the complete response that the API itself would send.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    after: float = 0.0
    lost: bool = False
    own: bool = True


@dataclass
class Simulator:
    """The API.

    :param world: the existing objects.
    :param wall: the time in seconds since 1970; the rate limit is counted by its minutes.
    """

    world: World = field(default_factory=samples.world)
    wall: t.Callable[[], float] = time.time
    faults: list[Fault] = field(default_factory=list)
    requests: list[Json] = field(default_factory=list)
    permitted: int = PERMITTED
    _minute: int = -1
    _used: int = 0
    _answered: int = 0
    _late: list[tuple[float, Request]] = field(default_factory=list)
    _born: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.wall = self.wall

    def __call__(self, request: Request) -> Reply:
        """Process one request, with the fault that affects it."""
        self._execute_late_requests()
        fault = first_match(self.faults, request.method, request.path)
        if fault is None:
            status, headers, document = self._answer(request)
            return self._remember(request, Reply(status, headers, _bytes(document)))
        if fault.carried_out is True:
            status, headers, document = self._answer(request, fault.behind)
        else:
            status, headers, document = fault.status, {}, {}
            if fault.carried_out is not False:
                self._late.append((self.wall() + fault.carried_out, request))
        body = _bytes(document)
        if fault.answer == "given":
            body = fault.body.encode("utf-8", "surrogatepass") if isinstance(fault.body, str) else _bytes(fault.body)
            status, headers = fault.status, {**self._request_id(), **fault.headers}
        elif fault.answer == "cut":
            body = body[: len(body) // 2]
        lost, own = fault.answer == "lost", fault.answer == "real"
        return self._remember(request, Reply(status, headers, body, fault.after, lost, own))

    def _remember(self, request: Request, reply: Reply) -> Reply:
        asked = {"method": request.method, "path": request.path, "query": [list(pair) for pair in request.query]}
        self.requests.append({**asked, "body": _json(request.body), "status": None if reply.lost else reply.status})
        del self.requests[:-_LATEST_REQUESTS]
        return reply

    def _execute_late_requests(self) -> None:
        due = [entry for entry in self._late if entry[0] <= self.wall()]
        self._late = [entry for entry in self._late if entry not in due]
        for _when, request in due:
            self._answer(request)

    def _answer(self, request: Request, behind: float = 0.0) -> tuple[int, dict[str, str], Json]:
        headers = {"Content-Type": "application/json", **self._request_id()}
        catch_up(self.world)
        try:
            endpoint, segment = _route(request)
            if endpoint.newer and not self.world.assumptions.newer_api:
                raise refusals.route_not_found(request.method, request.path)
            token = self._authenticate(request)
            headers.update(self._count_request())
            if endpoint.scopes and not token.has_one_of(endpoint.scopes):
                raise Refusal("scope_not_granted", scopes=list(endpoint.scopes))
            world = self._earlier_world(behind) if behind else self.world
            status, document = endpoint.act(Call(world, token, _arguments(request), segment))
            if request.method == "POST":
                created = next(iter(document.values()), None)  # the response to some actions is empty
                if isinstance(created, dict):
                    self._born[created["id"]] = self.wall()
        except Refusal as refusal:
            status, document = refusal.status, refusal.body()
            headers["X-Api-Schema"] = "json-error"
        return status, headers, document

    def _earlier_world(self, behind: float) -> World:
        """The world without objects that were created in the last seconds; changes and deletions are visible immediately."""
        latest = self.wall() - behind
        old = {
            plural: {key: thing for key, thing in things.items() if self._born.get(key, latest) <= latest}
            for plural, things in self.world.objects.items()
        }
        return replace(self.world, objects=old)

    def _request_id(self) -> dict[str, str]:
        self._answered += 1
        return {"X-Request-Id": "00000000-0000-4000-8000-%012d" % self._answered}

    def _authenticate(self, request: Request) -> Token:
        if not request.token:
            raise Refusal("missing_api_token")
        token = self.world.tokens.get(request.token)
        if token is None:
            raise Refusal("invalid_api_token", details=None)
        if token.refusal == "unauthorized_network_for_api_token":
            raise Refusal(token.refusal, ip_address="198.51.100.7")
        if token.refusal:
            raise Refusal(token.refusal)
        return token

    def _count_request(self) -> dict[str, str]:
        minute = int(self.wall() // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        if self._used >= self.permitted:
            raise Refusal("rate_limit_reached", total_permitted=self.permitted)
        self._used += 1
        return {"X-RateLimit-Permitted": str(self.permitted), "X-RateLimit-Remaining": str(self.permitted - self._used)}


def _route(request: Request) -> tuple[Endpoint, str]:
    for endpoint in ENDPOINTS:
        match = endpoint.path.fullmatch(request.path)
        if match and endpoint.method == request.method:
            return endpoint, match.groupdict().get("segment", "")
    raise refusals.route_not_found(request.method, request.path)


def _arguments(request: Request) -> Json:
    body: t.Any = {}
    if request.body.strip() and request.json_body:  # a body with another content type is ignored
        try:
            body = documents.read(request.body)
        except ValueError as error:
            raise Refusal("invalid_json_body", details=str(error)) from None
    return arguments.merged(arguments.nested(request.query), body if isinstance(body, dict) else {})


def _bytes(document: Json) -> bytes:
    return json.dumps(document).encode()


def _json(body: bytes) -> t.Any:
    try:
        return documents.read(body)
    except ValueError:
        return None
