# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines as hosts: their names, their addresses, and how they are read, in simulated time."""

from __future__ import annotations

import pytest
from katapult_simulator.populate import grow

from ansible_collections.katapult.cloud.plugins.module_utils._text import visible
from ansible_collections.katapult.cloud.plugins.plugin_utils._hosts import host_names, host_variables
from ansible_collections.katapult.cloud.plugins.plugin_utils._virtual_machines import fetch

from ..module_utils.simulated import TaskRunner


def machine(number, name=None, fqdn=None, *addresses):
    rows = [{"address": address} for address in addresses]
    return {"id": "vm_%d" % number, "name": name, "fqdn": fqdn, "hostname": None, "ip_addresses": rows}


# Names


@pytest.mark.parametrize(
    "there, preferences, expected, warnings",
    [
        ([machine(1, "a", "a.x"), machine(2, "b", "b.x")], ["fqdn"], ["a.x", "b.x"], 0),
        ([machine(1, "a", "same.x"), machine(2, "b", "same.x")], ["fqdn", "name"], ["a", "b"], 1),
        ([machine(1, "a", "same.x"), machine(2, "a", "same.x")], ["fqdn", "name"], ["same.x_vm_1", "same.x_vm_2"], 1),
        ([machine(1, "a"), machine(2, "b", "b.x")], ["fqdn", "name"], ["a", "b.x"], 0),
        # The first name of one is not the second name of another.
        ([machine(1, "x", "one.x"), machine(2, "one.x")], ["fqdn", "name"], ["one.x", "one.x_vm_2"], 1),
        ([machine(1, "-oProxyCommand=x", "a.x")], ["name", "fqdn"], ["a.x"], 1),
        ([machine(1, "-oProxyCommand=x")], ["name"], ["vm_1"], 1),
        ([machine(1, "two\nlines")], ["name"], ["vm_1"], 1),
        ([machine(1)], ["fqdn", "name"], ["vm_1"], 0),
        ([machine(1, "n", None, "no address", "10.0.0.1", "203.0.113.1")], ["address"], ["10.0.0.1"], 0),
        # The name of a machine may be the name with ID of another one.
        ([machine(1, "a"), machine(2, "a"), machine(3, "a_vm_1")], ["name"], ["vm_1", "a_vm_2", "a_vm_1"], 1),
    ],
)
def test_no_two_machines_have_the_same_host_name(there, preferences, expected, warnings):
    names, message = host_names(there, preferences)
    assert [names[one["id"]] for one in there] == expected
    assert len(message) == warnings


# Addresses


@pytest.mark.parametrize(
    "addresses, public_ipv4, public_ipv6, private_ipv4",
    [
        (["2001:db8::1", "203.0.113.7", "198.51.100.1"], "203.0.113.7", "2001:db8::1", None),
        (["10.1.2.3", "8.8.8.8"], "8.8.8.8", None, "10.1.2.3"),
        (["172.31.255.1", "172.32.0.1"], "172.32.0.1", None, "172.31.255.1"),
        (["192.168.0.1", "192.0.2.1"], "192.0.2.1", None, "192.168.0.1"),
        (["100.64.0.1", "100.128.0.1"], "100.128.0.1", None, "100.64.0.1"),
        (["127.0.0.1", "169.254.1.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"], None, None, None),
        (["::1", "fe80::1", "fd00::1", "ff02::1", "2a00::1"], None, "2a00::1", None),
        (["not an address", ""], None, None, None),
        ([], None, None, None),
    ],
)
def test_public_addresses_are_those_that_other_networks_can_reach(addresses, public_ipv4, public_ipv6, private_ipv4):
    one = machine(1, "a", "a.x", *addresses)
    assert host_variables(one, "public_ipv4").get("ansible_host") == public_ipv4
    assert host_variables(one, "public_ipv6").get("ansible_host") == public_ipv6
    assert host_variables(one, "private_ipv4").get("ansible_host") == private_ipv4


