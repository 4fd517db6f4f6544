# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names instead of IDs, in every option that refers to other resources."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
from katapult_simulator.kinds.certificate import Certificate
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.kinds.virtual_machine import VirtualMachine
from katapult_simulator.kinds.virtual_machine_network_interface import add_interfaces_of

from ansible_collections.katapult.cloud.plugins.module_utils._engine.manage import Manager
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import KindBy
from ansible_collections.katapult.cloud.plugins.plugin_utils._id_lookup import KINDS

from ...catalog import TASKS
from ..simulated import TaskRunner, web

HTTPS = {"listen_port": 443, "destination_port": 8080, "protocol": "HTTPS"}
REFERENCE = {"load_balancer": {"api_reference": "web"}}


def balancer(value: str, **properties: t.Any) -> dict[str, t.Any]:
    return {"properties": {**web(**properties), "resource_ids": ["vm_b", value]}}


class Option(t.NamedTuple):
    """An option that refers to other resources.

    :param kind: the kind that it refers to.
    :param task: the options of a task in which it contains a value.
    :param of: the properties of the existing load balancer; None if the task creates it.
    """

    module: str
    path: str
    kind: str
    task: t.Callable[[str], dict[str, t.Any]]
    of: t.Optional[dict[str, t.Any]] = None


MEMBERS = {"virtual_machine": "virtual_machines", "virtual_machine_group": "virtual_machine_groups", "tag": "tags"}
OPTIONS = [
    *(
        Option(
            "load_balancer",
            "properties.resource_ids",
            kind,
            lambda one, of=kinds: {"properties": web(resource_type=of, resource_ids=[one])},
        )
        for kind, kinds in MEMBERS.items()
    ),
    *(  # the kind of those that exist, because the task does not set it
        Option(
            "load_balancer",
            "properties.resource_ids",
            kind,
            lambda one: {"properties": {"api_reference": "web", "resource_ids": [one]}},
            {"resource_type": kinds},
        )
        for kind, kinds in MEMBERS.items()
    ),
    *(
        Option(
            "load_balancer_member",
            "resource_id",
            kind,
            lambda one: {**REFERENCE, "resource_id": one},
            {"resource_type": of},
        )
        for kind, of in MEMBERS.items()
    ),
    Option(
        "load_balancer",
        "properties.standby_vms",
        "virtual_machine",
        lambda one: {"properties": {"api_reference": "web", "standby_vms": [one]}},
        {"resource_type": "tags"},
    ),
    Option(
        "load_balancer",
        "weights[].virtual_machine_id",
        "virtual_machine",
        lambda one: {"properties": {"api_reference": "web"}, "weights": [{"virtual_machine_id": one, "weight": 3}]},
        {"resource_ids": ["vm_a", "vm_new"]},
    ),
    Option(
        "load_balancer",
        "certificates",
        "certificate",
        lambda one: {"properties": {"api_reference": "web"}, "rules": [{**HTTPS, "certificates": [one]}]},
        {},
    ),
    Option(
        "load_balancer_rule",
        "properties.certificates",
        "certificate",
        lambda one: {**REFERENCE, "properties": {**HTTPS, "certificates": [one]}},
        {},
    ),
    Option(
        "ip_address",
        "virtual_machine",
        "virtual_machine",
        lambda one: {"address": "192.0.2.10", "virtual_machine": one},
    ),
]
NEW = {
    "virtual_machine": VirtualMachine("vm_new", "New one", "org_acme", "loc_london"),
    "virtual_machine_group": Collection("vmgrp_new", "New one", "org_acme", ()),
    "tag": Collection("tag_new", "New one", "org_acme", ()),
    "certificate": Certificate("cert_new", "New one", "org_acme"),
}
every_option = pytest.mark.parametrize("option", OPTIONS, ids=lambda one: "%s-%s-%s" % one[:3])


def runner_for(option: Option) -> TaskRunner:
    """A task runner with a resource of the kind that the option refers to, called "New one"."""
    runner = TaskRunner()
    runner.simulator.world.objects[KINDS[option.kind].plural][NEW[option.kind].id] = NEW[option.kind]
    if option.of is not None:
        runner.existing(**option.of)
    if option.module == "ip_address":
        add_interfaces_of(runner.simulator.world, runner.simulator.world.virtual_machines.values())
    return runner


