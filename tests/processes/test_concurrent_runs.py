# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten concurrent runs: one load balancer for each reference, and all of them succeed."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from playbooks import LONGEST_RUN, outcome

from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import RESOURCES

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


def _delay_first_lookups(controlled, runs=RUNS, path="/load_balancers/load_balancer"):
    """Delay the responses to the first lookups until all runs have sent theirs: none finds a resource, and each creates one."""
    barrier = threading.Barrier(runs)
    left = iter(range(runs))

    def hold(method, requested):
        if (method, requested.partition("?")[0]) == ("GET", "/core/v1" + path):
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


@pytest.mark.parametrize("in_process", [True, False])
def test_runs_of_one_user_create_once_and_lose_no_change(controlled, start, in_process):
    machines = ["vm_a", "vm_b", "vm_c", "vm_d", "vm_e"]
    _delay_first_lookups(controlled, len(machines))
    properties = {**web("web"), "resource_ids": machines}
    weights = [[{"virtual_machine_id": machine, "weight": 10 + place}] for place, machine in enumerate(machines)]
    running = [start(user="one", in_process=in_process, properties=properties, weights=one) for one in weights]
    assert all(outcome(process)["changed"] for process in running)
    (balancer,) = controlled.world.load_balancers.values()
    assert dict(balancer.weights) == {machine: 10 + place for place, machine in enumerate(machines)}


def test_runs_that_share_nothing_end_with_one_load_balancer(controlled, start):
    controlled.world.assumptions = replace(controlled.world.assumptions, unique_references=False)
    _delay_first_lookups(controlled, 4)
    results = [outcome(process) for process in [start(properties=web("web"), rules=RULES) for _run in range(4)]]
    (balancer,) = controlled.world.load_balancers.values()
    assert {result["load_balancer"]["id"] for result in results} == {balancer.id}
    assert sorted(rule.listen_port for rule in controlled.world.load_balancer_rules.values()) == [80, 443]


HTTPS_IN = {"direction": "inbound", "protocol": "TCP", "ports": "443", "targets": ["all:ipv4"]}
OTHERS = {
    "tag": {"properties": {"name": "front", "color": "red"}},
    "virtual_machine_group": {"properties": {"name": "front"}},
    "security_group": {"properties": {"name": "front", "associations": ["tag_web"]}, "rules": [HTTPS_IN, HTTPS_IN]},
    "address_list": {"properties": {"name": "front"}, "entries": [{"address": "192.0.2.1"}, {"address": "192.0.2.2"}]},
    "certificate": {"properties": {"issuer": "self_signed", "name": "front.example.com"}},
}


@pytest.mark.parametrize(("module", "in_process"), [(module, number % 2 == 0) for number, module in enumerate(OTHERS)])
def test_runs_of_one_user_create_every_kind_once(controlled, start, module, in_process):
    kind, runs = RESOURCES[module], 4
    controlled.world.objects[kind.plural].clear()
    _delay_first_lookups(controlled, runs, kind.list_path)
    options = {**OTHERS[module], "user": "one", "module": module, "in_process": in_process}
    results = [outcome(process) for process in [start(**options) for _run in range(runs)]]
    (created,) = controlled.world.objects[kind.plural].values()
    assert {result[module]["id"] for result in results} == {created.id}
    assert sum(result["changed"] for result in results) == 1
    rules = [rule for rule in controlled.world.security_group_rules.values() if rule.security_group == created.id]
    entries = [one for one in controlled.world.address_list_entries.values() if one.address_list == created.id]
    assert (len(rules), len(entries)) == (2 * (module == "security_group"), 2 * (module == "address_list"))


MACHINE = {
    "hostname": "front",
    "data_center": {"permalink": "uk-lon-01"},
    "package": {"permalink": "rock-1"},
    "disk_template": {"permalink": "templates/ubuntu-22-04"},
}


@pytest.mark.parametrize(
    ("taken", "in_process", "runs"), [("accepted", True, RUNS), ("refused", False, 3), ("fails", True, 3)]
)
def test_runs_of_one_user_build_the_same_virtual_machine_once(controlled, start, taken, in_process, runs):
    # It appears after a second, and runs after three.
    controlled.world.assumptions = replace(controlled.world.assumptions, taken_hostname=taken, seconds=2.0)
    _delay_first_lookups(controlled, runs, RESOURCES["virtual_machine"].path)
    options = {"user": "one", "module": "virtual_machine", "in_process": in_process, "properties": MACHINE}
    results = [outcome(process) for process in [start(**options) for _run in range(runs)]]
    (built,) = [one for one in controlled.world.virtual_machines.values() if one.hostname == "front"]
    assert {result["virtual_machine"]["id"] for result in results} == {built.id}
    assert {result["virtual_machine"]["state"] for result in results} == {"started"}
    assert sum(result["changed"] for result in results) == 1 and controlled.methods.count("POST") == 1


def test_a_duplicate_of_users_that_share_nothing_is_reported_and_not_removed(controlled, start):
    _delay_first_lookups(controlled, 3, RESOURCES["tag"].list_path)
    running = [start(module="tag", properties={"name": "front"}) for _run in range(3)]
    messages = [process.communicate(timeout=LONGEST_RUN)[0] for process in running]
    names = [one.name for one in controlled.world.tags.values()]
    assert names.count("front") == 3  # otherwise, it was no race
    codes = [json.dumps("duplicate_found") in message for message in messages]
    assert [process.returncode != 0 for process in running] == codes and any(codes)
