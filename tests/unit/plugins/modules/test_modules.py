# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as Ansible runs them: options in, one JSON result out."""

from __future__ import annotations

import gc
import importlib
import json

import pytest
import yaml
from katapult_simulator.faults import Fault
from katapult_simulator.rendering import SECRET

from ansible_collections.katapult.cloud.plugins.module_utils import _execute
from ansible_collections.katapult.cloud.plugins.module_utils._http import transport
from ansible_collections.katapult.cloud.plugins.modules import load_balancer, load_balancer_info, load_balancer_rule

from ..catalog import WITH_INFO, children_of
from .as_module import patch_module_args

TOKEN = "simulator-token"
WEB = {
    "api_reference": "web",
    "name": "Web",
    "resource_type": "virtual_machines",
    "resource_ids": ["vm_a"],
    "data_center": {"permalink": "uk-lon-01"},
}


def documented(returned, value):
    """The keys of a value, compared recursively with the documentation."""
    assert set(value) <= set(returned)
    for name, entry in value.items():
        contains = returned[name].get("contains")
        for item in entry if isinstance(entry, list) else [entry]:
            if contains and item is not None:
                assert set(item) == {name for name, key in contains.items() if "returned" not in key}
                documented(contains, item)


@pytest.mark.parametrize("check", [True, False])
def test_every_returned_key_is_documented_and_always_returned(task, check):
    returned = yaml.safe_load(load_balancer.RETURN)
    results = [
        task(properties=WEB, weights=[{"virtual_machine_id": "vm_a", "weight": 9}], check=check),
        task(properties=WEB, annotations=[{"key": "a", "value": "b"}], check=check),
        task(properties=WEB, check=check),
        task(properties={"api_reference": "web"}, state="absent", check=check),
        task(properties={"api_reference": "web"}, state="absent", check=check),
    ]
    for result in results:
        result.pop("warnings", None)
        assert set(result) == {"changed", "load_balancer", "diff"}
        documented({name: returned[name] for name in ("load_balancer",)}, {"load_balancer": result["load_balancer"]})


def keys(values, contains):
    """The keys that are documented for a value, except those that depend on an option, and the keys that it has."""
    assert set(values) <= set(contains)
    return {name for name, key in contains.items() if "returned" not in key}, set(values)


@pytest.mark.parametrize("check", [True, False])
def test_every_returned_key_of_a_rule_is_documented_and_always_returned(task, check):
    task(properties=WEB)
    returned = yaml.safe_load(load_balancer_rule.RETURN)
    rule = {"module": load_balancer_rule, "load_balancer": {"api_reference": "web"}, "check": check}
    properties = {
        "listen_port": 443,
        "destination_port": 1,
        "protocol": "HTTPS",
        "certificates": ["cert_www"],
        "check_rise": 3,
    }
    for _again in range(2):
        result = task(properties=properties, **rule)
        result.pop("warnings", None)
        assert set(result) == {"changed", "load_balancer_rule", "diff"}
        documented, there = keys(result["load_balancer_rule"], returned["load_balancer_rule"]["contains"])
        assert documented == there
    removed = task(properties={"listen_port": 443}, state="absent", **rule)
    removed.pop("warnings", None)
    assert removed["changed"] is not check and set(removed) == {"changed", "load_balancer_rule", "diff"}


def test_every_returned_key_of_info_modules_is_documented(task):
    task(properties=WEB, rules=[{"listen_port": 80, "destination_port": 1, "protocol": "HTTP"}])
    contains = yaml.safe_load(load_balancer_info.RETURN)["load_balancers"]["contains"]
    result = task(module=load_balancer_info, api_reference="web", include_rules=True, full=True)
    result.pop("warnings", None)  # Ansible keeps the warnings of earlier tasks in the same process
    assert set(result) == {"changed", "load_balancers"} and result["changed"] is False
    (found,) = result["load_balancers"]
    documented, there = keys(found, contains)
    assert documented | {"rules"} == there
    documented, there = keys(found["rules"][0], contains["rules"]["contains"])
    assert documented == there


@pytest.mark.parametrize("kind", WITH_INFO, ids=lambda kind: kind.name)
def test_every_returned_key_of_other_resources_is_documented(task, kind):
    module = importlib.import_module("ansible_collections.katapult.cloud.plugins.modules." + kind.name + "_info")
    contains = yaml.safe_load(module.RETURN)[kind.plural]["contains"]
    listed = task(module=module)
    listed.pop("warnings", None)
    assert set(listed) == {"changed", kind.plural, *kind.listed_too} and listed["changed"] is False
    for row in listed[kind.plural]:
        assert set(row) <= set(contains)
    children = children_of(kind)
    more = {"include_%s" % children.set_option: True} if children else {}
    (found,) = task(module=module, id=listed[kind.plural][0]["id"], check=True, **more)[kind.plural]
    assert list(found) == list(contains)
    inner = {name: value for name, value in found.items() if value is not None}
    documented(contains, inner)


