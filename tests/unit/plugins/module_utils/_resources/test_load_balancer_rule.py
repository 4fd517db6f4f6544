# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of the load_balancer_rule module: the requests, their order, and the result."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    KatapultError,
    TaskRefused,
    UnexpectedResponse,
)
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer_rule import LOAD_BALANCER_RULE
from ansible_collections.katapult.cloud.plugins.modules import load_balancer_rule

from ..simulated import ONE, RULE, RULES, TaskRunner, options

HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}
ALWAYS = {"algorithm": "round_robin", "proxy_protocol": False}


@pytest.fixture(name="runner")
def fixture_runner():
    runner = TaskRunner()
    runner.existing()
    return runner


def test_a_missing_rule_is_created_and_then_found_again(runner):
    predicted = runner.run_rule(properties=HTTP, check=True, organization=None)
    assert runner.requests() == ["GET rules", "GET one"]
    result = runner.run_rule(properties=HTTP, organization=None)
    assert runner.written() == [{"load_balancer": {"api_reference": "web"}, "properties": {**ALWAYS, **HTTP}}]
    assert runner.requests() == ["GET rules", "GET one", "POST rules", "GET rules"]
    rule = result.values["load_balancer_rule"]
    assert result.changed and rule["id"] and rule["load_balancer"] == {"id": "lb_1", "name": "Web"}
    assert (
        set(rule) == {field.name for field in LOAD_BALANCER_RULE.fields} == set(predicted.values["load_balancer_rule"])
    )
    assert result.diff[0]["before"] is None and result.diff[0]["after"]["listen_port"] == 80
    assert predicted.changed and predicted.values["load_balancer_rule"]["id"] is None
    again = runner.run_rule(properties=HTTP)
    assert runner.requests() == ["GET rules"]
    assert not again.changed and again.values["load_balancer_rule"]["id"] == rule["id"]


def test_the_organization_is_checked_before_the_first_write(runner):
    runner.run_rule(properties=HTTP)
    assert runner.requests() == ["GET rules", "GET one", "GET all", "POST rules", "GET rules"]
    for check in (True, False):
        with pytest.raises(TaskRefused, match="globex") as failure:
            runner.run_rule(properties={**HTTP, "destination_port": 1}, organization="globex", check=check)
        assert failure.value.details.code == "other_organization"
    assert runner.rules()[80]["destination_port"] == 8080


# Each option alone: the field, its new value, and whether the list endpoint returns it


@pytest.mark.parametrize(("name", "value"), [("passthrough_ssl", True), ("certificates", ["cert_api", "cert_www"])])
def test_options_that_require_https_can_be_set_on_an_https_rule(runner, name, value):
    runner.rule(443, protocol="HTTPS")
    task = {"properties": {"listen_port": 443, name: value}, "organization": None}
    predicted = runner.run_rule(check=True, **task)
    result = runner.run_rule(**task)
    assert result.changed and predicted.diff == result.diff and result.diff[0]["after"] == {name: value}
    assert not runner.run_rule(**task).changed


def test_certificates_are_a_set_and_can_be_cleared(runner):
    runner.rule(443, protocol="HTTPS", certificates=["cert_www", "cert_api"])
    same = {"listen_port": 443, "certificates": ["cert_api", "cert_www", "cert_api"]}
    assert not runner.run_rule(properties=same).changed
    runner.requests()
    cleared = runner.run_rule(properties={"listen_port": 443, "certificates": []}, organization=None)
    assert runner.written() == [{"load_balancer_rule": {"id": "lbrule_443"}, "properties": {"certificates": []}}]
    assert cleared.values["load_balancer_rule"]["certificates"] == []
    assert "without a certificate" in cleared.warnings[0]


def test_an_unknown_certificate_is_a_failure_with_its_code(runner):
    with pytest.raises(KatapultError, match="no such certificate") as failure:
        runner.run_rule(properties={**HTTP, "protocol": "HTTPS", "certificates": ["cert_nobody"]})
    assert failure.value.details.code == "certificate_not_found"


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_rule_of_another_load_balancer_is_not_changed(runner, state):
    runner.existing(id="lb_2", api_reference="other", name="Other")
    runner.rule(80, of="lb_2")
    with pytest.raises(TaskRefused, match="Other"):
        runner.run_rule(id="lbrule_80", properties={"destination_port": 1}, state=state)
    assert runner.requests() == ["GET rules", "GET rule"]


def test_another_failure_of_a_lookup_by_id_is_a_failure(runner):
    runner.fail(path=RULE, answer="given", status=403, body={"code": "permission_denied"})
    with pytest.raises(KatapultError) as failure:
        runner.run_rule(id="lbrule_9", state="absent")
    assert failure.value.details.code == "permission_denied"


