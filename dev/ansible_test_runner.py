# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to run ansible-test without touching the user's home, and without any host but a package index."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from environment import CACHE, CLONE, Environment, Trouble, core_version, output, run, variables

# What programs read from a home to reach a package index. Linked, not copied: there may be secrets in it.
CONNECTION_SETTINGS = (".config/pip", ".pip", ".netrc", ".gitconfig")

# Run in the virtual environment: ansible-test tells itself what it needs. There is no public way to ask.
ASK_ANSIBLE_TEST = """
import inspect, json, types
from ansible_test._internal.python_requirements import get_venv_packages
from ansible_test._util.target.common.constants import CONTROLLER_PYTHON_VERSIONS, REMOTE_ONLY_PYTHON_VERSIONS
from ansible_test._util.target.setup.requirements import bootstrap

pythons = [*REMOTE_ONLY_PYTHON_VERSIONS, *CONTROLLER_PYTHON_VERSIONS]
print(json.dumps({
    "pythons": pythons,
    "pip_versions": sorted({get_venv_packages(types.SimpleNamespace(version=python))["pip"] for python in pythons}),
    "bootstrap_source": inspect.getsource(bootstrap),
}))
"""


def python_version() -> str:
    """The running Python as ansible-test calls it, such as 3.12."""
    return "%d.%d" % sys.version_info[:2]


def prepare(place: Environment) -> None:
    """Give ansible-test all that it would fetch from elsewhere."""
    facts = _facts(place)
    if python_version() not in facts["pythons"]:
        raise Trouble("ansible-core %s does not run on Python %s." % (core_version(place), python_version()))
    _link_connection_settings(place)
    _place_bootstrap_script(place, facts)
    _replace_pre_release_of_dill(place)


def ansible_test(place: Environment, copy: Path, *arguments: str) -> None:
    """Run ansible-test in the copy."""
    run([place.bin / "ansible-test", *arguments], cwd=copy, env={**variables(place), "HOME": str(place.home)})


def other_pythons(place: Environment) -> list[str]:
    """The other Pythons that this ansible-core supports on the side of the modules, as far as they can be started here."""
    return [
        version for version in _facts(place)["pythons"] if version != python_version() and _starts("python" + version)
    ]


def _facts(place: Environment) -> dict:
    """What ansible-test says about itself."""
    try:
        return json.loads(output([place.bin / "python", "-c", ASK_ANSIBLE_TEST], env=variables(place)))
    except Trouble as trouble:
        raise Trouble(
            "ansible-core %s keeps its secrets: dev/ansible_test_runner.py has to be adapted to it."
            % core_version(place)
        ) from trouble


def _starts(program: str) -> bool:
    """Whether the program is there and runs. Version managers put programs on the path that only explain why they do not run."""
    found = shutil.which(program)
    return (
        found is not None
        and not subprocess.run([found, "-c", ""], capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode
    )


def _link_connection_settings(place: Environment) -> None:
    """Let the home of the tests know how the user reaches a package index."""
    for name in CONNECTION_SETTINGS:
        theirs = Path.home() / name
        ours = place.home / name
        ours.parent.mkdir(parents=True, exist_ok=True)
        ours.unlink(missing_ok=True)
        if theirs.exists():
            ours.symlink_to(theirs)
    # ansible-test drops the variable that says where pip keeps its downloads, so they are put where pip looks by itself.
    downloads = place.home / ".cache" / "pip"
    downloads.parent.mkdir(parents=True, exist_ok=True)
    if not downloads.is_symlink():
        (CACHE / "pip").mkdir(exist_ok=True)
        downloads.symlink_to(CACHE / "pip")


def _place_bootstrap_script(place: Environment, facts: dict) -> None:
    """Put a script of our own where ansible-test keeps the one it would download."""
    found = re.search(r"~/(\.ansible/test/cache/[^'\"]*%s[^'\"]*)", facts["bootstrap_source"])
    if not found:
        raise Trouble(
            "ansible-core %s keeps its pip script elsewhere: dev/ansible_test_runner.py has to be adapted to it."
            % core_version(place)
        )
    for version in facts["pip_versions"]:
        target = place.home / (found[1] % version.replace(".", "_"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CLONE / "dev" / "pip_bootstrap.py", target)


def _replace_pre_release_of_dill(place: Environment) -> None:
    """Let pylint use a released dill.

    ansible-core 2.22 takes dill from a source repository, because no release of it knows Python 3.15 yet. Everywhere else the release will do.
    """
    if sys.version_info >= (3, 15):
        return
    (requirements,) = place.bin.parent.glob(
        "lib/python*/site-packages/ansible_test/_data/requirements/sanity.pylint.txt"
    )
    text = requirements.read_text()
    replaced = re.sub(r"^dill @ http.*$", "dill==0.4.1", text, flags=re.MULTILINE)
    if replaced != text:
        requirements.write_text(replaced)
