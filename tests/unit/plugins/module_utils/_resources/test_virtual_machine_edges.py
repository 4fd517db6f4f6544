# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines in unusual situations: interrupted builds, odd responses, wrong clocks, and tasks that do not fit together."""

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils import _text
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.plugins.module_utils._execute import shown_values
from ansible_collections.katapult.cloud.plugins.module_utils._schema.machine_spec import machine_spec

from ...catalog import TASKS
from .machines import ADDRESS, BUILD, BUILDS, DB, NEW, ONE, Machines

ODD = [
    {"status": 200, "body": {}},
    {"status": 403, "body": {"error": {"code": "permission_denied"}}},
    {"status": 404, "body": "<html></html>"},
    {"status": 500, "body": "<html></html>"},
]


@pytest.fixture(name="machines")
def fixture_machines() -> Machines:
    return Machines()


def changing(machines, method, path, change):
    """Change the responses to some requests."""
    send = machines.runner.send

    def changed(asked, requested, *more):
        raw = send(asked, requested, *more)
        if (asked, requested) != (method, path):
            return raw
        document = json.loads(raw.body)
        change(document)
        return raw._replace(body=json.dumps(document).encode())

    machines.runner.send = changed


# Never a second build


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("lost", [True, False])
def test_an_odd_response_does_not_end_the_search_for_a_build(odd, lost):
    machines = Machines(seconds=30, taken_hostname="accepted")
    if lost:
        machines.runner.fail(method="POST", path=BUILD, answer="lost")
    machines.runner.fail(method="GET", path=ONE, skip=1, answer="given", carried_out=False, **odd)
    assert machines.run(budget=0).changed
    assert machines.called() == ["POST build_from_spec"] and len(machines.named()) == 1


@pytest.mark.parametrize("seconds", [260, 500])
def test_the_run_after_a_build_that_did_not_appear_waits_for_it(seconds):
    machines = Machines(seconds=seconds, taken_hostname="accepted")  # the machine appears after half of the time
    error = machines.refused()
    assert error.details.code == "creation_not_visible" and "vmbuild_" in error.message
    result = machines.run()
    assert not result.changed and result.values["virtual_machine"]["state"] == "started"
    assert machines.called() == ["POST build_from_spec"] and len(machines.named()) == 1


def test_the_run_after_a_build_that_failed_later_builds_again():
    machines = Machines(seconds=260)
    machines.refused()
    machines.runner.time.passed += 1000
    for build in machines.world.virtual_machine_builds.values():
        build.state, build.virtual_machine = "failed", None
    machines.world.virtual_machines = {}
    machines.world.objects["virtual_machines"] = {}
    machines.world.objects["tasks"] = {}
    machines.refused(wait_timeout=1000)
    assert machines.called() == ["POST build_from_spec"] * 2


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("odd", [None, *ODD])
def test_the_run_after_an_interrupted_one_does_not_build_again(answered, odd):
    machines = Machines(seconds=30, taken_hostname="accepted")
    machines.interrupt(answered)
    if odd:
        machines.runner.fail(method="GET", path=ONE, skip=1, answer="given", carried_out=False, **odd)
    result = machines.run(budget=0)
    assert not result.changed and result.values["virtual_machine"]["state"] == "started"
    assert machines.called() == ["POST build_from_spec"] and len(machines.named()) == 1


def test_the_run_after_an_abandoned_one_does_not_build_again():
    machines = Machines(seconds=30, taken_hostname="accepted")
    client, made = machines.runner.client, []

    def abandoned(*args, **more):
        one = client(*args, **more)
        one.is_abandoned = lambda: (
            not made[1:] and BUILD in [request["path"] for request in machines.runner.simulator.requests]
        )
        made.append(one)
        return one

    machines.runner.client = abandoned
    assert machines.refused().details.code == "abandoned"
    assert not machines.run().changed and machines.called() == ["POST build_from_spec"]


