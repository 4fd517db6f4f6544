# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special for virtual machines: builds, power, packages, the trash and IP addresses."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.world import Token

from ansible_collections.katapult.cloud.plugins.module_utils._engine import lock
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.plugins.module_utils._schema.machine_spec import machine_spec

from .machines import ADDRESS, BUILD, DB, KEYS, NEW, ONE, TRASH, Machines


@pytest.fixture(name="machines")
def fixture_machines() -> Machines:
    return Machines()


# The document


def texts(root: ElementTree.Element) -> list[tuple[str, str | None, dict[str, str]]]:
    return [(one.tag, one.text, one.attrib) for one in root.iter() if not len(one)]


def test_the_document_contains_every_option():
    values = {
        **NEW,
        "name": "Database & co <1>",
        "description": 'First line\n"second" ]]> line',
        "disk_template_options": {"install_agent": False, "size": 3, "motto": "a<b&c"},
        "system_disk_size_in_gb": 30,
        "network_interfaces": [
            {
                "network": {"permalink": "uk-lon-01-public"},
                "speed_profile": {"permalink": "1gbps"},
                "ip_addresses": [{"address": "192.0.2.1", "id": None}, {"id": "ip_2"}, {"address": "2001:DB8:0::1"}],
                "new_ip_addresses": ["ipv4", "ipv6"],
            },
            {"virtual_network": {"id": "vnet_1"}},
        ],
        "authorized_keys": {"users": ["user_1", "user_2"], "ssh_keys": ["all"]},
        "group": {"id": "vmgrp_web", "name": "web"},
        "tag_names": ["web", "web", "a&b"],
    }
    root = ElementTree.fromstring(machine_spec(values))
    assert [child.tag for child in root] == [
        *("DataCenter", "Resources", "DiskTemplate", "SystemDisks", "NetworkInterfaces", "Hostname", "Name"),
        *("Description", "Group", "AuthorizedKeys", "Tags"),
    ]
    assert texts(root) == [
        ("DataCenter", "uk-lon-01", {"by": "permalink"}),
        ("Package", "rock-3", {"by": "permalink"}),
        ("DiskTemplate", "templates/ubuntu-22-04", {"by": "permalink"}),
        ("Option", "false", {"key": "install_agent"}),
        ("Option", "3", {"key": "size"}),
        ("Option", "a<b&c", {"key": "motto"}),
        ("Name", "System Disk", {}),
        ("Size", "30", {}),
        ("Network", "uk-lon-01-public", {"by": "permalink"}),
        ("SpeedProfile", "1gbps", {"by": "permalink"}),
        ("IPAddress", "192.0.2.1", {"by": "address"}),
        ("IPAddress", "ip_2", {}),
        ("IPAddress", "2001:db8::1", {"by": "address"}),
        ("Version", "4", {}),
        ("Version", "6", {}),
        ("VirtualNetwork", "vnet_1", {}),
        ("Hostname", "db-1", {}),
        ("Name", "Database & co <1>", {}),
        ("Description", 'First line\n"second" ]]> line', {}),
        ("Group", "vmgrp_web", {}),
        ("User", "user_1", {}),
        ("User", "user_2", {}),
        ("SSHKeys", None, {"all": "yes"}),
        ("Tag", "web", {}),
        ("Tag", "a&b", {}),
    ]


def test_without_interfaces_the_default_network_is_used_with_a_new_address_and_the_agent_is_installed(machines):
    result = machines.run()
    spec = machines.spec()
    assert spec.findtext("NetworkInterfaces/NetworkInterface/Network") == "netw_loc_london"
    assert spec.findtext("NetworkInterfaces/NetworkInterface/IPAddressAllocation/Version") == "4"
    assert [one.text for one in spec.iterfind("DiskTemplate/Option[@key='install_agent']")] == ["true"]
    assert spec.find("AuthorizedKeys") is None and any("log in" in warning for warning in result.warnings)
    assert len(result.values["virtual_machine"]["ip_addresses"]) == 1


def test_with_authorized_keys_there_is_no_warning(machines):
    result = machines.run({**NEW, "authorized_keys": KEYS})
    keys = machines.spec().find("AuthorizedKeys")
    assert [(one.tag, one.attrib) for one in keys] == [("Users", {"all": "yes"}), ("SSHKeys", {"all": "yes"})]
    assert result.warnings == ()


def test_the_host_name_is_sent_and_compared_in_lower_case(machines):
    assert machines.run({**NEW, "hostname": "DB-1"}).values["virtual_machine"]["hostname"] == "db-1"
    assert machines.spec().findtext("Hostname/Hostname") == "db-1"
    assert not machines.run({"hostname": "Db-1"}).changed


def test_a_zone_replaces_the_data_center(machines):
    predicted = machines.run(
        {**{k: v for k, v in NEW.items() if k != "data_center"}, "zone": {"id": "zone_dc_amsterdam"}}, check=True
    )
    assert predicted.changed
    result = machines.run({**{k: v for k, v in NEW.items() if k != "data_center"}, "zone": {"id": "zone_dc_amsterdam"}})
    assert machines.spec().findtext("Zone") == "zone_dc_amsterdam" and machines.spec().find("DataCenter") is None
    assert result.values["virtual_machine"]["zone"]["data_center"]["permalink"] == "nl-ams-01"
    assert not machines.run({**DB, "zone": {"permalink": "zone-of-uk-lon-01"}}).changed  # it is not compared


