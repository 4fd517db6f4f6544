# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reliability page: how much the tests try, counted from what they leave behind, and what nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from environment import CLONE, Trouble

PAGE = Path("docs") / "reliability.md"
NUMBERS = Path("dev") / "reliability.json"
TEMPLATE = CLONE / "dev" / "reliability.md.in"


class Report:
    """What the JUnit file of a suite tells: its tests by the names of their functions, and its properties. What was skipped is not there."""

    def __init__(self, file: Path) -> None:
        root = ElementTree.parse(file).getroot()
        self.cases: dict[str, list[str]] = {}
        for case in root.iter("testcase"):
            if case.find("skipped") is not None:
                continue
            function, _bracket, rest = case.get("name", "").partition("[")
            self.cases.setdefault("%s.%s" % (case.get("classname", "").rpartition(".")[2], function), []).append(rest[:-1])
        # Those of the suite count, where a test has one of the same name.
        found = [*root.iterfind(".//testcase/properties/property"), *root.iterfind("./testsuite/properties/property")]
        self.properties = {entry.get("name", ""): entry.get("value", "") for entry in found}

    def tests(self, function: str) -> list[str]:
        """What the tests of a function, given as C(file.function), are called in brackets.

        :raises Trouble: there are none.
        """
        if function not in self.cases:
            raise Trouble("The reliability page counts %s, which did not run." % function)
        return self.cases[function]


_CELLS = "test_matrix.test_whatever_goes_wrong_nothing_is_doubled_lost_or_hidden"
_ODD = "test_odd_answers.test_an_odd_answer_is_read_or_refused_and_breaks_nothing"


def _parts(report: Report, length: int) -> int:
    """How many different beginnings the names of the cells have: a cell is named after its task, request and trouble."""
    return len({tuple(name.split(": ")[:length]) for name in report.tests(_CELLS)})


def _troubles(report: Report) -> int:
    return len({name.split(": ")[2].rpartition(", once")[0] for name in report.tests(_CELLS) if name.endswith(", once")})


def _examples(report: Report, *files: str) -> int:
    """How many examples the generated tests of some files try."""
    generated = [name for function, names in report.cases.items() for name in names if function.partition(".")[0] in files]
    return len(generated) * int(report.properties["examples"])


def _properties(report: Report) -> int:
    return sum(len(names) for function, names in report.cases.items() if function.startswith("test_properties.test_"))


# What the page counts: for each suite, each number by its name in the template.
COUNTS: dict[str, dict[str, Callable[[Report], int]]] = {
    "faults": {
        "cells": lambda report: len(report.tests(_CELLS)),
        "tasks": lambda report: _parts(report, 1),
        "requests": lambda report: _parts(report, 2),
        "troubles": _troubles,
        "kills": lambda report: len(report.tests("test_killed.test_the_run_after_a_kill_finishes_the_work")),
        "properties": _properties,
        "pairs": lambda report: _examples(report, "test_properties"),
        "odd": lambda report: len(report.tests(_ODD)) * int(report.properties["examples"]),
        "planted": lambda report: len(report.tests("test_odd_answers.test_no_secret_of_any_field_of_an_answer_gets_out")),
        "refused": lambda report: len(report.tests("test_odd_answers.test_no_secret_of_any_field_of_a_failure_gets_out")),
    },
    "processes": {
        "kills": lambda report: len(report.tests("test_killed.test_the_run_after_a_killed_one_finishes_its_work")),
        "races": lambda report: sum(len(names) for function, names in report.cases.items() if function.startswith("test_at_once.")),
    },
    "units": {
        "wrong": lambda report: len(report.tests("test_bad_input.test_a_wrong_task_is_refused_with_a_reason_before_anything_is_sent")),
    },
    "contract": {
        "operations": lambda report: len(report.tests("test_requests.test_every_operation_was_used")),
        "options": lambda report: int(report.properties["options"]),
        "arguments": lambda report: int(report.properties["arguments"]),
        "error_codes": lambda report: int(report.properties["error_codes"]),
        "exceptions": lambda report: int(report.properties["exceptions"]),
        "recordings": lambda report: int(report.properties["recordings"]),
        "recorded_exchanges": lambda report: int(report.properties["recorded_exchanges"]),
        "listed_differences": lambda report: int(report.properties["listed_differences"]),
    },
}


Numbers = dict[str, dict[str, int]]


def count(reports: dict[str, Path]) -> Numbers:
    """Each number of the suites that ran, by the name of the suite and its own.

    :raises Trouble: a report does not hold what is counted.
    """
    found = {}
    for suite, file in reports.items():
        try:
            report = Report(file)
            found[suite] = {name: counted(report) for name, counted in COUNTS[suite].items()}
        except (FileNotFoundError, KeyError) as missing:
            raise Trouble("The reliability page cannot be made: %s lacks %s." % (file, missing)) from missing
    return found


def check_page(reports: dict[str, Path], where: Path) -> None:
    """See that the page tells what the suites that ran have shown. What did not run is taken from the numbers kept.

    :raises Trouble: it does not.
    """
    kept: Numbers = json.loads((where / NUMBERS).read_text())
    wrong = [
        "%s of %s is %s, and was %s" % (name, suite, number, kept.get(suite, {}).get(name))
        for suite, numbers in count(reports).items()
        for name, number in numbers.items()
        if number != kept.get(suite, {}).get(name)
    ]
    if wrong or _rendered(kept) != (where / PAGE).read_text():
        raise Trouble("%s is out of date (%s): run make reliability." % (PAGE, "; ".join(wrong) or "its text has changed"))
    print("%s tells what %s have shown." % (PAGE, ", ".join(sorted(reports))))


def write_page(reports: dict[str, Path]) -> None:
    """Make the page of the clone anew.

    :raises Trouble: a suite did not run.
    """
    missing = sorted(set(COUNTS) - set(reports))
    if missing:
        raise Trouble("The reliability page needs all suites to have been run, and %s did not." % ", ".join(missing))
    numbers = count(reports)
    (CLONE / NUMBERS).write_text(json.dumps(numbers, indent=2) + "\n")
    (CLONE / PAGE).write_text(_rendered(numbers))


def _rendered(numbers: Numbers) -> str:
    return TEMPLATE.read_text().format(**numbers)
