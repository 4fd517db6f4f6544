# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded requests, asked of the simulator, and how its answers differ from those that were recorded.

The simulator starts with what a recording takes for granted: its organization, data centers, virtual machines, groups
and tags. What happens to them meanwhile, such as a tag that a virtual machine gets, is taken from the recorded traffic
on them. Load balancers and rules come from the recorded requests alone; the simulator gives them ids of its own, which
take the place of the recorded ones in all that follows.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field, replace

from exceptions import BY_TYPE, NULL_OR_NOT, ONLY_RECORDED, ONLY_SIMULATED
from exchanges import Exchange
from judge import Problem
from katapult_simulator import samples
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.kinds.data_center import DataCenter
from katapult_simulator.kinds.organization import Organization
from katapult_simulator.kinds.virtual_machine import VirtualMachine
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import World
from known import is_within

Json = dict[str, t.Any]

# Things whose fields go by the name of their type, as those of members do
_NAMED = {"virtual_machine": "VirtualMachine", "VirtualMachine.tags[]": "Tag"}


@dataclass
class Replay:
    """A simulator that a recording is played to.

    :param lenient: whether to compare as is listed in exceptions.py, and not value by value.
    :param ids: recorded ids and those that the simulator gave instead.
    """

    simulator: Simulator
    lenient: bool = True
    ids: dict[str, str] = field(default_factory=dict)

    def differences(self, recorded: Exchange) -> set[Problem]:
        """Ask the simulator what was asked of the real API, and compare."""
        asked = self._mapped(recorded)
        body = b"" if asked.body is None else json.dumps(asked.body).encode()
        reply = self.simulator(Request(asked.method, asked.path, asked.query, body, "simulator-token"))
        simulated = json.loads(reply.body)
        self._learn_id(recorded, simulated)
        where = "%s %s" % t.cast("tuple[str, str]", recorded.operation)
        found = _compared_headers(recorded.headers, {name.lower(): of for name, of in reply.headers.items()})
        if reply.status != recorded.status:
            found.add(Problem(where, "status %s instead of %s" % (reply.status, recorded.status)))
        return found | self._compared(self._mapped_value(recorded.answer), simulated, "")

    def learn(self, recorded: Exchange) -> None:
        """What recorded traffic on other things says of virtual machines, and of the members of tags and groups."""
        for name, thing in _dicts(recorded.answer):
            if name == "virtual_machine" and "tags" in thing:
                machines = self.simulator.world.virtual_machines
                machines[thing["id"]] = replace(machines[thing["id"]], state=thing["state"])
                _move(self.simulator.world.tags, thing["id"], {tag["id"] for tag in thing["tags"]})
                _move(
                    self.simulator.world.virtual_machine_groups,
                    thing["id"],
                    {thing["group"]["id"]} if thing["group"] else set(),
                )

    def _learn_id(self, recorded: Exchange, simulated: Json) -> None:
        for thing in ("load_balancer", "load_balancer_rule"):
            if recorded.method == "POST" and thing in recorded.answer and thing in simulated:
                self.ids[recorded.answer[thing]["id"]] = simulated[thing]["id"]

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

    def _compared(self, recorded: t.Any, simulated: t.Any, path: str) -> set[Problem]:
        if isinstance(recorded, dict) and isinstance(simulated, dict):
            if set(recorded) == {"type", "value"} == set(simulated):  # a member: its fields go by the name of its type
                kinds = self._compared(recorded["type"], simulated["type"], path + ".type")
                return kinds | self._compared(recorded["value"], simulated["value"], recorded["type"])
            found = set()
            for name in sorted({*recorded, *simulated}):
                at = "%s.%s" % (path, name) if path else name
                at = _NAMED.get(at, at)
                if name not in simulated:
                    found.add(Problem(at, ONLY_RECORDED))
                elif name not in recorded:
                    found.add(Problem(at, ONLY_SIMULATED))
                else:
                    found |= self._compared(recorded[name], simulated[name], at)
            return found
        if isinstance(recorded, list) and isinstance(simulated, list):
            of_items = _NAMED.get(path + "[]", path + "[]")
            found = set().union(*(self._compared(*pair, of_items) for pair in zip(recorded, simulated)))
            if len(recorded) != len(simulated):
                found.add(Problem(path, "%d items instead of %d" % (len(simulated), len(recorded))))
            return found
        if self._same(recorded, simulated, path):
            return set()
        return {Problem(path, "%r instead of %r" % (simulated, recorded))}

    def _same(self, recorded: t.Any, simulated: t.Any, path: str) -> bool:
        if self.lenient and path in NULL_OR_NOT and None in (recorded, simulated):
            return True
        if self.lenient and any(is_within(path, of) for of in BY_TYPE):
            return type(recorded) is type(simulated)
        return type(recorded) is type(simulated) and recorded == simulated


