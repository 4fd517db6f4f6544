# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""While a task changes a security group, nothing is permitted at any moment that is permitted neither before nor afterwards.

A task that fails on the way, at any request, leaves the security group in one of these states, too.
"""

from __future__ import annotations

import itertools
import typing as t

from generated import SETTINGS
from hypothesis import given
from hypothesis import strategies as st
from katapult_simulator.kinds.security_group import Rule, SecurityGroup

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import TASKS
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import TaskRunner

PORTS = ("80", "443", "80,443", "")
TARGETS = ("192.0.2.1", "192.0.2.0/24", "198.51.100.0/24")
FLOWS = list(
    itertools.product(
        ("vm_a", "vm_b"),
        ("inbound", "outbound"),
        ("TCP", "UDP"),
        ("80", "443"),
        ("192.0.2.1", "192.0.2.9", "198.51.100.7"),
    )
)
Flow = t.Tuple[str, str, str, str, str]

RULES = st.lists(
    st.fixed_dictionaries(
        {
            "direction": st.sampled_from(["inbound", "outbound"]),
            "protocol": st.sampled_from(["TCP", "UDP"]),
            "action": st.sampled_from(["allow", "allow", "deny"]),
            "ports": st.sampled_from(PORTS),
            "targets": st.lists(st.sampled_from(TARGETS), max_size=2, unique=True),
            "notes": st.sampled_from(["", "note"]),
        }
    ),
    max_size=4,
)
ASSOCIATIONS = st.lists(st.sampled_from(["vm_a", "vm_b"]), max_size=2, unique=True)
OPEN = st.sampled_from([False, False, False, True])
STATES = st.tuples(RULES, ASSOCIATIONS, OPEN, OPEN)
State = t.Tuple[t.List[t.Dict[str, t.Any]], t.List[str], bool, bool]


def _reaches(target: str, address: str) -> bool:
    return target == address or (target.endswith("/24") and target.rpartition(".")[0] == address.rpartition(".")[0])


def _applies(rule: Rule, flow: Flow) -> bool:
    _member, direction, protocol, port, address = flow
    ports = rule.ports.split(",") if rule.ports else [port]
    return (
        (rule.direction, rule.protocol) == (direction, protocol)
        and port in ports
        and any(_reaches(target, address) for target in rule.targets)
    )


def permitted(runner: TaskRunner) -> set[Flow]:
    """All traffic that the security group permits: what a rule allows and none denies."""
    world = runner.simulator.world
    groups = list(world.security_groups.values())
    if not groups:
        return set()
    (group,) = groups
    rules = list(world.security_group_rules.values())
    found = set()
    for flow in FLOWS:
        applying = [rule for rule in rules if _applies(rule, flow)]
        is_open = getattr(group, "allow_all_%s" % flow[1])
        allowed = is_open or any(rule.action == "allow" for rule in applying)
        if flow[0] in group.associations and allowed and not any(rule.action == "deny" for rule in applying):
            found.add(flow)
    return found


def _world(before: t.Optional[State]) -> TaskRunner:
    runner = TaskRunner()
    world = runner.simulator.world
    world.security_groups.clear()
    world.security_group_rules.clear()
    if before is not None:
        rules, associations, inbound, outbound = before
        world.security_groups["sg_1"] = SecurityGroup("sg_1", "web", "org_acme", inbound, outbound, list(associations))
        for number, rule in enumerate(_possible(rules, inbound, outbound)):
            world.security_group_rules["sgr_%d" % number] = Rule("sgr_%d" % number, "sg_1", **rule)
    return runner


def _possible(rules: list[dict[str, t.Any]], inbound: bool, outbound: bool) -> list[dict[str, t.Any]]:
    """The rules without those of a direction that is open."""
    is_open = {"inbound": inbound, "outbound": outbound}
    return [dict(rule, targets=list(rule["targets"])) for rule in rules if not is_open[rule["direction"]]]


def _task(after: State) -> dict[str, t.Any]:
    rules, associations, inbound, outbound = after
    properties = {"name": "web", "associations": list(associations)}
    properties.update(allow_all_inbound=inbound, allow_all_outbound=outbound)
    return {"properties": properties, "rules": _possible(rules, inbound, outbound), "allow_no_rules": True}


def _run(before: t.Optional[State], after: State, failing: int) -> t.Optional[tuple[TaskRunner, list[set[Flow]]]]:
    """Run the task; returns the traffic that is permitted before it and after each of its writes. None if it is rejected.

    :param failing: the number of writes after which the connection fails, and nothing more is executed.
    """
    runner = _world(before)
    seen, send = [permitted(runner)], runner.send

    def watched(*request: t.Any) -> t.Any:
        if request[0] == "GET":
            return send(*request)
        if len(seen) > failing:
            runner.fail(method=request[0], answer="lost", carried_out=False, times=None)
        try:
            return send(*request)
        finally:
            seen.append(permitted(runner))

    runner.send = watched  # type: ignore[method-assign]
    try:
        runner.run_task(TASKS["security_group"], budget=0, **_task(after))
    except TaskRefused:
        return None
    except KatapultError:
        assert len(seen) > failing
    runner.send = send  # type: ignore[method-assign]
    runner.simulator.faults.clear()
    return runner, seen


@given(st.one_of(st.none(), STATES), STATES, st.integers(0, 12))
@SETTINGS
def test_never_more_is_permitted_than_before_or_afterwards(
    before: t.Optional[State], after: State, failing: int
) -> None:
    outcome = _run(before, after, failing)
    if outcome is None:
        return
    runner, seen = outcome
    runner.run_task(TASKS["security_group"], **_task(after))  # after a failure, running it again completes it
    at_last = permitted(runner)
    assert all(now <= seen[0] | at_last for now in seen)
    assert not runner.run_task(TASKS["security_group"], **_task(after)).changed
    assert len(runner.simulator.world.security_groups) == 1


@given(STATES, STATES)
@SETTINGS
def test_what_is_permitted_before_and_afterwards_is_not_interrupted(before: State, after: State) -> None:
    if any(there and not wanted for there, wanted in zip(before[2:], after[2:])):
        return  # Katapult refuses rules until the direction is closed
    outcome = _run(before, after, 99)
    if outcome is None:
        return
    runner, seen = outcome
    changed = [one for one in runner.simulator.requests if one["method"] == "PATCH" and one["path"].endswith("_rule")]
    if len(changed) < 2:  # traffic that moves from one changed rule to another waits for the second request
        assert all(seen[0] & seen[-1] <= now for now in seen)