def test_the_rules_of_a_load_balancer_are_documented_as_they_are_returned(task):
    contains = yaml.safe_load(load_balancer.RETURN)["load_balancer"]["contains"]
    rule = {"listen_port": 80, "destination_port": 1, "protocol": "HTTP", "check_path": "/x"}
    result = task(properties=WEB, rules=[rule])
    documented, there = keys(result["load_balancer"], contains)
    assert documented | {"rules"} == there
    documented, there = keys(result["load_balancer"]["rules"][0], contains["rules"]["contains"])
    assert documented == there


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (load_balancer, {"properties": WEB}),
        (load_balancer_info, {"id": "lb_1"}),
        (load_balancer_rule, {"load_balancer": {"id": "lb_1"}, "properties": {"listen_port": 80}}),
    ],
)
def test_a_failure_has_the_documented_structure(task, module, options):
    returned = yaml.safe_load(module.RETURN)
    result = task(module=module, api_token="no-such-token", **options)
    assert result["failed"] and not result["changed"]
    assert set(result["error"]) == set(returned["error"]["contains"])
    assert result["error"]["code"] == "invalid_api_token"
    assert result["error"]["http_status"] == 403
    assert result["error"]["method"] == "GET"
    assert result["error"]["path"].startswith("/load_balancers/load_balancer")
    assert result["error"]["request_id"]


def test_check_mode_sends_only_get_requests(task, server):
    assert task(properties=WEB, check=True)["changed"]
    assert {request["method"] for request in server.simulator.requests} == {"GET"}
    assert not server.simulator.world.load_balancers


def test_warnings_are_in_the_result(task):
    result = task(properties=WEB, weights=[{"virtual_machine_id": "vm_a", "weight": 9}])
    assert "enable_weighting" in str(result["warnings"])


# The environment


def test_the_token_the_address_and_the_organization_can_be_set_in_the_environment(task, server, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_KEY", TOKEN)
    monkeypatch.setenv("KATAPULT_API_URL", server.api_url)
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "acme")
    assert task(properties=WEB, api_token=None, api_url=None, organization=None)["changed"]


def test_the_token_variable_of_the_collection_overrides_that_of_other_tools(task, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_TOKEN", TOKEN)
    monkeypatch.setenv("KATAPULT_API_KEY", "no-such-token")
    assert task(properties=WEB, api_token=None)["changed"]


def test_options_override_the_environment(task, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_TOKEN", "no-such-token")
    monkeypatch.setenv("KATAPULT_API_URL", "https://elsewhere.invalid")
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "globex")
    assert task(properties=WEB)["changed"]


# Invalid options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api_token": None}, "there is no API token"),
        ({"api_token": "two words"}, "contains a space"),
        ({"api_url": "http://192.0.2.1/core/v1"}, "use https"),
        ({"api_url": "api.katapult.io"}, "needs a scheme"),
        ({"api_timeout": 0}, "api_timeout is 0"),
        ({"api_timeout": "inf"}, "api_timeout is inf"),
        ({"api_timeout": 1e300}, "up to 86400"),
        ({"api_retry_timeout": 1e10}, "up to 86400"),
        ({"api_retry_timeout": -1}, "api_retry_timeout is -1"),
        ({"api_retry_timeout": "nan"}, "api_retry_timeout is nan"),
        (
            {"organization": {"sub_domain": ""}},
            "organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) contains sub_domain, which is empty",
        ),
    ],
)
def test_an_invalid_option_has_a_clear_message(task, server, options, message):
    result = task(properties=WEB, **options)
    assert result["failed"] and message in result["msg"]
    assert result["error"]["code"] == "invalid_task"
    assert server.simulator.requests == []


def test_an_organization_without_identifier_is_rejected_and_not_treated_as_omitted(task, server, monkeypatch):
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "globex")
    assert "identifies nothing" in task(properties=WEB, organization={"sub_domain": None})["msg"]
    assert server.simulator.requests == []


