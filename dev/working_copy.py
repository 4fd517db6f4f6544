# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The copy of the clone that is tested.

ansible-test looks at the real path it runs in, which has to end in ansible_collections/katapult/cloud, so neither the clone nor a link
to it will do. The copy also keeps what the tools write out of the clone.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path

from environment import CLONE, Environment, output, run


def working_copy(place: Environment, purpose: str) -> Path:
    """Bring the copy for this purpose up to date: what git tracks or could track in the clone, as it is on the disk now."""
    copy = collections(place, purpose) / "ansible_collections" / "katapult" / "cloud"
    copy.mkdir(parents=True, exist_ok=True)
    # A repository of its own: in the clone's, git ignores this folder, and tools that ask git would see no file at all.
    if not (copy / ".git").exists():
        run(["git", "init", "--quiet", "--template=", copy])

    wanted = _files(CLONE)
    for name in _files(copy) - wanted:
        (copy / name).unlink()
        _remove_empty_parents(copy / name, copy)
    for name in wanted:
        _bring(CLONE / name, copy / name)
    # Some tools tell the files that git ignores from the others only where there is something that git tracks.
    run(["git", "add", "--all"], cwd=copy)
    return copy


def collections(place: Environment, purpose: str) -> Path:
    """The folder in which Ansible finds the copy for this purpose as a collection."""
    return place.folder / purpose


def _files(repository: Path) -> set[str]:
    """The files that are there, but for those that git is told to ignore."""
    listed = output(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=repository).split("\0")
    return {
        name for name in listed if name and os.path.lexists(repository / name) and not _is_folder(repository / name)
    }


def _is_folder(path: Path) -> bool:
    """Whether it is a real folder: git lists a repository within a repository as if it were a file."""
    return path.is_dir() and not path.is_symlink()


def _bring(source: Path, target: Path) -> None:
    """Copy one file, or link, unless it is the same already."""
    if not source.is_symlink() and target.is_file() and not target.is_symlink():
        if filecmp.cmp(source, target, shallow=False) and source.stat().st_mode == target.stat().st_mode:
            return
    if _is_folder(target):
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def _remove_empty_parents(path: Path, top: Path) -> None:
    """Remove the folders that a removed file leaves empty."""
    for folder in path.parents:
        if folder == top or any(folder.iterdir()):
            return
        folder.rmdir()