# Absent


def test_absent_succeeds_if_the_load_balancer_does_not_exist(runner):
    task = {"load_balancer": {"id": "lb_9"}, "properties": {"listen_port": 80}}
    assert not runner.run_rule(state="absent", **task).changed
    with pytest.raises(KatapultError) as failure:
        runner.run_rule(**{**task, "properties": HTTP})
    assert failure.value.details.code == "load_balancer_not_found"


# Created at most once


def test_a_rule_of_a_concurrent_run_is_adopted_and_updated(runner):
    runner.rule(80, destination_port=1)
    empty = {"pagination": {"total_pages": 0}, "load_balancer_rules": []}
    runner.fail(method="GET", path=RULES, answer="given", body=empty)
    result = runner.run_rule(properties=HTTP, organization=None)
    assert result.changed and result.diff[0]["before"] == {"destination_port": 1}
    assert runner.requests() == ["GET rules", "GET one", "POST rules", "GET rules", "PATCH rule"]


@pytest.mark.parametrize(("lost", "changed"), [(True, True), (False, False)])
def test_a_failed_update_after_a_creation_reports_whether_something_changed(runner, lost, changed):
    if lost:
        runner.fail(method="POST", path=RULES, answer="lost")
        row = {"id": "lbrule_x", "listen_port": 80, "destination_port": 1, "protocol": "HTTP"}
        runner.fail(method="GET", path=RULES, skip=1, answer="given", body={"load_balancer_rules": [row]})
    else:
        runner.rule(80, destination_port=1)
        runner.fail(method="GET", path=RULES, answer="given", body={"load_balancer_rules": []})
    runner.fail(method="PATCH", answer="given", status=403, body={"code": "permission_denied"})
    with pytest.raises(KatapultError) as failure:
        runner.run_rule(properties=HTTP)
    result = failure.value.result()
    assert result["changed"] is changed and ("load_balancer_rule" in result) is changed


def test_a_load_balancer_deleted_in_the_meantime_is_a_failure_before_any_write(runner):
    runner.fail(method="GET", path=ONE, answer="given", status=404, body={"code": "load_balancer_not_found"})
    with pytest.raises(TaskRefused, match="deleted by another client in the meantime"):
        runner.run_rule(properties=HTTP)
    assert runner.rules() == {}


def test_options_of_the_task_replace_initial_values(runner):
    runner.run_rule(properties={**HTTP, "algorithm": "sticky", "proxy_protocol": True})
    assert (runner.rules()[80]["algorithm"], runner.rules()[80]["proxy_protocol"]) == ("sticky", True)


def test_a_rule_becomes_https_with_its_certificate_in_one_request(runner):
    runner.rule(443)
    task = {"listen_port": 443, "protocol": "HTTPS", "certificates": ["cert_www"]}
    assert runner.run_rule(properties=task).changed and not runner.run_rule(properties=task).changed


def test_an_unconfirmed_value_causes_a_warning(runner):
    shown = {"id": "lbrule_x", "listen_port": 80, "destination_port": 1, "protocol": "HTTP", "certificates": []}
    runner.fail(method="POST", path=RULES, answer="given", carried_out=False, body={"load_balancer_rule": shown})
    result = runner.run_rule(properties={**HTTP, "listen_port": 80})
    assert "properties.destination_port" in result.warnings[0]


@pytest.mark.parametrize("port", [None, "80", 80.5, True, []])
def test_a_list_with_a_rule_without_a_port_is_a_failure(runner, port):
    row = {"id": "lbrule_x", "listen_port": port}
    runner.fail(method="GET", path=RULES, answer="given", body={"load_balancer_rules": [row]})
    with pytest.raises(UnexpectedResponse, match="the listen_port of the rule lbrule_x"):
        runner.run_rule(properties=HTTP)
    assert runner.requests() == ["GET rules"]


def test_a_read_that_returns_another_rule_is_a_failure(runner):
    runner.rule(80)
    runner.fail(method="GET", path=RULE, answer="given", body={"load_balancer_rule": {"id": "lbrule_other"}})
    with pytest.raises(UnexpectedResponse, match="lbrule_other"):
        runner.run_rule(properties={"listen_port": 80, "check_path": "/x"})
    assert runner.requests() == ["GET rules", "GET rule"]