def written(runner: TaskRunner) -> list[t.Any]:
    bodies = runner.written()
    runner.simulator.requests.clear()
    return bodies


def lists(runner: TaskRunner) -> list[str]:
    """The lists that were read, without those of the kinds that have such options."""
    read = [request["path"] for request in runner.simulator.requests if request["method"] == "GET"]
    lists_of = [path for path in read if path.startswith("/organizations/")]
    return [path for path in lists_of if not path.endswith(("/load_balancers", "/ip_addresses"))]


def test_every_option_that_refers_to_a_kind_is_tested_and_its_module_knows_the_kind():
    expected = set()
    for module, task in TASKS.items():
        manager = getattr(task.run, "__self__", None)
        if not isinstance(manager, Manager):
            continue
        kinds = {kind.name: kind for kind in manager.refers_to}
        part = getattr(manager, "part", None)
        fields = [*(part.fields if part else manager.resource.fields)]
        fields += manager.children.fields if manager.children else []
        for field in fields:
            of = field.refers_to if field.type.spec.get("type") != "dict" else None  # others say whether it is a name
            for kind in of.kinds.values() if isinstance(of, KindBy) else [of] if of else []:
                assert kinds[kind].id_prefix and KINDS[kind] == kinds[kind]
                expected.add((module, field.name, kind))
    tested = {
        (one.module, one.path.split(".")[-2 if "[]" in one.path else -1].rstrip("[]"), one.kind) for one in OPTIONS
    }
    assert tested == expected


@every_option
def test_a_name_is_the_same_as_its_id(option):
    by_id, by_name = runner_for(option), runner_for(option)
    predicted = by_name.run_task(TASKS[option.module], check=True, **option.task("New one"))
    assert lists(by_name) == [KINDS[option.kind].list_path] and written(by_name) == []
    named = by_name.run_task(TASKS[option.module], **option.task("New one"))
    assert lists(by_name) == [KINDS[option.kind].list_path]
    identified = by_id.run_task(TASKS[option.module], **option.task(NEW[option.kind].id))
    assert lists(by_id) == []
    assert written(by_name) == written(by_id) != []
    assert json.dumps(named.as_dict()) == json.dumps(identified.as_dict())
    assert "New one" not in json.dumps([predicted.diff, named.diff])
    again = by_name.run_task(TASKS[option.module], **option.task("New one"))
    assert not again.changed and written(by_name) == []


@every_option
@pytest.mark.parametrize("check", [False, True])
def test_a_name_that_is_missing_or_ambiguous_is_rejected_before_a_write(option, check):
    runner = runner_for(option)
    with pytest.raises(TaskRefused) as failure:
        runner.run_task(TASKS[option.module], check=check, **option.task("Nobody"))
    assert failure.value.details.code == "name_not_found" and option.path in failure.value.message
    assert "Searched: " in failure.value.message and '"Nobody"' in failure.value.message
    twin = type(NEW[option.kind])(**{**vars(NEW[option.kind]), "id": KINDS[option.kind].id_prefix + "twin"})
    runner.simulator.world.objects[KINDS[option.kind].plural][twin.id] = twin
    with pytest.raises(TaskRefused) as failure:
        runner.run_task(TASKS[option.module], check=check, **option.task("New one"))
    assert failure.value.details.code == "ambiguous_name"
    assert twin.id in failure.value.message and NEW[option.kind].id in failure.value.message
    assert runner.written() == []


@every_option
def test_names_require_an_organization_and_ids_do_not(option):
    runner = runner_for(option)
    with pytest.raises(TaskRefused, match="this requires organization") as failure:
        runner.run_task(TASKS[option.module], organization=None, **option.task("New one"))
    assert failure.value.details.code == "invalid_task" and option.path in failure.value.message
    assert runner.written() == [] and lists(runner) == []


