# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator responds to recorded requests about virtual machines, and what belongs to them, like the real API."""

from __future__ import annotations

import os

import pytest
from exchanges import recordings
from judge import report
from translated import translated

NAMES = list(recordings(os.environ.get("KATAPULT_RECORDINGS", "")))


@pytest.mark.parametrize("name", NAMES or ["no recordings"])
def test_responses_about_machines_match_the_recording(recordings, name, record_property):
    exchanges = translated(recordings[name])
    record_property("recorded_exchanges", len(exchanges))
    faults = [
        (difference, "%d: %s %s" % (number, exchange.method, exchange.path))
        for number, (exchange, differences) in enumerate(exchanges)
        for difference in differences
    ]
    assert not faults, report(faults)
