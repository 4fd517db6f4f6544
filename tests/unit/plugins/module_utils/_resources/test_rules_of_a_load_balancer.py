# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a load balancer in one task: the requests, their order, and the resulting rules."""

from __future__ import annotations

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ..simulated import ALL, ONE, RULE, RULES, TaskRunner, web

HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}
HTTPS = {"listen_port": 443, "destination_port": 8080, "protocol": "HTTPS", "certificates": ["cert_www"]}
WEB = {"api_reference": "web"}
LOOK = ["GET one", "GET rules"]


@pytest.fixture(name="runner")
def fixture_runner():
    runner = TaskRunner()
    runner.existing()
    return runner


def http(port, **more):
    return {**HTTP, "listen_port": port, **more}


# The existing rules, the rules of the task, purge, the reads, the writes, the ports afterwards
TABLE = {
    "nothing given": ([80], None, True, ["GET one"], [], [80]),
    "nothing to do": ([80, 443], [http(80)], False, LOOK, [], [80, 443]),
    "all as wanted": ([80, 443], [http(443), http(80)], True, LOOK, [], [80, 443]),
    "one added": ([80], [http(80), http(81)], False, LOOK, ["POST rules", "GET rules"], [80, 81]),
    "one changed": ([80], [http(80, destination_port=1)], False, LOOK, ["PATCH rule"], [80]),
    "one changed that has to be read": (
        [80],
        [http(80, check_path="/x")],
        False,
        [*LOOK, "GET rule"],
        ["PATCH rule"],
        [80],
    ),
    "one moved by port": ([80], [http(81)], True, LOOK, ["POST rules", "DELETE rule", "GET rules"], [81]),
    "others left": ([80, 443], [http(81)], False, LOOK, ["POST rules", "GET rules"], [80, 81, 443]),
    "others purged": ([80, 443, 444], [http(80)], True, LOOK, ["DELETE rule", "DELETE rule"], [80]),
    "all purged": ([80, 443], [], True, LOOK, ["DELETE rule", "DELETE rule"], []),
    "empty and not purged": ([80, 443], [], False, LOOK, [], [80, 443]),
    "all at once": (
        [80, 443, 444],
        [http(81), http(443, destination_port=2), http(82), http(80, check_rise=9)],
        True,
        [*LOOK, "GET rule"],
        ["PATCH rule", "PATCH rule", "POST rules", "POST rules", "DELETE rule", "GET rules"],
        [80, 81, 82, 443],
    ),
}


@pytest.mark.parametrize(("there", "rules", "purge", "looks", "writes", "left"), TABLE.values(), ids=TABLE)
def test_the_requests_and_their_order_and_none_of_the_writes_in_check_mode(
    runner, there, rules, purge, looks, writes, left
):
    for port in there:
        runner.rule(port)
    task = {"properties": WEB, "rules": rules, "purge_rules": purge, "organization": None}
    predicted = runner.run(check=True, **task)
    assert runner.requests() == looks
    result = runner.run(**task)
    assert runner.requests() == [*looks, *writes]
    assert sorted(runner.rules()) == left
    assert predicted.changed is result.changed is bool(writes)
    if rules is None:
        assert "rules" not in result.values["load_balancer"] and result.diff == []
    else:
        assert [rule["listen_port"] for rule in result.values["load_balancer"]["rules"]] == left
        assert [rule["listen_port"] for rule in predicted.values["load_balancer"]["rules"]] == left
        deeds = {(True, False): "POST rules", (False, False): "PATCH rule", (False, True): "DELETE rule"}
        shown = [deeds[entry["before"] is None, entry["after"] is None] for entry in result.diff]
        assert shown == [write for write in writes if not write.startswith("GET")]
        assert [entry["before"] for entry in predicted.diff] == [entry["before"] for entry in result.diff]
    again = runner.run(**task)
    assert runner.requests() == looks and not again.changed


def test_a_load_balancer_is_created_with_its_rules_in_one_task(runner):
    runner.simulator.world.load_balancers.clear()
    task = {"properties": web(resource_ids=["vm_a"]), "rules": [HTTP, HTTPS], "purge_rules": True}
    predicted = runner.run(check=True, **task)
    assert runner.requests() == ["GET one"]
    assert [rule["id"] for rule in predicted.values["load_balancer"]["rules"]] == [None, None]
    result = runner.run(**task)
    assert [body["load_balancer"] for body in runner.written()[1:]] == [{"id": runner.balancers()[0].id}] * 2
    assert runner.requests() == ["GET one", "POST all", "GET one", "POST rules", "POST rules"]
    assert [entry["before"] for entry in result.diff] == [None] * 3
    headers = [entry["after_header"] for entry in result.diff]
    assert headers[0].startswith("load balancer lb_") and 'api_reference "web"' in headers[0]
    assert [', listen_port %d, of "web"' % port in header for port, header in zip((80, 443), headers[1:])] == [True] * 2
    assert result.values["load_balancer"]["rules"][1]["certificates"] == [{"id": "cert_www", "name": "www.example.com"}]
    assert not runner.run(**task).changed
    assert runner.requests() == ["GET one", "GET rules"]


