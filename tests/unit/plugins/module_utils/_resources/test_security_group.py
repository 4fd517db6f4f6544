# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security groups: rules as a multiset, the order of the requests, and what is rejected before a write."""

from __future__ import annotations

import pytest
from katapult_simulator.kinds.security_group import Rule, SecurityGroup
from katapult_simulator.world import Token

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ...catalog import TASKS
from ..simulated import TaskRunner

GROUP, RULE = "/security_groups/security_group", "/security_groups/rules/security_group_rule"
LIST, RULES = "/organizations/organization/security_groups", "/security_groups/security_group/rules"
WEB = {"direction": "inbound", "protocol": "TCP", "ports": "443", "targets": ["all:ipv4"]}
DENY = {**WEB, "action": "deny", "targets": ["192.0.2.0/24"]}
REFUSED = {"error": {"code": "validation_error"}}
OUT = {"direction": "outbound", "protocol": "TCP", "targets": ["all:ipv4"]}


@pytest.fixture(name="runner")
def fixture_runner():
    """A task runner without security groups."""
    runner = TaskRunner()
    runner.simulator.world.security_groups.clear()
    runner.simulator.world.security_group_rules.clear()
    return runner


def run(runner, rules=None, name="web", properties=None, **task):
    given = {} if rules is None else {"rules": [dict(rule) for rule in rules]}
    return runner.run_task(TASKS["security_group"], properties={"name": name, **(properties or {})}, **given, **task)


def group(runner, *rules, **values):
    """Add a security group with rules."""
    world = runner.simulator.world
    world.security_groups["sg_1"] = SecurityGroup("sg_1", "web", "org_acme", **values)
    for number, rule in enumerate(rules):
        key = "sgr_%d" % number
        world.security_group_rules[key] = Rule(key, "sg_1", **rule)


def there(runner):
    """All rules, without their IDs."""
    rules = runner.simulator.world.security_group_rules.values()
    return [{name: value for name, value in vars(one).items() if name not in ("id", "security_group")} for one in rules]


def requests(runner):
    about = {GROUP: "group", LIST: "groups", RULE: "rule", RULES: "rules"}
    asked = ["%s %s" % (one["method"], about[one["path"]]) for one in runner.simulator.requests]
    runner.simulator.requests.clear()
    return asked


def unchanged(runner, rules, **task):
    """Whether the same task changes nothing, with one request for the group and one for its rules."""
    runner.simulator.requests.clear()
    result = run(runner, rules, **task)
    return not result.changed and result.diff == [] and requests(runner) == ["GET groups", "GET rules"]


def test_a_new_group_is_associated_after_its_rules_and_rules_that_deny_are_first(runner):
    properties = {"associations": ["tag_web"], "allow_all_outbound": True}
    predicted = run(runner, [WEB, DENY], properties=properties, check=True)
    assert not runner.written()
    requests(runner)
    result = run(runner, [WEB, DENY], properties=properties)
    bodies = runner.written()
    assert requests(runner)[:5] == ["GET groups", "POST groups", "POST rules", "POST rules", "PATCH group"]
    assert "associations" not in bodies[0]["properties"] and bodies[3]["properties"] == {"associations": ["tag_web"]}
    assert [body["properties"]["action"] for body in bodies[1:3]] == ["deny", "allow"]
    (entry, *others) = result.diff
    assert entry["after"]["associations"] == ["tag_web"] and len(others) == 2
    assert [one["after"]["targets"] for one in predicted.diff[1:]] == [one["after"]["targets"] for one in others]
    assert result.values["security_group"]["associations"] == ["tag_web"]
    assert unchanged(runner, [DENY, WEB], properties=properties)


def test_without_rules_to_write_associations_are_sent_with_everything_else(runner):
    run(runner, properties={"associations": ["tag_web"]})
    assert [body["properties"].get("associations") for body in runner.written()] == [["tag_web"]]
    run(runner, properties={"associations": ["vm_a"], "allow_all_inbound": True})
    assert len(runner.written()) == 2


