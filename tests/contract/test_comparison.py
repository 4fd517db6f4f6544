# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The replay finds all differences between simulator and recording, and only these. The recordings are made here."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace

import pytest
from exchanges import Exchange, recordings
from katapult_simulator.simulator import Request, Simulator
from replay import played, shape

ONE, ALL = "/load_balancers/load_balancer", "/organizations/organization/load_balancers"
RULES, RULE = "/load_balancers/load_balancer/rules", "/load_balancers/rules/load_balancer_rule"
MACHINE, TAGS = "/virtual_machines/virtual_machine", "/organizations/organization/tags"
WEB = {"name": "Web", "api_reference": "web", "resource_type": "virtual_machines", "resource_ids": ["vm_a"]}
HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}


class Sender:
    """A client of a new simulator, whose exchanges are recorded."""

    def __init__(self):
        self.simulator = Simulator()
        self.exchanges = []

    def send(self, method, path, query=(), **body):
        content = json.dumps(body).encode() if body else b""
        reply = self.simulator(Request(method, path, list(query), content, "simulator-token"))
        headers = {name.lower(): value for name, value in reply.headers.items()}
        answer = json.loads(reply.body)
        self.exchanges.append(Exchange(method, path, list(query), body or None, reply.status, answer, headers=headers))
        return answer


def recorded():
    """A client creates a load balancer with a rule, changes it, reads it and a member, and deletes it."""
    sender = Sender()
    send = sender.send
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
    send("GET", TAGS, [("organization[sub_domain]", "acme")])
    send("DELETE", ONE, [("load_balancer[id]", made["id"])])
    send("GET", ONE, [("load_balancer[id]", made["id"])])
    return sender.exchanges


GROUPS, GROUP = "/organizations/organization/security_groups", "/security_groups/security_group"
GROUP_RULES, GROUP_RULE = "/security_groups/security_group/rules", "/security_groups/rules/security_group_rule"
LISTS, LIST = "/organizations/organization/address_lists", "/address_lists/address_list"
ENTRIES, ENTRY = "/address_lists/address_list/entries", "/address_list_entries/address_list_entry"
TAG, MACHINE_GROUPS = "/tags/tag", "/organizations/organization/virtual_machine_groups"
ACME, ACME_QUERY = {"sub_domain": "acme"}, [("organization[sub_domain]", "acme")]


def recorded_firewall():
    """A client manages a tag, a machine group, a security group with rules, and an address list with entries."""
    sender = Sender()
    send = sender.send
    colorless = send("POST", TAGS, organization=ACME, properties={"name": "edge"})["tag"]
    send("PATCH", TAG, tag={"id": colorless["id"]}, properties={"name": "edges"})
    machines = send("POST", MACHINE_GROUPS, organization=ACME, properties={"name": "edge", "segregate": False})
    of_machines = machines["virtual_machine_group"]["id"]
    allowed = send("POST", LISTS, organization=ACME, properties={"name": "friends"})["address_list"]
    of_list = [("address_list[id]", allowed["id"])]
    entry = send("POST", ENTRIES, address_list={"id": allowed["id"]}, properties={"address": "192.0.2.7"})
    send("PATCH", ENTRY, address_list_entry={"id": entry["address_list_entry"]["id"]}, properties={"name": "home"})
    send("GET", ENTRIES, of_list)
    send("GET", LIST, of_list)
    send("GET", "/address_lists")
    properties = {"name": "edge", "associations": [of_machines, colorless["id"]]}
    group = send("POST", GROUPS, organization=ACME, properties=properties)["security_group"]
    of_group = [("security_group[id]", group["id"])]
    wanted = {"direction": "inbound", "protocol": "TCP", "ports": "443", "targets": [allowed["id"]]}
    rule = send("POST", GROUP_RULES, security_group={"id": group["id"]}, properties=wanted)["security_group_rule"]
    refused = {"protocol": "ICMP", "targets": ["all:ipv4"]}
    send("PATCH", GROUP_RULE, security_group_rule={"id": rule["id"]}, properties=refused)
    send("GET", GROUP_RULE, [("security_group_rule[id]", rule["id"])])
    send("GET", GROUP_RULES, of_group)
    send("PATCH", GROUP, security_group={"id": group["id"]}, properties={"allow_all_inbound": True})
    send("GET", GROUP_RULES, of_group)
    send("GET", GROUPS, ACME_QUERY)
    send("DELETE", GROUP, of_group)
    send("DELETE", LIST, of_list)
    send("DELETE", TAG, [("tag[id]", colorless["id"])])
    send("GET", TAGS, ACME_QUERY)
    return sender.exchanges


