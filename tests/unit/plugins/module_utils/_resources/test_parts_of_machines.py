# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages, disk templates, networks and IP addresses: what is different about reading them. The responses are invented."""

from __future__ import annotations

import json

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._engine.finder import Finder
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response
from ansible_collections.katapult.cloud.plugins.plugin_utils._id_lookup import resolve

from ...catalog import RESOURCES, TASKS
from ..simulated import TaskRunner

PACKAGES, PACKAGE = "/virtual_machine_packages", "/virtual_machine_packages/virtual_machine_package"
TEMPLATES, TEMPLATE = "/organizations/organization/disk_templates", "/disk_templates/disk_template"
NETWORKS, NETWORK = "/organizations/organization/available_networks", "/networks/network"
ADDRESSES, ADDRESS = "/organizations/organization/ip_addresses", "/ip_addresses/ip_address"
ACME = ("organization[sub_domain]", "acme")
PLACE = {"id": "loc_1", "name": "Place", "permalink": "xx-one-01"}


class Api:
    """Returns prepared responses: for each path, a document or a function from the query to one."""

    def __init__(self, **documents):
        self.runner = TaskRunner()
        self.runner.send = self.send
        self.documents = {globals()[name]: document for name, document in documents.items()}
        self.requests = []

    def send(self, method, path, query, body, seconds):
        assert (method, body) == ("GET", None)
        self.requests.append((path, [(name, value) for name, value in query or [] if name not in ("page", "per_page")]))
        document = self.documents[path]
        document = document(dict(query)) if callable(document) else document
        return Response(404 if "error" in document else 200, {}, json.dumps(document).encode())

    def run(self, module, **task):
        return self.runner.run_task(TASKS[module + "_info"], **task)


def missing(code):
    return {"error": {"code": code, "description": None, "detail": {}}}


def refusal(api, module, **task):
    with pytest.raises(KatapultError) as caught:
        api.run(module, **task)
    return caught.value


# Packages


def test_the_packages_of_an_organization_are_listed_and_without_one_the_public_ones():
    api = Api(PACKAGES={"virtual_machine_packages": [{"id": "vmpkg_1", "name": "A"}, {"id": "vmpkg_2", "name": "B"}]})
    for organization, query in (("acme", [ACME]), ({"id": "org_1"}, [("organization[id]", "org_1")]), (None, [])):
        found = api.run("virtual_machine_package", organization=organization).values["virtual_machine_packages"]
        assert [one["id"] for one in found] == ["vmpkg_1", "vmpkg_2"]
        assert api.requests.pop() == (PACKAGES, query)


def test_a_package_is_read_without_an_organization_and_without_its_icon():
    whole = {"id": "vmpkg_1", "name": "A", "permalink": "a-1", "cpu_cores": 2, "memory_in_gb": 4, "privacy": "private"}
    more = {"icon": {"token": "planted-secret"}, "group": {"id": "g", "name": "Group", "x": 1}, "storage_in_gb": "text"}
    api = Api(PACKAGE={"virtual_machine_package": {**whole, **more, "monthly_bandwidth_allowance_in_gb": None}})
    (found,) = api.run("virtual_machine_package", permalink="a-1").values["virtual_machine_packages"]
    nothing = ("use_dedicated_cpus", "storage_in_gb", "ipv4_addresses", "monthly_bandwidth_allowance_in_gb")
    assert found == {**whole, "group": {"id": "g", "name": "Group"}, **dict.fromkeys(nothing)}
    assert api.requests == [(PACKAGE, [("virtual_machine_package[permalink]", "a-1")])]


def test_only_the_code_of_a_package_means_that_there_is_none():
    api = Api(PACKAGE=missing("package_not_found"))
    assert api.run("virtual_machine_package", id="vmpkg_9").values == {"virtual_machine_packages": []}
    for code in ("virtual_machine_package_not_found", "organization_not_found", "route_not_found"):
        error = refusal(Api(PACKAGE=missing(code)), "virtual_machine_package", id="vmpkg_9")
        assert (error.details.code, error.details.http_status) == (code, 404)


