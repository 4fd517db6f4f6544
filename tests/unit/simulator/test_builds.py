# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator builds virtual machines from documents like the API: a machine does not exist at first, and is not started at once."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.populate import put
from katapult_simulator.rendering import SECRET

from .machines import (
    ACME,
    ADDRESS,
    BUILD,
    BUILDS,
    INTERFACE,
    INTERFACES,
    MACHINE,
    MACHINES,
    Api,
    existing,
    networks,
    new,
    spec,
)

ANNOTATIONS = [{"key": "team", "value": "web"}]
FQDN = {"fqdn": "new.acme.katapult.cloud"}


@pytest.fixture(name="api")
def fixture_api():
    return Api()


def refusal(api, document, organization="acme"):
    status, answer = api.ask("POST", BUILDS, organization={"sub_domain": organization}, xml=document)
    assert status >= 400 and not api.world.virtual_machine_builds
    return status, answer["error"]["code"], answer["error"]["detail"].get("errors")


# The response and the progress


def test_the_response_contains_the_task_the_build_and_the_host_name(api):
    status, answer = api.ask("POST", BUILDS, **ACME, xml=spec("New-1"), annotations=ANNOTATIONS)
    assert status == 201
    assert set(answer) == {"task", "build", "virtual_machine_build", "hostname", "annotations"}
    assert set(answer["task"]) == {"id", "name", "status"} and answer["task"]["name"] == "Build virtual machine"
    assert answer["build"] == answer["virtual_machine_build"] == {"id": answer["build"]["id"], "state": "pending"}
    assert answer["hostname"] == "new-1" and answer["annotations"] == ANNOTATIONS


def test_a_machine_exists_after_a_while_and_is_started_after_its_build(api):
    build = api.build()["build"]["id"]
    seen = [api.progress(build) for _look in range(4)]
    assert seen == [("building", None), ("building", "stopped"), ("building", "stopped"), ("complete", "stopped")]
    machine = api.get(MACHINE, virtual_machine=FQDN)[1]["virtual_machine"]
    assert machine["state"] == "allocating"
    assert api.machine(machine["id"])["state"] == "started"


def test_a_machine_may_be_starting_before_its_build_has_ended():
    api = Api(stopped_when_built=False)
    build = api.build()["build"]["id"]
    seen = [api.progress(build) for _look in range(4)]
    assert seen == [("building", None), ("building", "stopped"), ("building", "allocating"), ("complete", "starting")]
    assert [api.get(MACHINE, virtual_machine=FQDN)[1]["virtual_machine"]["state"] for _look in range(2)] == [
        "starting",
        "started",
    ]


def test_a_machine_that_is_starting_passes_several_states():
    api = Api(looks=4)
    build = api.build()["build"]["id"]
    while api.progress(build)[0] != "complete":
        pass
    identifier = api.world.virtual_machine_builds[build].virtual_machine
    seen = [api.machine(identifier)["state"] for _look in range(4)]
    assert seen == ["allocating", "allocated", "starting", "started"]


def test_it_is_not_found_and_not_listed_before_it_exists(api):
    build = api.build()["build"]["id"]
    query = [("organization[sub_domain]", "acme")]
    assert api.get(MACHINE, virtual_machine=FQDN)[0] == 404
    assert "new" not in [row["hostname"] for row in api.ask("GET", MACHINES, query)[1]["virtual_machines"]]
    assert api.world.virtual_machine_builds[build].virtual_machine, "These were looks, too."
    assert api.get(MACHINE, virtual_machine=FQDN)[0] == 200


def test_the_task_of_a_build_progresses_with_it(api):
    answer = api.build()
    assert api.done(answer) == "completed"
    assert api.progress(answer["build"]["id"]) == ("complete", "stopped")


def test_a_build_shows_the_document_and_the_machine(api):
    machine = api.built("new", more="<Name>A &amp; B</Name>")
    build = next(iter(api.world.virtual_machine_builds))
    status, answer = api.get(BUILD, virtual_machine_build=build)
    assert status == 200 and set(answer) == {"virtual_machine_build", "annotations"}
    shown = answer["virtual_machine_build"]
    assert set(shown) == {"id", "spec_xml", "state", "virtual_machine", "created_at"}
    assert shown["virtual_machine"] == {
        "id": machine["id"],
        "name": "A & B",
        "hostname": "new",
        "fqdn": "new.acme.katapult.cloud",
        "state": "started",
    }
    assert api.get(BUILD, virtual_machine_build="vmbuild_x")[1]["error"]["code"] == "build_not_found"


