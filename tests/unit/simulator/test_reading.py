# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator returns other resources than load balancers like the API: complete individually, shorter in lists, with or without pages."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.populate import grow, put
from katapult_simulator.rendering import SECRET
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import Token

ACME = [("organization[sub_domain]", "acme")]
PAGED = ("virtual_machines", "tags", "certificates")
# The identifiers of one existing resource of each kind, and its list
ONES = {
    "virtual_machine": ("vm_a", "/organizations/organization/virtual_machines"),
    "virtual_machine_group": ("vmgrp_web", "/organizations/organization/virtual_machine_groups"),
    "tag": ("tag_web", "/organizations/organization/tags"),
    "certificate": ("cert_www", "/organizations/organization/certificates"),
    "data_center": ("loc_london", "/data_centers"),
    "organization": ("org_acme", "/organizations"),
}


@pytest.fixture(name="simulator")
def fixture_simulator():
    return Simulator(wall=lambda: 0.0)


def ask(simulator, path, query=(), token="simulator-token"):
    """The status and the JSON of a response."""
    reply = simulator(Request("GET", path, query, b"", token))
    return reply.status, json.loads(reply.body)


def one(simulator, kind, value, by="id", **more):
    return ask(simulator, "/%ss/%s" % (kind, kind), [("%s[%s]" % (kind, by), value)], **more)


def code(answer):
    return answer[0], answer[1]["error"]["code"]


@pytest.mark.parametrize("kind", ONES)
def test_one_read_individually_has_at_least_the_fields_of_its_list(simulator, kind):
    identifier, where = ONES[kind]
    status, document = one(simulator, kind, identifier)
    assert status == 200 and document[kind]["id"] == identifier
    status, listed = ask(simulator, where, ACME)
    assert status == 200 and ("pagination" in listed) == (kind + "s" in PAGED)
    (row,) = [row for row in listed[kind + "s"] if row["id"] == identifier]
    assert set(row) <= set(document[kind])
    assert code(one(simulator, kind, "nobody")) == (404, "%s_not_found" % kind)


@pytest.mark.parametrize("kind", ONES)
def test_an_id_may_be_in_the_path(simulator, kind):
    identifier = ONES[kind][0]
    assert ask(simulator, "/%ss/%s" % (kind, identifier))[1][kind]["id"] == identifier


@pytest.mark.parametrize(
    ("kind", "by", "value"),
    [
        ("virtual_machine", "fqdn", "web-a.acme.katapult.cloud"),
        ("data_center", "permalink", "uk-lon-01"),
        ("organization", "sub_domain", "acme"),
    ],
)
def test_some_kinds_have_another_identifier(simulator, kind, by, value):
    assert one(simulator, kind, value, by)[1][kind]["id"] == ONES[kind][0]


def test_a_virtual_machine_may_have_its_own_host_name(simulator):
    machine = {"id": "vm_own", "name": "Any name", "organization": "org_acme", "data_center": "loc_london"}
    put(
        simulator.world,
        "virtual_machines",
        [{**machine, "hostname": "own"}, {**machine, "id": "vm_b", "fqdn": "b.test"}],
    )
    assert (
        one(simulator, "virtual_machine", "own.acme.katapult.cloud", "fqdn")[1]["virtual_machine"]["hostname"] == "own"
    )
    assert one(simulator, "virtual_machine", "b.test", "fqdn")[1]["virtual_machine"]["id"] == "vm_b"


@pytest.mark.parametrize("kind", ["virtual_machine", "certificate", "organization"])
def test_secrets_are_in_individual_responses_and_in_no_list(simulator, kind):
    identifier, where = ONES[kind]
    assert SECRET in json.dumps(one(simulator, kind, identifier))
    assert SECRET not in json.dumps(ask(simulator, where, ACME))


def test_a_virtual_machine_has_addresses_a_group_tags_and_annotations(simulator):
    put(
        simulator.world,
        "virtual_machines",
        [
            {
                "id": "vm_a",
                "name": "Web-A",
                "organization": "org_acme",
                "data_center": "loc_london",
                "annotations": {"team": "web"},
            }
        ],
    )
    document = one(simulator, "virtual_machine", "vm_a")[1]
    assert document["annotations"] == [{"key": "team", "value": "web"}]
    machine = document["virtual_machine"]
    assert (machine["name"], machine["hostname"]) == ("Web-A", "web-a")
    assert machine["group"]["id"] == "vmgrp_web" and machine["tag_names"] == ["web"]
    versions = [(address["subnet"]["version"], address["address_with_mask"]) for address in machine["ip_addresses"]]
    assert versions == [(4, "198.51.100.9/24"), (6, "2001:db8::9/48")]
    filters = [("annotations[][key]", "team"), ("annotations[][value]", "web")]
    listed = ask(simulator, ONES["virtual_machine"][1], ACME + filters)[1]["virtual_machines"]
    assert [row["id"] for row in listed] == ["vm_a"]


@pytest.mark.parametrize(("kind", "identifier"), [("virtual_machine", "vm_trashed"), ("certificate", "cert_trashed")])
def test_a_resource_in_the_trash_is_in_no_list_and_reported(simulator, kind, identifier):
    answer = one(simulator, kind, identifier)
    assert code(answer) == (406, "object_in_trash")
    assert answer[1]["error"]["detail"]["trash_object"]["object_id"] == identifier
    assert identifier not in json.dumps(ask(simulator, ONES[kind][1], ACME))


@pytest.mark.parametrize("kind", ONES)
def test_a_token_requires_the_scope_of_what_it_reads(simulator, kind):
    simulator.world.tokens["t"] = Token(scopes=("%ss:read" % kind,))
    simulator.world.tokens["other"] = Token(scopes=("load_balancers",))
    identifier, where = ONES[kind]
    for path, query in ((where, ACME), ("/%ss/%s" % (kind, kind), [("%s[id]" % kind, identifier)])):
        assert ask(simulator, path, query, token="t")[0] == 200
        other = ask(simulator, path, query, token="other")
        assert other[0] == 200 if kind == "data_center" else code(other) == (403, "scope_not_granted")


@pytest.mark.parametrize("kind", [kind for kind in ONES if kind != "data_center"])
def test_a_token_can_access_the_resources_of_its_organizations(simulator, kind):
    simulator.world.tokens["globex"] = Token(organizations=("org_globex",))
    assert code(one(simulator, kind, ONES[kind][0], token="globex")) == (404, "%s_not_found" % kind)


def test_a_suspended_organization_returns_no_resources(simulator):
    assert code(one(simulator, "organization", "suspended", "sub_domain")) == (403, "organization_suspended")
    answer = ask(simulator, ONES["tag"][1], [("organization[sub_domain]", "suspended")])
    assert code(answer) == (403, "organization_suspended")


def test_a_world_can_be_made_large(simulator):
    grow(simulator.world, virtual_machines=1000, tags=3, virtual_machine_groups=7)
    document = ask(simulator, ONES["virtual_machine"][1], [*ACME, ("per_page", "200"), ("page", "6")])[1]
    assert document["pagination"]["total"] == 1006 and len(document["virtual_machines"]) == 6
    made = [machine for machine in simulator.world.virtual_machines.values() if "_made_" in machine.id]
    assert len({address for machine in made for address in machine.addresses}) == 2000
    machine = one(simulator, "virtual_machine", "vm_made_8")[1]["virtual_machine"]
    assert (machine["group"]["id"], machine["tag_names"]) == ("vmgrp_made_1", ["tag-2"])
    with pytest.raises(ValueError, match="vms"):
        grow(simulator.world, vms=3)
