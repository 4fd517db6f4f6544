# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the contract suite of tests/contract needs to run: the API's own description, its recorded traffic, and that of the integration tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from environment import Environment, Trouble
from pytest_runner import junit, run_pytest

DOCUMENT = "KATAPULT_OPENAPI"
RECORDINGS = "KATAPULT_RECORDINGS"
HOW_TO_GET = {
    DOCUMENT: "the path or URL of the Core API's OpenAPI document; the service publishes it at https://api.katapult.io/core/v1/schema/openapi.json",
    RECORDINGS: "a folder of recorded traffic; the service publishes none. It is made from the cassettes of the tests of Krystal's"
    " terraform-provider-katapult: JSON files, each a list of {request: {method, path, query, body}, response: {status, headers, body}}",
}


def lacking(names: tuple[str, ...] = (DOCUMENT, RECORDINGS)) -> list[str]:
    """What is not there of that which only the environment can name, and how to get it; each a sentence without its full stop."""
    return ["%s is not set. It names %s" % (name, HOW_TO_GET[name]) for name in names if not os.environ.get(name)]


def named(name: str) -> str:
    """What a variable names, as a URL or an absolute path: relative ones are relative to where make was run.

    :raises Trouble: there is no such file or folder.
    """
    given = os.environ[name]
    if "://" in given:
        return given
    path = Path(given).absolute()
    if not path.exists():
        raise Trouble("%s names %s, which is not there." % (name, path))
    return str(path)


def sources() -> dict[str, str]:
    """What the variables name, as far as they are set, see :func:`named`."""
    return {name: named(name) for name in (DOCUMENT, RECORDINGS) if os.environ.get(name)}


def traffic(copy: Path) -> Path:
    """The folder in which the simulators of the integration tests write down what they were asked."""
    return copy / "tests" / "output" / "traffic"


def forget_traffic(copy: Path) -> None:
    """Let the integration tests that follow leave their traffic behind, and no other, nor what earlier traffic led to."""
    junit(copy, "contract").unlink(missing_ok=True)
    shutil.rmtree(traffic(copy), ignore_errors=True)
    traffic(copy).mkdir(parents=True)


def check_contract(place: Environment, copy: Path, arguments: list[str]) -> str | None:
    """Run the suite. The answer is what it had to leave out and why, if anything."""
    run_pytest(place, copy, "contract", *arguments, KATAPULT_TRAFFIC=str(traffic(copy)), **sources())
    return "; ".join(lacking()) or None