def test_the_document_is_returned_in_another_form_with_the_options(api):
    option = '<Option key="password">%s</Option>' % SECRET
    template = '<DiskTemplate><DiskTemplate by="permalink">templates/ubuntu-22-04</DiskTemplate>%s</DiskTemplate>'
    speed = '<SpeedProfile by="permalink">1gbps</SpeedProfile>'
    api.build("NEW", template=template % option, interfaces=speed + existing("ip_192_0_2_10"))
    build = next(iter(api.world.virtual_machine_builds))
    shown = api.get(BUILD, virtual_machine_build=build)[1]["virtual_machine_build"]["spec_xml"]
    assert shown.startswith('<?xml version="1.0"?>\n<VirtualMachineSpec>\n  <DataCenter>loc_london</DataCenter>\n')
    for part in (
        '<Package by="permalink">rock-3</Package>',
        '<Version by="number">1</Version>',
        "<SpeedProfile>nsp_1gbps</SpeedProfile>",
        '<IPAddress by="address">192.0.2.10</IPAddress>',
        "<Hostname>new</Hostname>",
        option,
    ):
        assert part in shown


# What is built


def test_everything_that_the_document_describes_is_built(api):
    interface = '<SpeedProfile by="permalink">500mbps</SpeedProfile>' + existing("192.0.2.10", "address") + new(6)
    more = (
        "<Name>Web server</Name><Description>For the web</Description><Group>vmgrp_web</Group>"
        '<AuthorizedKeys><Users all="yes"></Users><SSHKeys all="yes"/></AuthorizedKeys>'
        "<Tags><Tag>web</Tag><Tag>unknown</Tag></Tags>"
    )
    machine = api.built("new", interfaces=interface, more=more)
    assert (machine["name"], machine["hostname"], machine["description"]) == ("Web server", "new", "For the web")
    assert machine["fqdn"] == "new.acme.katapult.cloud"
    assert machine["package"]["permalink"] == "rock-3" and (machine["cpu_cores"], machine["memory_in_gb"]) == (1, 3)
    assert machine["zone"]["data_center"]["id"] == "loc_london" and machine["group"]["id"] == "vmgrp_web"
    assert machine["tag_names"] == ["web"], "Only existing tags are assigned."
    assert SECRET in machine["initial_root_password"]
    assert [address["address"] for address in machine["ip_addresses"]] == ["192.0.2.10", "2001:db8:2::2"]
    assert {address["reverse_dns"] for address in machine["ip_addresses"]} == {"new.acme.katapult.cloud"}
    (interface,) = api.get(INTERFACES, virtual_machine=machine["id"])[1]["virtual_machine_network_interfaces"]
    shown = api.get(INTERFACE, virtual_machine_network_interface=interface["id"])[1]
    assert shown["virtual_machine_network_interface"]["speed_profile"]["permalink"] == "500mbps"
    assert shown["virtual_machine_network_interface"]["state"] == "attached"


def test_what_is_omitted_has_defaults(api):
    machine = api.built("new")
    assert (machine["name"], machine["description"], machine["group"], machine["tags"]) == ("new", None, None, [])
    assert machine["ip_addresses"] == []


@pytest.mark.parametrize("hostname", ["", "<Hostname type='random'/>"])
def test_a_host_name_is_generated(api, hostname):
    more = "<Hostname>%s</Hostname>" % hostname if hostname else ""
    answer = api.build("", more=more)
    assert answer["hostname"].startswith("generated-")


@pytest.mark.parametrize(("package", "speed"), [("rock-1", "1gbps"), ("rock-3", "10gbps")])
def test_the_default_speed_depends_on_the_package(api, package, speed):
    resources = '<Resources><Package by="permalink">%s</Package></Resources>' % package
    machine = api.built("new", resources=resources, interfaces=" ")
    (interface,) = api.get(INTERFACES, virtual_machine=machine["id"])[1]["virtual_machine_network_interfaces"]
    shown = api.get(INTERFACE, virtual_machine_network_interface=interface["id"])[1]
    assert shown["virtual_machine_network_interface"]["speed_profile"]["permalink"] == speed


