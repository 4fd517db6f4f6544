# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the simulator importable, and gives each test its own home. The simulator is part of the integration targets, because ansible-test
copies only these."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile

import pytest

_TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(_TESTS, "integration", "targets", "setup_simulator", "files"))

# Set at once, because the fault tests already run tasks when they are collected.
_HOME = tempfile.TemporaryDirectory(prefix="katapult.cloud-")
os.environ["ANSIBLE_HOME"] = _HOME.name
_NUMBERS = itertools.count()  # they start again in each process into which ansible-test forks


@pytest.fixture(autouse=True)
def fixture_own_home(monkeypatch):
    """Without what other tests have left for later tasks of the same user, because simulators repeat their IDs and URLs.

    It is created when it is needed. The fixture tmp_path would take longer than many tests.
    """
    monkeypatch.setenv("ANSIBLE_HOME", os.path.join(_HOME.name, "%d-%d" % (os.getpid(), next(_NUMBERS))))