CERTIFICATES, CERTIFICATE = "/organizations/organization/certificates", "/certificates/certificate"
WORK = "/tasks/task"
LEAF = "-----BEGIN CERTIFICATE-----\nbGVhZg==\n-----END CERTIFICATE-----\n"


def recorded_certificates():
    """A client lets a certificate be issued twice, uploads one, and deletes both."""
    sender = Sender()
    send = sender.send
    signed = {"issuer": "self_signed", "name": "www.example.com"}
    answer = send("POST", CERTIFICATES, organization=ACME, properties=signed)
    of_one, of_work = [("certificate[id]", answer["certificate"]["id"])], [("task[id]", answer["task"]["id"])]
    send("GET", WORK, of_work)
    send("GET", WORK, of_work)
    send("GET", CERTIFICATE, of_one)
    answer = send("POST", CERTIFICATE + "/issue", certificate={"id": answer["certificate"]["id"]})
    of_work = [("task[id]", answer["task"]["id"])]
    send("GET", WORK, of_work)
    send("GET", WORK, of_work)
    send("GET", CERTIFICATE, of_one)
    properties = {"issuer": "custom", "certificate": LEAF, "private_key": "-----BEGIN PRIVATE KEY-----"}
    answer = send("POST", CERTIFICATES, organization=ACME, properties=properties)
    uploaded = [("certificate[id]", answer["certificate"]["id"])]
    send("POST", CERTIFICATE + "/issue", certificate={"id": answer["certificate"]["id"]})
    send("GET", CERTIFICATES, ACME_QUERY)
    send("DELETE", CERTIFICATE, of_one)
    send("DELETE", CERTIFICATE, uploaded)
    send("GET", CERTIFICATE, of_one)
    return sender.exchanges


def found(exchanges):
    return [difference.where for _exchange, differences in played(exchanges) for difference in differences]


def member(answer):
    return answer["load_balancer"]["resources"][0]["value"]


def owner(answer):
    return answer["virtual_machine"]["organization"]


def changed(number, change, exchanges=None):
    """The recording with one changed response."""
    exchanges = exchanges or recorded()
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
    assert len(played(recorded())) == 11 and not found(recorded())


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
        # Keys that other responses of the recording have, or that every response has
        (4, "load_balancer.standby_vms", lambda answer: answer["load_balancer"].pop("standby_vms")),
        (4, "load_balancer.id", lambda answer: answer["load_balancer"].pop("id")),
        (6, "load_balancer_rule", lambda answer: answer.clear()),
        # Values that other responses repeat, and that no request has changed
        (4, "load_balancers.ip_address.id", lambda answer: answer["load_balancer"]["ip_address"].update(id="ip_2")),
        (
            4,
            "load_balancers.backend_certificate",
            lambda answer: answer["load_balancer"].update(backend_certificate=""),
        ),
        (4, "data_centers.permalink", lambda answer: answer["load_balancer"]["data_center"].update(permalink="new")),
        (4, "virtual_machines.name", lambda answer: member(answer).update(name="other")),
        (4, "virtual_machines.created_at", lambda answer: member(answer).update(created_at=1600000000)),
        (4, "virtual_machines.zone.name", lambda answer: member(answer)["zone"].update(name="other")),
        (4, "virtual_machines.tags", lambda answer: member(answer).update(tags=[])),
        # Formats
        (0, "virtual_machine.created_at", lambda answer: answer["virtual_machine"].update(created_at=1767225600000)),
        (0, "organizations.activated_at", lambda answer: owner(answer).update(activated_at=1600000000)),
        (1, "load_balancer.id", lambda answer: answer["load_balancer"].update(id="lbrule_1")),
        (1, "load_balancer.ip_address.id", lambda answer: answer["load_balancer"]["ip_address"].update(id="1")),
        # Lists
        (5, "load_balancer_rules", lambda answer: answer["load_balancer_rules"].clear()),
        (
            7,
            "pagination.total",
            lambda answer: answer["load_balancers"].append(dict(answer["load_balancers"][0], id="lb_2")),
        ),
        (8, "pagination.total", lambda answer: answer["tags"].pop()),
    ],
)
def test_a_difference_is_found(number, where, change):
    assert where in found(changed(number, change))