def test_the_load_balancer_is_written_before_its_rules_and_the_organization_is_checked_once(runner):
    runner.run(properties={**WEB, "name": "New"}, rules=[HTTP])
    assert runner.requests() == ["GET one", "GET rules", "GET all", "PATCH one", "POST rules", "GET rules"]


@pytest.mark.parametrize("check", [True, False])
def test_the_rules_of_a_load_balancer_of_another_organization_are_not_changed(runner, check):
    with pytest.raises(TaskRefused) as failure:
        runner.run(properties=WEB, rules=[HTTP], organization="globex", check=check)
    assert failure.value.details.code == "other_organization" and runner.rules() == {}


def test_absent_does_not_read_rules(runner):
    runner.rule(80)
    result = runner.run(properties=WEB, rules=[HTTP], state="absent", organization=None)
    assert runner.requests() == ["GET one", "DELETE one"] and "rules" not in result.values["load_balancer"]


def test_two_rules_on_one_port_are_rejected_only_if_the_task_contains_the_port(runner):
    runner.rule(80)
    runner.rule(80, id="lbrule_twin")
    with pytest.raises(TaskRefused, match="lbrule_80, lbrule_twin"):
        runner.run(properties=WEB, rules=[HTTP])
    assert runner.run(properties=WEB, rules=[http(81)], purge_rules=True).changed
    assert list(runner.rules()) == [81]


# Everything is planned before the first write


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([http(80), http(80)], "more than one rule on port 80"),
        ([http(0)], "in rules, for the rule on port 0: listen_port is 0"),
        (
            [http(80, certificates=["cert_www"])],
            "in rules, for the rule on port 80: certificates needs the protocol HTTPS",
        ),
        ([http(80, check_protocol="TCP", check_path="/")], "check_path needs the check_protocol HTTP"),
    ],
)
def test_invalid_rules_are_rejected_before_a_request_is_sent(runner, rules, message):
    with pytest.raises(TaskRefused) as failure:
        runner.run(properties=WEB, rules=rules)
    assert message in str(failure.value) and runner.requests() == []


@pytest.mark.parametrize(
    ("there", "rule", "message"),
    [
        ([], {"listen_port": 81}, "destination_port and properties.protocol"),
        ([81], {"listen_port": 81, "certificates": ["cert_www"]}, "needs the protocol HTTPS, but it is HTTP"),
    ],
)
@pytest.mark.parametrize("new", [True, False])
def test_an_invalid_rule_fails_the_whole_task_before_its_first_write(runner, there, rule, message, new):
    if new and there:
        return
    if new:
        runner.simulator.world.load_balancers.clear()
    for port in there:
        runner.rule(port)
    with pytest.raises(TaskRefused, match=message):
        runner.run(properties=web(name="New"), rules=[HTTP, rule])
    assert runner.written() == []


# Failures after some of the writes


def test_a_failure_after_some_writes_reports_what_was_done(runner):
    runner.rule(80)
    runner.rule(444)
    runner.fail(
        method="POST", path=RULES, carried_out=False, answer="given", status=403, body={"code": "permission_denied"}
    )
    task = {"properties": WEB, "rules": [http(80, destination_port=1), http(81), http(82)], "purge_rules": True}
    with pytest.raises(KatapultError) as failure:
        runner.run(**task)
    result = failure.value.result()
    assert result["changed"] is True and result["error"]["code"] == "permission_denied"
    for message in (
        "the rule on port 80 (lbrule_80) was changed",
        "failed at the rule on port 81",
        "port 82 was not added",
        "port 444 (lbrule_444) was not removed",
    ):
        assert message in result["msg"]
    assert [rule["listen_port"] for rule in result["load_balancer"]["rules"]] == [80, 444]
    assert result["load_balancer"]["rules"][0]["destination_port"] == 1
    assert runner.run(**task).changed
    assert sorted(runner.rules()) == [80, 81, 82] and not runner.run(**task).changed


def test_a_failure_of_the_first_write_reports_no_change(runner):
    runner.fail(
        method="POST", path=RULES, carried_out=False, answer="given", status=403, body={"code": "permission_denied"}
    )
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=WEB, rules=[HTTP])
    assert failure.value.result()["changed"] is False and "load_balancer" not in failure.value.result()


def test_a_failure_after_the_load_balancer_was_written_reports_the_change(runner):
    runner.fail(
        method="POST", path=RULES, carried_out=False, answer="given", status=403, body={"code": "permission_denied"}
    )
    with pytest.raises(KatapultError) as failure:
        runner.run(properties={**WEB, "name": "New"}, rules=[HTTP])
    result = failure.value.result()
    assert (
        result["changed"] is True
        and result["load_balancer"]["name"] == "New"
        and result["load_balancer"]["rules"] == []
    )


@pytest.mark.parametrize("path", [ALL, RULES])
@pytest.mark.parametrize("unique", [True, False])
def test_lost_create_requests_lead_to_one_resource_each(path, unique):
    runner = TaskRunner(assumptions=Assumptions(unique_references=unique, unique_ports=unique))
    runner.fail(method="POST", path=path, answer="lost")
    result = runner.run(properties=web(), rules=[HTTP, HTTPS])
    assert result.changed and len(runner.balancers()) == 1 and sorted(runner.rules()) == [80, 443]
    assert not runner.run(properties=web(), rules=[HTTP, HTTPS]).changed