# What is refused before a request that writes


@pytest.mark.parametrize(
    ("properties", "more", "named"),
    [
        ({"hostname": "a_b"}, {}, "hostname"),
        ({"hostname": "-a"}, {}, "hostname"),
        ({"hostname": "a" * 64}, {}, "hostname"),
        ({"description": "a\x00b"}, {}, "description"),
        ({"disk_template_options": {"a": "\x1b"}}, {}, "disk_template_options"),
        ({"disk_template_options": {"a": ["x"]}}, {}, "disk_template_options"),
        ({"disk_template_options": {"": "x"}}, {}, "disk_template_options"),
        ({"network_interfaces": []}, {}, "network_interfaces"),
        ({"network_interfaces": [{"network": {"id": ""}}]}, {}, "network_interfaces"),
        ({"authorized_keys": {"users": ["all", "user_1"]}}, {}, "authorized_keys"),
        ({"authorized_keys": {"ssh_keys": [" "]}}, {}, "authorized_keys"),
        ({"system_disk_size_in_gb": 0}, {}, "system_disk_size_in_gb"),
        ({"tag_names": ["a", ""]}, {}, "tag_names"),
        ({"zone": {"id": "zone_1"}}, {}, "zone"),
        ({"group": {"name": "web"}}, {"ungrouped": True}, "ungrouped"),
        ({}, {"shutdown_timeout": 0}, "shutdown_timeout"),
        ({}, {"wait_timeout": 0}, "wait_timeout"),
        ({}, {"organization": None}, "organization"),
    ],
)
@pytest.mark.parametrize("state", ["present", "started", "stopped"])
def test_invalid_options_are_refused_before_anything_is_sent(machines, properties, more, named, state):
    error = machines.refused({**NEW, **properties}, state=state, **more)
    assert error.details.code == "invalid_task" and named in error.message and machines.runner.sent() == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"package": {"permalink": "rock-99"}}, "package_not_found"),
        ({"disk_template": {"id": "dtpl_99"}}, "disk_template_not_found"),
        ({"data_center": {"permalink": "xx"}}, "data_center_not_found"),
        ({"group": {"name": "nobody"}}, "name_not_found"),
        ({"hostname": "db-1.acme.katapult.cloud"}, "invalid_task"),
    ],
)
def test_what_does_not_exist_is_refused_before_a_build_also_in_check_mode(machines, check, properties, code):
    assert machines.refused({**NEW, **properties}, check=check).details.code == code
    assert machines.called() == []


@pytest.mark.parametrize("missing", ["package", "disk_template", "data_center"])
def test_a_build_without_a_required_option_is_refused(machines, missing):
    error = machines.refused({name: value for name, value in NEW.items() if name != missing})
    assert error.details.code == "missing_for_creation" and missing in error.message and machines.called() == []


def test_the_default_data_center_is_used_for_a_build_only(machines):
    properties = {name: value for name, value in NEW.items() if name != "data_center"}
    shown = machines.run(properties, default_data_center="nl-ams-01").values["virtual_machine"]
    assert shown["zone"]["data_center"]["permalink"] == "nl-ams-01"
    assert not machines.run(properties, default_data_center="uk-lon-01").changed


@pytest.mark.parametrize("check", [True, False])
def test_another_data_center_is_refused_before_any_write(machines, check):
    machines.build()
    error = machines.refused({**NEW, "data_center": {"permalink": "nl-ams-01"}, "name": "Other"}, check=check)
    assert error.details.code == "data_center_fixed" and "Nothing was changed" in error.message
    assert machines.called() == []


# One request for an unchanged machine


def test_an_unchanged_machine_costs_two_requests_and_one_with_an_id_or_a_known_domain(machines):
    shown = machines.build(group={"name": "web"}, tag_names=["web"])
    task = {**NEW, "group": {"name": "web"}, "tag_names": ["web"]}
    assert not machines.run(task, state="started").changed and machines.runner.sent() == ["GET", "GET"]
    assert not machines.run({**task, "group": {"id": "vmgrp_web"}}, id=shown["id"]).changed
    assert machines.runner.sent() == ["GET"]
    remembered: dict[t.Any, str] = {}
    client = machines.runner.client

    def with_memory(*args, **more):
        made = client(*args, **more)
        made.memory = remembered
        return made

    machines.runner.client = with_memory
    machines.run(task)
    machines.runner.sent()
    assert not machines.run(task).changed and machines.runner.sent() == ["GET"]


def test_a_domain_that_has_changed_since_it_was_read_is_read_again(machines):
    machines.build()
    client = machines.runner.client

    def with_memory(*args, **more):
        made = client(*args, **more)
        made.memory = {("domain", "sub_domain", "acme"): "old.example"}
        return made

    machines.runner.client = with_memory
    assert not machines.run().changed and machines.called() == []


