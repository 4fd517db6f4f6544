# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every request that the modules sent in the integration tests matches the OpenAPI document."""

from __future__ import annotations

import json

import pytest
from exceptions import REQUESTS, listed
from judge import name_of, report, request_problems
from known import NEWER_OPERATIONS, OPERATIONS, SIMULATED

OPERATION_NAMES = sorted(name_of(operation) for operation in OPERATIONS)
SIMULATED_NAMES = sorted(name_of(operation) for operation in SIMULATED)
NEWER_NAMES = sorted(name_of(operation) for operation in NEWER_OPERATIONS)
NO_OPERATION = "no operation of the document"


def about(exchange):
    """The name of an exchange's operation."""
    return name_of(exchange.operation) if exchange.operation else NO_OPERATION


@pytest.mark.parametrize("name", [*SIMULATED_NAMES, NO_OPERATION])
def test_requests_are_documented(document_of, traffic, name, record_property):
    document = document_of(name in NEWER_NAMES)
    sent = [exchange for exchange in traffic if about(exchange) == name]
    record_property("requests", len(sent))
    faults = [
        (problem, "%s %s %s" % (exchange.path, json.dumps(exchange.query), json.dumps(exchange.body)))
        for exchange in sent
        for problem in request_problems(document, exchange) - listed(REQUESTS)
    ]
    assert not faults, report(faults)


@pytest.mark.parametrize("name", OPERATION_NAMES)
def test_every_operation_was_used(traffic, name):
    """An operation that no integration test uses is not covered by these tests."""
    assert name in {about(exchange) for exchange in traffic}, "No integration test uses this operation."


def test_requests_are_counted(document, traffic, record_testsuite_property):
    record_testsuite_property("requests", len(traffic))
    record_testsuite_property("api_version", document.version)
