# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of every pair of current and desired state: one run reaches the desired state, and a second run has no steps."""

from __future__ import annotations

import typing as t

from generated import SETTINGS, WORDS, some_of
from hypothesis import given
from hypothesis import strategies as st
from katapult_simulator.kinds.load_balancer import LoadBalancer, effective_members, shown_weights
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import TaskRunner

MEMBERS = {
    "virtual_machines": ["vm_%s" % letter for letter in "abcdef"],
    "virtual_machine_groups": ["vmgrp_web", "vmgrp_empty"],
    "tags": ["tag_web", "tag_api"],
}
WEIGHTS = st.integers(0, 1000)
PORTS = st.integers(1, 65535)
ANNOTATIONS = st.dictionaries(WORDS, WORDS, max_size=3)


def subset(items: t.Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items), unique=True) if items else st.just([])


def chosen(**options: st.SearchStrategy[t.Any]) -> st.SearchStrategy[dict[str, t.Any]]:
    """Some of the options, each with a value."""
    return st.fixed_dictionaries({}, optional=options)


@st.composite
def balancers(draw: st.DrawFn) -> dict[str, t.Any]:
    """The values of an existing load balancer."""
    kind = draw(st.sampled_from(sorted(MEMBERS)))
    return {
        "name": draw(WORDS),
        "resource_type": kind,
        "resource_ids": draw(subset(MEMBERS[kind])),
        "https_redirect": draw(st.booleans()),
        "enable_weighting": draw(st.booleans()),
        "standby_vms": draw(subset(MEMBERS["virtual_machines"])),
        "weights": draw(st.dictionaries(st.sampled_from(MEMBERS["virtual_machines"]), WEIGHTS)),
        "annotations": draw(ANNOTATIONS),
    }


@st.composite
def tasks(draw: st.DrawFn, found: dict[str, t.Any]) -> dict[str, t.Any]:
    """A task for a load balancer: some of its options; a new type is set together with its members."""
    properties = draw(
        chosen(
            name=WORDS,
            https_redirect=st.booleans(),
            enable_weighting=st.booleans(),
            standby_vms=subset(MEMBERS["virtual_machines"]),
        )
    )
    kind = found["resource_type"]
    members = draw(st.sampled_from(["kept", "given", "of another type"]))
    if members == "of another type":
        kind = properties["resource_type"] = draw(st.sampled_from(sorted(MEMBERS)))
    if members != "kept":
        properties["resource_ids"] = draw(subset(MEMBERS[kind]))
    weighed = _effective(kind, properties.get("resource_ids", found["resource_ids"]))
    weights = draw(some_of(weighed, WEIGHTS))
    task = {"properties": properties}
    if weights or draw(st.booleans()):
        task["weights"] = [{"virtual_machine_id": name, "weight": weight} for name, weight in weights.items()]
    if draw(st.booleans()):
        task["annotations"] = [{"key": key, "value": value} for key, value in draw(ANNOTATIONS).items()]
    return task


def _effective(kind: str, members: list[str]) -> list[str]:
    world = TaskRunner().simulator.world
    return effective_members(world, LoadBalancer("", "", "", "", "", "", None, kind, members))


@given(st.data(), balancers(), st.booleans())
@SETTINGS
def test_a_load_balancer_reaches_the_desired_state_and_nothing_else_changes(data, found, pairs_replace):
    task = data.draw(tasks(found))
    task["properties"]["api_reference"] = "web"
    task["allow_no_members"] = True
    runner = TaskRunner(assumptions=Assumptions(pairs_replace=pairs_replace))
    balancer = runner.existing(**found)
    weights_before = _weights(shown_weights(runner.simulator.world, balancer))

    predicted = runner.run(check=True, **task)
    assert not runner.written()
    result = runner.run(**task)
    written = runner.written()
    assert result.changed == predicted.changed == bool(written)
    assert len(written) <= 1

    expected = {**found, **task["properties"]}
    expected["annotations"] = {
        **found["annotations"],
        **{pair["key"]: pair["value"] for pair in task.get("annotations", [])},
    }
    for name in expected.keys() - {"weights", "api_reference"}:
        value = getattr(balancer, name)
        assert (set(value) == set(expected[name])) if isinstance(value, list) else (value == expected[name]), name
    weights = {**weights_before, **_weights(task.get("weights", []))}
    for name, weight in _weights(shown_weights(runner.simulator.world, balancer)).items():
        assert weight == weights.get(name, weight)

    _check_idempotence(runner, lambda: runner.run(**task), result)