def test_without_the_scope_for_organizations_the_machine_is_searched_in_the_list(machines):
    machines.build()
    scopes = ("virtual_machines", "virtual_machine_packages:read", "disk_templates:read", "tasks:read")
    machines.world.tokens["machines"] = Token(scopes=scopes)
    machines.runner.token = "machines"
    assert not machines.run().changed and machines.called() == []
    assert machines.run({**NEW, "hostname": "db-2"}).changed and machines.called() == ["POST build_from_spec"]
    assert not machines.run({**NEW, "hostname": "db-2"}).changed


# Builds


@pytest.mark.parametrize("wait", [True, False])
def test_a_build_ends_when_the_machine_is_found_and_runs_unless_it_does_not_wait(wait):
    machines = Machines(seconds=60)
    result = machines.run(wait=wait)
    assert machines.called() == ["POST build_from_spec"]
    shown = result.values["virtual_machine"]
    assert result.changed and shown["id"] == machines.named()[0].id
    assert (shown["state"] == "started") == wait
    for state in ("present", "started"):  # which wait for the build of the other task
        again = machines.run(state=state)
        assert not again.changed and again.values["virtual_machine"]["state"] == "started"
    assert len(machines.named()) == 1 and "POST build_from_spec" not in machines.called()


def test_a_machine_that_never_appears_fails_after_two_minutes_and_names_its_build():
    machines = Machines(seconds=1000)
    error = machines.refused(wait=False)
    assert error.details.code == "creation_not_visible" and "vmbuild_" in error.message and error.changed
    assert 115 <= machines.runner.time.passed <= 130 and machines.called() == ["POST build_from_spec"]


def test_a_build_that_takes_too_long_fails_and_the_next_run_waits_again():
    machines = Machines(seconds=300)
    error = machines.refused(wait_timeout=30)
    assert error.details.code in ("wait_timed_out", "creation_not_visible") and error.changed
    machines.called()
    machines.runner.time.passed += 200
    assert not machines.run().changed and machines.called() == []


def test_the_lock_is_held_until_the_machine_is_found(monkeypatch):
    machines = Machines(seconds=30)
    released: list[int] = []
    release = lock.Held.release

    def noticed(held):
        released.append(len(machines.named()))
        release(held)

    monkeypatch.setattr(lock.Held, "release", noticed)
    machines.run(wait=False)
    assert released and set(released) == {1}


def test_a_failed_build_is_named_with_its_possible_causes(machines):
    error = machines.refused({**NEW, "hostname": "unbuildable-1"})
    assert error.details.code == "virtual_machine_build_failed" and error.changed
    for text in ("vmbuild_", "unbuildable-1", "console", "trash", "hostname"):
        assert text in error.message, text
    assert machines.called() == ["POST build_from_spec"]


def test_a_machine_that_fails_during_its_build_is_reported_and_can_be_deleted(machines):
    error = machines.refused({**NEW, "hostname": "unstartable-1"})
    assert error.changed and error.details.code in ("virtual_machine_failed", "virtual_machine_build_failed")
    assert "vm_" in error.message or "vmbuild_" in error.message
    machines.called()
    again = machines.refused({**NEW, "hostname": "unstartable-1"})
    assert not again.changed and machines.called() == []
    assert machines.run({"hostname": "unstartable-1"}, state="absent").changed


@pytest.mark.parametrize("executed", [True, False])
def test_after_a_lost_response_the_machine_is_looked_for_and_never_built_twice(executed):
    machines = Machines(seconds=100)  # the machine appears late
    machines.runner.fail(method="POST", path=BUILD, answer="lost", carried_out=executed)
    if executed:
        result = machines.run(budget=0)
        assert result.changed and result.values["virtual_machine"]["state"] == "started"
    else:
        error = machines.refused(budget=0)
        assert "is not known" in error.message and machines.runner.time.passed >= 60
    assert machines.called() == ["POST build_from_spec"] and len(machines.named()) == executed


def test_an_outage_while_a_lost_build_is_looked_for_does_not_end_the_search():
    machines = Machines(seconds=30)
    machines.runner.fail(method="POST", path=BUILD, answer="lost")
    machines.runner.fail(method="GET", path=ONE, skip=1, times=3, answer="given", status=503, body="")
    assert machines.run(budget=0).changed and len(machines.named()) == 1


@pytest.mark.parametrize("taken", ["fails", "refused", "accepted"])
def test_two_controllers_that_build_the_same_host_name_at_once_notice_it(taken):
    machines, others = Machines(taken_hostname=taken), []
    send = machines.runner.send

    def also_built_elsewhere(method, path, query, body, seconds):
        if path == BUILD and not others:
            others.append(body)
            send(method, path, query, body, seconds)
            for _look in range(5):  # it exists before the request of this task arrives
                send(
                    "GET",
                    "/organizations/organization/virtual_machines",
                    [("organization[sub_domain]", "acme")],
                    None,
                    60,
                )
                for task in list(machines.world.tasks.values()):
                    send("GET", "/tasks/task", [("task[id]", task.id)], None, 60)
        return send(method, path, query, body, seconds)

    machines.runner.send = also_built_elsewhere
    try:
        result = machines.run()
    except KatapultError as error:
        assert taken != "refused", error
        codes = {"fails": "virtual_machine_build_failed", "accepted": "duplicate_found"}
        assert error.details.code == codes[taken]
    else:
        assert taken == "refused" and not result.changed
    assert machines.run().changed is False or taken == "accepted"


