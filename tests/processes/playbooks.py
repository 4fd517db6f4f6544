# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two sides of these tests: a simulator inside the tests, and C(ansible-playbook) processes outside."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
from katapult_simulator.server import Server
from katapult_simulator.simulator import Request
from katapult_simulator.world import World

LONGEST_RUN = 180  # seconds until a playbook that does not end is given up on


@dataclass
class Steered:
    """A running simulator, and what a test does to the requests that it gets.

    :param on_request: is told of each request before it is carried out, one at a time.
    :param on_reply: is told of each request when its answer is known, and may hold the answer back.
    """

    server: Server
    on_request: Callable[[Request], None] = lambda request: None
    on_reply: Callable[[str, str], None] = lambda method, path: None
    asked: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        """What there is."""
        return self.server.simulator.world


def outcome(process: subprocess.Popen) -> dict[str, object]:
    """What the task of a process that succeeds came back with."""
    said, _nothing = process.communicate(timeout=LONGEST_RUN)
    assert process.returncode == 0, said
    (line,) = [line for line in said.splitlines() if "OUTCOME " in line]
    return json.loads(json.loads("{%s}" % line.strip().rstrip(","))["msg"].removeprefix("OUTCOME "))


def kill(process: subprocess.Popen) -> None:
    """End a playbook and all that it started: Ansible's workers are in process groups of their own."""
    parent = psutil.Process(process.pid)
    for one in [parent, *parent.children(recursive=True)]:
        one.kill()
