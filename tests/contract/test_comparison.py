# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The replay finds all differences between simulator and recording, and only these. The recordings are made here."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from exchanges import Exchange
from katapult_simulator.simulator import Request, Simulator
from replay import shape
from test_replay import played

ONE, ALL = "/load_balancers/load_balancer", "/organizations/organization/load_balancers"
RULES, RULE = "/load_balancers/load_balancer/rules", "/load_balancers/rules/load_balancer_rule"
MACHINE = "/virtual_machines/virtual_machine"
WEB = {"name": "Web", "api_reference": "web", "resource_type": "virtual_machines", "resource_ids": ["vm_a"]}
HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}


def recorded():
    """A client creates a load balancer with a rule, changes it, reads it and a member, and deletes it."""
    simulator = Simulator()
    exchanges = []

    def send(method, path, query=(), **body):
        content = json.dumps(body).encode() if body else b""
        reply = simulator(Request(method, path, list(query), content, "simulator-token"))
        headers = {name.lower(): value for name, value in reply.headers.items()}
        answer = json.loads(reply.body)
        exchanges.append(Exchange(method, path, list(query), body or None, reply.status, answer, headers=headers))
        return answer

    send("GET", MACHINE, [("virtual_machine[id]", "vm_a")])
    properties = {**WEB, "data_center": {"permalink": "uk-lon-01"}}
    made = send("POST", ALL, organization={"sub_domain": "acme"}, properties=properties)["load_balancer"]
    itself = {"id": made["id"]}
    rule = send("POST", RULES, load_balancer=itself, properties=HTTP)["load_balancer_rule"]
    send("PATCH", ONE, load_balancer=itself, properties={"https_redirect": True})
    send("GET", ONE, [("load_balancer[id]", made["id"])])
    send("GET", RULES, [("load_balancer[id]", made["id"])])
    send("GET", RULE, [("load_balancer_rule[id]", rule["id"])])
    send("GET", ALL, [("organization[sub_domain]", "acme")])
    send("GET", "/organizations/organization/tags", [("organization[sub_domain]", "acme")])
    send("DELETE", ONE, [("load_balancer[id]", made["id"])])
    send("GET", ONE, [("load_balancer[id]", made["id"])])
    return exchanges


def found(exchanges):
    return [difference.where for _exchange, differences in played(exchanges) for difference in differences]


def changed(number, change):
    """The recording with one changed response."""
    exchanges = recorded()
    answer = json.loads(json.dumps(exchanges[number].answer))
    change(answer)
    exchanges[number] = replace(exchanges[number], answer=answer)
    return exchanges


def rewritten(pattern, replacement):
    """The recording with a pattern replaced in all requests and responses."""

    def other(value):
        return json.loads(re.sub(pattern, replacement, json.dumps(value)))

    return [
        replace(one, path=re.sub(pattern, replacement, one.path), query=[tuple(pair) for pair in other(one.query)])
        if one.body is None
        else replace(one, body=other(one.body))
        for one in (replace(one, answer=other(one.answer)) for one in recorded())
    ]


def test_a_recording_of_the_simulator_has_no_differences():
    assert len(list(played(recorded()))) == 11 and not found(recorded())


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"lb_Simulated0+(\d+)", r"lb_Other\g<1>"),
        (r"lbrule_Simulated0+(\d+)", r"lbrule_\g<1>x"),
        (r"ip_Simulated0+(\d+)", r"ip_Other\g<1>"),
        (r"vm_a", "vm_Another0000001"),
        (r"17\d{8}", "1650000000"),
        (r"203\.0\.113\.", "198.51.100."),
        (r"acme", "umbrella"),
        (r"uk-lon-01", "nl-ams-09"),
    ],
)
def test_values_that_the_server_chooses_may_differ(pattern, replacement):
    assert not found(rewritten(pattern, replacement))