def test_tags_that_do_not_exist_and_annotations_are_set_after_the_build(machines):
    shown = machines.run({**NEW, "tag_names": ["web", "fresh"]}, annotations=[{"key": "team", "value": "db"}]).values[
        "virtual_machine"
    ]
    assert machines.called() == ["POST build_from_spec", "PATCH virtual_machine"]
    assert set(shown["tag_names"]) == {"web", "fresh"} and shown["annotations"] == [{"key": "team", "value": "db"}]
    assert not machines.run({**NEW, "tag_names": ["fresh", "web"]}).changed


def test_a_restricted_organization_is_explained_with_its_policy(machines):
    error = machines.refused(organization="full")
    assert error.details.code == "resource_creation_restricted"
    assert "policy of the organization" in error.message and not error.changed
    reads = [request["path"] for request in machines.runner.simulator.requests if "policy" in request["path"]]
    assert reads == ["/organizations/organization/policy"]
    machines.runner.simulator.requests.clear()
    machines.run()
    assert not any("policy" in request["path"] for request in machines.runner.simulator.requests)


def test_a_rejected_document_is_explained_without_its_content(machines):
    task = {
        **NEW,
        "network_interfaces": [{"network": {"permalink": "nowhere"}}],
        "disk_template_options": {"root_password": "planted-secret"},
    }
    error = machines.refused(task)
    assert error.details.code in ("invalid_spec_xml", "validation_error") and "nowhere" in error.message
    assert "planted" not in json.dumps(error.result()) and "<" not in error.message


# States


@pytest.mark.parametrize(("state", "calls"), [("started", []), ("stopped", ["POST shutdown"])])
def test_a_machine_is_built_in_the_desired_state(machines, state, calls):
    result = machines.run(state=state)
    assert machines.called() == ["POST build_from_spec", *calls]
    assert result.values["virtual_machine"]["state"] == state
    machines.runner.time.passed += 300
    assert not machines.run(state=state).changed and machines.called() == []


@pytest.mark.parametrize("check", [True, False])
def test_the_power_is_changed_and_shown_in_the_diff(machines, check):
    machines.build()
    for state, before, call in (("stopped", "started", "shutdown"), ("started", "stopped", "start")):
        predicted = machines.run(DB, state=state, check=True)
        assert machines.called() == []
        result = machines.run(DB, state=state)
        assert machines.called() == ["POST %s" % call] and predicted.diff == result.diff
        assert (result.diff[0]["before"], result.diff[0]["after"]) == ({"state": before}, {"state": state})
        assert result.values["virtual_machine"]["state"] == state
        assert not machines.run(DB).changed and not machines.run(DB, state=state).changed


def test_present_leaves_the_power_as_it_is(machines):
    machines.build()
    machines.run(DB, state="stopped")
    machines.called()
    shown = machines.run({**DB, "name": "Other"}).values["virtual_machine"]
    assert machines.called() == ["PATCH virtual_machine"] and shown["state"] == "stopped"


@pytest.mark.parametrize("outcome", ["completed", "failed"])
@pytest.mark.parametrize("force", [True, False])
def test_a_guest_that_ignores_the_shutdown_is_an_error_or_its_power_is_cut(outcome, force):
    machines = Machines(ignored_shutdown=outcome)
    machines.build()
    machines.named()[0].ignores_shutdown = True
    machines.runner.time.passed = 0
    if force:
        result = machines.run(DB, state="stopped", shutdown_timeout=20, force=True)
        assert machines.called() == ["POST shutdown", "POST stop"] and result.changed
        assert result.values["virtual_machine"]["state"] == "stopped"
    else:
        error = machines.refused(DB, state="stopped", shutdown_timeout=20)
        assert error.details.code in ("shutdown_timed_out", "task_failed") and "force: true" in error.message
        assert machines.called() == ["POST shutdown"] and error.changed
    assert machines.runner.time.passed <= 60


def test_a_busy_machine_is_waited_for(machines):
    machines.build()
    busy = {"error": {"code": "task_queueing_error", "description": None, "detail": {}}}
    for path in (ONE + "/shutdown", ONE + "/start", ONE + "/package", ONE):
        method = {"package": "PUT", "virtual_machine": "DELETE"}.get(path.rpartition("/")[2], "POST")
        machines.runner.fail(
            method=method, path=path, carried_out=False, answer="given", status=406, body=busy, times=3
        )
    assert machines.run(DB, state="stopped").changed and machines.called() == ["POST shutdown"] * 4
    assert machines.run(DB, state="started").changed and machines.called() == ["POST start"] * 4
    assert machines.run({**DB, "package": {"permalink": "rock-6"}}).changed
    assert machines.called() == ["PUT package"] * 4
    assert machines.run(DB, state="absent").changed and machines.called()[-4:] == ["DELETE virtual_machine"] * 4


