# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line of the simulator, and the assumptions that it sets."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request

import pytest
from katapult_simulator import __main__ as command
from katapult_simulator.server import Server, serving
from katapult_simulator.world import Assumptions


@pytest.fixture(name="run")
def fixture_run(monkeypatch, capsys):
    """Runs the command with some arguments; returns its server, which does not serve, and what it has printed."""
    servers = []

    def keep(server):
        servers.append(server)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["katapult_simulator", "--port", "0", *arguments])
        monkeypatch.setattr(Server, "serve_forever", keep)
        monkeypatch.setattr(command.signal, "signal", lambda *_handler: None)
        command.main()
        return servers[-1], capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("arguments", "expected", "said"),
    [
        ((), Assumptions(), "ends when it is looked at for the 2. time"),
        (("--looks", "5"), Assumptions(looks=5), "ends when it is looked at for the 5. time"),
        (("--work-seconds", "1.5"), Assumptions(seconds=1.5), "ends after 1.5 seconds"),
    ],
)
def test_the_pace_of_background_work_is_an_option(run, arguments, expected, said):
    server, printed = run(*arguments)
    assert server.simulator.world.assumptions == expected and said in printed
    assert printed.splitlines()[0] == "Simulator listens on %s" % server.api_url
    assert "%s/reset" % server.control_url in printed


@pytest.mark.parametrize("arguments", [("--looks", "0"), ("--looks", "-3"), ("--work-seconds", "-1")])
def test_an_impossible_pace_is_refused(run, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2 and "must be at least" in capsys.readouterr().err


def reset(server, **body):
    request = urllib.request.Request(server.control_url + "/reset", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


def test_a_reset_keeps_the_assumptions_of_the_command_unless_it_sets_others():
    with serving(Server(0, assumptions=Assumptions(looks=7))) as server:
        assert reset(server) == 200 and server.simulator.world.assumptions.looks == 7
        assert reset(server, assumptions={"seconds": 0.5}) == 200
        assert server.simulator.world.assumptions == Assumptions(seconds=0.5)
        with pytest.raises(urllib.error.HTTPError):
            reset(server, assumptions={"looks": 0})
        assert server.simulator.world.assumptions == Assumptions(seconds=0.5)
