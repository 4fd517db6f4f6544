# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection as it is published, and look at it as Galaxy and a user would."""

from __future__ import annotations

import fnmatch
import shutil
import tarfile
from pathlib import Path

from environment import Environment, Trouble, output, run, variables

# What a published collection holds. A file that is none of these belongs into build_ignore of galaxy.yml, or into this list.
WANTED = (
    "CHANGELOG.md",
    "CHANGELOG.md.license",
    "CHANGELOG.rst",
    "CHANGELOG.rst.license",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "COPYING",
    "FILES.json",
    "LICENSES/*.txt",
    "MAINTAINERS",
    "MANIFEST.json",
    "README.md",
    "REUSE.toml",
    "changelogs/changelog.yaml",
    "changelogs/changelog.yaml.license",
    "docs/*",
    "examples/*",
    "meta/*.txt",
    "meta/*.yml",
    "plugins/*.py",
    "plugins/*.yml",
)
UNWANTED = ("*/.*", ".*", "*.pyc", "*/__pycache__/*")


def check_package(place: Environment, copy: Path) -> None:
    """Build the collection, import it as Galaxy does, install it as a user does, and look at what is in it.

    :raises Trouble: one of these went wrong.
    """
    folder = place.folder / "package"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = {
        **variables(place),
        "HOME": str(place.home),
        "ANSIBLE_HOME": str(place.home / ".ansible"),
        "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
    }

    run([place.bin / "ansible-galaxy", "collection", "build", "--output-path", folder], cwd=copy, env=env)
    (archive,) = folder.glob("katapult-cloud-*.tar.gz")
    _check_content(archive, copy)
    run([place.bin / "python", "-m", "galaxy_importer.main", archive.name], cwd=folder, env=env)
    env["ANSIBLE_COLLECTIONS_PATH"] = str(folder / "installed")
    run(
        [
            place.bin / "ansible-galaxy",
            "collection",
            "install",
            archive,
            "--collections-path",
            folder / "installed",
            "--offline",
        ],
        cwd=folder,
        env=env,
    )


def _check_content(archive: Path, copy: Path) -> None:
    """See that the archive holds all plugins, and no file that only the development needs."""
    with tarfile.open(archive) as tar:
        names = {member.name for member in tar.getmembers() if not member.isdir()}
    strangers = [name for name in names if not _matches(name, WANTED) or _matches(name, UNWANTED)]
    if strangers:
        raise Trouble("%s holds what it should not: %s" % (archive.name, ", ".join(sorted(strangers))))
    written = output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "plugins", "meta", "README.md"], cwd=copy
    ).split()
    missing = set(written) - names
    if missing:
        raise Trouble("%s lacks %s" % (archive.name, ", ".join(sorted(missing))))
    print(
        "%s holds %d files, %d bytes packed, all of them wanted." % (archive.name, len(names), archive.stat().st_size)
    )


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether the name of a file fits one of the patterns."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
