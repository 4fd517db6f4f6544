# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator responds to every request, or closes its connection: no input causes an exception."""

from __future__ import annotations

import json
import random
import socket
import sys

import pytest
from katapult_simulator.endpoints import ENDPOINTS
from katapult_simulator.server import Server, serving

NAMES = "page per_page organization load_balancer load_balancer_rule properties annotations id sub_domain api_reference".split()
NAMES += (
    "name weights resource_ids standby_vms data_center virtual_machine_id weight key value certificates rules".split()
)
PIECES = ["[", "]", "[]", "=", "&", "%5B", "%00", "%ff", ".", "/", "?", "#", ";", "\u00e9"]
VALUES = ["", "1", "-1", "9" * 30, "9" * 5000, "true", "null", "acme", "lb_1", "web", "[]", "{}", "%ff", "\u00fc"]
JSON = [None, True, 0, -1, 10**30, 1.5, "", "acme", "x" * 3000, "\ud800", [], {}, [None], [[]], {"": ""}]
METHODS = ["GET", "POST", "PATCH", "DELETE", "PUT"]
STEERING = ["reset", "faults", "requests", "load_balancers", "stop2", ""]
STEERED = "assumptions count permitted load_balancers virtual_machines tags certificates method path skip times answer after body".split()


class Watched(Server):
    """Records exceptions."""

    def __init__(self):
        super().__init__(0)
        self.broken = []

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            self.broken.append(repr(sys.exc_info()[1]))


@pytest.fixture(name="server", scope="module")
def fixture_server():
    with serving(Watched()) as server:
        yield server


def ask(server, method, path, body=b"", headers=()):
    """The status of the response; None if the connection was closed without one."""
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: x", "Connection: close", "Authorization: Bearer simulator-token"]
    lines += ["Content-Type: application/json", *headers]
    if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append("Content-Length: %d" % len(body))
    with socket.create_connection(server.server_address[:2], timeout=20) as sock:
        sock.sendall("\r\n".join([*lines, "", ""]).encode("utf-8") + body)
        sock.shutdown(socket.SHUT_WR)
        answer = sock.makefile("rb").read()
    if not answer:
        return None
    # A response in HTTP/0.9 has no status line: http.server sends it if the request line is invalid.
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 400


def document(dice, depth=0):
    """Arbitrary JSON."""
    if depth > 3 or dice.random() < 0.3:
        return dice.choice(JSON)
    if dice.random() < 0.3:
        return [document(dice, depth + 1) for _item in range(dice.randrange(3))]
    return {dice.choice(NAMES): document(dice, depth + 1) for _item in range(dice.randrange(4))}


def query(dice):
    parts = []
    for _pair in range(dice.randrange(5)):
        name = "".join(
            dice.choice([*NAMES, *PIECES, "[%s]" % dice.choice(NAMES)]) for _piece in range(dice.randrange(4))
        )
        parts.append("%s%s%s" % (name, dice.choice(["=", "", "=="]), dice.choice(VALUES)))
    return "&".join(parts).replace(" ", "")


def path(dice):
    known = dice.choice(ENDPOINTS).path.pattern.replace(
        "(?P<segment>[^/]+)", dice.choice(["organization", "load_balancer", "vm_a", "%00"])
    )
    return dice.choice(["", "http://[::1", "//", "/core/v1"][2:] + ["/core/v1"] * 9) + known


@pytest.mark.parametrize("seed", range(400))
def test_any_request_has_a_response_or_its_connection_is_closed(server, seed):
    dice = random.Random(seed)
    body = b""
    if dice.random() < 0.7:
        body = json.dumps(document(dice)).encode()
        if dice.random() < 0.2:
            body = body[: dice.randrange(len(body) + 1)] + dice.choice([b"", b"\xff", b"[" * 2000, b"9" * 6000])
    status = ask(server, dice.choice(METHODS), "%s?%s" % (path(dice), query(dice)), body)
    assert status in (None, 200, 201, 400, 403, 404, 406, 422, 429) and not server.broken


@pytest.mark.parametrize("seed", range(150))
def test_any_control_request_is_executed_or_rejected(server, seed):
    dice = random.Random(seed)
    given = {
        dice.choice(STEERED): dice.choice([document(dice), *JSON, [{"id": "x"}]])
        for _member in range(dice.randrange(4))
    }
    body = json.dumps(dice.choice([given, [given], document(dice)])).encode()
    assert ask(server, dice.choice(METHODS[:2]), "/_simulator/%s" % dice.choice(STEERING), body) in (200, 400)
    ask(server, "DELETE", "/_simulator/faults")
    assert ask(server, "GET", "/core/v1/organizations/organization/load_balancers?organization[sub_domain]=acme") == 200
    assert not server.broken
    assert ask(server, "POST", "/_simulator/reset") == 200


