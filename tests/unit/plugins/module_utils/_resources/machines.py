# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks for virtual machines, against one simulator."""

from __future__ import annotations

import itertools
import typing as t
from xml.etree import ElementTree

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError

from ...catalog import TASKS
from ..simulated import TaskRunner

MACHINE = TASKS["virtual_machine"]
ONE, BUILDS = "/virtual_machines/virtual_machine", "/virtual_machines/builds/virtual_machine_build"
BUILD = "/organizations/organization/virtual_machines/build_from_spec"
TRASH, ADDRESS = "/trash_objects/trash_object", "/ip_addresses/ip_address"
NEW: dict[str, t.Any] = {
    "hostname": "db-1",
    "data_center": {"permalink": "uk-lon-01"},
    "package": {"permalink": "rock-3"},
    "disk_template": {"permalink": "templates/ubuntu-22-04"},
}
DB = {"hostname": "db-1"}
KEYS = {"users": ["all"], "ssh_keys": ["all"]}


class Machines:
    """Runs tasks of the module against one simulator."""

    def __init__(self, **assumptions: t.Any) -> None:
        self.runner = TaskRunner(assumptions=Assumptions(**assumptions))
        self.world = self.runner.simulator.world

    def run(self, properties: t.Any = None, **task: t.Any) -> t.Any:
        return self.runner.run_task(MACHINE, properties=NEW if properties is None else properties, **task)

    def refused(self, properties: t.Any = None, **task: t.Any) -> KatapultError:
        with pytest.raises(KatapultError) as failure:
            self.run(properties, **task)
        return failure.value

    def build(self, **properties: t.Any) -> t.Any:
        shown = self.run({**NEW, **properties}).values["virtual_machine"]
        self.runner.simulator.requests.clear()
        return shown

    def called(self) -> list[str]:
        """The writes since the last call, each as its method and the last part of its path."""
        found = [
            "%s %s" % (request["method"], request["path"].rpartition("/")[2])
            for request in self.runner.simulator.requests
            if request["method"] != "GET"
        ]
        self.runner.simulator.requests.clear()
        return found

    def named(self, hostname: str = "db-1") -> list[t.Any]:
        """The machines with a host name, without those in the trash."""
        return [one for one in self.world.virtual_machines.values() if one.hostname == hostname and not one.trashed]

    def becomes(self, machine: t.Any, state: str, at_look: int) -> None:
        """Give a machine another state when it is read for the time at_look, from now on."""
        send, reads = self.runner.send, itertools.count(1)

        def arriving(method: str, path: str, *more: t.Any) -> t.Any:
            if path == ONE and next(reads) == at_look:
                machine.state = state
            return send(method, path, *more)

        self.runner.send = arriving  # type: ignore[method-assign]

    def interrupt(self, answered: bool = True) -> None:
        """Interrupt a build, after the response to its request, or before."""
        send = self.runner.send

        def interrupted(method: str, path: str, *more: t.Any) -> t.Any:
            if answered and any(one["path"] == BUILDS for one in self.runner.simulator.requests):
                raise KeyboardInterrupt
            raw = send(method, path, *more)
            if path == BUILD and not answered:
                raise KeyboardInterrupt
            return raw

        self.runner.send = interrupted  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            self.run()
        self.runner.send = send  # type: ignore[method-assign]

    def spec(self) -> ElementTree.Element:
        """The document of the only build request."""
        (body,) = [one for one in self.runner.written() if "xml" in one]
        return ElementTree.fromstring(body["xml"])
