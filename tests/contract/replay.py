# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends recorded requests to the simulator, and compares its responses with the recorded ones.

Values that a client chose, and the defaults of the resources that modules write, are compared by value. Values that the server
chose are compared by their shape and consistency: where the recording repeats a value in a field of a resource, the
simulator must repeat its own. C(consistency.py) checks the consistency of the recording itself.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field, replace

from consistency import Consistency
from exceptions import ASSIGNED, BY_SHAPE, DERIVED, DIFFERENCES, ONLY_RECORDED, UPLOADED
from exchanges import Exchange
from judge import Problem
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import Assumptions
from known import REPLAYED_PATHS, is_within
from state import CREATIONS, MANAGED, NEVER, PLURALS, REDACTED, SINGULAR, State, is_partial, texts

Json = dict[str, t.Any]
Found = list[tuple[Exchange, set[Problem]]]

ONLY_SIMULATED = "the recording has it in other responses only"
# The fields of read-only resources in the simulator that are taken from the recording
_KNOWN = re.compile(
    r"error\.code|pagination\.\w+|virtual_machines?(\[\])?\.(hostname|fqdn)|"
    r"\w+(\[\])?(\.(tags\[\]|group|organization|zone\.data_center))?\.(id|name|permalink|sub_domain)"
)
# Values that the server replaces as a whole: the simulated one must change where the recorded one does, too
_REPLACED = ("certificate.certificate",)
# Headers that are part of the API. A proxy or a library may add others.
_OF_THE_API = ("content-type", "retry-after", "x-api-", "x-ratelimit-", "x-request-id")
# By error code: a token to which the simulator responds with it. Recordings do not contain tokens.
_TOKENS = {
    "missing_api_token": None,
    "invalid_api_token": "unknown-token",
    "unauthorized_network_for_api_token": "elsewhere-token",
    "invalid_capabilities_token": "capabilities-token",
    "scope_not_granted": "without-scopes",
    "permission_denied": "powerless-token",
}
# The unknown behavior of the API: a recording may show either.
_ASSUMPTIONS = [
    Assumptions(unique_references=references, unique_ports=ports, pairs_replace=pairs, unique_names=names, looks=NEVER)
    for names in (False, True)
    for references in (True, False)
    for ports in (True, False)
    for pairs in (True, False)
]


def played(recorded: t.Sequence[Exchange]) -> Found:
    """The exchanges that are compared, each with its differences, under the assumptions that fit the recording best."""
    best: Found | None = None
    for assumptions in _ASSUMPTIONS:
        found = _played(recorded, assumptions)
        if best is None or _number(found) < _number(best):
            best = found
        if not _number(best):
            break
    return best or []


def _number(found: Found) -> int:
    return sum(len(differences) for _exchange, differences in found)


def _played(recorded: t.Sequence[Exchange], assumptions: Assumptions) -> Found:
    state, consistency = State(recorded, assumptions), Consistency()
    shown = {place for one in recorded for place in _fields(one.answer, one.path)}
    replay = Replay(Simulator(state.world, wall=lambda: 0.0, permitted=10**9), shown)
    found = []
    for exchange in recorded:
        contradictions = consistency.contradictions(exchange)
        if not exchange.interrupted:
            state.learn(exchange)
            if exchange.is_replayed:
                differences = contradictions | replay.differences(exchange)
                older = DIFFERENCES if "annotations" not in (exchange.answer or ()) else {}
                found.append((exchange, {one for one in differences if one not in older}))
    return found


