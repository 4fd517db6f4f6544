# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The responses of the simulator about virtual machines match the OpenAPI document, whether a module sends such requests or not.

The same responses, with other IDs and addresses, are a recording that the simulator must match itself.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from dataclasses import replace

import pytest
from exceptions import RECORDED_RESPONSES, listed
from exchanges import Exchange
from judge import name_of, report, response_problems
from known import OF_MACHINES
from state import objects
from translated import translated

from ansible_collections.katapult.cloud.tests.unit.simulator.machines import (
    ACME,
    ADDRESS,
    ADDRESSES,
    BUILD,
    BUILDS,
    INTERFACE,
    INTERFACES,
    MACHINE,
    TRASH,
    TRASHED,
    Api,
    existing,
    spec,
)

OWNER = [("organization[sub_domain]", "acme")]
LONDON = {"network": {"permalink": "uk-lon-01-public"}}


class Recorder(Api):
    """A client whose exchanges are recorded."""

    def __init__(self, **assumptions):
        super().__init__(**assumptions)
        self.exchanges = []

    def ask(self, method, path, query=(), token="simulator-token", **body):
        status, document = super().ask(method, path, query, token, **body)
        answer, sent = copy.deepcopy((document, body))
        self.exchanges.append(Exchange(method, path, list(query), sent or None, status, answer))
        return status, document


def story():
    """A client creates an address and builds a machine, changes it, and deletes both; and it makes every other request once."""
    api = Recorder()
    choose(api)
    made = api.send("POST", ADDRESSES, **ACME, **LONDON, version="ipv4")["ip_address"]
    api.get(ADDRESS, ip_address=made["id"])
    group = {"name": "edge", "segregate": False}
    group = api.send("POST", "/organizations/organization/virtual_machine_groups", **ACME, properties=group)
    machine = api.built("edge", interfaces=existing(made["id"]))
    named = {"virtual_machine": {"id": machine["id"]}}
    properties = {
        "name": "Edge",
        "description": "a",
        "tag_names": ["edge"],
        "group": {"id": group["virtual_machine_group"]["id"]},
    }
    api.send("PATCH", MACHINE, **named, properties=properties, annotations=[{"key": "a", "value": "b"}])
    api.send("PATCH", MACHINE, **named, properties={"hostname": "edges", "group": None})
    (row,) = api.get(INTERFACES, virtual_machine=machine["id"])[1]["virtual_machine_network_interfaces"]
    interface = {"virtual_machine_network_interface": {"id": row["id"]}}
    api.get(INTERFACE, virtual_machine_network_interface=row["id"])
    api.done(api.send("PATCH", INTERFACE + "/update_speed_profile", **interface, speed_profile={"permalink": "1gbps"}))
    api.get(ADDRESS, ip_address=made["id"])
    api.ask("GET", ADDRESSES, [*OWNER, ("allocated", "true")])
    api.send("POST", ADDRESS + "/unallocate", ip_address={"id": made["id"]})
    api.send("POST", INTERFACE + "/allocate_ip", **interface, ip_address={"id": made["id"]})
    api.send("POST", ADDRESS + "/unallocate", ip_address={"id": made["id"]})
    api.send("POST", MACHINE + "/allocate_ip", **named, ip_address={"id": made["id"]})
    new = api.send("POST", INTERFACE + "/allocate_new_ip", **interface, address_version="ipv6")["ip_address"]
    for action in ("reset", "shutdown", "start", "stop"):
        api.done(api.send("POST", "%s/%s" % (MACHINE, action), **named))
        api.machine(machine["id"])
    api.done(api.send("PUT", MACHINE + "/package", **named, virtual_machine_package={"permalink": "rock-12"}))
    trashed = api.trash(machine["id"])
    api.get(MACHINE, virtual_machine=machine["id"])
    api.ask("GET", TRASH, OWNER)
    api.send("POST", TRASHED + "/restore", trash_object={"id": trashed["id"]})
    api.purge(api.trash(machine["id"]))
    api.get(MACHINE, virtual_machine=machine["id"])
    for address in (made, new):
        api.send("PATCH", ADDRESS, ip_address={"id": address["id"]}, vip=True, label="edge")
        api.send("DELETE", ADDRESS, ip_address={"id": address["id"]})
        api.get(ADDRESS, ip_address=address["id"])
    return api.exchanges


