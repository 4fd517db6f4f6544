# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator inside the tests, and C(ansible-playbook) processes outside."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
from katapult_simulator.server import Server
from katapult_simulator.simulator import Request
from katapult_simulator.world import World

LONGEST_RUN = 180  # seconds after which a playbook is considered hanging


@dataclass
class ControlledSimulator:
    """A running simulator, with functions of a test that affect the requests to it.

    :param on_request: called for each request before it is executed, one at a time.
    :param on_reply: called for each request when its response is known, and may delay the response.
    """

    server: Server
    on_request: Callable[[Request], None] = lambda request: None
    on_reply: Callable[[str, str], None] = lambda method, path: None
    methods: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The state of the simulator."""
        return self.server.simulator.world


def outcome(process: subprocess.Popen) -> dict[str, object]:
    """The task result of a process that succeeds."""
    message, _nothing = process.communicate(timeout=LONGEST_RUN)
    assert process.returncode == 0, message
    (line,) = [line for line in message.splitlines() if "OUTCOME " in line]
    return json.loads(json.loads("{%s}" % line.strip().rstrip(","))["msg"].removeprefix("OUTCOME "))


def kill(process: subprocess.Popen) -> None:
    """Kill a playbook and all its child processes: the workers of Ansible are in separate process groups."""
    parent = psutil.Process(process.pid)
    for one in [parent, *parent.children(recursive=True)]:
        one.kill()
