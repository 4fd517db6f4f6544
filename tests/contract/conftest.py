# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the contract are about: the document, the traffic of the integration tests, and the recordings.

The variables that name them are set by ``make contract``, see dev/contract.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from document import Document, load
from exchanges import Exchange, recording, traffic


def _named(variable: str) -> str:
    if not os.environ.get(variable):
        pytest.skip("%s is not set: make contract says how to get what it names" % variable)
    return os.environ[variable]


@pytest.fixture(scope="session", name="document")
def fixture_document() -> Document:
    return load(_named("KATAPULT_OPENAPI"))


@pytest.fixture(scope="session", name="traffic")
def fixture_traffic() -> list[Exchange]:
    """All that was sent and answered in the integration tests."""
    found = traffic(Path(os.environ["KATAPULT_TRAFFIC"]))
    assert found, "The integration tests left no traffic behind: run them before, all of them."
    return found


@pytest.fixture(scope="session", name="recordings")
def fixture_recordings() -> dict[str, list[Exchange]]:
    """All that was recorded of the real API, by the name of the file."""
    files = sorted(Path(_named("KATAPULT_RECORDINGS")).glob("*.json"))
    assert files, "There is no recording in the folder that KATAPULT_RECORDINGS names."
    return {file.stem: recording(file) for file in files}
