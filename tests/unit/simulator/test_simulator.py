# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator responds like the API in its recorded responses."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.arguments import nested
from katapult_simulator.faults import Fault
from katapult_simulator.samples import world
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import Assumptions, Token

ALL = "/organizations/organization/load_balancers"
ONE = "/load_balancers/load_balancer"
RULES = "/load_balancers/load_balancer/rules"
RULE = "/load_balancers/rules/load_balancer_rule"
PROPERTIES = {
    "name": "Web",
    "api_reference": "web",
    "resource_type": "virtual_machines",
    "resource_ids": ["vm_a"],
    "data_center": {"permalink": "uk-lon-01"},
}
HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}


@pytest.fixture(name="simulator")
def fixture_simulator():
    return Simulator(wall=lambda: 0.0)


def ask(simulator, method, path, query=(), body=None, token="simulator-token", **more):
    """The status, the headers and the JSON of a response."""
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = simulator(Request(method, path, query, raw, token, **more))
    return reply.status, reply.headers, json.loads(reply.body)


def create(simulator, **properties):
    body = {"organization": {"sub_domain": "acme"}, "properties": {**PROPERTIES, **properties}}
    status, _headers, document = ask(simulator, "POST", ALL, body=body)
    assert status == 201, document
    return document["load_balancer"]


def code(answer):
    status, headers, document = answer
    assert headers["X-Api-Schema"] == "json-error"
    assert set(document) == {"error"} and set(document["error"]) == {"code", "description", "detail"}
    return status, document["error"]["code"]


# Load balancers


def test_the_response_to_a_creation_is_201_with_the_annotations_next_to_the_resource(simulator):
    body = {
        "organization": {"id": "org_acme"},
        "properties": PROPERTIES,
        "annotations": [{"key": "team", "value": "web"}],
    }
    status, headers, document = ask(simulator, "POST", ALL, body=body)
    assert status == 201 and set(document) == {"load_balancer", "annotations"}
    assert document["annotations"] == [{"key": "team", "value": "web"}]
    assert headers["X-RateLimit-Permitted"] == "1000" and headers["X-RateLimit-Remaining"] == "999"
    assert headers["X-Request-Id"] and "X-Api-Schema" not in headers


def test_members_contain_the_secrets_that_the_real_api_returns(simulator):
    balancer = create(simulator)
    (member,) = balancer["resources"]
    assert member["type"] == "VirtualMachine" and set(member) == {"type", "value"}
    assert member["value"]["initial_root_password"]
    assert member["value"]["organization"]["vat_number"]
    assert balancer["backend_certificate_key"].startswith("-----BEGIN RSA PRIVATE KEY-----")


def test_weights_are_derived_from_the_members(simulator):
    assert create(simulator)["weights"] == [{"virtual_machine_id": "vm_a", "weight": 128}]
    assert [
        entry["virtual_machine_id"]
        for entry in create(
            simulator,
            api_reference="g",
            resource_type="virtual_machine_groups",
            resource_ids=["vmgrp_web", "vmgrp_empty"],
        )["weights"]
    ] == ["vm_a", "vm_b"]
    written = create(simulator, api_reference="w", weights=[{"virtual_machine_id": "vm_b", "weight": 5}])
    assert written["weights"] == [{"virtual_machine_id": "vm_a", "weight": 128}]


def test_a_list_has_fewer_fields_and_pages(simulator):
    for number in range(31):
        create(simulator, api_reference=str(number))
    status, _headers, document = ask(simulator, "GET", ALL, [("organization[sub_domain]", "acme"), ("page", "2")])
    assert status == 200
    assert document["pagination"] == {
        "current_page": 2,
        "total_pages": 2,
        "total": 31,
        "per_page": 30,
        "large_set": False,
    }
    (row,) = document["load_balancers"]
    assert set(row) == {
        "id",
        "name",
        "api_reference",
        "resource_type",
        "resources",
        "resource_ids",
        "ip_address",
        "data_center",
    }
    assert row["resources"] == [{"type": "VirtualMachine", "value": {"name": "web-a", "id": "vm_a"}}]