def test_a_machine_can_be_in_a_virtual_network_and_in_a_zone(api):
    interface = networks("", "<VirtualNetwork>vnet_backbone</VirtualNetwork>")
    machine = api.built("new", center='<Zone by="permalink">zone-of-nl-ams-01</Zone>', more=interface)
    assert machine["zone"]["data_center"]["permalink"] == "nl-ams-01"
    (row,) = api.get(INTERFACES, virtual_machine=machine["id"])[1]["virtual_machine_network_interfaces"]
    assert row["network"] is None and row["virtual_network"] == {"id": "vnet_backbone", "name": "Backbone"}


@pytest.mark.parametrize("arrive", [False, True])
def test_annotations_of_a_build_may_not_arrive_at_the_machine(arrive):
    api = Api(annotated_builds=arrive)
    build = api.send("POST", BUILDS, **ACME, xml=spec(), annotations=ANNOTATIONS)["build"]["id"]
    while api.progress(build)[0] != "complete":
        pass
    assert api.get(BUILD, virtual_machine_build=build)[1]["annotations"] == ANNOTATIONS
    assert api.get(MACHINE, virtual_machine=FQDN)[1]["annotations"] == (ANNOTATIONS if arrive else [])


# Refusals


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ("no XML", "cannot be parsed"),
        ("<Spec/>", "root element"),
        ("<VirtualMachineSpec/>", "Resources is required"),
        (spec(more="<Colour>red</Colour>"), "unknown element Colour"),
        (spec(more="<Tags><Tag>a</Tag><Label>b</Label></Tags>"), "unknown element Label"),
        (spec(more="<Name>a</Name><Name>b</Name>"), "more than once"),
        (spec(more='<Group by="colour">a</Group>'), "unknown by colour"),
        (spec(more='<Name lang="en">a</Name>'), "unknown attribute lang"),
        (spec(more="<Name></Name>"), "Name is empty"),
        (spec(more="text"), "contains text"),
        (spec(resources="<Resources><Memory>1</Memory></Resources>"), "Package is required"),
        (spec(resources="<Resources><Package>vmpkg_x</Package></Resources>"), "no virtual machine package"),
        (spec(template="<DiskTemplate><DiskTemplate>x</DiskTemplate></DiskTemplate>"), "no disk template"),
        (spec(template=""), "DiskTemplate/DiskTemplate is required"),
        (spec(center="<DataCenter>x</DataCenter>"), "no DataCenter"),
        (spec(center="<Zone>x</Zone>"), "no Zone"),
        (spec(center=""), "One of DataCenter and Zone"),
        (spec(more="<Group>vmgrp_x</Group>"), "no single group"),
        (spec(more='<Group by="name">nobody</Group>'), "no single group"),
        (spec(more="<Group>vmgrp_twin_1</Group>"), "no single group"),
        (spec(more=networks("", "<Network>x</Network>")), "no network"),
        (spec(more=networks("", "")), "NetworkInterface is empty"),
        (spec(more=networks("", "<VirtualNetwork>vnet_x</VirtualNetwork>")), "no virtual network"),
        (spec(interfaces='<SpeedProfile by="permalink">x</SpeedProfile>'), "no network speed profile"),
        (spec(interfaces=existing("ip_x")), "no IP address"),
        (spec(interfaces=existing("ip_192_0_2_20")), "no IP address"),
        (spec(interfaces=new(5)), "requires the Version 4 or 6"),
        (
            spec(interfaces='<IPAddressAllocation type="existing"><Version>4</Version></IPAddressAllocation>'),
            "IPAddress",
        ),
    ],
)
def test_an_invalid_document_is_refused(api, document, error):
    status, code, errors = refusal(api, document)
    assert (status, code) == (400, "invalid_spec_xml")
    assert isinstance(errors, str) and error in errors


@pytest.mark.parametrize("hostname", ["under_score", "-a", "a-", "a.b", "a" * 64])
def test_an_invalid_host_name_is_refused(api, hostname):
    assert refusal(api, spec(hostname)) == (422, "validation_error", ["Hostname is invalid"])


def test_an_address_that_a_machine_has_is_refused(api):
    status, code, errors = refusal(api, spec(interfaces=existing("ip_198_51_100_10")))
    assert (status, code) == (422, "validation_error") and "already allocated" in errors[0]


def test_a_restricted_organization_builds_nothing(api):
    status, code, errors = refusal(api, spec(), "full")
    assert (status, code) == (403, "resource_creation_restricted") and errors