def test_associations_are_removed_before_the_rules_change_and_added_afterwards(runner):
    group(runner, WEB, associations=["vm_a", "vm_b"])
    run(runner, [OUT], properties={"associations": ["vm_b", "vm_c"]})
    bodies = runner.written()
    assert requests(runner) == ["GET groups", "GET rules", "PATCH group", "PATCH rule", "PATCH group"]
    assert [body["properties"].get("associations") for body in bodies] == [["vm_b"], None, ["vm_b", "vm_c"]]
    (now,) = runner.simulator.world.security_groups.values()
    assert now.associations == ["vm_b", "vm_c"]


def test_if_associating_fails_the_failure_contains_what_was_written(runner):
    runner.fail(method="PATCH", path=GROUP, answer="given", status=422, body=REFUSED, carried_out=False)
    with pytest.raises(KatapultError) as failure:
        run(runner, [WEB], properties={"associations": ["tag_web"]})
    result = failure.value.result()
    assert result["changed"] and "properties.associations was not set" in result["msg"]
    assert result["security_group"]["id"] and len(result["security_group"]["rules"]) == 1
    runner.simulator.faults.clear()
    again = run(runner, [WEB], properties={"associations": ["tag_web"]})
    assert again.changed and len(runner.simulator.world.security_groups) == 1 and len(there(runner)) == 1


# Rules are a multiset of their settings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ports": "80,443"}, {"ports": "443, 80"}),
        ({"ports": ""}, {"ports": None}),
        ({"ports": "0443"}, {"ports": "443"}),
        ({"ports": " 80 , 1000 - 2000 "}, {"ports": "1000-2000,80"}),
        ({"targets": ["0.0.0.0/0", "::/0"]}, {"targets": ["::/0", "0.0.0.0/0"]}),
        ({"notes": ""}, {"notes": None}),
        ({"targets": ["all:ipv4", "192.0.2.1"]}, {"targets": ["192.0.2.1/32", "all:ipv4"]}),
        ({"targets": ["192.0.2.0/24"]}, {"targets": ["192.0.2.9/24"]}),
        ({"action": "allow"}, {}),
    ],
)
def test_rules_with_the_same_meaning_are_not_changed(runner, one, other):
    group(runner, {**WEB, **other})
    assert not run(runner, [{**WEB, **{name: value for name, value in one.items() if value is not None}}]).changed


def test_an_omitted_setting_has_its_default(runner):
    group(runner, {**WEB, "notes": "old"})
    result = run(runner, [{"direction": "inbound", "protocol": "TCP", "targets": ["all:ipv4"]}])
    (rule,) = there(runner)
    assert result.changed and not rule["ports"] and not rule["notes"] and rule["action"] == "allow"


def test_equal_rules_are_counted(runner):
    group(runner, WEB)
    assert run(runner, [WEB, WEB]).changed and len(there(runner)) == 2 and unchanged(runner, [WEB, WEB])
    assert run(runner, [WEB]).changed and len(there(runner)) == 1


def test_a_lost_response_to_the_creation_of_an_equal_rule_creates_no_third_one(runner):
    group(runner, WEB)
    runner.fail(method="POST", path=RULES, answer="lost", carried_out=True)
    assert run(runner, [WEB, WEB]).changed and len(there(runner)) == 2


def test_a_rule_that_is_deleted_from_the_playbook_is_deleted_unless_the_task_says_otherwise(runner):
    group(runner, WEB, OUT)
    assert not run(runner, [OUT], purge_rules=False).changed
    assert not run(runner).changed and len(there(runner)) == 2
    assert run(runner, [OUT]).changed and [rule["direction"] for rule in there(runner)] == ["outbound"]


def test_the_last_rules_are_deleted_only_if_the_task_permits_it(runner):
    group(runner, WEB, OUT)
    for check in (True, False):
        with pytest.raises(TaskRefused, match="allow_no_rules: true") as failure:
            run(runner, [], check=check)
        assert failure.value.details.code == "rules_emptied" and len(there(runner)) == 2
    assert run(runner, [], allow_no_rules=True).changed and there(runner) == []
    assert not run(runner, []).changed


def test_a_rule_is_changed_in_place(runner):
    group(runner, WEB, OUT)
    run(runner, [{**WEB, "ports": "8443"}, {**OUT, "notes": "updates"}])
    assert requests(runner) == ["GET groups", "GET rules", "PATCH rule", "PATCH rule"]
    assert [rule["ports"] for rule in there(runner)] == ["8443", None]