def test_a_build_that_may_not_be_read_is_followed_by_its_machine():
    machines = Machines()
    forbidden = {"error": {"code": "scope_not_granted", "detail": {"scopes": []}}}
    machines.runner.fail(
        method="GET", path=BUILDS, carried_out=False, answer="given", status=403, body=forbidden, times=None
    )
    result = machines.run()
    assert result.changed and result.values["virtual_machine"]["state"] == "started"


# The right machine


@pytest.mark.parametrize(("organization", "code"), [("acme", "other_organization"), (None, None), ("globex", None)])
def test_a_machine_in_the_trash_of_another_organization_is_not_purged(machines, organization, code):
    machines.run({}, id="vm_other", organization="globex", state="absent")
    machines.called()
    task = {"id": "vm_other", "organization": organization, "state": "absent", "purge": True}
    if code:
        assert machines.refused({}, **task).details.code == code and machines.called() == []
    else:
        assert machines.run({}, **task).changed and machines.called() == ["DELETE trash_object"]


@pytest.mark.parametrize("by_fqdn", [True, False])
@pytest.mark.parametrize("name", ["db-1", "web-a", "nobody"])
def test_a_machine_in_the_trash_is_purged_by_id_only_if_the_host_name_belongs_to_it(by_fqdn, name):
    machines = Machines(found_in_trash_by_fqdn=by_fqdn)
    shown = machines.build()
    machines.run(DB, state="absent")
    machines.called()
    task = {"id": shown["id"], "state": "absent", "purge": True}
    if by_fqdn and name == "db-1":
        assert machines.run({"hostname": name}, **task).changed
    else:
        error = machines.refused({"hostname": name}, **task)
        assert error.details.code == "other_virtual_machine_found" and machines.called() == []


def test_a_rename_to_a_host_name_in_the_trash_names_the_machine_in_the_trash(machines):
    old = machines.build(hostname="db-2")
    machines.run({"hostname": "db-2"}, state="absent")
    live = machines.build()
    error = machines.refused({"hostname": "db-2"}, id=live["id"])
    assert error.details.code == "object_in_trash" and old["id"] in error.message
    assert live["id"] not in error.message and machines.called() == []


def test_a_refused_rename_explains_that_the_host_name_may_be_in_the_trash():
    machines = Machines(found_in_trash_by_fqdn=False)
    machines.build(hostname="db-2")
    machines.run({"hostname": "db-2"}, state="absent")
    live = machines.build()
    assert "trash" in machines.refused({"hostname": "db-2"}, id=live["id"]).message


@pytest.mark.parametrize("organization", [None, "acme", {"id": "org_acme"}])
def test_a_rename_by_id_needs_no_organization(machines, organization):
    shown = machines.build()
    task = {"id": shown["id"], "organization": organization}
    predicted = machines.run({"hostname": "db-9"}, check=True, **task)
    result = machines.run({"hostname": "db-9"}, **task)
    assert result.changed and predicted.diff == result.diff
    assert predicted.values == result.values  # also the reverse DNS of its addresses
    assert result.values["virtual_machine"]["fqdn"] == "db-9.acme.katapult.cloud"


@pytest.mark.parametrize("named", ["2001:DB8:0:0:0:0:0:7", "2001:db8::7"])
def test_an_address_that_the_task_names_in_another_notation_is_not_released(machines, named):
    machines.build()
    machine = machines.named()[0]
    machine.addresses = ("2001:db8::7",)
    interface = {"network": {"id": "netw_loc_london"}, "ip_addresses": [{"address": named}]}
    task = {**DB, "network_interfaces": [interface]}
    result = machines.run(task, state="absent", release_ip_addresses=True)
    assert result.values["released_ip_addresses"] == [] and "DELETE ip_address" not in machines.called()


