# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report what the API's OpenAPI document has that the collection does not know. The work is done by tests/contract/drift.py."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from contract import DOCUMENT, lacking, named
from demo import SIMULATOR, collection_folder
from environment import CLONE, Trouble, environment, install_core, variables


def main() -> int:
    """Print the report. The answer is the exit status: 0 whether or not there is something new, 2 when there is no report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--core", default="", help="the version of ansible-core; without it, the newest that this Python can run"
    )
    wanted = parser.parse_args()
    missing = lacking((DOCUMENT,))
    if missing:
        print("%s." % missing[0], file=sys.stderr)
        return 2
    try:
        place = environment(wanted.core)
        where = named(DOCUMENT)
        install_core(place)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    modules = os.pathsep.join([str(collection_folder()), str(SIMULATOR.parent)])
    env = {**variables(place), "PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [place.bin / "python", CLONE / "tests" / "contract" / "drift.py", where], env=env, check=False
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
