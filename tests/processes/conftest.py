# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real C(ansible-playbook) processes against a simulator that runs inside the tests."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from katapult_simulator.server import Server, _Handler, serving
from katapult_simulator.simulator import Reply, Request, Simulator
from playbooks import ControlledSimulator, kill


@pytest.fixture(name="controlled")
def fixture_controlled() -> Iterator[ControlledSimulator]:
    """A simulator on a free loopback port, which is stopped after the test."""
    server = Server(0)
    controlled = ControlledSimulator(server)

    class Handler(_Handler):
        def _send(self, reply: Reply) -> None:
            controlled.on_reply(self.command, self.path)
            try:
                super()._send(reply)
            except OSError:
                self.close_connection = True  # the client has closed the connection

    class Reporting(Simulator):
        def __call__(self, request: Request) -> Reply:
            controlled.on_request(request)
            controlled.methods.append(request.method)
            return super().__call__(request)

    server.simulator = Reporting()
    server.RequestHandlerClass = Handler
    server.handle_error = lambda *_request: None  # a request whose sender was killed
    with serving(server):
        yield controlled


Start = Callable[..., subprocess.Popen]


@pytest.fixture(name="start")
def fixture_start(controlled: ControlledSimulator, tmp_path: Path) -> Iterator[Start]:
    """Starts C(ansible-playbook) with one task; processes that are still running at the end are killed."""
    started: list[subprocess.Popen] = []
    playbook = tmp_path / "playbook.json"

    def start(
        user: str = "", in_process: bool = True, module: str = "load_balancer", **options: object
    ) -> subprocess.Popen:
        task = {"name": "The task", "katapult.cloud.%s" % module: options, "register": "done"}
        task["vars"] = {"katapult_in_process": in_process}
        outcome = {"name": "TaskOutcome", "ansible.builtin.debug": {"msg": "OUTCOME {{ done | to_json }}"}}
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [task, outcome]}
        # JSON is YAML, and each process has a separate file.
        file = playbook.with_name("playbook%d.yml" % len(started))
        file.write_text(json.dumps([play]))
        home = tmp_path / (user or "user%d" % len(started))
        home.mkdir(exist_ok=True)
        started.append(
            subprocess.Popen(
                ["ansible-playbook", file],
                env={
                    **os.environ,
                    "ANSIBLE_HOME": str(home),
                    "ANSIBLE_REMOTE_TMP": str(home / "tmp"),
                    "ANSIBLE_NOCOLOR": "1",
                    "ANSIBLE_LOCALHOST_WARNING": "false",
                    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
                    "KATAPULT_API_URL": controlled.server.api_url,
                    "KATAPULT_API_TOKEN": "simulator-token",
                    "KATAPULT_ORGANIZATION": "acme",
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            kill(process)
            process.wait()
        process.stdout.close()
