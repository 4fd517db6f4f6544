# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to run the suites that ansible-test does not know: with pytest, from the virtual environment of the tools."""

from __future__ import annotations

from pathlib import Path

from environment import Environment, run, variables


def junit(copy: Path, suite: str) -> Path:
    """Where the outcome of a suite is written to, in the format of JUnit."""
    return copy / "tests" / "output" / "junit" / ("%s.xml" % suite)


def run_pytest(place: Environment, copy: Path, suite: str, *options: str, **more: str) -> None:
    """Run the suite in tests/<suite> of the copy.

    :param options: handed on to pytest.
    :param more: environment variables for the tests.
    :raises Trouble: a test failed.
    """
    report = junit(copy, suite)
    report.unlink(missing_ok=True)
    collections = copy.parents[2]
    env = {
        **variables(place),
        "HOME": str(place.home),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(place.folder / "hypothesis"),
        "PYTHONPATH": str(collections),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        **more,
    }
    fixed = ["-p", "no:cacheprovider", "--rootdir", copy, "--junitxml", report, "-o", "junit_family=xunit1"]
    run([place.bin / "python", "-m", "pytest", "-q", *fixed, *options, "tests/%s" % suite], cwd=copy, env=env)
