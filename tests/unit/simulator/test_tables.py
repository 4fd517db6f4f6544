# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A kind of object only needs a row in the table: tested with artificial kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from katapult_simulator import endpoints
from katapult_simulator import simulator as simulators
from katapult_simulator.arguments import array, integer, string
from katapult_simulator.kinds import KINDS
from katapult_simulator.kinds.organization import ORGANIZATION
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.table import Kind

ACME = {"organization": {"sub_domain": "acme"}}
ZONES, ZONE = "/organizations/organization/zones", "/zones/zone"
ENTRIES, ENTRY = "/zones/zone/entries", "/entries/entry"


@dataclass
class Zone:
    id: str
    organization: str
    name: str
    ttl: int = 3600
    annotations: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Entry:
    id: str
    zone: str
    targets: list[str] = field(default_factory=list)


def _check_ttl(_world, zone, _given):
    return [] if zone.ttl > 0 else ["Ttl must be greater than 0"]


def _entries_of(world, zone):
    return ["Zone is kept"] if zone.name == "kept.example.com" else []


ZONE_KIND = Kind(
    name="zone",
    model=Zone,
    prefix="zone",
    parent=ORGANIZATION,
    lookup=("id", "name"),
    scope="dns",
    annotated=True,
    writes=("POST", "PATCH", "DELETE"),
    arguments={"name": string, "ttl": integer},
    required=("name",),
    create_only=("name",),
    validate=_check_ttl,
    in_use=_entries_of,
    list_fields="id,name",
    fields="id,name,ttl",
    deleted_fields="",
)
ENTRY_KIND = Kind(
    name="entry",
    model=Entry,
    prefix="entry",
    parent=ZONE_KIND,
    scope="dns",
    list_path="/zones/*/entries",
    writes=("POST", "DELETE"),
    created_status=200,
    arguments={"targets": array(string)},
    list_fields="id,targets",
    fields="id,targets,zone[name]",
    references={"zone": ZONE_KIND},
)


@pytest.fixture(name="simulator")
def fixture_simulator(monkeypatch):
    kinds = (ZONE_KIND, ENTRY_KIND, *KINDS)
    monkeypatch.setattr(endpoints, "KINDS", kinds)
    monkeypatch.setattr(simulators, "ENDPOINTS", [one for kind in kinds for one in endpoints.endpoints_of(kind)])
    simulator = Simulator(wall=lambda: 0.0)
    simulator.world.objects.update(zones={}, entries={})
    return simulator


def ask(simulator, method, path, token="simulator-token", **body):
    reply = simulator(Request(method, path, body=json.dumps(body).encode(), token=token))
    return reply.status, json.loads(reply.body)


def create(simulator, **properties):
    return ask(simulator, "POST", ZONES, **ACME, properties={"name": "example.com", **properties})


def code(answer):
    return answer[0], answer[1]["error"]["code"]


def test_it_is_created_with_defaults_changed_listed_and_deleted(simulator):
    status, document = create(simulator)
    zone = document["zone"]
    assert (status, document) == (
        201,
        {"zone": {"id": zone["id"], "name": "example.com", "ttl": 3600}, "annotations": []},
    )
    named = {"zone": {"name": "example.com"}}
    changed = ask(
        simulator, "PATCH", ZONE, **named, properties={"ttl": "60", "name": "other"}, annotations=[{"key": "a"}]
    )
    assert changed == (200, {"zone": {**zone, "ttl": 60}, "annotations": [{"key": "a", "value": None}]})
    assert ask(simulator, "GET", ZONE, **named) == changed
    assert ask(simulator, "GET", ZONES, **ACME)[1]["zones"] == [{"id": zone["id"], "name": "example.com"}]
    assert ask(simulator, "DELETE", ZONE, **named) == (200, {"deleted": True})
    assert code(ask(simulator, "GET", ZONE, **named)) == (404, "zone_not_found")


def test_its_children_are_listed_for_it_and_deleted_with_it(simulator):
    identifier = create(simulator)[1]["zone"]["id"]
    status, document = ask(simulator, "POST", ENTRIES, zone={"id": identifier}, properties={"targets": ["b", "a"]})
    entry = document["entry"]
    assert status == 200 and (entry["targets"], entry["zone"]) == (["b", "a"], {"name": "example.com"})
    assert ask(simulator, "GET", "/zones/%s/entries" % identifier)[1]["entries"] == [
        {"id": entry["id"], "targets": ["b", "a"]}
    ]
    assert code(ask(simulator, "PATCH", ENTRY, entry={"id": entry["id"]}, properties={})) == (404, "route_not_found")
    ask(simulator, "DELETE", ZONE, zone={"id": identifier})
    assert code(ask(simulator, "GET", ENTRY, entry={"id": entry["id"]})) == (404, "entry_not_found")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"name": ""}, (422, "validation_error")),
        ({"ttl": 0}, (422, "validation_error")),
        ({"ttl": "x"}, (400, "invalid_argument")),
    ],
)
def test_unsupported_requests_are_rejected(simulator, properties, expected):
    assert code(create(simulator, **properties)) == expected
    assert not simulator.world.zones


def test_one_that_is_in_use_cannot_be_deleted(simulator):
    identifier = create(simulator, name="kept.example.com")[1]["zone"]["id"]
    assert code(ask(simulator, "DELETE", ZONE, zone={"id": identifier})) == (409, "deletion_restricted")
    assert identifier in simulator.world.zones


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("read-only-token", (403, "scope_not_granted")),
        ("powerless-token", (403, "permission_denied")),
        ("acme-token", (404, "zone_not_found")),
    ],
)
def test_a_token_is_limited_to_its_scopes_and_organizations(simulator, token, expected):
    body = {"organization": {"sub_domain": "globex"}, "properties": {"name": "example.com"}}
    identifier = ask(simulator, "POST", ZONES, **body)[1]["zone"]["id"]
    assert code(ask(simulator, "PATCH", ZONE, token, zone={"id": identifier}, properties={"ttl": 1})) == expected
