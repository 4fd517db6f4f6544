# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of the load_balancer module: the requests, their order, and the result."""

from __future__ import annotations

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    ErrorDetails,
    KatapultError,
    TaskRefused,
    TransportError,
)
from ansible_collections.katapult.cloud.plugins.modules import load_balancer

from ..simulated import ALL, ONE, TaskRunner, options, web


@pytest.fixture(name="runner")
def fixture_runner():
    return TaskRunner()


# Created exactly once


def test_a_missing_load_balancer_is_created_with_the_options_of_the_task(runner):
    result = runner.run(properties=web(resource_ids=["vm_a"]), annotations=[{"key": "team", "value": "web"}])
    assert runner.written() == [
        {
            "organization": {"sub_domain": "acme"},
            "properties": web(resource_ids=["vm_a"]),
            "annotations": [{"key": "team", "value": "web"}],
        }
    ]
    assert runner.sent() == ["GET", "POST", "GET"]
    assert result.changed
    assert result.values["load_balancer"]["id"] == runner.balancers()[0].id
    assert result.values["load_balancer"]["annotations"] == [{"key": "team", "value": "web"}]
    (entry,) = result.diff
    assert entry["before"] is None and entry["after"]["name"] == "Web"


def test_empty_weights_and_annotations_are_not_sent_on_creation(runner):
    runner.run(properties=web(), weights=[], annotations=[])
    runner.sent()
    assert not runner.run(properties=web(), weights=[], annotations=[]).changed


