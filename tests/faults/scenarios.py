# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of every module that together send every kind of request, and the resources that exist before them."""

from __future__ import annotations

import functools
import json
import re
import typing as t
from dataclasses import dataclass, field, replace

from katapult_simulator.kinds import KINDS
from katapult_simulator.kinds.certificate import Certificate
from katapult_simulator.kinds.trash_object import put_in_trash
from katapult_simulator.populate import grow
from katapult_simulator.rendering import SECRET, pem
from katapult_simulator.table import Kind
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result, Task
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import RESOURCES, TASKS
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import (
    TaskRunner,
    rule_properties,
    web,
)

TaskOutcome = t.Union[Result, KatapultError]


_CREATING = {kind.create_call.path for kind in RESOURCES.values()}


@dataclass(frozen=True)
class Place:
    """One request of a task: the one after C(skip) others with its method and path."""

    method: str
    path: str
    skip: int = 0

    def named(self) -> str:
        about = self.path.strip("/").replace("/", "-").replace("_", "-")
        return "%s-%s-%d" % (self.method, about, self.skip + 1)

    @property
    def creates(self) -> bool:
        """Whether it creates something, so that a second one could create a duplicate."""
        return self.method == "POST" and self.path in _CREATING


@dataclass(frozen=True, eq=False)
class Scenario:
    """One task, and the resources that exist before it.

    :param module: the task of its module.
    :param task: its options, as passed to :meth:`TaskRunner.run_task`.
    :param prepare: adds resources to the world.
    """

    name: str
    module: Task
    task: t.Mapping[str, t.Any]
    prepare: t.Callable[[TaskRunner], t.Any] = lambda runner: None
    assumptions: Assumptions = field(default_factory=Assumptions)

    def runner(self, **assumptions: bool) -> TaskRunner:
        """A task runner in the state before the task."""
        runner = TaskRunner(assumptions=Assumptions(**{**self.assumptions.__dict__, **assumptions}))
        self.prepare(runner)
        return runner

    def attempt(self, runner: TaskRunner, **time: float) -> TaskOutcome:
        """Run the task; only errors of the collection are caught."""
        try:
            return runner.run_task(self.module, **{**self.task, **time})
        except KatapultError as error:
            return error

    @property
    def checks(self) -> bool:
        """Whether it runs in check mode."""
        return bool(self.task.get("check"))

    def places(self) -> list[Place]:
        """Every request that the task sends without a fault."""
        runner = self.runner()
        self.attempt(runner)
        found: list[Place] = []
        for request in runner.simulator.requests:
            method, path = request["method"], request["path"]
            found.append(Place(method, path, sum((place.method, place.path) == (method, path) for place in found)))
        return found


@functools.lru_cache(maxsize=None)
def undisturbed(scenario: Scenario) -> tuple[Result, dict[str, t.Any], int]:
    """The outcome of a task without a fault: its result, the state afterwards, and the number of its requests."""
    runner = scenario.runner()
    outcome = scenario.attempt(runner)
    assert isinstance(outcome, Result), outcome
    return outcome, state(runner), len(runner.simulator.requests)


def state(runner: TaskRunner) -> dict[str, t.Any]:
    """The complete state that a task can set, of all resources.

    It fails if there are duplicates: two load balancers with one reference, or two rules on one port.
    """
    world = runner.simulator.world
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
    _finish_work(runner)
    kinds = [kind for kind in KINDS if kind.writes and kind.plural not in (*_WITH_A_KEY, *_WITHOUT_STATE)]
    others = {kind.plural: _objects_of(runner, kind) for kind in kinds}
    return json.loads(json.dumps({"load balancers": balancers, "rules": rules, **others}))


_WITH_A_KEY = ("load_balancers", "load_balancer_rules")
_WITHOUT_STATE = ("virtual_machine_builds", "virtual_machine_network_interfaces")  # nothing else refers to them
_ENDLESS = 1000  # steps of background work that does not end


