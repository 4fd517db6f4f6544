# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator returns what new virtual machines are chosen from: packages, disk templates, networks and speed profiles."""

from __future__ import annotations

import pytest

from .machines import Api

ACME = ("organization[sub_domain]", "acme")
GLOBEX = ("organization[sub_domain]", "globex")
PACKAGES = "/virtual_machine_packages"
TEMPLATES = "/organizations/organization/disk_templates"
UNIVERSAL = ("include_universal", "true")


@pytest.fixture(name="api")
def fixture_api():
    return Api()


def permalinks(answer, kind):
    status, document = answer
    assert status == 200, document
    return [row["permalink"].rpartition("/")[2] for row in document[kind]]


@pytest.mark.parametrize("query", [[], [GLOBEX], [ACME]])
def test_public_packages_are_listed_for_everybody(api, query):
    answer = api.ask("GET", PACKAGES, query)
    private = ["reserved"] if ACME in query else []
    rocks = ["rock-%d" % memory for memory in (1, 3, 6, 12, 18, 24, 36, 48, 72, 96, 144, 192, 288)]
    boulders = ["boulder-%d" % memory for memory in (20, 40, 80, 160, 320, 640, 960)]
    assert permalinks(answer, "virtual_machine_packages") == [*rocks, *boulders, *private]
    assert answer[1]["pagination"]["total"] == 20 + len(private)


@pytest.mark.parametrize(
    ("permalink", "size"),
    [
        ("rock-12", (4, 12, 100)),
        ("rock-18", (6, 18, 150)),
        ("rock-288", (96, 288, 2400)),
        ("boulder-20", (2, 20, 25)),
        ("boulder-960", (96, 960, 1200)),
    ],
)
def test_packages_have_the_recorded_sizes(api, permalink, size):
    named = {"virtual_machine_package": {"permalink": permalink}}
    shown = api.get(PACKAGES + "/virtual_machine_package", **named)[1]["virtual_machine_package"]
    assert (shown["cpu_cores"], shown["memory_in_gb"], shown["storage_in_gb"]) == size


def test_packages_of_an_unknown_organization_are_an_error(api):
    assert api.ask("GET", PACKAGES, [("organization[id]", "org_x")])[1]["error"]["code"] == "organization_not_found"


@pytest.mark.parametrize("named", [{"id": "vmpkg_rock3"}, {"permalink": "rock-3"}])
def test_a_package_is_found_by_both_identifiers(api, named):
    shown = api.get(PACKAGES + "/virtual_machine_package", virtual_machine_package=named)[1]["virtual_machine_package"]
    assert (shown["id"], shown["name"], shown["privacy"]) == ("vmpkg_rock3", "ROCK-3", "public")
    assert (shown["cpu_cores"], shown["memory_in_gb"], shown["storage_in_gb"]) == (1, 3, 25)


def test_an_unknown_package_has_an_error_code_of_its_own(api):
    answer = api.get(PACKAGES + "/virtual_machine_package", virtual_machine_package={"permalink": "x"})
    assert (answer[0], answer[1]["error"]["code"]) == (404, "package_not_found")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([ACME], ["acme-golden"]),
        ([GLOBEX], []),
        ([ACME, ("include_universal", "false")], ["acme-golden"]),
        (
            [ACME, UNIVERSAL, ("operating_system[id]", "os_debian")],
            ["debian-10", "debian-11", "debian-9", "acme-golden"],
        ),
        ([GLOBEX, UNIVERSAL, ("operating_system[id]", "os_ubuntu")], ["ubuntu-18-04", "ubuntu-20-04", "ubuntu-22-04"]),
    ],
)
def test_universal_templates_are_listed_on_request_only(api, query, expected):
    assert permalinks(api.ask("GET", TEMPLATES, query), "disk_templates") == expected


def test_templates_of_an_unknown_operating_system_are_an_error(api):
    answer = api.ask("GET", TEMPLATES, [ACME, ("operating_system[id]", "os_x")])
    assert answer[1]["error"]["code"] == "operating_system_not_found"


@pytest.mark.parametrize("named", [{"id": "dtpl_ubuntu2204"}, {"permalink": "templates/ubuntu-22-04"}])
def test_a_template_has_other_fields_than_in_a_list(api, named):
    shown = api.get("/disk_templates/disk_template", disk_template=named)[1]["disk_template"]
    assert shown["latest_version"] == {"id": "dtv_ubuntu2204_1"}
    assert shown["operating_system"] == {"id": "os_ubuntu", "name": "Ubuntu", "badge": None}
    row = api.ask("GET", TEMPLATES, [ACME, UNIVERSAL])[1]["disk_templates"][-2]
    assert row["latest_version"] == {"id": "dtv_ubuntu2204_1", "number": 1}
    assert row["operating_system"] == {"id": "os_ubuntu", "name": "Ubuntu"}


def test_networks_are_listed_without_pages_next_to_virtual_ones(api):
    status, document = api.ask("GET", "/organizations/organization/available_networks", [ACME])
    assert status == 200 and set(document) == {"networks", "virtual_networks"}
    assert [one["permalink"] for one in document["networks"]] == [
        "uk-lon-01-public",
        "eu-ams-01",
        "us-nyc-01",
        "us-azp-01",
    ]
    assert [one["id"] for one in document["virtual_networks"]] == ["vnet_backbone"]
    assert api.ask("GET", "/organizations/organization/available_networks", [GLOBEX])[1]["virtual_networks"] == []


@pytest.mark.parametrize("named", [{"id": "netw_dc_amsterdam"}, {"permalink": "eu-ams-01"}])
def test_a_network_has_the_country_that_a_default_network_lacks(api, named):
    shown = api.get("/networks/network", network=named)[1]["network"]
    assert shown["data_center"].pop("country")["iso_code2"] == "NL"
    default = api.get("/data_centers/data_center/default_network", data_center={"permalink": "nl-ams-01"})
    assert default == (200, {"network": shown})
    assert api.get("/networks/network", network="netw_x")[1]["error"]["code"] == "network_not_found"


def test_speed_profiles_can_only_be_listed(api):
    answer = api.ask("GET", "/organizations/organization/network_speed_profiles", [ACME])
    assert permalinks(answer, "network_speed_profiles") == ["500mbps", "1gbps", "10gbps", "unrestricted"]
    assert api.get("/network_speed_profiles/network_speed_profile", network_speed_profile="nsp_1gbps")[0] == 404


@pytest.mark.parametrize(("organization", "restricted"), [("acme", False), ("full", True)])
def test_a_policy_contains_the_reasons_why_nothing_can_be_created(api, organization, restricted):
    status, policy = api.ask("GET", "/organizations/organization/policy", [("organization[sub_domain]", organization)])
    assert status == 200 and set(policy) == {
        "policy_type",
        "policy_name",
        "limits",
        "features",
        "reasons_for_disallowing_resource_creation",
    }
    assert bool(policy["reasons_for_disallowing_resource_creation"]) == restricted
    assert policy["limits"]["unallocated_ip_addresses"]["current"] == (0 if restricted else 3)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (PACKAGES, 403),
        (TEMPLATES, 403),
        ("/organizations/organization/policy", 403),
        ("/organizations/organization/network_speed_profiles", 200),
        ("/organizations/organization/available_networks", 200),
    ],
)
def test_scopes_of_their_own(api, path, expected):
    assert api.ask("GET", path, [ACME], "machines-token")[0] == expected
    assert api.ask("GET", path, [ACME], "read-only-token")[0] == 200
