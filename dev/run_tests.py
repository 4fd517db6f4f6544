# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the steps of the test that are named on the command line, and tell what each took.

There are two sorts of steps: those that build on each other, and those that stand alone. They go side by side, each sort in a copy of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ansible_test_runner import ansible_test, other_pythons, prepare, python_version
from contract import check_contract, forget_traffic, lacking, sources, traffic
from coverage_gate import check_coverage
from environment import Environment, Trouble, core_version, environment, install_core, install_tools, run, variables
from package import check_package
from pytest_runner import run_pytest
from working_copy import collections, working_copy

# A step answers with what it had to leave out and why, if anything.
Step = Callable[[Environment, Path, list[str]], str | None]


# antsibull-docs writes the name of its temporary folder into what it checks. One name in 37 ends in an underscore, which makes a reference
# of it, to nothing.
ANTSIBULL_DOCS = """
import sys, tempfile
tempfile._RandomNameSequence.characters = "abcdefghijklmnopqrstuvwxyz0123456789"
from antsibull_docs.cli.antsibull_docs import main
sys.exit(main())
"""


def sanity(place: Environment, copy: Path, arguments: list[str]) -> None:
    """ansible-test's checks of the code and its documentation; that it compiles and can be imported, on every Python that is there."""
    ansible_test(place, copy, "sanity", "--venv", "--python", python_version(), *arguments)
    others = other_pythons(place)
    if others and not arguments:
        print("The same on Python %s, as far as it depends on the version:" % ", ".join(others))
        targets = [option for version in others for option in ("--target-python", version)]
        ansible_test(
            place,
            copy,
            "sanity",
            "--test",
            "compile",
            "--test",
            "import",
            "--controller",
            "origin:python=venv/" + python_version(),
            *targets,
        )


def units(place: Environment, copy: Path, arguments: list[str]) -> None:
    """The unit tests."""
    ansible_test(place, copy, "units", *_pythons(place, "--target-python", "venv/"), "--requirements", *arguments)


def integration(place: Environment, copy: Path, arguments: list[str]) -> None:
    """The integration tests: playbooks against the simulator, with the modules in the process that runs Ansible.

    Where they have a Python of their own they cannot run there, and run as modules.
    """
    forget_traffic(copy)
    _integrate(place, copy, arguments, katapult_in_process=not place.has_target, katapult_traffic=str(traffic(copy)))


def integration_as_modules(place: Environment, copy: Path, arguments: list[str]) -> None:
    """The integration tests once more, with the modules as ordinary modules. The inventory has no tasks, and knows no second way."""
    _integrate(place, copy, ["--exclude", "inventory", *arguments], katapult_in_process=False)


def _integrate(place: Environment, copy: Path, arguments: list[str], **variables_of_all: object) -> None:
    """Run the integration tests with some variables, which ansible-test hands to all targets. JSON is YAML."""
    (copy / "tests" / "integration" / "integration_config.yml").write_text(json.dumps(variables_of_all))
    ansible_test(
        place,
        copy,
        "integration",
        *_pythons(place, "--target", "controller:python=venv/"),
        "--requirements",
        *arguments,
    )


def _pythons(place: Environment, option: str, of_modules: str) -> list[str]:
    """The options of ansible-test that say which Python runs Ansible and which the modules.

    :param option: the one for the latter where it is another one.
    :param of_modules: the beginning of its value.
    """
    if place.has_target:
        return ["--controller", "origin:python=venv/" + python_version(), option, of_modules + place.target]
    return ["--venv", "--python", python_version()]


def coverage(place: Environment, copy: Path, arguments: list[str]) -> None:
    """What the unit and integration tests ran of the code. It wants both to have been run with --coverage."""
    report = copy / "tests" / "output" / "reports" / "coverage.xml"
    report.unlink(missing_ok=True)
    options = ["--venv", "--python", python_version(), "--requirements"]
    ansible_test(place, copy, "coverage", "report", *options, "--show-missing", "--omit", "*/tests/*", *arguments)
    ansible_test(place, copy, "coverage", "xml", *options)
    if not report.exists():
        raise Trouble("Nothing was measured. This step has to follow units and integration.")
    check_coverage(report, copy)


