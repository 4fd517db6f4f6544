# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how long loops of tasks take, in process, as a module, and with ansible.builtin.uri beside them; write docs/speed.md.

A benchmark, not a test: how long something takes depends on the machine and on what else runs there. So the three take turns, in one
run of Ansible against one local server, and what counts is how they compare.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from demo import ORGANIZATION, TOKEN, collection_folder, settings, simulator
from environment import CLONE, Environment, Trouble, core_version, environment, install_core, output, run

PAGE = CLONE / "docs" / "speed.md"
STOPWATCH = CLONE / "dev" / "bench" / "callback"
LARGE_WORK = (CLONE / "dev" / "bench" / "growth.py", CLONE / "dev" / "bench" / "inventory.py")

LATENCY = 0.05  # seconds
LONGEST = 1200  # seconds for all; then the simulator stops by itself, and what still runs fails
WAYS = ("in process", "module")
REQUESTS = {"no-op": 1, "create": 2, "update": 3}  # of each kind of task; asserted by unit tests
FASTER_THAN_URI = 25  # the goals: in process at 40 items without latency,
NO_SLOWER_THAN_URI = 1.05  # as a module there,
LATENCY_FACTOR = 1.2  # and how often the latency may be paid for each request


@dataclass(frozen=True)
class Loops:
    """The loops to run with one latency: how often each, by its number of items."""

    latency: float
    rounds: dict[int, int]


WHOLE = (Loops(0.0, {1: 5, 10: 3, 40: 3, 100: 1}), Loops(LATENCY, {1: 3, 10: 1, 40: 1, 100: 1}))
QUICK = (Loops(0.0, {1: 2, 10: 1}), Loops(LATENCY, {1: 1, 10: 1}))


@dataclass(frozen=True)
class Loop:
    """One loop that is timed. C(way) is "uri" where C(kind) has no meaning."""

    kind: str
    way: str
    items: int
    round: int

    @property
    def name(self) -> str:
        return "%s/%s/%d/%d" % (self.kind, self.way, self.items, self.round)


Times = dict[Loop, float]