# Invalid input


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({}, "one of id and properties.listen_port is required"),
        ({"properties": {"destination_port": 1}}, "one of id and properties.listen_port is required"),
        ({"load_balancer": {"id": None}, "properties": HTTP}, "load_balancer identifies nothing"),
        ({"load_balancer": {"api_reference": ""}, "properties": HTTP}, "load_balancer contains api_reference, which"),
        ({"id": "a b"}, "contains characters that are invalid in an ID"),
        ({"properties": {"listen_port": 0}}, "properties.listen_port is 0, but must be from 1 to 65535"),
        ({"properties": {"listen_port": 65536}}, "must be from 1 to 65535"),
        ({"properties": {**HTTP, "destination_port": -1}}, "properties.destination_port is -1"),
        ({"properties": {**HTTP, "check_interval": 0}}, "properties.check_interval is 0, but must be at least 1"),
        ({"properties": {**HTTP, "certificates": ["cert_www"]}}, "properties.certificates needs the protocol HTTPS"),
        ({"properties": {**HTTP, "protocol": "TCP", "passthrough_ssl": True}}, "properties.passthrough_ssl needs"),
        (
            {"properties": {**HTTP, "check_protocol": "TCP", "check_path": "/"}},
            "properties.check_path needs the check_protocol",
        ),
        (
            {"properties": {**HTTP, "check_protocol": "TCP", "check_http_statuses": "2"}},
            "properties.check_http_statuses needs",
        ),
        ({"properties": {**HTTP, "certificates": ["cert_ä"]}}, 'properties.certificates contains "cert_ä"'),
    ],
)
def test_invalid_input_is_rejected_before_a_request_is_sent(runner, task, message):
    with pytest.raises(TaskRefused) as failure:
        runner.run_rule(**task)
    assert message in str(failure.value)
    assert runner.requests() == []


@pytest.mark.parametrize(
    ("there", "wanted", "message"),
    [
        ({"protocol": "HTTP"}, {"certificates": ["cert_www"]}, "needs the protocol HTTPS, but it is HTTP"),
        ({"protocol": "TCP"}, {"passthrough_ssl": True}, "needs the protocol HTTPS, but it is TCP"),
        ({"check_protocol": "TCP"}, {"check_path": "/x"}, "needs the check_protocol HTTP, but it is TCP"),
    ],
)
def test_omitted_options_are_validated_with_the_existing_rule(runner, there, wanted, message):
    runner.rule(80, **there)
    with pytest.raises(TaskRefused, match=message):
        runner.run_rule(properties={"listen_port": 80, **wanted})
    assert "PATCH rule" not in runner.requests()


def test_disabled_options_do_not_require_https(runner):
    runner.run_rule(properties={**HTTP, "certificates": [], "passthrough_ssl": False})
    assert runner.rules()[80]["protocol"] == "HTTP"


@pytest.mark.parametrize("check", [True, False])
def test_a_creation_without_required_options_is_rejected(runner, check):
    with pytest.raises(TaskRefused, match=r"properties\.destination_port and properties\.protocol") as failure:
        runner.run_rule(properties={"listen_port": 80}, check=check)
    assert failure.value.details.code == "missing_for_creation" and runner.requests() == ["GET rules"]


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        ({}, True),
        ({"passthrough_ssl": True}, False),
        ({"certificates": ["cert_www"]}, False),
        ({"protocol": "TCP"}, False),
    ],
)
def test_https_without_a_certificate_causes_a_warning(runner, more, warned):
    properties = {"listen_port": 443, "destination_port": 8080, "protocol": "HTTPS", **more}
    assert any("without a certificate" in text for text in runner.run_rule(properties=properties).warnings) is warned


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"load_balancer": {"id": "a", "api_reference": "b"}}, "mutually exclusive"),
        ({"load_balancer": {}}, "one of the following is required"),
        ({}, "missing required arguments"),
        ({"load_balancer": {"id": "a"}, "properties": {"check_http_statuses": "5"}}, "must be one of"),
        ({"load_balancer": {"id": "a"}, "properties": {"listen_port": "http"}}, "unable to convert to int"),
    ],
)
def test_ansible_rejects_what_the_argument_spec_excludes(task, message):
    with pytest.raises(ValueError, match=message):
        options(load_balancer_rule.TASK, **task)


def test_a_number_is_accepted_as_status_choice():
    task = {"load_balancer": {"id": "a"}, "properties": {"check_http_statuses": 23}}
    assert options(load_balancer_rule.TASK, **task)["properties"]["check_http_statuses"] == "23"


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"check_interval": 5, "check_timeout": 6}, True),
        ({"check_interval": 6, "check_timeout": 6}, False),
        ({"check_timeout": 21}, True),  # the rule has an interval of 20
        ({"check_rise": 9}, False),
    ],
)
def test_a_timeout_above_the_interval_causes_a_warning(runner, options, warned):
    runner.rule(80, check_interval=20, check_timeout=5)
    result = runner.run_rule(properties={"listen_port": 80, **options})
    assert any("above its check_interval" in warning for warning in result.warnings) is warned