def test_packages_can_be_looked_up_without_an_organization():
    rows = [{"id": "vmpkg_1", "name": "A-1", "permalink": "a-1"}, {"id": "vmpkg_2", "name": "B", "permalink": "b"}]
    api = Api(PACKAGES={"virtual_machine_packages": rows})
    kind = RESOURCES["virtual_machine_package"]
    assert resolve(api.runner.client(), kind, ["b", "A-1", "a-1"], None) == ["vmpkg_2", "vmpkg_1", "vmpkg_1"]
    for organization, said in ((None, "no package with the name"), ({"id": "org_1"}, 'in the organization "org_1"')):
        with pytest.raises(KatapultError) as caught:
            resolve(api.runner.client(), kind, ["c"], organization)
        assert said in caught.value.message and ("in the organization" in caught.value.message) == bool(organization)


# Disk templates


def test_every_list_of_disk_templates_includes_the_universal_ones():
    rows = [{"id": "dtpl_1", "name": "Own", "universal": False}, {"id": "dtpl_2", "name": "Theirs", "universal": True}]
    pages = {
        str(number): {"disk_templates": [row], "pagination": {"current_page": number, "total_pages": 2}}
        for number, row in enumerate(rows, 1)
    }
    api = Api(TEMPLATES=lambda query: pages[str(query["page"])])
    found = api.run("disk_template").values["disk_templates"]
    assert [(one["id"], one["universal"]) for one in found] == [("dtpl_1", False), ("dtpl_2", True)]
    assert api.requests == [(TEMPLATES, [ACME, ("include_universal", "true")])] * 2
    kind = RESOURCES["disk_template"]
    assert resolve(api.runner.client(), kind, ["Theirs"], {"sub_domain": "acme"}) == ["dtpl_2"]
    assert api.requests[-1] == (TEMPLATES, [ACME, ("include_universal", "true")])


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (None, None),
        ({"id": "dtv_1"}, {"id": "dtv_1", "number": None}),
        ({"id": "dtv_1", "number": 3, "spec": "x"}, {"id": "dtv_1", "number": 3}),
    ],
)
def test_a_disk_template_is_read_by_a_permalink_with_a_slash(version, expected):
    template = {"id": "dtpl_1", "name": "OS 1", "permalink": "templates/os-1", "latest_version": version}
    system = {"id": "os_1", "name": "OS", "badge": {"token": "planted-secret"}}
    api = Api(TEMPLATE={"disk_template": {**template, "operating_system": system}})
    (found,) = api.run("disk_template", permalink="templates/os-1", organization=None).values["disk_templates"]
    assert found["latest_version"] == expected and found["operating_system"] == {"id": "os_1", "name": "OS"}
    assert api.requests == [(TEMPLATE, [("disk_template[permalink]", "templates/os-1")])]


# Networks

LISTED = {
    "networks": [
        {"id": "netw_1", "name": "Public", "permalink": "xx-one-01-public", "default": True, "data_center": PLACE},
        {"id": "netw_2", "name": "Same", "permalink": None, "default": False, "data_center": {**PLACE, "country": {}}},
    ],
    "virtual_networks": [
        {"id": "vnet_1", "name": "Same", "data_center": PLACE, "more": 1},
        {"id": "vnet_2", "name": "Other", "data_center": PLACE},
        {"id": "vnet_2", "name": "Other", "data_center": PLACE},
    ],
}


def test_networks_and_virtual_networks_are_listed_with_one_request():
    api = Api(NETWORKS=LISTED)
    found = api.run("network").values
    assert found["networks"] == [LISTED["networks"][0], {**LISTED["networks"][1], "data_center": PLACE}]
    assert found["virtual_networks"] == [
        {"id": "vnet_1", "name": "Same", "data_center": PLACE},
        {"id": "vnet_2", "name": "Other", "data_center": PLACE},
    ]
    assert api.requests == [(NETWORKS, [ACME])]


@pytest.mark.parametrize(
    ("name", "expected"), [("Same", ["netw_2", "vnet_1"]), ("Other", ["vnet_2"]), ("Public", ["netw_1"]), ("same", [])]
)
def test_the_name_selects_networks_and_virtual_networks(name, expected):
    found = Api(NETWORKS=LISTED).run("network", name=name).values
    assert [one["id"] for one in (*found["networks"], *found["virtual_networks"])] == expected


