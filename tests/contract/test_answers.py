# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The responses of the simulator match the OpenAPI document, except for the listed deviations."""

from __future__ import annotations

import json

import pytest
from exceptions import NEWER, RECORDED_RESPONSES, RESPONSES, listed
from judge import report, response_problems
from test_requests import NEWER_NAMES, NO_OPERATION, SIMULATED_NAMES, about

LONGEST = 1000  # characters of a response in the message of a failure


def faults_of(document, exchanges, seen):
    """The problems of some responses that are not listed as deviations."""
    return [
        (problem, "%s %s" % (exchange.status, json.dumps(exchange.answer)[:LONGEST]))
        for exchange in exchanges
        for problem in response_problems(document, exchange) - listed(seen)
    ]


@pytest.mark.parametrize("name", [*SIMULATED_NAMES, NO_OPERATION])
def test_responses_of_the_simulator_are_documented(document_of, traffic, name, record_property):
    document = document_of(name in NEWER_NAMES)
    responses = [exchange for exchange in traffic if about(exchange) == name and exchange.own]
    record_property("responses", len(responses))
    faults = faults_of(document, responses, RESPONSES)
    assert not faults, report(faults)


@pytest.mark.parametrize("name", SIMULATED_NAMES)
def test_recorded_responses_are_documented(document_of, recordings, name, record_property):
    document = document_of(name in NEWER_NAMES)
    found = [one for exchanges in recordings.values() for one in exchanges if one.operation and not one.interrupted]
    responses = [one for one in found if about(one) == name]
    record_property("recorded_responses", len(responses))
    if not responses:
        pytest.skip("There is no recording of this operation.")
    faults = [one for one in faults_of(document, responses, RECORDED_RESPONSES) if one[0].what not in NEWER]
    assert not faults, report(faults)


def test_responses_are_counted(traffic, record_testsuite_property):
    own = [exchange for exchange in traffic if exchange.own]
    assert own
    record_testsuite_property("responses", len(own))
    record_testsuite_property("responses_injected_by_tests", len(traffic) - len(own))
