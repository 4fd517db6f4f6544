# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests do not affect each other through what tasks record for later tasks of the same user."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._engine.lock import Locking

from ..simulated import Time


@pytest.mark.parametrize("_turn", [1, 2])
def test_a_fact_is_recorded_for_later_tasks_and_not_for_other_tests(_turn):
    locking = Locking("https://a.example", Time().clock())
    assert not locking.is_marked("complete")
    locking.mark("complete")
    assert locking.is_marked("complete") and not locking.is_marked("other")
