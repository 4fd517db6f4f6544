# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation finds problems: with an invented document, and requests and responses that violate one rule each."""

from __future__ import annotations

import copy

import pytest
from exchanges import Exchange
from invented import document, error, invented
from judge import MISSING, ONE_LOOKUP, UNDOCUMENTED, UNKNOWN_VALUE, Problem, request_problems, response_problems

RULES = "/load_balancers/load_balancer/rules"
RULE = "/load_balancers/rules/load_balancer_rule"
BALANCER = "/load_balancers/load_balancer"
BODY = {"load_balancer_rule": {"id": "lbrule_1"}, "properties": {"listen_port": 80, "protocol": "HTTP"}}
LOOKUP = ("load_balancer_rule[id]", "lbrule_1")
WRAPPED = Problem("an error", 'is wrapped in an "error" object')


@pytest.fixture(scope="module", name="known")
def fixture_known():
    content = invented()
    lookup = {"properties": {"id": {"type": "string"}, "api_reference": {"type": "string"}}}
    content["components"] = {"schemas": {"LoadBalancerLookup": lookup}}
    body = content["paths"][BALANCER]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["load_balancer"] = {"allOf": [{"$ref": "#/components/schemas/LoadBalancerLookup"}]}
    return document(content)


def request(method, path, query=(), body=None, status=200, answer=None):
    return Exchange(method, path, list(query), body, status, answer)


def with_changed(**properties):
    return {**BODY, "properties": {**BODY["properties"], **properties}}


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", RULE, [LOOKUP], None),
        ("GET", RULES, [("load_balancer[id]", "lb_1"), ("page", "1"), ("per_page", "200")], None),
        ("PATCH", RULE, [], BODY),
        ("PATCH", BALANCER, [], {"load_balancer": {"api_reference": "web"}, "properties": {"weights": []}}),
    ],
)
def test_a_valid_request_has_no_problems(known, method, path, query, body):
    assert request_problems(known, request(method, path, query, body)) == set()


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "where", "what"),
    [
        ("PATCH", RULE, [], {**BODY, "proprties": {}}, "PATCH %s.proprties" % RULE, UNDOCUMENTED),
        ("PATCH", RULE, [], with_changed(port=80), "PATCH %s: properties.port" % RULE, UNDOCUMENTED),
        ("PATCH", RULE, [], with_changed(listen_port="80"), "PATCH %s: properties.listen_port" % RULE, "integer"),
        ("PATCH", RULE, [], with_changed(protocol="http"), "PATCH %s: properties.protocol" % RULE, UNKNOWN_VALUE),
        ("PATCH", RULE, [("page", "1")], BODY, "PATCH %s" % RULE, "arguments in the query"),
        ("PATCH", RULE, [], None, "PATCH %s" % RULE, "is not of type 'object'"),
        ("GET", RULE, [LOOKUP, ("full", "1")], None, "GET %s: full" % RULE, UNDOCUMENTED),
        ("GET", RULE, [LOOKUP], {}, "GET %s" % RULE, UNDOCUMENTED + ": a body"),
        ("GET", RULE, [], None, "GET %s: load_balancer_rule" % RULE, ONE_LOOKUP),
        ("GET", RULE, [LOOKUP, LOOKUP], None, "GET %s: load_balancer_rule[id]" % RULE, "more than once"),
        (
            "GET",
            BALANCER,
            [("load_balancer[id]", "1"), ("load_balancer[api_reference]", "2")],
            None,
            "GET %s: load_balancer" % BALANCER,
            ONE_LOOKUP,
        ),
        (
            "PATCH",
            BALANCER,
            [],
            {"load_balancer": {"id": "1", "api_reference": "2"}, "properties": {}},
            "LoadBalancerLookup",
            ONE_LOOKUP,
        ),
        ("PATCH", BALANCER, [], {"load_balancer": {}, "properties": {}}, "LoadBalancerLookup", ONE_LOOKUP),
        ("DELETE", RULE, [LOOKUP], None, "DELETE %s" % RULE, "the lookup is in the query"),
        ("DELETE", RULE, [("rule[id]", "1")], None, "DELETE %s.rule" % RULE, UNDOCUMENTED),
        ("PUT", RULE, [], BODY, "PUT %s" % RULE, UNDOCUMENTED),
        ("GET", "/disks/disk", [], None, "GET /disks/disk", UNDOCUMENTED),
    ],
)
def test_an_invalid_request_is_found(known, method, path, query, body, where, what):
    found = request_problems(known, request(method, path, query, body))
    assert any(problem.where == where and what in problem.what for problem in found), found


