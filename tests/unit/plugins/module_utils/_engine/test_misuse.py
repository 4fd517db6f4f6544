# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Empty variables, references to what does not exist, and requests that the API rejects."""

from __future__ import annotations

import json

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ..simulated import ONE, RULE, TaskRunner, web

HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}


@pytest.fixture(name="runner")
def fixture_runner():
    runner = TaskRunner()
    runner.existing(resource_ids=["vm_a"])
    return runner


def failure_of(run, **task):
    with pytest.raises(KatapultError) as failure:
        run(**task)
    return failure.value


# Empty variables


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("more", [{}, {"name": "New"}, {"resource_type": "tags"}])
def test_all_members_are_removed_only_if_the_task_permits_it(runner, check, more):
    task = {"properties": {"api_reference": "web", "resource_ids": [], **more}, "rules": [HTTP], "check": check}
    error = failure_of(runner.run, **task)
    assert isinstance(error, TaskRefused) and error.details.code == "resource_ids_emptied"
    assert "allow_no_members" in error.message and "vm_a" in error.message and runner.written() == []
    assert runner.run(allow_no_members=True, **task).changed


def test_where_there_is_nothing_to_lose_nothing_is_rejected(runner):
    (balancer,) = runner.balancers()
    balancer.resource_ids = []
    assert runner.run(properties={"api_reference": "web", "resource_ids": [], "name": "New"}).changed
    assert runner.run(properties=web(api_reference="new", resource_ids=[])).changed
    assert runner.run(properties={"api_reference": "web", "resource_ids": []}, state="absent").changed


def test_members_of_a_concurrent_run_are_not_removed_either(runner):
    runner.fail(method="GET", path=ONE, answer="given", status=404, body={"error": {"code": "load_balancer_not_found"}})
    error = failure_of(runner.run, properties=web(resource_ids=[]))
    assert error.details.code == "resource_ids_emptied" and runner.balancers()[0].resource_ids == ["vm_a"]


def test_purge_rules_without_rules_causes_a_warning(runner):
    (warning,) = runner.run(properties=web(), purge_rules=True).warnings
    assert "purge_rules has no effect" in warning
    assert runner.run(properties=web(), purge_rules=True, rules=[]).warnings == ()
    assert runner.run(properties=web(), purge_rules=False).warnings == ()


# Check mode of a playbook that would create the load balancer


@pytest.mark.parametrize("reference", [{"api_reference": "new"}, {"id": None}, {"id": ""}])
def test_check_mode_predicts_a_rule_of_a_load_balancer_that_an_earlier_task_would_create(runner, reference):
    result = runner.run_rule(load_balancer=reference, properties=HTTP, check=True)
    shown = result.values["load_balancer_rule"]
    assert result.changed and shown["id"] is None and shown["destination_port"] == 8080
    (warning,) = result.warnings
    assert "Check mode assumes that an earlier task of the playbook creates it" in warning
    assert not runner.run_rule(load_balancer=reference, properties=HTTP, state="absent", check=True).changed
    assert runner.written() == []


def test_check_mode_still_rejects_what_the_run_would_reject(runner):
    lacking = failure_of(runner.run_rule, load_balancer={"id": None}, properties={"listen_port": 80}, check=True)
    assert lacking.details.code == "missing_for_creation"
    error = failure_of(runner.run_rule, properties=HTTP, check=True, load_balancer={"id": None}, id="lbrule_1")
    assert error.details.code == "load_balancer_rule_not_found"
    for task in ({"load_balancer": {"id": "lb_9"}}, {"load_balancer": {"api_reference": "new"}, "id": "lbrule_1"}):
        error = failure_of(runner.run_rule, properties=HTTP, check=True, **task)
        assert error.details.code == "load_balancer_not_found"


@pytest.mark.parametrize("reference", [{"id": None}, {"api_reference": None}, {"id": ""}])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_without_check_mode_a_null_reference_is_rejected(runner, reference, state):
    error = failure_of(runner.run_rule, load_balancer=reference, properties=HTTP, state=state)
    assert "load_balancer identifies nothing: give one of api_reference, id" in error.message and runner.sent() == []


# Messages


@pytest.mark.parametrize(
    ("task", "code", "said"),
    [
        (
            {"properties": web(api_reference="new", data_center={"permalink": "no"})},
            "data_center_not_found",
            'permalink "no"',
        ),
        ({"properties": web(api_reference="new"), "organization": "no"}, "organization_not_found", 'sub_domain "no"'),
        (
            {
                "properties": {"api_reference": "web"},
                "rules": [{**HTTP, "protocol": "HTTPS", "certificates": ["cert_www", "cert_no"]}],
            },
            "certificate_not_found",
            '"cert_no"',
        ),
        ({"properties": web(name="New", resource_ids=["vm_a", "vm_no"])}, "validation_error", '"vm_no"'),
    ],
)
def test_a_message_about_a_missing_resource_repeats_what_the_task_asked_for(runner, task, code, said):
    error = failure_of(runner.run, **task)
    assert (error.details.code, said in error.message) == (code, True), error.message
    assert "existed" not in error.message


