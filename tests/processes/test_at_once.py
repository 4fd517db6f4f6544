# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten runs at once: one load balancer for each reference, and all of them succeed."""

from __future__ import annotations

import threading

import pytest
from playbooks import LONGEST_RUN, outcome

RUNS = 10
RULES = [
    {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"},
    {"listen_port": 443, "destination_port": 8443, "protocol": "HTTPS", "certificates": ["cert_www"]},
]


def web(reference):
    return {
        "api_reference": reference,
        "name": "Web",
        "resource_type": "virtual_machines",
        "resource_ids": ["vm_a"],
        "data_center": {"permalink": "uk-lon-01"},
    }


def _hold_first_look_ups(steered):
    """No run gets the answer to its first look-up before all runs have asked: each finds nothing, and sends a create."""
    barrier = threading.Barrier(RUNS)
    left = iter(range(RUNS))

    def hold(method, path):
        if (method, path.partition("?")[0]) == ("GET", "/core/v1/load_balancers/load_balancer"):
            if next(left, None) is not None:
                barrier.wait(LONGEST_RUN)

    steered.on_reply = hold


def test_ten_runs_create_the_same_load_balancer_and_its_rules_once(steered, start):
    _hold_first_look_ups(steered)
    results = [outcome(process) for process in [start(properties=web("web"), rules=RULES) for _run in range(RUNS)]]
    (balancer,) = steered.world.load_balancers.values()
    assert {result["load_balancer"]["id"] for result in results} == {balancer.id}
    assert sorted(rule.listen_port for rule in steered.world.load_balancer_rules.values()) == [80, 443]
    assert any(result["changed"] for result in results)
    assert steered.asked.count("POST") >= RUNS  # or it was no race


def test_ten_runs_create_ten_load_balancers(steered, start):
    _hold_first_look_ups(steered)
    references = ["web-%d" % number for number in range(RUNS)]
    results = [outcome(process) for process in [start(properties=web(reference)) for reference in references]]
    assert all(result["changed"] for result in results)
    assert [result["load_balancer"]["api_reference"] for result in results] == references
    assert sorted(balancer.api_reference for balancer in steered.world.load_balancers.values()) == references


@pytest.mark.parametrize("in_process", [True, False])
def test_runs_of_one_user_create_once_and_lose_no_change(steered, start, in_process):
    machines = ["vm_a", "vm_b", "vm_c", "vm_d", "vm_e"]
    barrier = threading.Barrier(len(machines))
    left = iter(machines)

    def hold(method, path):
        """Every run has looked, and found nothing, before one of them writes."""
        if method == "GET" and next(left, None) is not None:
            barrier.wait(LONGEST_RUN)

    steered.on_reply = hold
    properties = {**web("web"), "resource_ids": machines}
    weights = [[{"virtual_machine_id": machine, "weight": 10 + place}] for place, machine in enumerate(machines)]
    running = [start(user="one", in_process=in_process, properties=properties, weights=one) for one in weights]
    assert all(outcome(process)["changed"] for process in running)
    (balancer,) = steered.world.load_balancers.values()
    assert dict(balancer.weights) == {machine: 10 + place for place, machine in enumerate(machines)}
    assert steered.asked.count("POST") == 1 and steered.asked.count("PATCH") == len(machines) - 1