@pytest.mark.parametrize(
    ("organization", "missing", "named"),
    [
        (None, None, "organization"),
        ({"sub_domain": "acme"}, "name", "properties.name"),
        ({"sub_domain": "acme"}, "resource_type", "properties.resource_type"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_creation_without_required_options_is_rejected_before_any_write(runner, organization, missing, named, check):
    properties = {name: value for name, value in web().items() if name != missing}
    with pytest.raises(TaskRefused) as failure:
        runner.run(properties=properties, organization=organization, check=check)
    assert named in str(failure.value)
    assert failure.value.details.code == "missing_for_creation"
    assert runner.sent() == ["GET"]


# Kept as documented: each option alone


def test_other_weights_are_kept_if_some_change(runner):
    runner.existing(resource_ids=["vm_a", "vm_b", "vm_c"], weights={"vm_a": 10, "vm_b": 20}, enable_weighting=True)
    task = {"properties": {"api_reference": "web"}, "weights": [{"virtual_machine_id": "vm_a", "weight": 99}]}
    predicted = runner.run(check=True, **task)
    result = runner.run(**task)
    expected = [
        {"virtual_machine_id": "vm_a", "weight": 99},
        {"virtual_machine_id": "vm_b", "weight": 20},
        {"virtual_machine_id": "vm_c", "weight": 128},
    ]
    assert runner.written() == [{"load_balancer": {"id": "lb_1"}, "properties": {"weights": expected}}]
    assert result.values["load_balancer"]["weights"] == expected
    assert predicted.values == result.values
    assert not runner.run(**task).changed


def test_the_weight_of_a_removed_virtual_machine_is_not_sent(runner):
    runner.existing(resource_ids=["vm_a", "vm_b"], weights={"vm_a": 10, "vm_b": 20}, enable_weighting=True)
    task = {
        "properties": {"api_reference": "web", "resource_ids": ["vm_a", "vm_c"]},
        "weights": [{"virtual_machine_id": "vm_c", "weight": 30}],
    }
    predicted = runner.run(check=True, **task)
    result = runner.run(**task)
    expected = [{"virtual_machine_id": "vm_a", "weight": 10}, {"virtual_machine_id": "vm_c", "weight": 30}]
    assert runner.written()[0]["properties"]["weights"] == expected
    assert result.values["load_balancer"]["weights"] == expected == predicted.values["load_balancer"]["weights"]


def test_the_weights_of_the_members_of_a_group_are_compared_individually(runner):
    runner.existing(resource_type="virtual_machine_groups", resource_ids=["vmgrp_web"], enable_weighting=True)
    task = {"properties": {"api_reference": "web"}, "weights": [{"virtual_machine_id": "vm_b", "weight": 7}]}
    assert runner.run(**task).values["load_balancer"]["weights"] == [
        {"virtual_machine_id": "vm_a", "weight": 128},
        {"virtual_machine_id": "vm_b", "weight": 7},
    ]
    assert not runner.run(**task).changed


def test_an_annotation_without_a_value_is_kept_if_another_one_changes(runner):
    runner.existing(annotations={"marked": None})
    runner.run(properties={"api_reference": "web"}, annotations=[{"key": "team", "value": "core"}])
    assert runner.balancers()[0].annotations == {"marked": None, "team": "core"}


@pytest.mark.parametrize("replaces", [True, False])
def test_pairs_have_the_same_result_whether_the_api_replaces_or_adds(replaces):
    runner = TaskRunner(assumptions=Assumptions(pairs_replace=replaces))
    runner.existing(
        resource_ids=["vm_a", "vm_b"], weights={"vm_b": 20}, annotations={"tier": "front"}, enable_weighting=True
    )
    result = runner.run(
        properties={"api_reference": "web"},
        weights=[{"virtual_machine_id": "vm_a", "weight": 99}],
        annotations=[{"key": "team", "value": "core"}],
    )
    assert runner.balancers()[0].weights["vm_b"] == 20
    assert runner.balancers()[0].annotations == {"tier": "front", "team": "core"}
    assert result.warnings == ()


def test_empty_weights_and_annotations_change_nothing(runner):
    runner.existing(resource_ids=["vm_a"], weights={"vm_a": 10}, annotations={"team": "web"})
    assert not runner.run(properties={"api_reference": "web"}, weights=[], annotations=[]).changed
    assert runner.sent() == ["GET"]


def test_the_order_of_ids_is_irrelevant(runner):
    runner.existing(resource_ids=["vm_a", "vm_b"], standby_vms=["vm_c", "vm_d"])
    task = {"api_reference": "web", "resource_ids": ["vm_b", "vm_a", "vm_b"], "standby_vms": ["vm_d", "vm_c"]}
    assert not runner.run(properties=task).changed


def test_omitted_options_are_not_changed(runner):
    before = runner.existing(
        resource_ids=["vm_a"], https_redirect=True, standby_vms=["vm_b"], annotations={"a": "b"}, weights={"vm_a": 9}
    )
    untouched = {**vars(before), "name": "New"}
    runner.run(properties={"api_reference": "web", "name": "New"})
    assert vars(runner.balancers()[0]) == untouched


def test_a_new_resource_type_without_ids_is_rejected(runner):
    runner.existing(resource_ids=["vm_a"])
    with pytest.raises(TaskRefused, match=r"properties\.resource_ids"):
        runner.run(properties={"api_reference": "web", "resource_type": "tags"})
    assert runner.sent() == ["GET"]


@pytest.mark.parametrize("asked", [{"permalink": "nl-ams-01"}, {"id": "dc_amsterdam"}])
@pytest.mark.parametrize("check", [True, False])
def test_another_data_center_is_rejected_before_any_write(runner, asked, check):
    runner.existing()
    with pytest.raises(TaskRefused) as failure:
        runner.run(properties={"api_reference": "web", "name": "New", "data_center": asked}, check=check)
    assert "uk-lon-01" in str(failure.value) and next(iter(asked.values())) in str(failure.value)
    assert failure.value.details.code == "data_center_fixed"
    assert runner.sent() == ["GET"]


@pytest.mark.parametrize("asked", [{"permalink": "uk-lon-01"}, {"id": "loc_london"}])
def test_the_same_data_center_by_id_or_permalink_is_no_change(runner, asked):
    runner.existing()
    assert not runner.run(properties={"api_reference": "web", "data_center": asked}).changed


# By ID


def test_an_id_identifies_a_load_balancer(runner):
    runner.existing(api_reference=None)
    assert runner.run(id="lb_1", properties={"name": "New"}).changed
    assert runner.balancers()[0].name == "New"


def test_an_id_alone_reads_without_a_change(runner):
    runner.existing()
    result = runner.run(id="lb_1")
    assert not result.changed and result.values["load_balancer"]["name"] == "Web"


def test_an_id_with_a_reference_assigns_the_reference(runner):
    runner.existing(api_reference=None)
    task = {"id": "lb_1", "properties": {"api_reference": "mine"}}
    assert runner.run(**task).changed
    assert runner.written() == [{"load_balancer": {"id": "lb_1"}, "properties": {"api_reference": "mine"}}]
    assert not runner.run(**task).changed
    assert not runner.run(properties={"api_reference": "mine"}).changed


def test_an_id_and_the_reference_of_another_one_delete_nothing_even_if_the_first_has_none(runner):
    runner.existing()
    runner.existing(id="lb_2", api_reference=None)
    with pytest.raises(TaskRefused, match="lb_1"):
        runner.run(id="lb_2", properties={"api_reference": "web"}, state="absent")
    assert runner.sent() == ["GET", "GET"]


def test_an_id_with_a_reference_that_is_not_assigned_yet_is_deleted(runner):
    runner.existing(api_reference=None)
    assert runner.run(id="lb_1", properties={"api_reference": "mine"}, state="absent").changed
    assert runner.balancers() == []


# Absent


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "permission_denied"),
        (404, "organization_not_found"),
        (404, "route_not_found"),
        (422, "validation_error"),
        (410, "load_balancer_not_found"),
    ],
)
def test_a_rejected_deletion_is_a_failure(runner, status, code):
    runner.existing()
    body = {"error": {"code": code, "description": None, "detail": {}}}
    runner.fail(method="DELETE", carried_out=False, answer="given", status=status, body=body)
    with pytest.raises(KatapultError) as failure:
        runner.run(properties={"api_reference": "web"}, state="absent")
    assert failure.value.details.code == code and not failure.value.changed
    assert len(runner.balancers()) == 1