def test_a_new_rule_is_sent_without_empty_settings(runner):
    run(runner, [{"direction": "inbound", "protocol": "ICMP", "targets": ["all:ipv4"], "ports": "", "notes": ""}])
    settings = {"direction": "inbound", "protocol": "ICMP", "action": "allow", "targets": ["all:ipv4"]}
    assert runner.written()[1]["properties"] == settings


def test_the_ports_of_a_rule_that_becomes_icmp_are_removed_in_the_same_request(runner):
    group(runner, WEB)
    run(runner, [{"direction": "inbound", "protocol": "ICMP", "targets": ["all:ipv4"]}])
    (body,) = runner.written()
    assert body["properties"] == {"protocol": "ICMP", "ports": ""}


def test_a_rule_that_denies_is_replaced_because_a_change_in_place_would_open_it_for_a_moment(runner):
    group(runner, WEB, DENY)
    run(runner, [WEB, {**DENY, "targets": ["198.51.100.0/24"]}])
    assert requests(runner) == ["GET groups", "GET rules", "POST rules", "DELETE rule"]
    run(runner, [WEB, {**DENY, "targets": ["198.51.100.0/24"], "notes": "abuse"}])
    assert requests(runner) == ["GET groups", "GET rules", "PATCH rule"]


def test_the_targets_of_a_refused_change_are_in_the_failure_because_the_api_sets_them_nevertheless(runner):
    group(runner, WEB)
    runner.simulator.world.security_groups["sg_1"].allow_all_outbound = True
    with pytest.raises(KatapultError) as failure:
        run(runner, [{**OUT, "targets": ["192.0.2.0/24"]}], properties={})
    assert failure.value.details.code == "invalid_task" and not runner.written()  # it is known before
    runner.simulator.world.security_groups["sg_1"].allow_all_outbound = False
    runner.fail(method="PATCH", path=RULE, answer="given", status=422, body=REFUSED, carried_out=False)
    send = runner.send

    def partly(method, path, *request):
        if method == "PATCH":
            runner.simulator.world.security_group_rules["sgr_0"].targets = ["192.0.2.0/24"]
        return send(method, path, *request)

    runner.send = partly
    with pytest.raises(KatapultError) as failure:
        run(runner, [{**WEB, "ports": "1", "targets": ["192.0.2.0/24"]}])
    result = failure.value.result()
    assert result["changed"] and "executed a part" in result["msg"]
    assert result["security_group"]["rules"][0]["targets"] == ["192.0.2.0/24"]


# All traffic of a direction


@pytest.mark.parametrize("check", [True, False])
def test_allowing_everything_is_rejected_if_the_api_would_delete_rules_that_the_task_does_not_delete(runner, check):
    group(runner, WEB, OUT)
    for task in ({}, {"rules": [OUT], "purge_rules": False}):
        with pytest.raises(TaskRefused, match="Katapult deletes all inbound rules") as failure:
            run(runner, properties={"allow_all_inbound": True}, check=check, **task)
        assert failure.value.details.code == "rules_lost" and "sgr_0" in failure.value.message
    assert not runner.written() and len(there(runner)) == 2


def test_allowing_everything_deletes_the_rules_of_the_direction_with_one_request_and_shows_them(runner):
    group(runner, WEB, DENY, OUT)
    predicted = run(runner, [OUT], properties={"allow_all_inbound": True}, check=True)
    requests(runner)
    result = run(runner, [OUT], properties={"allow_all_inbound": True})
    assert requests(runner) == ["GET groups", "GET rules", "PATCH group"] and predicted.diff == result.diff
    assert [one["after"] for one in result.diff[1:]] == [None, None]
    assert [one["direction"] for one in result.values["security_group"]["rules"]] == ["outbound"]
    assert len(there(runner)) == 1 and unchanged(runner, [OUT], properties={"allow_all_inbound": True})