def choose(api):
    """Read what a new machine is chosen from."""
    for path in ("policy", "available_networks", "network_speed_profiles", "disk_templates"):
        api.ask("GET", "/organizations/organization/%s" % path, OWNER)
    api.ask("GET", "/organizations/organization/disk_templates", [*OWNER, ("include_universal", "true")])
    api.ask("GET", "/virtual_machine_packages", [])
    api.get("/virtual_machine_packages/virtual_machine_package", virtual_machine_package={"permalink": "rock-3"})
    api.get("/disk_templates/disk_template", disk_template={"permalink": "templates/ubuntu-22-04"})
    api.get("/networks/network", network={"permalink": "uk-lon-01-public"})
    api.get("/data_centers/data_center/default_network", data_center={"permalink": "uk-lon-01"})


def refusals():
    """A client makes requests that are refused."""
    api = Recorder()
    named, unknown = {"virtual_machine": {"id": "vm_a"}}, {"virtual_machine": {"id": "vm_x"}}
    taken, free = {"ip_address": {"id": "ip_198_51_100_11"}}, {"ip_address": {"id": "ip_192_0_2_10"}}
    api.ask("POST", BUILDS, **ACME, xml="<VirtualMachineSpec/>")
    api.ask("POST", BUILDS, **ACME, xml=spec("not_valid"))
    api.ask("POST", BUILDS, organization={"sub_domain": "full"}, xml=spec())
    api.get(BUILD, virtual_machine_build="vmbuild_x")
    api.ask("POST", MACHINE + "/start", **named)
    api.ask("POST", MACHINE + "/start", **unknown)
    api.ask("POST", MACHINE + "/start", virtual_machine={"id": "vm_trashed"})
    api.ask("PUT", MACHINE + "/package", **named, virtual_machine_package={"permalink": "rock-1"})
    api.ask("PUT", MACHINE + "/package", **named, virtual_machine_package={"permalink": "x"})
    api.ask("DELETE", MACHINE, virtual_machine={"id": "vm_trashed"})
    api.ask("POST", MACHINE + "/allocate_ip", **named, **taken)
    api.ask("POST", MACHINE + "/allocate_ip", **named, ip_address={"id": "ip_192_0_2_20"})
    api.ask("POST", ADDRESS + "/unallocate", **free)
    api.ask("DELETE", ADDRESS, **taken)
    api.ask("POST", ADDRESSES, **ACME, **LONDON, version="ipv4", vip=True)
    api.ask("PATCH", ADDRESS, **free, vip=True, label="")
    api.get(TRASHED, trash_object="trsh_x")
    speed = {"speed_profile": {"permalink": "10gbps"}}
    api.ask("PATCH", INTERFACE + "/update_speed_profile", virtual_machine_network_interface={"id": "vmnet_a"}, **speed)
    return api.exchanges


@pytest.fixture(scope="module", name="told")
def fixture_told():
    return story()


@pytest.fixture(scope="module", name="recorded")
def fixture_recorded(told):
    """The story with other IDs and addresses, which have the format of the API."""
    shown = (of for one in told for _key, of in objects(one.answer))
    named = {of.get("id") for of in shown} - {None, "org_acme"}
    return [_disguised(one, re.compile(r"\b(%s)\b" % "|".join(named))) for one in told]


def _disguised(exchange, identifiers):
    text = json.dumps([exchange.query, exchange.body, exchange.answer])
    text = identifiers.sub(lambda match: _other_id(match[0]), text)
    text = text.replace("203.0.113.", "198.18.7.").replace("203-0-113-", "198-18-7-")
    query, body, answer = json.loads(text.replace("2001:db8:2:", "2001:db8:7:").replace("2001-db8-2-", "2001-db8-7-"))
    return replace(exchange, query=[tuple(pair) for pair in query], body=body, answer=answer)


