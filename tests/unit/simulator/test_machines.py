# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator changes, starts, stops, deletes and purges virtual machines like the API."""

from __future__ import annotations

import pytest
from katapult_simulator.populate import put
from katapult_simulator.world import Assumptions

from .machines import ADDRESS, INTERFACES, MACHINE, MACHINES, TASK, TRASH, TRASHED, Api

A = {"virtual_machine": {"id": "vm_a"}}
F = {"virtual_machine": {"id": "vm_f"}}
ACME = [("organization[sub_domain]", "acme")]
IN_TRASH = {"virtual_machine": {"fqdn": "trashed.acme.katapult.cloud"}}


@pytest.fixture(name="api")
def fixture_api():
    return Api()


def change(api, identifier="vm_a", **properties):
    """The machine in the response to a change."""
    body = {"virtual_machine": {"id": identifier}, "properties": properties}
    return api.send("PATCH", MACHINE, **body)["virtual_machine"]


def add(api, **fields):
    """Add a machine of Acme."""
    put(
        api.world,
        "virtual_machines",
        [{"name": "m", "organization": "org_acme", "data_center": "loc_london", **fields}],
    )


# Changes


def test_a_name_and_a_description_are_changed_and_reset(api):
    changed = change(api, name="Web A", description="For the web")
    assert (changed["name"], changed["description"]) == ("Web A", "For the web")
    assert (changed["hostname"], changed["fqdn"]) == ("web-a", "web-a.acme.katapult.cloud")
    changed = change(api, name="", description="")
    assert (changed["name"], changed["description"]) == ("web-a", None)
    assert api.machine() == changed == change(api)


def test_a_host_name_is_in_lower_case_and_the_names_of_its_addresses_follow(api):
    changed = change(api, hostname="Web-Z", name="")
    assert (changed["name"], changed["hostname"], changed["fqdn"]) == ("web-z", "web-z", "web-z.acme.katapult.cloud")
    assert {address["reverse_dns"] for address in changed["ip_addresses"]} == {"web-z.acme.katapult.cloud"}
    assert api.get(MACHINE, virtual_machine={"fqdn": "web-z.acme.katapult.cloud"})[0] == 200
    assert api.get(MACHINE, virtual_machine={"fqdn": "web-a.acme.katapult.cloud"})[0] == 404


@pytest.mark.parametrize("hostname", ["web-b", "trashed", "web_z"])
def test_an_invalid_or_taken_host_name_is_refused(api, hostname):
    assert api.code("PATCH", MACHINE, **A, properties={"hostname": hostname}) == (422, "validation_error")
    assert api.machine()["hostname"] == "web-a"


def test_tags_are_the_whole_set_and_created_if_necessary(api):
    changed = change(api, tag_names=["api", "fresh"])
    assert set(changed["tag_names"]) == {"api", "fresh"} == {tag["name"] for tag in changed["tags"]}
    assert api.machine("vm_b")["tag_names"] == ["web"]
    rows = api.ask("GET", "/organizations/organization/tags", ACME)[1]["tags"]
    assert [(row["name"], bool(row["color"])) for row in rows] == [("api", True), ("fresh", True), ("web", True)]
    assert change(api, tag_names=[])["tags"] == []


def test_a_group_is_set_and_cleared(api):
    assert change(api, group={"id": "vmgrp_empty"})["group"]["id"] == "vmgrp_empty"
    assert change(api, name="x")["group"]["id"] == "vmgrp_empty"
    assert change(api, group=None)["group"] is None
    assert api.machine("vm_b")["group"]["id"] == "vmgrp_web"
    unknown = {"group": {"id": "vmgrp_x"}}
    assert api.code("PATCH", MACHINE, **A, properties=unknown) == (404, "virtual_machine_group_not_found")


