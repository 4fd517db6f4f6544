# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run is killed at each of its requests. The next run completes its work, and the one after that changes nothing."""

from __future__ import annotations

import signal

import pytest
from katapult_simulator.world import Assumptions
from playbooks import LONGEST_RUN, kill, outcome
from test_concurrent_runs import MACHINE, RULES, web

REQUESTS = ["GET", "POST", "GET", "POST", "POST"]  # lookup, load balancer, lookup of a duplicate, two rules


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_the_run_after_a_killed_one_completes_its_work(controlled, start, number, carried_out):
    controlled.world.assumptions = Assumptions(
        unique_references=False, unique_ports=False
    )  # only the run prevents duplicates
    running = []

    def kill_once(*_request):
        if len(controlled.methods) == number + carried_out and running:
            kill(running.pop())
            raise ConnectionError

    setattr(controlled, "on_reply" if carried_out else "on_request", kill_once)
    running.append(start("one", properties=web("web"), rules=RULES))
    killed = running[0]
    killed.communicate(timeout=LONGEST_RUN)
    assert killed.returncode == -signal.SIGKILL
    assert controlled.methods == REQUESTS[: number + carried_out]

    unfinished = controlled.methods.count("POST") < REQUESTS.count("POST")
    assert outcome(start("one", properties=web("web"), rules=RULES))["changed"] == unfinished
    (balancer,) = controlled.world.load_balancers.values()
    ports = sorted(rule.listen_port for rule in controlled.world.load_balancer_rules.values())
    assert balancer.resource_ids == ["vm_a"] and ports == [80, 443]
    assert not outcome(start("one", properties=web("web"), rules=RULES))["changed"]


def test_the_run_directly_after_a_killed_build_does_not_build_it_again(controlled, start):
    controlled.world.assumptions = Assumptions(taken_hostname="accepted", seconds=4.0)  # it appears after two seconds
    running = []

    def kill_once(method, path):
        if method == "POST" and running:
            kill(running.pop())
            raise ConnectionError

    controlled.on_reply = kill_once
    options = {"user": "one", "module": "virtual_machine", "properties": MACHINE}
    running.append(start(**options))
    killed = running[0]
    killed.communicate(timeout=LONGEST_RUN)
    assert killed.returncode == -signal.SIGKILL and controlled.methods.count("POST") == 1

    found = outcome(start(**options))
    assert not found["changed"] and found["virtual_machine"]["state"] == "started"
    assert controlled.methods.count("POST") == 1
    assert [one.hostname for one in controlled.world.virtual_machines.values()].count("front") == 1
