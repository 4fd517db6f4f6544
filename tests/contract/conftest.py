# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the contract tests: the OpenAPI document, the traffic of the integration tests, and the recordings.

The environment variables with their paths are described in CONTRIBUTING.md; noxfile.py sets KATAPULT_TRAFFIC.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from document import Document, load
from exchanges import Exchange, recordings, traffic
from known import NEWER_KINDS, NEWER_OPERATIONS
from newer import newer_document


def _named(variable: str) -> str:
    if not os.environ.get(variable):
        pytest.skip("%s is not set, see CONTRIBUTING.md" % variable)
    return os.environ[variable]


@pytest.fixture(scope="session", name="document")
def fixture_document() -> Document:
    return load(_named("KATAPULT_OPENAPI"))


@pytest.fixture(scope="session", name="newer")
def fixture_newer(document) -> Document | None:
    """The description of the operations that are newer than the document, if there is one."""
    where = os.environ.get("KATAPULT_OPENAPI_NEWER")
    return newer_document(where, document) if where else None


@pytest.fixture(scope="session", name="document_of")
def fixture_document_of(document, newer):
    """A function that returns the description of an operation's version of the API; skips a test of a newer operation without one."""

    def of(is_newer: bool) -> Document:
        if is_newer and newer is None:
            pytest.skip("KATAPULT_OPENAPI_NEWER is not set. %s" % " ".join(NEWER_KINDS.values()))
        return newer if is_newer else document

    return of


@pytest.fixture(scope="session", name="judged_by")
def fixture_judged_by(document, newer):
    """A function that returns the description of an exchange's version of the API, if there is one."""
    return lambda exchange: newer if exchange.operation in NEWER_OPERATIONS else document


@pytest.fixture(scope="session", name="traffic")
def fixture_traffic() -> list[Exchange]:
    """All requests and responses of the integration tests."""
    found = traffic(Path(_named("KATAPULT_TRAFFIC")))
    assert found, "There is no recorded traffic: run all integration tests first."
    return found


@pytest.fixture(scope="session", name="recordings")
def fixture_recordings() -> dict[str, list[Exchange]]:
    """All recordings of the real API, by folder and file name."""
    found = recordings(_named("KATAPULT_RECORDINGS"))
    assert found, "There are no recordings in the folders of KATAPULT_RECORDINGS."
    return found


# The recorded exchanges: those that were compared, those of operations that are not simulated, and interrupted ones
_COMPARED: Counter[str] = Counter()
_NOT_SIMULATED: Counter[str] = Counter()
_INTERRUPTED: Counter[str] = Counter()


@pytest.fixture(name="count_exchanges")
def fixture_count_exchanges():
    """A function that counts the exchanges of a recording for the summary."""

    def count(exchanges: list[Exchange]) -> None:
        for one in exchanges:
            counter = _NOT_SIMULATED if not one.operation else _INTERRUPTED if one.interrupted else _COMPARED
            counter["%s %s" % (one.operation or (one.method, _without_ids(one.path)))] += 1

    return count


def _without_ids(path: str) -> str:
    return re.sub(r"/(_|[a-z]+_[A-Za-z0-9]{16})(?=/|$)", "/{id}", path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report how many recorded exchanges were compared, and which ones could not be, by operation."""
    for counter, title in (
        (_COMPARED, "compared"),
        (_INTERRUPTED, "not compared: the server was overloaded or failed"),
        (_NOT_SIMULATED, "not compared: their operations are not simulated"),
    ):
        if counter:
            terminalreporter.section("%d recorded exchanges %s" % (sum(counter.values()), title))
            for operation, number in sorted(counter.items()):
                terminalreporter.line("%6d  %s" % (number, operation))