def test_a_recording_of_all_other_written_kinds_has_no_differences():
    exchanges = recorded_firewall()
    assert [one.status for one in exchanges].count(422) == 1 and not found(exchanges)


@pytest.mark.parametrize("first", range(1, 21))
def test_a_recording_of_all_other_written_kinds_may_begin_late(first):
    # What was deleted before the recording begins is not known, nor is the parent of an entry that is only changed.
    assert not found(recorded_firewall()[first:])


def firewall(name, change):
    """A change of the resource with this name in a response."""
    return lambda answer: change(answer[name])


@pytest.mark.parametrize(
    ("number", "where", "change"),
    [
        # The color that the API has picked stays the same.
        (0, "tag.color", firewall("tag", lambda tag: tag.update(color=7))),
        (1, "tag.color", firewall("tag", lambda tag: tag.update(color="pastel_black"))),
        (1, "tag.name", firewall("tag", lambda tag: tag.update(name="edge"))),
        (1, "tags.created_at", firewall("tag", lambda tag: tag.update(created_at=1767225601))),
        (2, "virtual_machine_group.segregate", firewall("virtual_machine_group", lambda of: of.update(segregate=True))),
        (3, "address_list.global", firewall("address_list", lambda of: of.update({"global": True}))),
        (4, "address_list_entry.id", firewall("address_list_entry", lambda entry: entry.update(id="adlst_1"))),
        (4, "address_list_entry.name", firewall("address_list_entry", lambda entry: entry.update(name=None))),
        (5, "address_list_entry.name", firewall("address_list_entry", lambda entry: entry.update(name=None))),
        (6, "address_list_entries[].address", lambda of: of["address_list_entries"][0].update(address="192.0.2.7/32")),
        (7, "address_list.entries", firewall("address_list", lambda of: of["entries"].clear())),
        (8, "address_lists", lambda answer: answer["address_lists"][0].update({"global": False})),
        (9, "security_group.associations", firewall("security_group", lambda group: group["associations"].pop())),
        (10, "security_group_rule.action", firewall("security_group_rule", lambda rule: rule.update(action="deny"))),
        (10, "security_group_rule.notes", firewall("security_group_rule", lambda rule: rule.update(notes=""))),
        # The refused change has set the targets, and nothing else.
        (12, "security_group_rule.targets", firewall("security_group_rule", lambda rule: rule["targets"].clear())),
        (
            12,
            "security_group_rule.protocol",
            firewall("security_group_rule", lambda rule: rule.update(protocol="ICMP")),
        ),
        (13, "security_group_rules[].ports", lambda answer: answer["security_group_rules"][0].update(ports="80")),
        (14, "security_group.allow_all_inbound", lambda of: of["security_group"].update(allow_all_inbound=False)),
        # All rules of the direction are gone.
        (15, "pagination.total", lambda answer: answer["pagination"].update(total=1)),
        (16, "security_groups[].name", lambda answer: answer["security_groups"][-1].update(name="Edge")),
        (17, "security_group.associations", firewall("security_group", lambda of: of.update(associations=[]))),
        (18, "address_list.entries", firewall("address_list", lambda of: of["entries"].clear())),
    ],
)
def test_a_difference_of_any_other_written_kind_is_found(number, where, change):
    assert where in found(changed(number, change, recorded_firewall()))