def test_an_empty_environment_variable_is_treated_as_unset(task, server, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_TOKEN", "")
    monkeypatch.setenv("KATAPULT_API_KEY", TOKEN)
    assert task(properties=WEB, api_token=None)["changed"]


def test_a_bug_of_the_collection_is_reported_as_a_failure(task, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("something %s" % TOKEN)

    monkeypatch.setattr(_execute, "open_client", broken)
    result = task(properties=WEB)
    assert result["failed"] and result["error"]["code"] == "internal_error"
    assert "ValueError in broken:" in result["msg"]


@pytest.mark.parametrize("detail", [{TOKEN: {TOKEN: TOKEN}}, [TOKEN], {"errors": [TOKEN]}])
def test_a_token_that_the_api_returns_is_not_shown(task, server, detail):
    body = {"error": {"code": "odd", "description": "Token %s" % TOKEN, "detail": detail}}
    server.simulator.faults.append(Fault(answer="given", status=403, body=body))
    assert task(properties=WEB)["error"]["code"] == "odd"  # and the fixture searches for the token


def test_a_token_in_a_warning_is_not_shown(task, server):
    shown = {"load_balancer": {"id": "lb_Simulated0000001", "api_reference": "web", "name": "Named %s" % TOKEN}}
    server.simulator.faults.append(Fault(method="POST", answer="given", status=201, body=shown))
    assert "properties.name" in str(task(properties=WEB)["warnings"])


def test_an_empty_sub_domain_in_the_environment_is_treated_as_unset(task, monkeypatch):
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "")
    assert "organization" in task(properties=WEB, organization=None)["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"organization": {"id": "org_acme", "sub_domain": "acme"}}, "mutually exclusive"),
        ({"organization": {}}, "one of the following is required"),
    ],
)
def test_ansible_rejects_what_the_argument_spec_excludes(task, options, message):
    assert message in task(properties=WEB, **options)["msg"]


def test_missing_requests_is_reported_with_the_resolution(task, monkeypatch):
    monkeypatch.setattr(transport, "REQUESTS_IMPORT_ERROR", "ImportError: no requests here")
    result = task(properties=WEB)
    assert result["failed"] and "requests" in result["msg"] and result["error"]["code"] == "requests_missing"


# Secrets


@pytest.mark.parametrize(
    "fault",
    [
        {"answer": "cut"},
        {"answer": "given", "status": 500, "body": {"load_balancer": {"backend_certificate_key": SECRET}}},
        {
            "answer": "given",
            "status": 422,
            "body": {
                "error": {"code": "validation_error", "detail": {"load_balancer": {"backend_certificate_key": SECRET}}}
            },
        },
        {
            "answer": "given",
            "status": 200,
            "body": {"backend_certificate_key": SECRET, "load_balancer": {"initial_root_password": SECRET}},
        },
        {
            "answer": "given",
            "status": 403,
            "body": {"error": {"code": "permission_denied", "description": "Token %s" % TOKEN}},
        },
    ],
)
def test_no_failure_shows_a_secret(task, server, fault):
    task(properties=WEB)
    server.simulator.faults.append(Fault(method="PATCH", **fault))
    assert task(properties={**WEB, "name": "New"}, api_retry_timeout=0)[
        "failed"
    ]  # and the fixture searches for secrets


# The log of requests


def test_at_vvv_the_requests_are_logged_before_the_result(server, capsys):
    options = {"api_url": server.api_url, "api_token": TOKEN, "organization": {"sub_domain": "acme"}}
    for verbosity, reported in ((2, 0), (3, 3)):
        server.simulator.requests.clear()
        server.simulator.world.load_balancers.clear()
        with patch_module_args({**options, "properties": WEB, "_ansible_verbosity": verbosity}):
            with pytest.raises(SystemExit):
                load_balancer.main()
        lines = [line for line in capsys.readouterr().out.splitlines() if line]
        assert json.loads(lines[-1])["changed"] and len(lines) == 1 + reported
        assert all(line.startswith("katapult.cloud request: ") and " ms, " in line for line in lines[:-1])
        assert all(TOKEN not in line and "api_reference" not in line for line in lines[:-1])


def test_only_the_process_of_a_module_disables_garbage_collection(server):
    options = {"api_url": server.api_url, "api_token": TOKEN, "organization": {"sub_domain": "acme"}}
    assert gc.isenabled()  # importing a module, like the process that runs Ansible does, does not change it
    before = gc.get_freeze_count()
    with patch_module_args({**options, "properties": WEB}):
        with pytest.raises(SystemExit):
            load_balancer.main()
        assert not gc.isenabled() and gc.get_freeze_count() > before
