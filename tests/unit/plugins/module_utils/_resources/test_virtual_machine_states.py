# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines that are being built, stopped or deleted when a task begins, or when it fails."""

from __future__ import annotations

import pytest
from katapult_simulator.kinds.trash_object import put_in_trash

from .machines import ADDRESS, DB, NEW, ONE, TRASH, Machines

UNALLOCATE = ADDRESS + "/unallocate"
SMALLER = {**DB, "package": {"permalink": "rock-1"}}


@pytest.fixture(name="machines")
def fixture_machines():
    return Machines()


def refuse(machines, method, path, status, code):
    body = {"error": {"code": code, "description": None, "detail": {"scopes": ["s"]}}}
    machines.runner.fail(
        method=method, path=path, carried_out=False, answer="given", status=status, body=body, times=None
    )


# While it is being stopped


@pytest.mark.parametrize("force", [True, False])
@pytest.mark.parametrize("then", ["started", "stopped"])
@pytest.mark.parametrize("during", ["stopping", "shutting_down"])
def test_a_machine_that_is_being_stopped_is_not_stopped_for_a_smaller_package_without_permission(
    machines, during, then, force
):
    machines.build()
    machine = machines.named()[0]
    machine.state = during
    machines.runner.time.passed = 10_000  # it is not new any more
    assert machines.run(SMALLER, force=force, check=True).changed
    machines.becomes(machine, then, at_look=4)
    if then == "started":  # somebody has started it again, or it has ignored the request
        assert machines.refused(SMALLER, force=force).details.code == "restart_needed" and machines.called() == []
        assert machine.package == "rock-3" and machine.state == "started"
    else:
        result = machines.run(SMALLER, force=force)
        assert machines.called() == ["PUT package"] and result.values["virtual_machine"]["state"] == "stopped"


def test_a_machine_that_stays_stopping_is_a_timeout(machines):
    machines.build()
    machines.named()[0].state = "stopping"
    machines.runner.time.passed = 10_000
    error = machines.refused(SMALLER, wait_timeout=30)
    assert error.details.code == "wait_timed_out" and machines.called() == []


# While it is being built


@pytest.mark.parametrize(
    ("properties", "task"),
    [
        (DB, {"state": "stopped"}),
        (DB, {"state": "started"}),
        (DB, {"state": "present"}),
        (SMALLER, {"state": "stopped"}),
        (SMALLER, {"allow_restart": True}),
        ({**DB, "description": "x"}, {"state": "stopped"}),
    ],
)
@pytest.mark.parametrize("at", [12, 20, 30, 40])
def test_check_mode_predicts_a_machine_that_is_being_built(properties, task, at):
    machines = Machines(seconds=20)
    machines.run(wait=False)
    machines.runner.time.passed = max(machines.runner.time.passed, at)
    predicted = machines.run(properties, check=True, diff=True, **task)
    result = machines.run(properties, diff=True, **task)
    assert (predicted.changed, predicted.diff) == (result.changed, result.diff)
    assert predicted.values["virtual_machine"]["state"] == result.values["virtual_machine"]["state"]


@pytest.mark.parametrize("state", ["present", "started"])
def test_a_smaller_package_is_refused_in_check_mode_too_while_the_machine_is_being_built(state):
    machines = Machines(seconds=20)
    machines.run(wait=False)
    machines.called()
    for check in (True, False):
        assert machines.refused(SMALLER, state=state, check=check).details.code == "restart_needed"
    assert machines.called() == []


def test_without_waiting_a_machine_that_is_being_built_is_not_stopped_with_a_warning():
    machines = Machines(seconds=20)
    machines.run(wait=False)
    machines.called()
    result = machines.run(DB, state="stopped", wait=False)
    assert result.values["virtual_machine"]["state"] == "stopped"  # for the time of the build
    assert not result.changed and machines.called() == []
    assert any("may still be being built, so it is not stopped" in warning for warning in result.warnings)


# A deletion while a build may still appear


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("purge", [True, False])
def test_a_deletion_after_an_interrupted_build_deletes_what_appears(answered, purge):
    machines = Machines(seconds=30)
    machines.interrupt(answered)
    assert not machines.named()
    result = machines.run(DB, state="absent", purge=purge)
    machines.runner.time.passed += 1000
    assert result.changed and not machines.named()
    assert "DELETE virtual_machine" in machines.called()
    machines.runner.time.passed += 1000
    assert not machines.run(DB, state="absent").changed and not machines.named()