@pytest.mark.parametrize(
    "header",
    [
        "Content-Length: x",
        "Content-Length: -1",
        "Content-Length: " + "9" * 99,
        "Transfer-Encoding: chunked",
        "Content-Length: 5",
    ],
)
def test_a_body_of_unknown_length_closes_the_connection(server, header):
    assert ask(server, "POST", "/core/v1/data_centers", b"", [header]) in (None, 400, 404) and not server.broken


@pytest.mark.parametrize(
    "target", ["http://[::1/core/v1", "//[", "*", "/", "x", "/_simulator", "/core/v1", "/" + "a" * 70000]
)
def test_an_invalid_target_has_a_response(server, target):
    assert ask(server, "GET", target) in (None, 400, 404, 414) and not server.broken


LEVELS = ["a" + "[b]" * 40, "a" + "[b]" * 9000]
MIXED = ["a[]=1&a[b]", "a=1&a[b]", "a[b]=1&a", "a[]=1&a[][b]"]


@pytest.mark.parametrize("brackets", ["a[", "a]", "[]", "[a]", "a[][][]", "a[b", "=", *MIXED, *LEVELS])
def test_unusual_names_in_a_query_are_arguments_or_rejected(server, brackets):
    path = "/core/v1/organizations/organization/load_balancers?organization[sub_domain]=acme&%s=2" % brackets
    assert ask(server, "GET", path) in (200, 400) and not server.broken


def test_a_document_is_rejected_only_above_the_maximum_depth(server):
    path = "/core/v1/organizations/organization/load_balancers?organization[sub_domain]=acme"
    assert [ask(server, "GET", path, b'{"a":' * deep + b"1" + b"}" * deep) for deep in (98, 101, 100000)] == [
        200,
        400,
        400,
    ]


@pytest.mark.parametrize(
    "fault",
    [
        {"answer": "given", "headers": {"X": "\u2603"}},
        {"answer": "given", "headers": {"X": "a\r\nb: c"}},
        {"answer": "given", "headers": {"X y": "a"}},
        {"answer": "given", "body": "\ud800"},
        {"after": 1e308},
        {"after": -1},
        {"behind": 1e308},
        {"answer": "given", "carried_out": 1e308},
        *({"answer": "given", "status": status} for status in (10**30, -5, 99, 0, True)),
    ],
)
def test_an_invalid_fault_is_rejected_and_a_valid_one_causes_no_exception(server, fault):
    assert ask(server, "POST", "/_simulator/faults", json.dumps(fault).encode()) in (200, 400)
    assert ask(server, "GET", "/core/v1/data_centers") in (None, 200)
    assert ask(server, "DELETE", "/_simulator/faults") == 200 and not server.broken


@pytest.mark.parametrize(
    "body", [b'{"permitted": true}', b'{"count": {"tags": true}}', b'{"count": {"tags": 1000000000}}']
)
def test_a_reset_with_an_invalid_number_is_rejected(server, body):
    assert ask(server, "POST", "/_simulator/reset", body) == 400 and not server.broken


MACHINE = {"id": "vm_m", "name": "m", "organization": "org_acme", "data_center": "loc_london", "ignores_shutdown": True}
ADDRESS = {"id": "ip_1", "organization": "org_acme", "address": "192.0.2.99", "network": "netw_loc_london"}
TRASH_OBJECT = {"id": "trsh_1", "organization": "org_acme", "object_id": "vm_a"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"assumptions": {"seconds": 0.5, "taken_hostname": "refused"}}, 200),
        ({"assumptions": {"seconds": 1, "looks": 1}}, 200),
        ({"assumptions": {"taken_hostname": "unknown"}}, 400),
        ({"assumptions": {"seconds": "1"}}, 400),
        ({"virtual_machines": [{**MACHINE, "state": "orphaned", "trashed": True, "failing_tasks": ["purge"]}]}, 200),
        ({"ip_addresses": [{**ADDRESS, "allocation_id": "vm_a", "allocation_type": "VirtualMachine"}]}, 200),
        ({"ip_addresses": [{**ADDRESS, "network": "netw_x"}]}, 400),
        ({"ip_addresses": [{**ADDRESS, "address": "no address"}]}, 400),
        ({"trash_objects": [TRASH_OBJECT]}, 200),
        ({"trash_objects": [{**TRASH_OBJECT, "object_id": "vm_x"}]}, 400),
        ({"virtual_machine_packages": [{"id": "vmpkg_1", "permalink": "tiny", "cpu_cores": 1}]}, 200),
        ({"virtual_networks": [{"id": "v", "organization": "org_acme", "data_center": "loc_x", "name": "v"}]}, 400),
        ({"virtual_machine_builds": []}, 400),
    ],
)
def test_a_reset_may_describe_machines_and_what_belongs_to_them(server, body, status):
    assert ask(server, "POST", "/_simulator/reset", json.dumps(body).encode()) == status and not server.broken