@dataclass
class Replay:
    """A simulator to which the requests of a recording are sent.

    :param shown: the fields of the recorded responses, each with the object that contains it.
    :param created: the recorded IDs of what the simulator has created. It has them too from then on.
    :param seen: the simulated values, by the field, the resource and the recorded value.
    :param sent: the texts in the requests.
    """

    simulator: Simulator
    shown: set[tuple[str, str]]
    created: set[str] = field(default_factory=set)
    seen: dict[tuple[str, t.Any, str], t.Any] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)

    def differences(self, recorded: Exchange) -> set[Problem]:
        """Send a recorded request to the simulator, and compare the responses."""
        asked = _with_all_pages(recorded)
        self.sent.update(text for text in texts(asked.body) if text != REDACTED)
        body = b"" if asked.body is None else json.dumps(asked.body).encode()
        token = _TOKENS.get(recorded.code or "", "simulator-token")
        reply = self.simulator(Request(asked.method, asked.path, asked.query, body, token))
        simulated = json.loads(reply.body)
        found = compared_headers(recorded.headers, {name.lower(): of for name, of in reply.headers.items()})
        operation = t.cast("tuple[str, str]", recorded.operation)
        if reply.status != recorded.status:
            found.add(Problem("%s %s" % operation, "status %s instead of %s" % (reply.status, recorded.status)))
        if not isinstance(recorded.answer, dict):
            return found | {Problem("%s %s" % operation, "the response is no object")}
        answer = recorded.answer
        if recorded.method == "POST":
            simulated = self._started(recorded, simulated)
        if recorded.method == "POST" and operation[1] in CREATIONS:
            simulated, problems = self._created(recorded, simulated)
            found |= problems
        if is_partial(answer):  # the recording may not show what is on the other pages
            answer = {name: of for name, of in answer.items() if name != "pagination"}
            rows = next(name for name in answer if name in PLURALS)
            listed = [row.get("id") for row in answer[rows]]
            simulated = {rows: [row for row in simulated.get(rows, ()) if row["id"] in listed]}
        by_value = operation[1] in REPLAYED_PATHS and "error" not in recorded.answer
        return found | self._compared(answer, simulated, "", by_value, recorded.path, None)

    def _started(self, recorded: Exchange, simulated: Json) -> Json:
        """Give a new task of the simulator its recorded ID."""
        there, here = recorded.answer.get("task"), simulated.get("task")
        if not isinstance(there, dict) or not isinstance(here, dict) or shape(there.get("id"), "id") != "ID task":
            return simulated
        tasks = self.simulator.world.tasks
        new = tasks[there["id"]] = tasks.pop(here["id"])
        new.id = there["id"]
        return {**simulated, "task": {**here, "id": new.id}}

    def _created(self, recorded: Exchange, simulated: Json) -> tuple[Json, set[Problem]]:
        """Give a new resource of the simulator its recorded ID, and the values that the API assigned to it."""
        for plural, name in SINGULAR.items():
            there, here = recorded.answer.get(name), simulated.get(name)
            if plural not in MANAGED or not isinstance(there, dict) or not isinstance(here, dict):
                continue
            key, existing = there.get("id"), self.simulator.world.objects[plural]
            known = key in self.created or key in existing or shape(key, "id") != shape(here["id"], "id")
            found = {Problem("%s.id" % name, "%r is not a new ID" % key)} if known else set()
            if key in existing or not isinstance(key, str):
                return simulated, found
            self.created.add(key)
            new = existing[key] = existing.pop(here["id"])
            new.id = key
            simulated = json.loads(json.dumps(simulated).replace(here["id"], key))
            for task in self.simulator.world.tasks.values():
                task.of = key if task.of == here["id"] else task.of
            given = (recorded.body or {}).get("properties", {})
            assigned = {**ASSIGNED, **(UPLOADED if given.get("issuer") == "custom" else {})}
            for field_of in (path.split(".")[1] for path in assigned if path.split(".")[0] == name):
                if field_of not in given and shape(there.get(field_of)) == shape(here[field_of]):
                    setattr(new, field_of, there[field_of])
                    simulated[name][field_of] = there[field_of]
            return simulated, found
        return simulated, set()

    def _compared(
        self, recorded: t.Any, simulated: t.Any, path: str, by_value: bool, within: str, of: t.Any
    ) -> set[Problem]:
        """The differences of two values.

        :param by_value: whether their resource is managed by the simulator; of others, it only has recorded values.
        :param within: the path of the request.
        :param of: the ID of the resource that contains them.
        """
        if isinstance(recorded, dict) and isinstance(simulated, dict):
            if _is_member(recorded) and _is_member(simulated):  # its fields belong to its type
                kinds = self._compared(recorded["type"], simulated["type"], path + ".type", True, within, of)
                value = self._compared(recorded["value"], simulated["value"], recorded["type"], False, within, of)
                return kinds | value
            found = {Problem(_below(path, name), ONLY_RECORDED) for name in recorded if name not in simulated}
            # Older recordings may lack newer fields; the fields of the simulator are validated against the document.
            lacking = [name for name in simulated if name not in recorded and self._is_shown(within, path, name)]
            found |= {Problem(_below(path, name), ONLY_SIMULATED) for name in lacking}
            for name in sorted(set(recorded) & set(simulated)):
                pair = (recorded[name], simulated[name])
                by = by_value and name != "pagination"
                resource = of if by_value and of else recorded.get("id", of)  # of an address, the load balancer
                found |= self._compared(*pair, _below(path, name), by, within, resource)
            return found
        if isinstance(recorded, list) and isinstance(simulated, list):
            rows = path in PLURALS
            if len(recorded) != len(simulated) and (rows or not self._by_shape(path, by_value)):
                return {Problem(path, "%d items instead of %d" % (len(simulated), len(recorded)))}
            pairs = zip(recorded, _in_the_order_of(recorded, simulated))
            return set().union(*(self._compared(*pair, path + "[]", by_value, within, of) for pair in pairs))
        known = not by_value and recorded is not None and _KNOWN.fullmatch(path)
        chosen = path in BY_SHAPE and any(isinstance(one, str) and one in self.sent for one in (recorded, simulated))
        if known or chosen or not self._by_shape(path, by_value):
            same = type(recorded) is type(simulated) and recorded == simulated
            return set() if same else {Problem(path, "%r instead of %r" % (simulated, recorded))}
        name = "" if path.endswith("data_center.id") else path.split(".")[-1]  # data centers have several prefixes
        if shape(recorded, name) != shape(simulated, name) and (
            by_value or None not in (recorded, simulated) or path.isidentifier()
        ):
            return {Problem(path, "%r has another shape than %r" % (simulated, recorded))}
        if of is None or not DERIVED.keys().isdisjoint(path.split(".")):
            return set()
        before = self.seen.setdefault((path, of, repr(recorded)), simulated)
        there = self.seen.setdefault((path + ", recorded", of, repr(simulated)), recorded)
        if path in _REPLACED and there != recorded:
            return {Problem(path, "%r is as before, and %r was %r" % (simulated, recorded, there))}
        return set() if before == simulated else {Problem(path, "%r was %r before" % (simulated, before))}

    def _is_shown(self, within: str, path: str, name: str) -> bool:
        """Whether a field is no newer than the recording."""
        always = name == "id" or path == "error" or (not path and name != "annotations")
        return always or (path or within, name) in self.shown

    @staticmethod
    def _by_shape(path: str, by_value: bool) -> bool:
        return not by_value or path.endswith("_at") or any(is_within(path, of) for of in BY_SHAPE)