# A load balancer of another organization


def test_the_organization_is_searched_page_by_page(runner):
    for number in range(450):
        runner.existing(id="lb_%d" % number, api_reference="web-%d" % number)
    runner.run(properties={"api_reference": "web-449", "name": "New"})
    assert runner.sent() == ["GET", "GET", "GET", "GET", "PATCH"]


def test_without_an_organization_it_is_not_checked(runner):
    runner.existing(organization="org_globex")
    assert runner.run(properties={"api_reference": "web", "name": "New"}, organization=None).changed
    assert runner.sent() == ["GET", "PATCH"]


def test_an_organization_can_be_identified_by_its_id(runner):
    runner.existing()
    assert runner.run(properties={"api_reference": "web", "name": "New"}, organization={"id": "org_acme"}).changed


# Check mode


def test_check_mode_predicts_a_creation(runner):
    task = {
        "properties": web(resource_ids=["vm_a", "vm_b"], enable_weighting=True),
        "weights": [{"virtual_machine_id": "vm_b", "weight": 5}],
        "annotations": [{"key": "team", "value": "web"}],
    }
    predicted = runner.run(check=True, **task)
    assert runner.sent() == ["GET"]
    created = runner.run(**task)
    unknown = {"id", "ip_address", "backend_certificate", "resources", "data_center"}
    shown, real = predicted.values["load_balancer"], created.values["load_balancer"]
    assert shown.keys() == real.keys()
    assert {name: shown[name] for name in shown.keys() - unknown} == {
        name: real[name] for name in real.keys() - unknown
    }
    assert shown["ip_address"] == {"id": None, "address": None}
    assert shown["data_center"] == {"id": None, "name": None, "permalink": "uk-lon-01"}
    assert shown["resources"][0] == {"type": "VirtualMachine", "value": {"id": "vm_a", "name": None}}


def test_check_mode_predicts_new_members(runner):
    runner.existing(resource_ids=["vm_a"])
    task = {"properties": {"api_reference": "web", "resource_ids": ["vm_a", "vm_b"]}}
    shown = runner.run(check=True, **task).values["load_balancer"]
    assert shown["resources"][0]["value"] == {"id": "vm_a", "name": "web-a"}
    assert shown["resources"][1]["value"] == {"id": "vm_b", "name": None}
    assert shown["weights"] == runner.run(**task).values["load_balancer"]["weights"]


def test_check_mode_predicts_other_groups_without_the_former_members(runner):
    runner.existing(resource_type="virtual_machine_groups", resource_ids=["vmgrp_web"])
    grown = {"properties": {"api_reference": "web", "resource_ids": ["vmgrp_web", "vmgrp_empty"]}}
    shown = runner.run(check=True, **grown).values["load_balancer"]
    assert shown == {**runner.run(**grown).values["load_balancer"], "resources": shown["resources"]}
    assert [resource["value"]["id"] for resource in shown["resources"]] == ["vmgrp_web", "vmgrp_empty"]
    emptied = {"properties": {"api_reference": "web", "resource_ids": ["vmgrp_empty"]}}
    assert runner.run(check=True, **emptied).values["load_balancer"]["weights"] == []
    assert runner.run(**emptied).values["load_balancer"]["weights"] == []