def test_a_recording_of_certificates_has_no_differences():
    exchanges = recorded_certificates()
    assert [one.status for one in exchanges] == [201, *[200] * 7, 201, 422, *[200] * 3, 404]
    assert len(played(exchanges)) == len(exchanges) and not found(exchanges)


@pytest.mark.parametrize("first", range(1, 13))
def test_a_recording_of_certificates_may_begin_late(first):
    assert not found(recorded_certificates()[first:])


def certificate(change):
    return lambda answer: change(answer["certificate"])


@pytest.mark.parametrize(
    ("numbers", "change"),
    [
        # Katapult chooses them, and recordings redact some of them.
        ([3, 4], certificate(lambda of: of.update(certificate="MIIG-first"))),
        ([7, 11], certificate(lambda of: of.update(certificate="MIIG-second"))),
        ([0, 3, 4, 7, 11], certificate(lambda of: of.update(certificate_api_url="[REDACTED]"))),
        ([3, 4, 7, 8, 11, 12], certificate(lambda of: of.update(private_key="[REDACTED]"))),
        # Katapult takes them from the certificate.
        ([8, 12], certificate(lambda of: of.update(additional_names=["a.example.com"]))),
        # A task may wait for a while.
        ([1], lambda answer: answer["task"].update(status="pending", progress=0, started_at=None)),
    ],
)
def test_what_katapult_chooses_of_a_certificate_may_differ(numbers, change):
    exchanges = recorded_certificates()
    for number in numbers:
        exchanges = changed(number, change, exchanges)
    assert not found(exchanges)


@pytest.mark.parametrize(
    ("number", "where", "change"),
    [
        (0, "certificate.state", certificate(lambda of: of.update(state="issued"))),
        (0, "certificate.private_key", certificate(lambda of: of.update(private_key="[REDACTED]"))),
        (0, "certificate.additional_names", certificate(lambda of: of.update(additional_names=["www.example.com"]))),
        (0, "certificate.expires_at", certificate(lambda of: of.update(expires_at=1900000000))),
        (0, "task", lambda answer: answer.update(task=None)),
        (0, "task.status", lambda answer: answer["task"].update(status="running")),
        (0, "task.id", lambda answer: answer["task"].update(id="1")),
        (1, "task.name", lambda answer: answer["task"].update(name="Issue")),
        (2, "tasks.finished_at", lambda answer: answer["task"].update(finished_at=1500000000)),
        (3, "certificate.chain", certificate(lambda of: of.update(chain=LEAF))),
        (3, "certificate.state", certificate(lambda of: of.update(state="pending"))),
        (4, "certificate.state", certificate(lambda of: of.update(state="pending"))),
        (4, "certificate.certificate", certificate(lambda of: of.update(certificate="MIIG-second"))),
        (7, "certificate.name", certificate(lambda of: of.update(name="example.com"))),
        (8, "certificate.certificate", certificate(lambda of: of.update(certificate=LEAF.strip()))),
        (8, "certificate.last_issued_at", certificate(lambda of: of.update(last_issued_at=1900000000))),
        (8, "task", lambda answer: answer.update(task={"id": "task_1"})),
        (9, "error.code", lambda answer: answer["error"].update(code="other")),
        (10, "certificates[].state", lambda answer: answer["certificates"][-1].update(state="pending")),
        (11, "certificate.issuer", certificate(lambda of: of.update(issuer="custom"))),
    ],
)
def test_a_difference_of_a_certificate_is_found(number, where, change):
    assert where in found(changed(number, change, recorded_certificates()))


def test_rules_that_the_api_deletes_must_be_gone():
    exchanges = recorded_firewall()
    exchanges[15] = replace(exchanges[15], answer=exchanges[13].answer)
    assert "security_group_rules" in found(exchanges)


def test_other_clients_may_create_and_delete_but_not_for_the_client_of_the_recording():
    listed = recorded()[8]
    without = json.loads(json.dumps(listed.answer))
    without["tags"].pop()
    without["pagination"].update(total=1)
    fewer = replace(listed, answer=without)
    assert not found([listed, fewer, listed])
    gone = Exchange("DELETE", TAG, [("tag[id]", "tag_web")], None, 200, {"tag": listed.answer["tags"][1]})
    assert listed.answer["tags"][1]["id"] == "tag_web"
    assert not found([listed, gone, fewer])
    assert "tags" in found([listed, gone, listed])  # it must not return
    made = recorded_firewall()
    assert "tags" in found([made[0], listed])  # it must not vanish


