# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IP addresses: virtual ones, the virtual machines that have them, and their release."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from katapult_simulator.kinds.ip_address import IPAddress
from katapult_simulator.kinds.virtual_machine_network_interface import Interface
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ...catalog import TASKS
from ..simulated import TaskRunner

ADDRESSES, ADDRESS = "/organizations/organization/ip_addresses", "/ip_addresses/ip_address"
UNALLOCATE = ADDRESS + "/unallocate"
INTERFACES = "/virtual_machines/virtual_machine/network_interfaces"
ALLOCATE = "/virtual_machine_network_interfaces/virtual_machine_network_interface/allocate_ip"
MACHINE, NETWORK = "/virtual_machines/virtual_machine", "/networks/network"
LONDON = {"permalink": "uk-lon-01-public"}
FREE, VIP, HELD = "192.0.2.10", {"vip": True, "label": "web"}, "198.51.100.10"  # vm_a has the last one
NEW = {"vip": True, "label": "db", "network": LONDON}


class Subject:
    """Runs tasks of the module."""

    def __init__(self, **assumptions: t.Any) -> None:
        self.runner = TaskRunner(assumptions=Assumptions(**assumptions))
        self.addresses: dict[str, IPAddress] = self.runner.simulator.world.ip_addresses

    def run(self, **task: t.Any) -> t.Any:
        return self.runner.run_task(TASKS["ip_address"], **task)

    def predicted(self, **task: t.Any) -> t.Any:
        """A task after check mode, which sends only GET requests and predicts its diff."""
        before = repr(self.runner.simulator.world.objects)
        expected = self.run(check=True, **task)
        assert repr(self.runner.simulator.world.objects) == before and not self.runner.written()
        self.runner.simulator.requests.clear()
        result = self.run(**task)
        assert (expected.changed, expected.diff) == (result.changed, result.diff)
        return result

    def refused(self, **task: t.Any) -> KatapultError:
        """The failure of a task, which is the same in check mode, and writes nothing."""
        failures = []
        for check in (True, False):
            with pytest.raises(KatapultError) as failure:
                self.run(check=check, **task)
            failures.append(failure.value)
        assert not self.runner.written() and failures[0].message == failures[1].message
        return failures[0]

    def writes(self) -> list[tuple[str, str, t.Any]]:
        """The writes since the last call, each with its body or query."""
        sent = [one for one in self.runner.simulator.requests if one["method"] != "GET"]
        found = [(one["method"], one["path"], one["body"]) for one in sent]
        self.runner.simulator.requests.clear()
        return found

    def paths(self) -> list[str]:
        """The requests since the last call, each with its method and path."""
        found = ["%s %s" % (one["method"], one["path"]) for one in self.runner.simulator.requests]
        self.runner.simulator.requests.clear()
        return found

    def unchanged(self, **task: t.Any) -> None:
        """Run a task that changes nothing."""
        self.runner.simulator.requests.clear()
        result = self.run(**task)
        assert not result.changed and result.diff == [] and not self.runner.written()
        self.runner.simulator.requests.clear()

    def holder(self, address: str) -> str | None:
        """The ID of what has an address."""
        return next(one.allocation_id for one in self.addresses.values() if one.address == address)


@pytest.fixture(name="tested")
def fixture_tested() -> Subject:
    return Subject()


def about(address: str) -> dict[str, str]:
    return {"id": "ip_" + address.replace(".", "_")}


def allocation(machine: str, address: str) -> tuple[str, str, t.Any]:
    body = {"virtual_machine_network_interface": {"id": machine.replace("vm_", "vmnet_")}, "ip_address": about(address)}
    return "POST", ALLOCATE, body


def removal(address: str) -> tuple[str, str, t.Any]:
    return "POST", UNALLOCATE, {"ip_address": about(address)}


