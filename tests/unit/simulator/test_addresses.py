# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator creates, changes, allocates and releases IP addresses like the API."""

from __future__ import annotations

import pytest

from .machines import ACME, ADDRESS, ADDRESSES, INTERFACE, INTERFACES, MACHINE, Api

NETWORK = {"network": {"permalink": "uk-lon-01-public"}}
FREE = {"ip_address": {"id": "ip_192_0_2_10"}}
HELD = {"ip_address": {"address": "198.51.100.10"}}
PAGE = [("organization[sub_domain]", "acme"), ("per_page", "100")]


@pytest.fixture(name="api")
def fixture_api():
    return Api()


def create(api, **arguments):
    return api.send("POST", ADDRESSES, **ACME, **{**NETWORK, "version": "ipv4", **arguments})["ip_address"]


def read(api, identifier):
    return api.get(ADDRESS, ip_address=identifier)[1]


def test_an_address_is_created_with_status_200(api):
    status, answer = api.ask("POST", ADDRESSES, **ACME, **NETWORK, version="ipv4")
    assert status == 200 and set(answer) == {"ip_address"}
    shown = answer["ip_address"]
    assert shown["address"] == "203.0.113.2" and shown["address_with_mask"] == "203.0.113.2/24"
    assert shown["reverse_dns"] == "203-0-113-2.rdns.katapult.io"
    assert (
        shown["network"]["id"] == "netw_loc_london" and shown["network"]["data_center"]["country"]["iso_code2"] == "GB"
    )
    assert (shown["vip"], shown["label"], shown["allocation_id"], shown["allocation_type"]) == (False, None, None, None)
    assert read(api, shown["id"]) == {"ip_address": shown, "allocation": None}


def test_versions_and_networks_differ(api):
    assert create(api, version="ipv6")["address"] == "2001:db8:2::2"
    assert create(api, network={"id": "netw_dc_amsterdam"})["network"]["data_center"]["permalink"] == "nl-ams-01"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"vip": True}, (422, "validation_error")),
        ({"vip": True, "label": ""}, (422, "validation_error")),
        ({"version": "ipv5"}, (400, "invalid_argument")),
        ({"version": None}, (400, "missing_required_argument")),
        ({"network": None}, (400, "missing_required_argument")),
        ({"network": {"id": "netw_x"}}, (404, "network_not_found")),
    ],
)
def test_a_creation_is_refused(api, arguments, expected):
    there = len(api.world.ip_addresses)
    assert api.code("POST", ADDRESSES, **ACME, **{**NETWORK, "version": "ipv4", **arguments}) == expected
    assert len(api.world.ip_addresses) == there


def test_a_vip_has_a_label_which_is_cleared_with_it(api):
    made = create(api, vip=True, label="web")
    assert (made["vip"], made["label"]) == (True, "web")
    named = {"ip_address": {"id": made["id"]}}
    assert api.send("PATCH", ADDRESS, **named, label="api")["ip_address"]["label"] == "api"
    assert api.code("PATCH", ADDRESS, **named, label="") == (422, "validation_error")
    changed = api.send("PATCH", ADDRESS, **named, vip=False, label="")["ip_address"]
    assert (changed["vip"], changed["label"]) == (False, None)


def test_the_arguments_of_a_change_are_not_within_properties(api):
    changed = api.send("PATCH", ADDRESS, **FREE, properties={"reverse_dns": "a.example.com"})["ip_address"]
    assert changed["reverse_dns"] == "192-0-2-10.rdns.katapult.io"
    changed = api.send("PATCH", ADDRESS, **FREE, reverse_dns="a.example.com")["ip_address"]
    assert changed["reverse_dns"] == "a.example.com"


def test_a_list_has_fewer_fields_and_a_filter(api):
    rows = api.ask("GET", ADDRESSES, PAGE)[1]["ip_addresses"]
    assert set(rows[0]) == {"id", "address", "reverse_dns", "vip", "allocation_id", "allocation_type"}
    by_filter = {
        value: api.ask("GET", ADDRESSES, [*PAGE, ("allocated", value)])[1]["ip_addresses"]
        for value in ("true", "false")
    }
    assert all(row["allocation_id"] for row in by_filter["true"])
    assert {row["address"] for row in by_filter["false"]} == {"192.0.2.10", "192.0.2.11", "2001:db8:3::10"}
    assert len(rows) == sum(map(len, by_filter.values()))
    assert api.ask("GET", ADDRESSES, [*PAGE, ("allocated", "maybe")])[0] == 400


def test_the_addresses_of_a_machine_are_the_same_objects(api):
    for shown in api.machine()["ip_addresses"]:
        assert read(api, shown["id"])["ip_address"] == shown
        allocation = {"type": "VirtualMachine", "value": {"id": "vm_a", "name": "web-a"}}
        assert read(api, shown["id"])["allocation"] == allocation


# Allocation


