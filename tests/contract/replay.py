# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends recorded requests to the simulator, and compares its responses with the recorded ones.

Values that a client chose, and the defaults of load balancers and rules, are compared by value. Values that the server
chose are compared by their shape and consistency: where the recording repeats a value in a field of a resource, the
simulator must repeat its own.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field, replace

from exceptions import BY_SHAPE, DIFFERENCES, ONLY_RECORDED
from exchanges import Exchange
from judge import Problem
from katapult_simulator.simulator import Request, Simulator
from known import BALANCER_PATHS, is_within
from state import State

Json = dict[str, t.Any]

_CREATED = ("load_balancer", "load_balancer_rule")
# The only fields that the simulator has of read-only resources; their values are taken from the recording.
_KNOWN = re.compile(r"\w+(\[\])?(\.(tags\[\]|group|organization|zone\.data_center))?\.(id|name|permalink|sub_domain)")
# Headers that are part of the API. A proxy or a library may add others.
_OF_THE_API = ("content-type", "retry-after", "x-api-", "x-ratelimit-", "x-request-id")


@dataclass
class Replay:
    """A simulator to which the requests of a recording are sent.

    :param ids: recorded IDs, and the IDs that the simulator created instead.
    :param seen: the simulated values, by the field, the resource and the recorded value.
    """

    state: State
    simulator: Simulator
    ids: dict[str, str] = field(default_factory=dict)
    seen: dict[tuple[str, t.Any, str], t.Any] = field(default_factory=dict)

    def differences(self, recorded: Exchange) -> set[Problem]:
        """Send a recorded request to the simulator, and compare the responses."""
        sent = self._mapped(recorded)
        body = b"" if sent.body is None else json.dumps(sent.body).encode()
        reply = self.simulator(Request(sent.method, sent.path, sent.query, body, "simulator-token"))
        simulated = json.loads(reply.body)
        for name in _CREATED:
            if recorded.method == "POST" and name in recorded.answer and name in simulated:
                self.ids[recorded.answer[name]["id"]] = simulated[name]["id"]
        found = compared_headers(recorded.headers, {name.lower(): of for name, of in reply.headers.items()})
        if reply.status != recorded.status:
            where = "%s %s" % t.cast("tuple[str, str]", recorded.operation)
            found.add(Problem(where, "status %s instead of %s" % (reply.status, recorded.status)))
        by_value = recorded.operation is not None and recorded.operation[1] in BALANCER_PATHS
        found |= self._compared(self._mapped_value(recorded.answer), simulated, "", by_value, None)
        return {one for one in found if one not in DIFFERENCES}

    def _mapped(self, recorded: Exchange) -> Exchange:
        path = "/".join(self.ids.get(segment, segment) for segment in recorded.path.split("/"))
        query = [(name, self.ids.get(value, value)) for name, value in recorded.query]
        return replace(recorded, path=path, query=query, body=self._mapped_value(recorded.body))

    def _mapped_value(self, value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {name: self._mapped_value(of) for name, of in value.items()}
        if isinstance(value, list):
            return [self._mapped_value(item) for item in value]
        return self.ids.get(value, value) if isinstance(value, str) else value

    def _compared(self, recorded: t.Any, simulated: t.Any, path: str, by_value: bool, of: t.Any) -> set[Problem]:
        """The differences of two values.

        :param by_value: whether their resource is managed by the simulator; of others, it only has recorded values.
        :param of: the ID of the resource that contains them.
        """
        if isinstance(recorded, dict) and isinstance(simulated, dict):
            if set(recorded) == {"type", "value"} == set(simulated):  # a member: its fields belong to its type
                kinds = self._compared(recorded["type"], simulated["type"], path + ".type", True, of)
                return kinds | self._compared(recorded["value"], simulated["value"], recorded["type"], False, of)
            # Older recordings may lack newer fields; the fields of the simulator are validated against the document.
            found = {Problem(_below(path, name), ONLY_RECORDED) for name in recorded if name not in simulated}
            for name in sorted(set(recorded) & set(simulated)):
                pair = (recorded[name], simulated[name])
                found |= self._compared(*pair, _below(path, name), by_value, recorded.get("id", of))
            return found
        if isinstance(recorded, list) and isinstance(simulated, list):
            if len(recorded) != len(simulated) and not self._by_shape(path, by_value):
                return {Problem(path, "%d items instead of %d" % (len(simulated), len(recorded)))}
            pairs = zip(recorded, simulated)
            return set().union(*(self._compared(*pair, path + "[]", by_value, of) for pair in pairs))
        if not self._by_shape(path, by_value) or (not by_value and _KNOWN.fullmatch(path)):
            same = type(recorded) is type(simulated) and recorded == simulated
            return set() if same else {Problem(path, "%r instead of %r" % (simulated, recorded))}
        if shape(recorded) != shape(simulated) and (by_value or None not in (recorded, simulated)):
            return {Problem(path, "%r has another shape than %r" % (simulated, recorded))}
        before = self.seen.setdefault((path, of, repr(recorded)), simulated) if by_value else simulated
        return set() if before == simulated else {Problem(path, "%r was %r before" % (simulated, before))}

    @staticmethod
    def _by_shape(path: str, by_value: bool) -> bool:
        return not by_value or path.endswith("_at") or any(is_within(path, of) for of in BY_SHAPE)


def replay(recorded: t.Sequence[Exchange]) -> Replay:
    """A simulator with the objects that existed before a recording."""
    state = State(recorded)
    return Replay(state, Simulator(state.world, wall=lambda: 0.0))


def shape(value: t.Any) -> str:
    """The shape of a value: its type, or the kind of a string."""
    if not isinstance(value, str):
        return type(value).__name__
    for name, pattern in _SHAPES.items():
        if re.fullmatch(pattern, value, re.DOTALL):
            return name
    return "text"


_SHAPES = {
    "text": r"\[REDACTED\]",  # a placeholder for any text
    "IP address": r"[0-9.]{7,15}|[0-9a-f:]*:[0-9a-f:.]*",
    "time": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d.*",
}


def _below(path: str, name: str) -> str:
    return "%s.%s" % (path, name) if path else name


def compared_headers(recorded: dict[str, str], simulated: dict[str, str]) -> set[Problem]:
    """The differences of headers; rate limits and request IDs are compared by their shape."""
    lacking = [name for name in set(recorded) - set(simulated) if name.startswith(_OF_THE_API)]
    found = {Problem("header %s" % name, ONLY_RECORDED) for name in lacking}
    for name in set(recorded) & set(simulated):
        pair = (recorded[name], simulated[name])
        if name.startswith(("x-request-id", "x-ratelimit-")):
            pair = (_outline(pair[0]), _outline(pair[1]))
        if pair[0] != pair[1]:
            found.add(Problem("header %s" % name, "%s instead of %s" % (simulated[name], recorded[name])))
    return found


def _outline(text: str) -> str:
    """The shape of a header value: a number, or a text with its hexadecimal digits replaced."""
    return "number" if text.isdigit() else re.sub(r"[0-9a-f]", "x", text)