def test_another_id_for_the_same_resource_is_found():
    assert found(changed(4, lambda answer: answer["load_balancer"].update(id="lb_another")))


def test_only_an_older_recording_may_have_another_status_of_a_creation():
    exchanges = recorded()
    exchanges[1] = replace(exchanges[1], status=200)
    assert found(exchanges) == ["POST %s" % ALL]
    for number, one in enumerate(exchanges):
        exchanges[number] = replace(one, answer={name: of for name, of in one.answer.items() if name != "annotations"})
    assert not found(exchanges)


def test_another_status_is_found():
    exchanges = recorded()
    exchanges[3] = replace(exchanges[3], status=204)
    assert "PATCH %s" % ONE in found(exchanges)


def test_only_missing_headers_of_the_api_are_found():
    exchanges = recorded()
    exchanges[3] = replace(exchanges[3], headers={**exchanges[3].headers, "x-ratelimit-extra": "1", "via": "proxy"})
    assert found(exchanges) == ["header x-ratelimit-extra"]


def test_the_content_type_may_have_parameters():
    exchanges = recorded()
    exchanges[3] = replace(exchanges[3], headers={"content-type": "application/json; charset=utf-8"})
    assert not found(exchanges)


def test_the_server_may_assign_any_address_but_not_change_it():
    exchanges = recorded()
    exchanges[4].answer["load_balancer"]["ip_address"]["address"] = "198.51.100.1"
    assert "load_balancers.ip_address.address" in found(exchanges)
    for number, one in ((number, exchanges[number].answer) for number in (1, 3, 7)):
        balancer = one["load_balancers"][0] if number == 7 else one["load_balancer"]
        balancer["ip_address"]["address"] = "198.51.100.1"
    assert not found(exchanges)


def test_two_load_balancers_have_different_ids_and_addresses():
    exchanges = recorded()
    assert "load_balancer.id" in found(exchanges + exchanges)
    assert not found(
        exchanges + rewritten(r"(lb|lbrule)_Simulated", r"\g<1>_Other")
    )  # after the deletion, the address is free
    (other,) = [replace(exchanges[1], answer=json.loads(json.dumps(exchanges[1].answer).replace("lb_S", "lb_T")))]
    assert "load_balancers.ip_address" in found([*exchanges[:2], other])


def test_the_order_in_lists_means_nothing():
    exchanges = recorded()
    for answer in (exchanges[0].answer["virtual_machine"], exchanges[8].answer):
        answer["tags"].reverse()
    exchanges[0].answer["virtual_machine"]["ip_addresses"].reverse()
    assert not found(exchanges)


def test_one_page_of_several_is_compared():
    exchanges = recorded()
    answer = exchanges[8].answer
    answer["tags"].pop(0)
    answer["pagination"].update(current_page=2, total_pages=2, per_page=1)
    exchanges[8] = replace(exchanges[8], query=[*exchanges[8].query, ("page", "2"), ("per_page", "1")])
    assert not found(exchanges)
    answer["tags"][0]["extra"] = 1
    assert found(exchanges) == ["tags[].extra"]


def get(path, asked, status, answer):
    headers = recorded()[-1].headers if status >= 400 else {}
    return Exchange("GET", path, [asked], None, status, answer, headers=headers)


def error(code, detail):
    return {"error": {"code": code, "description": "Any text", "detail": detail}}


def test_resources_are_identified_by_any_of_their_names():
    exchanges = recorded()
    for number, one in enumerate(exchanges):
        if one.path == ONE and one.method != "PATCH":
            exchanges[number] = replace(one, query=[("load_balancer[api_reference]", "web")])
    machine = exchanges[0].answer
    exchanges.append(get(MACHINE, ("virtual_machine[fqdn]", machine["virtual_machine"]["fqdn"]), 200, machine))
    for first in range(len(exchanges)):
        assert not found(exchanges[first:])


