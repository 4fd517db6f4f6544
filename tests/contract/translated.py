# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends recorded requests about virtual machines, and what belongs to them, to the simulator, and compares its responses.

The simulator chooses its own IDs and addresses. They are translated: where a recording uses one of its own, the simulator
receives, and must return, the one that it has returned in its place. All other values must be equal, except for times,
secrets, and what the server knows of objects that existed before. Background work proceeds when the recording shows it.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field, fields

from exceptions import ONLY_RECORDED, UNTRANSLATED
from exchanges import Exchange
from judge import Problem
from katapult_simulator import samples
from katapult_simulator.endpoints import ENDPOINTS
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.kinds.data_center import DataCenter
from katapult_simulator.kinds.disk_template import DiskTemplate, OperatingSystem
from katapult_simulator.kinds.network import Network, NetworkSpeedProfile
from katapult_simulator.kinds.virtual_machine_package import VirtualMachinePackage
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import Assumptions, World
from state import REDACTED, lookups, objects, requested, texts

Json = dict[str, t.Any]

# The parts of a path by which a request is about these kinds
KINDS = frozenset(
    "virtual_machines virtual_machine_groups virtual_machine_packages virtual_machine_network_interfaces tags tasks "
    "ip_addresses networks default_network available_networks network_speed_profiles disk_templates trash_objects "
    "build_from_spec".split()
)
_FOREVER = 1e9  # seconds: background work proceeds only here
_MOST_STEPS = 20  # until all background work has ended
_OWNER = "org_acme"
_ID = r"[a-z]+_[A-Za-z0-9]{16}"
_ADDRESS = r"\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:.]*"
_POOL_NAME = r"[0-9a-f-]+\.rdns\.[\w.]+"
# What the server chooses, and the whole text is
_CHOSEN = re.compile("|".join("(?:%s)" % one for one in (_ID, _ADDRESS, _POOL_NAME)))
# The same within texts, such as documents; the name of an address is not the address with other characters in it
_WITHIN = re.compile(r"(?<![\w.:-])(%s|\d+\.\d+\.\d+\.\d+)(?![\w.:-])" % _ID)
_TOKEN = r"[\w.:]+"
# States that pass by themselves
_TRANSIENT = ("starting", "stopping", "allocating", "allocated", "resetting")

Found = list[tuple[Exchange, set[Problem]]]


def is_compared(exchange: Exchange) -> bool:
    """Whether the simulator has the operation, and it is about these kinds."""
    known = any(one.method == exchange.method and one.path.fullmatch(exchange.path) for one in ENDPOINTS)
    return known and not KINDS.isdisjoint(exchange.path.split("/")) and not exchange.interrupted


def translated(recorded: t.Sequence[Exchange]) -> Found:
    """The exchanges that are compared, each with its differences."""
    attempts = (_translated(recorded, stopped) for stopped in (False, True))
    return min(attempts, key=lambda found: sum(len(differences) for _exchange, differences in found))


def _translated(recorded: t.Sequence[Exchange], stopped_when_built: bool) -> Found:
    assumptions = Assumptions(seconds=_FOREVER, stopped_when_built=stopped_when_built)
    replay = _Translation(_prepared(recorded, assumptions))
    found = []
    for exchange in recorded:
        if is_compared(exchange) and replay.knows(exchange):
            found.append((exchange, replay.differences(exchange)))
    return found


def _prepared(recorded: t.Sequence[Exchange], assumptions: Assumptions) -> Simulator:
    """A simulator with what existed before the recording: the organization, what machines are chosen from, and older tags."""
    world = samples.world(assumptions)
    owner = world.organizations[_OWNER]
    for exchange in recorded:
        owner.sub_domain = lookups(exchange).get("organization", {}).get("sub_domain", owner.sub_domain)
    for exchange in recorded:
        for key, of in objects(exchange.answer):
            if isinstance(of.get("permalink"), str):
                _take_over(world, key, of)
    for permalink, version in _template_versions(recorded):
        for template in world.disk_templates.values():
            template.version = version if template.permalink == permalink else template.version
    world.tags.clear()
    world.tags.update((tag.id, tag) for tag in _older_tags(recorded))
    return Simulator(world, wall=lambda: 0.0, permitted=10**9)


# The kinds that belong to Katapult, by their names in responses, with what a new one requires
_OF_KATAPULT: dict[str, tuple[str, t.Callable[..., t.Any], Json]] = {
    "package": ("virtual_machine_packages", VirtualMachinePackage, {}),
    "disk_template": ("disk_templates", DiskTemplate, {"name": "", "operating_system": "os_debian"}),
    "network": ("networks", Network, {"data_center": "loc_london"}),
    "data_center": ("data_centers", DataCenter, {"name": ""}),
    "speed_profile": ("network_speed_profiles", NetworkSpeedProfile, {"name": ""}),
}


