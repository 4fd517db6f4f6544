# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix: every request of every task, with everything that can go wrong with it, once and for good.

The cells are made, not written down: the requests are those that each task sends when nothing goes wrong.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import typing as t
from dataclasses import dataclass

import pytest
from scenarios import SCENARIOS, Place, Scenario, TaskOutcome, shown, state, undisturbed
from troubles import TROUBLES, Trouble

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import Desk

TIMEOUT = 60.0  # seconds: api_timeout
BUDGET = 120.0  # seconds: api_retry_timeout
UNTIL_THE_NEXT_RUN = 90.0  # seconds: longer than anything that was sent can still be on its way

_HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(_HERE, *[os.pardir] * 2, "docs", "errors.md"), encoding="utf-8") as guide:
    # What a person can look up; but for no trouble may the collection show a bug of its own.
    DOCUMENTED = set(re.findall(r"^\| `(\w+)` ", guide.read(), re.MULTILINE)) - {
        "internal_error",
        "write_in_check_mode",
    }


@dataclass(frozen=True)
class Often:
    """How often something goes wrong, and how long the task may wait for it to pass."""

    name: str
    times: int | None
    budget: float


OFTEN = (Often("once", 1, BUDGET), Often("for good", None, BUDGET), Often("once, with no time to wait", 1, 0.0))


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix."""

    scenario: Scenario
    place: Place
    trouble: Trouble
    often: Often
    unique: bool

    def named(self) -> str:
        unique = "" if self.unique else ", nothing refused"
        return "%s: %s: %s, %s%s" % (self.scenario.name, self.place.named(), self.trouble.name, self.often.name, unique)


def _cells() -> t.Iterator[Cell]:
    for scenario in SCENARIOS:
        for place, trouble, often in itertools.product(scenario.places(), TROUBLES, OFTEN):
            if place.method in trouble.meets:
                # An API that refuses nothing would let a second create through; for other requests it is the same.
                for unique in (True, False) if place.method == "POST" else (True,):
                    yield Cell(scenario, place, trouble, often, unique)


CELLS = tuple(_cells())


@pytest.mark.parametrize("cell", CELLS, ids=Cell.named)
def test_whatever_goes_wrong_nothing_is_doubled_lost_or_hidden(cell: Cell) -> None:
    scenario = cell.scenario
    expected, asked_for, requests = undisturbed(scenario)
    desk = scenario.desk(unique_references=cell.unique, unique_ports=cell.unique)
    before = state(desk)
    cell.trouble.strike(desk, cell.place, cell.often.times)

    outcome = scenario.attempt(desk, timeout=TIMEOUT, budget=cell.often.budget)

    # Each request may take its time once; everything after that is waiting, and a last try has a second at least.
    assert desk.time.passed <= requests * TIMEOUT + cell.often.budget + 2.0
    after = state(desk)
    shown(outcome)
    if isinstance(outcome, Result):
        assert outcome.as_dict() == expected.as_dict()
        assert scenario.checks or after == asked_for
    else:
        _check_failure(outcome, changed=after != before)
    if scenario.checks:
        assert after == before and not desk.written()

    _check_later_runs(scenario, desk, asked_for)


def _check_failure(failure: KatapultError, changed: bool) -> None:
    """A failure can be told apart by a program, says whether the task may be run again, and hides no change."""
    result = json.loads(json.dumps(failure.result()))
    assert result["error"]["code"] in DOCUMENTED
    assert "unning the task again is safe" in result["msg"], result["msg"]
    if result["changed"]:
        assert changed
    elif changed:
        assert "is not known" in result["msg"], result["msg"]


def _check_later_runs(scenario: Scenario, desk: Desk, asked_for: dict[str, t.Any]) -> None:
    """The next run makes everything as asked for, and the one after that finds nothing to do."""
    desk.simulator.faults.clear()
    desk.unreachable.clear()
    desk.time.passed += UNTIL_THE_NEXT_RUN
    desk.simulator.requests.clear()
    second = scenario.attempt(desk)
    assert isinstance(second, Result), second
    assert state(desk) == asked_for
    shown(second)
    desk.simulator.requests.clear()
    third: TaskOutcome = scenario.attempt(desk)
    assert isinstance(third, Result) and (scenario.checks or not third.changed)
    assert not desk.written()