def test_an_address_whose_allocation_is_not_shown_is_not_released(machines):
    machines.build()

    def without(document):
        document.pop("allocation", None)
        for name in ("allocation_id", "allocation_type"):
            document.get("ip_address", {}).pop(name, None)

    changing(machines, "GET", ADDRESS, without)
    result = machines.run(DB, state="absent", release_ip_addresses=True)
    assert result.values["released_ip_addresses"] == [] and result.warnings


# Power


def test_the_power_is_not_cut_before_the_operating_system_was_asked(machines):
    machines.build()
    busy = {"error": {"code": "task_queueing_error", "description": None, "detail": {}}}
    fault = {"carried_out": False, "answer": "given", "status": 406, "body": busy}
    machines.runner.fail(method="POST", path=ONE + "/shutdown", times=20, **fault)
    result = machines.run(DB, state="stopped", force=True, shutdown_timeout=10)
    assert result.changed and set(machines.called()) == {"POST shutdown"}
    machines.run(DB, state="started")
    machines.called()
    machines.runner.fail(method="POST", path=ONE + "/shutdown", times=None, **fault)
    error = machines.refused(DB, state="stopped", force=True, shutdown_timeout=10, wait_timeout=60)
    assert error.details.code == "task_queueing_error" and not error.changed
    assert set(machines.called()) == {"POST shutdown"}


@pytest.mark.parametrize(("state", "allow_restart"), [("started", False), ("present", False), ("started", True)])
@pytest.mark.parametrize("wait", [True, False])
def test_a_smaller_package_for_a_machine_that_is_being_built_is_decided_after_its_build(state, allow_restart, wait):
    machines = Machines(seconds=60)
    machines.run(wait=False)
    machines.called()
    task = {"state": state, "allow_restart": allow_restart, "wait": wait}
    properties = {**DB, "name": "q", "package": {"permalink": "rock-1"}}
    if allow_restart:
        assert machines.run(properties, **task).changed
        assert machines.called()[-3:] == ["POST shutdown", "PUT package", "POST start"]
    else:
        assert machines.refused(properties, **task).details.code == "restart_needed" and machines.called() == []


def test_a_new_stopped_machine_is_started_without_waiting(machines):
    machines.build()
    machines.run(DB, state="stopped")
    machines.called()
    result = machines.run(DB, state="started", wait=False)
    assert result.changed and machines.called() == ["POST start"]
    assert (result.diff[0]["before"], result.diff[0]["after"]) == ({"state": "stopped"}, {"state": "started"})


def test_a_machine_that_is_being_built_is_not_started_without_waiting():
    machines = Machines(seconds=60)
    machines.run(wait=False)
    machines.runner.time.passed = start = machines.runner.time.passed
    assert not machines.run(DB, state="started", wait=False).changed
    assert machines.runner.time.passed == start


@pytest.mark.parametrize("then", ["failed", "orphaned", "stopped"])
def test_a_machine_that_does_not_arrive_is_an_error_at_once(machines, then):
    machines.build()
    machine = machines.named()[0]
    machine.state = "starting"
    machines.becomes(machine, then, at_look=4)
    machines.runner.time.passed = 10_000  # it is not new any more
    error = machines.refused(DB, state="started")
    expected = "state_not_reached" if then == "stopped" else "virtual_machine_failed"
    assert error.details.code == expected and machines.runner.time.passed < 10_060 and machines.called() == []


@pytest.mark.parametrize("state", ["present", "started", "stopped"])
@pytest.mark.parametrize("broken", ["failed", "orphaned"])
def test_a_broken_machine_is_an_error_also_without_waiting(machines, state, broken):
    machines.build()
    machines.named()[0].state = broken
    error = machines.refused(DB, state=state, wait=False)
    assert error.details.code == "virtual_machine_failed" and machines.called() == []