@pytest.mark.parametrize(("replace", "expected"), [(True, {"b": "2"}), (False, {"a": "1", "b": "2"})])
def test_annotations_replace_the_previous_ones_or_are_added(replace, expected):
    api = Api(pairs_replace=replace)
    add(api, id="vm_m", annotations={"a": "1"})
    body = {"virtual_machine": {"id": "vm_m"}, "properties": {}, "annotations": [{"key": "b", "value": "2"}]}
    shown = api.send("PATCH", MACHINE, **body)["annotations"]
    assert {one["key"]: one["value"] for one in shown} == expected


# Power


@pytest.mark.parametrize(
    ("action", "identifier", "during", "after"),
    [
        ("start", "vm_f", "starting", "started"),
        ("stop", "vm_a", "stopping", "stopped"),
        ("shutdown", "vm_a", "stopping", "stopped"),
        ("reset", "vm_a", "resetting", "started"),
    ],
)
def test_a_task_changes_the_state(api, action, identifier, during, after):
    answer = api.send("POST", "%s/%s" % (MACHINE, action), virtual_machine={"id": identifier})
    assert set(answer) == {"task"} and set(answer["task"]) == {"id", "name", "status"}
    assert answer["task"]["name"] == "%s virtual machine" % action.capitalize()
    assert api.machine(identifier)["state"] == during
    assert api.done(answer) == "completed"
    assert api.world.virtual_machines[identifier].state == after, "The state is right when the task has ended."


def test_a_task_shows_its_progress():
    api = Api(looks=3)
    answer = api.send("POST", MACHINE + "/stop", **A)
    seen = [api.get(TASK, task=answer["task"]["id"])[1]["task"] for _look in range(3)]
    assert [one["status"] for one in seen] == ["running", "running", "completed"]
    assert seen[0]["progress"] < seen[2]["progress"] == 100 and seen[0]["finished_at"] is None


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("start", "started"),
        ("stop", "stopped"),
        ("shutdown", "stopped"),
        ("reset", "stopped"),
        ("start", "failed"),
        ("stop", "orphaned"),
        ("start", "orphaned"),
    ],
)
def test_what_is_impossible_in_a_state_is_refused(api, action, state):
    add(api, id="vm_m", state=state)
    named = {"virtual_machine": {"id": "vm_m"}}
    assert api.code("POST", "%s/%s" % (MACHINE, action), **named) == (406, "task_queueing_error")


@pytest.mark.parametrize("path", ["/stop", "/shutdown", "/reset"])
def test_a_machine_has_one_task_at_a_time(api, path):
    answer = api.send("POST", MACHINE + "/stop", **A)
    assert api.code("POST", MACHINE + path, **A) == (406, "task_queueing_error")
    package = {"virtual_machine_package": {"permalink": "rock-12"}}
    assert api.code("PUT", MACHINE + "/package", **A, **package) == (406, "task_queueing_error")
    assert api.done(answer) == "completed"


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_guest_may_ignore_a_shutdown(status):
    api = Api(ignored_shutdown=status)
    add(api, id="vm_m", ignores_shutdown=True)
    answer = api.send("POST", MACHINE + "/shutdown", virtual_machine={"id": "vm_m"})
    assert api.done(answer) == status and api.machine("vm_m")["state"] == "started"
    assert api.done(api.send("POST", MACHINE + "/stop", virtual_machine={"id": "vm_m"})) == "completed"
    assert api.machine("vm_m")["state"] == "stopped"


@pytest.mark.parametrize("action", ["start", "stop", "shutdown", "reset", "package"])
def test_a_task_may_fail(api, action):
    state = "stopped" if action == "start" else "started"
    add(api, id="vm_m", state=state, failing_tasks=[action])
    named = {"virtual_machine": {"id": "vm_m"}}
    if action == "package":
        answer = api.send("PUT", MACHINE + "/package", **named, virtual_machine_package={"permalink": "rock-12"})
    else:
        answer = api.send("POST", "%s/%s" % (MACHINE, action), **named)
    assert api.done(answer) == "failed"
    shown = api.machine("vm_m")
    assert (shown["state"], shown["package"]["permalink"]) == (state, "rock-6")


