# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix: every request of every task, with every possible fault, once and permanently.

The test cases are generated: the requests are those that each task sends without a fault.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import typing as t
from dataclasses import dataclass

import pytest
from faults import FAULTS, Fault
from generated import COMPLETE
from scenarios import SCENARIOS, Place, Scenario, TaskOutcome, comparable, shown, state, undisturbed

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import TaskRunner

TIMEOUT = 60.0  # seconds: api_timeout
BUDGET = 120.0  # seconds: api_retry_timeout
UNTIL_THE_NEXT_RUN = 90.0  # seconds: longer than any request can still be in transit

_HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(_HERE, *[os.pardir] * 2, "docs", "errors.md"), encoding="utf-8") as guide:
    # The documented error codes; no fault may cause one that means a bug of the collection.
    DOCUMENTED = set(re.findall(r"^\| `(\w+)` ", guide.read(), re.MULTILINE)) - {
        "internal_error",
        "write_in_check_mode",
    }


@dataclass(frozen=True)
class Frequency:
    """How often a fault occurs, and how long the task may wait for its end."""

    name: str
    times: int | None
    budget: float


FREQUENCIES = (
    Frequency("once", 1, BUDGET),
    Frequency("permanently", None, BUDGET),
    Frequency("once, without a retry budget", 1, 0.0),
)


@dataclass(frozen=True)
class Case:
    """One test case of the matrix."""

    scenario: Scenario
    place: Place
    fault: Fault
    frequency: Frequency
    unique: bool

    def named(self) -> str:
        unique = "" if self.unique else ", duplicates accepted"
        return "%s: %s: %s, %s%s" % (
            self.scenario.name,
            self.place.named(),
            self.fault.name,
            self.frequency.name,
            unique,
        )


def _cases() -> t.Iterator[Case]:
    for scenario in SCENARIOS:
        for place, (number, fault) in itertools.product(scenario.places(), enumerate(FAULTS)):
            if place.method not in fault.methods:
                continue
            turn = number + len(scenario.name) + place.skip
            # Only what creates something is different if it is repeated. A read has the same effect for all scenarios, in turn.
            if place.method == "GET" and turn % 2 and not COMPLETE:
                continue
            some = (FREQUENCIES[turn % len(FREQUENCIES)],)
            for frequency in FREQUENCIES if place.creates or COMPLETE else some:
                yield Case(scenario, place, fault, frequency, unique=True)
            # An API that accepts duplicates would accept a second create request; for other requests there is no difference.
            for frequency in (FREQUENCIES if COMPLETE else some) if place.creates else ():
                yield Case(scenario, place, fault, frequency, unique=False)


CASES = tuple(_cases())


@pytest.mark.parametrize("case", CASES, ids=Case.named)
def test_no_fault_causes_duplicates_losses_or_hidden_changes(case: Case) -> None:
    scenario = case.scenario
    expected, desired, requests = undisturbed(scenario)
    runner = scenario.runner(unique_references=case.unique, unique_ports=case.unique)
    before = state(runner)
    case.fault.activate(runner, case.place, case.frequency.times)

    outcome = scenario.attempt(runner, timeout=TIMEOUT, budget=case.frequency.budget)

    # Each request may take its timeout once; everything after that is waiting, and the last attempt has at least a second.
    waiting = scenario.task.get("wait_timeout", 0.0)
    assert runner.time.passed <= requests * TIMEOUT + case.frequency.budget + waiting + 2.0
    after = state(runner)
    shown(outcome)
    if isinstance(outcome, Result):
        assert result_of(scenario, outcome) == result_of(scenario, expected)
        assert scenario.checks or after == desired
    else:
        _check_failure(outcome, changed=after != before)
    if scenario.checks:
        assert after == before and not runner.written()

    _check_later_runs(scenario, runner, desired)


def result_of(scenario: Scenario, outcome: Result) -> t.Any:
    """The result of a task, without what depends on the number and the times of its requests."""
    result = comparable(outcome.as_dict())
    if scenario.task.get("wait") is False:  # background work has not ended
        result = json.loads(re.sub(r'"state": "\w+"', '"state": null', json.dumps(result)))
    return result


def _check_failure(failure: KatapultError, changed: bool) -> None:
    """A failure has a documented code, states whether the task may be run again, and reports every change."""
    result = json.loads(json.dumps(failure.result()))
    assert result["error"]["code"] in DOCUMENTED
    # An address that may have been released may be given to somebody else before the next run.
    lost = result["error"]["method"] == "DELETE" and result["error"]["path"] == "/ip_addresses/ip_address"
    lost = lost and "is not known" in result["msg"]
    expected = (
        "efore you run the task again, check what has the IP address" if lost else "unning the task again is safe"
    )
    assert expected in result["msg"], result["msg"]
    if result["changed"]:
        assert changed
    elif changed:
        assert "is not known" in result["msg"], result["msg"]


def _check_later_runs(scenario: Scenario, runner: TaskRunner, desired: dict[str, t.Any]) -> None:
    """The next run reaches the desired state, and the one after that changes nothing."""
    runner.simulator.faults.clear()
    runner.unreachable.clear()
    runner.time.passed += UNTIL_THE_NEXT_RUN
    runner.simulator.requests.clear()
    second = scenario.attempt(runner)
    assert isinstance(second, Result), second
    assert state(runner) == desired
    shown(second)
    runner.simulator.requests.clear()
    third: TaskOutcome = scenario.attempt(runner)
    assert isinstance(third, Result) and (scenario.checks or not third.changed)
    assert not runner.written()
