# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The copy of the clone that is tested.

ansible-test requires that the real path it runs in ends in ansible_collections/katapult/cloud. The copy also keeps the files
that tools write out of the clone.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def working_copy(clone: Path, copy: Path) -> Path:
    """Update the copy to all files of the clone that git does not ignore, including uncommitted changes."""
    copy.mkdir(parents=True, exist_ok=True)
    if not (copy / ".git").exists():  # without its own repository, git would ignore the whole copy
        _git(copy, "init", "--quiet", "--template=")
    wanted = _files(clone)
    for name in _files(copy) - wanted:
        (copy / name).unlink()
    for name in wanted:
        (copy / name).unlink(missing_ok=True)
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(clone / name, copy / name, follow_symlinks=False)
    _git(copy, "add", "--all")  # some tools only see tracked files
    return copy


def _files(repository: Path) -> set[str]:
    listed = _git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    # A deleted file is still tracked, and a repository in the repository is listed like a file.
    return {name for name in listed if name and ((repository / name).is_file() or (repository / name).is_symlink())}


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