def test_a_machine_that_stays_busy_is_an_error_after_wait_timeout(machines):
    machines.build()
    busy = {"error": {"code": "task_queueing_error", "description": None, "detail": {}}}
    machines.runner.fail(
        method="POST", path=ONE + "/start", carried_out=False, answer="given", status=406, body=busy, times=None
    )
    machines.run(DB, state="stopped")
    machines.runner.time.passed = 0
    error = machines.refused(DB, state="started", wait_timeout=30)
    assert error.details.code == "task_queueing_error" and not error.changed
    assert 30 <= machines.runner.time.passed <= 40


@pytest.mark.parametrize(("state", "during"), [("started", "starting"), ("stopped", "stopping")])
def test_a_machine_on_its_way_is_waited_for_without_a_request(machines, state, during):
    machines.build()
    machine = machines.named()[0]
    machine.state = during
    machines.becomes(machine, state, at_look=4)
    result = machines.run(DB, state=state)
    assert not result.changed and machines.called() == [] and result.values["virtual_machine"]["state"] == state


def test_unknown_states_of_a_new_machine_are_pending(machines):
    machines.build()
    machine = machines.named()[0]
    machine.created_at = int(machines.runner.time.wall())
    machine.state = "defragmenting"
    machines.becomes(machine, "started", at_look=4)
    assert machines.run(DB).values["virtual_machine"]["state"] == "started"


@pytest.mark.parametrize("broken", ["failed", "orphaned"])
@pytest.mark.parametrize("state", ["present", "started", "stopped"])
def test_a_broken_machine_is_an_error(machines, broken, state):
    machines.build()
    machines.named()[0].state = broken
    error = machines.refused(DB, state=state)
    assert error.details.code == "virtual_machine_failed" and broken in error.message and machines.called() == []
    assert machines.run(DB, state="absent").changed and machines.called() == ["DELETE virtual_machine"]


def test_a_new_stopped_machine_may_be_being_built(machines):
    machines.build()
    machine = machines.named()[0]
    machine.created_at, machine.state = int(machines.runner.time.wall()) - 30, "stopped"
    machines.runner.time.passed = start = machines.runner.time.passed
    shown = machines.run(DB).values["virtual_machine"]
    waited = machines.runner.time.passed - start
    assert shown["state"] == "stopped" and 80 <= waited <= 100  # until two minutes after its creation
    assert not machines.run(DB, wait=False).changed


# Packages


def test_a_larger_package_is_changed_while_the_machine_runs(machines):
    machines.build()
    task = {**DB, "package": {"permalink": "rock-6"}}
    predicted = machines.run(task, check=True)
    result = machines.run(task)
    assert machines.called() == ["PUT package"] and predicted.diff == result.diff
    shown, expected = result.values["virtual_machine"], predicted.values["virtual_machine"]
    assert (shown["cpu_cores"], shown["memory_in_gb"]) == (expected["cpu_cores"], expected["memory_in_gb"]) == (2, 6)


@pytest.mark.parametrize("check", [True, False])
def test_a_smaller_package_needs_a_stopped_machine(machines, check):
    machines.build()
    task = {**DB, "package": {"permalink": "rock-1"}}
    error = machines.refused({**task, "name": "Other"}, check=check)
    assert error.details.code == "restart_needed" and "Nothing was changed" in error.message
    assert machines.called() == []
    result = machines.run(task, allow_restart=True, check=check)
    assert machines.called() == ([] if check else ["POST shutdown", "PUT package", "POST start"])
    assert result.values["virtual_machine"]["state"] == "started" and any("started again" in w for w in result.warnings)


@pytest.mark.parametrize(
    ("before", "state", "calls"),
    [
        ("started", "stopped", ["POST shutdown", "PUT package"]),
        ("stopped", "present", ["PUT package"]),
        ("stopped", "started", ["PUT package", "POST start"]),
        ("stopped", "stopped", ["PUT package"]),
    ],
)
def test_a_smaller_package_needs_no_permission_where_the_machine_is_stopped_anyway(machines, before, state, calls):
    machines.build()
    machines.run(DB, state=before)
    machines.called()
    assert machines.run({**DB, "package": {"permalink": "rock-1"}}, state=state).changed
    assert machines.called() == calls


def test_without_the_scope_for_packages_a_change_may_be_smaller(machines):
    machines.build()
    machines.world.tokens["machines"] = Token(scopes=("virtual_machines", "organizations:read", "tasks:read"))
    machines.runner.token = "machines"
    task = {**DB, "package": {"permalink": "rock-6"}}
    error = machines.refused(task)
    assert error.details.code == "restart_needed" and "packages" in error.message and machines.called() == []
    assert machines.run(task, allow_restart=True).changed


# Group