def contract(place: Environment, copy: Path, arguments: list[str]) -> str | None:
    """Hold requests, answers and options to the API's own description and its recorded traffic. It wants integration to have been run."""
    return check_contract(place, copy, arguments)


def faults(place: Environment, copy: Path, arguments: list[str]) -> None:
    """Tasks of all modules with everything that can go wrong, in invented time."""
    run_pytest(place, copy, "faults", "--numprocesses", "auto", *arguments)


def processes(place: Environment, copy: Path, arguments: list[str]) -> None:
    """Real ansible-playbook processes, at once and killed."""
    run_pytest(place, copy, "processes", *arguments)


def lint(place: Environment, copy: Path, arguments: list[str]) -> None:
    """ansible-lint with its strictest set of rules."""
    _run_tool(place, copy, "ansible-lint", "--nocolor", "--offline", "--profile", "production", *arguments)


def docs_lint(place: Environment, copy: Path, arguments: list[str]) -> None:
    """The documentation that will be shown on the documentation site."""
    wanted = ("--plugin-docs", "--validate-collection-refs", "all", "--check-extra-docs-refs", ".")
    _run_tool(place, copy, "python", "-c", ANTSIBULL_DOCS, "lint-collection-docs", *wanted)


def changelog_lint(place: Environment, copy: Path, arguments: list[str]) -> None:
    """The changelog and the fragments that it will be made of."""
    _run_tool(place, copy, "antsibull-changelog", "lint")
    _run_tool(place, copy, "antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")


def licenses(place: Environment, copy: Path, arguments: list[str]) -> None:
    """That every file says under which licence it may be used."""
    _run_tool(place, copy, "reuse", "lint")


def package(place: Environment, copy: Path, arguments: list[str]) -> None:
    """The collection as it will be published."""
    check_package(place, copy)


RUNNING: dict[str, Step] = {"units": units, "integration": integration, "coverage": coverage, "contract": contract}
ALONE: dict[str, Step] = {
    "sanity": sanity,
    "faults": faults,
    "processes": processes,
    "integration-as-modules": integration_as_modules,
    "lint": lint,
    "docs-lint": docs_lint,
    "changelog-lint": changelog_lint,
    "license": licenses,
    "package": package,
}
STEPS = {**RUNNING, **ALONE}
BY_ANSIBLE_TEST = ("units", "integration", "integration-as-modules", "coverage", "sanity")
MEASURED = ("units", "integration")