# Identity


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({}, "one of id, address and properties.vip with properties.label is required"),
        (
            {"properties": {"network": LONDON}},
            "one of id, address and properties.vip with properties.label is required",
        ),
        ({"properties": VIP, "organization": None}, "is required to find an IP address"),
        ({"properties": {"vip": True}}, "properties.vip: true requires properties.label"),
        ({"address": FREE, "properties": {"vip": True}}, "properties.vip: true requires properties.label"),
        ({"address": FREE, "properties": {"vip": True, "label": ""}}, "properties.vip: true requires properties.label"),
        ({"id": "ip_1", "properties": {"label": "db"}}, "properties.label requires properties.vip: true"),
        ({"id": "ip_1", "properties": {"vip": False, "label": "db"}}, "properties.label requires properties.vip: true"),
        (
            {"id": "ip_1", "properties": {"label": ""}},
            "properties.label is empty, which requires properties.vip: false",
        ),
        ({"properties": {"vip": False, "label": "db"}}, "one of id, address and"),
        ({"properties": {"vip": True, "label": " db"}}, "properties.label begins or ends with white space"),
        ({"address": "192.0.2.10/24"}, "which is not an IP address"),
        ({"address": FREE, "properties": {"network": {"id": " "}}}, "properties.network contains id, which is empty"),
        ({"address": FREE, "properties": {"reverse_dns": ""}}, "properties.reverse_dns is empty"),
        (
            {"address": FREE, "virtual_machine": "vm_a", "allocated": False},
            "virtual_machine and allocated are mutually",
        ),
        ({"address": FREE, "virtual_machine": "vm_a", "allocated": True}, "virtual_machine and allocated are mutually"),
        (
            {"address": FREE, "allocated": True},
            "allocated can only be false: to allocate the IP address, set virtual_machine",
        ),
        ({"address": FREE, "virtual_machine": "vm_"}, "virtual_machine contains"),
    ],
)
def test_invalid_tasks_are_refused_before_a_request_is_sent(tested, task, said):
    error = tested.refused(**task)
    assert error.details.code == "invalid_task" and said in error.message and tested.runner.sent() == []


@pytest.mark.parametrize("task", [{"address": "192.0.2.99"}, {"id": "ip_192_0_2_99"}])
@pytest.mark.parametrize("more", [{}, {"virtual_machine": "vm_a"}, {"properties": {"network": LONDON}}])
def test_only_existing_addresses_are_identified_by_address_or_id(tested, task, more):
    error = tested.refused(**task, **more)
    assert error.details.code == "ip_address_not_found"
    for part in ("192", "new_ip_addresses", "katapult.cloud.virtual_machine", "properties.vip: true"):
        assert part in error.message
    tested.unchanged(**task, state="absent", **more)


@pytest.mark.parametrize("address", ["2001:db8:3::10", "2001:DB8:3:0::10", "2001:0db8:0003:0:0:0:0:0010"])
def test_other_notations_of_an_address_match(tested, address):
    send = tested.runner.send
    compressed = "2001:db8:3::10"

    def finding(method, path, query, *more):  # an API that reads addresses, not texts
        return send(
            method, path, [(name, compressed if name.endswith("[address]") else of) for name, of in query or []], *more
        )

    tested.runner.send = finding
    result = tested.run(address=address, properties={"version": "ipv6"})
    assert not result.changed and result.values["ip_address"]["id"] == "ip_2001_db8_3__10"
    tested.unchanged(id="ip_2001_db8_3__10", address=address)


def test_a_vip_is_found_by_its_label_among_the_vips_only(tested):
    tested.addresses["ip_2"] = IPAddress("ip_2", "org_acme", "192.0.2.12", "netw_loc_london", vip=True, label="api")
    shown = tested.run(properties=VIP).values["ip_address"]
    assert tested.paths() == ["GET " + ADDRESSES, "GET " + ADDRESS, "GET " + ADDRESS]
    (read,) = tested.runner.run_task(TASKS["ip_address_info"], id=shown["id"]).values["ip_addresses"]
    assert shown == read and shown["label"] == "web"
    assert tested.run(properties=VIP, id=shown["id"]).values["ip_address"] == shown
    assert tested.run(address="192.0.2.11").values["ip_address"] == shown


@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_vips_with_one_label_are_refused_and_an_address_selects_one(tested, state):
    tested.addresses["ip_2"] = IPAddress("ip_2", "org_acme", "192.0.2.12", "netw_loc_london", vip=True, label="web")
    error = tested.refused(properties=VIP, state=state)
    assert error.details.code == "several_ip_addresses_found"
    assert 'There are 2 IP addresses with the label "web": ip_192_0_2_11, ip_2.' in error.message
    assert tested.run(address="192.0.2.12", properties=VIP, state=state).changed == (state == "absent")


def test_an_id_and_an_address_that_do_not_belong_together_change_nothing(tested):
    assert tested.refused(id="ip_192_0_2_11", address=FREE).details.code == "address_taken"
    error = tested.refused(id="ip_192_0_2_11", address="192.0.2.99")
    assert error.details.code == "address_fixed" and "set only one of id and address" in error.message
    assert tested.refused(id="ip_192_0_2_11", address=FREE, state="absent").details.code == "other_ip_address_found"


def test_an_address_of_another_organization_is_not_changed(tested):
    for task in ({"virtual_machine": "vm_a"}, {"state": "absent"}, {"properties": {"reverse_dns": "a.example.com"}}):
        assert tested.refused(address="192.0.2.20", **task).details.code in (
            "other_organization",
            "no_interface_available",
        )


# Creation