def test_the_document_is_required(api):
    assert api.code("POST", BUILDS, **ACME) == (400, "missing_required_argument")
    assert api.code("POST", BUILDS, **ACME, xml=1) == (400, "invalid_argument")


# Failures


@pytest.mark.parametrize(("prefix", "machine"), [("unbuildable-", None), ("unstartable-", "failed")])
def test_some_host_names_cannot_be_built(api, prefix, machine):
    answer = api.build(prefix + "1")
    assert api.done(answer) == "failed"
    assert api.progress(answer["build"]["id"]) == ("failed", machine)


@pytest.mark.parametrize("hostname", ["web-a", "trashed"])
@pytest.mark.parametrize(("assumed", "state"), [("fails", "failed"), ("accepted", "complete")])
def test_a_taken_host_name_may_fail_late_or_not_at_all(hostname, assumed, state):
    api = Api(taken_hostname=assumed)
    answer = api.build(hostname)
    api.done(answer)
    assert api.progress(answer["build"]["id"])[0] == state


@pytest.mark.parametrize("hostname", ["web-a", "trashed", "new"])
def test_a_taken_host_name_may_be_refused(hostname):
    api = Api(taken_hostname="refused")
    api.build("new")
    status, answer = api.ask("POST", BUILDS, **ACME, xml=spec(hostname))
    assert (status, answer["error"]["detail"]["errors"]) == (422, ["Hostname has already been taken"])


def test_the_second_of_two_simultaneous_builds_fails(api):
    first, second = (
        api.build("new", interfaces=existing("ip_192_0_2_10")),
        api.build("other", interfaces=existing("ip_192_0_2_10")),
    )
    assert api.done(first) == "completed" and api.done(second) == "failed"


# Permissions


@pytest.mark.parametrize(
    ("token", "expected"),
    [("read-only-token", "scope_not_granted"), ("powerless-token", "permission_denied"), ("machines-token", None)],
)
def test_a_build_requires_a_scope(api, token, expected):
    _status, answer = api.ask("POST", BUILDS, token=token, **ACME, xml=spec())
    assert answer.get("error", {}).get("code") == expected


def test_a_build_of_another_organization_does_not_exist(api):
    put(api.world, "disk_templates", [])
    body = {"organization": {"sub_domain": "globex"}, "xml": spec()}
    build = api.send("POST", BUILDS, **body)["build"]["id"]
    query = [("virtual_machine_build[id]", build)]
    assert api.ask("GET", BUILD, query, "acme-token")[1]["error"]["code"] == "build_not_found"


def test_private_packages_and_templates_are_those_of_the_organization(api):
    resources = "<Resources><Package>vmpkg_reserved</Package></Resources>"
    template = '<DiskTemplate><DiskTemplate by="permalink">templates/acme-golden</DiskTemplate></DiskTemplate>'
    api.build("new", resources=resources, template=template)
    for document in (spec(resources=resources), spec(template=template)):
        status, answer = api.ask("POST", BUILDS, organization={"sub_domain": "globex"}, xml=document)
        assert (status, answer["error"]["code"]) == (400, "invalid_spec_xml")


# Time


def test_by_the_clock_a_build_takes_time_and_no_looks():
    api = Api(seconds=4.0)
    build = api.build()["build"]["id"]
    seen = {}
    for second in range(13):
        api.now = float(second)
        for _look in range(3):
            state = api.progress(build)
        seen[second] = state
    assert seen[1] == ("pending", None) and seen[2] == ("building", None)
    assert seen[4] == ("building", "stopped") and seen[8] == ("complete", "stopped")
    assert seen[10] == ("complete", "allocating") and seen[12] == ("complete", "started")


def test_by_the_clock_everything_may_have_happened_at_the_next_look():
    api = Api(seconds=4.0)
    api.build()
    api.now = 100.0
    assert api.get(MACHINE, virtual_machine=FQDN)[1]["virtual_machine"]["state"] == "stopped"
    api.now = 200.0
    assert api.get(MACHINE, virtual_machine=FQDN)[1]["virtual_machine"]["state"] == "started"


def test_nothing_but_the_machine_and_the_document_contains_secrets(api):
    answer = api.build(interfaces=existing("ip_192_0_2_10"))
    api.done(answer)
    build = api.get(BUILD, virtual_machine_build=answer["build"]["id"])[1]
    address = api.get(ADDRESS, ip_address="ip_192_0_2_10")[1]
    assert SECRET not in json.dumps([answer, build, address])