def test_an_empty_list_has_no_pages(simulator):
    document = ask(simulator, "GET", ALL, [("organization[id]", "org_globex")])[2]
    assert document["pagination"]["total_pages"] == 0 and document["load_balancers"] == []


@pytest.mark.parametrize(("name", "value"), [("page", "0"), ("per_page", "0"), ("per_page", "201"), ("page", "x")])
def test_a_page_out_of_range_is_rejected(simulator, name, value):
    answer = ask(simulator, "GET", ALL, [("organization[id]", "org_acme"), (name, value)])
    assert code(answer) == (400, "invalid_argument")
    assert answer[2]["error"]["detail"]["path"] == [name]


def test_a_list_can_be_filtered_by_annotations(simulator):
    for reference, value in (("a", "web"), ("b", "db")):
        body = {
            "organization": {"sub_domain": "acme"},
            "properties": {**PROPERTIES, "api_reference": reference},
            "annotations": [{"key": "team", "value": value}],
        }
        ask(simulator, "POST", ALL, body=body)
    query = [("organization[id]", "org_acme"), ("annotations[][key]", "team"), ("annotations[][value]", "db")]
    assert [row["api_reference"] for row in ask(simulator, "GET", ALL, query)[2]["load_balancers"]] == ["b"]


@pytest.mark.parametrize("segment", ["load_balancer", "_", ":load_balancer"])
def test_the_path_segment_is_ignored_if_there_is_a_lookup(simulator, segment):
    create(simulator)
    assert ask(simulator, "GET", "/load_balancers/" + segment, [("load_balancer[api_reference]", "web")])[0] == 200


def test_without_a_lookup_the_path_contains_the_id(simulator):
    identifier = create(simulator)["id"]
    assert ask(simulator, "GET", "/load_balancers/" + identifier)[0] == 200
    assert code(ask(simulator, "GET", ONE)) == (404, "load_balancer_not_found")


def test_an_update_changes_only_the_fields_in_it(simulator):
    before = create(simulator, https_redirect=True)
    body = {"load_balancer": {"id": before["id"]}, "properties": {"name": "New", "colour": "ignored"}}
    status, _headers, document = ask(simulator, "PATCH", ONE, body=body)
    assert status == 200 and document["load_balancer"] == {**before, "name": "New"}


def test_annotations_inside_the_properties_are_ignored(simulator):
    identifier = create(simulator)["id"]
    body = {"load_balancer": {"id": identifier}, "properties": {"annotations": [{"key": "a", "value": "b"}]}}
    assert ask(simulator, "PATCH", ONE, body=body)[2]["annotations"] == []


@pytest.mark.parametrize("where", ["query", "body"])
def test_a_deletion_accepts_its_lookup_in_query_or_body_and_deletes_the_rules(simulator, where):
    identifier = create(simulator)["id"]
    ask(simulator, "POST", RULES, body={"load_balancer": {"id": identifier}, "properties": HTTP})
    query = [("load_balancer[id]", identifier)] if where == "query" else []
    body = {"load_balancer": {"id": identifier}} if where == "body" else None
    status, _headers, document = ask(simulator, "DELETE", ONE, query, body)
    assert (status, document) == (200, {"load_balancer": {"id": identifier, "name": "Web", "api_reference": "web"}})
    assert not simulator.world.load_balancer_rules
    assert code(ask(simulator, "DELETE", ONE, query, body)) == (404, "load_balancer_not_found")


def test_a_rejected_update_changes_nothing(simulator):
    identifier = create(simulator)["id"]
    body = {"load_balancer": {"id": identifier}, "properties": {"name": "New", "resource_ids": ["vm_nobody"]}}
    assert code(ask(simulator, "PATCH", ONE, body=body)) == (422, "validation_error")
    assert simulator.world.load_balancers[identifier].name == "Web"


