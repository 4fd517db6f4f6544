# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator answers as the document says, but for the listed places where the recordings show the document to be wrong."""

from __future__ import annotations

import json

import pytest
from exceptions import ANSWERS, RECORDED_ANSWERS, listed
from judge import MISSING, UNDOCUMENTED, answer_problems, told
from test_requests import NO_OPERATION, OPERATION_NAMES, about

LONGEST = 1000  # characters of an answer that a failure repeats


def faults_of(document, exchanges, seen):
    """What is wrong with some answers and not listed."""
    return [
        (problem, "%s %s" % (exchange.status, json.dumps(exchange.answer)[:LONGEST]))
        for exchange in exchanges
        for problem in answer_problems(document, exchange) - listed(seen)
    ]


@pytest.mark.parametrize("name", [*OPERATION_NAMES, NO_OPERATION])
def test_answers_of_the_simulator_are_documented(document, traffic, name, record_property):
    answers = [exchange for exchange in traffic if about(exchange) == name and exchange.own]
    record_property("answers", len(answers))
    faults = faults_of(document, answers, ANSWERS)
    assert not faults, told(faults)


@pytest.mark.parametrize("name", OPERATION_NAMES)
def test_recorded_answers_are_documented(document, recordings, name, record_property):
    answers = [one for exchanges in recordings.values() for one in exchanges if one.operation and about(one) == name]
    record_property("recorded_answers", len(answers))
    if not answers:
        pytest.skip("Nothing of it is recorded.")
    # A recording may be older or newer than the document.
    faults = [
        one for one in faults_of(document, answers, RECORDED_ANSWERS) if one[0].what not in (MISSING, UNDOCUMENTED)
    ]
    assert not faults, told(faults)


def test_the_answers_are_counted(traffic, record_testsuite_property):
    own = [exchange for exchange in traffic if exchange.own]
    assert own
    record_testsuite_property("answers", len(own))
    record_testsuite_property("answers_made_up_by_tests", len(traffic) - len(own))