def _other_id(identifier):
    digest = hashlib.sha256(identifier.encode()).hexdigest()
    return "%s_%s" % (identifier.partition("_")[0], digest[:16])


def test_every_operation_is_in_the_story(told):
    assert {one.operation for one in told} >= OF_MACHINES


def test_every_simulated_operation_is_documented(document):
    assert OF_MACHINES <= set(document.operations)


@pytest.mark.parametrize("exchanges", [story, refusals])
def test_responses_are_documented(document, exchanges):
    faults = [
        (problem, "%s: %s" % (name_of(one.operation), one.answer))
        for one in exchanges()
        for problem in response_problems(document, one) - listed(RECORDED_RESPONSES)
    ]
    assert not faults, report(faults)


# The replay of a recording with translated IDs


def differences(exchanges):
    return {problem.where for _exchange, problems in translated(exchanges) for problem in problems}


def changed(value, path, new):
    """A copy of a response with another value at a path."""
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    if new is LACKING:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return value


LACKING = object()
ID = "vm_aaaaaaaaaaaaaaaa"
READ, WRITE = ("GET", MACHINE), ("PATCH", MACHINE)


def test_a_recording_of_the_simulator_matches_it(recorded):
    assert len(translated(recorded)) > 60
    assert differences(recorded) == set()


@pytest.mark.parametrize(
    ("operation", "path", "new", "where"),
    [
        (WRITE, ("virtual_machine", "name"), "Other", "virtual_machine.name"),
        (WRITE, ("virtual_machine", "id"), ID, "virtual_machine.id"),
        (WRITE, ("virtual_machine", "colour"), "red", "virtual_machine.colour"),
        (WRITE, ("virtual_machine", "tags"), [], "virtual_machine.tags"),
        (WRITE, ("virtual_machine", "group"), None, "virtual_machine.group"),
        (WRITE, ("virtual_machine", "created_at"), None, "virtual_machine.created_at"),
        (WRITE, ("annotations",), [], "annotations"),
        (
            WRITE,
            ("virtual_machine", "ip_addresses", 0, "id"),
            "ip_aaaaaaaaaaaaaaaa",
            "virtual_machine.ip_addresses[].id",
        ),
        (READ, ("virtual_machine", "memory_in_gb"), 99, "virtual_machine.memory_in_gb"),
        (READ, ("virtual_machine", "state"), "orphaned", "virtual_machine.state"),
        (("GET", BUILD), ("virtual_machine_build", "state"), "failed", "virtual_machine_build.state"),
        (("GET", BUILD), ("virtual_machine_build", "spec_xml"), "<a/>", "virtual_machine_build.spec_xml"),
        (("POST", BUILDS), ("task", "name"), "Other", "task.name"),
        (("GET", ADDRESS), ("ip_address", "address"), "no address", "ip_address.address"),
        (("GET", ADDRESS), ("ip_address", "reverse_dns"), "a.example.com", "ip_address.reverse_dns"),
        (("DELETE", ADDRESS), ("deleted",), True, ".deleted"),
        (("GET", TRASHED), ("trash_object", "object_type"), "Disk", "GET " + TRASHED),
    ],
)
def test_a_difference_is_found(recorded, operation, path, new, where):
    number = next(place for place, one in enumerate(recorded) if one.operation == operation and one.succeeded)
    if operation in (READ, ("GET", ADDRESS)):  # one that was changed before
        number = max(place for place, one in enumerate(recorded) if one.operation == operation and one.succeeded)
    altered = replace(recorded[number], answer=changed(recorded[number].answer, path, new))
    assert where in differences([*recorded[:number], altered, *recorded[number + 1 :]])


def test_another_status_is_a_difference(recorded):
    number = next(place for place, one in enumerate(recorded) if one.operation == ("POST", ADDRESSES))
    assert differences([*recorded[:number], replace(recorded[number], status=201), *recorded[number + 1 :]])


def test_older_recordings_may_lack_fields(recorded):
    without = [
        replace(one, answer=changed(one.answer, ("ip_address", "vip"), LACKING)) if "ip_address" in one.answer else one
        for one in recorded
    ]
    assert differences(without) == set()
