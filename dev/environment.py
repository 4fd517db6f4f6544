# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where everything is: the clone, the folder for all that is made from it, and a virtual environment for one Python and one ansible-core."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
CACHE = CLONE / ".cache"
OLDEST_PYTHON = (3, 11)
OLDEST_CORE = (2, 18)
NEWEST_SUPPORTED_CORE = "ansible-core>=2.18,<2.23"

# Set by a shell or by git for its own purposes, and misleading for the programs started here.
FOREIGN_NAMES = (
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "MAKEFLAGS",
    "MAKELEVEL",
)
FOREIGN_PREFIXES = ("ANSIBLE_", "KATAPULT_", "COVERAGE_", "PYTEST_", "GALAXY_IMPORTER_")


class Trouble(Exception):
    """The work cannot go on, for the reason that the message gives. The one exception that ends a run with a sentence, not a traceback."""


@dataclass(frozen=True)
class Environment:
    """One Python with one ansible-core: the folder for all that belongs to them, and the Python that modules are to run on, if another."""

    folder: Path
    core: str
    target: str = ""

    @property
    def has_target(self) -> bool:
        """Whether modules are to run on another Python than the one that runs Ansible."""
        return self.target not in ("", "%d.%d" % sys.version_info[:2])

    @property
    def bin(self) -> Path:
        """The folder of the programs in the virtual environment."""
        return self.folder / "venv" / "bin"

    @property
    def home(self) -> Path:
        """The folder that stands in for the user's home, so that nothing is written there."""
        return self.folder / "home"


def environment(core: str, target: str = "") -> Environment:
    """The environment of the running Python with this ansible-core, C(2.19) or C(2.19.1), or with the newest one it can run if empty."""
    if sys.version_info < OLDEST_PYTHON:
        raise Trouble("Python %d.%d or later is needed, this is %s." % (*OLDEST_PYTHON, sys.version.split()[0]))
    if core and not re.fullmatch(r"\d+\.\d+(\.\d+\w*)?", core):
        raise Trouble("ANSIBLE_CORE is a version such as 2.19 or 2.19.1, not %r." % core)
    if core and tuple(map(int, core.split(".")[:2])) < OLDEST_CORE:
        raise Trouble("ansible-core %d.%d or later is needed, not %s." % (*OLDEST_CORE, core))
    if re.search(r"\s", str(CLONE)):
        raise Trouble("The path of the clone must not hold spaces: %s" % CLONE)
    return Environment(
        folder=CACHE / ("python%d.%d-core%s" % (*sys.version_info[:2], core or "-newest")), core=core, target=target
    )


def run(
    command: list[str | Path], cwd: Path = CLONE, env: dict[str, str] | None = None, complaints: int | None = None
) -> None:
    """Run a program to its end, with its output shown, but for its complaints if they are to go elsewhere.

    :raises Trouble: it failed.
    """
    sys.stdout.flush()
    status = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stderr=complaints, check=False
    ).returncode
    if status:
        raise Trouble("%s ended with status %d." % (" ".join(map(str, command)), status))


def output(command: list[str | Path], cwd: Path = CLONE, env: dict[str, str] | None = None) -> str:
    """What a program prints to its standard output.

    :raises Trouble: it failed.
    """
    answer = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if answer.returncode:
        raise Trouble("%s ended with status %d." % (" ".join(map(str, command)), answer.returncode))
    return answer.stdout


def variables(place: Environment) -> dict[str, str]:
    """The environment variables for programs of the virtual environment: the user's, but for what would change their outcome."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN_NAMES and not name.startswith(FOREIGN_PREFIXES)
    }
    kept["PATH"] = os.pathsep.join([str(place.bin), kept.get("PATH", os.defpath)])
    kept.setdefault("PIP_CACHE_DIR", str(CACHE / "pip"))
    return kept


def install_core(place: Environment) -> None:
    """Make the virtual environment with ansible-core and what the collection needs to run, unless it is there already."""
    wanted = CLONE / "meta" / "ee-requirements.txt"
    stamp = _stamp(place, "core", [sys.version, place.core or NEWEST_SUPPORTED_CORE, wanted.read_text()])
    if stamp.exists():
        return
    print("Making a virtual environment in %s" % place.bin.parent.relative_to(CLONE), flush=True)
    try:
        run([sys.executable, "-m", "venv", "--clear", place.bin.parent])
    except Trouble as trouble:
        raise Trouble(
            "%s (Some Linux distributions keep venv in a package of its own, such as python3-venv.)" % trouble
        ) from trouble
    _pip_install(place, ["--requirement", wanted], _core_requirement(place.core))
    stamp.touch()


def install_tools(place: Environment) -> None:
    """Add the programs that check the collection to the virtual environment, unless they are there already."""
    install_core(place)
    wanted = CLONE / "dev" / "requirements.txt"
    stamp = _stamp(place, "tools", [wanted.read_text()])
    if stamp.exists():
        return
    print("Adding the tools of %s" % wanted.relative_to(CLONE), flush=True)
    # Named again with its exact version, so that no tool moves ansible-core to another one.
    _pip_install(place, ["--requirement", wanted], "ansible-core==%s" % core_version(place))
    stamp.touch()


def core_version(place: Environment) -> str:
    """The version of ansible-core in the virtual environment."""
    return output([place.bin / "python", "-c", "from ansible.release import __version__; print(__version__)"]).strip()


def _core_requirement(core: str) -> str:
    """What to ask pip for."""
    if not core:
        return NEWEST_SUPPORTED_CORE
    return "ansible-core==%s" % core if core.count(".") == 2 else "ansible-core==%s.*" % core


def _pip_install(place: Environment, options: list[str | Path], core: str) -> None:
    """Install with pip, with a pre-release of ansible-core where there is no release yet."""
    command = [place.bin / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *options, core]
    env = variables(place)
    if core.endswith(".*"):
        try:
            run(command, env=env, complaints=subprocess.DEVNULL)
            return
        except Trouble:
            print("There is no release of %s for this Python. Trying again with its pre-releases." % core, flush=True)
            command.append("--pre")
    try:
        run(command, env=env)
    except Trouble as trouble:
        raise Trouble("%s Does Python %d.%d run %s?" % (trouble, *sys.version_info[:2], core)) from trouble


def _stamp(place: Environment, name: str, ingredients: list[str]) -> Path:
    """The file that tells that this was installed from these ingredients. A changed ingredient, or a moved clone, is another file."""
    ingredients = [str(CLONE), *ingredients]
    return place.bin.parent / (".%s-%s" % (name, hashlib.sha256("\n".join(ingredients).encode()).hexdigest()[:12]))