@pytest.mark.parametrize(
    ("token", "expected"),
    [("read-only-token", 403), ("machines-token", 200), ("powerless-token", 403), ("acme-token", 200)],
)
def test_power_requires_a_scope(api, token, expected):
    assert api.ask("POST", MACHINE + "/stop", token=token, **A)[0] == expected


def test_a_token_may_start_work_that_it_cannot_watch(api):
    task = api.ask("POST", MACHINE + "/stop", token="machines-token", **A)[1]["task"]["id"]
    status, answer = api.ask("GET", TASK, [("task[id]", task)], "machines-token")
    assert (status, answer["error"]["code"]) == (403, "scope_not_granted")


def test_by_the_clock_looks_do_not_matter():
    api = Api(seconds=2.0)
    answer = api.send("POST", MACHINE + "/stop", **A)
    for now, status, state in [
        (0.5, "pending", "started"),
        (1.5, "running", "stopping"),
        (2.0, "completed", "stopped"),
    ]:
        api.now = now
        for _look in range(5):
            assert api.get(TASK, task=answer["task"]["id"])[1]["task"]["status"] == status
            assert api.machine()["state"] == state


# Packages


def test_a_larger_package_is_possible_at_any_time(api):
    answer = api.send("PUT", MACHINE + "/package", **A, virtual_machine_package={"permalink": "rock-12"})
    assert answer["task"]["name"] == "Change package" and answer["task"]["finished_at"] is None
    assert api.machine()["package"]["permalink"] == "rock-6"
    assert api.done(answer) == "completed"
    shown = api.machine()
    assert (shown["package"]["id"], shown["cpu_cores"], shown["memory_in_gb"]) == ("vmpkg_rock12", 4, 12)
    assert shown["state"] == "started"


@pytest.mark.parametrize(("assumed", "status"), [("fails", "failed"), ("accepted", "completed")])
def test_a_smaller_package_may_fail_for_a_running_machine(assumed, status):
    api = Api(shrinking=assumed)
    answer = api.send("PUT", MACHINE + "/package", **A, virtual_machine_package={"id": "vmpkg_rock1"})
    assert api.done(answer) == status
    assert api.machine()["package"]["permalink"] == ("rock-1" if status == "completed" else "rock-6")


def test_a_smaller_package_is_refused_for_a_running_machine_only(api):
    package = {"virtual_machine_package": {"id": "vmpkg_rock1"}}
    assert api.code("PUT", MACHINE + "/package", **A, **package) == (406, "task_queueing_error")
    assert api.done(api.send("PUT", MACHINE + "/package", **F, **package)) == "completed"


def test_a_package_must_exist(api):
    unknown = {"virtual_machine_package": {"id": "vmpkg_x"}}
    assert api.code("PUT", MACHINE + "/package", **A, **unknown) == (404, "package_not_found")
    assert api.code("PUT", MACHINE + "/package", **A) == (400, "missing_required_argument")


# Deletion


def test_a_deleted_machine_is_in_the_trash(api):
    answer = api.send("DELETE", MACHINE, **F)
    assert set(answer) == {"trash_object", "virtual_machine"} and answer["virtual_machine"]["id"] == "vm_f"
    trashed = answer["trash_object"]
    kept = 48 * 3600
    assert trashed == {"id": trashed["id"], "keep_until": kept, "object_id": "vm_f", "object_type": "VirtualMachine"}
    names = {address["reverse_dns"] for address in answer["virtual_machine"]["ip_addresses"]}
    assert names == {"198-51-100-15.rdns.katapult.io", "2001-db8--15.rdns.katapult.io"}
    status, refused = api.get(MACHINE, virtual_machine="vm_f")
    assert (status, refused["error"]["code"]) == (406, "object_in_trash")
    assert refused["error"]["detail"] == {"trash_object": trashed}
    assert trashed in api.ask("GET", TRASH, ACME)[1]["trash_objects"]
    assert "vm_f" not in [row["id"] for row in api.ask("GET", MACHINES, ACME)[1]["virtual_machines"]]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/start")])
