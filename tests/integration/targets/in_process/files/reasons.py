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
    announced, said = None, []
    for line in lines:
        task = re.match(r"TASK \[(.*)\] \**$", line)
        told = re.search(r"katapult\.cloud: (runs .*)$", line)
        if task:
            announced = task.group(1)
        elif told and announced.startswith("Runs"):
            # ansible-core 2.18 uses the full name of a connection plugin.
            said.append(
                (
                    announced[0].lower() + announced[1:],
                    told.group(1).replace("ansible.builtin.", "").replace("ansible.legacy.", ""),
                )
            )
    wrong = [pair for pair in said if pair[0] != pair[1]]
    for pair in wrong:
        print("announced: %s\n     said: %s" % pair)
    tasks = sum(1 for line in lines if line.startswith("TASK [Runs"))
    if wrong or not said or len(said) != tasks:
        sys.exit("%d tasks, %d said which way they go, %d of them something else" % (tasks, len(said), len(wrong)))


main()