def test_errors_show_what_does_not_exist_or_is_not_permitted():
    asked = ("virtual_machine[id]", "vm_a")
    trash = {"id": "trsh_1", "keep_until": 1767225600, "object_id": "vm_a", "object_type": "VirtualMachine"}
    deleted = get(MACHINE, asked, 406, error("object_in_trash", {"trash_object": trash}))
    purged = get(MACHINE, asked, 404, error("virtual_machine_not_found", {}))
    denied = replace(recorded()[1], status=403, answer=error("permission_denied", {"details": None}))
    denied = replace(denied, headers=recorded()[-1].headers)
    assert not found([recorded()[0], deleted, purged, denied, *recorded()[1:2]])
    assert found([replace(deleted, status=404)])


@pytest.mark.parametrize(("status", "answer"), [(429, error("rate_limit_reached", {})), (500, None), (502, "<html>")])
def test_a_server_may_be_overloaded_or_fail(status, answer):
    exchanges = recorded()
    assert not found([part for one in exchanges for part in (replace(one, status=status, answer=answer), one)])


def test_either_unknown_behavior_is_permitted():
    port_twice = [recorded()[number] for number in (0, 1, 2, 2)]
    other = json.loads(json.dumps(port_twice[3].answer).replace("lbrule_", "lbrule_x"))
    assert not found([*port_twice[:3], replace(port_twice[3], answer=other)])


def machine(method, of, **body):
    path = "/organizations/organization/virtual_machines" if method == "POST" else MACHINE
    return Exchange(method, path, [], body or None, 200, {"virtual_machine": of})


def test_operations_that_are_not_simulated_change_what_is_read():
    body = {"organization": {"sub_domain": "acme"}, "properties": {"name": "new"}}
    new = {"id": "vm_new", "name": "new", "created_at": 1767225601}
    created = machine("POST", new, **body)
    shown = [
        get(MACHINE, ("virtual_machine[id]", "vm_new"), 200, {"virtual_machine": {**new, **more}})
        for more in ({}, {"name": "newer"})
    ]
    renamed = machine("PATCH", {**new, "name": "newer"}, virtual_machine={"id": "vm_new"})
    assert not found([created, shown[0], renamed, shown[1]])
    assert found([created, shown[1]]) == ["virtual_machines.name"]
    machines = "/organizations/organization/virtual_machines"
    pages = {"current_page": 1, "total_pages": 0, "total": 0, "per_page": 30, "large_set": False}
    none = {"pagination": pages, "virtual_machines": []}
    listed = get(machines, ("organization[sub_domain]", "acme"), 200, none)
    assert found([created, listed]) == ["virtual_machines"]  # it is not in the list
    assert not found([created, machine("DELETE", new, virtual_machine={"id": "vm_new"}), listed])


def test_recordings_of_the_same_name_in_several_folders(tmp_path):
    for folder in ("one", "two", "two/one"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.json").write_text("[]")
    folders = os.pathsep.join(str(tmp_path / folder) for folder in ("one", "two", "two/one"))
    assert list(recordings(folders)) == ["one/same", "two/same", "one/same (2)"]


def test_operations_that_are_not_simulated_are_ignored():
    other = Exchange("POST", "/disks", [], {"a": 1}, 200, {"disk": {"id": "disk_1"}})
    assert played([other]) == [] and not found([*recorded(), other])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((None, "NoneType"), (True, "bool"), (1, "int"), ([], "list"), ("", "text"), ("web", "text")),
        *(("203.0.113.1", "IP address"), ("2001:db8::9", "IP address"), ("2026-01-01 10:00:00 UTC", "time")),
    ],
)
def test_shapes(value, expected):
    assert shape(value) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(("created_at", 1767225600, "seconds"), ("created_at", 1767225600000, "int"), ("created_at", True, "bool")),
        *(("id", "lb_1", "ID lb"), ("id", 1, "int"), ("name", "lb_1", "text")),
    ],
)
def test_shapes_of_times_and_ids(name, value, expected):
    assert shape(value, name) == expected