@pytest.mark.parametrize("allow_restart", [True, False])
def test_a_machine_that_is_being_stopped_stays_stopped_after_a_change_of_its_package(machines, allow_restart):
    machines.build()
    machine = machines.named()[0]
    machine.state = "stopping"
    machines.runner.time.passed += 10_000
    send, reads = machines.runner.send, []

    def arriving(method, path, *more):
        reads.append(path)
        if len(reads) == 6:
            machine.state = "stopped"
        return send(method, path, *more)

    machines.runner.send = arriving
    task = {**DB, "package": {"permalink": "rock-1"}}
    result = machines.run(task, allow_restart=allow_restart)
    assert result.changed and "POST start" not in machines.called() and machine.state == "stopped"


def test_what_is_not_waited_for_is_in_the_diff_and_causes_no_warning(machines):
    machines.build()
    machines.runner.time.passed += 10_000
    for task, properties in (({}, {"package": {"permalink": "rock-6"}}), ({"state": "stopped"}, {})):
        predicted = machines.run({**DB, **properties}, check=True, wait=False, **task)
        result = machines.run({**DB, **properties}, wait=False, **task)
        assert result.changed and result.diff == predicted.diff != [] and result.warnings == ()
        machines.run(DB)  # which lets the background work end
        machines.runner.time.passed += 10_000
        for one in machines.world.tasks.values():
            one.proceed()
            one.proceed()


@pytest.mark.parametrize("wait", [True, False])
def test_without_waiting_a_new_machine_is_predicted_as_it_will_be(wait):
    machines = Machines(seconds=60)
    predicted = machines.run(state="stopped", wait=wait, check=True)
    result = machines.run(state="stopped", wait=wait)
    assert predicted.values["virtual_machine"]["state"] == ("stopped" if wait else "started")
    stopped = any("not stopped" in warning for warning in predicted.warnings)
    assert stopped == (not wait) and stopped == any("not stopped" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    "fault", [{"status": 403, "body": {"error": {"code": "permission_denied"}}}, {"status": 200, "body": {}}]
)
def test_a_restart_that_fails_half_way_says_that_the_machine_may_be_stopped(machines, fault):
    machines.build()
    task = {**DB, "package": {"permalink": "rock-1"}}
    machines.runner.fail(method="POST", path=ONE + "/start", carried_out=False, answer="given", times=None, **fault)
    error = machines.refused(task, allow_restart=True, budget=0)
    assert "may be stopped now" in error.message and error.changed
    machines.runner.simulator.faults.clear()
    assert machines.run(task, allow_restart=True, state="started").changed


def test_a_change_that_fails_before_a_restart_does_not_say_that_the_machine_may_be_stopped(machines):
    machines.build()
    denied = {"error": {"code": "permission_denied"}}
    machines.runner.fail(method="PATCH", carried_out=False, answer="given", status=403, body=denied)
    error = machines.refused({**DB, "name": "q", "package": {"permalink": "rock-1"}}, allow_restart=True)
    assert "may be stopped" not in error.message and not error.changed


# Deletion during a build


@pytest.mark.parametrize("purge", [True, False])
def test_a_machine_that_is_being_built_is_deleted_after_its_build(purge):
    machines = Machines(seconds=40)
    machines.run(wait=False)
    machines.called()
    assert machines.run(DB, state="absent", purge=purge).changed and machines.named() == []
    assert machines.called()[:2] == ["POST stop", "DELETE virtual_machine"]


# Clocks


@pytest.mark.parametrize("off", [-3600, 300, 100_000])
@pytest.mark.parametrize("dated", [True, False])
def test_a_wrong_clock_matters_only_if_the_api_sends_no_date(off, dated):
    machines = Machines(seconds=60)
    machines.run(wait=False)
    send, wall = machines.runner.send, machines.runner.time.wall

    def with_date(*request):
        raw = send(*request)
        date = "Fri, 15 Jan 2027 %02d:%02d:%02d GMT" % (
            8,
            int(5 + machines.runner.time.passed) // 60,
            int(5 + machines.runner.time.passed) % 60,
        )
        return raw._replace(headers={**raw.headers, "date": date}) if dated else raw

    machines.runner.send = with_date
    clock = machines.runner.time.clock()._replace(wall=lambda: wall() + off)
    machines.runner.time.clock = lambda: clock
    shown = machines.run(DB).values["virtual_machine"]
    assert shown["state"] == "started" or (not dated and off > 0)
    assert machines.runner.time.passed < 400


