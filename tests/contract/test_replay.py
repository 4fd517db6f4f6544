# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator answers recorded requests as the real API did, but for the listed differences."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from exceptions import BY_TYPE, DIFFERENCES, NULL_OR_NOT
from judge import told
from known import is_within
from replay import replay

NAMES = sorted(file.stem for file in Path(os.environ.get("KATAPULT_RECORDINGS") or os.devnull).glob("*.json"))


def played(exchanges, lenient=True):
    """For each recorded exchange on what the simulator knows, itself and how the simulator's answer differs."""
    simulated = replay(exchanges, lenient)
    found = []
    for exchange in exchanges:
        # What becomes of a virtual machine, and of its tags, is in no request to the simulator: it learns that even from
        # answers that it is compared with.
        simulated.learn(exchange)
        if exchange.operation:
            found.append((exchange, simulated.differences(exchange)))
    return found


@pytest.mark.parametrize("name", NAMES or ["no recordings"])
def test_a_recording_is_answered_as_it_was_recorded(recordings, name, record_property):
    exchanges = played(recordings[name])
    record_property("recorded_exchanges", len(exchanges))
    assert exchanges
    faults = [
        (difference, "%d: %s %s" % (number, exchange.method, exchange.path))
        for number, (exchange, differences) in enumerate(exchanges)
        for difference in differences - set(DIFFERENCES)
    ]
    assert not faults, told(faults)


@pytest.fixture(scope="session", name="differences")
def fixture_differences(recordings):
    """All differences there are, by whether the comparison was lenient."""
    return {
        lenient: {one for each in recordings.values() for _exchange, found in played(each, lenient) for one in found}
        for lenient in (True, False)
    }


@pytest.mark.parametrize("difference", DIFFERENCES, ids=["%s: %s" % (one.where, one.what) for one in DIFFERENCES])
def test_a_listed_difference_occurs(differences, difference):
    assert difference in differences[True], "It is not needed any more: take it off the list."


@pytest.mark.parametrize("path", [*BY_TYPE, *NULL_OR_NOT])
def test_what_is_compared_by_its_type_alone_does_differ(differences, path):
    assert any(is_within(difference.where, path) for difference in differences[False])


def test_the_recordings_are_counted(recordings, record_testsuite_property):
    ours = [one for exchanges in recordings.values() for one in exchanges if one.operation]
    record_testsuite_property("recordings", len(recordings))
    record_testsuite_property("recorded_exchanges", len(ours))
    record_testsuite_property("listed_differences", len(DIFFERENCES))