def test_a_deletion_after_an_interrupted_build_that_failed_changes_nothing():
    machines = Machines(seconds=30)
    machines.interrupt()
    for build in machines.world.virtual_machine_builds.values():
        build.state = "failed"
    machines.world.objects["tasks"] = {}
    assert not machines.run(DB, state="absent").changed
    start = machines.runner.time.passed
    assert not machines.run(DB, state="absent").changed and machines.runner.time.passed == start


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize("purged", [True, False])
def test_a_new_machine_that_another_client_deletes_while_it_is_waited_for_is_deleted(machines, purged, purge):
    machines.build()
    machine = machines.named()[0]
    machine.created_at, machine.state = int(machines.runner.time.wall()), "stopped"
    send, reads = machines.runner.send, []

    def deleting(method, path, *more):
        reads.append(path)
        if reads.count(ONE) == 3:
            other = machines.runner.simulator
            if purged:
                other.world.virtual_machines.pop(machine.id, None)
            else:
                put_in_trash(other.world, machine, "VirtualMachine")
        return send(method, path, *more)

    machines.runner.send = deleting
    result = machines.run(DB, state="absent", purge=purge)
    assert result.changed == (purge and not purged) and not machines.named()


def test_a_deletion_of_what_never_existed_waits_for_nothing(machines):
    assert not machines.run(DB, state="absent").changed
    assert machines.runner.time.passed == 0 and machines.called() == []


# What a failed task says


@pytest.mark.parametrize("method", ["PATCH", "POST"])
@pytest.mark.parametrize("shown", [True, False])
def test_a_machine_that_another_client_deletes_is_reported_with_its_trash_object(machines, method, shown):
    machines.build()
    trashed = {"id": "trsh_1", "keep_until": 1_900_000_000, "object_id": "vm_1", "object_type": "VirtualMachine"}
    body = {
        "error": {
            "code": "object_in_trash",
            "description": None,
            "detail": {"trash_object": (shown and trashed) or None},
        }
    }
    machines.runner.fail(method=method, carried_out=False, answer="given", status=406, body=body)
    error = machines.refused({**DB, **({"description": "x"} if method == "PATCH" else {})}, state="stopped")
    assert error.details.code == "object_in_trash"
    assert ("Its trash object is trsh_1, which is kept until 2030-03-17" in error.message) == shown


def test_a_host_name_in_place_of_an_id_is_no_silent_success(machines):
    machines.build()
    (warning,) = machines.run({}, id="db-1", state="absent").warnings
    assert 'IDs begin with "vm_"; for a hostname, use properties.hostname' in warning and machines.called() == []
    assert machines.run({}, id="vm_gone", state="absent").warnings == ()


def test_an_unknown_default_data_center_is_named(machines):
    values = {name: value for name, value in NEW.items() if name != "data_center"}
    for task in ({}, {"default_data_center": "nowhere"}):
        assert "default_data_center" in machines.refused(values, **task).message


# What a failed deletion says


@pytest.mark.parametrize(("status", "code"), [(409, "deletion_restricted"), (403, "scope_not_granted")])
def test_a_refused_deletion_says_that_the_machine_was_stopped(machines, status, code):
    machines.build()
    refuse(machines, "DELETE", ONE, status, code)
    error = machines.refused(DB, state="absent")
    assert error.details.code == code and error.changed and machines.named()[0].state == "stopped"
    assert error.partial_result["virtual_machine"]["state"] == "stopped"
    assert "was stopped. If it still exists, state: started starts it again." in error.message


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("DELETE", TRASH, "scope_not_granted"), ("DELETE", ADDRESS, "scope_not_granted"), ("POST", UNALLOCATE, "x")],
)
def test_a_failure_after_the_deletion_names_the_addresses_that_stay(machines, method, path, code):
    shown = machines.build(
        network_interfaces=[{"network": {"permalink": "uk-lon-01-public"}, "new_ip_addresses": ["ipv4", "ipv4"]}]
    )
    refuse(machines, method, path, 403, code)
    error = machines.refused(DB, state="absent", purge=path != UNALLOCATE, release_ip_addresses=True)
    named = ", ".join("%s (%s)" % (one["address"], one["id"]) for one in shown["ip_addresses"])
    assert error.changed and "Not released: the IP addresses %s." % named in error.message
    assert "katapult.cloud.ip_address" in error.message


@pytest.mark.parametrize("seconds", [1, 40])
def test_a_build_that_takes_too_long_names_its_machine(seconds):
    machines = Machines(seconds=seconds)
    error = machines.refused(wait_timeout=1)
    assert error.details.code == "wait_timed_out" and 'the hostname "db-1"' in error.message
    assert "after 1 seconds (wait_timeout)" in error.message
    assert error.changed and error.partial_result["virtual_machine"]["hostname"] == "db-1"


def test_a_machine_that_stays_busy_is_named(machines):
    shown = machines.build()
    refuse(machines, "POST", ONE + "/shutdown", 406, "task_queueing_error")
    error = machines.refused(DB, state="stopped", wait_timeout=20)
    assert error.details.code == "task_queueing_error" and not error.changed
    assert 'The virtual machine "db-1" (%s) stayed busy' % shown["id"] in error.message
    assert error.partial_result["virtual_machine"]["id"] == shown["id"]


@pytest.mark.parametrize("name", ["vmgrp_web", "vmgrp_", "vmgrp_weird"])
def test_the_name_of_a_group_that_begins_like_an_id_is_explained(machines, name):
    error = machines.refused({**NEW, "group": {"name": name}})
    assert error.details.code == "invalid_task" and "begins like an ID" in error.message and machines.called() == []
