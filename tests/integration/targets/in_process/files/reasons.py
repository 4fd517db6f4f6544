# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that the log of each task contains the execution mode in its name: reasons.py OUTPUT."""

from __future__ import annotations

import re
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.read().splitlines()
    expected, found = None, []
    for line in lines:
        task = re.match(r"TASK \[(.*)\] \**$", line)
        logged = re.search(r"katapult\.cloud: (runs .*)$", line)
        if task:
            expected = task.group(1)
        elif logged and expected.startswith("Runs"):
            # ansible-core 2.18 uses the full name of a connection plugin.
            found.append(
                (
                    expected[0].lower() + expected[1:],
                    logged.group(1).replace("ansible.builtin.", "").replace("ansible.legacy.", ""),
                )
            )
    wrong = [pair for pair in found if pair[0] != pair[1]]
    for pair in wrong:
        print("expected: %s\n  logged: %s" % pair)
    tasks = sum(1 for line in lines if line.startswith("TASK [Runs"))
    if wrong or not found or len(found) != tasks:
        sys.exit(
            "%d tasks, %d logged their execution mode, %d of them another one than expected"
            % (tasks, len(found), len(wrong))
        )


main()