def _finish_work(runner: TaskRunner) -> None:
    """Let all background work end, which may start more: a state in between depends on the number of requests."""
    tasks = runner.simulator.world.tasks
    while any(task.is_running and task.looks < _ENDLESS for task in tasks.values()):
        for task in list(tasks.values()):
            if task.looks < _ENDLESS:
                task.proceed()


# What differs between two worlds with the same content: assigned IDs and addresses, and times
_ASSIGNED = re.compile(r"(?<=Simulated)\d+|(?<=203.0.113.)\d+|(?<=203_0_113_)\d+")
_TIMES = re.compile(r"(created_at|keep_until)(\W+)\d+")


def comparable(value: t.Any) -> t.Any:
    """A value from JSON without what differs between two worlds with the same content."""
    return json.loads(_TIMES.sub(r"\1\g<2>0", _ASSIGNED.sub("0", json.dumps(value))))


def _objects_of(runner: TaskRunner, kind: Kind) -> list[str]:
    """All objects of a kind, each as its values without IDs that the API assigned, with the name of its parent."""
    found = []
    for one in runner.simulator.world.objects[kind.plural].values():
        values = {name: value for name, value in vars(one).items() if name != "id"}
        parent = t.cast(Kind, kind.parent)
        if parent.parent is not None:
            values[parent.name] = runner.simulator.world.objects[parent.plural][values[parent.name]].name
        found.append(json.dumps(values, sort_keys=True))
    return sorted(comparable(found))


def shown(outcome: TaskOutcome) -> str:
    """The complete outcome of a task as one string, after validation that it contains no secret."""
    if isinstance(outcome, Result):
        text = json.dumps([outcome.as_dict(), outcome.warnings])
    else:
        text = json.dumps(outcome.result())
    assert SECRET not in text
    return text


# The resources that exist before

RULE = {"destination_port": 8080, "protocol": "HTTP"}


def _one(runner: TaskRunner) -> None:
    runner.existing(resource_ids=["vm_a"], weights={"vm_a": 10}, annotations={"team": "web"})


def _one_with_rules(runner: TaskRunner) -> None:
    _one(runner)
    runner.rule(80)
    runner.rule(8081)


def _weighted(runner: TaskRunner) -> None:
    runner.existing(resource_ids=["vm_a"], enable_weighting=True, weights={"vm_a": 10})


def _of_two(runner: TaskRunner) -> None:
    runner.existing(resource_ids=["vm_a", "vm_b"], standby_vms=["vm_b"])


def _without_reference(runner: TaskRunner) -> None:
    runner.existing(api_reference=None, resource_ids=["vm_a"])


def _many(runner: TaskRunner) -> None:
    for number in range(31):
        runner.existing(id="lb_%02d" % number, api_reference="web-%02d" % number, resource_ids=["vm_a"])
    runner.rule(80, of="lb_00")
    runner.rule(443, of="lb_00", protocol="HTTPS")


def _annotated(runner: TaskRunner) -> None:
    for number in range(2):
        runner.existing(
            id="lb_%d" % number, api_reference="web-%d" % number, resource_ids=["vm_a"], annotations={"team": "web"}
        )


def _annotated_machine(runner: TaskRunner) -> None:
    machines = runner.simulator.world.virtual_machines
    machines["vm_a"] = replace(machines["vm_a"], annotations={"team": "web"})


def _failed_certificate(runner: TaskRunner) -> None:
    values: dict[str, t.Any] = {"issuer": "self_signed", "additional_names": ["a.example.com"], "last_issued_at": None}
    failed = Certificate(
        "cert_failed", "new.example.com", "org_acme", state="issue_failed", issue_error="NXDOMAIN", **values
    )
    runner.simulator.world.certificates[failed.id] = failed


def _trashed_machine(runner: TaskRunner) -> None:
    machines = runner.simulator.world.virtual_machines
    put_in_trash(runner.simulator.world, machines["vm_a"], "VirtualMachine")


def _many_tags(runner: TaskRunner) -> None:
    grow(runner.simulator.world, tags=99)


