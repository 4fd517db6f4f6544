# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diff: one entry for each resource that changes, with what changes, and a header that states which resource it is."""

from __future__ import annotations

import pytest

from ..simulated import TaskRunner, web

HTTP = {"destination_port": 8080, "protocol": "HTTP"}


@pytest.fixture(name="runner")
def fixture_runner():
    """A task runner with one load balancer and ten rules."""
    runner = TaskRunner()
    runner.existing(resource_ids=["vm_a"])
    for port in range(8000, 8010):
        runner.rule(port)
    return runner


def rule_header(port):
    return 'rule lbrule_%d, listen_port %d, of "web"' % (port, port)


def test_of_ten_rules_only_the_changed_one_is_in_the_diff(runner):
    rules = [{"listen_port": port, **HTTP} for port in range(8000, 8010)]
    rules[3]["destination_port"] = 9
    result = runner.run(properties=web(), rules=rules)
    header = rule_header(8003)
    assert result.diff == [
        {
            "before_header": header,
            "after_header": header,
            "before": {"destination_port": 8080},
            "after": {"destination_port": 9},
        }
    ]


@pytest.mark.parametrize("check", [True, False])
def test_the_load_balancer_is_first_and_the_rules_are_in_the_order_of_the_requests(runner, check):
    task = {
        "properties": web(name="New", resource_ids=["vm_a"]),
        "rules": [{"listen_port": 80, **HTTP}, *({"listen_port": port, **HTTP} for port in range(8000, 8008))],
    }
    task["rules"][2]["protocol"] = "TCP"
    result = runner.run(check=check, purge_rules=True, **task)
    before = [entry["before_header"] for entry in result.diff]
    assert before[0] == 'load balancer lb_1, api_reference "web", name "Web"'
    assert result.diff[0]["after_header"] == 'load balancer lb_1, api_reference "web", name "New"'
    assert (result.diff[0]["before"], result.diff[0]["after"]) == ({"name": "Web"}, {"name": "New"})
    assert before[1] == rule_header(8001) and result.diff[1]["after"] == {"protocol": "TCP"}
    assert 'listen_port 80, of "web"' in before[2] and result.diff[2]["before"] is None
    assert before[3:] == [rule_header(8008), rule_header(8009)]
    assert [entry["after"] for entry in result.diff[3:]] == [None, None]


@pytest.mark.parametrize("check", [True, False])
def test_a_deletion_shows_the_rules_that_go_along_if_the_diff_is_shown(runner, check):
    task = {"properties": {"api_reference": "web"}, "state": "absent", "check": check}
    result = runner.run(diff=True, **task)
    headers = [entry["before_header"] for entry in result.diff]
    assert headers[1:] == [rule_header(port) for port in range(8000, 8010)] and "load balancer lb_1" in headers[0]
    assert all(entry["after"] is None and entry["before"] for entry in result.diff)
    assert runner.requests().count("GET rules") == 1
    again = runner.run(diff=True, **task)
    assert (again.diff == []) is not check


def test_without_diff_the_rules_of_a_deletion_are_not_read(runner):
    result = runner.run(properties={"api_reference": "web"}, state="absent", organization=None)
    assert runner.requests() == ["GET one", "DELETE one"] and len(result.diff) == 1


def test_a_load_balancer_that_is_deleted_before_its_rules_are_read_has_no_rules_in_the_diff(runner):
    send = runner.send

    def deleting(method, path, *more):
        if path.endswith("/rules"):
            runner.simulator.world.load_balancers.clear()
        return send(method, path, *more)

    runner.send = deleting
    result = runner.run(properties={"api_reference": "web"}, state="absent", organization=None, diff=True)
    assert not result.changed and result.diff == []


def test_a_header_contains_no_control_characters(runner):
    (balancer,) = runner.balancers()
    balancer.name = "x\x1b[31m\u202e"
    result = runner.run(properties={"api_reference": "web", "https_redirect": True})
    assert "\x1b" not in result.diff[0]["before_header"] and r"\x1b[31m" in result.diff[0]["before_header"]


def test_a_load_balancer_without_a_reference_is_shown_with_its_name(runner):
    (balancer,) = runner.balancers()
    balancer.api_reference = None
    result = runner.run(id="lb_1", properties={"https_redirect": True}, rules=[{"listen_port": 80, **HTTP}])
    assert result.diff[0]["before_header"] == 'load balancer lb_1, name "Web"'
    assert result.diff[1]["after_header"].endswith('of "Web"')


@pytest.mark.parametrize(("given", "known_by"), [({"api_reference": "web"}, "web"), ({"id": "lb_1"}, "lb_1")])
def test_a_rule_is_shown_with_the_load_balancer_as_the_task_identifies_it(runner, given, known_by):
    result = runner.run_rule(load_balancer=given, properties={"listen_port": 8001, "destination_port": 1})
    assert result.diff[0]["before_header"] == 'rule lbrule_8001, listen_port 8001, of "%s"' % known_by