def test_a_single_network_is_returned_without_virtual_networks():
    api = Api(NETWORK={"network": LISTED["networks"][0]}, NETWORKS=LISTED)
    found = api.run("network", permalink="xx-one-01-public", organization=None).values
    assert [one["id"] for one in found["networks"]] == ["netw_1"] and found["virtual_networks"] == []
    nothing = {"networks": [], "virtual_networks": []}
    assert Api(NETWORK=missing("network_not_found")).run("network", id="netw_9").values == nothing
    result = api.run("network", id=None)
    assert result.values == nothing and len(result.warnings) == 1
    assert api.requests == [(NETWORK, [("network[permalink]", "xx-one-01-public")])]


@pytest.mark.parametrize("listed", [None, {}, [{"name": "x"}], ["vnet_1"]])
@pytest.mark.parametrize("key", ["networks", "virtual_networks"])
def test_a_response_that_lacks_one_of_the_lists_is_rejected(key, listed):
    error = refusal(Api(NETWORKS={**LISTED, key: listed}), "network")
    assert (error.details.code, error.details.path) == ("unreadable_answer", NETWORKS) and key in error.message
    without = {name: rows for name, rows in LISTED.items() if name != key}
    assert refusal(Api(NETWORKS=without), "network").details.code == "unreadable_answer"


def test_networks_are_looked_up_by_permalink_and_name():
    client, acme = Api(NETWORKS=LISTED).runner.client(), {"sub_domain": "acme"}
    assert resolve(client, RESOURCES["network"], ["Same", "xx-one-01-public", "netw_1"], acme) == [
        "netw_2",
        "netw_1",
        "netw_1",
    ]


# IP addresses

ROWS = [
    {"id": "ip_1", "address": "192.0.2.1", "vip": False, "allocation_id": "vm_1", "allocation_type": "VirtualMachine"},
    {"id": "ip_2", "address": "192.0.2.2", "vip": True, "allocation_id": None, "allocation_type": None},
    {"id": "ip_3", "address": "2001:db8::3", "vip": True, "allocation_id": None, "allocation_type": None},
]
WHOLE = {
    row["id"]: {**row, "label": {"ip_2": "db", "ip_3": "web"}.get(row["id"]), "reverse_dns": "x.example.com"}
    for row in ROWS
}


def addresses(**more):
    def one(query):
        for whole in WHOLE.values():
            if query.get("ip_address[id]") == whole["id"] or query.get("ip_address[address]") == whole["address"]:
                return {"ip_address": whole, "allocation": None}
        return missing("ip_address_not_found")

    return Api(**{"ADDRESSES": {"ip_addresses": ROWS}, "ADDRESS": one, **more})


def ids(result):
    return [one["id"] for one in result.values["ip_addresses"]]


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        (None, None),
        ("vm_1", None),
        ([], None),
        (
            {
                "type": "VirtualMachine",
                "value": {"id": "vm_1", "name": "One", "initial_root_password": "planted-secret"},
            },
            {"type": "VirtualMachine", "id": "vm_1", "name": "One"},
        ),
        ({"id": "vm_1", "name": "One", "password": "x"}, {"type": None, "id": "vm_1", "name": "One"}),
        ({"type": "VirtualMachine", "value": None}, {"type": "VirtualMachine", "id": None, "name": None}),
        ({"type": 1, "value": {"id": 2}}, {"type": None, "id": None, "name": None}),
    ],
)
def test_what_an_address_is_allocated_to_is_next_to_it_in_one_of_two_notations(allocation, expected):
    api = Api(ADDRESS={"ip_address": WHOLE["ip_1"], "allocation": allocation})
    (found,) = api.run("ip_address", id="ip_1").values["ip_addresses"]
    assert found["allocation"] == expected
    assert (found["allocation_id"], found["allocation_type"]) == ("vm_1", "VirtualMachine")


def test_an_address_without_a_subnet_and_with_an_empty_label():
    network = {
        "id": "netw_1",
        "name": "Public",
        "permalink": "p",
        "default": True,
        "data_center": {**PLACE, "country": 1},
    }
    whole = {"id": "ip_1", "address": "192.0.2.1", "label": "", "network": network}
    (found,) = Api(ADDRESS={"ip_address": whole}).run("ip_address", id="ip_1").values["ip_addresses"]
    assert found["network"] == {**network, "data_center": PLACE}
    assert (found["label"], found["subnet"], found["allocation"], found["vip"]) == (None, None, None, None)
    subnet = {"id": "sbnt_1", "address": "192.0.2.0", "gateway": "192.0.2.254", "mask": 24, "version": 4}
    api = Api(ADDRESS={"ip_address": {**whole, "subnet": {**subnet, "billable": True}}})
    (found,) = api.run("ip_address", id="ip_1").values["ip_addresses"]
    assert found["subnet"] == subnet


