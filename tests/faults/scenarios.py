# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of every module that between them send every kind of request, and what is there when they begin."""

from __future__ import annotations

import functools
import json
import typing as t
from dataclasses import dataclass, field, replace

from katapult_simulator.populate import grow
from katapult_simulator.rendering import SECRET
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result, Task
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import TASKS
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import Desk, rule_properties, web

TaskOutcome = t.Union[Result, KatapultError]


@dataclass(frozen=True)
class Place:
    """One request of a task: the one that follows after C(skip) others with its method and path."""

    method: str
    path: str
    skip: int = 0

    def named(self) -> str:
        about = self.path.strip("/").replace("/", "-").replace("_", "-")
        return "%s-%s-%d" % (self.method, about, self.skip + 1)


@dataclass(frozen=True, eq=False)
class Scenario:
    """One task, and what is there before it.

    :param module: what its module does.
    :param task: its options, as :meth:`Desk.run_task` takes them.
    :param prepare: puts things into the world.
    """

    name: str
    module: Task
    task: t.Mapping[str, t.Any]
    prepare: t.Callable[[Desk], t.Any] = lambda desk: None
    assumptions: Assumptions = field(default_factory=Assumptions)

    def desk(self, **assumptions: bool) -> Desk:
        """Somebody who is about to run the task."""
        desk = Desk(assumptions=Assumptions(**{**self.assumptions.__dict__, **assumptions}))
        self.prepare(desk)
        return desk

    def attempt(self, desk: Desk, **time: float) -> TaskOutcome:
        """Run the task; any exception but the collection's own goes through."""
        try:
            return desk.run_task(self.module, **{**self.task, **time})
        except KatapultError as error:
            return error

    @property
    def checks(self) -> bool:
        """Whether it runs in check mode."""
        return bool(self.task.get("check"))

    def places(self) -> list[Place]:
        """Every request that the task sends when nothing goes wrong."""
        desk = self.desk()
        self.attempt(desk)
        found: list[Place] = []
        for request in desk.simulator.requests:
            method, path = request["method"], request["path"]
            found.append(Place(method, path, sum((place.method, place.path) == (method, path) for place in found)))
        return found


@functools.lru_cache(maxsize=None)
def undisturbed(scenario: Scenario) -> tuple[Result, dict[str, t.Any], int]:
    """What a task comes to when nothing goes wrong: its result, what is there then, and how many requests it takes."""
    desk = scenario.desk()
    outcome = scenario.attempt(desk)
    assert isinstance(outcome, Result), outcome
    return outcome, state(desk), len(desk.simulator.requests)


def state(desk: Desk) -> dict[str, t.Any]:
    """All that a task can ask for, of everything that there is.

    It fails if something is there twice: two load balancers with one reference, or two rules on one port.
    """
    world = desk.simulator.world
    balancers: dict[str, t.Any] = {}
    names = {}
    for balancer in world.load_balancers.values():
        values = dict(vars(balancer))
        names[values.pop("id")] = balancer.api_reference or balancer.name
        del values["address"], values["address_id"]
        key = "%s of %s" % (balancer.api_reference or balancer.name, balancer.organization)
        assert key not in balancers, "two load balancers: %s" % key
        balancers[key] = values
    rules: dict[str, t.Any] = {}
    for rule in world.load_balancer_rules.values():
        key = "port %s of %s" % (rule.listen_port, names[rule.load_balancer])
        assert key not in rules, "two rules: %s" % key
        rules[key] = rule_properties(rule)
    return json.loads(json.dumps({"load balancers": balancers, "rules": rules}))


def shown(outcome: TaskOutcome) -> str:
    """All that a task's outcome can show, as one text, once it is certain that it holds no secret."""
    if isinstance(outcome, Result):
        text = json.dumps([outcome.as_dict(), outcome.warnings])
    else:
        text = json.dumps(outcome.result())
    assert SECRET not in text
    return text


# What is there

RULE = {"destination_port": 8080, "protocol": "HTTP"}


def _one(desk: Desk) -> None:
    desk.existing(resource_ids=["vm_a"], weights={"vm_a": 10}, annotations={"team": "web"})


def _one_with_rules(desk: Desk) -> None:
    _one(desk)
    desk.rule(80)
    desk.rule(8081)


def _without_reference(desk: Desk) -> None:
    desk.existing(api_reference=None, resource_ids=["vm_a"])


def _many(desk: Desk) -> None:
    for number in range(31):
        desk.existing(id="lb_%02d" % number, api_reference="web-%02d" % number, resource_ids=["vm_a"])
    desk.rule(80, of="lb_00")
    desk.rule(443, of="lb_00", protocol="HTTPS")


def _annotated(desk: Desk) -> None:
    for number in range(2):
        desk.existing(
            id="lb_%d" % number, api_reference="web-%d" % number, resource_ids=["vm_a"], annotations={"team": "web"}
        )


def _annotated_machine(desk: Desk) -> None:
    machines = desk.simulator.world.virtual_machines
    machines["vm_a"] = replace(machines["vm_a"], annotations={"team": "web"})


def _many_tags(desk: Desk) -> None:
    grow(desk.simulator.world, tags=99)


# What is asked for

