# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the tests with generated data: always the same examples, so that failures are reproducible, and no time limit."""

from __future__ import annotations

import os
import typing as t

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# Whether the tests use all frequencies of faults and all examples for each scenario; otherwise, as many as a pull request needs
COMPLETE = os.environ.get("FAULTS") == "complete"

SETTINGS = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# For tests that run with the same examples for every scenario
OF_A_SCENARIO = settings(SETTINGS, max_examples=200 if COMPLETE else 60)

# Strings that a task may contain: in any script, without invisible characters.
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)


def some_of(names: t.Sequence[str], values: st.SearchStrategy[t.Any]) -> st.SearchStrategy[dict[str, t.Any]]:
    """Values for some of the names."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))
