# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how long a large inventory takes to load, and how many requests; prints a part of docs/speed.md.

Each load is a whole C(ansible-inventory --list), with the start of Ansible, over HTTP on this machine. It takes about half a minute.
Run it with the Python of the environment that has Ansible, and ANSIBLE_COLLECTIONS_PATH set.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "integration" / "targets" / "setup_simulator" / "files"))

from katapult_simulator.populate import grow  # noqa: E402
from katapult_simulator.samples import world as samples  # noqa: E402
from katapult_simulator.server import Server, serving  # noqa: E402
from katapult_simulator.simulator import Reply, Request, Simulator  # noqa: E402

MACHINES = 1000
ROUNDS = 3
UNLIMITED = 10**9  # requests in a minute: what is measured is the work, and not the waiting
TOKEN = "simulator-token"
ORGANIZATION = "acme"


@dataclass(frozen=True)
class Row:
    """What was loaded, the requests that it took, and the seconds, the median of some rounds."""

    what: str
    requests: int
    seconds: float


class Counted:
    """A simulator that counts what it is asked; by itself it remembers the latest requests only."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.requests = 0

    def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        self.requests += 1
        return self._simulator(request)


def main() -> None:
    """Print the table."""
    print("`ansible-inventory --list` of %s virtual machines, without latency and without a rate limit, with the start of Ansible.\n" % format(MACHINES, ","))
    print("| %s machines | requests | time |\n| --- | ---: | ---: |" % format(MACHINES, ","))
    for row in measure():
        print("| %s | %s | %.1f s |" % (row.what, format(row.requests, ","), row.seconds))


def measure(machines: int = MACHINES, rounds: int = ROUNDS) -> list[Row]:
    """Load an inventory of so many machines in each way."""
    with _serving(machines) as (url, counted), tempfile.TemporaryDirectory() as folder:
        return [
            _row("listed", counted, url, Path(folder) / "listed", {}, rounds),
            _row("with details", counted, url, Path(folder) / "details", {"details": "always"}, rounds),
            _row("listed, from the cache", counted, url, Path(folder) / "kept", {"cache": True}, rounds),
            _row("with details, from the cache", counted, url, Path(folder) / "all", {"cache": True, "details": "always"}, rounds),
        ]


@contextmanager
def _serving(machines: int) -> Iterator[tuple[str, Counted]]:
    world = samples()
    world.virtual_machines.clear()
    grow(world, virtual_machines=machines)
    server = Server(0)
    server.simulator = counted = Counted(Simulator(world, permitted=UNLIMITED))
    with serving(server):
        yield server.api_url, counted


def _row(what: str, counted: Counted, url: str, folder: Path, options: dict, rounds: int) -> Row:
    """Measure one way. What is to come from the cache is loaded once before."""
    folder.mkdir()
    file = folder / "katapult.yml"
    cached = {"cache_plugin": "jsonfile", "cache_connection": str(folder / "cache")} if options.get("cache") else {}
    file.write_text(json.dumps({"plugin": "katapult.cloud.katapult", **options, **cached}))  # JSON is YAML
    if cached:
        _load(file, url)
    counted.requests = 0
    seconds = [_load(file, url) for _round in range(rounds)]
    return Row(what, counted.requests // rounds, statistics.median(seconds))


def _load(file: Path, url: str) -> float:
    """The seconds that it takes to load an inventory."""
    env = {**os.environ, "KATAPULT_API_URL": url, "KATAPULT_API_TOKEN": TOKEN, "KATAPULT_ORGANIZATION": ORGANIZATION}
    start = time.monotonic()
    command = [Path(sys.executable).parent / "ansible-inventory", "-i", file, "--list"]
    listed = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    seconds = time.monotonic() - start
    if b'"vm_made_0"' not in listed:
        sys.exit("The inventory was not loaded.")
    return seconds


if __name__ == "__main__":
    main()