def test_a_vip_is_created_once_with_its_arguments_at_the_top_level(tested):
    predicted = tested.run(properties=NEW, check=True)
    result = tested.run(properties=NEW)
    arguments = {"network": {"id": "netw_loc_london"}, "version": "ipv4", "vip": True, "label": "db"}
    assert tested.writes() == [("POST", ADDRESSES, {"organization": {"sub_domain": "acme"}, **arguments})]
    shown, expected = result.values["ip_address"], predicted.values["ip_address"]
    assert (shown["vip"], shown["label"], shown["network"]) == (True, "db", expected["network"])
    assert list(expected) == list(shown) and expected["address"] is None
    ((before, after),) = [(one["before"], one["after"]) for one in result.diff]
    assert before is None and predicted.diff[0]["after"] == {**after, "address": None}
    assert after == {**after, "vip": True, "label": "db", "version": "ipv4", "network": LONDON, "allocation_id": None}
    for task in ({}, {"network": {"id": "netw_loc_london"}}, {"version": "ipv4"}, {"network": LONDON}):
        tested.unchanged(properties={"vip": True, "label": "db", **task})


def test_version_and_network_are_arguments_of_a_creation(tested):
    network = {"id": "netw_dc_amsterdam"}
    shown = tested.run(properties={**NEW, "version": "ipv6", "network": network}).values["ip_address"]
    assert ":" in shown["address"] and shown["network"]["permalink"] == "eu-ams-01"
    ((_method, _path, body),) = tested.writes()
    assert (body["version"], body["network"]) == ("ipv6", network)


def test_a_creation_requires_an_existing_network(tested):
    error = tested.refused(properties={"vip": True, "label": "db"})
    assert error.details.code == "missing_for_creation" and "properties.network" in error.message
    error = tested.refused(properties={**NEW, "network": {"permalink": "uk-lon-01"}})
    assert error.details.code == "network_not_found" and "properties.network" in error.message


@pytest.mark.parametrize("carried_out", [True, 3.0])
@pytest.mark.parametrize("more", [{}, {"virtual_machine": "vm_a"}])
def test_after_a_lost_response_to_a_creation_the_label_is_searched(tested, carried_out, more):
    tested.runner.fail(method="POST", path=ADDRESSES, answer="lost", carried_out=carried_out)
    result = tested.run(properties=NEW, **more)
    assert result.changed and [one[1] for one in tested.writes()] == [ADDRESSES, *([ALLOCATE] if more else [])]
    assert sum(one.label == "db" for one in tested.addresses.values()) == 1
    tested.unchanged(properties=NEW, **more)


def test_two_controllers_that_create_one_label_report_it():
    tested = Subject()
    send = tested.runner.send

    def racing(method, path, *more):
        if method == "POST":
            tested.addresses["ip_2"] = IPAddress(
                "ip_2", "org_acme", "192.0.2.12", "netw_loc_london", vip=True, label="db"
            )
        return send(method, path, *more)

    tested.runner.send = racing
    with pytest.raises(KatapultError) as failure:
        tested.run(properties=NEW)
    assert failure.value.details.code == "duplicate_found" and "ip_2" in failure.value.message


def test_a_new_vip_is_allocated_and_named(tested):
    task = {"properties": {**NEW, "reverse_dns": "db.example.com"}, "virtual_machine": "web-b"}
    predicted = tested.run(**task, check=True)
    result = tested.run(**task)
    shown = result.values["ip_address"]
    created, *others = tested.writes()
    patch = ("PATCH", ADDRESS, {"ip_address": {"id": shown["id"]}, "reverse_dns": "db.example.com"})
    assert created[1] == ADDRESSES and others == [allocation("vm_b", shown["address"]), patch]
    assert shown["allocation"] == {"type": "VirtualMachine", "id": "vm_b", "name": "web-b"}
    assert predicted.values["ip_address"]["allocation"] == shown["allocation"]
    assert predicted.diff[0]["after"] == {**result.diff[0]["after"], "address": None}
    assert result.diff[0]["after"]["allocation_id"] == "vm_b"
    tested.unchanged(**task)


def test_a_new_vip_that_the_virtual_machine_cannot_have_is_not_created(tested):
    error = tested.refused(properties={**NEW, "network": {"permalink": "eu-ams-01"}}, virtual_machine="vm_a")
    assert error.details.code == "no_interface_available" and "eu-ams-01" in error.message


# Changes


@pytest.mark.parametrize("network", [{"permalink": "eu-ams-01"}, {"id": "netw_dc_amsterdam"}])
@pytest.mark.parametrize("task", [{"address": FREE}, {"properties": VIP}, {"id": "ip_192_0_2_10"}])
def test_network_and_version_cannot_be_changed(tested, network, task):
    other = {"reverse_dns": "a.example.com", **task.get("properties", {})}
    error = tested.refused(**{**task, "properties": {**other, "network": network}, "virtual_machine": "vm_a"})
    assert error.details.code == "network_fixed" and "uk-lon-01-public" in error.message
    error = tested.refused(**{**task, "properties": {**other, "version": "ipv6"}, "allocated": False})
    assert error.details.code == "version_fixed" and "is ipv4" in error.message
    tested.unchanged(**{**task, "properties": {**task.get("properties", {}), "version": "ipv4", "network": LONDON}})