def test_check_mode_predicts_members_of_another_type(runner):
    runner.existing(resource_type="tags", resource_ids=["tag_web"])
    task = {"properties": {"api_reference": "web", "resource_type": "virtual_machines", "resource_ids": ["vm_a"]}}
    predicted = runner.run(check=True, **task).values["load_balancer"]
    real = runner.run(**task).values["load_balancer"]
    assert predicted["resources"] == [{"type": "VirtualMachine", "value": {"id": "vm_a", "name": None}}]
    assert predicted["weights"] == real["weights"]


def test_unchanged_members_are_predicted_unchanged(runner):
    found = _shown(name="Old", resource_ids=["vm_a"], resources=[])
    runner.fail(answer="given", body=found)
    result = runner.run(check=True, organization=None, properties={"api_reference": "web", "name": "New"})
    assert result.values["load_balancer"]["resources"] == []


# Warnings


def test_weights_without_weighting_cause_a_warning(runner):
    runner.existing(resource_ids=["vm_a"])
    result = runner.run(properties={"api_reference": "web"}, weights=[{"virtual_machine_id": "vm_a", "weight": 9}])
    assert len(result.warnings) == 1 and "enable_weighting" in result.warnings[0]


def test_an_unconfirmed_value_causes_a_warning(runner):
    runner.existing(resource_ids=["vm_a"], enable_weighting=True)
    result = runner.run(properties={"api_reference": "web"}, weights=[{"virtual_machine_id": "vm_z", "weight": 9}])
    assert result.changed
    assert "another value of weights" in result.warnings[0] and "vm_z" in result.warnings[0]


def test_a_weight_of_a_machine_that_is_not_a_member_causes_a_warning_in_check_mode_too(runner):
    runner.existing(resource_ids=["vm_a"], enable_weighting=True)
    weights = [{"virtual_machine_id": "vm_z", "weight": 9}]
    (warning,) = runner.run(properties={"api_reference": "web"}, weights=weights, check=True).warnings
    assert "not members: vm_z" in warning


# After a creation with unknown result


def test_without_a_budget_the_reference_is_looked_up_once(runner):
    runner.fail(method="POST", path=ALL, answer="lost", carried_out=False)
    with pytest.raises(KatapultError):
        runner.run(properties=web(), budget=0)
    assert runner.sent() == ["GET", "POST", "GET"]
    assert runner.time.naps == []


def test_the_lookups_are_limited_by_the_budget(runner):
    runner.fail(method="POST", path=ALL, answer="lost", carried_out=False)
    with pytest.raises(KatapultError):
        runner.run(properties=web(), budget=4)
    assert runner.time.passed == 4


def test_a_failed_lookup_after_an_unknown_creation_keeps_the_first_failure(runner):
    runner.fail(method="POST", path=ALL, answer="lost", carried_out=False)
    runner.fail(method="GET", path=ONE, skip=1, times=None, answer="given", status=502, body="")
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=web(), budget=20)
    assert failure.value.details.code == "connection_lost"
    assert "Running the task again is safe" in str(failure.value)
    assert runner.sent().count("POST") == 1


def test_an_adopted_load_balancer_is_updated_to_the_desired_state(runner):
    runner.fail(method="POST", path=ALL, answer="lost")
    runner.fail(method="GET", path=ONE, skip=1, answer="given", body=_shown(name="Renamed meanwhile"))
    result = runner.run(properties=web())
    assert result.changed and result.diff[0]["before"] is None
    assert result.values["load_balancer"]["name"] == "Web"
    assert runner.sent() == ["GET", "POST", "GET", "GET", "PATCH"]


def test_a_failed_update_of_an_adopted_load_balancer_reports_a_change(runner):
    runner.fail(method="POST", path=ALL, answer="lost")
    runner.fail(method="PATCH", path=ONE, answer="given", status=403, body={"code": "permission_denied"})
    runner.fail(method="GET", path=ONE, skip=1, answer="given", body=_shown(name="Renamed meanwhile"))
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=web())
    assert failure.value.details.code == "permission_denied"
    result = failure.value.result()
    assert result["changed"] is True
    assert result["load_balancer"]["name"] == "Renamed meanwhile"