def test_other_sources_of_the_address():
    one = machine(1, "a", "a.x", "203.0.113.7")
    assert host_variables(one, "fqdn")["ansible_host"] == "a.x"
    assert host_variables(one, "name")["ansible_host"] == "a"
    assert "ansible_host" not in host_variables(one, "none")
    assert "ansible_host" not in host_variables(machine(1, "-oProxyCommand=x"), "name")


def test_a_machine_with_few_known_fields_has_all_variables_of_a_list():
    assert host_variables({"id": "vm_1"}, "public_ipv4") == {
        "katapult_id": "vm_1",
        "katapult_name": None,
        "katapult_hostname": None,
        "katapult_fqdn": None,
        "katapult_zone": None,
        "katapult_data_center": None,
        "katapult_package": None,
        "katapult_addresses": [],
    }


# Reading


def test_machines_above_the_rate_limit_are_read_in_the_next_minute():
    runner = TaskRunner()
    runner.simulator.world.virtual_machines.clear()
    grow(runner.simulator.world, virtual_machines=1000)
    found, deleted = fetch(runner.client(), {"sub_domain": "acme"}, {}, details=True)
    assert len(found) == 1000 and not deleted
    assert len(runner.time.naps) == 1 and 50 < runner.time.naps[0] <= 60


def test_a_machine_that_is_in_the_trash_in_the_meantime_is_omitted():
    runner = TaskRunner()
    body = {"error": {"code": "object_in_trash", "description": "In the trash", "detail": {}}}
    runner.fail(method="GET", path="/virtual_machines/virtual_machine", answer="given", status=406, body=body)
    found, deleted = fetch(runner.client(), {"sub_domain": "acme"}, {}, details=True)
    assert [row["id"] for row in deleted] == ["vm_a"] and len(found) == 5


def test_a_machine_that_moved_to_the_next_page_is_read_once():
    runner = TaskRunner()
    runner.simulator.world.assumptions = type(runner.simulator.world.assumptions)(largest_page=100)
    grow(runner.simulator.world, virtual_machines=250)
    send, pages = runner.send, []

    def send_and_create(method, path, query, body, seconds):
        answer = send(method, path, query, body, seconds)
        if answer.status == 200 and not pages:
            pages.append(path)
            there = runner.simulator.world.virtual_machines
            first = {"vm_new": type(there["vm_a"])("vm_new", "new", "org_acme", "loc_london")}
            runner.simulator.world.objects["virtual_machines"] = {**first, **there}
        return answer

    client = runner.client()
    client._send = send_and_create  # pylint: disable=protected-access
    found, _gone = fetch(client, {"sub_domain": "acme"}, {}, details=False)
    ids = [row["id"] for row in found]
    assert len(ids) == len(set(ids)) == 256


IDS = [
    "-oProxyCommand=touch${IFS}x",
    "vm_1",
    "vm_2",
    "vm_1\x1b]0;x\x07",
    "a b",
    "a;b",
    "--",
    "",
    "\ud800",
    "x" * 9999,
    "vm_2_2",
]
NAMES = [None, "vm_1", "vm_2", "vm_2_2", "-x", "oProxyCommand_touch__IFS_x", "a_b"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_any_machine_name_results_in_a_unique_and_safe_host_name(name, other):
    found = [{**machine(1, name if place % 2 else other), "id": identifier} for place, identifier in enumerate(IDS)]
    names, warnings = host_names(found, ["name"])
    assert sorted(names) == sorted(IDS) and len(set(names.values())) == len(IDS)
    for host in names.values():
        assert host and not host.startswith("-") and visible(host) == host and len(host) < 1000
    assert all(
        names[identifier] in " ".join(warnings)
        for identifier in IDS
        if names[identifier] not in (identifier, name, other)
    )


@pytest.mark.parametrize("address", ["2001:db8::1%\x1b[31m; x\n", "fe80::1%eth0", "203.0.113.1%x"])
def test_an_address_with_a_scope_is_invalid(address):
    assert host_variables(machine(1, "a", None, address), "public_ipv6")["katapult_addresses"] == []
