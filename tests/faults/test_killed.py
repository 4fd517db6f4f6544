# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process is terminated during a task, before or after any of its requests. The next run completes the work."""

from __future__ import annotations

import itertools

import pytest
from scenarios import SCENARIOS, state, undisturbed

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result


class Killed(BaseException):
    """The end of the process, which no code may catch."""


WRITING = [scenario for scenario in SCENARIOS if not scenario.checks and undisturbed(scenario)[0].changed]
MOMENTS = [
    (scenario, number, carried_out)
    for scenario in WRITING
    for number, carried_out in itertools.product(range(len(scenario.places())), (False, True))
]


def _kill_at(runner, number, carried_out):
    """End the process at the request with this number, before or directly after it is executed."""
    send, numbers = runner.send, itertools.count()

    def deadly(*request):
        if next(numbers) != number:
            return send(*request)
        if carried_out:
            send(*request)
        raise Killed

    runner.send = deadly


@pytest.mark.parametrize(
    ("scenario", "number", "carried_out"),
    MOMENTS,
    ids=["%s: request %d%s" % (scenario.name, number + 1, ", executed" * done) for scenario, number, done in MOMENTS],
)
def test_the_run_after_a_terminated_one_completes_the_work(scenario, number, carried_out):
    _result, desired = undisturbed(scenario)[:2]
    runner = scenario.runner(unique_references=False, unique_ports=False)
    send = runner.send
    _kill_at(runner, number, carried_out)
    with pytest.raises(Killed):
        scenario.attempt(runner)
    runner.send = send
    assert isinstance(scenario.attempt(runner), Result)
    assert state(runner) == desired
    runner.simulator.requests.clear()
    assert not scenario.attempt(runner).changed
    assert not runner.written()