@pytest.mark.parametrize("by", [{"address": FREE}, {"id": "ip_192_0_2_10"}])
def test_an_address_becomes_a_vip_and_a_plain_one_again(tested, by):
    itself = {"ip_address": about(FREE)}
    for properties, body in (
        ({"vip": True, "label": "db"}, {"vip": True, "label": "db"}),
        ({"vip": True, "label": "db-1"}, {"vip": True, "label": "db-1"}),
        ({"vip": False}, {"vip": False, "label": ""}),
    ):
        result = tested.predicted(**by, properties=properties)
        assert tested.writes() == [("PATCH", ADDRESS, {**itself, **body})]
        shown = result.values["ip_address"]
        assert (shown["vip"], shown["label"]) == (body["vip"], body["label"] or None)
        tested.unchanged(**by, properties=properties)
    tested.unchanged(**by, properties={"vip": False, "label": ""})


@pytest.mark.parametrize("by", [{"address": FREE}, {"id": "ip_192_0_2_10"}])
def test_a_label_of_another_vip_is_refused(tested, by):
    error = tested.refused(**by, properties=VIP)
    assert error.details.code == "vip_label_taken" and "192.0.2.11" in error.message


def test_reverse_dns_is_changed_alone_and_the_allocation_is_kept(tested):
    result = tested.predicted(address=HELD, properties={"reverse_dns": "mail.example.com"})
    body = {"ip_address": id_of(tested, HELD), "reverse_dns": "mail.example.com"}
    assert tested.writes() == [("PATCH", ADDRESS, body)]
    assert result.values["ip_address"]["allocation"]["id"] == "vm_a"  # which the response omits
    assert [(one["before"], one["after"]) for one in result.diff] == [
        ({"reverse_dns": "web-a.acme.katapult.cloud"}, {"reverse_dns": "mail.example.com"})
    ]
    tested.unchanged(address=HELD, properties={"reverse_dns": "Mail.Example.com"})


def id_of(tested: Subject, address: str) -> dict[str, str]:
    return {"id": next(one.id for one in tested.addresses.values() if one.address == address)}


# Allocation


@pytest.mark.parametrize("machine", ["vm_a", "web-a", "web-a.acme.katapult.cloud"])
def test_an_address_is_allocated_by_the_interface_on_its_network(tested, machine):
    result = tested.predicted(address=FREE, virtual_machine=machine)
    assert tested.writes() == [allocation("vm_a", FREE)] and tested.holder(FREE) == "vm_a"
    shown = result.values["ip_address"]
    assert shown["allocation"] == {"type": "VirtualMachine", "id": "vm_a", "name": "web-a"}
    assert (shown["allocation_id"], shown["reverse_dns"]) == ("vm_a", "web-a.acme.katapult.cloud")
    assert [(one["before"], one["after"]) for one in result.diff] == [
        ({"allocation_id": None}, {"allocation_id": "vm_a"})
    ]
    tested.unchanged(address=FREE, virtual_machine=machine)


def test_the_prediction_is_the_result(tested):
    for task in (
        {"address": FREE, "virtual_machine": "vm_a"},
        {"address": FREE, "virtual_machine": "vm_b", "properties": {"reverse_dns": "a.example.com"}},
    ):
        expected = tested.run(check=True, **task)
        assert expected.as_dict() == tested.run(**task).as_dict()


def test_an_unchanged_allocation_reads_only_the_address(tested):
    tested.unchanged(address=HELD, virtual_machine="vm_a")
    tested.run(address=HELD, virtual_machine="vm_a")
    assert tested.paths() == ["GET " + ADDRESS]
    tested.run(address=FREE, virtual_machine="vm_a")
    looks = [ADDRESS, MACHINE, INTERFACES, ADDRESSES]
    assert tested.paths() == [*("GET " + path for path in looks), "POST " + ALLOCATE, "GET " + ADDRESS]


def test_an_address_is_moved_by_taking_it_away_first(tested):
    tested.run(properties=VIP, virtual_machine="vm_a")
    tested.writes()
    result = tested.predicted(properties=VIP, virtual_machine="vm_b")
    assert tested.writes() == [removal("192.0.2.11"), allocation("vm_b", "192.0.2.11")]
    assert [(one["before"], one["after"]) for one in result.diff] == [
        ({"allocation_id": "vm_a"}, {"allocation_id": "vm_b"})
    ]
    tested.unchanged(properties=VIP, virtual_machine="vm_b")