def test_only_what_was_seen_is_said_to_be_deleted_in_the_meantime(runner):
    error = failure_of(runner.run_rule, load_balancer={"api_reference": "no"}, properties=HTTP)
    assert 'load_balancer.api_reference "no"' in error.message and "meantime" not in error.message
    runner.rule(80)
    gone = {"error": {"code": "load_balancer_rule_not_found"}}
    runner.fail(method="PATCH", path=RULE, carried_out=False, answer="given", status=404, body=gone)
    error = failure_of(runner.run_rule, properties={"listen_port": 80, "destination_port": 1})
    assert "another client has deleted it in the meantime" in error.message


REJECTED = {"error": {"code": "validation_error", "description": "No", "detail": {"errors": ["Name is bad"]}}}


def test_a_rejected_value_is_in_the_message(runner):
    runner.fail(method="PATCH", path=ONE, carried_out=False, answer="given", status=422, body=REJECTED)
    error = failure_of(runner.run, properties={"api_reference": "web", "name": "Bad"})
    assert 'properties.name "Bad"' in error.message and "Name is bad" in error.message


def test_a_description_is_always_from_the_api(runner):
    refused = failure_of(runner.run, properties={"name": "x"})
    runner.fail(method="GET", carried_out=False, answer="given", status=403, body={"error": {"code": "odd"}})
    without = failure_of(runner.run, properties=web())
    runner.fail(method="GET", carried_out=False, answer="given", status=502, body="<html>")
    page = failure_of(runner.run, properties=web(), budget=0)
    runner.fail(method="GET", answer="lost")
    lost = failure_of(runner.run, properties=web(), budget=0)
    for error in (refused, without, page, lost):
        assert error.result()["error"]["description"] is None, error.result()
    runner.fail(method="PATCH", carried_out=False, answer="given", status=422, body=REJECTED)
    assert failure_of(runner.run, properties=web(name="x")).result()["error"]["description"] == "No"


# An update that the API rejects, but executes in part


@pytest.mark.parametrize("executed", [True, False])
def test_after_a_rejected_update_the_resource_is_read_once(runner, executed):
    runner.fail(method="PATCH", path=ONE, carried_out=executed, answer="given", status=422, body=REJECTED)
    error = failure_of(runner.run, properties={"api_reference": "web", "name": "New"}, organization=None)
    result = error.result()
    assert result["changed"] is executed and result["load_balancer"]["name"] == ("New" if executed else "Web")
    assert ("executed a part" in result["msg"]) is executed
    assert runner.requests() == ["GET one", "PATCH one", "GET one"]


@pytest.mark.parametrize("executed", [True, False])
def test_after_a_rejected_update_of_a_rule_the_rule_is_read_once(runner, executed):
    runner.rule(80)
    runner.rule(81)
    other = {"listen_port": 80, "destination_port": 1}
    task = {"properties": {"api_reference": "web"}, "rules": [other, {"listen_port": 81}], "organization": None}
    for run, more in ((runner.run, task), (runner.run_rule, {"properties": other, "organization": None})):
        runner.fail(method="PATCH", path=RULE, carried_out=executed, answer="given", status=422, body=REJECTED)
        result = failure_of(run, **more).result()
        assert result["changed"] is executed
        rules = result["load_balancer"]["rules"] if run == runner.run else [result["load_balancer_rule"]]
        assert rules[0]["destination_port"] == (1 if executed else 8080) and len(rules) == (
            2 if run == runner.run else 1
        )
        assert runner.requests()[-2:] == ["PATCH rule", "GET rule"]
        runner.rule(80)


def test_if_the_resource_cannot_be_read_after_a_rejected_update_this_is_said(runner):
    runner.fail(method="PATCH", path=ONE, carried_out=True, answer="given", status=422, body=REJECTED)
    runner.fail(method="GET", path=ONE, skip=1, answer="given", status=403, body={"error": {"code": "odd"}})
    error = failure_of(runner.run, properties={"api_reference": "web", "name": "New"}, organization=None)
    assert "Whether something was changed is not known" in error.message and error.details.code == "validation_error"


# Duplicates of what cannot be deleted automatically