# Odd responses


def test_a_machine_without_a_package_gets_the_one_of_the_task(machines):
    machines.build()

    def without(document):
        if document["virtual_machine"]["package"]["permalink"] == "rock-3":
            document["virtual_machine"]["package"] = None

    changing(machines, "GET", ONE, without)
    assert machines.run({**DB, "package": {"permalink": "rock-6"}}).changed and machines.called() == ["PUT package"]


def test_an_outdated_response_to_a_change_is_read_again(machines):
    machines.build(tag_names=["web", "api"])

    def outdated(document):
        document["virtual_machine"]["tag_names"] = ["web", "api"]

    changing(machines, "PATCH", ONE, outdated)
    result = machines.run({**DB, "tag_names": ["web"]})
    assert result.values["virtual_machine"]["tag_names"] == ["web"] and result.warnings == ()


def test_a_zone_without_a_data_center_requires_interfaces(machines):
    def without(document):
        document["zone"]["data_center"] = None

    changing(machines, "GET", "/zones/zone", without)
    properties = {name: value for name, value in NEW.items() if name != "data_center"}
    task = {**properties, "zone": {"id": "zone_loc_london"}}
    for check in (True, False):
        error = machines.refused(task, check=check)
        assert error.details.code == "missing_for_creation" and "network_interfaces" in error.message
    assert machines.called() == []
    interfaces = [{"network": {"id": "netw_loc_london"}, "new_ip_addresses": ["ipv4"]}]
    assert machines.run({**task, "network_interfaces": interfaces}).changed


def test_without_a_domain_the_machine_is_searched_in_the_list(machines):
    machines.build()

    def without(document):
        document["organization"]["infrastructure_domain"] = None

    changing(machines, "GET", "/organizations/organization", without)
    assert not machines.run(DB).changed and machines.run({**NEW, "hostname": "db-2"}).changed


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"group": {"id": "vmgrp_none"}}, "virtual_machine_group_not_found"),
        ({"group": {"name": ""}}, "invalid_task"),
        (
            {"data_center": {"permalink": "xx"}, "network_interfaces": [{"network": {"id": "netw_loc_london"}}]},
            "data_center_not_found",
        ),
        ({"name": "a\uffff"}, "invalid_task"),
        ({"tag_names": ["a\ufffe"]}, "invalid_task"),
        ({"description": "  \n"}, "invalid_task"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_what_a_build_would_refuse_is_refused_in_check_mode(machines, properties, code, check):
    assert machines.refused({**NEW, **properties}, check=check).details.code == code and machines.called() == []


def test_the_hint_about_taken_host_names_is_given_only_where_it_may_help(machines):
    rejected = {"error": {"code": "validation_error", "description": None, "detail": {"errors": ["Name is too long"]}}}
    machines.runner.fail(method="POST", path=BUILD, carried_out=False, answer="given", status=422, body=rejected)
    assert "trash" not in machines.refused().message
    rejected["error"]["detail"]["errors"] = ["Hostname has already been taken"]
    machines.runner.fail(method="POST", path=BUILD, carried_out=False, answer="given", status=422, body=rejected)
    assert "trash" in machines.refused().message


# The document, and secrets


def test_a_carriage_return_is_kept():
    options = {"script": "#!/bin/sh\r\necho"}
    assert "#!/bin/sh&#13;\necho" in machine_spec({**NEW, "disk_template_options": options})


@pytest.mark.parametrize("secret", ["pa<ss&word>1", 'quoted"pass"', "line one is long\nshort line 2"])
def test_secrets_in_a_document_that_an_error_repeats_are_masked(secret):
    repeated = machine_spec({**NEW, "disk_template_options": {"password": secret}})
    masked = _text.redactor([secret])(repeated)
    for part in (secret, secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), *secret.splitlines()):
        assert part not in masked


