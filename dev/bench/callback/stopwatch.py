# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback plugin that records when each task starts and ends, and prints only failures."""

from __future__ import annotations

DOCUMENTATION = """
name: stopwatch
type: stdout
short_description: Records when each task starts and ends
description:
  - Appends a line of JSON for each task to the file that E(STOPWATCH_FILE) names.
"""

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """From the start of a task to its last result: the fork, the imports and all items of the loop are in it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "stopwatch"

    def __init__(self) -> None:
        super().__init__()
        self._started = 0.0

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._started = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        end = time.monotonic()
        task = getattr(result, "task", None) or result._task
        with open(os.environ["STOPWATCH_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps({"task": task.get_name(), "start": self._started, "end": end}) + "\n")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        task = getattr(result, "task", None) or result._task
        outcome = getattr(result, "result", None) or result._result
        self._display.display("%s failed: %s" % (task.get_name(), self._dump_results(outcome)[:2000]), stderr=True)
