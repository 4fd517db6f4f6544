# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One member of a load balancer: added, changed and removed without a change to anything else."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.plugins.modules import load_balancer_member

from ..simulated import TaskRunner, web


@pytest.fixture(name="runner")
def fixture_runner():
    """A task runner with one load balancer that has two members, one of which is a standby server."""
    runner = TaskRunner()
    runner.existing(
        resource_ids=["vm_a", "vm_b"],
        enable_weighting=True,
        weights={"vm_a": 10, "vm_b": 20},
        standby_vms=["vm_b"],
        annotations={"team": "web"},
    )
    return runner


def member(runner, resource_id, **task):
    reference = {"load_balancer": {"api_reference": "web"}, "organization": None}
    return runner.run_task(load_balancer_member.TASK, **{**reference, "resource_id": resource_id, **task})


def both(runner, resource_id, **task):
    """The result of a task, after validation that check mode predicts it and that the next run changes nothing."""
    predicted = member(runner, resource_id, check=True, **task)
    assert runner.written() == []
    result = member(runner, resource_id, **task)
    assert predicted.changed == result.changed and predicted.diff == result.diff
    written = runner.written()
    runner.simulator.requests.clear()
    assert not member(runner, resource_id, **task).changed and runner.requests() == ["GET one"]
    return result, written


TABLE = {
    "a new member": ("vm_c", {}, {"resource_ids": ["vm_a", "vm_b", "vm_c"]}, ("vm_c", 128, False)),
    "with its weight": (
        "vm_c",
        {"weight": 5},
        {"resource_ids": ["vm_a", "vm_b", "vm_c"], "weights": {"vm_a": 10, "vm_b": 20, "vm_c": 5}},
        ("vm_c", 5, False),
    ),
    "with everything": (
        "vm_c",
        {"weight": 0, "standby": True},
        {
            "resource_ids": ["vm_a", "vm_b", "vm_c"],
            "weights": {"vm_a": 10, "vm_b": 20, "vm_c": 0},
            "standby_vms": ["vm_b", "vm_c"],
        },
        ("vm_c", 0, True),
    ),
    "another weight": ("vm_a", {"weight": 7}, {"weights": {"vm_a": 7, "vm_b": 20}}, ("vm_a", 7, False)),
    "no longer standby": ("vm_b", {"standby": False}, {"standby_vms": []}, ("vm_b", 20, False)),
    "removed": ("vm_b", {"state": "absent"}, {"resource_ids": ["vm_a"], "standby_vms": []}, ("vm_b", 20, True)),
}


@pytest.mark.parametrize(("resource_id", "task", "changes", "shown"), TABLE.values(), ids=TABLE)
def test_one_request_changes_the_member_and_nothing_else(runner, resource_id, task, changes, shown):
    (balancer,) = runner.balancers()
    before = dict(vars(balancer))
    result, written = both(runner, resource_id, **task)
    assert len(written) == 1 and result.changed
    after = {**before, **changes}
    weights = {key: value for key, value in balancer.weights.items() if key in after["resource_ids"]}
    assert {**vars(balancer), "weights": weights} == {
        **after,
        "weights": {key: value for key, value in after["weights"].items() if key in after["resource_ids"]},
    }
    assert result.values["load_balancer_member"] == dict(zip(("resource_id", "weight", "standby"), shown))
    assert result.values["load_balancer"]["id"] == "lb_1"
    (entry,) = result.diff
    assert entry["before_header"] == 'load balancer member %s, of "web"' % resource_id
    assert (entry["before"] is None) == (resource_id == "vm_c") and (entry["after"] is None) == ("state" in task)