def test_an_address_is_taken_away(tested):
    result = tested.predicted(address=HELD, allocated=False)
    ((method, path, _body),) = tested.writes()
    assert (method, path) == ("POST", UNALLOCATE) and tested.holder(HELD) is None
    assert result.values["ip_address"]["allocation"] is None and result.diff[0]["after"] == {"allocation_id": None}
    tested.unchanged(address=HELD, allocated=False)
    tested.unchanged(address=FREE, allocated=False)


@pytest.mark.parametrize("name", ["mail.example.com", "web-b.acme.katapult.cloud"])
def test_reverse_dns_is_written_after_the_allocation(tested, name):
    task = {"address": HELD, "properties": {"reverse_dns": "mail.example.com"}}
    tested.run(**task)
    tested.writes()
    # It has the name already, but loses it when it is moved.
    moved = {"address": HELD, "properties": {"reverse_dns": name}, "virtual_machine": "vm_b"}
    result = tested.predicted(**moved)
    needed = name != "web-b.acme.katapult.cloud"  # otherwise, Katapult sets it
    assert [one[1] for one in tested.writes()] == [UNALLOCATE, ALLOCATE, *([ADDRESS] if needed else [])]
    assert result.values["ip_address"]["reverse_dns"] == name
    tested.unchanged(**moved)
    freed = {"address": HELD, "properties": {"reverse_dns": "free.example.com"}, "allocated": False}
    assert tested.predicted(**freed).values["ip_address"]["reverse_dns"] == "free.example.com"
    tested.unchanged(**freed)


def test_a_virtual_machine_without_an_interface_on_the_network_is_refused(tested):
    tested.addresses["ip_3"] = IPAddress("ip_3", "org_acme", "192.0.2.30", "netw_dc_amsterdam")
    error = tested.refused(address="192.0.2.30", virtual_machine="vm_a", properties={"reverse_dns": "a.example.com"})
    assert error.details.code == "no_interface_available"
    for part in ('virtual machine "web-a" (vm_a)', "network eu-ams-01", "vmnet_a", "Nothing was changed"):
        assert part in error.message


def test_several_interfaces_on_the_network_are_refused_with_their_ids(tested):
    more = Interface("vmnet_second", "org_acme", "vm_a", "netw_loc_london")
    other = Interface("vmnet_third", "org_acme", "vm_a", "netw_dc_amsterdam")
    tested.runner.simulator.world.virtual_machine_network_interfaces.update(vmnet_second=more, vmnet_third=other)
    error = tested.refused(address=FREE, virtual_machine="vm_a")
    assert error.details.code == "several_interfaces_found" and "vmnet_third" not in error.message
    assert "vmnet_a" in error.message and "vmnet_second" in error.message
    tested.addresses["ip_3"] = IPAddress("ip_3", "org_acme", "192.0.2.30", "netw_dc_amsterdam")
    tested.run(address="192.0.2.30", virtual_machine="vm_a")
    assert tested.writes()[0][2]["virtual_machine_network_interface"] == {"id": "vmnet_third"}


def test_interfaces_of_all_pages_are_considered():
    tested = Subject(largest_page=30)
    made = {"vmnet_%02d" % n: Interface("vmnet_%02d" % n, "org_acme", "vm_a", None) for n in range(40)}
    interfaces = tested.runner.simulator.world.virtual_machine_network_interfaces
    there = dict(interfaces)
    interfaces.clear()
    interfaces.update({**made, **there})
    tested.run(address=FREE, virtual_machine="vm_a")
    assert tested.writes() == [allocation("vm_a", FREE)]


@pytest.mark.parametrize(
    ("machine", "code"), [("vm_missing", "virtual_machine_not_found"), ("vm_trashed", "object_in_trash")]
)
def test_a_virtual_machine_that_cannot_have_it_is_reported_before_a_write(tested, machine, code):
    assert tested.refused(address=HELD, virtual_machine=machine).details.code == code


def test_check_mode_accepts_a_virtual_machine_that_an_earlier_task_would_create(tested):
    for given in (None, ""):
        result = tested.run(address=FREE, virtual_machine=given, check=True)
        (warning,) = result.warnings
        assert result.changed and "virtual_machine contains an ID that is null" in warning
        assert result.values["ip_address"]["allocation"] == {"type": "VirtualMachine", "id": None, "name": None}
        new = tested.run(properties=NEW, virtual_machine=given, check=True)
        assert new.changed and "virtual_machine contains an ID that is null" in new.warnings[0]
        with pytest.raises(TaskRefused, match="virtual_machine is empty"):
            tested.run(address=FREE, virtual_machine=given)


# Addresses of other resources, and other clients