def test_the_rules_of_an_adopted_load_balancer_are_read_before_they_are_written(runner):
    runner.rule(80)
    runner.fail(method="GET", path=ONE, answer="given", status=404, body={"code": "load_balancer_not_found"})
    result = runner.run(properties=web(), rules=[HTTP, HTTPS])
    assert result.changed
    assert runner.requests() == ["GET one", "POST all", "GET one", "GET rules", "GET all", "POST rules", "GET rules"]
    assert sorted(runner.rules()) == [80, 443]


@pytest.mark.parametrize(("lost", "changed"), [(True, True), (False, False)])
def test_a_failed_read_of_the_rules_of_an_adopted_load_balancer_reports_whether_something_changed(
    runner, lost, changed
):
    if lost:
        runner.simulator.world.load_balancers.clear()
        runner.fail(method="POST", path=ALL, answer="lost")
    else:
        runner.fail(method="GET", path=ONE, answer="given", status=404, body={"code": "load_balancer_not_found"})
    runner.fail(method="GET", path=RULES, answer="given", status=403, body={"code": "permission_denied"})
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=web(), rules=[HTTP])
    assert failure.value.result()["changed"] is changed


def test_a_rule_deleted_by_another_client_is_no_change_of_this_task(runner):
    runner.rule(80)
    runner.fail(method="DELETE", path=RULE, answer="given", status=404, body={"code": "load_balancer_rule_not_found"})
    assert not runner.run(properties=WEB, rules=[], purge_rules=True).changed


def test_a_rule_that_appears_on_a_port_of_the_task_is_not_purged(runner):
    runner.rule(80, id="lbrule_moved")
    moved = {"id": "lbrule_moved", "listen_port": 443, "destination_port": 8080, "protocol": "HTTP"}
    runner.fail(method="GET", path=RULES, answer="given", body={"load_balancer_rules": [moved]})
    assert runner.run(properties=WEB, rules=[HTTP], purge_rules=True).changed is False
    assert list(runner.rules()) == [80]


@pytest.mark.parametrize("port", [None, 81])
def test_a_rule_with_another_port_than_listed_fails_the_task(runner, port):
    runner.rule(80)
    body = {"load_balancer_rule": {"id": "lbrule_80", "listen_port": port, "check_path": "/"}}
    runner.fail(method="GET", path=RULE, answer="given", body=body)
    with pytest.raises(KatapultError, match="port 80"):
        runner.run(properties=WEB, rules=[http(80, check_path="/x")], purge_rules=True)
    assert runner.written() == []


def test_a_rule_that_was_created_but_not_completed_is_reported(runner):
    runner.fail(method="POST", path=RULES, answer="lost")
    row = {"id": "lbrule_x", "listen_port": 80, "destination_port": 1, "protocol": "HTTP"}
    runner.fail(method="GET", path=RULES, skip=1, answer="given", body={"load_balancer_rules": [row]})
    runner.fail(method="PATCH", answer="given", status=403, body={"code": "permission_denied"})
    with pytest.raises(KatapultError) as failure:
        runner.run(properties=WEB, rules=[HTTP])
    result = failure.value.result()
    assert result["changed"] is True and result["load_balancer"]["rules"][0]["id"] == "lbrule_x"


# Warnings


@pytest.mark.parametrize(
    ("redirect", "rules", "there", "warned"),
    [
        (True, [HTTP], [], True),
        (True, [http(81)], [80], True),
        (True, [http(81)], [], False),
        (False, [HTTP], [], False),
    ],
)
def test_https_redirect_with_a_rule_for_port_80_causes_a_warning(runner, redirect, rules, there, warned):
    for port in there:
        runner.rule(port)
    result = runner.run(properties={**WEB, "https_redirect": redirect}, rules=rules)
    assert any("https_redirect" in text for text in result.warnings) is warned


def test_https_without_a_certificate_causes_a_warning(runner):
    result = runner.run(properties=WEB, rules=[{**HTTPS, "certificates": []}])
    assert any("port 443" in text and "without a certificate" in text for text in result.warnings)


def test_many_rules_are_planned_without_a_request_for_each(runner):
    rules = [http(port) for port in range(1, 101)]
    runner.run(properties=WEB, rules=rules)
    runner.requests()
    assert not runner.run(properties=WEB, rules=rules, purge_rules=True).changed
    assert runner.requests() == ["GET one", "GET rules"]


def test_the_content_of_a_response_to_a_change_never_fails_the_task(runner):
    runner.rule(80)
    runner.rule(443)
    shown = {"id": "lbrule_80", "listen_port": 443, "destination_port": 1, "protocol": "HTTP"}
    runner.fail(method="PATCH", path=RULE, answer="given", body={"load_balancer_rule": shown})
    result = runner.run(properties=WEB, rules=[http(80, destination_port=1), http(443)])
    assert result.changed and any("listen_port" in text for text in result.warnings)