def _weights(pairs: list[dict[str, t.Any]]) -> dict[str, int]:
    return {pair["virtual_machine_id"]: pair["weight"] for pair in pairs}


# Rules

RULES = {
    "destination_port": PORTS,
    "protocol": st.sampled_from(["HTTP", "HTTPS", "TCP"]),
    "algorithm": st.sampled_from(["round_robin", "least_connections", "sticky"]),
    "proxy_protocol": st.booleans(),
    "backend_ssl": st.booleans(),
    "check_enabled": st.booleans(),
    "check_interval": st.integers(1, 3600),
    "check_timeout": st.integers(1, 3600),
    "check_rise": st.integers(1, 100),
    "check_fall": st.integers(1, 100),
}
WHOLE_RULE = st.fixed_dictionaries(RULES)
FEW_PORTS = st.sampled_from([80, 81, 443, 8080, 65535])


@st.composite
def rule_tasks(draw: st.DrawFn, there: t.Container[int]) -> list[dict[str, t.Any]]:
    """The rules of a task: some options for a port that already has a rule; all required ones for another port."""
    ports = draw(st.lists(FEW_PORTS, unique=True))
    needed = {name: RULES[name] for name in ("destination_port", "protocol")}
    others = {name: of for name, of in RULES.items() if name not in needed}
    return [
        {
            "listen_port": port,
            **draw(chosen(**RULES) if port in there else st.fixed_dictionaries(needed, optional=others)),
        }
        for port in ports
    ]


@given(st.data(), st.dictionaries(FEW_PORTS, WHOLE_RULE), st.booleans())
@SETTINGS
def test_all_rules_reach_the_desired_state_and_nothing_else_changes(data, found, purge):
    wanted = data.draw(rule_tasks(found))
    runner = TaskRunner()
    runner.existing()
    for port, values in found.items():
        runner.rule(port, **values)
    before = {port: dict(values) for port, values in runner.rules().items()}
    task = {"properties": {"api_reference": "web"}, "rules": wanted, "purge_rules": purge}

    predicted = runner.run(check=True, **task)
    assert not runner.written()
    result = runner.run(**task)
    assert result.changed == predicted.changed == bool(runner.written())

    after = runner.rules()
    desired = {rule["listen_port"]: rule for rule in wanted}
    assert set(after) == (set(desired) if purge else set(desired) | set(before))
    for port, values in after.items():
        expected = {**before.get(port, {}), **desired.get(port, {})}
        assert {name: values[name] for name in expected} == expected

    _check_idempotence(runner, lambda: runner.run(**task), result)


@given(st.dictionaries(FEW_PORTS, WHOLE_RULE, max_size=2), FEW_PORTS, WHOLE_RULE, st.booleans())
@SETTINGS
def test_one_rule_reaches_the_desired_state_and_the_others_do_not_change(found, port, wanted, present):
    runner = TaskRunner()
    runner.existing()
    for at, values in found.items():
        runner.rule(at, **values)
    before = {at: dict(values) for at, values in runner.rules().items()}
    task = {"properties": {"listen_port": port, **wanted}, "state": "present" if present else "absent"}

    predicted = runner.run_rule(check=True, **task)
    result = runner.run_rule(**task)
    assert result.changed == predicted.changed == bool(runner.written())
    expected = {at: values for at, values in before.items() if at != port}
    after = runner.rules()
    assert {at: values for at, values in after.items() if at != port} == expected
    assert (port in after) == present
    if present:
        assert {name: after[port][name] for name in wanted} == wanted

    _check_idempotence(runner, lambda: runner.run_rule(**task), result if present else None)


def _check_idempotence(runner: TaskRunner, run: t.Callable[[], Result], first: Result | None) -> None:
    """A second run has no steps, and the result of the first run was correct."""
    runner.simulator.requests.clear()
    again = run()
    assert not again.changed and not runner.written()
    assert again.diff == []
    if first is not None:
        assert _common(first.values, again.values) == _common(again.values, first.values)


def _common(values: t.Any, other: t.Any) -> t.Any:
    """A value without the keys that the other does not have: an idempotent run may have read fewer fields of a rule."""
    if isinstance(values, dict) and isinstance(other, dict):
        return {name: _common(value, other[name]) for name, value in values.items() if name in other}
    if isinstance(values, list) and isinstance(other, list) and len(values) == len(other):
        return [_common(value, of) for value, of in zip(values, other)]
    return values