@pytest.mark.parametrize("first", range(1, 11))
def test_a_recording_may_begin_late(first):
    assert not found(recorded()[first:])


@pytest.mark.parametrize("name", ["annotations", "standby_vms", "created_at", "check_http_statuses"])
def test_an_older_recording_may_lack_fields(name):
    exchanges = recorded()
    for number, one in enumerate(exchanges):
        answer = {key: of for key, of in one.answer.items() if key != name}
        for key, of in answer.items():
            if isinstance(of, dict):
                answer[key] = {inner: value for inner, value in of.items() if inner != name}
        exchanges[number] = replace(one, answer=answer)
    assert not found(exchanges)


@pytest.mark.parametrize(
    ("number", "where", "change"),
    [
        (1, "load_balancer.name", lambda answer: answer["load_balancer"].update(name="Other")),
        (1, "load_balancer.enable_weighting", lambda answer: answer["load_balancer"].update(enable_weighting=True)),
        (1, "load_balancer.enable_weighting", lambda answer: answer["load_balancer"].update(enable_weighting="false")),
        (1, "load_balancer.extra", lambda answer: answer["load_balancer"].update(extra=1)),
        (1, "load_balancer.resource_ids", lambda answer: answer["load_balancer"].update(resource_ids=[])),
        (
            1,
            "load_balancer.ip_address.address",
            lambda answer: answer["load_balancer"]["ip_address"].update(address="web"),
        ),
        (1, "load_balancer.ip_address", lambda answer: answer["load_balancer"].update(ip_address=None)),
        (2, "load_balancer_rule.check_interval", lambda answer: answer["load_balancer_rule"].update(check_interval=21)),
        (3, "load_balancer.https_redirect", lambda answer: answer["load_balancer"].update(https_redirect=False)),
        (
            0,
            "virtual_machine.created_at",
            lambda answer: answer["virtual_machine"].update(created_at="2026-01-01 10:00:00"),
        ),
        (0, "virtual_machine.extra", lambda answer: answer["virtual_machine"].update(extra=1)),
        (8, "tags[].color", lambda answer: answer["tags"][0].update(color=7)),
        (10, "error.code", lambda answer: answer["error"].update(code="other")),
    ],
)
def test_a_difference_is_found(number, where, change):
    assert where in found(changed(number, change))


def test_another_id_for_the_same_resource_is_found():
    assert found(changed(4, lambda answer: answer["load_balancer"].update(id="lb_another")))


def test_another_status_is_found():
    exchanges = recorded()
    exchanges[3] = replace(exchanges[3], status=204)
    assert "PATCH %s" % ONE in found(exchanges)


def test_only_missing_headers_of_the_api_are_found():
    exchanges = recorded()
    exchanges[3] = replace(exchanges[3], headers={**exchanges[3].headers, "x-ratelimit-extra": "1", "via": "proxy"})
    assert found(exchanges) == ["header x-ratelimit-extra"]


def test_a_value_that_the_recording_repeats_must_be_repeated():
    exchanges = recorded()
    exchanges[4].answer["load_balancer"]["ip_address"]["address"] = "198.51.100.1"  # a change is permitted
    assert not found(exchanges)
    for number in (1, 3):  # the same address in all responses, as in the simulator
        exchanges[number].answer["load_balancer"]["ip_address"]["address"] = "198.51.100.1"
    assert not found(exchanges)


def test_operations_that_are_not_simulated_are_ignored():
    other = Exchange("POST", "/disks", [], {"a": 1}, 200, {"disk": {"id": "disk_1"}})
    assert list(played([other])) == [] and not found([*recorded(), other])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((None, "NoneType"), (True, "bool"), (1, "int"), ([], "list"), ("", "text"), ("web", "text")),
        *(("203.0.113.1", "IP address"), ("2001:db8::9", "IP address"), ("2026-01-01 10:00:00 UTC", "time")),
    ],
)
def test_shapes(value, expected):
    assert shape(value) == expected
