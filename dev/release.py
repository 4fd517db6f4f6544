# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the changelog of the version that galaxy.yml names, out of the fragments and the modules that are new in it."""

from __future__ import annotations

import argparse
import datetime
import sys

from environment import CLONE, Trouble, environment, install_tools, run, variables


def main() -> int:
    """Do what the command line asks for. The answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--core", default="", help="the version of ansible-core; without it, the newest that this Python can run"
    )
    parser.add_argument("--date", default="", help="the day of the release, as in 2026-12-31; without it, today")
    wanted = parser.parse_args()
    day = wanted.date or datetime.date.today().isoformat()
    try:
        place = environment(wanted.core)
        install_tools(place)
        # With these options, a release that is there already is completed: with new fragments, other modules and the day.
        options = ["--date", day, "--reload-plugins", "--refresh-plugins", "--update-existing"]
        run([place.bin / "antsibull-changelog", "release", *options], cwd=CLONE, env=variables(place))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
