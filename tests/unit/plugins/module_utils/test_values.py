# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strings that cannot be sent: no option of any task accepts one."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._errors import TaskRefused

from ..catalog import TASKS
from ..option_values import LONE, options_of, with_value
from .simulated import TaskRunner

OPTIONS = [option for option in options_of("str") if option.values[1][0] not in CONNECTION_SPEC]


@pytest.mark.parametrize(("module", "path", "is_list"), OPTIONS)
def test_a_lone_surrogate_is_rejected_before_a_request_is_sent(module, path, is_list):
    runner = TaskRunner()
    with pytest.raises(TaskRefused) as failure:
        runner.run_task(TASKS[module], **with_value(module, path, [LONE] if is_list else LONE))
    assert failure.value.details.code == "invalid_task" and path[-1] in str(failure.value)
    assert runner.sent() == []
