# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No unnecessary requests: the requests of each code path, and how requests and work grow with the size of a task."""

from __future__ import annotations

import sys

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._engine.collection import Collection
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer_rule import LOAD_BALANCER_RULE

from ..simulated import TaskRunner, web

TEAM = [{"key": "team", "value": "web"}]
HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}
CHECKED = {"listen_port": 80, "check_interval": 9}  # the list endpoint of rules omits it
ABSENT = {"api_reference": "web"}


@pytest.fixture(name="runner")
def fixture_runner():
    """A task runner with one load balancer, which has a rule on port 80."""
    runner = TaskRunner()
    runner.existing(resource_ids=["vm_a"])
    runner.rule(80)
    return runner


def rules(*more, **options):
    return {"properties": {"api_reference": "web"}, "rules": list(more), **options}


@pytest.mark.parametrize(
    ("task", "looks", "writes"),
    [
        # load_balancer: no change 1, create 3, which includes a lookup for duplicates, change or delete 3 with the check of the organization, 2 without;
        # a rule that is added to an existing load balancer is looked up for duplicates, too
        ({"properties": web()}, ["GET one"], []),
        ({"properties": web(), "organization": None}, ["GET one"], []),
        ({"properties": {"name": "New"}, "id": "lb_1"}, ["GET one", "GET all"], ["PATCH one"]),
        ({"properties": web(api_reference="new")}, ["GET one"], ["POST all", "GET one"]),
        ({"properties": web(api_reference="new"), "annotations": TEAM}, ["GET one"], ["POST all", "GET one"]),
        ({"properties": web(name="New")}, ["GET one", "GET all"], ["PATCH one"]),
        ({"properties": web(name="New"), "organization": None}, ["GET one"], ["PATCH one"]),
        ({"properties": ABSENT, "state": "absent"}, ["GET one", "GET all"], ["DELETE one"]),
        ({"properties": ABSENT, "state": "absent", "organization": None}, ["GET one"], ["DELETE one"]),
        ({"properties": {"api_reference": "none"}, "state": "absent"}, ["GET one"], []),
        # assigning a reference looks up the reference, too
        ({"properties": {"api_reference": "new"}, "id": "lb_1"}, ["GET one", "GET one", "GET all"], ["PATCH one"]),
        # with rules: one more for their list, and one for each of which the list omits a required field
        (rules(), ["GET one", "GET rules"], []),
        (rules(HTTP), ["GET one", "GET rules"], []),
        (rules({**HTTP, "check_interval": 5}), ["GET one", "GET rules", "GET rule", "GET all"], ["PATCH rule"]),
        (rules(CHECKED), ["GET one", "GET rules", "GET rule", "GET all"], ["PATCH rule"]),
        (rules({**HTTP, "destination_port": 1}), ["GET one", "GET rules", "GET all"], ["PATCH rule"]),
        (rules({**HTTP, "listen_port": 81}), ["GET one", "GET rules", "GET all"], ["POST rules", "GET rules"]),
        (rules(purge_rules=True), ["GET one", "GET rules", "GET all"], ["DELETE rule"]),
        (
            rules({**HTTP, "listen_port": 81}, purge_rules=True),
            ["GET one", "GET rules", "GET all"],
            ["POST rules", "DELETE rule", "GET rules"],
        ),
        (
            {"properties": web(name="New"), "rules": [{**HTTP, "destination_port": 1}]},
            ["GET one", "GET rules", "GET all"],
            ["PATCH one", "PATCH rule"],
        ),
    ],
)
def test_the_requests_of_each_path_of_load_balancer(runner, task, looks, writes):
    assert runner.run(check=True, **task).changed == bool(writes)
    assert runner.requests() == looks
    assert runner.run(**task).changed == bool(writes)
    assert runner.requests() == [*looks, *writes]


