# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator records its requests and responses on request."""

from __future__ import annotations

import json
from http.client import HTTPConnection, RemoteDisconnected

import pytest
from katapult_simulator.server import Server, serving
from katapult_simulator.traffic import Traffic

ONE = "/core/v1/load_balancers/load_balancer"


@pytest.fixture(name="server")
def fixture_server(tmp_path):
    server = Server(0, traffic=Traffic(str(tmp_path / "traffic.jsonl")))
    with serving(server):
        yield server


def ask(server, method, path, body=None):
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
    headers = {"Authorization": "Bearer simulator-token", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().read()
    except RemoteDisconnected:
        return None
    finally:
        connection.close()


def written(tmp_path):
    lines = (tmp_path / "traffic.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_requests_are_recorded_across_a_reset_and_without_the_token(server, tmp_path):
    ask(server, "GET", ONE + "?load_balancer[id]=lb_1")
    ask(server, "POST", "/_simulator/reset")
    ask(server, "PATCH", ONE, json.dumps({"load_balancer": {"id": "lb_2"}, "properties": {}}))
    first, second = written(tmp_path)
    assert (first["method"], first["path"], first["status"], first["own"]) == ("GET", ONE[8:], 404, True)
    assert first["query"] == [["load_balancer[id]", "lb_1"]] and first["body"] is None
    assert first["answer"]["error"]["code"] == "load_balancer_not_found"
    assert second["body"] == {"load_balancer": {"id": "lb_2"}, "properties": {}} and second["query"] == []
    assert "simulator-token" not in (tmp_path / "traffic.jsonl").read_text(encoding="utf-8")


def test_a_body_that_is_not_json_is_recorded_as_text(server, tmp_path):
    ask(server, "PATCH", ONE, "{half")
    (entry,) = written(tmp_path)
    assert entry["body"] == "{half" and entry["answer"]["error"]["code"] == "invalid_json_body"


@pytest.mark.parametrize(
    ("fault", "status", "own"),
    [
        ({"after": 0.001}, 404, True),
        ({"answer": "given", "status": 503, "body": "closed", "carried_out": False}, 503, False),
        ({"answer": "cut"}, 404, False),
        ({"answer": "lost"}, None, False),
    ],
)
def test_the_response_of_a_fault_is_not_the_simulators_own(server, tmp_path, fault, status, own):
    ask(server, "POST", "/_simulator/faults", json.dumps(fault))
    ask(server, "GET", ONE + "?load_balancer[id]=lb_1")
    (entry,) = written(tmp_path)
    assert (entry["status"], entry["own"]) == (status, own)
    assert (entry["answer"] is None) == (status is None)
