# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator responds to recorded requests like the real API. Operations that are not simulated are only counted."""

from __future__ import annotations

import os

import pytest
from exceptions import BY_SHAPE, DIFFERENCES
from exchanges import recordings
from judge import report
from replay import replay

NAMES = list(recordings(os.environ.get("KATAPULT_RECORDINGS", "")))


def played(exchanges):
    """Each recorded exchange of a simulated operation, with the differences of the simulated response."""
    simulated = replay(exchanges)
    for exchange in exchanges:
        simulated.state.learn(exchange)
        if exchange.operation:
            yield exchange, simulated.differences(exchange)


@pytest.mark.parametrize("name", NAMES or ["no recordings"])
def test_responses_match_the_recording(recordings, name, record_property, count_exchanges):
    exchanges = list(played(recordings[name]))
    record_property("recorded_exchanges", len(exchanges))
    count_exchanges(recordings[name])
    faults = [
        (difference, "%d: %s %s" % (number, exchange.method, exchange.path))
        for number, (exchange, differences) in enumerate(exchanges)
        for difference in differences
    ]
    assert not faults, report(faults)


def test_every_permitted_difference_has_a_reason():
    assert all(reason.endswith(".") for reason in (*DIFFERENCES.values(), *BY_SHAPE.values()))