def test_a_group_is_set_by_id_or_name_and_removed(machines):
    machines.world.virtual_machine_groups["vmgrp_db"] = Collection("vmgrp_db", "db", "org_acme", ())
    machines.build()
    assert machines.run({**DB, "group": {"name": "db"}}).values["virtual_machine"]["group"]["id"] == "vmgrp_db"
    assert not machines.run({**DB, "group": {"id": "vmgrp_db"}}).changed
    assert machines.run({**DB, "group": {"id": "vmgrp_web"}}).changed
    predicted = machines.run(DB, ungrouped=True, check=True)
    result = machines.run(DB, ungrouped=True)
    assert result.changed and result.values["virtual_machine"]["group"] is None and predicted.diff == result.diff
    assert machines.runner.written()[-1]["properties"] == {"group": None}
    assert not machines.run(DB, ungrouped=True).changed


def test_an_ambiguous_group_is_refused_unless_the_machine_is_in_one_of_them(machines):
    for number in (1, 2):
        key = "vmgrp_twin_%d" % number
        machines.world.virtual_machine_groups[key] = Collection(key, "twins", "org_acme", ())
    machines.build()
    assert machines.refused({**DB, "group": {"name": "twins"}}).details.code == "ambiguous_name"
    machines.run({**DB, "group": {"id": "vmgrp_twin_2"}})
    assert not machines.run({**DB, "group": {"name": "twins"}}).changed


def test_a_group_that_an_earlier_task_would_create_is_accepted_in_check_mode(machines):
    result = machines.run({**NEW, "group": {"id": None}}, check=True)
    assert result.changed and any("null" in warning for warning in result.warnings)
    assert machines.refused({**NEW, "group": {"id": None}}).details.code == "invalid_task"


# Deletion


def test_absent_cuts_the_power_waits_and_returns_the_trash_object(machines):
    shown = machines.build()
    predicted = machines.run(DB, state="absent", check=True)
    result = machines.run(DB, state="absent")
    assert machines.called() == ["POST stop", "DELETE virtual_machine"]
    found = result.values["trash_object"]
    assert found["object_id"] == shown["id"] and found["keep_until"] and found["id"].startswith("trsh_")
    assert predicted.values["trash_object"] == {**found, "id": None, "keep_until": None}
    assert "in the trash" in result.diff[0]["after_header"] and predicted.diff == result.diff
    again = machines.run(DB, state="absent")
    assert not again.changed and again.values["trash_object"] == found and machines.called() == []


def test_the_task_of_a_power_cut_is_waited_for_before_the_deletion_also_without_waiting(machines):
    machines.build()
    assert machines.run(DB, state="absent", wait=False).changed
    paths = [request["path"].rpartition("/")[2] for request in machines.runner.simulator.requests]
    assert "task" in paths[paths.index("stop") : len(paths) - 1]


@pytest.mark.parametrize("stopped", [True, False])
def test_purge_ends_when_the_trash_object_is_gone(machines, stopped):
    machines.build()
    if stopped:
        machines.run(DB, state="stopped")
        machines.called()
    result = machines.run(DB, state="absent", purge=True)
    assert machines.called() == [*([] if stopped else ["POST stop"]), "DELETE virtual_machine", "DELETE trash_object"]
    assert result.values["trash_object"] is None and machines.named() == []
    assert [one.object_id for one in machines.world.trash_objects.values()] == ["vm_trashed"]
    assert "irrevocably" in result.diff[0]["after_header"]
    assert machines.run().changed  # its host name is free


def test_a_machine_in_the_trash_is_an_error_with_its_trash_object(machines):
    machines.build()
    found = machines.run(DB, state="absent").values["trash_object"]
    machines.called()
    for check in (True, False):
        for state in ("present", "started", "stopped"):
            error = machines.refused(state=state, check=check)
            assert error.details.code == "object_in_trash" and found["id"] in error.message
            assert "UTC" in error.message and "purge" in error.message and not error.changed
    assert machines.called() == []


@pytest.mark.parametrize("detail", [True, False])
@pytest.mark.parametrize("by_id", [True, False])
def test_a_machine_in_the_trash_is_purged(detail, by_id):
    machines = Machines(trash_detail=detail)
    shown = machines.build()
    machines.run(DB, state="absent")
    machines.called()
    task = {"id": shown["id"]} if by_id else {}
    if not detail and not by_id:
        assert machines.refused(DB, state="absent", purge=True).details.code == "object_in_trash"
        return
    predicted = machines.run({} if by_id else DB, state="absent", purge=True, check=True, **task)
    result = machines.run({} if by_id else DB, state="absent", purge=True, **task)
    assert result.changed and predicted.diff == result.diff and machines.called() == ["DELETE trash_object"]
    assert not machines.run(DB, state="absent", purge=True).changed


def test_without_a_trace_of_the_trash_the_machine_counts_as_absent_and_a_failed_build_names_the_trash():
    machines = Machines(found_in_trash_by_fqdn=False)
    machines.build()
    machines.run(DB, state="absent")
    machines.called()
    assert not machines.run(DB, state="absent").changed
    error = machines.refused()
    assert error.details.code == "virtual_machine_build_failed" and "trash" in error.message


