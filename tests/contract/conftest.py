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


def _named(variable: str) -> str:
    if not os.environ.get(variable):
        pytest.skip("%s is not set, see CONTRIBUTING.md" % variable)
    return os.environ[variable]


@pytest.fixture(scope="session", name="document")
def fixture_document() -> Document:
    return load(_named("KATAPULT_OPENAPI"))


@pytest.fixture(scope="session", name="traffic")
def fixture_traffic() -> list[Exchange]:
    """All requests and responses of the integration tests."""
    found = traffic(Path(os.environ["KATAPULT_TRAFFIC"]))
    assert found, "There is no recorded traffic: run all integration tests first."
    return found


@pytest.fixture(scope="session", name="recordings")
def fixture_recordings() -> dict[str, list[Exchange]]:
    """All recordings of the real API, by folder and file name."""
    found = recordings(_named("KATAPULT_RECORDINGS"))
    assert found, "There are no recordings in the folders of KATAPULT_RECORDINGS."
    return found


_COUNTED: Counter[str] = Counter()
_NOT_SERVED: Counter[str] = Counter()


@pytest.fixture(name="count_exchanges")
def fixture_count_exchanges(record_property):
    """A function that counts the exchanges of a recording for the summary, by whether their operation is simulated."""

    def count(exchanges: list[Exchange]) -> None:
        ours = [one for one in exchanges if one.operation]
        others = Counter("%s %s" % (one.method, _without_ids(one.path)) for one in exchanges if not one.operation)
        _COUNTED.update(recordings=1, exchanges=len(ours))
        _NOT_SERVED.update(others)

    return count


def _without_ids(path: str) -> str:
    return re.sub(r"/[a-z0-9]+_[A-Za-z0-9]{16}(?=/|$)", "/{id}", path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report how many recorded exchanges were compared, and which belong to operations that are not simulated."""
    if _COUNTED["recordings"]:
        terminalreporter.section("recordings")
        found = (_COUNTED["recordings"], _COUNTED["exchanges"], sum(_NOT_SERVED.values()))
        terminalreporter.line("%d recordings: %d exchanges compared, %d of operations that are not simulated:" % found)
        for operation, number in sorted(_NOT_SERVED.items()):
            terminalreporter.line("%6d  %s" % (number, operation))