def test_references_are_unique_in_an_organization_unless_assumed_otherwise(simulator):
    create(simulator)
    body = {"organization": {"sub_domain": "acme"}, "properties": PROPERTIES}
    assert code(ask(simulator, "POST", ALL, body=body)) == (422, "validation_error")
    other = {"organization": {"sub_domain": "globex"}, "properties": {**PROPERTIES, "resource_ids": []}}
    assert ask(simulator, "POST", ALL, body=other)[0] == 201
    lax = Simulator(world(Assumptions(unique_references=False)))
    create(lax)
    create(lax)


# Authentication and permissions


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (None, (400, "missing_api_token")),
        ("nonsense", (403, "invalid_api_token")),
        ("elsewhere-token", (403, "unauthorized_network_for_api_token")),
        ("capabilities-token", (403, "invalid_capabilities_token")),
        ("read-only-token", (403, "scope_not_granted")),
        ("powerless-token", (403, "permission_denied")),
    ],
)
def test_tokens_and_scopes_are_checked(simulator, token, expected):
    body = {"organization": {"sub_domain": "acme"}, "properties": PROPERTIES}
    assert code(ask(simulator, "POST", ALL, body=body, token=token)) == expected


def test_a_read_only_token_may_read(simulator):
    create(simulator)
    assert ask(simulator, "GET", ONE, [("load_balancer[api_reference]", "web")], token="read-only-token")[0] == 200


def test_a_token_can_only_access_its_own_organizations(simulator):
    simulator.world.tokens["globex"] = Token(organizations=("org_globex",))
    create(simulator)
    query = [("load_balancer[api_reference]", "web")]
    assert code(ask(simulator, "GET", ONE, query, token="globex")) == (404, "load_balancer_not_found")
    answer = ask(simulator, "GET", ALL, [("organization[sub_domain]", "acme")], token="globex")
    assert code(answer) == (404, "organization_not_found")


@pytest.mark.parametrize(
    ("sub_domain", "expected"),
    [
        ("nobody", (404, "organization_not_found")),
        ("suspended", (403, "organization_suspended")),
        ("asleep", (403, "organization_not_activated")),
        ("full", (403, "resource_creation_restricted")),
    ],
)
def test_organizations_are_checked(simulator, sub_domain, expected):
    body = {"organization": {"sub_domain": sub_domain}, "properties": PROPERTIES}
    assert code(ask(simulator, "POST", ALL, body=body)) == expected


def test_the_rate_limit_is_counted_by_the_clock_minute():
    now = [59.0]
    simulator = Simulator(permitted=2, wall=lambda: now[0])
    query = [("load_balancer[id]", "lb_x")]
    remaining = [ask(simulator, "GET", ONE, query)[1]["X-RateLimit-Remaining"] for _again in range(2)]
    assert remaining == ["1", "0"]
    answer = ask(simulator, "GET", ONE, query)
    assert code(answer) == (429, "rate_limit_reached")
    assert answer[2]["error"]["detail"] == {"total_permitted": 2} and "Retry-After" not in answer[1]
    now[0] = 60.0
    assert code(ask(simulator, "GET", ONE, query)) == (404, "load_balancer_not_found")


# Arguments


@pytest.mark.parametrize(
    ("properties", "path", "issue"),
    [
        ({"name": 7}, ["properties", "name"], "invalid_scalar"),
        ({"https_redirect": "on"}, ["properties", "https_redirect"], "invalid_scalar"),
        ({"resource_type": "VirtualMachines"}, ["properties", "resource_type"], "invalid_enum_value"),
        ({"resource_ids": "vm_a"}, ["properties", "resource_ids"], "array_expected"),
        ({"data_center": "uk-lon-01"}, ["properties", "data_center"], "object_expected"),
        ({"data_center": {}}, ["properties", "data_center"], "missing_lookup_value"),
        ({"data_center": {"id": "a", "permalink": "b"}}, ["properties", "data_center"], "ambiguous_lookup_values"),
        (
            {"weights": [{"virtual_machine_id": "vm_a", "weight": True}]},
            ["properties", "weights", "weight"],
            "invalid_scalar",
        ),
    ],
)
def test_arguments_of_a_wrong_type_are_rejected(simulator, properties, path, issue):
    body = {"organization": {"sub_domain": "acme"}, "properties": {**PROPERTIES, **properties}}
    answer = ask(simulator, "POST", ALL, body=body)
    assert code(answer) == (400, "invalid_argument")
    assert (answer[2]["error"]["detail"]["path"], answer[2]["error"]["detail"]["issue"]) == (path, issue)