def _take_over(world: World, key: str, shown: Json) -> None:
    """Let the simulator have an object of Katapult with the permalink and the values of a recorded one."""
    singular = key.removeprefix("virtual_machine_").removeprefix("network_speed_").removesuffix("s")
    plural, model, required = _OF_KATAPULT.get("speed_profile" if singular == "profile" else singular, ("", None, {}))
    if model is None:
        return
    there = world.objects[plural]
    found = next((one for one in there.values() if one.permalink == shown["permalink"]), None)
    if found is None:
        identifier = "%s_recorded%d" % (str(shown.get("id")).partition("_")[0], len(there))
        found = model(**{**required, "id": identifier, "permalink": shown["permalink"]})
        there[found.id] = found
    plain = {of.name for of in fields(model) if of.name in shown} - {"id", "data_center", "operating_system", "country"}
    vars(found).update({name: shown[name] for name in plain})
    for name, others in (("data_center", "data_centers"), ("operating_system", "operating_systems")):
        if plural in ("networks", "disk_templates") and isinstance(shown.get(name), dict):
            vars(found).update(_reference(world, name, others, shown[name]))


def _reference(world: World, name: str, plural: str, shown: Json) -> Json:
    """The field with which an object refers to a data center or an operating system, which is taken over too."""
    if name == "data_center":
        _take_over(world, name, shown)
    elif all(one.name != shown.get("name") for one in world.objects[plural].values()):
        new = OperatingSystem("os_recorded%d" % len(world.objects[plural]), str(shown.get("name")))
        world.objects[plural][new.id] = new
    return {name: next(one.id for one in world.objects[plural].values() if one.name == shown.get("name"))}


def _template_versions(recorded: t.Sequence[Exchange]) -> t.Iterator[tuple[str, int]]:
    """The version of each template that a build shows."""
    pattern = r'<DiskTemplate by="permalink">([^<]+)</DiskTemplate>\s*<Version by="number">(\d+)'
    for exchange in recorded:
        for text in texts(exchange.answer):
            yield from ((permalink, int(version)) for permalink, version in re.findall(pattern, text))


def _older_tags(recorded: t.Sequence[Exchange]) -> t.Iterator[Collection]:
    shown: dict[str, Json] = {}
    times = []
    for exchange in recorded:
        for key, of in objects(exchange.answer):
            if key in ("virtual_machine_build", "virtual_machine_group") and "created_at" in of:
                times.append(of["created_at"])
            if key == "tags" and isinstance(of.get("created_at"), int):
                shown.setdefault(of["name"], of)
    for number, (name, of) in enumerate(shown.items()):
        if times and of["created_at"] < min(times):
            yield Collection("tag_before%d" % number, name, _OWNER, color=of.get("color", "red"))


