# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All faults of networks, gateways and the API itself that can affect a request."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from katapult_simulator.rendering import SECRET
from scenarios import Place

from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import ALL, ONE, TaskRunner

TOO_LATE = 1e6  # seconds: longer than any task waits


@dataclass(frozen=True)
class Fault:
    """One fault.

    :param behavior: the fault of the simulator, see C(katapult_simulator.faults.Fault); None if nothing reaches it.
    :param methods: the methods of the requests that it can affect.
    """

    name: str
    behavior: t.Mapping[str, t.Any] | None
    methods: tuple[str, ...] = ("GET", "POST", "PATCH", "DELETE")

    def activate(self, runner: TaskRunner, place: Place, times: int | None) -> None:
        """Activate it for one request of the next task, or for that one and all following requests of the same kind."""
        requests = {"method": place.method, "path": place.path, "skip": place.skip, "times": times}
        if self.behavior is None:
            runner.refuse(**requests)
        elif "behind" in self.behavior:
            runner.fail(answer="lost", **requests)
            # The result of a create request is looked up in the list, except for load balancers.
            runner.fail(method="GET", path=ONE if place.path == ALL else place.path, times=None, **self.behavior)
        else:
            runner.fail(**requests, **self.behavior)


def _error(code: str, **detail: t.Any) -> dict[str, t.Any]:
    return {"error": {"code": code, "description": "Planted.", "detail": {"backend_certificate_key": SECRET, **detail}}}


def _given(status: int, body: t.Any, **more: t.Any) -> dict[str, t.Any]:
    return {"answer": "given", "status": status, "body": body, **more}


_PAGE = "<html><head><title>Gateway</title></head><body>%s</body></html>" % SECRET
_LIMIT = _given(429, _error("rate_limit_reached", total_permitted=1000), carried_out=False)
_UNHANDLED = _given(500, _error("unhandled_exception"))
_TEXT = _given(200, "the load balancer works, %s" % SECRET)
_EMPTY = _given(200, "")


def _with_and_without_effect(name: str, behavior: t.Mapping[str, t.Any]) -> tuple[Fault, Fault]:
    """A fault that leaves unknown whether the request was executed. For a GET request, that makes no difference."""
    writes = ("POST", "PATCH", "DELETE")
    return (
        Fault("%s, executed" % name, behavior),
        Fault("%s, not executed" % name, {**behavior, "carried_out": False}, writes),
    )


FAULTS = (
    Fault("connection refused", None),
    *_with_and_without_effect("connection lost", {"answer": "lost"}),
    Fault("connection lost, executed three seconds later", {"answer": "lost", "carried_out": 3.0}),
    *_with_and_without_effect("timed out", {"answer": "lost", "after": TOO_LATE}),
    Fault("rate limit with seconds", {**_LIMIT, "headers": {"Retry-After": "20"}}),
    Fault("rate limit with a date", {**_LIMIT, "headers": {"Retry-After": "Fri, 15 Jan 2027 08:00:20 GMT"}}),
    Fault("rate limit without a time", _LIMIT),
    *_with_and_without_effect("500 of the API", _UNHANDLED),
    *_with_and_without_effect("502 page", _given(502, _PAGE)),
    Fault("503 of the API", _given(503, _error("service_unavailable"), carried_out=False)),
    *_with_and_without_effect("503 page", _given(503, _PAGE)),
    *_with_and_without_effect("504 page", _given(504, _PAGE)),
    Fault("truncated JSON", {"answer": "cut"}),
    *_with_and_without_effect("not JSON", _TEXT),
    *_with_and_without_effect("200 page", _given(200, _PAGE)),
    *_with_and_without_effect("empty", _EMPTY),
    Fault("late response", {"after": 50.0}),
    # For other requests, an outdated lookup cannot be distinguished from a correct one.
    Fault("response lost, visible three seconds later", {"behind": 3.0}, methods=("POST",)),
)
