# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task in the process of the controller: the same checks, the same result, and one connection for all items of a loop."""

from __future__ import annotations

import warnings

import pytest
from ansible.module_utils.common.text.converters import to_text
from katapult_simulator.faults import Fault
from katapult_simulator.server import Server, serving

from ansible_collections.katapult.cloud.plugins.module_utils import _execute
from ansible_collections.katapult.cloud.plugins.module_utils._execute import Caller
from ansible_collections.katapult.cloud.plugins.plugin_utils import _connection_reuse, _in_process
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import as_received, validate
from ansible_collections.katapult.cloud.plugins.plugin_utils._connection_reuse import MAX_IDLE, ConnectionReuse

TOKEN = "simulator-token"
NAME = "katapult.cloud.load_balancer"
WEB = {
    "api_reference": "web",
    "name": "Web",
    "resource_type": "virtual_machines",
    "data_center": {"permalink": "uk-lon-01"},
}


@pytest.fixture(name="server")
def fixture_server(monkeypatch):
    for name in ("KATAPULT_API_TOKEN", "KATAPULT_API_KEY", "KATAPULT_API_URL", "KATAPULT_ORGANIZATION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_in_process, "_CONNECTION", ConnectionReuse())
    server = Server(0)
    server.accepted = []
    accept = server.get_request
    server.get_request = lambda: server.accepted.append(1) or accept()
    with serving(server):
        yield server


@pytest.fixture(name="task")
def fixture_task(server):
    """Runs one task of katapult.cloud.load_balancer and returns its result."""

    def run(check=False, tell=lambda line: None, **arguments):
        arguments = {"api_url": server.api_url, "api_token": TOKEN, "organization": {"sub_domain": "acme"}, **arguments}
        arguments = {name: value for name, value in arguments.items() if value is not None}
        return _in_process.run_task("load_balancer", NAME, arguments, Caller(check, False, tell))

    return run


def test_it_creates_reports_and_predicts(task, server):
    assert task(properties=WEB, check=True)["changed"]
    assert [request["method"] for request in server.simulator.requests] == ["GET"]
    result = task(properties=WEB)
    assert set(result) == {"changed", "diff", "load_balancer"} and result["changed"]
    assert not task(properties=WEB)["changed"]


def test_all_items_of_a_loop_share_one_connection(task, server):
    for number in range(5):
        task(properties={**WEB, "api_reference": "web-%d" % number})
    assert len(server.simulator.requests) == 15 and len(server.accepted) == 1


def test_another_token_uses_a_separate_connection(task, server):
    task(properties=WEB)
    task(properties=WEB, api_token="acme-token")
    assert len(server.accepted) == 2


def test_after_a_failed_request_the_next_item_uses_a_new_connection(task, server):
    server.simulator.faults.append(Fault(answer="lost"))
    assert task(properties=WEB, api_retry_timeout=0)["error"]["code"] == "connection_lost"
    assert task(properties=WEB)["changed"]
    assert len(server.accepted) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 422, "body": {"error": {"code": "validation_error", "description": "No.", "detail": {}}}},
        {"status": 502, "body": "<html>"},
        {"status": 200, "body": {"load_balancer": {"id": "lb_9", "api_reference": "another"}}},
        {"status": 200, "body": "half of"},
    ],
)
def test_after_a_failed_task_the_next_item_uses_a_new_connection(task, server, answer):
    server.simulator.faults.append(Fault(answer="given", **answer))
    assert task(properties=WEB, api_retry_timeout=0)["failed"]
    before = len(server.accepted)
    assert task(properties=WEB)["changed"]
    assert len(server.accepted) == before + 1


@pytest.mark.parametrize(("rested", "same"), [(MAX_IDLE, True), (MAX_IDLE + 0.1, False)])
def test_a_connection_that_was_idle_for_too_long_is_not_reused(rested, same):
    time = [100.0]
    kept = ConnectionReuse(now=lambda: time[0])
    first = kept.open("https://api.example.com", TOKEN, True)
    time[0] += 1000  # the duration of a task is not idle time
    kept.mark_idle(sound=True)
    time[0] += rested
    assert (kept.open("https://api.example.com", TOKEN, True) is first) == same


def test_a_forked_process_uses_a_separate_connection(monkeypatch):
    kept = ConnectionReuse()
    here = kept.open("https://a.example", TOKEN, True)
    kept.mark_idle(sound=True)
    assert kept.open("https://a.example", TOKEN, True) is here
    monkeypatch.setattr(_connection_reuse.os, "getpid", lambda: -1)
    assert kept.open("https://a.example", TOKEN, True) is not here