def test_a_secret_value_that_is_also_in_another_option_is_not_masked():
    spec = TASKS["virtual_machine"].argument_spec
    params = {"properties": {"hostname": "web-1", "tag_names": ["front"], "disk_template_options": {"name": "web-1"}}}
    shown = shown_values(params, spec)
    assert shown == {"web-1", "front"}
    assert _text.worth_masking(["web-1", "hidden"], shown) == {"hidden"}


def test_no_lock_is_left_that_says_that_a_task_was_interrupted(machines):
    machines.build()
    machines.run(DB, state="stopped")
    with pytest.raises(KatapultError):
        machines.run({**DB, "package": {"permalink": "rock-99"}})
    machines.run(DB, state="absent", purge=True)
    folder = os.path.join(os.environ["ANSIBLE_HOME"], "katapult.cloud", "locks")
    contents = []
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            contents.append(file.read())
    assert contents


# Messages


def test_an_outage_while_a_machine_is_looked_for_is_named_in_the_end(machines):
    machines.runner.fail(method="GET", path=BUILDS, answer="given", status=503, body="", carried_out=False, times=None)
    error = machines.refused(budget=0)
    assert error.details.code == "creation_not_visible" and "503" in error.message and "vmbuild_" in error.message


def test_what_a_failed_build_leaves_behind_is_returned(machines):
    error = machines.refused({**NEW, "hostname": "unstartable-1"})
    left = error.partial_result["virtual_machine"]
    assert left["id"].startswith("vm_") and left["state"] == "failed" and error.changed
    again = machines.refused({**NEW, "hostname": "unstartable-1"}).message
    assert again.startswith('The virtual machine "unstartable-1" (%s) has failed' % left["id"]) and "absent" in again


def test_a_purge_that_cannot_see_the_trash_is_a_warning(machines):
    machines.build()
    machines.run(DB, state="absent")
    machines.runner.token = "machines-token"
    result = machines.run(DB, state="absent", purge=True)
    assert not result.changed and any("organizations:read" in warning for warning in result.warnings)


def test_a_missing_location_names_both_options(machines):
    error = machines.refused({name: value for name, value in NEW.items() if name != "data_center"})
    assert "properties.data_center or properties.zone" in error.message


def test_a_shutdown_that_takes_too_long_is_not_a_failed_request(machines):
    machines.build()
    machines.named()[0].ignores_shutdown = True
    details = machines.refused(DB, state="stopped", shutdown_timeout=5).details
    assert (details.code, details.method, details.path) == ("shutdown_timed_out", None, None)


@pytest.mark.parametrize("again", ["stopped", "present", "absent"])
@pytest.mark.parametrize("built_stopped", [True, False])
def test_a_new_machine_that_this_user_has_stopped_is_not_waited_for(machines, again, built_stopped):
    if built_stopped:
        machines.run(state="stopped")
    else:
        machines.build()
        machines.run(DB, state="stopped")
    naps = machines.runner.time.naps
    naps.clear()
    assert machines.run(DB, state=again).changed == (again == "absent") and naps == []


def test_a_new_machine_that_somebody_else_has_stopped_is_waited_for(machines):
    machines.build()
    machines.named()[0].state = "stopped"
    naps = machines.runner.time.naps
    naps.clear()
    assert not machines.run(DB, state="stopped").changed and sum(naps) > 60


def test_a_machine_whose_build_fails_while_it_is_waited_for_is_deleted():
    machines = Machines(seconds=40)
    machines.run({**NEW, "hostname": "unstartable-1"}, wait=False)
    machines.called()
    assert machines.run({"hostname": "unstartable-1"}, state="absent").changed
    assert machines.called() == ["DELETE virtual_machine"] and machines.named("unstartable-1") == []
