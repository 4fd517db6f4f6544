# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that networks, gateways and the API itself do to a request."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from katapult_simulator.rendering import SECRET
from scenarios import Place

from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import ALL, ONE, RULES, Desk

TOO_LATE = 1e6  # seconds: longer than any task waits


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong.

    :param fault: what the simulator does, see C(katapult_simulator.faults.Fault); None where nothing reaches it.
    :param meets: the methods of the requests that it can happen to.
    """

    name: str
    fault: t.Mapping[str, t.Any] | None
    meets: tuple[str, ...] = ("GET", "POST", "PATCH", "DELETE")

    def strike(self, desk: Desk, place: Place, times: int | None) -> None:
        """Let it happen to one request of the next task, or to that one and all alike that follow."""
        requests = {"method": place.method, "path": place.path, "skip": place.skip, "times": times}
        if self.fault is None:
            desk.refuse(**requests)
        elif "behind" in self.fault:
            desk.fail(answer="lost", **requests)
            desk.fail(method="GET", path=_LOOKED_UP_AT[place.path], times=None, **self.fault)
        else:
            desk.fail(**requests, **self.fault)


# Where a task looks for what became of a create
_LOOKED_UP_AT = {ALL: ONE, RULES: RULES}


def _error(code: str, **detail: t.Any) -> dict[str, t.Any]:
    return {"error": {"code": code, "description": "Planted.", "detail": {"backend_certificate_key": SECRET, **detail}}}


def _given(status: int, body: t.Any, **more: t.Any) -> dict[str, t.Any]:
    return {"answer": "given", "status": status, "body": body, **more}


_PAGE = "<html><head><title>Gateway</title></head><body>%s</body></html>" % SECRET
_LIMIT = _given(429, _error("rate_limit_reached", total_permitted=1000), carried_out=False)
_UNHANDLED = _given(500, _error("unhandled_exception"))
_TEXT = _given(200, "the load balancer is fine, %s" % SECRET)
_EMPTY = _given(200, "")


def _either_way(name: str, fault: t.Mapping[str, t.Any]) -> tuple[Trouble, Trouble]:
    """A trouble that does not show whether the request was carried out."""
    return (
        Trouble("%s, carried out" % name, fault),
        Trouble("%s, not carried out" % name, {**fault, "carried_out": False}),
    )


TROUBLES = (
    Trouble("connection refused", None),
    *_either_way("connection lost", {"answer": "lost"}),
    Trouble("connection lost, carried out three seconds later", {"answer": "lost", "carried_out": 3.0}),
    *_either_way("timed out", {"answer": "lost", "after": TOO_LATE}),
    Trouble("rate limit with seconds", {**_LIMIT, "headers": {"Retry-After": "20"}}),
    Trouble("rate limit with a date", {**_LIMIT, "headers": {"Retry-After": "Fri, 15 Jan 2027 08:00:20 GMT"}}),
    Trouble("rate limit without a word", _LIMIT),
    *_either_way("500 of the API", _UNHANDLED),
    *_either_way("502 page", _given(502, _PAGE)),
    Trouble("503 of the API", _given(503, _error("service_unavailable"), carried_out=False)),
    *_either_way("503 page", _given(503, _PAGE)),
    *_either_way("504 page", _given(504, _PAGE)),
    Trouble("cut JSON", {"answer": "cut"}),
    *_either_way("not JSON", _TEXT),
    *_either_way("200 page", _given(200, _PAGE)),
    *_either_way("empty", _EMPTY),
    Trouble("late answer", {"after": 50.0}),
    # Of other requests nobody can tell a look-up that is behind from one that is right.
    Trouble("answer lost, and seen three seconds later", {"behind": 3.0}, meets=("POST",)),
)