def test_an_address_is_allocated_to_a_machine_and_taken_from_it(api):
    answer = api.send("POST", MACHINE + "/allocate_ip", virtual_machine={"id": "vm_a"}, **FREE)
    assert answer["ip_address"]["allocation_id"] == "vm_a"
    assert answer["ip_address"]["reverse_dns"] == "web-a.acme.katapult.cloud"
    assert [one["address"] for one in api.machine()["ip_addresses"]][-1] == "192.0.2.10"
    assert api.send("POST", ADDRESS + "/unallocate", **FREE) == {}
    assert len(api.machine()["ip_addresses"]) == 2
    assert read(api, "ip_192_0_2_10")["ip_address"]["reverse_dns"] == "192-0-2-10.rdns.katapult.io"
    assert api.code("POST", ADDRESS + "/unallocate", **FREE) == (422, "no_allocation")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"address": "198.51.100.11"}, (422, "ip_already_allocated")),
        ({"id": "ip_192_0_2_20"}, (422, "no_interface_available")),
        ({"id": "ip_x"}, (404, "ip_address_not_found")),
    ],
)
def test_an_allocation_is_refused(api, address, expected):
    named = {"virtual_machine": {"id": "vm_a"}, "ip_address": address}
    assert api.code("POST", MACHINE + "/allocate_ip", **named) == expected


def test_an_address_of_a_machine_in_the_trash_can_be_taken_from_it(api):
    api.trash()
    assert api.send("POST", ADDRESS + "/unallocate", ip_address={"address": "198.51.100.15"}) == {}


def test_an_interface_has_the_addresses_of_its_network(api):
    (row,) = api.get(INTERFACES, virtual_machine="vm_a")[1]["virtual_machine_network_interfaces"]
    assert row["name"] == "Public Network on web-a" and row["network"]["id"] == "netw_loc_london"
    assert [set(address) for address in row["ip_addresses"]] == [
        {"id", "address", "reverse_dns", "address_with_mask"}
    ] * 2
    named = {"virtual_machine_network_interface": {"id": row["id"]}}
    answer = api.send("POST", INTERFACE + "/allocate_ip", **named, **FREE)["virtual_machine_network_interface"]
    assert "speed_profile" not in answer and answer["virtual_machine"] == {"id": "vm_a", "name": "web-a"}
    assert [one["address"] for one in answer["ip_addresses"]][-1] == "192.0.2.10"
    shown = api.get(INTERFACE, virtual_machine_network_interface=row["id"])[1]["virtual_machine_network_interface"]
    assert shown["speed_profile"]["permalink"] == "10gbps" and shown["state"] == "attached"
    assert shown["mac_address"].startswith("3a:") and len(shown["mac_address"]) == 17
    new = api.send("POST", INTERFACE + "/allocate_new_ip", **named, address_version="ipv6")["ip_address"]
    assert new["allocation_id"] == "vm_a"
    other = {"ip_address": {"id": "ip_192_0_2_20"}}
    assert api.code("POST", INTERFACE + "/allocate_ip", **named, **other) == (422, "invalid_ip")


def test_the_speed_of_an_interface_is_changed_by_a_task(api):
    named = {"virtual_machine_network_interface": {"id": "vmnet_a"}}
    path = INTERFACE + "/update_speed_profile"
    same, other = {"speed_profile": {"permalink": "10gbps"}}, {"speed_profile": {"permalink": "1gbps"}}
    assert api.code("PATCH", path, **named, **same) == (422, "speed_profile_already_assigned")
    answer = api.send("PATCH", path, **named, **other)
    assert api.code("PATCH", path, **named, **other) == (406, "task_queueing_error")
    assert api.done(answer) == "completed"
    shown = api.get(INTERFACE, virtual_machine_network_interface="vmnet_a")[1]["virtual_machine_network_interface"]
    assert shown["speed_profile"]["permalink"] == "1gbps"


# Release


def test_a_released_address_comes_back_with_the_same_id(api):
    made = create(api)
    assert api.send("DELETE", ADDRESS, ip_address={"id": made["id"]}) == {}
    assert api.code("GET", ADDRESS, ip_address={"id": made["id"]}) == (404, "ip_address_not_found")
    again = api.send("POST", ADDRESSES, organization={"sub_domain": "globex"}, **NETWORK, version="ipv4")["ip_address"]
    assert (again["id"], again["address"]) == (made["id"], made["address"])


def test_an_allocated_address_may_not_be_releasable(api):
    assert api.code("DELETE", ADDRESS, **HELD) == (409, "resource_does_not_support_unallocation")
    api = Api(releasable_while_allocated=True)
    assert api.send("DELETE", ADDRESS, **HELD) == {}
    assert [one["address"] for one in api.machine()["ip_addresses"]] == ["2001:db8::10"]


@pytest.mark.parametrize(
    ("token", "method", "expected"),
    [
        ("read-only-token", "GET", 200),
        ("read-only-token", "PATCH", 403),
        ("machines-token", "GET", 403),
        ("powerless-token", "DELETE", 403),
        ("simulator-token", "PATCH", 200),
    ],
)
def test_addresses_require_scopes_of_their_own(api, token, method, expected):
    assert api.ask(method, ADDRESS, token=token, **FREE)[0] == expected


def test_allocating_requires_the_scope_of_addresses(api):
    named = {"virtual_machine": {"id": "vm_a"}, **FREE}
    assert api.ask("POST", MACHINE + "/allocate_ip", token="machines-token", **named)[0] == 403
