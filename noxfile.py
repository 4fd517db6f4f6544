# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test sessions. ``nox -l`` lists them, ``nox -s NAME -- ARGUMENTS`` runs one, and ``make test`` runs all that a pull request needs.

The sessions of antsibull-nox.toml come from antsibull-nox. Those that run ansible-test are our own, because those of antsibull-nox
require containers and downloads from outside of a package index.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "dev"))

# pylint: disable=wrong-import-position
import antsibull_nox
from offline import prepare_home, pythons_besides
from working_copy import working_copy

nox.needs_version = ">=2026.10.20"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False  # the matrix skips what the machine does not have
antsibull_nox.load_antsibull_nox_toml()

NEWEST_CORE = "ansible-core >= 2.18, < 2.23"
# For each supported ansible-core, the minor versions of Python 3 that run it, and those that run its modules. Python 3.8
# is missing: on it, modules are only compiled and imported, by the sanity tests.
CORES = {
    "2.18": (range(11, 14), range(9, 14)),
    "2.19": (range(11, 14), range(9, 14)),
    "2.20": (range(12, 15), range(9, 15)),
    "2.21": (range(12, 15), range(9, 15)),
    "2.22": (range(13, 16), range(9, 16)),
}
CACHE = ROOT / ".nox" / ".cache"
COLLECTION = Path("ansible_collections", "katapult", "cloud")
TRAFFIC = Path("tests", "output", "traffic")
# These targets take long: one runs the same tasks in both modes, the other one builds virtual machines. A pull request does without them.
LONG = ("in_process", "examples_machines")
# These targets test plugins, playbooks, or kinds that the comparison of both modes contains.
NOT_AS_MODULES = (
    *LONG,
    "examples",
    "inventory",
    "lookup_id",
    "reading",
    "tag",
    "virtual_machine_group",
    "address_list",
)
DOCUMENT, NEWER, RECORDINGS = "KATAPULT_OPENAPI", "KATAPULT_OPENAPI_NEWER", "KATAPULT_RECORDINGS"


# Environments


def _python(session: nox.Session) -> str:
    """The Python of a session, such as 3.12."""
    return str(session.python or "%d.%d" % sys.version_info[:2])


def _folder(session: nox.Session) -> Path:
    """The folder of a session, with a home directory: sessions run in parallel, and ansible-test writes to its home."""
    return CACHE / session.name.partition("(")[0]


def _copy(session: nox.Session, core: str = NEWEST_CORE) -> Path:
    """Install ansible-core in the session, and go to a current copy of the collection."""
    session.install(core, "--requirement", "meta/ee-requirements.txt")
    copy = working_copy(ROOT, _folder(session) / COLLECTION)
    session.chdir(copy)
    return copy


def _environment(session: nox.Session, **more: str) -> dict[str, str | None]:
    """Changes to the environment variables: without those that affect results, and with another home directory."""
    prefixes = ("ANSIBLE_", "KATAPULT_", "COVERAGE_", "PYTEST_", "GALAXY_IMPORTER_", "GIT_", "PYTHONPATH")
    return {
        **dict.fromkeys(name for name in os.environ if name.startswith(prefixes)),
        "HOME": str(_folder(session) / "home"),
        **more,
    }


def _ansible_test(session: nox.Session, *arguments: str) -> None:
    prepare_home(Path(session.bin), _folder(session) / "home")
    session.run("ansible-test", *arguments, env=_environment(session))