def test_every_request_for_a_machine_in_the_trash_is_refused(api, method, path):
    assert api.code(method, MACHINE + path, **IN_TRASH, properties={}) == (406, "object_in_trash")


def test_by_its_fqdn_a_machine_in_the_trash_may_not_exist():
    api = Api(found_in_trash_by_fqdn=False)
    assert api.code("GET", MACHINE, **IN_TRASH) == (404, "virtual_machine_not_found")
    assert api.get(MACHINE, virtual_machine="vm_trashed")[0] == 406


def test_the_trash_object_may_be_unknown():
    status, answer = Api(trash_detail=False).get(MACHINE, virtual_machine="vm_trashed")
    assert (status, answer["error"]["detail"]) == (406, {"trash_object": None})


@pytest.mark.parametrize("state", ["started", "starting", "allocating"])
def test_a_running_machine_cannot_be_deleted(api, state):
    add(api, id="vm_m", state=state)
    assert api.code("DELETE", MACHINE, virtual_machine={"id": "vm_m"}) == (409, "deletion_restricted")
    api = Api(deletable_while_running=True)
    assert api.send("DELETE", MACHINE, **A)["virtual_machine"]["state"] == "stopped"


@pytest.mark.parametrize("state", ["failed", "orphaned"])
def test_a_failed_machine_can_be_deleted(api, state):
    add(api, id="vm_m", state=state)
    assert api.trash("vm_m")["object_id"] == "vm_m"


def test_a_trash_object_is_found_by_both_ids(api):
    by_id = api.get(TRASHED, trash_object="trsh_vm_trashed")[1]
    assert by_id == api.get(TRASHED, trash_object={"object_id": "vm_trashed"})[1]
    assert api.get(TRASHED, trash_object="trsh_x")[1]["error"]["code"] == "trash_object_not_found"


def test_a_purged_machine_does_not_exist_after_a_while(api):
    trashed = api.trash()
    answer = api.send("DELETE", TRASHED, trash_object={"object_id": "vm_f"})
    assert answer["task"]["name"] == "Purge items from trash" and answer["task"]["progress"] == 0
    assert api.done(answer) == "completed"
    assert api.get(TRASHED, trash_object=trashed["id"])[0] == 200, "It may exist when the task has ended."
    assert api.get(TRASHED, trash_object=trashed["id"])[0] == 404
    assert api.get(MACHINE, virtual_machine="vm_f")[1]["error"]["code"] == "virtual_machine_not_found"
    assert api.get(INTERFACES, virtual_machine="vm_f")[0] == 404


def test_a_purge_may_have_been_carried_out_when_its_task_ends():
    api = Api(purge_lags=False)
    trashed = api.trash()
    assert api.done(api.send("DELETE", TRASHED, trash_object={"id": trashed["id"]})) == "completed"
    assert api.get(TRASHED, trash_object=trashed["id"])[0] == 404


def test_looks_at_the_machine_bring_its_purge_further(api):
    api.trash()
    api.send("DELETE", TRASHED, trash_object={"object_id": "vm_f"})
    seen = [api.get(MACHINE, virtual_machine="vm_f")[0] for _look in range(4)]
    assert seen == [406, 406, 406, 404]


def test_a_purge_happens_once_and_may_fail(api):
    api.trash()
    named = {"trash_object": {"object_id": "vm_f"}}
    api.send("DELETE", TRASHED, **named)
    assert api.code("DELETE", TRASHED, **named) == (406, "task_queueing_error")
    add(api, id="vm_m", state="stopped", trashed=True, failing_tasks=["purge"])
    assert api.done(api.send("DELETE", TRASHED, trash_object={"object_id": "vm_m"})) == "failed"
    assert api.get(TRASHED, trash_object={"object_id": "vm_m"})[0] == 200


