# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses with another resource than requested: nothing is written because of them, and nothing is considered done."""

from __future__ import annotations

import json

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError

from ..simulated import ALL, ONE, RULE, RULES, TaskRunner, web

HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}


@pytest.fixture(name="runner")
def fixture_runner():
    runner = TaskRunner()
    runner.existing()
    runner.existing(id="lb_2", name="Other", api_reference="other", address_id="ip_2")
    runner.rule(80)
    return runner


def answering(runner, method, path, change):
    """Change the document of the responses to some requests."""
    send = runner.send

    def changed(*request):
        raw = send(*request)
        if request[:2] != (method, path) or raw.status >= 300:
            return raw
        document = json.loads(raw.body)
        change(document)
        return raw._replace(body=json.dumps(document).encode())

    runner.send = changed


def set_owner(**owner):
    def change(document):
        rules = document.get("load_balancer_rules") or [document["load_balancer_rule"]]
        for rule in rules:
            rule["load_balancer"] = owner

    return change


FULL = {**HTTP, "check_path": "/", "check_protocol": "HTTP"}  # more than a list contains
OTHERS = [{"id": "lb_2", "name": "Other", "api_reference": "other"}]


@pytest.mark.parametrize("owner", OTHERS)
@pytest.mark.parametrize("of", [{"id": "lb_1"}, {"api_reference": "web"}])
@pytest.mark.parametrize(
    ("path", "task"),
    [
        (RULES, {"state": "absent"}),
        (RULES, {"properties": {"destination_port": 1}}),
        (RULE, {"properties": {"check_path": "/x"}}),  # which the list endpoint omits
    ],
)
def test_a_rule_of_another_load_balancer_is_neither_changed_nor_deleted(runner, owner, of, path, task):
    answering(runner, "GET", path, set_owner(**owner))
    task = {**task, "properties": {**FULL, **task.get("properties", {})}}
    with pytest.raises(KatapultError) as failure:
        runner.run_rule(load_balancer=of, organization=None, **task)
    assert failure.value.details.code == "unreadable_answer" and runner.written() == []


@pytest.mark.parametrize("path", [RULES, RULE])
def test_the_rules_of_another_load_balancer_are_not_purged(runner, path):
    answering(runner, "GET", path, set_owner(id="lb_2"))
    with pytest.raises(KatapultError):
        runner.run(properties={"api_reference": "web"}, rules=[{**FULL, "check_path": "/x"}], purge_rules=True)
    assert runner.written() == []


def test_a_created_rule_of_another_load_balancer_is_looked_up(runner):
    answering(runner, "POST", RULES, set_owner(id="lb_2"))
    rule = runner.run_rule(load_balancer={"id": "lb_1"}, properties={**HTTP, "listen_port": 81}).values[
        "load_balancer_rule"
    ]
    assert rule["load_balancer"]["id"] == "lb_1" and runner.sent().count("POST") == 1


def test_a_creation_whose_response_contains_another_load_balancer_is_looked_up(runner):
    answering(runner, "POST", ALL, lambda document: document["load_balancer"].update(id="lb_2", api_reference="other"))
    result = runner.run(properties=web(api_reference="new"))
    assert result.changed and result.values["load_balancer"]["api_reference"] == "new"
    assert result.values["load_balancer"]["id"] != "lb_2" and runner.sent().count("POST") == 1


def test_after_an_unknown_creation_the_lookup_uses_another_connection(runner):
    runner.fail(method="POST", path=ALL, answer="lost")
    renewed = []

    class ReusedConnection:
        """The transport of the task runner, with a reused connection."""

        send = staticmethod(runner.send)

        def __call__(self, *request):
            return self.send(*request)

        def renew(self):
            renewed.append([request["method"] for request in runner.simulator.requests])

    runner.send = ReusedConnection()
    assert runner.run(properties=web(api_reference="new")).changed
    assert renewed == [["GET", "POST"]]


@pytest.mark.parametrize(
    ("run", "path", "key"), [("run", ONE, "load_balancer"), ("run_rule", RULE, "load_balancer_rule")]
)
def test_a_deletion_whose_response_contains_another_resource_is_a_failure(runner, run, path, key):
    answering(runner, "DELETE", path, lambda document: document[key].update(id="another"))
    task = {"properties": {"api_reference": "web"}} if run == "run" else {"properties": HTTP}
    with pytest.raises(KatapultError) as failure:
        getattr(runner, run)(state="absent", **task)
    assert failure.value.details.code == "unreadable_answer" and failure.value.may_have_taken_effect


@pytest.mark.parametrize(
    ("method", "path", "task"),
    [
        ("PATCH", ONE, {"properties": {"api_reference": "web", "name": "New"}}),
        ("DELETE", ONE, {"properties": {"api_reference": "web"}, "state": "absent"}),
        ("PATCH", RULE, {"properties": {**HTTP, "destination_port": 1}}),
        ("DELETE", RULE, {"properties": HTTP, "state": "absent"}),
    ],
)
def test_a_write_whose_response_contains_another_resource_reports_it_and_the_unknown_effect(runner, method, path, task):
    answering(runner, method, path, lambda document: next(iter(document.values())).update(id="another"))
    with pytest.raises(
        KatapultError, match=r"it contains another.*Whether the request took effect is not known"
    ) as failure:
        (runner.run if path == ONE else runner.run_rule)(**task)
    details = failure.value.details
    assert (details.code, details.method, details.path) == ("unreadable_answer", method, path)
    assert runner.sent().count(method) == 1
