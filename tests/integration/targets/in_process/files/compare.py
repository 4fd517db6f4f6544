# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the results and the output of both execution modes: compare.py RESULTS OUTPUT OTHER_RESULTS OTHER_OUTPUT."""

from __future__ import annotations

import json
import re
import sys

TIMES = ("created_at", "keep_until")  # only their types are compared


def results(path):
    """All results, without what may differ: the arguments that a module returns, the place that a timeout interrupted, and times."""
    with open(path, encoding="utf-8") as file:
        return {name: comparable(result) for name, result in json.load(file).items()}


def comparable(value):
    if isinstance(value, dict):
        compared = {key: comparable(item) for key, item in value.items() if key not in ("invocation", "frame")}
        return {key: type(item).__name__ if key in TIMES else item for key, item in compared.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


def output(path):
    """The logged requests (without their duration), and the texts of failures and warnings."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    about_requests = [
        re.sub(r"\d+ ms", "some ms", line) for line in lines if re.search(r"katapult\.cloud: [A-Z]+ /", line)
    ]
    # A module that is killed during a request cannot log it.
    return {
        "requests": [line for line in about_requests if ": interrupted, " not in line],
        "failures": [line for line in lines if line.startswith(("[ERROR]", "[WARNING]"))],
    }


def main():
    first_results, first_output, second_results, second_output = sys.argv[1:]
    pairs = [(results(first_results), results(second_results)), (output(first_output), output(second_output))]
    different = 0
    for first, second in pairs:
        for name in sorted(set(first) | set(second)):
            if first.get(name) != second.get(name):
                different += 1
                print("%s:\n  %s\n  %s" % (name, json.dumps(first.get(name)), json.dumps(second.get(name))))
    if not pairs[0][0] or not pairs[1][0]["requests"]:
        sys.exit("There is nothing to compare.")
    sys.exit(1 if different else 0)


main()
