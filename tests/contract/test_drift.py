# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift report contains all changes in a document, and only these."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from document import Unreadable, load, parameter_leaf
from drift import drift, report, without_module
from invented import document, error, invented
from known import NEWER_OPERATIONS, NOT_USED, NOT_USED_NEWER, OPERATIONS, VERSION

BALANCERS = "/organizations/organization/load_balancers"
BALANCER = "/load_balancers/load_balancer"
RULES = "/load_balancers/load_balancer/rules"
RULE = "/load_balancers/rules/load_balancer_rule"


def body(content, path, method):
    """The properties of a request body."""
    return content["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]["properties"]


def response(content, path, method):
    """The properties of a response."""
    return content["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]


def found(content):
    """The headings of a report with at least one line, and their lines."""
    return {heading: lines for heading, lines in drift(document(content)).found.items() if lines}


def test_the_supported_document_has_no_changes():
    content = invented()
    assert found(content) == {}
    output = report(document(content))
    assert "Nothing new" in output and output.count(VERSION) == 2


def add_endpoint(content):
    content["paths"][BALANCER + "/health"] = {"get": {"tags": ["Load balancers"], "responses": {}}}


def add_endpoint_of_a_group(content):
    content["paths"]["/security_groups/security_group/copy"] = {"post": {"tags": ["Firewall"], "responses": {}}}


def remove_endpoint(content):
    del content["paths"][RULE]["delete"]


def add_parameter(content):
    content["paths"][BALANCERS]["get"]["parameters"].append(
        {"in": "query", "name": "filter[state]", "schema": {"type": "string"}}
    )


def add_argument(content):
    body(content, BALANCER, "patch")["properties"]["properties"]["idle_timeout"] = {"type": "integer"}


def add_argument_of_a_firewall_rule(content):
    path = "/security_groups/rules/security_group_rule"
    body(content, path, "patch")["properties"]["properties"]["log"] = {"type": "boolean"}


def add_argument_next_to_properties(content):
    body(content, "/address_lists/address_list/entries", "post")["annotations"] = {"type": "string"}


def add_color(content):
    for path, method in (("/organizations/organization/tags", "post"), ("/tags/tag", "patch"), ("/tags/tag", "delete")):
        body(content, path, method)["properties"]["properties"]["color"]["enum"].append("gold")


def remove_argument(content):
    for path, method in ((BALANCERS, "post"), (BALANCER, "patch"), (BALANCER, "delete")):
        del body(content, path, method)["properties"]["properties"]["standby_vms"]


def change_argument(content):
    for path, method in ((BALANCERS, "post"), (BALANCER, "patch"), (BALANCER, "delete")):
        body(content, path, method)["properties"]["properties"]["https_redirect"] = {"type": "string"}


def add_value(content):
    for path, method in ((BALANCERS, "post"), (BALANCER, "patch"), (BALANCER, "delete")):
        body(content, path, method)["properties"]["properties"]["resource_type"]["enum"].append("pools")


def remove_value(content):
    for path, method in ((BALANCERS, "post"), (BALANCER, "patch"), (BALANCER, "delete")):
        body(content, path, method)["properties"]["properties"]["resource_type"]["enum"].remove("tags")


def drop_choice(content):
    for path, method in ((BALANCERS, "post"), (BALANCER, "patch"), (BALANCER, "delete")):
        del body(content, path, method)["properties"]["properties"]["resource_type"]["enum"]


def add_field(content):
    health = {"type": "object", "properties": {"state": {"type": "string"}}}
    response(content, BALANCER, "get")["load_balancer"]["properties"]["health"] = health


def add_inner_field(content):
    rules = response(content, RULES, "get")["load_balancer_rules"]["items"]["properties"]
    rules["certificates"]["items"]["properties"]["issuer"] = {"type": "string"}


def add_field_of_a_tag(content):
    response(content, "/tags/tag", "get")["tag"]["properties"]["icon"] = {"type": "string"}


def remove_hidden_field(content):
    del response(content, "/certificates/certificate", "get")["certificate"]["items"]["properties"]["private_key"]


def add_field_of_an_answer_to_a_write(content):
    entry = response(content, "/address_list_entries/address_list_entry", "patch")["address_list_entry"]
    entry["properties"]["position"] = {"type": "integer"}


def add_field_of_a_firewall_rule_in_a_list(content):
    rules = response(content, "/security_groups/security_group/rules", "get")["security_group_rules"]
    rules["items"]["properties"]["log"] = {"type": "boolean"}


def add_field_of_a_global_list(content):
    response(content, "/address_lists", "get")["address_lists"]["items"]["properties"]["size"] = {"type": "integer"}


def add_filter_of_data_centers(content):
    content["paths"]["/data_centers"]["get"]["parameters"].append(
        {"in": "query", "name": "region", "schema": {"type": "integer"}}
    )


def remove_field(content):
    for path, method in ((RULES, "post"), (RULE, "patch"), (RULE, "get")):
        del response(content, path, method)["load_balancer_rule"]["properties"]["backend_ssl"]


def add_code(content):
    responses = content["paths"][BALANCER]["patch"]["responses"]
    responses["409"] = {"$ref": "#/components/responses/Busy"}
    busy = {"oneOf": [{"$ref": "#/components/schemas/BusySchema"}, error("permission_denied")]}
    content["components"] = {
        "responses": {"Busy": {"content": {"application/json": {"schema": busy}}}},
        "schemas": {"BusySchema": error("load_balancer_busy")},
    }


@pytest.mark.parametrize(
    ("change", "heading", "line"),
    [
        (add_endpoint, "New endpoints", "GET /load_balancers/load_balancer/health"),
        (add_endpoint_of_a_group, "New endpoints", "POST /security_groups/security_group/copy"),
        (remove_endpoint, "Vanished endpoints", "DELETE /load_balancers/rules/load_balancer_rule"),
        (add_argument, "New arguments", "load_balancer: properties.idle_timeout (integer)"),
        (add_argument_of_a_firewall_rule, "New arguments", "security_group, rules: properties.log (boolean)"),
        (add_argument_next_to_properties, "New arguments", "address_list, entries: annotations (string)"),
        (add_color, "New values of arguments", "tag: properties.color: gold"),
        (remove_argument, "Vanished arguments", "load_balancer: properties.standby_vms[]"),
        (change_argument, "Changed arguments", "load_balancer: properties.https_redirect (string, previously boolean)"),
        (
            drop_choice,
            "Changed arguments",
            "load_balancer: properties.resource_type (any value, previously one of a fixed set)",
        ),
        (add_value, "New values of arguments", "load_balancer: properties.resource_type: pools"),
        (remove_value, "Vanished values of arguments", "load_balancer: properties.resource_type: tags"),
        (add_field, "New fields of responses", "load balancer: health.state"),
        (add_inner_field, "New fields of responses", "rule in a list: certificates[].issuer"),
        (add_field_of_a_tag, "New fields of responses", "tag: icon"),
        (add_field_of_an_answer_to_a_write, "New fields of responses", "address list entry: position"),
        (add_field_of_a_firewall_rule_in_a_list, "New fields of responses", "security group rule in a list: log"),
        (add_field_of_a_global_list, "New fields of responses", "address list in a list: size"),
        (remove_hidden_field, "Vanished fields of responses", "certificate: private_key"),
        (add_filter_of_data_centers, "New arguments", "data_center_info: region (integer)"),
        (remove_field, "Vanished fields of responses", "rule: backend_ssl"),
        (add_code, "New error codes", "load_balancer_busy (409)"),
    ],
)
def test_only_the_change_is_reported(change, heading, line):
    content = invented()
    change(content)
    assert found(content) == {heading: [line]}
    output = report(document(content))
    assert "\n%s\n  %s\n" % (heading, line) in output and "Nothing new" not in output


def test_a_new_parameter_is_reported_for_each_module_that_uses_the_endpoint():
    content = invented()
    add_parameter(content)
    lines = ["load_balancer: filter.state (string)", "load_balancer_info: filter.state (string)"]
    assert found(content) == {"New arguments": lines}


def test_other_endpoints_and_the_version_are_no_changes():
    content = invented()
    content["info"]["x-katapult-version"] = "99.0.0"
    content["paths"]["/disks/disk"] = {"get": {"tags": ["Disks"]}, "delete": {"tags": ["Disks"]}}
    content["paths"]["/oddities"] = {"get": {}}
    content["paths"]["/data_centers/data_center"]["patch"] = {"tags": ["Data centers"]}
    assert found(content) == {}
    assert without_module(document(content)) == {"Disks": 2, "Data centers": 1, "(no tag)": 1}
    output = report(document(content))
    assert "99.0.0" in output and "Nothing new" in output and "Endpoints without a module: 4" in output


def test_an_endpoint_that_is_left_out_with_a_reason_is_not_new():
    content = invented()
    for method, path in (*NOT_USED, *NOT_USED_NEWER):
        content["paths"].setdefault(path, {})[method.lower()] = {"responses": {}}
    assert found(content) == {}


def test_an_older_document_has_no_newer_endpoints():
    content = invented()
    for method, path in NEWER_OPERATIONS:
        del content["paths"][path][method.lower()]
    assert found(content) == {}


def test_an_option_may_have_fewer_values_than_its_argument():
    content = invented()
    for method, path in NEWER_OPERATIONS:
        properties = body(content, path, method.lower())["properties"]["properties"]
        del properties["authorization_method"]["enum"]
    assert found(content) == {}


def test_fields_below_a_hidden_field_are_not_reported():
    content = invented()
    machine = response(content, "/virtual_machines/virtual_machine", "get")["virtual_machine"]
    machine["properties"]["hypervisor"] = {"type": "object", "properties": {"rack": {"type": "string"}}}
    assert found(content) == {}


def test_only_endpoints_are_reported_if_all_have_vanished():
    content = {"openapi": "3.0.2", "paths": {"/disks/disk": {"get": {}}}}
    vanished = found(content)
    assert len(vanished["Vanished endpoints"]) == len(OPERATIONS - NEWER_OPERATIONS) and set(vanished) == {
        "Vanished endpoints"
    }


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", None])
def test_an_invalid_document_is_rejected(tmp_path, text):
    file = tmp_path / "openapi.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(Unreadable):
        load(str(file))


@pytest.mark.parametrize(("named", "status"), [("openapi.json", 0), ("elsewhere.json", 2)])
def test_the_exit_status_is_zero_if_there_is_a_report(tmp_path, named, status):
    (tmp_path / "openapi.json").write_text(json.dumps(invented()))
    program = Path(__file__).parent / "drift.py"
    ended = subprocess.run(
        [sys.executable, program, tmp_path / named],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == status
    assert ("Nothing new" in ended.stdout) == (status == 0) and "Traceback" not in ended.stderr


def test_the_path_of_a_parameter_within_a_list():
    path, leaf = parameter_leaf("annotations[][key]", {"type": "array", "items": {"type": "string"}})
    assert path == "annotations[].key" and leaf.type == "string"
