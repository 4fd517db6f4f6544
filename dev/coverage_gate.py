# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of plugins/ the tests run, as measured by ansible-test, and whether that is enough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from environment import Trouble, output

ENOUGH = 95.0
# Documentation only: Ansible reads it, but no test imports it.
NOT_RUN = "plugins/doc_fragments/"


@dataclass
class Count:
    """How much of some code there is, and how much of it was run."""

    lines: int = 0
    lines_run: int = 0
    branches: int = 0
    branches_run: int = 0


def check_coverage(report: Path, copy: Path) -> None:
    """Print how much of plugins/ was run, by a report in the XML format of coverage.py.

    :raises Trouble: that is too little.
    """
    files = {element.get("filename", ""): element for element in ElementTree.parse(report).iter("class")}
    ours = set(output(["git", "ls-files", "plugins/*.py"], cwd=copy).split())
    forgotten = [name for name in ours if name not in files and not name.startswith(NOT_RUN)]
    if forgotten:
        raise Trouble("No test runs %s." % ", ".join(sorted(forgotten)))

    count = Count()
    for name in ours & set(files):
        _add_lines(count, files[name])
    both = _percent(count.lines_run + count.branches_run, count.lines + count.branches)
    branches = _percent(count.branches_run, count.branches)
    print(
        "Coverage of plugins/: %.1f %% (%d of %d lines, %d of %d branches; of the branches alone %.1f %%)"
        % (both, count.lines_run, count.lines, count.branches_run, count.branches, branches)
    )
    if min(both, branches) <= ENOUGH:
        raise Trouble(
            "The tests have to run more than %.0f %% of plugins/, by branches alone and together with lines." % ENOUGH
        )


def _add_lines(count: Count, file: ElementTree.Element) -> None:
    """Add what the report says about one file."""
    for line in file.iter("line"):
        count.lines += 1
        count.lines_run += line.get("hits") != "0"
        # As in: condition-coverage="50% (1/2)"
        branches = re.search(r"\((\d+)/(\d+)\)", line.get("condition-coverage", ""))
        if branches:
            count.branches_run += int(branches[1])
            count.branches += int(branches[2])


def _percent(part: int, whole: int) -> float:
    """The part in percent of the whole. Of nothing, all was run."""
    return 100.0 * part / whole if whole else 100.0
