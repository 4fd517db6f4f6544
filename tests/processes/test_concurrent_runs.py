# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten concurrent runs: one load balancer for each reference, and all of them succeed."""

from __future__ import annotations

import threading

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


def _delay_first_lookups(controlled):
    """Delay the responses to the first lookups until all runs have sent theirs: none finds a load balancer, and each creates one."""
    barrier = threading.Barrier(RUNS)
    left = iter(range(RUNS))

    def hold(method, path):
        if (method, path.partition("?")[0]) == ("GET", "/core/v1/load_balancers/load_balancer"):
            if next(left, None) is not None:
                barrier.wait(LONGEST_RUN)

    controlled.on_reply = hold


def test_ten_runs_create_the_same_load_balancer_and_its_rules_once(controlled, start):
    _delay_first_lookups(controlled)
    results = [outcome(process) for process in [start(properties=web("web"), rules=RULES) for _run in range(RUNS)]]
    (balancer,) = controlled.world.load_balancers.values()
    assert {result["load_balancer"]["id"] for result in results} == {balancer.id}
    assert sorted(rule.listen_port for rule in controlled.world.load_balancer_rules.values()) == [80, 443]
    assert any(result["changed"] for result in results)
    assert controlled.methods.count("POST") >= RUNS  # otherwise, it was no race


def test_ten_runs_create_ten_load_balancers(controlled, start):
    _delay_first_lookups(controlled)
    references = ["web-%d" % number for number in range(RUNS)]
    results = [outcome(process) for process in [start(properties=web(reference)) for reference in references]]
    assert all(result["changed"] for result in results)
    assert [result["load_balancer"]["api_reference"] for result in results] == references
    assert sorted(balancer.api_reference for balancer in controlled.world.load_balancers.values()) == references