@pytest.mark.parametrize(
    "task", [{"virtual_machine": "vm_a"}, {"allocated": False}, {"state": "absent", "force": True}]
)
@pytest.mark.parametrize(("kind", "named"), [("LoadBalancer", "load balancer"), ("CoffeeMachine", "coffee machine")])
def test_an_address_is_only_taken_from_a_virtual_machine(tested, task, kind, named):
    held = {"allocation_id": "lb_1", "allocation_type": kind, "holder": "Web"}
    tested.addresses["ip_192_0_2_10"] = replace(tested.addresses["ip_192_0_2_10"], **held)
    error = tested.refused(address=FREE, **task)
    assert error.details.code == "resource_does_not_support_unallocation"
    assert 'is allocated to the %s "Web" (lb_1)' % named in error.message


def test_an_address_that_the_api_does_not_take_away_is_explained(tested):
    code = "resource_does_not_support_unallocation"
    body = {"error": {"code": code, "description": "Planted", "detail": {}}}
    tested.runner.fail(path=UNALLOCATE, answer="given", status=409, body=body, carried_out=False)
    with pytest.raises(KatapultError, match="is allocated to the virtual machine") as failure:
        tested.run(address=HELD, allocated=False)
    assert failure.value.details.code == code and not failure.value.changed


@pytest.mark.parametrize("address", [FREE, HELD])
def test_an_address_is_not_given_to_a_virtual_machine_of_another_organization(tested, address):
    error = tested.refused(address=address, virtual_machine="vm_other")
    assert error.details.code == "other_organization" and "Correct organization or the virtual_machine" in error.message


@pytest.mark.parametrize("machine", ["web-b", "vm_b"])
def test_an_error_that_is_not_about_the_virtual_machine_does_not_explain_how_one_is_named(tested, machine):
    body = {
        "error": {"code": "validation_error", "description": None, "detail": {"errors": ["Reverse dns is invalid"]}}
    }
    tested.runner.fail(method="PATCH", answer="given", status=422, body=body, carried_out=False)
    with pytest.raises(KatapultError, match="Reverse dns is invalid") as failure:
        tested.run(address=FREE, virtual_machine=machine, properties={"reverse_dns": "db.example.com"})
    assert "lookup plugin" not in failure.value.message


@pytest.mark.parametrize("name", ["a b", "db.example.com.", "b\u00fccher.example", "-a.example", "a..example", ""])
def test_an_invalid_name_is_refused_before_anything_is_sent(tested, name):
    error = tested.refused(address=FREE, properties={"reverse_dns": name})
    assert error.details.code == "invalid_task" and "properties.reverse_dns is" in error.message


@pytest.mark.parametrize("notation", ["2001:DB8:3::10", "2001:db8:3:0:0:0:0:10", "2001:0db8:0003::0010"])
def test_an_address_is_found_by_each_notation(tested, notation):
    tested.unchanged(address=notation, properties={"version": "ipv6"})
    assert tested.predicted(address=notation, state="absent").changed
    assert "2001:db8:3::10" not in [one.address for one in tested.addresses.values()]
    tested.unchanged(address=notation, state="absent")


def test_another_client_that_does_the_same_first_is_no_error(tested):
    for task, path in (({"virtual_machine": "vm_a"}, ALLOCATE), ({"allocated": False}, UNALLOCATE)):
        code = "ip_already_allocated" if path == ALLOCATE else "no_allocation"
        body = {"error": {"code": code, "description": None, "detail": {}}}
        tested.runner.fail(path=path, answer="given", status=422, body=body)  # it is executed nevertheless
        result = tested.run(address=FREE, **task)
        assert not result.changed and result.values["ip_address"]["allocation_id"] == task.get("virtual_machine")


def test_another_client_that_allocates_it_to_something_else_is_reported(tested):
    send = tested.runner.send

    def racing(method, path, *more):
        if path == ALLOCATE and tested.holder(HELD) is None:
            address = next(one for one in tested.addresses.values() if one.address == HELD)
            address.allocation_id, address.allocation_type = "vm_c", "VirtualMachine"
        return send(method, path, *more)

    tested.runner.send = racing
    with pytest.raises(KatapultError) as failure:
        tested.run(address=HELD, virtual_machine="vm_b")
    assert failure.value.details.code == "ip_already_allocated" and failure.value.changed
    assert 'virtual machine "web-c" (vm_c) now' in failure.value.message
    assert 'It was taken from the virtual machine "web-a" (vm_a) before.' in failure.value.message


def test_an_allocation_that_is_not_visible_is_a_failure(tested):
    body = {"virtual_machine_network_interface": {"id": "vmnet_a"}}
    tested.runner.fail(path=ALLOCATE, answer="given", body=body, carried_out=False)
    with pytest.raises(
        KatapultError, match=r"The API accepted the request, but the IP address 192.0.2.10.*not allocated"
    ):
        tested.run(address=FREE, virtual_machine="vm_a")
    assert len(tested.writes()) == 1