def replay(recorded: list[Exchange], lenient: bool = True) -> Replay:
    """A simulator with what a recording takes for granted."""
    return Replay(Simulator(_world(recorded), wall=lambda: 0.0), lenient)


# What a recording takes for granted


def _world(recorded: list[Exchange]) -> World:
    named = [(name, thing) for one in recorded for name, thing in _dicts(one.answer)]
    organizations = _united(thing for name, thing in named if name == "organization" and "sub_domain" in thing)
    centers = _united(thing for name, thing in named if name == "data_center")
    if not organizations:
        asked = [thing for one in recorded for name, thing in _dicts(one.body) if name == "organization"]
        organizations = {"org_recorded": {"name": "recorded", "sub_domain": asked[0]["sub_domain"]}}
    owner = next(iter(organizations))
    members = [thing for name, thing in named if name == "resources"]
    of_type = {
        kind: _united(thing["value"] for thing in members if thing["type"] == kind)
        for kind in ("VirtualMachine", "VirtualMachineGroup", "Tag")
    }
    machines = _united([*of_type["VirtualMachine"].values(), *(of for name, of in named if name == "virtual_machine")])
    made = samples.world()
    made.objects.update(
        organizations={key: Organization(key, of["name"], of["sub_domain"]) for key, of in organizations.items()},
        data_centers={
            key: DataCenter(key, of["name"], of["permalink"]) for key, of in centers.items() if "permalink" in of
        },
        virtual_machines={
            key: VirtualMachine(
                key,
                of["name"],
                owner,
                of["zone"]["data_center"]["id"],
                addresses=tuple(address["address"] for address in of["ip_addresses"]),
            )
            for key, of in machines.items()
            if "zone" in of
        },
        virtual_machine_groups={
            key: Collection(key, of["name"], owner, ()) for key, of in of_type["VirtualMachineGroup"].items()
        },
        tags={key: Collection(key, of["name"], owner, ()) for key, of in of_type["Tag"].items()},
        certificates={},
    )
    return made


def _dicts(value: t.Any, name: str = "") -> t.Iterator[tuple[str, Json]]:
    """All objects within a body, each with the name that it has there."""
    if isinstance(value, dict):
        yield name, value
        for key, of in value.items():
            yield from _dicts(of, key)
    elif isinstance(value, list):
        for item in value:
            yield from _dicts(item, name)


def _united(things: t.Iterable[Json]) -> dict[str, Json]:
    """Things by their ids, with all that is said of them anywhere."""
    found: dict[str, Json] = {}
    for thing in things:
        found[thing["id"]] = {**found.get(thing["id"], {}), **thing}
    return found


def _move(collections: dict[str, Collection], machine: str, into: set[str]) -> None:
    for key, collection in collections.items():
        others = tuple(member for member in collection.members if member != machine)
        collections[key] = replace(collection, members=(*others, machine) if key in into else others)


# How answers differ


def _compared_headers(recorded: dict[str, str], simulated: dict[str, str]) -> set[Problem]:
    found = {Problem("header %s" % name, ONLY_RECORDED) for name in set(recorded) - set(simulated)}
    found |= {Problem("header %s" % name, ONLY_SIMULATED) for name in set(simulated) - set(recorded)}
    for name in set(recorded) & set(simulated):
        same = recorded[name] == simulated[name]
        if name in ("x-request-id", "x-ratelimit-remaining"):  # these count requests, and not only ours
            same = _outline(recorded[name]) == _outline(simulated[name])
        if not same:
            found.add(Problem("header %s" % name, "%s instead of %s" % (simulated[name], recorded[name])))
    return found


def _outline(text: str) -> str:
    """What a text consists of: numbers of any length, and groups of hexadecimal digits."""
    return "number" if text.isdigit() else re.sub(r"[0-9a-f]", "x", text)