def _shown(**values):
    shown = {"id": "lb_Simulated0000001", "api_reference": "web", "resource_type": "virtual_machines", **values}
    return {"load_balancer": shown, "annotations": []}


def test_a_creation_whose_response_omits_fields_is_not_followed_by_an_update(runner):
    body = _shown(name="Web")
    runner.fail(method="POST", path=ALL, answer="given", status=201, body=body)
    result = runner.run(properties=web(https_redirect=True))
    assert runner.sent() == ["GET", "POST", "GET"]
    assert result.changed and "properties.https_redirect" in result.warnings[0]


# Created by another client at the same time


def test_a_load_balancer_of_a_concurrent_run_is_adopted_and_updated(runner):
    runner.existing(name="Theirs")
    runner.fail(method="GET", path=ONE, answer="given", status=404, body={"error": {"code": "load_balancer_not_found"}})
    result = runner.run(properties=web())
    assert (
        result.changed and result.diff[0]["before"] == {"name": "Theirs"} and result.diff[0]["after"] == {"name": "Web"}
    )
    assert runner.sent() == ["GET", "POST", "GET", "GET", "PATCH"]


def test_a_failure_after_a_concurrent_creation_reports_no_change(runner):
    runner.existing(name="Theirs")
    runner.fail(method="GET", path=ONE, answer="given", status=404, body={"error": {"code": "load_balancer_not_found"}})
    runner.fail(method="PATCH", answer="given", status=403, body={"error": {"code": "permission_denied"}})
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=web())
    assert failure.value.details.code == "permission_denied" and failure.value.result()["changed"] is False


def test_a_rejected_creation_is_still_the_failure_if_the_lookup_fails_too(runner):
    runner.fail(
        method="GET", path=ONE, skip=1, times=None, answer="given", status=403, body={"code": "permission_denied"}
    )
    with pytest.raises(KatapultError, match="The lookup failed, too") as failure:
        runner.run(properties={"api_reference": "web", "name": "Web", "resource_type": "tags"})
    assert failure.value.details.code == "validation_error"


# Create requests that definitely had no effect


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "body": {"error": {"code": "rate_limit_reached", "detail": {"total_permitted": 9}}}},
        {"status": 503, "body": {"error": {"code": "service_unavailable"}}},
    ],
)
def test_a_create_request_without_effect_is_sent_again(runner, fault):
    runner.fail(method="POST", path=ALL, times=2, carried_out=False, answer="given", **fault)
    assert runner.run(properties=web(), budget=130).changed
    assert runner.sent() == ["GET", "POST", "GET", "POST", "GET", "POST", "GET"]
    assert len(runner.balancers()) == 1


def test_a_create_request_is_not_sent_again_if_another_client_created_it_in_the_meantime(runner):
    refusal = {"error": {"code": "rate_limit_reached"}}
    runner.fail(
        method="POST", path=ALL, carried_out=2.0, answer="given", status=429, headers={"Retry-After": "3"}, body=refusal
    )
    result = runner.run(properties=web())
    assert not result.changed
    assert runner.sent() == ["GET", "POST", "GET"] and len(runner.balancers()) == 1


def test_the_time_of_repeated_create_requests_is_counted(runner):
    send = runner.send

    def slow(method, path, query, body, seconds):
        if method == "POST":
            runner.time.passed += seconds
            raise TransportError("No connection.", ErrorDetails("connection_timed_out"), transient=True)
        return send(method, path, query, body, seconds)

    runner.send = slow
    with pytest.raises(KatapultError):
        runner.run(properties=web(), timeout=60, budget=120)
    assert runner.time.passed <= 60 + 120 + 60


def test_a_create_request_without_a_connection_is_sent_again(runner):
    send, tried = runner.send, []

    def refused_once(method, *request):
        if method == "POST" and not tried:
            tried.append(method)
            raise TransportError("Refused.", ErrorDetails("connection_refused"), transient=True)
        return send(method, *request)

    runner.send = refused_once
    assert runner.run(properties=web()).changed
    assert runner.sent() == ["GET", "GET", "POST", "GET"] and tried == ["POST"]


@pytest.mark.parametrize("code", ["dns_failure", "tls_failure"])
def test_a_create_request_after_a_name_or_certificate_failure_is_not_sent_again(runner, code):
    send = runner.send

    def failing(method, *request):
        if method == "POST":
            raise TransportError("No.", ErrorDetails(code))
        return send(method, *request)

    runner.send = failing
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=web())
    assert failure.value.details.code == code
    assert runner.sent() == ["GET"] and runner.time.naps == []