def _with_all_pages(recorded: Exchange) -> Exchange:
    """A request for the whole list instead of one page of several."""
    if not is_partial(recorded.answer):
        return recorded
    query = [(name, value) for name, value in recorded.query if name not in ("page", "per_page")]
    return replace(recorded, query=[*query, ("per_page", "200")])


def _is_member(value: Json) -> bool:
    return set(value) == {"type", "value"}


def _fields(value: t.Any, within: str, path: str = "") -> t.Iterator[tuple[str, str]]:
    """All fields in a body, each with the path of the object that contains it, or of the request."""
    if isinstance(value, dict) and _is_member(value):
        yield from _fields(value["value"], within, str(value["type"]))
    elif isinstance(value, dict) and path != "error":  # every error has its own details
        for name, of in value.items():
            yield path or within, name
            yield from _fields(of, within, _below(path, name))
    elif isinstance(value, list):
        for item in value:
            yield from _fields(item, within, path + "[]")


def _in_the_order_of(recorded: list[t.Any], simulated: list[t.Any]) -> list[t.Any]:
    """The order of items means nothing in this API."""
    places = {_identity(item): place for place, item in enumerate(recorded)}
    return sorted(simulated, key=lambda item: places.get(_identity(item), len(places)))


def _identity(item: t.Any) -> str:
    if isinstance(item, dict):
        item = item["value"] if _is_member(item) and isinstance(item["value"], dict) else item
        return repr(next((item[name] for name in ("address", "virtual_machine_id", "id", "key") if name in item), None))
    return repr(item)


def shape(value: t.Any, name: str = "") -> str:
    """The shape of a value: its type, the kind of a string, the prefix of an ID, or the unit of a time."""
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith("_at"):
        return "seconds" if 10**8 <= value < 10**11 else "int"
    if not isinstance(value, str):
        return type(value).__name__
    if name == "id":
        return "ID " + value.split("_")[0]
    return next((kind for kind, pattern in _SHAPES.items() if re.fullmatch(pattern, value, re.DOTALL)), "text")


_SHAPES = {"IP address": r"[0-9.]{7,15}|[0-9a-f:]*:[0-9a-f:.]*", "time": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d.*"}


def _below(path: str, name: str) -> str:
    return "%s.%s" % (path, name) if path else name


def compared_headers(recorded: dict[str, str], simulated: dict[str, str]) -> set[Problem]:
    """The differences of headers; rate limits and request IDs are compared by their shape."""
    lacking = [name for name in set(recorded) - set(simulated) if name.startswith(_OF_THE_API)]
    found = {Problem("header %s" % name, ONLY_RECORDED) for name in lacking}
    for name in set(recorded) & set(simulated):
        pair = (recorded[name].split(";")[0], simulated[name].split(";")[0])
        if name.startswith(("x-request-id", "x-ratelimit-")):
            pair = (_outline(pair[0]), _outline(pair[1]))
        if pair[0] != pair[1]:
            found.add(Problem("header %s" % name, "%s instead of %s" % (simulated[name], recorded[name])))
    return found


def _outline(text: str) -> str:
    """The shape of a header value: a number, or a text with its hexadecimal digits replaced."""
    return "number" if text.isdigit() else re.sub(r"[0-9a-f]", "x", text)