def test_an_undocumented_path_requires_the_response_route_not_found(known):
    refused = {"error": {"code": "route_not_found", "description": "", "detail": {}}}
    sent = request("GET", "/wrong" + RULE, [LOOKUP, ("full", "1")], None, 404, refused)
    found = request_problems(known, sent)
    assert Problem("the path of a request", "has a prefix") in found
    assert Problem("GET %s: full" % RULE, UNDOCUMENTED) in found and len(found) == 2
    sent = request("GET", "/wrong" + RULE, [LOOKUP], None, 200, {})
    assert request_problems(known, sent) == {Problem("GET /wrong" + RULE, UNDOCUMENTED)}


RULE_SHOWN = {
    "id": "lbrule_1",
    "listen_port": 80,
    "destination_port": 8080,
    "protocol": "HTTP",
    "algorithm": "sticky",
    "certificates": [],
    "check_enabled": False,
}
RESPONSE = {"load_balancer_rules": [RULE_SHOWN]}


def judged(known, change, status=200):
    answer = copy.deepcopy(RESPONSE)
    change(answer)
    return response_problems(known, request("GET", RULES, [("load_balancer[id]", "1")], None, status, answer))


def test_a_valid_response_has_no_problems(known):
    assert judged(known, lambda answer: None) == set()


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda answer: answer["load_balancer_rules"][0].update(extra=1), ".extra", UNDOCUMENTED),
        (lambda answer: answer["load_balancer_rules"][0].pop("algorithm"), ".algorithm", MISSING),
        (lambda answer: answer["load_balancer_rules"][0].update(listen_port="80"), ".listen_port", "integer"),
        (lambda answer: answer["load_balancer_rules"][0].update(protocol="UDP"), ".protocol", UNKNOWN_VALUE),
        (lambda answer: answer.update(more=[]), ".more", UNDOCUMENTED),
        (lambda answer: answer.clear(), ".load_balancer_rules", MISSING),
    ],
)
def test_an_invalid_response_is_found(known, change, where, what):
    (problem,) = judged(known, change)
    assert problem.where.endswith(where) and what in problem.what


def test_an_undocumented_status_is_found(known):
    assert judged(known, lambda answer: None, 202) == {Problem("GET %s" % RULES, "the response status 202")}


def test_an_object_instead_of_a_list_is_found(known):
    path = "/certificates/certificate"
    items = known.responses(("GET", path))[200]["properties"]["certificate"]["items"]
    blank = {"integer": 1, "string": "text", "array": []}
    shown = {name: of.get("enum", [blank[of["type"]]])[0] for name, of in items["properties"].items()}

    def of(certificate):
        return response_problems(known, request("GET", path, answer={"certificate": certificate}))

    alone = Problem("GET %s: certificate" % path, "is an object instead of a list")
    assert of([shown]) == set() and of(shown) == {alone}
    assert of({**shown, "extra": 1}) == {alone, Problem("GET %s: certificate.extra" % path, UNDOCUMENTED)}


def test_errors_are_validated_against_their_own_schema(known):
    refused = {"code": "load_balancer_not_found", "description": "Not found"}

    def of(answer, status=404):
        return response_problems(known, request("GET", RULES, [], None, status, answer))

    assert of({"error": refused}) == {WRAPPED}
    assert of(refused) == set()
    assert Problem("the error load_balancer_not_found.hint", UNDOCUMENTED) in of({"error": {**refused, "hint": ""}})
    assert Problem("the error load_balancer_not_found", "has the status 410 instead of 404") in of(refused, 410)
    other = {"code": "nobody_knows", "description": "", "detail": {}}
    assert of({"error": other}) == {WRAPPED, Problem("GET %s: the error nobody_knows" % RULES, UNDOCUMENTED)}
    assert set(error("nobody_knows")["properties"]) == {"code", "description"}