@dataclass
class Outcome:
    """What came of some steps: the seconds that each took, which of them failed, and what was left out and why."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def main() -> int:
    """Run what the command line asks for. The answer is the exit status."""
    wanted = _command_line()
    running = [name for name in RUNNING if name in wanted.steps]
    alone = [name for name in ALONE if name in wanted.steps]
    if "contract" in wanted.steps and not wanted.everything and lacking():
        print(".\n".join([*lacking(), ""]), end="", file=sys.stderr)
        return 2
    start = time.monotonic()
    try:
        if "contract" in wanted.steps:
            sources()
        place = environment(wanted.core, wanted.target)
        _install(place, wanted.steps)
        copies = {
            purpose: working_copy(place, purpose)
            for purpose, steps in (("running", running), ("alone", alone))
            if steps
        }
    except Trouble as trouble:
        print("Set-up failed: %s" % trouble, file=sys.stderr)
        return 2

    outcome = Outcome({"set-up": time.monotonic() - start})
    if running and alone:
        log = place.folder / "alone.log"
        with ProcessPoolExecutor(1, initializer=_write_to, initargs=(log,)) as beside:
            later = beside.submit(run_steps, place, copies["alone"], alone, [])
            print("At the same time, shown later: %s" % ", ".join(alone))
            _add(outcome, run_steps(place, copies["running"], running, []))
            others = later.result()
        print(log.read_text(errors="replace"), end="")
        _add(outcome, others)
    else:
        (copy,) = copies.values()
        _add(outcome, run_steps(place, copy, running or alone, wanted.arguments))
    _summarize(
        outcome, time.monotonic() - start, "Python %s, ansible-core %s" % (sys.version.split()[0], core_version(place))
    )
    return 1 if outcome.failed else 0


def run_steps(place: Environment, copy: Path, names: list[str], arguments: list[str]) -> Outcome:
    """Run the steps one after the other, the later ones even if an earlier one failed."""
    outcome = Outcome()
    measure = "coverage" in names
    if measure:
        shutil.rmtree(copy / "tests" / "output" / "coverage", ignore_errors=True)
    for name in names:
        if name == "coverage" and outcome.failed:
            # Half of the tests cover half of the code: that would only hide what really went wrong.
            print("\n=== coverage: skipped, because tests failed", flush=True)
            continue
        if name == "contract" and "integration" in outcome.failed:
            print(
                "\n=== contract: skipped, because the integration tests failed, and half of their traffic proves little",
                flush=True,
            )
            continue
        print("\n=== %s" % name, flush=True)
        start = time.monotonic()
        try:
            left_out = STEPS[name](
                place, copy, [*arguments, "--coverage"] if measure and name in MEASURED else arguments
            )
            if left_out:
                outcome.left_out[name] = left_out
        except Trouble as trouble:
            print("%s failed: %s" % (name, trouble), flush=True)
            outcome.failed.append(name)
        outcome.seconds[name] = time.monotonic() - start
    return outcome


def _command_line() -> argparse.Namespace:
    """The steps to run, and what with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "steps", nargs="+", choices=[*STEPS, "all"], metavar="STEP", help="one of: %s, all" % ", ".join(STEPS)
    )
    parser.add_argument(
        "--core", default="", help="the version of ansible-core; without it, the newest that this Python can run"
    )
    parser.add_argument(
        "--target",
        default="",
        help="the Python that the modules run on, as in 3.9; without it, the one that runs Ansible",
    )
    parser.add_argument(
        "--arguments", default="", help="handed on to the program that runs the step, for one step only"
    )
    wanted = parser.parse_args()
    wanted.everything = "all" in wanted.steps
    wanted.steps = list(STEPS) if wanted.everything else wanted.steps
    wanted.arguments = wanted.arguments.split()
    if wanted.arguments and len(wanted.steps) > 1:
        parser.error("--arguments go with one step only")
    return wanted


def _install(place: Environment, steps: list[str]) -> None:
    """Install what the steps need."""
    if set(steps) - set(BY_ANSIBLE_TEST):
        install_tools(place)
    else:
        install_core(place)
    prepare(place)


def _write_to(log: Path) -> None:
    """Let this process, and those that it starts, write to the log instead of the terminal."""
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _add(outcome: Outcome, more: Outcome) -> None:
    """Take the outcome of more steps into account."""
    outcome.seconds.update(more.seconds)
    outcome.failed.extend(more.failed)
    outcome.left_out.update(more.left_out)


def _summarize(outcome: Outcome, total: float, tried: str) -> None:
    """Tell what each step took and which of them failed."""
    print("\n=== Summary (%s)" % tried)
    for name, seconds in outcome.seconds.items():
        result = "FAILED" if name in outcome.failed else "skipped in part" if name in outcome.left_out else "ok"
        print("%-24s%6.0f s  %s" % (name, seconds, result))
    print("%-24s%6.0f s  %s" % ("all", total, "FAILED: %s" % ", ".join(outcome.failed) if outcome.failed else "ok"))
    for name, reason in outcome.left_out.items():
        print("%s was skipped in part: %s." % (name, reason))
    sys.stdout.flush()


def _run_tool(place: Environment, copy: Path, name: str, *arguments: str) -> None:
    """Run one of the tools in the copy."""
    # Where the tools are to find the collection, so that no other version of it is taken that may be installed somewhere.
    collections_path = str(collections(place, "alone"))
    run(
        [place.bin / name, *arguments],
        cwd=copy,
        env={**variables(place), "HOME": str(place.home), "ANSIBLE_COLLECTIONS_PATH": collections_path},
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