def test_arguments_are_converted_like_in_the_framework(simulator):
    weights = [{"virtual_machine_id": "vm_a", "weight": "80"}]
    balancer = create(simulator, https_redirect="yes", enable_weighting=1, weights=weights, standby_vms=None)
    assert balancer["https_redirect"] is True and balancer["enable_weighting"] is True
    assert balancer["weights"][0]["weight"] == 80


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", ALL, {"organization": {"sub_domain": "acme"}}, (400, "missing_required_argument")),
        ("POST", ALL, b"{", (400, "invalid_json_body")),
        ("POST", ALL, {"properties": PROPERTIES, "annotations": [{"value": "x"}]}, (400, "missing_required_argument")),
        ("GET", "/nowhere", None, (404, "route_not_found")),
        ("PUT", ONE, None, (404, "route_not_found")),
    ],
)
def test_invalid_requests_are_rejected(simulator, method, path, body, expected):
    assert code(ask(simulator, method, path, body=body)) == expected


def test_a_body_with_another_content_type_is_ignored(simulator):
    body = {"organization": {"sub_domain": "acme"}, "properties": PROPERTIES}
    assert code(ask(simulator, "POST", ALL, body=body, json_body=False)) == (400, "missing_required_argument")


def test_the_body_has_precedence_over_the_query_and_both_are_merged(simulator):
    identifier = create(simulator)["id"]
    query = [("load_balancer[id]", "lb_nobody"), ("properties[name]", "From the query")]
    body = {"load_balancer": {"id": identifier}, "properties": {"https_redirect": True}}
    balancer = ask(simulator, "PATCH", ONE, query, body)[2]["load_balancer"]
    assert (balancer["name"], balancer["https_redirect"]) == ("From the query", True)
    both = [("load_balancer[id]", identifier), ("load_balancer[api_reference]", "web")]
    assert code(ask(simulator, "GET", ONE, both)) == (400, "invalid_argument")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([("a", "1")], {"a": "1"}),
        ([("a[b]", "1"), ("a[c][d]", "2")], {"a": {"b": "1", "c": {"d": "2"}}}),
        ([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}),
        ([("a[][k]", "1"), ("a[][v]", "2"), ("a[][k]", "3")], {"a": [{"k": "1", "v": "2"}, {"k": "3"}]}),
    ],
)
def test_a_nested_query(query, expected):
    assert nested(query) == expected


# Rules


def test_a_rule_is_created_with_the_defaults_of_the_api(simulator):
    identifier = create(simulator)["id"]
    status, _headers, document = ask(
        simulator, "POST", RULES, body={"load_balancer": {"id": identifier}, "properties": HTTP}
    )
    rule = document["load_balancer_rule"]
    assert status == 200
    assert rule["load_balancer"] == {"id": identifier, "name": "Web"}
    assert (rule["algorithm"], rule["check_path"], rule["check_interval"], rule["check_timeout"]) == (
        "round_robin",
        "/",
        20,
        5,
    )
    assert (rule["check_rise"], rule["check_fall"], rule["check_enabled"], rule["certificates"]) == (2, 2, False, [])


