# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let ansible-test run with a package index as its only source, and without changes in the home directory of the user."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

# The settings of programs that access a package index. Linked instead of copied, because they may contain secrets.
CONNECTION_SETTINGS = (".config/pip", ".pip", ".netrc", ".gitconfig", ".cache/pip")

# Run with the Python of a session: ansible-test has no public interface for these questions.
QUESTIONS = """
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


def prepare_home(programs: Path, home: Path) -> None:
    """Prepare the home directory of ansible-test.

    :param programs: the folder of the programs in the virtual environment of a session.
    """
    facts = _ask(programs)
    for name in CONNECTION_SETTINGS:
        theirs, ours = Path.home() / name, home / name
        ours.parent.mkdir(parents=True, exist_ok=True)
        if theirs.exists() and not ours.exists():
            ours.unlink(missing_ok=True)
            ours.symlink_to(theirs)
    # In place of the script that ansible-test would download to install pip.
    found = re.search(r"~/(\.ansible/test/cache/\w*%s[\w.]*)", facts["bootstrap_source"])
    if not found:
        raise RuntimeError("This ansible-core has its pip script in another place: adapt dev/offline.py.")
    for version in facts["pip_versions"]:
        target = home / (found[1] % version.replace(".", "_"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(__file__).with_name("pip_bootstrap.py"), target)
    # ansible-core 2.22 requires dill from a source repository, because no release supports Python 3.15.
    for requirements in programs.parent.glob(
        "lib/python*/site-packages/ansible_test/_data/requirements/sanity.pylint.txt"
    ):
        requirements.write_text(re.sub(r"^dill @ http.*$", "dill==0.4.1", requirements.read_text(), flags=re.MULTILINE))


def pythons_besides(programs: Path, version: str) -> list[str]:
    """The other Python versions for modules that the ansible-core of a session supports and that this machine has."""
    return [other for other in _ask(programs)["pythons"] if other != version and _starts("python" + other)]


def _ask(programs: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(
        subprocess.run([programs / "python", "-c", QUESTIONS], check=True, stdout=subprocess.PIPE).stdout
    )
    return facts


def _starts(program: str) -> bool:
    """Whether a program exists and runs: version managers put programs on the PATH that only print an error."""
    found = shutil.which(program)
    # ansible-test does not pass on the variable that selects versions of pyenv.
    env = {name: value for name, value in os.environ.items() if name != "PYENV_VERSION"}
    return (
        found is not None
        and not subprocess.run([found, "-c", ""], env=env, capture_output=True, check=False).returncode
    )