_SAME = {"properties": {"api_reference": "web", "name": "Web", "resource_ids": ["vm_a"]}}
_NEW = {
    "properties": web(resource_ids=["vm_a", "vm_b"], enable_weighting=True, standby_vms=["vm_b"]),
    "weights": [{"virtual_machine_id": "vm_a", "weight": 7}],
    "annotations": [{"key": "team", "value": "core"}],
    "rules": [
        {"listen_port": 80, **RULE},
        {"listen_port": 443, "destination_port": 8443, "protocol": "HTTPS", "certificates": ["cert_www"]},
    ],
}
_OTHER = {
    "properties": {"api_reference": "web", "name": "Other", "resource_ids": ["vm_b"]},
    "annotations": [{"key": "tier", "value": "front"}],
}
_OTHER_RULES = {
    "properties": {"api_reference": "web", "https_redirect": False},
    "rules": [{"listen_port": 80, "check_path": "/up", **RULE}, {"listen_port": 8443, **RULE}],
    "purge_rules": True,
}
_SAME_RULES = {
    "properties": {"api_reference": "web"},
    "rules": [{"listen_port": 80, "check_path": "/"}, {"listen_port": 8081, "check_rise": 2}],
}
_ABSENT = {"properties": {"api_reference": "web"}, "state": "absent"}
_ADOPTED = {"id": "lb_1", "properties": {"api_reference": "web", "name": "Web"}}
_SMALL_PAGES = Assumptions(largest_page=30)


def _of_web(**task: t.Any) -> dict[str, t.Any]:
    return {"load_balancer": {"api_reference": "web"}, **task}


_BALANCER, _RULE, _INFO = (TASKS[name] for name in ("load_balancer", "load_balancer_rule", "load_balancer_info"))
_MACHINES, _GROUPS, _TAGS, _CERTIFICATES, _CENTERS, _ORGANIZATIONS = (
    TASKS[name + "_info"]
    for name in ("virtual_machine", "virtual_machine_group", "tag", "certificate", "data_center", "organization")
)
_PORT_80 = {"listen_port": 80, "destination_port": 9090, "check_path": "/up"}

SCENARIOS = (
    Scenario("load balancer as it is", _BALANCER, _SAME, _one),
    Scenario("create a load balancer", _BALANCER, {"properties": web()}),
    Scenario("create a load balancer with rules", _BALANCER, _NEW),
    Scenario("create in check mode", _BALANCER, {**_NEW, "check": True}),
    Scenario("change a load balancer", _BALANCER, _OTHER, _one),
    Scenario("change by id, of no organization", _BALANCER, {**_ADOPTED, "organization": None}, _one),
    Scenario("change in check mode", _BALANCER, {**_OTHER, "check": True}, _one),
    Scenario("give a reference", _BALANCER, _ADOPTED, _without_reference),
    Scenario("change, add and purge rules", _BALANCER, _OTHER_RULES, _one_with_rules),
    Scenario("change rules in check mode", _BALANCER, {**_OTHER_RULES, "check": True}, _one_with_rules),
    Scenario("rules as they are", _BALANCER, _SAME_RULES, _one_with_rules),
    Scenario("remove a load balancer", _BALANCER, _ABSENT, _one_with_rules),
    Scenario("remove in check mode", _BALANCER, {**_ABSENT, "check": True}, _one_with_rules),
    Scenario("remove what is not there", _BALANCER, {**_ABSENT, "id": "lb_9"}),
    Scenario("create a rule", _RULE, _of_web(properties={"listen_port": 80, **RULE}), _one),
    Scenario(
        "create a rule, of no organization",
        _RULE,
        _of_web(properties={"listen_port": 80, **RULE}, organization=None),
        _one,
    ),
    Scenario("change a rule", _RULE, _of_web(properties=_PORT_80), _one_with_rules),
    Scenario("change a rule in check mode", _RULE, _of_web(properties=_PORT_80, check=True), _one_with_rules),
    Scenario("move a rule", _RULE, _of_web(id="lbrule_80", properties={"listen_port": 81}), _one_with_rules),
    Scenario("rule as it is", _RULE, _of_web(properties={"listen_port": 80, "check_path": "/"}), _one_with_rules),
    Scenario("remove a rule", _RULE, _of_web(properties={"listen_port": 80}, state="absent"), _one_with_rules),
    Scenario("remove a rule that is not there", _RULE, _of_web(id="lbrule_9", state="absent"), _one_with_rules),
    Scenario("read one by reference", _INFO, {"api_reference": "web", "include_rules": True}, _one_with_rules),
    Scenario("read one by id", _INFO, {"id": "lb_1", "full": True, "include_rules": True}, _one_with_rules),
    Scenario("read a list of several pages", _INFO, {}, _many, _SMALL_PAGES),
    Scenario("read all of several", _INFO, {"full": True, "annotations": [{"key": "team"}]}, _annotated),
    Scenario("read a virtual machine", _MACHINES, {"fqdn": "web-a.acme.katapult.cloud"}),
    Scenario("read annotated virtual machines", _MACHINES, {"annotations": [{"key": "team"}]}, _annotated_machine),
    Scenario("read virtual machine groups", _GROUPS, {}),
    Scenario("read a virtual machine group", _GROUPS, {"id": "vmgrp_web"}),
    Scenario("read tags of several pages", _TAGS, {}, _many_tags, _SMALL_PAGES),
    Scenario("read all of a tag", _TAGS, {"name": "web", "full": True}),
    Scenario("read all of the certificates", _CERTIFICATES, {"full": True}),
    Scenario("read data centers", _CENTERS, {}),
    Scenario("read a data center", _CENTERS, {"permalink": "uk-lon-01"}),
    Scenario("read organizations", _ORGANIZATIONS, {}),
    Scenario("read an organization in check mode", _ORGANIZATIONS, {"sub_domain": "acme", "check": True}),
)