# Lost responses


LOST = [
    {"answer": "lost"},
    {"answer": "lost", "after": 1e6},
    {"answer": "cut"},
    {"answer": "lost", "carried_out": 3.0},
    {"answer": "given", "status": 502, "body": "<html></html>"},
    {"answer": "given", "status": 200, "body": ""},
]
MOVE = {"address": HELD, "virtual_machine": "vm_b"}


@pytest.mark.parametrize("path", [UNALLOCATE, ALLOCATE])
@pytest.mark.parametrize("fault", LOST)
def test_after_a_lost_response_the_address_is_read_and_the_task_continues(tested, path, fault):
    tested.runner.fail(path=path, **fault)
    result = tested.run(**MOVE)
    assert [one[1] for one in tested.writes()] == [UNALLOCATE, ALLOCATE]
    assert result.changed and result.values["ip_address"]["allocation_id"] == tested.holder(HELD) == "vm_b"
    tested.unchanged(**MOVE)


@pytest.mark.parametrize("path", [UNALLOCATE, ALLOCATE])
def test_a_request_without_effect_is_sent_again_after_the_address_was_read(tested, path):
    tested.runner.fail(path=path, answer="lost", carried_out=False)
    assert tested.run(**MOVE).changed and tested.holder(HELD) == "vm_b"
    sent = tested.paths()
    first, second = [place for place, one in enumerate(sent) if one == "POST " + path]
    assert sent[first + 1 : second].count("GET " + ADDRESS) > 3 and tested.runner.time.passed > 10
    tested.unchanged(**MOVE)


@pytest.mark.parametrize("path", [UNALLOCATE, ALLOCATE])
def test_without_a_retry_budget_it_is_not_sent_again(tested, path):
    tested.runner.fail(path=path, answer="lost", carried_out=False)
    with pytest.raises(KatapultError) as failure:
        tested.run(**MOVE, budget=0)
    assert failure.value.changed == (path == ALLOCATE)
    assert "Whether the request took effect is not known" in failure.value.message
    assert "unning the task again is safe" in failure.value.message
    assert [one[1] for one in tested.writes()].count(path) == 1
    assert tested.run(**MOVE).changed
    tested.unchanged(**MOVE)


def test_a_lost_response_is_not_followed_by_another_request_if_another_client_has_it(tested):
    tested.runner.fail(path=ALLOCATE, answer="lost", carried_out=False)
    send = tested.runner.send

    def racing(method, path, *more):
        try:
            return send(method, path, *more)
        finally:
            if path == ALLOCATE:
                address = tested.addresses["ip_192_0_2_10"]
                address.allocation_id, address.allocation_type = "vm_c", "VirtualMachine"

    tested.runner.send = racing
    with pytest.raises(KatapultError, match=r'allocated to the virtual machine "web-c" \(vm_c\)'):
        tested.run(address=FREE, virtual_machine="vm_a")
    assert len(tested.writes()) == 1


def test_a_response_without_an_effect_that_cannot_be_read_is_reported(tested):
    tested.runner.fail(path=ALLOCATE, answer="lost")
    tested.runner.fail(method="GET", path=ADDRESS, skip=1, answer="lost", times=None)
    with pytest.raises(KatapultError) as failure:
        tested.run(address=FREE, virtual_machine="vm_a", budget=10)
    assert "reading it failed, too" in failure.value.message and "is not known" in failure.value.message


@pytest.mark.parametrize("path", [UNALLOCATE, ALLOCATE])
def test_a_request_that_is_refused_temporarily_is_sent_again(tested, path):
    headers = {"Retry-After": "7"}
    tested.runner.fail(path=path, answer="given", status=429, body="", headers=headers, carried_out=False)
    assert tested.run(**MOVE).changed and tested.holder(HELD) == "vm_b" and 7.0 in tested.runner.time.naps
    assert [one[1] for one in tested.writes()].count(path) == 2


def test_an_outage_in_the_middle_of_a_move_is_reported_with_what_happened(tested):
    tested.runner.refuse(path=ALLOCATE, times=None)
    with pytest.raises(KatapultError) as failure:
        tested.run(**MOVE)
    assert 'It was taken from the virtual machine "web-a" (vm_a) before.' in failure.value.message
    assert failure.value.changed and failure.value.partial_result["ip_address"]["allocation"] is None
    tested.runner.unreachable.clear()
    assert tested.run(**MOVE).changed and tested.holder(HELD) == "vm_b"


def test_after_an_allocation_that_cannot_be_read_the_task_fails_with_a_change(tested):
    tested.runner.fail(method="GET", path=ADDRESS, skip=1, answer="lost", times=None)
    with pytest.raises(KatapultError) as failure:
        tested.run(address=FREE, virtual_machine="vm_a", budget=10)
    assert failure.value.changed and tested.holder(FREE) == "vm_a"


