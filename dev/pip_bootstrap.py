# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install pip into the virtual environment this runs in, without fetching a script from the net.

ansible-test makes its virtual environments without pip and fills them with a script that it downloads. Where that download is not possible,
this file takes the script's place: the pip that comes with Python is unpacked, and then told to install the version that was asked for.
It has to run on every Python that ansible-test supports, so it is written plainly.
"""

import ensurepip
import os
import subprocess
import sys

# Options that only the downloaded script knows. What they ask for is what pip does anyway.
FOREIGN_OPTIONS = ("--no-setuptools", "--no-wheel")


def main():
    """Unpack the pip that comes with Python, and let it install what the arguments name."""
    ensurepip.bootstrap(default_pip=True)
    # ensurepip blinds this process for pip's configuration files and leaves it like that. The next pip needs them: they may name
    # the package index and the certificates to reach it with.
    os.environ.pop("PIP_CONFIG_FILE", None)
    wanted = [argument for argument in sys.argv[1:] if argument not in FOREIGN_OPTIONS]
    return subprocess.call([sys.executable, "-m", "pip", "install", *wanted])


if __name__ == "__main__":
    sys.exit(main())