# Invalid input


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({}, "one of id and properties.api_reference is required"),
        ({"properties": {"name": "Web"}}, "one of id and properties.api_reference is required"),
        ({"state": "absent"}, "one of id and properties.api_reference is required"),
        ({"properties": {"api_reference": ""}}, "properties.api_reference is empty"),
        ({"properties": {"api_reference": "  "}}, "properties.api_reference is empty"),
        ({"properties": {"api_reference": "web "}}, "begins or ends with white space"),
        ({"properties": {"api_reference": "we\nb"}}, "another control character"),
        ({"id": ""}, 'id "" is empty'),
        ({"id": "lb 1"}, "contains characters that are invalid in an ID"),
        ({"id": "lb/../1"}, "contains characters that are invalid in an ID"),
        ({"properties": {"api_reference": "web", "name": ""}}, "properties.name is empty"),
        (
            {"properties": {"api_reference": "web", "resource_ids": ["vm_a", ""]}},
            'properties.resource_ids contains "", which is empty',
        ),
        ({"properties": {"api_reference": "web", "standby_vms": ["vm_ a"]}}, "properties.standby_vms"),
        (
            {"properties": {"api_reference": "web", "data_center": {"permalink": None}}},
            "properties.data_center identifies nothing",
        ),
        (
            {"properties": {"api_reference": "web", "data_center": {"permalink": ""}}},
            "properties.data_center contains permalink, which",
        ),
        (
            {
                "properties": {"api_reference": "web"},
                "weights": [{"virtual_machine_id": "vm_a", "weight": 1}, {"virtual_machine_id": "vm_a", "weight": 2}],
            },
            'weights contains the virtual_machine_id "vm_a" more than once',
        ),
        (
            {"properties": {"api_reference": "web"}, "weights": [{"virtual_machine_id": "", "weight": 1}]},
            "weights[].virtual_machine_id contains",
        ),
        (
            {"properties": {"api_reference": "web"}, "annotations": [{"key": " ", "value": "1"}]},
            "annotations has a key",
        ),
    ],
)
def test_invalid_input_is_rejected_before_a_request_is_sent(runner, task, message):
    with pytest.raises(TaskRefused) as failure:
        runner.run(**task)
    assert message in str(failure.value)
    assert runner.sent() == []


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"state": "gone"}, "must be one of"),
        ({"properties": {"resource_type": "vms"}}, "must be one of"),
        ({"properties": {"data_center": {}}}, "one of the following is required"),
        ({"properties": {"data_center": {"id": "a", "permalink": "b"}}}, "mutually exclusive"),
        ({"weights": [{"virtual_machine_id": "vm_a"}]}, "missing required arguments"),
        ({"weights": [{"virtual_machine_id": "vm_a", "weight": "heavy"}]}, "unable to convert to int"),
        ({"annotations": [{"value": "a"}]}, "missing required arguments"),
        ({"properties": {"colour": "red"}}, "properties.colour"),
    ],
)
def test_ansible_rejects_what_the_argument_spec_excludes(task, message):
    with pytest.raises(ValueError, match=message):
        options(load_balancer.TASK, **task)


# Responses that do not match the request


def test_a_response_without_the_reference_is_accepted_because_it_was_found_by_it(runner):
    runner.fail(answer="given", body=_shown(api_reference=None, name="Web"))
    assert not runner.run(properties={"api_reference": "web", "name": "Web"}).changed


def test_a_reference_that_responses_omit_is_not_written_again(runner):
    runner.fail(answer="given", times=2, body=_shown(api_reference=None, name="Web"))
    assert not runner.run(id="lb_Simulated0000001", properties={"api_reference": "web"}).changed
    assert runner.sent() == ["GET", "GET"]


def test_a_standby_server_that_is_no_member_causes_a_warning(runner):
    result = runner.run(properties=web(resource_ids=["vm_a", "vm_b"], standby_vms=["vm_b", "vm_c"]))
    (warning,) = [warning for warning in result.warnings if "standby_vms" in warning]
    assert "vm_c" in warning and "vm_b" not in warning
    assert not runner.run(properties={"api_reference": "web", "name": "New"}).warnings