# The options of the tasks

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
_NAMED: dict[str, t.Any] = {
    "properties": web(
        resource_ids=["web-a", "web-b.acme.katapult.cloud"], standby_vms=["web-b"], enable_weighting=True
    ),
    "weights": [{"virtual_machine_id": "web-a", "weight": 9}],
    "rules": [{"listen_port": 443, "destination_port": 8443, "protocol": "HTTPS", "certificates": ["www.example.com"]}],
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
_BY_CLOCK = Assumptions(seconds=10)
_SMALL_PAGES = Assumptions(largest_page=30)


def _of_web(**task: t.Any) -> dict[str, t.Any]:
    return {"load_balancer": {"api_reference": "web"}, **task}


_BALANCER, _RULE, _MEMBER, _INFO = (TASKS["load_balancer" + name] for name in ("", "_rule", "_member", "_info"))
_MACHINES, _GROUPS, _TAGS, _CERTIFICATES, _CENTERS, _ORGANIZATIONS = (
    TASKS[name + "_info"]
    for name in ("virtual_machine", "virtual_machine_group", "tag", "certificate", "data_center", "organization")
)
_PACKAGES, _TEMPLATES, _NETWORKS, _IP_ADDRESSES = (
    TASKS[name + "_info"] for name in ("virtual_machine_package", "disk_template", "network", "ip_address")
)
_TAG, _GROUP, _FIREWALL, _ADDRESSES = (
    TASKS[name] for name in ("tag", "virtual_machine_group", "security_group", "address_list")
)
_ADDRESS = TASKS["ip_address"]
_VIP = {"vip": True, "label": "web"}
_NEW_VIP = {"vip": True, "label": "new", "network": {"permalink": "uk-lon-01-public"}}
_NAMED_VIP = {**_NEW_VIP, "reverse_dns": "vip.example.com"}
_ALLOCATED_VIP = {"properties": _NEW_VIP, "virtual_machine": "vm_a"}
_MOVED = {"address": "198.51.100.10", "virtual_machine": "vm_b", "properties": {"reverse_dns": "a.example.com"}}
_CERTIFICATE = TASKS["certificate"]
_MACHINE = TASKS["virtual_machine"]
_NEW_MACHINE = {
    "hostname": "new",
    "data_center": {"permalink": "uk-lon-01"},
    "package": {"permalink": "rock-1"},
    "disk_template": {"permalink": "templates/ubuntu-22-04"},
    "tag_names": ["web", "api"],
    "group": {"name": "web"},
}
_WEB = {"hostname": "web-a"}
_BUILT = {"properties": _NEW_MACHINE, "wait_timeout": 300}
_REMOVED = {"properties": _WEB, "state": "absent", "wait_timeout": 300}
_SELF_SIGNED = {"issuer": "self_signed", "name": "new.example.com", "additional_names": ["a.example.com"]}
_LETS_ENCRYPT = {"issuer": "lets_encrypt", "name": "new.example.com", "authorization_method": "http"}
_CUSTOM = {
    "issuer": "custom",
    "certificate": pem("CERTIFICATE", "bGVhZg=="),
    "private_key": pem("RSA PRIVATE KEY", SECRET),
}
_REISSUED = {"properties": _SELF_SIGNED, "reissue": "failed", "wait_timeout": 60}
_HTTPS_IN = {"direction": "inbound", "protocol": "TCP", "ports": "443", "targets": ["all:ipv4", "all:ipv6"]}
_DENIED = {"direction": "inbound", "protocol": "UDP", "action": "deny", "targets": ["192.0.2.0/24"]}
_OUT = {"direction": "outbound", "protocol": "TCP", "targets": ["all:ipv4"], "notes": "updates"}
_NEW_FIREWALL = {
    "properties": {"name": "new", "associations": ["vm_a"]},
    "annotations": [{"key": "team", "value": "web"}],
    "rules": [_HTTPS_IN, _HTTPS_IN, _DENIED],
}
_SAME_FIREWALL = {"properties": {"name": "web", "associations": ["tag_web"]}, "rules": [_HTTPS_IN, _OUT]}
_OTHER_FIREWALL = {
    "properties": {"name": "web", "associations": ["vm_a", "tag_web"]},
    "rules": [{**_HTTPS_IN, "ports": "8443"}, _DENIED],
}
_OPEN_FIREWALL = {"properties": {"name": "web", "allow_all_inbound": True}, "rules": [_OUT]}
_ENTRIES = [{"address": "198.51.100.0/24", "name": "ground floor"}, {"address": "192.0.2.7"}]
_PORT_80 = {"listen_port": 80, "destination_port": 9090, "check_path": "/up"}

SCENARIOS = (
    Scenario("unchanged load balancer", _BALANCER, _SAME, _one),
    Scenario("create a load balancer", _BALANCER, {"properties": web()}),
    Scenario("create a load balancer with rules", _BALANCER, _NEW),
    Scenario("create in check mode", _BALANCER, {**_NEW, "check": True}),
    Scenario("change a load balancer", _BALANCER, _OTHER, _one),
    Scenario("change by id without an organization", _BALANCER, {**_ADOPTED, "organization": None}, _one),
    Scenario("change in check mode", _BALANCER, {**_OTHER, "check": True}, _one),
    Scenario("assign a reference", _BALANCER, _ADOPTED, _without_reference),
    Scenario("change, add and purge rules", _BALANCER, _OTHER_RULES, _one_with_rules),
    Scenario("change rules in check mode", _BALANCER, {**_OTHER_RULES, "check": True}, _one_with_rules),
    Scenario("unchanged rules", _BALANCER, _SAME_RULES, _one_with_rules),
    Scenario("delete a load balancer", _BALANCER, _ABSENT, _one_with_rules),
    Scenario("delete in check mode", _BALANCER, {**_ABSENT, "check": True}, _one_with_rules),
    Scenario("delete a missing load balancer", _BALANCER, {**_ABSENT, "id": "lb_9"}),
    Scenario("create a rule", _RULE, _of_web(properties={"listen_port": 80, **RULE}), _one),
    Scenario(
        "create a rule without an organization",
        _RULE,
        _of_web(properties={"listen_port": 80, **RULE}, organization=None),
        _one,
    ),
    Scenario("change a rule", _RULE, _of_web(properties=_PORT_80), _one_with_rules),
    Scenario("change a rule in check mode", _RULE, _of_web(properties=_PORT_80, check=True), _one_with_rules),
    Scenario("move a rule", _RULE, _of_web(id="lbrule_80", properties={"listen_port": 81}), _one_with_rules),
    Scenario("unchanged rule", _RULE, _of_web(properties={"listen_port": 80, "check_path": "/"}), _one_with_rules),
    Scenario("delete a rule", _RULE, _of_web(properties={"listen_port": 80}, state="absent"), _one_with_rules),
    Scenario("delete a missing rule", _RULE, _of_web(id="lbrule_9", state="absent"), _one_with_rules),
    Scenario("add a member", _MEMBER, _of_web(resource_id="vm_b", weight=5), _weighted),
    Scenario("remove a member", _MEMBER, _of_web(resource_id="vm_b", state="absent"), _of_two),
    Scenario("change a member in check mode", _MEMBER, _of_web(resource_id="vm_a", weight=1, check=True), _weighted),
    Scenario("add a member by name", _MEMBER, _of_web(resource_id="web-b", weight=5), _weighted),
    Scenario("create with names", _BALANCER, _NAMED),
    Scenario("change with names", _BALANCER, _NAMED, _one),
    Scenario("names in check mode", _BALANCER, {**_NAMED, "check": True}, _one),
    Scenario("create a rule with a name", _RULE, _of_web(properties=_NAMED["rules"][0]), _one),
    Scenario("unchanged member", _MEMBER, _of_web(resource_id="vm_a", organization=None), _weighted),
    Scenario("delete a load balancer with its diff", _BALANCER, {**_ABSENT, "diff": True}, _one_with_rules),
    Scenario("create a tag", _TAG, {"properties": {"name": "new", "color": "red"}}),
    Scenario("change a tag", _TAG, {"properties": {"name": "web", "color": "red"}}),
    Scenario("rename a tag", _TAG, {"id": "tag_web", "properties": {"name": "new"}}),
    Scenario("delete a tag", _TAG, {"properties": {"name": "web"}, "state": "absent"}),
    Scenario("create a group", _GROUP, {"properties": {"name": "new", "segregate": False}}),
    Scenario("change a group", _GROUP, {"properties": {"name": "web", "segregate": False}}),
    Scenario("delete a group", _GROUP, {"properties": {"name": "web"}, "state": "absent"}),
    Scenario("create a security group with rules", _FIREWALL, _NEW_FIREWALL),
    Scenario("create a security group in check mode", _FIREWALL, {**_NEW_FIREWALL, "check": True}),
    Scenario("change a security group with rules", _FIREWALL, _OTHER_FIREWALL),
    Scenario("change a security group in check mode", _FIREWALL, {**_OTHER_FIREWALL, "check": True}),
    Scenario("open a security group", _FIREWALL, _OPEN_FIREWALL),
    Scenario("unchanged security group", _FIREWALL, _SAME_FIREWALL),
    Scenario("delete a security group", _FIREWALL, {"properties": {"name": "web"}, "state": "absent", "diff": True}),
    Scenario("create a self-signed certificate", _CERTIFICATE, {"properties": _SELF_SIGNED, "wait_timeout": 60}),
    Scenario("create a certificate of Let's Encrypt", _CERTIFICATE, {"properties": _LETS_ENCRYPT, "wait_timeout": 60}),
    Scenario("upload a certificate", _CERTIFICATE, {"properties": _CUSTOM}),
    Scenario(
        "create a certificate without waiting",
        _CERTIFICATE,
        {"properties": _SELF_SIGNED, "wait": False},
        assumptions=Assumptions(looks=10**6),
    ),
    Scenario("create a certificate in check mode", _CERTIFICATE, {"properties": _CUSTOM, "check": True}),
    Scenario("issue a failed certificate again", _CERTIFICATE, _REISSUED, _failed_certificate),
    Scenario("unchanged certificate", _CERTIFICATE, {"properties": {**_LETS_ENCRYPT, "name": "www.example.com"}}),
    Scenario("delete a certificate", _CERTIFICATE, {"id": "cert_www", "state": "absent"}),
    Scenario(
        "build a virtual machine",
        _MACHINE,
        {**_BUILT, "annotations": [{"key": "team", "value": "web"}]},
        assumptions=_BY_CLOCK,
    ),
    Scenario("build a virtual machine and stop it", _MACHINE, {**_BUILT, "state": "stopped"}, assumptions=_BY_CLOCK),
    Scenario("build a virtual machine without waiting", _MACHINE, {**_BUILT, "wait": False}, assumptions=_BY_CLOCK),
    Scenario("build a virtual machine in check mode", _MACHINE, {**_BUILT, "check": True}),
    Scenario(
        "unchanged virtual machine",
        _MACHINE,
        {"properties": {**_NEW_MACHINE, **_WEB, "package": {"permalink": "rock-6"}, "tag_names": ["web"]}},
    ),
    Scenario(
        "start a virtual machine",
        _MACHINE,
        {"properties": {"hostname": "web-f"}, "state": "started", "wait_timeout": 60},
    ),
    Scenario(
        "change a virtual machine with a restart",
        _MACHINE,
        {
            "properties": {**_WEB, "package": {"permalink": "rock-1"}, "description": "new"},
            "allow_restart": True,
            "state": "started",
            "wait_timeout": 60,
        },
    ),
    Scenario("delete a virtual machine", _MACHINE, {**_REMOVED, "diff": True}),
    Scenario("purge a virtual machine", _MACHINE, {**_REMOVED, "purge": True}),
    Scenario("purge a virtual machine in the trash", _MACHINE, {**_REMOVED, "purge": True}, _trashed_machine),
    Scenario("create an address list with entries", _ADDRESSES, {"properties": {"name": "new"}, "entries": _ENTRIES}),
    Scenario(
        "change the entries of an address list", _ADDRESSES, {"properties": {"name": "office"}, "entries": _ENTRIES}
    ),
    Scenario("delete an address list", _ADDRESSES, {"properties": {"name": "office"}, "state": "absent"}),
    Scenario("create a virtual address", _ADDRESS, {"properties": _NEW_VIP}),
    Scenario("create an allocated virtual address", _ADDRESS, {"properties": _NAMED_VIP, "virtual_machine": "vm_a"}),
    Scenario("create a virtual address in check mode", _ADDRESS, {**_ALLOCATED_VIP, "check": True}),
    Scenario("unchanged virtual address", _ADDRESS, {"properties": _VIP}),
    Scenario("change an address", _ADDRESS, {"address": "192.0.2.10", "properties": _NAMED_VIP}),
    Scenario("allocate an address", _ADDRESS, {"address": "192.0.2.10", "virtual_machine": "web-b"}),
    Scenario("unchanged allocation", _ADDRESS, {"address": "198.51.100.10", "virtual_machine": "vm_a"}),
    Scenario("move an address", _ADDRESS, _MOVED),
    Scenario("move an address in check mode", _ADDRESS, {**_MOVED, "check": True}),
    Scenario("unallocate an address", _ADDRESS, {"address": "198.51.100.10", "allocated": False}),
    Scenario("release a virtual address", _ADDRESS, {"properties": _VIP, "state": "absent"}),
    Scenario("release an allocated address", _ADDRESS, {"address": "198.51.100.10", "state": "absent", "force": True}),
    Scenario("read security groups with rules", TASKS["security_group_info"], {"include_rules": True, "full": True}),
    Scenario(
        "read all address lists with entries",
        TASKS["address_list_info"],
        {"include_global": True, "include_entries": True},
    ),
    Scenario("read the packages of an organization", _PACKAGES, {}),
    Scenario("read a package without an organization", _PACKAGES, {"permalink": "rock-3", "organization": None}),
    Scenario("read disk templates", _TEMPLATES, {}),
    Scenario("read a disk template", _TEMPLATES, {"permalink": "templates/ubuntu-22-04"}),
    Scenario("read networks", _NETWORKS, {}),
    Scenario("read a network", _NETWORKS, {"id": "netw_loc_london"}),
    Scenario("read free addresses completely", _IP_ADDRESSES, {"allocated": False, "full": True}),
    Scenario("read an address", _IP_ADDRESSES, {"address": "192.0.2.11"}),
    Scenario("read addresses by label in check mode", _IP_ADDRESSES, {"labels": ["web"], "check": True}),
    Scenario("read one by reference", _INFO, {"api_reference": "web", "include_rules": True}, _one_with_rules),
    Scenario("read one by id", _INFO, {"id": "lb_1", "full": True, "include_rules": True}, _one_with_rules),
    Scenario("read a list of several pages", _INFO, {}, _many, _SMALL_PAGES),
    Scenario("read several completely", _INFO, {"full": True, "annotations": [{"key": "team"}]}, _annotated),
    Scenario("read a virtual machine", _MACHINES, {"fqdn": "web-a.acme.katapult.cloud"}),
    Scenario("read annotated virtual machines", _MACHINES, {"annotations": [{"key": "team"}]}, _annotated_machine),
    Scenario("read tagged virtual machines", _MACHINES, {"tags": ["web"], "groups": ["web"]}),
    Scenario("read virtual machine groups", _GROUPS, {}),
    Scenario("read a virtual machine group", _GROUPS, {"id": "vmgrp_web"}),
    Scenario("read tags of several pages", _TAGS, {}, _many_tags, _SMALL_PAGES),
    Scenario("read a tag completely", _TAGS, {"name": "web", "full": True}),
    Scenario("read certificates completely", _CERTIFICATES, {"full": True}),
    Scenario("read data centers", _CENTERS, {}),
    Scenario("read a data center", _CENTERS, {"permalink": "uk-lon-01"}),
    Scenario("read organizations", _ORGANIZATIONS, {}),
    Scenario("read an organization in check mode", _ORGANIZATIONS, {"sub_domain": "acme", "check": True}),
)