@pytest.mark.parametrize("fault", [{"answer": "lost"}, {"answer": "given", "status": 502, "body": "<html>"}])
@pytest.mark.parametrize(("method", "path"), [("POST", ONE + "/stop"), ("DELETE", ONE), ("DELETE", TRASH)])
@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_response_of_a_deletion_is_a_change_and_nothing_is_left(machines, fault, method, path, executed):
    machines.build()
    machines.runner.fail(method=method, path=path, carried_out=executed, **fault)
    result = machines.run(DB, state="absent", purge=True)
    assert result.changed and machines.named() == [] and result.values["virtual_machine"]["hostname"] == "db-1"
    assert not machines.run(DB, state="absent", purge=True).changed


def test_without_the_scope_for_purging_the_machine_is_in_the_trash_and_the_error_names_the_scope(machines):
    machines.build()
    scopes = ("virtual_machines", "organizations:read", "tasks:read")
    machines.world.tokens["machines"] = Token(scopes=scopes)
    machines.runner.token = "machines"
    error = machines.refused(DB, state="absent", purge=True)
    assert error.details.code == "scope_not_granted" and "trash_objects:purge" in error.message
    assert "in the trash" in error.message and error.changed and error.partial_result["trash_object"]["id"]


def test_without_the_scope_for_addresses_nothing_is_deleted(machines):
    machines.build()
    machines.runner.token = "machines"
    scopes = ("virtual_machines", "organizations:read", "tasks:read", "trash_objects:purge", "trash_objects:read")
    machines.world.tokens["machines"] = Token(scopes=scopes)
    for check in (True, False):
        error = machines.refused(DB, state="absent", purge=True, release_ip_addresses=True, check=check)
        assert error.details.code == "scope_not_granted" and "ip_addresses:read" in error.message
        assert "Nothing was changed." in error.message and machines.called() == []


def test_without_the_scope_to_read_the_trash_a_purge_is_a_warning(machines):
    machines.build()
    scopes = ("virtual_machines", "organizations:read", "tasks:read", "trash_objects:purge")
    machines.world.tokens["machines"] = Token(scopes=scopes)
    machines.runner.token = "machines"
    result = machines.run(DB, state="absent", purge=True)
    assert result.changed and any("trash_objects:read" in warning for warning in result.warnings)


def test_without_the_scope_for_tasks_a_build_warns_before_and_everything_still_works(machines):
    scopes = (
        *("virtual_machines", "organizations:read", "virtual_machine_packages:read", "disk_templates:read"),
        *("trash_objects:purge", "trash_objects:read"),
    )
    machines.world.tokens["machines"] = Token(scopes=scopes)
    machines.runner.token = "machines"
    assert any("tasks:read" in warning for warning in machines.run(check=True).warnings)
    assert any("tasks:read" in warning for warning in machines.run().warnings)
    assert machines.run({**DB, "package": {"permalink": "rock-6"}}).changed
    assert machines.run(DB, state="stopped").changed and machines.run(DB, state="started").changed
    assert machines.run(DB, state="absent", purge=True).changed and machines.named() == []


# IP addresses


def test_addresses_stay_unless_they_are_released(machines):
    (address,) = machines.build()["ip_addresses"]
    result = machines.run(DB, state="absent", purge=True)
    assert result.values["released_ip_addresses"] == [] and address["id"] in machines.world.ip_addresses


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize("still_allocated", [True, False])
def test_addresses_are_released_after_the_removal(purge, still_allocated):
    machines = Machines(purged_allocations=still_allocated)
    (address,) = machines.build()["ip_addresses"]
    task = {"state": "absent", "purge": purge, "release_ip_addresses": True}
    predicted = machines.run(DB, check=True, **task)
    assert address["id"] in machines.world.ip_addresses
    result = machines.run(DB, **task)
    expected = [{"id": address["id"], "address": address["address"]}]
    assert predicted.values["released_ip_addresses"] == result.values["released_ip_addresses"] == expected
    assert predicted.diff == result.diff and result.diff[-1]["before"] == {"address": address["address"]}
    assert address["id"] not in machines.world.ip_addresses
    calls = machines.called()
    assert calls[-1] == "DELETE ip_address" and calls.index("DELETE virtual_machine") < calls.index("DELETE ip_address")


def test_virtual_addresses_and_those_that_the_task_names_are_not_released(machines):
    shown = machines.build(
        network_interfaces=[
            {"network": {"permalink": "uk-lon-01-public"}, "new_ip_addresses": ["ipv4", "ipv4", "ipv4"]}
        ]
    )
    one, two, three = shown["ip_addresses"]
    machines.world.ip_addresses[one["id"]].vip = True
    named = {
        "network_interfaces": [{"network": {"id": "netw_loc_london"}, "ip_addresses": [{"address": two["address"]}]}]
    }
    result = machines.run({**DB, **named}, state="absent", release_ip_addresses=True)
    assert [one["id"] for one in result.values["released_ip_addresses"]] == [three["id"]]
    assert {one["id"], two["id"]} <= set(machines.world.ip_addresses) and three["id"] not in machines.world.ip_addresses