def test_a_rule_is_read_listed_changed_and_deleted(simulator):
    identifier = create(simulator)["id"]
    lookup = {"load_balancer": {"id": identifier}}
    rule = ask(simulator, "POST", RULES, body={**lookup, "properties": HTTP})[2]["load_balancer_rule"]
    (row,) = ask(simulator, "GET", RULES, [("load_balancer[id]", identifier)])[2]["load_balancer_rules"]
    assert set(row) == {
        "id",
        "algorithm",
        "destination_port",
        "listen_port",
        "protocol",
        "check_enabled",
        "certificates",
    }
    patch = {
        "load_balancer_rule": {"id": rule["id"]},
        "properties": {"protocol": "HTTPS", "certificates": [{"id": "cert_www"}]},
    }
    changed = ask(simulator, "PATCH", RULE, body=patch)[2]["load_balancer_rule"]
    assert changed["certificates"][0] == {
        "id": "cert_www",
        "name": "www.example.com",
        "additional_names": [],
        "state": "issued",
    }
    query = [("load_balancer_rule[id]", rule["id"])]
    assert ask(simulator, "GET", RULE, query)[2]["load_balancer_rule"] == changed
    assert ask(simulator, "DELETE", RULE, query)[2] == {"load_balancer_rule": {"id": rule["id"]}}
    assert code(ask(simulator, "GET", RULE, query)) == (404, "load_balancer_rule_not_found")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"certificates": [{"id": "cert_nobody"}]}, (404, "certificate_not_found")),
        ({"check_http_statuses": 2}, (400, "invalid_argument")),
        ({"listen_port": "eighty"}, (400, "invalid_argument")),
        ({"protocol": None}, (422, "validation_error")),
    ],
)
def test_an_invalid_rule_is_rejected(simulator, properties, expected):
    identifier = create(simulator)["id"]
    body = {"load_balancer": {"id": identifier}, "properties": {**HTTP, **properties}}
    assert code(ask(simulator, "POST", RULES, body=body)) == expected


# Faults


def test_a_fault_affects_only_the_selected_requests(simulator):
    simulator.faults.append(Fault(method="GET", path=ONE, skip=1, times=1, answer="given", status=502))
    query = [("load_balancer[id]", "lb_x")]
    statuses = [simulator(Request("GET", ONE, query, token="simulator-token")).status for _again in range(3)]
    assert statuses == [404, 502, 404]


@pytest.mark.parametrize(("carried_out", "there"), [(True, 1), (False, 0)])
def test_a_lost_request_was_executed_or_not(simulator, carried_out, there):
    simulator.faults.append(Fault(answer="lost", carried_out=carried_out))
    body = json.dumps({"organization": {"sub_domain": "acme"}, "properties": PROPERTIES}).encode()
    assert simulator(Request("POST", ALL, (), body, "simulator-token")).lost
    assert len(simulator.world.load_balancers) == there


def test_a_late_request_is_executed_after_its_delay():
    now = [0.0]
    simulator = Simulator(wall=lambda: now[0])
    simulator.faults.append(Fault(answer="lost", carried_out=5.0))
    body = json.dumps({"organization": {"sub_domain": "acme"}, "properties": PROPERTIES}).encode()
    simulator(Request("POST", ALL, (), body, "simulator-token"))
    query = [("load_balancer[api_reference]", "web")]
    now[0] = 4.9
    assert ask(simulator, "GET", ONE, query)[0] == 404
    now[0] = 5.0
    assert ask(simulator, "GET", ONE, query)[0] == 200


def test_a_truncated_response_is_half_of_the_regular_one(simulator):
    create(simulator)
    request = Request("GET", ONE, [("load_balancer[api_reference]", "web")], token="simulator-token")
    whole = simulator(request).body
    simulator.faults.append(Fault(answer="cut"))
    assert simulator(request).body == whole[: len(whole) // 2]


@pytest.mark.parametrize(
    "wrong", [{"answer": "odd"}, {"answer": "real", "carried_out": False}, {"answer": "cut", "carried_out": 1.0}]
)
def test_an_invalid_fault_is_rejected(wrong):
    with pytest.raises(ValueError):
        Fault(**wrong)
