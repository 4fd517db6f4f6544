# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading load balancers: what is found, the number of requests, and what is returned on request only."""

from __future__ import annotations

import pytest
from katapult_simulator.rendering import SECRET

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ..simulated import TaskRunner


@pytest.fixture(name="runner")
def fixture_runner():
    runner = TaskRunner()
    runner.existing(resource_ids=["vm_a"], annotations={"team": "web", "tier": "front"})
    runner.existing(id="lb_2", api_reference="db", name="Data", annotations={"team": "db", "tier": "front"})
    runner.existing(id="lb_3", api_reference=None, organization="org_globex", name="Web")
    runner.rule(443, protocol="HTTPS")
    runner.rule(80)
    return runner


def ids(found):
    return [resource["id"] for resource in found]


@pytest.mark.parametrize("by", [{"id": "lb_1"}, {"api_reference": "web"}])
@pytest.mark.parametrize("check", [True, False])
def test_one_is_read_with_one_request_regardless_of_the_organization(runner, by, check):
    (found,) = runner.run_info(organization="globex", check=check, **by)
    assert runner.requests() == ["GET one"]
    assert found == runner.run(properties={"api_reference": "web"}).values["load_balancer"]


@pytest.mark.parametrize("by", [{"id": "lb_9"}, {"api_reference": "nobody"}, {"id": "lb_1", "name": "Other"}])
def test_an_unknown_load_balancer_is_an_empty_list(runner, by):
    assert runner.run_info(**by) == []


def test_all_load_balancers_of_an_organization_are_listed(runner):
    found = runner.run_info()
    assert ids(found) == ["lb_1", "lb_2"] and runner.requests() == ["GET all"]
    assert "https_redirect" not in found[0] and "annotations" not in found[0]
    assert found[0]["ip_address"] == {"id": None, "address": "203.0.113.1"}
    assert found[0]["resources"] == [{"type": "VirtualMachine", "value": {"id": "vm_a", "name": "web-a"}}]
    assert ids(runner.run_info(organization={"id": "org_globex"})) == ["lb_3"]


def test_all_pages_are_listed(runner):
    for number in range(400):
        runner.existing(id="lb_more_%d" % number, api_reference=None)
    assert len(runner.run_info()) == 402 and runner.requests() == ["GET all"] * 3


def test_full_reads_each_individually(runner):
    found = runner.run_info(full=True)
    assert runner.requests() == ["GET all", "GET one", "GET one"]
    assert found[1]["annotations"] == [{"key": "team", "value": "db"}, {"key": "tier", "value": "front"}]


def test_a_name_and_an_annotation_filter_a_list(runner):
    assert ids(runner.run_info(name="Data")) == ["lb_2"]
    assert ids(runner.run_info(annotations=[{"key": "team", "value": "web"}])) == ["lb_1"]
    assert ids(runner.run_info(annotations=[{"key": "tier"}])) == ["lb_1", "lb_2"]
    assert runner.requests() == ["GET all", "GET all", "GET one", "GET all", "GET one", "GET one"]


def test_an_annotation_filter_that_the_api_ignores_is_applied_by_the_module(runner):
    rows = [{"id": "lb_1", "name": "Web"}, {"id": "lb_2", "name": "Data"}]
    runner.fail(answer="given", body={"pagination": {"total_pages": 1}, "load_balancers": rows})
    assert ids(runner.run_info(annotations=[{"key": "team", "value": "db"}])) == ["lb_2"]


def test_several_annotations_are_compared_by_the_module(runner):
    wanted = [{"key": "team", "value": "db"}, {"key": "tier", "value": "front"}]
    assert ids(runner.run_info(annotations=wanted)) == ["lb_2"]
    assert runner.simulator.requests[0]["query"][1:5] == [
        ["annotations[][key]", "team"],
        ["annotations[][value]", "db"],
        ["annotations[][key]", "tier"],
        ["annotations[][value]", "front"],
    ]


@pytest.mark.parametrize(
    ("pair", "count"), [({"key": "team", "value": "web"}, 1), ({"key": "team", "value": "db"}, 0), ({"key": "x"}, 0)]
)
def test_annotations_also_filter_a_lookup_by_id(runner, pair, count):
    assert len(runner.run_info(id="lb_1", annotations=[pair])) == count


def test_rules_are_in_port_order_and_complete_on_request(runner):
    (found,) = runner.run_info(id="lb_1", include_rules=True)
    assert [rule["listen_port"] for rule in found["rules"]] == [80, 443] and "check_path" not in found["rules"][0]
    assert runner.requests() == ["GET one", "GET rules"]
    (found,) = runner.run_info(id="lb_1", include_rules=True, full=True)
    assert found["rules"][0]["check_path"] == "/"
    assert runner.requests() == ["GET one", "GET rules", "GET rule", "GET rule"]


def test_one_that_is_deleted_while_it_is_read_is_omitted(runner):
    runner.fail(
        path="/load_balancers/load_balancer", answer="given", status=404, body={"code": "load_balancer_not_found"}
    )
    assert ids(runner.run_info(full=True)) == ["lb_2"]


def test_the_private_key_is_returned_on_request_only(runner):
    assert SECRET not in repr(runner.run_info(full=True, include_rules=True))
    for found in (
        runner.run_info(include_backend_certificate_key=True),
        runner.run_info(id="lb_1", include_backend_certificate_key=True),
    ):
        assert SECRET in found[0]["backend_certificate_key"]
        assert SECRET not in repr([{**resource, "backend_certificate_key": None} for resource in found])


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"organization": None}, "one of id, api_reference and organization"),
        ({"id": "lb_1", "api_reference": "web"}, "are mutually exclusive"),
        ({"id": "lb 1"}, "invalid in an ID"),
        ({"api_reference": " "}, "api_reference is empty"),
        ({"name": " x"}, "name begins or ends"),
        ({"annotations": [{"key": ""}]}, "annotations has a key that is empty"),
    ],
)
def test_invalid_input_is_rejected_before_a_request_is_sent(runner, task, message):
    with pytest.raises(TaskRefused) as failure:
        runner.run_info(**task)
    assert message in str(failure.value) and runner.requests() == []


def test_an_unknown_organization_is_a_failure(runner):
    with pytest.raises(KatapultError) as failure:
        runner.run_info(organization="nobody")
    assert failure.value.details.code == "organization_not_found"