@pytest.mark.parametrize(("allocated", "expected"), [(True, ["ip_1"]), (False, ["ip_2", "ip_3"])])
def test_allocated_is_sent_and_applied_to_what_the_api_returns(allocated, expected):
    api = addresses()  # it ignores the filter
    assert ids(api.run("ip_address", allocated=allocated)) == expected
    assert api.requests == [(ADDRESSES, [ACME, ("allocated", str(allocated).lower())])]
    api.requests.clear()
    assert ids(api.run("ip_address", allocated=allocated, full=True)) == expected
    for identifier, whole in WHOLE.items():
        for task in ({"id": identifier}, {"address": whole["address"]}):
            found = ids(api.run("ip_address", allocated=allocated, **task))
            assert found == [one for one in [identifier] if one in expected]


def test_addresses_whose_allocation_the_list_omits_are_those_that_the_api_selects():
    rows = [{"id": "ip_1", "address": "192.0.2.1"}, {"id": "ip_2", "address": "192.0.2.2"}]
    api = addresses(ADDRESSES={"ip_addresses": rows})
    for allocated in (True, False, None):
        assert ids(api.run("ip_address", allocated=allocated)) == ["ip_1", "ip_2"]
    assert api.requests[-1] == (ADDRESSES, [ACME])


def test_addresses_are_selected_by_label():
    api = addresses()
    result = api.run("ip_address", labels=["db", "wbe"])
    assert ids(result) == ["ip_2"] and result.warnings[0].startswith('labels contains "wbe"')
    assert [path for path, _query in api.requests] == [ADDRESSES, *[ADDRESS] * 3]
    assert ids(api.run("ip_address", labels=["db", "web"])) == ["ip_2", "ip_3"]
    assert ids(api.run("ip_address", labels=["db"], allocated=True)) == []
    assert ids(api.run("ip_address", id="ip_3", labels=["db"])) == []


def test_only_the_selected_addresses_are_read_completely():
    api = addresses()  # it ignores the filter
    assert ids(api.run("ip_address", allocated=True, full=True)) == ["ip_1"]
    assert [path for path, _query in api.requests] == [ADDRESSES, ADDRESS]


def test_an_address_has_no_name():
    assert "name" not in TASKS["ip_address_info"].argument_spec
    result = addresses().run("ip_address", address="")
    assert result.values == {"ip_addresses": []} and result.warnings[0].startswith("address is null or empty")


def test_an_address_in_another_notation_is_the_same_address():
    api = addresses(ADDRESS={"ip_address": WHOLE["ip_3"]})
    assert ids(api.run("ip_address", address="2001:DB8:0::3")) == ["ip_3"]
    assert api.requests == [(ADDRESS, [("ip_address[address]", "2001:db8::3")])]  # the only notation in recordings
    error = refusal(api, "ip_address", address="2001:db8::4")
    assert error.details.code == "other_ip_address_found" and 'whose address is "2001:db8::3"' in error.message
    acme = {"sub_domain": "acme"}
    names = ["2001:0DB8::3", "192.0.2.1", "ip_2"]
    assert resolve(api.runner.client(), RESOURCES["ip_address"], names, acme) == ["ip_3", "ip_1", "ip_2"]


def test_a_label_is_not_looked_up():
    rows = [{**row, "label": "db"} for row in ROWS]
    finder = Finder(Api(ADDRESSES={"ip_addresses": rows}).runner.client(), RESOURCES["ip_address"], {"id": "org_1"})
    assert len(finder.list_all()) == 3
    with pytest.raises(KatapultError) as caught:
        resolve(finder.client, RESOURCES["ip_address"], ["db"], {"id": "org_1"})
    assert (
        'no IP address with the name "db"' in caught.value.message
        and "Searched: address and id" in caught.value.message
    )