@pytest.mark.parametrize(
    ("request_id", "shown"),
    [(TOKEN, "********"), ("a-%s-b" % TOKEN, "a-********-b"), ("\x1b[2J", "unknown"), ("x" * 201, "unknown")],
)
def test_each_request_is_logged_in_one_line_without_query_and_token(task, server, request_id, shown):
    lines = []
    server.simulator.faults.append(
        Fault(method="POST", answer="given", status=500, headers={"X-Request-Id": request_id})
    )
    task(properties={**WEB, "api_reference": "quite-private"}, tell=lines.append, api_retry_timeout=0)
    assert len(lines) == len(server.simulator.requests) == 3
    assert all(" ms, " in line and "quite-private" not in line and TOKEN not in line for line in lines)
    assert lines[0].startswith("GET /load_balancers/load_balancer: 404, ") and " ms, request id 0000" in lines[0]
    assert lines[1].startswith("POST /organizations/organization/load_balancers: 500, ")
    assert lines[1].endswith(" ms, request id %s" % shown)


def test_a_request_without_a_response_is_logged_with_the_reason(task, server):
    lines = []
    server.simulator.faults.append(Fault(answer="lost"))
    task(properties=WEB, tell=lines.append, api_retry_timeout=0)
    (line,) = lines
    assert line.startswith("GET /load_balancers/load_balancer: connection_lost, ") and line.endswith(" ms")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"propertys": {}}, "Unsupported parameters for (%s) module: propertys. Supported parameters include: " % NAME),
        ({"properties": {"nam": 1}}, "Unsupported parameters for (%s) module: properties.nam. Supported" % NAME),
        ({"organization": {}}, "one of the following is required: id, sub_domain found in organization"),
        ({"state": "there"}, "value of state must be one of: present, absent, got: there"),
        ({"rules": [{}]}, "missing required arguments: listen_port found in rules"),
    ],
)
def test_invalid_arguments_are_rejected_with_the_messages_of_ansible(task, server, arguments, message):
    result = task(**arguments)
    assert set(result) == {"failed", "msg"} and result["failed"] and result["msg"].startswith(message)
    assert server.simulator.requests == []


def test_the_environment_sets_omitted_arguments(task, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_KEY", TOKEN)
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "acme")
    assert task(properties=WEB, api_token=None, organization=None)["changed"]


def test_warnings_are_in_the_result(task):
    result = task(properties=WEB, weights=[{"virtual_machine_id": "vm_a", "weight": 1}])
    assert any("have no effect" in warning for warning in result["warnings"])


def test_a_token_that_the_api_returns_is_not_in_the_result(task, server):
    body = {"error": {"code": "odd", "description": "for %s" % TOKEN, "detail": {TOKEN: [TOKEN]}}}
    server.simulator.faults.append(Fault(answer="given", status=403, body=body))
    result = task(properties=WEB)
    assert result["failed"] and result["error"]["code"] == "odd" and TOKEN not in str(result)


def test_a_bug_is_a_failure_and_an_interruption_is_not_caught(task, monkeypatch):
    class TimedOut(BaseException):
        """Like the timeout of a task in ansible-core."""

    def broken(kind):
        def fail(*args):
            raise kind("something")

        return fail

    monkeypatch.setattr(_execute, "organization_option", broken(ValueError))
    assert task(properties=WEB)["error"]["code"] == "internal_error"
    monkeypatch.setattr(_execute, "organization_option", broken(TimedOut))
    with pytest.raises(TimedOut):
        task(properties=WEB)


def test_warnings_of_libraries_are_not_shown(task, monkeypatch):
    def warning(params):
        warnings.warn("Unverified HTTPS request", stacklevel=1)

    monkeypatch.setattr(_execute, "organization_option", warning)
    with warnings.catch_warnings(record=True) as message:
        warnings.simplefilter("always")
        task(properties={"api_reference": "web"}, state="absent")
    assert message == []


# The arguments that a module receives


class Marked(str):
    """A tagged string, such as those that ansible-core creates from a playbook."""


def test_arguments_are_received_as_json():
    arrived = as_received({"a": Marked("x"), "b": {1: [True, None]}, "c": ("y",)})
    assert arrived == {"a": "x", "b": {"1": [True, None]}, "c": ["y"]}
    assert not isinstance(arrived["a"], Marked)


def test_aliases_that_are_both_set_and_deprecated_options_are_reported():
    spec = {
        "new": {"type": "str", "aliases": ["old"]},
        "gone": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "katapult.cloud"},
        "secret": {"type": "str", "no_log": True},
    }
    found = validate(NAME, spec, {"new": "a", "old": "b", "gone": "c", "secret": "d"})
    assert found.error is None and {to_text(secret) for secret in found.secrets} == {"d"}
    assert found.warnings == ("Both option new and its alias old are set.",)
    (deprecation,) = found.deprecations
    assert "gone" in deprecation["msg"] and deprecation["version"] == "9.0.0"


def test_deprecations_are_in_the_result(task, monkeypatch):
    spec = {**_in_process.CONNECTION_SPEC, "old": {"type": "str", "removed_in_version": "9.0.0"}}
    spec["old"]["removed_from_collection"] = "katapult.cloud"
    monkeypatch.setattr(_in_process, "CONNECTION_SPEC", spec)
    assert task(properties=WEB, old="x")["deprecations"][0]["version"] == "9.0.0"