@pytest.mark.parametrize(
    ("resource_id", "task"),
    [
        ("vm_a", {}),
        ("vm_a", {"weight": 10, "standby": False}),
        ("vm_c", {"state": "absent"}),
        ("vm_c", {"state": "absent", "load_balancer": {"api_reference": "none"}}),
        ("vm_c", {"state": "absent", "load_balancer": {"id": "lb_9"}}),
    ],
)
def test_a_member_that_is_as_desired_costs_one_request(runner, resource_id, task):
    result = member(runner, resource_id, **task)
    assert not result.changed and result.diff == [] and runner.requests() == ["GET one"]
    assert (result.values["load_balancer_member"] is None) == (resource_id == "vm_c")
    assert (result.values["load_balancer"] is None) == ("load_balancer" in task)


def test_the_load_balancer_can_be_identified_by_its_id_and_another_organization_is_rejected(runner):
    assert member(runner, "vm_c", load_balancer={"id": "lb_1"}, organization="acme").changed
    assert runner.requests() == ["GET one", "GET all", "PATCH one"]
    with pytest.raises(TaskRefused) as failure:
        member(runner, "vm_c", organization="globex", state="absent")
    assert failure.value.details.code == "other_organization" and not runner.written()


@pytest.mark.parametrize(
    ("values", "resource_id", "task", "said"),
    [
        ({"enable_weighting": False}, "vm_a", {"weight": 1}, "enable_weighting"),
        (
            {"resource_type": "tags", "resource_ids": ["tag_web"]},
            "tag_web",
            {"weight": 1},
            "weight can be set for virtual",
        ),
        (
            {"resource_type": "virtual_machine_groups", "resource_ids": ["vmgrp_web"]},
            "vmgrp_web",
            {"standby": False},
            "standby can be set for virtual",
        ),
        ({}, "tag_web", {}, 'IDs begin with "vm_": this requires organization'),
        ({}, "tag_web", {"organization": "acme"}, "begins like the ID of a tag, but this must be a virtual machine"),
        (
            {"resource_type": "tags", "resource_ids": ["tag_web"]},
            "vm_a",
            {"organization": "acme"},
            "this must be a tag",
        ),
        ({}, "vm_ a", {}, "invalid in an ID"),
        ({}, "", {}, "resource_id is empty"),
        ({}, "vm_a", {"load_balancer": {"id": None}}, "give one of api_reference, id"),
        ({}, "vm_a", {"load_balancer": {"api_reference": "none"}}, 'no load balancer with the api_reference "none"'),
        ({}, "vm_a", {"load_balancer": {"id": "lb_9"}}, 'no load balancer with the id "lb_9"'),
    ],
)
def test_what_is_not_possible_is_rejected_before_a_write(runner, values, resource_id, task, said):
    (balancer,) = runner.balancers()
    vars(balancer).update(values)
    with pytest.raises(TaskRefused) as failure:
        member(runner, resource_id, **task)
    assert said in failure.value.message and runner.written() == []


def test_members_of_other_types_are_added_and_removed(runner):
    (balancer,) = runner.balancers()
    vars(balancer).update(resource_type="tags", resource_ids=["tag_web"], weights={}, standby_vms=[])
    result, _written = both(runner, "tag_api")
    assert balancer.resource_ids == ["tag_web", "tag_api"]
    assert result.values["load_balancer_member"] == {"resource_id": "tag_api", "weight": None, "standby": False}
    both(runner, "tag_web", state="absent")
    assert balancer.resource_ids == ["tag_api"]


@pytest.mark.parametrize("check", [True, False])
def test_the_last_member_is_removed_only_if_the_task_permits_it(runner, check):
    (balancer,) = runner.balancers()
    vars(balancer).update(resource_ids=["vm_a"], standby_vms=[])
    with pytest.raises(TaskRefused, match="allow_no_members") as failure:
        member(runner, "vm_a", state="absent", check=check)
    assert failure.value.details.code == "resource_ids_emptied" and runner.written() == []
    assert member(runner, "vm_a", state="absent", check=check, allow_no_members=True).changed
    assert balancer.resource_ids == (["vm_a"] if check else [])
    assert not member(runner, "vm_b", state="absent", check=check).changed