def test_an_address_that_something_else_uses_after_the_removal_is_kept_with_a_warning(machines):
    (address,) = machines.build()["ip_addresses"]
    send = machines.runner.send

    def taken(method, path, *more):
        raw = send(method, path, *more)
        if (method, path) != ("GET", ADDRESS):
            return raw
        document = json.loads(raw.body)
        document["ip_address"].update(allocation_id="vm_other", allocation_type="VirtualMachine")
        document["allocation"] = {"type": "VirtualMachine", "value": {"id": "vm_other", "name": "other"}}
        return raw._replace(body=json.dumps(document).encode())

    machines.runner.send = taken
    result = machines.run(DB, state="absent", release_ip_addresses=True)
    assert result.values["released_ip_addresses"] == [] and any("vm_other" in one for one in result.warnings)
    assert "DELETE ip_address" not in machines.called() and address["id"] in machines.world.ip_addresses


@pytest.mark.parametrize("executed", [True, False])
def test_the_release_of_an_address_is_never_sent_twice(machines, executed):
    (address,) = machines.build()["ip_addresses"]
    machines.runner.fail(method="DELETE", path=ADDRESS, answer="lost", carried_out=executed)
    task = {"state": "absent", "purge": True, "release_ip_addresses": True}
    if executed:
        result = machines.run(DB, **task)
        assert result.values["released_ip_addresses"][0]["id"] == address["id"]
    else:
        error = machines.refused(DB, **task)
        assert error.changed and address["address"] in error.message and "ip_address" in error.message
        assert error.partial_result["released_ip_addresses"] == []
    assert machines.called().count("DELETE ip_address") == 1


def test_an_address_that_is_given_to_another_machine_after_a_lost_unallocation_is_kept(machines):
    (address,) = machines.build()["ip_addresses"]
    machines.runner.fail(method="POST", path=ADDRESS + "/unallocate", answer="lost")
    send = machines.runner.send

    def taken(method, path, *more):
        raw = send(method, path, *more)
        unallocated = any(one["path"].endswith("unallocate") for one in machines.runner.simulator.requests)
        if (method, path) == ("GET", ADDRESS) and unallocated:
            document = json.loads(raw.body)
            document["ip_address"]["allocation_id"] = "vm_other"
            return raw._replace(body=json.dumps(document).encode())
        return raw

    machines.runner.send = taken
    result = machines.run(DB, state="absent", release_ip_addresses=True)
    assert result.values["released_ip_addresses"] == [] and "DELETE ip_address" not in machines.called()
    assert address["id"] in machines.world.ip_addresses


# Secrets


def test_nothing_secret_is_returned(machines):
    task = {**NEW, "disk_template_options": {"root_password": "planted-secret-option"}}
    results = [machines.run(task, check=True), machines.run(task), machines.run(task, state="stopped")]
    results.append(machines.run(DB, state="absent", purge=True))
    for result in results:
        text = json.dumps([result.as_dict(), result.warnings])
        assert "planted" not in text and "spec_xml" not in text and "root_password" not in text


# Other clients


def test_a_machine_deleted_by_another_client_meanwhile_is_absent(machines):
    shown = machines.build()
    send, done = machines.runner.send, []

    def deleted_elsewhere(method, path, *more):
        if path.endswith("/stop") and not done:
            done.append(True)
            machine = machines.world.virtual_machines[shown["id"]]
            machines.world.virtual_machines[shown["id"]] = replace(machine, state="stopped", trashed=True)
        return send(method, path, *more)

    machines.runner.send = deleted_elsewhere
    result = machines.run(DB, state="absent")
    assert not result.changed


def test_a_machine_of_another_organization_is_not_touched(machines):
    error = machines.refused({"name": "Mine"}, id="vm_other")
    assert error.details.code == "other_organization" and machines.called() == []
    assert machines.refused({}, id="vm_other", state="absent").details.code == "other_organization"
    assert machines.called() == []


SPEC = {**NEW, "network_interfaces": [{"network": {"id": "netw_loc_london"}}]}


def test_a_task_that_finds_a_build_of_another_task_holds_no_lock_while_it_waits(monkeypatch):
    machines = Machines(seconds=60)
    held: list[t.Any] = []
    naps: list[int] = []
    acquire, release, sleep = lock.Held.add, lock.Held.release, machines.runner.time.sleep

    def add(one, file, waited):
        if not naps and not machines.named():  # another task has built it before this one gets the lock
            body = {"organization": {"sub_domain": "acme"}, "xml": machine_spec(SPEC)}
            machines.runner.send("POST", BUILD, None, body, 60)
            machines.runner.time.passed += 70  # it appears after a minute
        held.append(one)
        acquire(one, file, waited=True)

    def released(one):
        held[:] = [other for other in held if other is not one]
        release(one)

    def nap(seconds):
        naps.append(len(held))
        sleep(seconds)

    monkeypatch.setattr(lock.Held, "add", add)
    monkeypatch.setattr(lock.Held, "release", released)
    monkeypatch.setattr(machines.runner.time, "sleep", nap)
    result = machines.run()
    assert not result.changed and result.values["virtual_machine"]["state"] == "started"
    assert naps and set(naps) == {0}
    assert machines.called() == ["POST build_from_spec"] and len(machines.named()) == 1