def _pytest(session: nox.Session, copy: Path, *arguments: str, **more: str) -> None:
    session.install("--requirement", str(ROOT / "dev" / "requirements.txt"))
    collections = str(copy.parents[2])
    env = _environment(session, PYTHONPATH=collections, ANSIBLE_COLLECTIONS_PATH=collections, **more)
    session.run("pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(copy), *arguments, env=env)


# Tests by ansible-test


@nox.session
def units(session: nox.Session) -> None:
    """Unit tests, with the newest ansible-core. Arguments, such as files: those of pytest, which then runs without ansible-test."""
    copy = _copy(session)
    if session.posargs:
        _pytest(session, copy, "--import-mode=importlib", *session.posargs)
    else:
        _units(session, _python(session))


@nox.session
def coverage(session: nox.Session) -> None:
    """Unit tests by pytest, which is faster than ansible-test; they must cover more than 95 % of plugins/."""
    measure = ("--cov=plugins", "--cov-branch", "--cov-report=term-missing:skip-covered", "--cov-fail-under=95")
    _pytest(session, _copy(session), "--import-mode=importlib", "--numprocesses", "auto", *measure, "tests/unit")


@nox.session
def integration(session: nox.Session) -> None:
    """Playbooks against the simulator, with tasks in process; records the traffic for contract. Arguments: targets."""
    copy = _copy(session)
    traffic = copy / TRAFFIC
    shutil.rmtree(traffic, ignore_errors=True)
    traffic.mkdir(parents=True)
    others = () if session.posargs else _without(LONG)
    _integration(session, copy, _python(session), *others, katapult_traffic=str(traffic))


@nox.session(name="integration-as-modules")
def integration_as_modules(session: nox.Session) -> None:
    """The same, with regular modules; and the targets that take long. Arguments: targets."""
    copy = _copy(session)
    _integration_as_modules(session, copy)
    if not session.posargs:
        _integration(session, copy, _python(session), *LONG)


@nox.session
def sanity(session: nox.Session) -> None:
    """Sanity tests of ansible-test. Arguments: --test NAME."""
    _copy(session)
    _sanity(session)


@nox.session(name="other-pythons")
def other_pythons(session: nox.Session) -> None:
    """Compile and import the modules with every other supported Python that is here."""
    _copy(session)
    _other_pythons(session)


def _matrix() -> Iterator[object]:
    """Every ansible-core with every Python for modules. Python 3.13 runs Ansible where that Python cannot."""
    for core, (controllers, targets) in CORES.items():
        for target in targets:
            controller = target if target in controllers else 13
            tags = ["core-" + core, *(["ends"] if (core, target) in (("2.18", 9), ("2.22", 13)) else [])]
            yield nox.param("3.%d" % controller, core, "3.%d" % target, id="%s, 3.%d" % (core, target), tags=tags)


@nox.session(tags=["matrix"])
@nox.parametrize(["python", "core", "target"], list(_matrix()))
def matrix(session: nox.Session, core: str, target: str) -> None:
    """Unit, integration and sanity tests with one ansible-core and one Python for modules."""
    if not shutil.which("python" + target):
        session.skip("Python %s is not here" % target)
    copy = _copy(session, "ansible-core == %s.*, >= %s.0rc1" % (core, core))
    _units(session, target)
    _integration(session, copy, target)
    if target == _python(session):
        _integration_as_modules(session, copy)
        _sanity(session)
        _other_pythons(session)


def _units(session: nox.Session, target: str) -> None:
    _ansible_test(session, "units", *_versions(session, target, "--target-python", "venv/"), "--requirements")


def _integration(session: nox.Session, copy: Path, target: str, *options: str, **variables: object) -> None:
    variables = {"katapult_in_process": target == _python(session), **variables}
    (copy / "tests" / "integration" / "integration_config.yml").write_text(json.dumps(variables))
    python = _versions(session, target, "--target", "controller:python=venv/")
    _ansible_test(session, "integration", *python, "--requirements", *options, *session.posargs)


def _integration_as_modules(session: nox.Session, copy: Path) -> None:
    _integration(session, copy, _python(session), *_without(NOT_AS_MODULES), katapult_in_process=False)


def _without(targets: Iterable[str]) -> list[str]:
    return [option for target in targets for option in ("--exclude", target)]


def _sanity(session: nox.Session) -> None:
    _ansible_test(session, "sanity", "--venv", "--python", _python(session), *session.posargs)


def _other_pythons(session: nox.Session) -> None:
    version = _python(session)
    targets = [option for other in pythons_besides(Path(session.bin), version) for option in ("--target-python", other)]
    if targets:
        controller = ("--controller", "origin:python=venv/" + version)
        _ansible_test(session, "sanity", "--test", "compile", "--test", "import", *controller, *targets)


def _versions(session: nox.Session, target: str, option: str, prefix: str) -> list[str]:
    """The options of ansible-test for the Python that runs Ansible, and for that of the modules if it is another one."""
    if target == _python(session):
        return ["--venv", "--python", target]
    return ["--controller", "origin:python=venv/" + _python(session), option, prefix + target]


# Other tests


@nox.session
def faults(session: nox.Session) -> None:
    """Every request with every fault, in simulated time. Arguments: complete, for all frequencies and examples; options of pytest."""
    options = [option for option in session.posargs if option != "complete"]
    more = {"FAULTS": "complete"} if "complete" in session.posargs else {}
    _pytest(session, _copy(session), "--numprocesses", "auto", "tests/faults", *options, **more)


@nox.session
def processes(session: nox.Session) -> None:
    """Concurrent and killed ansible-playbook processes. Arguments: options of pytest."""
    _pytest(session, _copy(session), "tests/processes", *session.posargs)


def _absolute(value: str) -> str:
    """A URL, or one or more paths, independent of the current folder."""
    return value if "://" in value else os.pathsep.join(str(Path(part).absolute()) for part in value.split(os.pathsep))


@nox.session(requires=["integration"])
def contract(session: nox.Session) -> None:
    """Conformance with the API: its OpenAPI documents (KATAPULT_OPENAPI, KATAPULT_OPENAPI_NEWER) and traffic (KATAPULT_RECORDINGS)."""
    given = {name: _absolute(os.environ[name]) for name in (DOCUMENT, NEWER, RECORDINGS) if os.environ.get(name)}
    traffic = CACHE / "integration" / COLLECTION / TRAFFIC
    _pytest(session, _copy(session), "tests/contract", "-rs", *session.posargs, KATAPULT_TRAFFIC=str(traffic), **given)


@nox.session(default=False)
def drift(session: nox.Session) -> None:
    """Report what the OpenAPI document in KATAPULT_OPENAPI contains and the collection does not support."""
    given = os.environ.get(DOCUMENT) or session.error("Set %s to the path or URL of an OpenAPI document." % DOCUMENT)
    document = _absolute(given)
    copy = _copy(session)
    simulator = copy / "tests" / "integration" / "targets" / "setup_simulator" / "files"
    env = _environment(session, PYTHONPATH=os.pathsep.join([str(copy.parents[2]), str(simulator)]))
    session.run("python", "tests/contract/drift.py", document, env=env)


@nox.session
def changelog(session: nox.Session) -> None:
    """The changelog and its fragments."""
    session.install("antsibull-changelog")
    session.run("antsibull-changelog", "lint")
    session.run("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Generate the changelog of the version in galaxy.yml. Arguments: --date YYYY-MM-DD, if it is not today."""
    session.install("antsibull-changelog", NEWEST_CORE)
    options = ("--reload-plugins", "--refresh-plugins", "--update-existing")
    session.run("antsibull-changelog", "release", *options, *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the speed, and write docs/speed.md and docs/speed.svg: 10 minutes. Arguments: --quick."""
    session.install(NEWEST_CORE, "--requirement", "meta/ee-requirements.txt", "matplotlib")
    session.run("python", "dev/bench.py", *session.posargs)
