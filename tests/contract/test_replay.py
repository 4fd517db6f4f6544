# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator responds to recorded requests like the real API. Operations that are not simulated are only counted."""

from __future__ import annotations

import os
import re

import pytest
from exceptions import ASSIGNED, BY_ITSELF, BY_SHAPE, BY_TASK, DERIVED, DIFFERENCES, UPLOADED
from exchanges import recordings
from judge import report
from katapult_simulator.kinds import KINDS
from replay import played

NAMES = list(recordings(os.environ.get("KATAPULT_RECORDINGS", "")))


@pytest.mark.parametrize("name", NAMES or ["no recordings"])
def test_responses_match_the_recording(recordings, name, record_property, count_exchanges):
    exchanges = played(recordings[name])
    record_property("recorded_exchanges", len(exchanges))
    count_exchanges(recordings[name])
    faults = [
        (difference, "%d: %s %s" % (number, exchange.method, exchange.path))
        for number, (exchange, differences) in enumerate(exchanges)
        for difference in differences
    ]
    assert not faults, report(faults)


def test_every_permitted_difference_has_a_reason():
    rules = (DIFFERENCES, ASSIGNED, UPLOADED, BY_SHAPE, DERIVED, BY_ITSELF, BY_TASK)
    assert all(reason.endswith(".") for one in rules for reason in one.values())


def test_every_rule_is_about_a_field():
    fields = {name for kind in KINDS for name in re.findall(r"\w+", kind.fields)}
    assert fields >= {path.split(".")[-1] for one in (ASSIGNED, UPLOADED, BY_SHAPE, BY_ITSELF, BY_TASK) for path in one}
