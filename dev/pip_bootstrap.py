# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install pip into the virtual environment of the running Python, without a download from outside of the package index.

ansible-test creates virtual environments without pip, and runs a script that it downloads to install pip. This file replaces
that script: it installs the pip that Python contains, which then installs the requested version. It must run on every Python
that ansible-test supports.
"""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys

# Options of the replaced script, for what is the default of pip.
OTHER_OPTIONS = ("--no-setuptools", "--no-wheel")


def main() -> int:
    """Install pip, and with it the requirements in the arguments."""
    ensurepip.bootstrap(default_pip=True)
    # ensurepip hides the configuration files of pip from this process. They may name the package index and its certificates.
    os.environ.pop("PIP_CONFIG_FILE", None)
    wanted = [argument for argument in sys.argv[1:] if argument not in OTHER_OPTIONS]
    return subprocess.call([sys.executable, "-m", "pip", "install", *wanted])


if __name__ == "__main__":
    sys.exit(main())