def test_a_load_balancer_without_traffic_causes_a_warning(runner):
    assert member(runner, "vm_a", weight=0).warnings == ()
    assert "weight above 0" in member(runner, "vm_b", weight=0).warnings[0]
    assert "All members" in member(runner, "vm_a", standby=True).warnings[-1]
    assert member(runner, "vm_b", weight=1, standby=False).warnings == ()


# Check mode of a playbook that would create the load balancer


@pytest.mark.parametrize("reference", [{"api_reference": "new"}, {"id": None}, {"id": ""}])
def test_check_mode_predicts_a_member_of_a_load_balancer_that_an_earlier_task_would_create(runner, reference):
    result = member(runner, "vm_c", load_balancer=reference, weight=3, check=True)
    assert result.changed and result.values["load_balancer"] is None
    assert result.values["load_balancer_member"] == {"resource_id": "vm_c", "weight": 3, "standby": False}
    (warning,) = result.warnings
    assert "Check mode assumes" in warning
    absent = member(runner, "vm_c", load_balancer=reference, state="absent", check=True)
    assert not absent.changed and runner.written() == []


def test_check_mode_does_not_predict_a_load_balancer_with_an_id(runner):
    with pytest.raises(KatapultError) as failure:
        member(runner, "vm_c", load_balancer={"id": "lb_9"}, check=True)
    assert failure.value.details.code == "load_balancer_not_found"


# Rejected, and at the same time


def test_a_rejected_change_reports_what_the_api_changed_nevertheless(runner):
    refuse_after(runner, lambda balancer: balancer.resource_ids.append("vm_c"))
    with pytest.raises(KatapultError) as failure:
        member(runner, "vm_c", weight=3)
    result = failure.value.result()
    assert result["changed"] and result["load_balancer"]["resource_ids"] == ["vm_a", "vm_b", "vm_c"]


def refuse_after(runner, change):
    """Reject the next PATCH, after a change."""
    send = runner.send

    def rejecting(method, path, *more):
        if method == "PATCH":
            runner.send = send
            change(runner.balancers()[0])
            runner.fail(
                method="PATCH",
                carried_out=False,
                answer="given",
                status=422,
                body={"error": {"code": "validation_error"}},
            )
        return send(method, path, *more)

    runner.send = rejecting


def test_the_result_of_the_usual_task_and_that_of_the_member_agree(runner):
    _result, _written = both(runner, "vm_c", weight=9)
    same = {
        "properties": web(resource_ids=["vm_a", "vm_b", "vm_c"]),
        "weights": [{"virtual_machine_id": "vm_c", "weight": 9}],
    }
    assert not runner.run(**same).changed


def test_a_rejected_member_is_in_the_message_even_if_there_are_many(runner):
    (balancer,) = runner.balancers()
    balancer.weights = {"vm_%s" % letter: 1 for letter in "abcde"}
    balancer.resource_ids = list(balancer.weights)
    body = {"error": {"code": "validation_error"}}
    runner.fail(method="PATCH", carried_out=False, answer="given", status=422, body=body)
    with pytest.raises(KatapultError) as failure:
        member(runner, "vm_f", weight=99999)
    assert 'resource_id "vm_f" and weight 99999' in failure.value.message


def test_a_standby_server_that_is_no_member_is_shown_when_it_is_removed(runner):
    (balancer,) = runner.balancers()
    balancer.standby_vms = ["vm_c"]
    result = member(runner, "vm_c", state="absent")
    (entry,) = result.diff
    assert result.changed and entry["before"]["standby"] and entry["after"] is None and balancer.standby_vms == []


@pytest.mark.parametrize("weight", [0, -1])
def test_weights_that_are_not_above_0_cause_a_warning(runner, weight):
    member(runner, "vm_a", weight=0)
    assert "above 0" in member(runner, "vm_b", weight=weight).warnings[0]