def main() -> int:
    """Run what the command line asks for. The answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", default="", help="the version of ansible-core; without it, the newest that this Python can run")
    parser.add_argument("--quick", action="store_true", help="only a few short loops, and no page")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        place = environment(wanted.core)
        install_core(place)
        loads = [os.getloadavg()[0]]
        measured = [(loops, _measure(place, loops)) for loops in (QUICK if wanted.quick else WHOLE)]
        loads.append(os.getloadavg()[2])
        text = _page(place, measured, _growth(place), loads)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(text)
    if not wanted.quick:
        PAGE.write_text(text)
        print("Written to %s" % PAGE.relative_to(CLONE))
    return 0


def _measure(place: Environment, loops: Loops) -> Times:
    """How long the loops took with one latency, in seconds."""
    print("Loops with %.0f ms of latency" % (loops.latency * 1000), flush=True)
    record = place.folder / "bench.jsonl"
    playbook = place.folder / "bench.json"
    record.unlink(missing_ok=True)
    with simulator(place, "0", "--latency", str(loops.latency), "--seconds", str(LONGEST)) as url:
        playbook.write_text(json.dumps(_playbook(loops, url), indent=1))
        env = {
            **settings(place, url),
            "ANSIBLE_CALLBACK_PLUGINS": str(STOPWATCH),
            "ANSIBLE_STDOUT_CALLBACK": "stopwatch",
            "STOPWATCH_FILE": str(record),
        }
        run([place.bin / "ansible-playbook", playbook], env=env)
    seconds = {entry["task"]: entry["seconds"] for entry in map(json.loads, record.read_text().splitlines())}
    return {loop: seconds[loop.name] for loop in _loops(loops)}


def _loops(loops: Loops) -> Iterator[Loop]:
    """All loops with one latency, in their order: the ways take turns within each round."""
    for items, rounds in loops.rounds.items():
        for turn in range(rounds):
            for way in WAYS:
                for kind in ("create", "no-op", "update"):
                    yield Loop(kind, way, items, turn)
            yield Loop("GET", "uri", items, turn)


def _playbook(loops: Loops, url: str) -> list[dict]:
    """The playbook that runs them. Before each group the simulator starts over, so that all find the same there."""
    tasks = [task for loop in _loops(loops) for task in _tasks(loop, url)]
    return [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]


def _tasks(loop: Loop, url: str) -> Iterator[dict]:
    control = url.replace("/core/v1", "/_simulator")
    if loop.kind == "create":
        # Without a limit of requests a minute: that would be measured instead.
        reset = {"url": control + "/reset", "method": "POST", "body_format": "json", "body": {"permitted": 10**9}}
        yield {"name": "start over", "ansible.builtin.uri": reset}
    numbers = list(range(loop.items))
    if loop.way == "uri":
        # Of what the loops before have left there: the first load balancer, again and again.
        get = {
            "url": url + "/load_balancers/load_balancer?load_balancer[api_reference]=bench-{{ item }}",
            "headers": {"Authorization": "Bearer " + TOKEN},
        }
        yield {"name": loop.name, "ansible.builtin.uri": get, "loop": numbers}
        return
    properties = {
        "api_reference": "bench-{{ item }}",
        "name": "Bench %s" % ("updated" if loop.kind == "update" else "{{ item }}"),
        "resource_type": "virtual_machines",
        "resource_ids": ["vm_a", "vm_b"],
        "data_center": {"permalink": "uk-lon-01"},
        "https_redirect": True,
    }
    yield {
        "name": loop.name,
        "katapult.cloud.load_balancer": {"organization": {"sub_domain": ORGANIZATION}, "properties": properties},
        "vars": {"katapult_in_process": loop.way == "in process"},
        "loop": numbers,
        "register": "done",
        "failed_when": "done is failed or (done is changed) != %s" % (loop.kind != "no-op"),
    }


def _growth(place: Environment) -> str:
    """The part of the page about large work."""
    print("Large work", flush=True)
    env = {**settings(place, ""), "PYTHONPATH": str(collection_folder())}
    return "\n".join(output([place.bin / "python", program], env=env) for program in LARGE_WORK)


# The page


def _page(place: Environment, measured: list[tuple[Loops, Times]], growth: str, loads: list[float]) -> str:
    facts = {
        "before": loads[0],
        "during": loads[1],
        "machine": "%s, %d processors" % (platform.machine(), os.cpu_count() or 1),
        "python": platform.python_version(),
        "core": core_version(place),
        "revision": _revision(),
    }
    tables = "\n".join(_table(loops, times) for loops, times in measured)
    return TEMPLATE.format(tables=tables, goals=_goals(measured), growth=growth.strip(), **facts)


def _revision() -> str:
    return subprocess.run(["git", "describe", "--always"], cwd=CLONE, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _table(loops: Loops, times: Times) -> str:
    lines = [
        "### With %.0f ms of latency" % (loops.latency * 1000),
        "",
        "| task | items | in process: times as fast as `uri` | as a module: time of `uri` | in process | as a module | `uri` |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in REQUESTS:
        for items in loops.rounds:
            each = {way: median(_seconds(times, kind, way, items)) / items * 1000 for way in WAYS}
            each["uri"] = median(_seconds(times, "GET", "uri", items)) / items * 1000
            lines.append(
                "| %s | %d | %.1f | %.2f × | %.1f ms | %.0f ms | %.0f ms |"
                % (kind, items, _ratio(times, kind, items), 1 / _ratio(times, kind, items, "module"), each["in process"], each["module"], each["uri"])
            )
    return "\n".join([*lines, ""])


def _seconds(times: Times, kind: str, way: str, items: int) -> list[float]:
    """What the loops of this sort took, round by round."""
    return [seconds for loop, seconds in times.items() if (loop.kind, loop.way, loop.items) == (kind, way, items)]


def _ratio(times: Times, kind: str, items: int, way: str = "in process") -> float:
    """How many times as fast as uri, as the median of the rounds: both were measured within seconds of each other."""
    return median(uri / ours for uri, ours in zip(_seconds(times, "GET", "uri", items), _seconds(times, kind, way, items)))


def _goals(measured: list[tuple[Loops, Times]]) -> str:
    (near, near_times), (far, far_times) = measured
    items = min((40, max(near.rounds)), key=lambda number: number not in near.rounds)
    lines = []

    def goal(said: str, reached: float, wanted: float, met: bool) -> None:
        lines.append("| %s | %.2f | %.2f | %s |" % (said, wanted, reached, "met" if met else "**missed**"))

    fast, slow = _ratio(near_times, "no-op", items), 1 / _ratio(near_times, "no-op", items, "module")
    goal("no-op in process, times as fast as `uri`, at least", fast, FASTER_THAN_URI, fast >= FASTER_THAN_URI)
    goal("no-op as a module, times the time of `uri`, at most", slow, NO_SLOWER_THAN_URI, slow <= NO_SLOWER_THAN_URI)
    for kind, requests in REQUESTS.items():
        near_one, far_one = (median(_seconds(times, kind, "in process", items)) / items for times in (near_times, far_times))
        paid = (far_one - near_one) / (requests * far.latency)
        said = "%s in process, latencies paid for each of its %d request%s, at most" % (kind, requests, "" if requests == 1 else "s")
        goal(said, paid, LATENCY_FACTOR, paid <= LATENCY_FACTOR)
    return "\n".join(["| goal, with %d items | wanted | measured | |" % items, "| --- | ---: | ---: | --- |", *lines])


TEMPLATE = """<!--
Copyright: (c) 2026, the katapult.cloud contributors
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# How fast it is

Most of the time of a cloud task is not the API: it is Ansible starting a Python for each item of a loop. The modules of this collection
therefore run in the process that runs Ansible, wherever that makes no other difference. When it does not, is told in the
[README](../README.md#speed).

This page is written by `make bench`. It runs loops of `katapult.cloud.load_balancer` in both ways, and beside them loops of
`ansible.builtin.uri` which do nothing but the bare `GET` of one load balancer. The three take turns, in one run of Ansible, against the
same simulator on the same machine. Times depend on the machine, so compare the ratios. A ratio is the median of those of the rounds,
each between loops that ran right after each other; a time is that of one item, and includes its share of the start of the task.

A no-op is one request, a creation two, an update three (with the check that the load balancer is in the organization of the task).
`uri` sends one in all rows.

Measured with ansible-core {core}, Python {python}, {machine}, revision {revision}. The load of the machine was {before:.1f} before that,
and {during:.1f} in the last quarter of an hour of it; of a machine that has nothing else to do, about 0 and 1.

## Goals

{goals}

## Loops

{tables}
## Large work

{growth}
"""


if __name__ == "__main__":
    sys.exit(main())