def test_a_new_vip_that_cannot_be_allocated_is_returned_and_allocated_by_the_next_run(tested):
    task = {"properties": NEW, "virtual_machine": "vm_a"}
    denied = {"error": {"code": "permission_denied", "description": None, "detail": {}}}
    tested.runner.fail(path=ALLOCATE, answer="given", status=403, body=denied, carried_out=False)
    with pytest.raises(KatapultError) as failure:
        tested.run(**task)
    assert failure.value.changed and failure.value.partial_result["ip_address"]["label"] == "db"
    tested.writes()
    assert tested.run(**task).changed and [one[1] for one in tested.writes()] == [ALLOCATE]


def test_a_network_that_the_token_may_not_read_is_known_after_the_creation(tested):
    denied = {"error": {"code": "scope_not_granted", "description": None, "detail": {"scopes": []}}}
    tested.runner.fail(method="GET", path=NETWORK, answer="given", status=403, body=denied, times=None)
    task = {"properties": NEW, "virtual_machine": "vm_a"}
    assert tested.run(**task, check=True).changed and tested.run(**task).changed
    created, allocated = tested.writes()
    assert created[2]["network"] == LONDON and allocated[1] == ALLOCATE
    tested.unchanged(**task)


# Release


@pytest.mark.parametrize("task", [{"address": HELD}, {"id": "HELD"}])
def test_an_allocated_address_is_released_with_force_only(tested, task):
    task = {"id": id_of(tested, HELD)["id"]} if "id" in task else task
    error = tested.refused(**task, state="absent")
    assert error.details.code == "ip_address_allocated"
    for part in (HELD, 'virtual machine "web-a" (vm_a)', "force: true", "Nothing was changed"):
        assert part in error.message
    result = tested.predicted(**task, state="absent", force=True)
    assert [one[:2] for one in tested.writes()] == [("POST", UNALLOCATE), ("DELETE", ADDRESS)]
    assert result.diff[0]["after"] is None and result.diff[0]["before"]["allocation_id"] == "vm_a"
    tested.unchanged(**task, state="absent", force=True)


def test_a_free_address_is_released(tested):
    result = tested.predicted(properties=VIP, state="absent")
    assert [one[0] for one in tested.writes()] == ["DELETE"] and result.values["ip_address"]["label"] == "web"
    tested.unchanged(properties=VIP, state="absent")


@pytest.mark.parametrize("fault", [fault for fault in LOST if fault.get("carried_out", True) is True])
@pytest.mark.parametrize("path", [UNALLOCATE, ADDRESS])
def test_a_release_is_never_sent_twice(tested, path, fault):
    tested.runner.fail(method="DELETE" if path == ADDRESS else "POST", path=path, **fault)
    assert tested.run(address=HELD, state="absent", force=True).changed
    assert [one[:2] for one in tested.writes()] == [("POST", UNALLOCATE), ("DELETE", ADDRESS)]


def test_a_release_without_effect_is_reported_and_not_sent_again(tested):
    tested.runner.fail(method="DELETE", answer="lost", carried_out=False)
    with pytest.raises(KatapultError) as failure:
        tested.run(address=HELD, state="absent", force=True)
    assert [one[0] for one in tested.writes()] == ["POST", "DELETE"]
    assert "check what has the IP address 198.51.100.10" in failure.value.message and failure.value.changed
    assert "is safe" not in failure.value.message
    assert failure.value.partial_result["ip_address"]["allocation"] is None
    assert tested.run(address=HELD, state="absent").changed


def test_names_are_not_looked_up_and_machines_not_read_for_a_release(tested):
    tested.run(address=FREE, state="absent", virtual_machine="nobody")
    assert tested.paths() == ["GET " + ADDRESS, "GET " + ADDRESSES, "DELETE " + ADDRESS]


# Locks


def test_a_task_holds_the_locks_of_the_label_and_of_the_id(tested, monkeypatch):
    from ansible_collections.katapult.cloud.plugins.module_utils._engine import lock

    held = []
    hold = lock.Locking.hold
    monkeypatch.setattr(
        lock.Locking, "hold", lambda self, names, what: held.append(list(names)) or hold(self, names, what)
    )
    tested.run(properties=VIP, virtual_machine="vm_a")
    tested.run(address="192.0.2.11", virtual_machine="vm_b")
    tested.run(properties=NEW)
    assert held == [
        ["ip_address label=web vip=True", "ip_address id=ip_192_0_2_11"],
        ["ip_address address=192.0.2.11", "ip_address id=ip_192_0_2_11"],
        ["ip_address label=db vip=True"],
    ]