@pytest.mark.parametrize("set_option", [True, False])
def test_a_rule_that_another_client_created_at_the_same_moment_is_reported_and_stays(set_option):
    runner = TaskRunner()
    runner.simulator.world.assumptions.__dict__["unique_ports"] = False
    runner.existing(resource_ids=["vm_a"])
    send = runner.send

    def racing(method, path, *more):
        if method == "POST":
            runner.rule(80, id="lbrule_other")
        return send(method, path, *more)

    runner.send = racing
    run, task = (
        (runner.run, {"properties": web(), "rules": [HTTP]}) if set_option else (runner.run_rule, {"properties": HTTP})
    )
    result = failure_of(run, **task).result()
    assert result["error"]["code"] == "duplicate_found" and result["changed"]
    assert "lbrule_other" in result["msg"] and "lbrule_Simulated" in result["msg"]
    assert ("load_balancer" if set_option else "load_balancer_rule") in result
    assert len(runner.simulator.world.load_balancer_rules) == 2 and "DELETE rule" not in runner.requests()


def test_if_duplicates_cannot_be_looked_up_the_task_succeeds_with_a_warning(runner):
    runner.fail(
        method="GET",
        path="/load_balancers/load_balancer/rules",
        skip=1,
        answer="given",
        status=403,
        body={"error": {"code": "odd"}},
    )
    result = runner.run_rule(properties=HTTP)
    assert result.changed and "is unknown" in result.warnings[0]


# Waiting is shown


def test_waiting_is_shown_once_with_the_reason_and_the_limit(runner):
    lines = []
    client = runner.client()
    client._show = lines.append
    runner.fail(method="GET", times=6, answer="given", status=503, body={"error": {"code": "service_unavailable"}})
    client.request("GET", ONE, [("load_balancer[id]", "lb_1")])
    (line,) = lines
    assert line.startswith("waiting for the Katapult API (service_unavailable), up to 117 seconds")


def test_a_short_pause_is_not_shown(runner):
    lines = []
    client = runner.client()
    client._show = lines.append
    runner.fail(method="GET", times=2, answer="given", status=503, body={"error": {"code": "service_unavailable"}})
    client.request("GET", ONE, [("load_balancer[id]", "lb_1")])
    assert lines == [] and json.dumps(runner.time.naps) == "[1.0, 2.0]"


# The default data center


def test_the_default_data_center_is_used_by_a_creation_that_names_none_and_never_compared(runner):
    properties = {name: value for name, value in web(api_reference="new").items() if name != "data_center"}
    assert runner.run(properties=properties, default_data_center="nl-ams-01").changed
    assert runner.written()[0]["properties"]["data_center"] == {"permalink": "nl-ams-01"}
    assert not runner.run(properties=properties, default_data_center="uk-lon-01").changed
    assert runner.run(properties=web(api_reference="newer"), default_data_center="nl-ams-01").changed
    assert runner.written()[-1]["properties"]["data_center"] == {"permalink": "uk-lon-01"}


@pytest.mark.parametrize("answer", [{"answer": "lost"}, {"answer": "given", "status": 422, "body": REJECTED}])
def test_a_load_balancer_of_another_client_is_not_compared_with_the_default_data_center(runner, answer):
    runner.fail(method="GET", path=ONE, answer="given", status=404, body={"error": {"code": "load_balancer_not_found"}})
    runner.fail(method="POST", carried_out=False, **answer)
    properties = {name: value for name, value in web().items() if name != "data_center"}
    result = runner.run(properties=properties, default_data_center="nl-ams-01")
    assert result.values["load_balancer"]["data_center"]["permalink"] == "uk-lon-01"


# A task whose result nobody waits for


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_a_task_whose_reader_is_gone_sends_nothing_after_a_pause(runner, method):
    runner.fail(method=method, times=None, answer="given", status=503, carried_out=False, body={"error": {"code": "x"}})
    client = runner.client()
    client.is_abandoned = lambda: True
    error = failure_of(client.request, method=method, path=ONE, query=[("load_balancer[id]", "lb_1")], body=None)
    assert error.details.code == "abandoned" and len(runner.simulator.requests) == 1
    assert "Running the task again is safe" in error.message


def test_a_parent_that_the_task_has_just_created_is_not_said_to_have_existed(runner):
    gone = {"error": {"code": "load_balancer_not_found"}}
    runner.fail(
        method="POST",
        path="/load_balancers/load_balancer/rules",
        carried_out=False,
        answer="given",
        status=404,
        body=gone,
    )
    error = failure_of(runner.run, properties=web(api_reference="new"), rules=[HTTP])
    assert error.changed and "existed" not in error.message