def test_by_the_clock_a_purge_takes_time():
    api = Api(seconds=2.0)
    trashed = api.trash()
    api.send("DELETE", TRASHED, trash_object={"id": trashed["id"]})
    for now, status in [(1.9, 200), (2.0, 200), (2.9, 200), (3.0, 404)]:
        api.now = now
        assert api.get(TRASHED, trash_object=trashed["id"])[0] == status


def test_a_machine_is_restored(api):
    trashed = api.trash()
    assert api.send("POST", TRASHED + "/restore", trash_object={"id": trashed["id"]}) == {"trash_object": trashed}
    assert api.machine("vm_f")["state"] == "stopped"
    assert api.get(TRASHED, trash_object=trashed["id"])[0] == 404


@pytest.mark.parametrize(("purged", "holder"), [(False, None), (True, "vm_f")])
def test_addresses_survive_the_machine(purged, holder):
    api = Api(purged_allocations=purged)
    trashed = api.trash()
    shown = api.get(ADDRESS, ip_address={"address": "198.51.100.15"})[1]
    assert shown["allocation"]["value"] == {"id": "vm_f", "name": "web-f"}
    api.purge(trashed)
    shown = api.get(ADDRESS, ip_address={"address": "198.51.100.15"})[1]
    assert shown["ip_address"]["allocation_id"] == holder
    assert (shown["allocation"] or {}).get("value") == (holder and {"id": "vm_f", "name": "web-f"})


def test_members_of_other_objects_vanish_with_the_machine(api):
    add(api, id="vm_m", state="stopped", trashed=True)
    properties = {"name": "b", "resource_type": "virtual_machines", "data_center": {"id": "loc_london"}}
    body = {"organization": {"sub_domain": "acme"}, "properties": {**properties, "resource_ids": ["vm_f"]}}
    api.send("POST", "/organizations/organization/load_balancers", **body)
    api.purge(api.trash())
    (balancer,) = api.world.load_balancers.values()
    assert balancer.resource_ids == []


@pytest.mark.parametrize(
    ("token", "method", "expected"),
    [
        ("machines-token", "GET", 403),
        ("machines-token", "DELETE", 403),
        ("read-only-token", "GET", 200),
        ("read-only-token", "DELETE", 403),
        ("powerless-token", "DELETE", 403),
        ("simulator-token", "DELETE", 200),
    ],
)
def test_the_trash_requires_scopes_of_its_own(api, token, method, expected):
    named = {"trash_object": {"id": "trsh_vm_trashed"}}
    assert api.ask(method, TRASHED, token=token, **named)[0] == expected


# Populating


def test_an_added_machine_has_what_belongs_to_it(api):
    add(api, id="vm_m", trashed=True, addresses=["192.0.2.99"])
    assert api.get(TRASHED, trash_object={"object_id": "vm_m"})[1]["trash_object"]["id"] == "trsh_vm_m"
    assert api.get(ADDRESS, ip_address={"address": "192.0.2.99"})[1]["ip_address"]["allocation_id"] == "vm_m"
    put(api.world, "trash_objects", [{"id": "trsh_1", "organization": "org_acme", "object_id": "vm_m"}])
    assert api.get(TRASHED, trash_object={"object_id": "vm_m"})[1]["trash_object"]["id"] == "trsh_1"


def test_an_address_can_be_added_to_a_machine(api):
    address = {"id": "ip_1", "organization": "org_acme", "address": "192.0.2.99", "network": "netw_loc_london"}
    put(api.world, "ip_addresses", [{**address, "allocation_id": "vm_a", "allocation_type": "VirtualMachine"}])
    assert [one["id"] for one in api.machine()["ip_addresses"]][-1] == "ip_1"


@pytest.mark.parametrize("name", ["taken_hostname", "shrinking", "ignored_shutdown"])
def test_an_unknown_alternative_is_an_error(name):
    with pytest.raises(ValueError, match=name):
        Assumptions(**{name: "unknown"})
