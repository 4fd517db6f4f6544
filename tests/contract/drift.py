# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report of what an OpenAPI document of the API adds to, or removes from, what the collection supports.

Run by C(nox -s drift): C(python drift.py DOCUMENT).
"""

from __future__ import annotations

import sys
import typing as t
from collections import Counter
from dataclasses import dataclass, field

from document import Document, Leaf, Operation, Unreadable, load
from known import (
    NEWER_OPERATIONS,
    NOT_CAUSED,
    NOT_USED,
    NOT_USED_NEWER,
    OPERATIONS,
    PARTS,
    SHOWN,
    SIMULATED,
    VERSION,
    is_of_written,
    is_within,
)

from ansible_collections.katapult.cloud.plugins.module_utils._http.error_catalog import ERROR_CATALOG

# In the order of the report
HEADINGS = (
    "New endpoints",
    "Vanished endpoints",
    "New arguments",
    "Vanished arguments",
    "Changed arguments",
    "New values of arguments",
    "Vanished values of arguments",
    "New fields of responses",
    "Vanished fields of responses",
    "New error codes",
)


@dataclass
class Drift:
    """All differences as lines, by the headings of the report."""

    found: dict[str, list[str]] = field(default_factory=lambda: {heading: [] for heading in HEADINGS})

    def add(self, heading: str, lines: t.Iterable[str]) -> None:
        """Add lines under a heading."""
        self.found[heading].extend(sorted(set(lines)))


def drift(document: Document) -> Drift:
    """Compare a document with what the collection supports."""
    found = Drift()
    theirs = {operation for operation in document.operations if is_of_written(operation) or operation in OPERATIONS}
    found.add("New endpoints", ("%s %s" % operation for operation in theirs - SIMULATED - {*NOT_USED, *NOT_USED_NEWER}))
    is_older = NEWER_OPERATIONS.isdisjoint(theirs)
    ours = OPERATIONS - NEWER_OPERATIONS if is_older else OPERATIONS
    found.add("Vanished endpoints", ("%s %s" % operation for operation in ours - theirs))
    for part in PARTS:
        _add_arguments(found, part, document, theirs)
    for shown in SHOWN:
        _add_fields(found, shown, document)
    _add_codes(found, document, theirs)
    return found


def _add_arguments(found: Drift, part: t.Any, document: Document, theirs: set[Operation]) -> None:
    arguments = part.arguments(document)
    mirrored = {part.mirrored(option): leaf for option, leaf in part.options.items() if part.mirrored(option)}
    option_of = {part.mirrored(option): option for option in part.options}

    def called(path: str) -> str:
        return "%s: %s%s" % (part.name, part.below, path)

    new = set(arguments) - set(mirrored) - set(part.left_out)
    found.add("New arguments", ("%s (%s)" % (called(path), _described(arguments[path])) for path in new))
    if theirs.intersection(part.operations):
        gone = {*mirrored, *part.left_out} - set(arguments)
        found.add("Vanished arguments", (called(t.cast(str, path)) for path in gone))
    for path in set(arguments) & set(mirrored):
        theirs_now, ours = arguments[path], mirrored[path]
        if theirs_now.type != ours.type:
            line = "%s (%s, previously %s)" % (called(path), theirs_now.type, ours.type)
            found.add("Changed arguments", [line])
        elif theirs_now == part.documented(option_of[path]):
            continue
        elif bool(theirs_now.choices) != bool(ours.choices):
            now = (
                "any value, previously one of a fixed set"
                if ours.choices
                else "one of a fixed set of values, previously any value"
            )
            found.add("Changed arguments", ["%s (%s)" % (called(path), now)])
        else:
            added, removed = theirs_now.choices - ours.choices, ours.choices - theirs_now.choices
            found.add("New values of arguments", ("%s: %s" % (called(path), value) for value in added))
            found.add("Vanished values of arguments", ("%s: %s" % (called(path), value) for value in removed))


def _described(leaf: Leaf) -> str:
    return "%s: %s" % (leaf.type, ", ".join(sorted(map(str, leaf.choices)))) if leaf.choices else leaf.type


def _add_fields(found: Drift, shown: t.Any, document: Document) -> None:
    documented = shown.documented(document)
    if not documented:
        return  # its endpoints have vanished, which is already reported
    new = documented - shown.shown(document)
    found.add("New fields of responses", ("%s: %s" % (shown.name, path) for path in new if not shown.hides(path)))
    known = {field.name for field in shown.fields} - {"resources", *shown.undocumented}
    there = {path.split(".")[0].split("[")[0] for path in documented}
    gone = {hidden for hidden in shown.hidden if not any(is_within(path, hidden) for path in documented)}
    if not shown.in_list:  # a list contains only some fields, so vanished ones cannot be detected
        gone |= known - there
    found.add("Vanished fields of responses", ("%s: %s" % (shown.name, path) for path in gone))


def _add_codes(found: Drift, document: Document, theirs: set[Operation]) -> None:
    for operation in sorted(theirs):
        for code, (status, _schema) in document.errors(operation).items():
            if code not in ERROR_CATALOG and code not in NOT_CAUSED:
                found.add("New error codes", ["%s (%d)" % (code, status)])


def without_module(document: Document) -> Counter[str]:
    """The number of endpoints that no module of the collection uses, by their tag in the document."""
    others = {operation: of for operation, of in document.operations.items() if operation not in OPERATIONS}
    return Counter((of.get("tags") or ["(no tag)"])[0] for of in others.values())


def report(document: Document) -> str:
    """The report as text for maintainers."""
    found = {heading: lines for heading, lines in drift(document).found.items() if lines}
    lines = [
        "The document describes version %s of the API; the collection was written with %s."
        % (document.version, VERSION)
    ]
    for heading, entries in found.items():
        lines += ["", heading, *("  " + entry for entry in dict.fromkeys(entries))]
    if not found:
        lines += ["", "Nothing new: the collection covers all resources that it writes or reads."]
    others = without_module(document)
    lines += ["", "Endpoints without a module: %d" % sum(others.values())]
    lines += ["  %-40s %4d" % entry for entry in sorted(others.items())]
    return "\n".join(lines)


def main() -> int:
    """Print the report for the document given on the command line, and return the exit status."""
    try:
        print(report(load(sys.argv[1])))
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
