# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process ends in the middle of a task, before or after any of its requests. The next run finishes the work."""

from __future__ import annotations

import itertools

import pytest
from scenarios import SCENARIOS, state, undisturbed

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result


class Killed(BaseException):
    """The end of the process: nothing may catch it."""


WRITING = [scenario for scenario in SCENARIOS if not scenario.checks and undisturbed(scenario)[0].changed]
MOMENTS = [
    (scenario, number, carried_out)
    for scenario in WRITING
    for number, carried_out in itertools.product(range(len(scenario.places())), (False, True))
]


def _kill_at(desk, number, carried_out):
    """Let the process end at the request with this number, before it is carried out or right after."""
    send, numbers = desk.send, itertools.count()

    def deadly(*request):
        if next(numbers) != number:
            return send(*request)
        if carried_out:
            send(*request)
        raise Killed

    desk.send = deadly


@pytest.mark.parametrize(
    ("scenario", "number", "carried_out"),
    MOMENTS,
    ids=[
        "%s: request %d%s" % (scenario.name, number + 1, ", carried out" * done) for scenario, number, done in MOMENTS
    ],
)
def test_the_run_after_a_kill_finishes_the_work(scenario, number, carried_out):
    _result, asked_for = undisturbed(scenario)[:2]
    desk = scenario.desk(unique_references=False, unique_ports=False)
    send = desk.send
    _kill_at(desk, number, carried_out)
    with pytest.raises(Killed):
        scenario.attempt(desk)
    desk.send = send
    assert isinstance(scenario.attempt(desk), Result)
    assert state(desk) == asked_for
    desk.simulator.requests.clear()
    assert not scenario.attempt(desk).changed
    assert not desk.written()