@pytest.mark.parametrize(
    ("task", "looks", "writes"),
    [
        ({"properties": HTTP}, ["GET rules"], []),
        ({"properties": {**HTTP, "listen_port": 81}}, ["GET rules", "GET one", "GET all"], ["POST rules", "GET rules"]),
        (
            {"properties": {**HTTP, "listen_port": 81}, "organization": None},
            ["GET rules", "GET one"],
            ["POST rules", "GET rules"],
        ),
        (
            {"properties": {**HTTP, "destination_port": 1}, "organization": None},
            ["GET rules", "GET one"],
            ["PATCH rule"],
        ),
        ({"properties": CHECKED, "organization": None}, ["GET rules", "GET rule", "GET one"], ["PATCH rule"]),
        (
            {"properties": {"listen_port": 80}, "state": "absent", "organization": None},
            ["GET rules", "GET one"],
            ["DELETE rule"],
        ),
        ({"properties": {"listen_port": 81}, "state": "absent"}, ["GET rules"], []),
    ],
)
def test_the_requests_of_each_path_of_load_balancer_rule(runner, task, looks, writes):
    assert runner.run_rule(check=True, **task).changed == bool(writes)
    assert runner.requests() == looks
    assert runner.run_rule(**task).changed == bool(writes)
    assert runner.requests() == [*looks, *writes]


@pytest.mark.parametrize("given", [{}, {"certificates": []}])
def test_https_without_a_certificate_takes_no_additional_request(runner, given):
    runner.rule(443, protocol="HTTPS")
    https = {"listen_port": 443, "protocol": "HTTPS", **given}
    assert not runner.run_rule(properties=https).changed and runner.requests() == ["GET rules"]
    assert not runner.run(**rules(https)).changed and runner.requests() == ["GET one", "GET rules"]


# Large tasks


@pytest.mark.parametrize(("largest", "sent"), [(200, 5), (100, 11)])
def test_a_thousand_load_balancers_are_read_in_pages_of_the_largest_permitted_size(largest, sent):
    runner = TaskRunner(assumptions=Assumptions(largest_page=largest))
    for number in range(1000):
        runner.existing(id="lb_%d" % number, api_reference="web-%d" % number)
    assert len(runner.run_info()) == 1000
    assert runner.requests() == ["GET all"] * sent


def test_full_takes_one_more_request_for_each_load_balancer(runner):
    for number in range(2, 251):
        runner.existing(id="lb_%d" % number, api_reference="web-%d" % number)
    assert len(runner.run_info(full=True)) == 250
    assert runner.requests() == ["GET all"] * 2 + ["GET one"] * 250


@pytest.mark.parametrize(("more", "read"), [({}, 0), ({"check_interval": 9}, 100)])
def test_of_many_rules_only_those_with_omitted_fields_are_read_individually(runner, more, read):
    for port in range(1, 101):
        runner.rule(port)
    assert runner.run(check=True, **rules(*many(100, destination_port=9090, **more))).changed
    assert sorted(runner.requests()) == sorted(["GET one", "GET rules", "GET all"] + ["GET rule"] * read)


def calls(work, *arguments):
    """The number of Python functions that are called, and generators that are resumed, by some work."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work(*arguments)
    finally:
        sys.setprofile(before)
    return count


def many(amount, **more):
    return [{**HTTP, "listen_port": port, **more} for port in range(1, amount + 1)]


@pytest.mark.parametrize("purge", [True, False])
def test_the_work_of_planning_rules_grows_linearly_with_their_number(purge):
    def plan(amount):
        there = [{"id": "lbrule_%d" % rule["listen_port"], **rule} for rule in many(2 * amount)]
        wanted = many(amount, destination_port=9090) + many(3 * amount)[2 * amount :]
        plans = Collection(LOAD_BALANCER_RULE).plan_all(wanted, purge, there, {"id": "lb_1"})
        assert sum(bool(of_one.steps) for of_one in plans) == (3 if purge else 2) * amount

    assert calls(plan, 100) < 2.2 * calls(plan, 50)


def test_the_work_of_a_task_with_many_rules_grows_linearly_with_their_number(runner):
    def run(amount):
        assert runner.run(properties=web(), rules=many(amount), check=True).changed

    assert calls(run, 100) < 2.2 * calls(run, 50)
