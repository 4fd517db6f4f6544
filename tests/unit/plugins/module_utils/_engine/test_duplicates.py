# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two controllers create the same load balancer at the same moment, and the API accepts both: one stays."""

from __future__ import annotations

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError

from ..simulated import ALL, ONE, TaskRunner

WEB = {
    "api_reference": "web",
    "name": "Web",
    "resource_type": "virtual_machines",
    "resource_ids": ["vm_a"],
    "data_center": {"permalink": "uk-lon-01"},
}
RULES = [{"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}]


@pytest.fixture(name="runner")
def fixture_runner():
    return TaskRunner(assumptions=Assumptions(unique_references=False))


def another(runner, create=None):
    """Another controller, which shares no lock, creates the same load balancer directly before this task does."""
    send = runner.send

    def interrupted(method, path, *more):
        if method == "POST" and path == ALL:
            runner.send = send
            (create or TaskRunner(runner.simulator, api_url=None).run)(properties={**WEB, "name": "Other"})
        return send(method, path, *more)

    runner.send = interrupted


def test_the_created_one_is_deleted_and_the_other_one_adopted_before_any_rule_is_written(runner):
    another(runner)
    result = runner.run(properties=WEB, rules=RULES)
    (balancer,) = runner.balancers()
    assert result.changed and result.values["load_balancer"]["id"] == balancer.id and balancer.name == "Web"
    (warning,) = result.warnings
    assert "lb_Simulated0000001" in warning and "lb_Simulated0000004" in warning and "deleted" in warning
    writes = [
        (request["method"], request["path"]) for request in runner.simulator.requests if request["method"] != "GET"
    ]
    assert [method for method, _path in writes] == ["POST", "POST", "DELETE", "PATCH", "POST"]
    assert [rule.load_balancer for rule in runner.simulator.world.load_balancer_rules.values()] == [balancer.id]
    assert not runner.run(properties=WEB, rules=RULES).changed


@pytest.mark.parametrize("lookups", [0, 1])
def test_nothing_is_deleted_if_a_lookup_fails(runner, lookups):
    another(runner)
    # The tasks look up one each before they create; the other one also afterwards.
    runner.fail(
        method="GET",
        path=ONE,
        skip=3 + lookups,
        carried_out=False,
        answer="given",
        status=403,
        body={"error": {"code": "x"}},
    )
    result = runner.run(properties=WEB)
    assert len(runner.balancers()) == 2 and result.changed
    assert "unknown" in result.warnings[0] and len(result.warnings) == 1


def test_if_the_other_one_is_gone_after_the_deletion_the_task_fails(runner):
    another(runner)
    send = runner.send

    def gone(method, path, *more):
        response = (send if runner.send is gone else runner.send)(method, path, *more)
        if method == "DELETE":
            runner.simulator.world.load_balancers.clear()
        return response

    runner.send = gone
    with pytest.raises(KatapultError, match=r"does not exist any more. Running the task again is safe") as failure:
        runner.run(properties=WEB)
    assert failure.value.changed and not runner.balancers()


@pytest.mark.parametrize("code", ["permission_denied", "scope_not_granted"])
def test_both_stay_if_the_created_one_cannot_be_deleted(runner, code):
    another(runner)
    runner.fail(
        method="DELETE", path=ONE, carried_out=False, answer="given", status=403, body={"error": {"code": code}}
    )
    result = runner.run(properties=WEB)
    assert len(runner.balancers()) == 2 and result.changed
    (warning,) = result.warnings
    assert "lb_Simulated0000001" in warning and "lb_Simulated0000004" in warning and "both may exist" in warning


def test_both_stay_if_the_other_one_is_not_in_the_organization(runner):
    another(runner, lambda properties: runner.existing(id="lb_globex", organization="org_globex"))
    result = runner.run(properties=WEB)
    assert len(runner.balancers()) == 2 and result.changed
    (warning,) = result.warnings
    assert "not certain" in warning and "lb_globex" in warning and result.values["load_balancer"]["id"] in warning


def test_without_another_one_a_creation_costs_one_lookup(runner):
    assert not runner.run(properties=WEB).warnings
    assert runner.sent() == ["GET", "POST", "GET"]