@every_option
def test_an_id_is_not_looked_up_even_if_a_resource_has_such_a_name(option):
    runner = runner_for(option)
    missing = KINDS[option.kind].id_prefix + "missing"
    named = type(NEW[option.kind])(**{**vars(NEW[option.kind]), "name": missing})
    runner.simulator.world.objects[KINDS[option.kind].plural][named.id] = named
    runner.fail(
        method=("POST", "PATCH")[option.of is not None and option.kind != "certificate"],
        answer="given",
        status=422,
        body={"error": {"code": "validation_error", "description": "x", "detail": {"errors": ["Invalid"]}}},
    )
    with pytest.raises(KatapultError) as failure:
        runner.run_task(TASKS[option.module], **option.task(missing))
    assert lists(runner) == []
    said = 'A value that begins with "%s" is an ID.' % KINDS[option.kind].id_prefix
    assert said in failure.value.message and "lookup plugin katapult.cloud.id" in failure.value.message


@every_option
def test_check_mode_accepts_the_null_id_of_a_resource_that_an_earlier_task_would_create(option):
    runner = runner_for(option)
    result = runner.run_task(TASKS[option.module], check=True, **option.task(""))
    assert result.changed and written(runner) == [] and lists(runner) == []
    (warning,) = [one for one in result.warnings if "ID that is null" in one]
    assert option.path in warning
    with pytest.raises(TaskRefused, match='%s (is empty|contains "", which is empty)' % re.escape(option.path)):
        runner.run_task(TASKS[option.module], **option.task(""))
    assert runner.simulator.requests == []


def test_each_kind_is_listed_once_for_all_options():
    runner = TaskRunner()
    properties = web(resource_ids=["web-a", "web-b.acme.katapult.cloud", "vm_c"], standby_vms=["WEB-B"])
    rules = [
        {**HTTPS, "certificates": ["www.example.com"]},
        {**HTTPS, "listen_port": 444, "certificates": ["api.example.com", "www.example.com"]},
    ]
    with pytest.raises(TaskRefused, match='"WEB-Z"') as failure:
        runner.run(properties={**properties, "standby_vms": ["WEB-Z", "WEB-B"]}, rules=rules)
    assert '"WEB-B"' not in failure.value.message  # host names are case-insensitive
    runner.simulator.requests.clear()
    result = runner.run(properties=properties, rules=rules, weights=[{"virtual_machine_id": "web-c", "weight": 9}])
    assert lists(runner) == [KINDS["virtual_machine"].list_path, KINDS["certificate"].list_path]
    assert result.values["load_balancer"]["resource_ids"] == ["vm_a", "vm_b", "vm_c"]
    assert result.values["load_balancer"]["standby_vms"] == ["vm_b"]


def test_two_names_of_one_resource_are_one_member_and_cannot_have_two_weights():
    runner = TaskRunner()
    names = ["web-a", "web-a.acme.katapult.cloud", "vm_a"]
    assert runner.run(properties=web(resource_ids=names)).values["load_balancer"]["resource_ids"] == ["vm_a"]
    runner.simulator.requests.clear()
    weights = [{"virtual_machine_id": name, "weight": number} for number, name in enumerate(names)]
    with pytest.raises(TaskRefused, match='weights contains the virtual_machine_id "vm_a" more than once'):
        runner.run(properties={"api_reference": "web"}, weights=weights)
    assert runner.written() == []


def test_a_deletion_looks_up_no_names():
    runner = TaskRunner()
    runner.existing()
    assert runner.run(properties=web(resource_ids=["Nobody"]), state="absent").changed
    assert runner.requests() == ["GET one", "GET all", "DELETE one"]
    absent = runner.run_task(TASKS["load_balancer_member"], **REFERENCE, resource_id="Nobody", state="absent")
    assert not absent.changed


def test_the_type_of_the_members_can_change_together_with_names():
    runner = TaskRunner()
    runner.existing(resource_ids=["vm_a"])
    runner.run(properties=web(resource_type="tags", resource_ids=["web"]))
    (now,) = runner.balancers()
    assert (now.resource_type, now.resource_ids) == ("tags", ["tag_web"])