def test_closing_a_direction_again_is_sent_before_its_rules(runner):
    group(runner, OUT, allow_all_inbound=True)
    run(runner, [WEB, OUT], properties={"allow_all_inbound": False})
    assert requests(runner) == ["GET groups", "GET rules", "PATCH group", "POST rules"]
    assert len(there(runner)) == 2


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("properties", "rules", "said"),
    [
        ({}, [{**WEB, "protocol": "ICMP"}], "ports cannot be set for the protocol ICMP"),
        ({"allow_all_inbound": True}, [WEB], "but properties.allow_all_inbound is true"),
        ({"allow_all_outbound": True}, [WEB, OUT], "but properties.allow_all_outbound is true"),
        ({}, [{**WEB, "ports": "80-"}], "ports and ranges from 1 to 65535"),
        ({}, [{**WEB, "ports": "443-80"}], "ports and ranges"),
        ({}, [{**WEB, "ports": "0"}], "ports and ranges"),
        # White space and empty parts must not become other ports, nor all ports.
        *(
            ({}, [{**WEB, "ports": odd}], "ports and ranges")
            for odd in ("22 80", "8 0-9 0", "80\n90", ",", "80,", " ", ", ,")
        ),
        ({}, [{**WEB, "ports": "70000"}], "ports and ranges"),
        ({}, [{**WEB, "targets": ["office"]}], "lookup plugin katapult.cloud.id"),
        ({}, [{**WEB, "targets": ["192.0.2.0/33"]}], "no IP address"),
        *(
            ({}, [{**WEB, "targets": [odd]}], "no IP address")
            for odd in ("10.0.0.1/0.0.0.0", "10.0.0.0/0.0.0.255", "10.0.0.1/0", "fe80::1%eth0", "::1/0")
        ),
        ({}, [{**WEB, "targets": ["vm_"]}], "only the beginning of an ID"),
        ({}, [{**WEB, "targets": ["adlst_ä"]}], "invalid in an ID"),
        ({"associations": ["web"]}, None, "lookup plugin katapult.cloud.id"),
        ({"associations": ["sg_1"]}, None, "is not an ID (vm_..., vmgrp_..., tag_...)"),
        ({"name": " "}, None, "properties.name is empty"),
    ],
)
def test_what_is_not_possible_is_rejected_before_a_request(runner, properties, rules, said, check):
    group(runner)
    with pytest.raises(TaskRefused) as failure:
        run(runner, rules, properties=properties, check=check)
    assert said in failure.value.message and runner.simulator.requests == []


def test_rules_of_a_direction_that_is_already_open_are_rejected_before_a_write(runner):
    group(runner, allow_all_inbound=True)
    with pytest.raises(TaskRefused, match="allow_all_inbound is true"):
        run(runner, [WEB])
    assert not runner.written()


# Warnings and permissions


def test_associations_without_traffic_and_the_end_of_all_associations_cause_a_warning(runner):
    (warning,) = run(runner, properties={"associations": ["tag_web"]}).warnings
    assert "permits no inbound and no outbound traffic" in warning and "tag_web" in warning
    (warning,) = run(runner, [WEB]).warnings
    assert "permits no outbound traffic" in warning
    assert run(runner, [WEB, OUT]).warnings == ()
    (warning,) = run(runner, properties={"associations": []}).warnings
    assert "no more associations" in warning
    assert run(runner, properties={"associations": []}).warnings == ()


def test_a_rule_without_targets_causes_a_warning(runner):
    (warning,) = run(runner, [{"direction": "inbound", "protocol": "TCP"}]).warnings
    assert "no targets" in warning


def test_the_scope_of_the_deletion_is_explained(runner):
    group(runner, WEB)
    runner.simulator.world.tokens["simulator-token"] = Token(scopes=("security_groups",))
    with pytest.raises(KatapultError) as failure:
        run(runner, state="absent")
    assert failure.value.details.code == "scope_not_granted" and "in the singular" in failure.value.message
    runner.simulator.world.tokens["simulator-token"] = Token(scopes=("security_groups", "security_group"))
    assert run(runner, state="absent").changed and there(runner) == []


def test_check_mode_accepts_null_ids(runner):
    result = run(runner, [{**WEB, "targets": ["", "all:ipv4"]}], properties={"associations": [""]}, check=True)
    assert sum("ID that is null" in warning for warning in result.warnings) == 2
    with pytest.raises(TaskRefused, match=r'properties\.associations contains "", which is empty'):
        run(runner, properties={"associations": [""]})
