# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests with every pair of an ansible-core and a Python for the modules that this machine has, and tell which it has not.

Pythons are looked for on the PATH and among the versions of pyenv. What runs Ansible is the newest one that the ansible-core can use.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from environment import CLONE

# For each supported ansible-core, the Pythons that can run it, and those that can run its modules, as minor versions of Python 3.
CORES: dict[str, tuple[range, range]] = {
    "2.18": (range(11, 14), range(8, 14)),
    "2.19": (range(11, 14), range(8, 14)),
    "2.20": (range(12, 15), range(9, 15)),
    "2.21": (range(12, 15), range(9, 15)),
    "2.22": (range(13, 16), range(9, 16)),
}
OLDEST_TARGET = 9  # that is run; on 3.8, modules are compiled and imported by the sanity tests


@dataclass(frozen=True)
class Pair:
    """One ansible-core and one Python for the modules.

    :param controller: the Python that runs Ansible.
    """

    core: str
    controller: str
    target: str

    def __str__(self) -> str:
        return "ansible-core %s on Python %s, modules on Python %s" % (self.core, self.controller, self.target)


def main() -> int:
    """Run what the command line asks for. The answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ends", action="store_true", help="only the oldest and the newest pair")
    parser.add_argument("--core", choices=list(CORES), help="only the pairs of this ansible-core")
    parser.add_argument("--list", action="store_true", help="only tell which pairs there are, and which not")
    wanted = parser.parse_args()
    pythons = {minor: path for minor in range(8, 16) for path in [installed("3.%d" % minor)] if path is not None}
    pairs, missing = plan(set(pythons))
    if wanted.core:
        pairs = [pair for pair in pairs if pair.core == wanted.core]
    if wanted.ends:
        pairs = [*dict.fromkeys([pairs[0], pairs[-1]])] if pairs else []
    for reason in missing:
        print("Not run: %s." % reason)
    if wanted.list or not pairs:
        print("\n".join(map(str, pairs)) or "There is nothing to run.")
        return 0 if pairs else 1

    outcomes = []
    seen: set[str] = set()
    for pair in pairs:
        # Once for each ansible-core: it looks at the code with all Pythons that are there.
        steps = ["units", "integration", *(["integration-as-modules"] if pair.controller == pair.target else [])]
        if pair.core not in seen:
            steps.append("sanity")
        seen.add(pair.core)
        print("\n##### %s" % pair, flush=True)
        start = time.monotonic()
        outcomes.append((pair, run(pair, steps, pythons), time.monotonic() - start))
    print("\n=== Matrix")
    for pair, well, seconds in outcomes:
        print("%-70s%6.0f s  %s" % (pair, seconds, "ok" if well else "FAILED"))
    for reason in missing:
        print("Not run: %s." % reason)
    return 0 if all(well for _pair, well, _seconds in outcomes) else 1


def installed(version: str) -> Path | None:
    """A Python of this version that starts. Version managers put programs on the PATH that only explain why they do not run."""
    name = "python%s" % version
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    on_path = shutil.which(name)
    candidates = [
        *([Path(on_path)] if on_path else []),
        *sorted(pyenv.glob("%s.*/bin/%s" % (version, name)), reverse=True),
    ]
    for candidate in candidates:
        started = subprocess.run([candidate, "-c", ""], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if not started.returncode:
            return candidate
    return None


def plan(minors: set[int]) -> tuple[list[Pair], list[str]]:
    """The pairs that can be run with these Pythons, the oldest first, and why others cannot."""
    pairs, missing = [], []
    for core, (controllers, targets) in CORES.items():
        usable = sorted(minors.intersection(controllers))
        if not usable:
            missing.append(
                "ansible-core %s, because none of Python 3.%d to 3.%d is here" % (core, controllers[0], controllers[-1])
            )
            continue
        for target in targets:
            if target in minors and target >= OLDEST_TARGET:
                # A Python that can run both does, so that modules may run in process too.
                controller = target if target in usable else usable[-1]
                pairs.append(Pair(core, "3.%d" % controller, "3.%d" % target))
            elif target >= OLDEST_TARGET:
                missing.append("ansible-core %s with modules on Python 3.%d, which is not here" % (core, target))
    return pairs, missing


def run(pair: Pair, steps: list[str], pythons: dict[int, Path]) -> bool:
    """Run the steps with a pair; whether all went well."""
    minor = int(pair.controller.partition(".")[2])
    folders = dict.fromkeys(str(path.parent) for path in pythons.values())
    env = {**os.environ, "PATH": os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])}
    command = [pythons[minor], CLONE / "dev" / "run_tests.py", "--core", pair.core, "--target", pair.target, *steps]
    return subprocess.run(command, env=env, cwd=CLONE, stdin=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