@dataclass
class _Translation:
    """A simulator, and what its values are in the recording.

    :param here: the simulated values, by the recorded ones.
    :param there: the recorded values, by the simulated ones.
    """

    simulator: Simulator
    here: dict[str, str] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    _lists_all: bool = False  # whether a list also contains what existed before the recording

    def knows(self, recorded: Exchange) -> bool:
        """Whether a request is about what the recorded requests have created, or names nothing that the server chose."""
        named = (text for one in requested(recorded) for text in re.findall(_ID, one))
        return all(text in self.here for text in named)

    def differences(self, recorded: Exchange) -> set[Problem]:
        """Send a recorded request to the simulator, and compare the responses."""
        request = Request(
            recorded.method,
            self._text(recorded.path, _WITHIN),
            [(name, self._text(value, _CHOSEN)) for name, value in recorded.query],
            b"" if recorded.body is None else json.dumps(self._translated(recorded.body)).encode(),
            "simulator-token",
        )
        found = self._attempt(recorded, request)
        steps = 0
        # Reading again changes nothing: wait until the background work is as far as in the recording.
        while found and recorded.method == "GET" and self._proceed() and steps < _MOST_STEPS:
            found = self._attempt(recorded, request)
            steps += 1
        return found

    def _proceed(self) -> bool:
        """Take a step of all background work; whether there is any."""
        running = [task for task in self.simulator.world.tasks.values() if task.is_running]
        for task in running:
            task.proceed()
        return bool(running)

    def _attempt(self, recorded: Exchange, request: Request) -> set[Problem]:
        self._lists_all = recorded.path.startswith(("/organizations/", "/virtual_machine_packages"))
        reply = self.simulator(request)
        where = "%s %s" % (recorded.method, recorded.path)
        if reply.status != recorded.status:
            return {Problem(where, "status %s instead of %s: %r" % (reply.status, recorded.status, reply.body[:200]))}
        before = dict(self.here), dict(self.there)
        found = self._compared(recorded.answer, json.loads(reply.body), "")
        if found and recorded.method == "GET":  # what a wrong response shows is no translation
            self.here, self.there = before
        return found

    # Translating requests

    def _translated(self, value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {name: self._translated(of) for name, of in value.items()}
        if isinstance(value, list):
            return [self._translated(of) for of in value]
        if isinstance(value, str):
            return self._text(value, _CHOSEN if _CHOSEN.fullmatch(value) else _WITHIN)
        return value

    def _text(self, text: str, pattern: t.Pattern[str]) -> str:
        return pattern.sub(lambda match: self.here.get(match[0], match[0]), text)

    # Comparing responses

    def _compared(self, recorded: t.Any, simulated: t.Any, path: str) -> set[Problem]:
        name = path.rpartition(".")[2].removesuffix("[]")
        if any(re.fullmatch(pattern, path) for pattern in UNTRANSLATED):
            return set()
        if isinstance(recorded, dict) and isinstance(simulated, dict):
            # Older recordings lack newer fields; those of the simulator are compared with the document.
            found = {Problem("%s.%s" % (path, key), ONLY_RECORDED) for key in set(recorded) - set(simulated)}
            for key in set(recorded) & set(simulated):
                found |= self._compared(recorded[key], simulated[key], "%s.%s" % (path, key) if path else key)
            return found
        if isinstance(recorded, list) and isinstance(simulated, list):
            return self._compared_items(recorded, simulated, path)
        if name.endswith("_at") or name in ("keep_until", "progress"):
            same = type(recorded) is type(simulated)
        elif name == "state" and recorded in _TRANSIENT:
            same = isinstance(simulated, str)
        elif isinstance(recorded, str) and isinstance(simulated, str):
            same = recorded == REDACTED or self._same_text(recorded, simulated)
        else:
            same = type(recorded) is type(simulated) and recorded == simulated
        return set() if same else {Problem(path, "%r instead of %r" % (simulated, recorded))}

    def _same_text(self, recorded: str, simulated: str) -> bool:
        if _CHOSEN.fullmatch(recorded):
            return self._shape(recorded) == self._shape(simulated) and self._pair(recorded, simulated)
        # The same text, with what the server has chosen in the same places
        pattern = "".join(
            "(%s)" % _TOKEN if number % 2 else re.escape(part) for number, part in enumerate(_WITHIN.split(recorded))
        )
        match = re.fullmatch(pattern, simulated)
        return match is not None and all(map(self._pair, _WITHIN.findall(recorded), match.groups()))

    @staticmethod
    def _shape(text: str) -> str:
        kinds = {"ID": "[a-z]+_.*", "address": _ADDRESS, "name": _POOL_NAME}
        return next((kind for kind, pattern in kinds.items() if re.fullmatch(pattern, text)), "text")

    def _pair(self, recorded: str, simulated: str) -> bool:
        """Whether two values mean the same, as far as is known; from now on, they do."""
        known = self.here.setdefault(recorded, simulated) == simulated
        return known and self.there.setdefault(simulated, recorded) == recorded

    def _compared_items(self, recorded: list[t.Any], simulated: list[t.Any], path: str) -> set[Problem]:
        """Compare lists in any order. In those of an organization, only what the recorded requests have created is known."""
        if "." not in path and self._lists_all:
            permalinks = {item.get("permalink") for item in recorded} & {item.get("permalink") for item in simulated}
            known = permalinks - {None}
            recorded = [item for item in recorded if item["id"] in self.here or item.get("permalink") in known]
            simulated = [item for item in simulated if item["id"] in self.there or item.get("permalink") in known]
        if len(recorded) != len(simulated):
            return {Problem(path, "%d items instead of %d" % (len(simulated), len(recorded)))}
        found: set[Problem] = set()
        rest = list(simulated)
        for item in recorded:
            identity = self._identity(item)
            same = next((one for one in rest if self._identity(one, own=True) == identity), rest[0])
            rest.remove(same)
            found |= self._compared(item, same, path + "[]")
        return found

    def _identity(self, item: t.Any, own: bool = False) -> str:
        """What an item is compared by: its permalink, its address, its ID, or its name.

        :param own: whether it is simulated.
        """
        if not isinstance(item, dict):
            return repr(item)
        if "permalink" in item:
            return repr(item["permalink"])
        found = next((item[name] for name in ("address", "id", "name") if name in item), None)
        if isinstance(found, str) and not own:
            found = self.here.get(found, found if "name" not in item else item["name"])
        elif own and found not in self.there and "name" in item:
            found = item["name"]
        return repr(found)
