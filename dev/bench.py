# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how long tasks take in process, as a regular module, and with ansible.builtin.uri; write docs/speed.md.

This is a benchmark, not a test: times depend on the machine and its load. Therefore the three alternate within one run
of Ansible against one local server, and the results are compared with each other.
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

from demo import ORGANIZATION, TOKEN, settings, simulator
from environment import CLONE, Environment, Trouble, core_version, environment, install_core, run

PAGE = CLONE / "docs" / "speed.md"
STOPWATCH = CLONE / "dev" / "bench" / "callback"
LATENCY = 0.05  # seconds
LONGEST = 1200  # seconds for one series; then the simulator stops by itself, and what still runs fails
REQUESTS = {"no-op": 1, "create": 2, "update": 3}  # of each kind of task; asserted by unit tests
URI = ("GET", "uri")
# The kinds and ways, in their order.
GROUPS = (*((kind, way) for way in ("in process", "module") for kind in ("create", "no-op", "update")), URI)

# The goals, all of them "at most". The first three are parts of the time of uri.
ITEM_IN_PROCESS = 0.04
TASK_IN_PROCESS = 0.16
ITEM_AS_MODULE = 1.05
LATENCIES_PER_REQUEST = 1.2


@dataclass(frozen=True)
class Series:
    """What is timed in one run of Ansible: groups of so many items of a loop, or tasks of their own, so often each."""

    title: str
    rounds: dict[int, int]
    latency: float = 0.0
    looped: bool = True

    def groups(self) -> Iterator[tuple[str, str, int, int]]:
        """The kind, way, size and round of each group. The ways take turns within each round."""
        for size, rounds in self.rounds.items():
            for turn in range(rounds):
                for kind, way in GROUPS:
                    yield kind, way, size, turn


@dataclass(frozen=True)
class Measured:
    """A series and the seconds that each of its groups took, by name."""

    series: Series
    seconds: dict[str, float]

    def each(self, kind: str, way: str, size: int) -> list[float]:
        """The seconds for one item or task, round by round."""
        rounds = self.series.rounds[size]
        return [self.seconds[_name(kind, way, size, turn)] / size for turn in range(rounds)]

    def ratio(self, kind: str, way: str, size: int) -> float:
        """The part of the time of uri, as the median of the rounds: both were measured shortly after each other."""
        return median(ours / uri for ours, uri in zip(self.each(kind, way, size), self.each(*URI, size)))


def _all_series(quick: bool) -> tuple[Series, Series, Series]:
    near = {1: 2, 10: 1} if quick else {1: 5, 10: 3, 40: 3, 100: 1}
    far = {1: 1, 10: 1} if quick else {1: 3, 10: 1, 40: 1, 100: 1}
    return (
        Series("Loops without latency", near),
        Series("Loops with %.0f ms of latency" % (LATENCY * 1000), far, LATENCY),
        Series("Separate tasks without latency", {10: 1} if quick else {20: 5}, looped=False),
    )


def main() -> int:
    """Run what the command line asks for. The answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", default="", help="the version of ansible-core, or else the newest for this Python")
    parser.add_argument("--quick", action="store_true", help="only a few small groups, and no page")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        place = environment(wanted.core)
        install_core(place)
        before = os.getloadavg()[0]
        text = _page(place, [_measure(place, series) for series in _all_series(wanted.quick)], before)
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


def _measure(place: Environment, series: Series) -> Measured:
    """Run one series. A group takes from the start of its first task to the last result."""
    print(series.title, flush=True)
    record = place.folder / "bench.jsonl"
    playbook = place.folder / "bench.json"
    record.unlink(missing_ok=True)
    with simulator(place, "0", "--latency", str(series.latency), "--seconds", str(LONGEST)) as url:
        playbook.write_text(json.dumps(_playbook(series, url), indent=1))
        env = {
            **settings(place, url),
            "ANSIBLE_CALLBACK_PLUGINS": str(STOPWATCH),
            "ANSIBLE_STDOUT_CALLBACK": "stopwatch",
            "STOPWATCH_FILE": str(record),
        }
        run([place.bin / "ansible-playbook", playbook], env=env)
    moments: dict[str, list[float]] = {}
    for entry in map(json.loads, record.read_text().splitlines()):
        moments.setdefault(entry["task"].partition(" #")[0], []).extend((entry["start"], entry["end"]))
    return Measured(series, {name: max(of_group) - min(of_group) for name, of_group in moments.items()})


def _name(kind: str, way: str, size: int, turn: int) -> str:
    return "%s/%s/%d/%d" % (kind, way, size, turn)


def _playbook(series: Series, url: str) -> list[dict]:
    """The playbook of a series. Before each creation the simulator starts over, so that all find the same there."""
    # Without a limit of requests a minute: that would be measured instead.
    reset = {"url": url.replace("/core/v1", "/_simulator/reset"), "method": "POST", "body_format": "json"}
    start_over = {"name": "start over", "ansible.builtin.uri": {**reset, "body": {"permitted": 10**9}}}
    tasks = []
    for kind, way, size, turn in series.groups():
        name = _name(kind, way, size, turn)
        if kind == "create":
            tasks.append(start_over)
        if series.looped:
            tasks.append({"name": name, **_task(kind, way, "{{ item }}", url), "loop": list(range(size))})
        else:
            tasks += [{"name": "%s #%d" % (name, one), **_task(kind, way, str(one), url)} for one in range(size)]
    return [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]


def _task(kind: str, way: str, number: str, url: str) -> dict:
    reference = "bench-" + number
    if (kind, way) == URI:
        address = "%s/load_balancers/load_balancer?load_balancer[api_reference]=%s" % (url, reference)
        return {"ansible.builtin.uri": {"url": address, "headers": {"Authorization": "Bearer " + TOKEN}}}
    properties = {
        "api_reference": reference,
        "name": "Bench %s" % ("updated" if kind == "update" else number),
        "resource_type": "virtual_machines",
        "resource_ids": ["vm_a", "vm_b"],
        "data_center": {"permalink": "uk-lon-01"},
        "https_redirect": True,
    }
    return {
        "katapult.cloud.load_balancer": {"organization": {"sub_domain": ORGANIZATION}, "properties": properties},
        "vars": {"katapult_in_process": way == "in process"},
        "register": "done",
        "failed_when": "done is failed or (done is changed) != %s" % (kind != "no-op"),
    }


# The page


def _page(place: Environment, measured: list[Measured], before: float) -> str:
    describe = ["git", "describe", "--always"]
    revision = subprocess.run(describe, cwd=CLONE, capture_output=True, text=True, check=False).stdout.strip()
    return TEMPLATE.format(
        before=before,
        during=os.getloadavg()[2],
        machine="%s, %d processors" % (platform.machine(), os.cpu_count() or 1),
        python=platform.python_version(),
        core=core_version(place),
        revision=revision or "unknown",
        goals=_goals(*measured),
        tables="\n\n".join(map(_table, measured)),
    )


def _table(measured: Measured) -> str:
    lines = [
        "### %s\n" % measured.series.title,
        "| task | %s | in process: speedup over `uri` | regular module: time relative to `uri` "
        "| in process | regular module | `uri` |" % ("items" if measured.series.looped else "tasks"),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in REQUESTS:
        for size in measured.series.rounds:
            ways = ((kind, "in process"), (kind, "module"), URI)
            ours, module, _uri = (measured.ratio(*way, size) for way in ways)
            times = (median(measured.each(*way, size)) * 1000 for way in ways)
            row = (kind, size, 1 / ours, module, *times)
            lines.append("| %s | %d | %.1f | %.2f × | %.1f ms | %.0f ms | %.0f ms |" % row)
    return "\n".join(lines)


def _goals(near: Measured, far: Measured, own: Measured) -> str:
    size = max(number for number in near.series.rounds if number <= 40)
    tasks = max(own.series.rounds)
    goals = [
        (
            "loop of %d items, in process: time relative to `uri`" % size,
            near.ratio("no-op", "in process", size),
            ITEM_IN_PROCESS,
        ),
        (
            "%d separate tasks, in process: time relative to `uri`" % tasks,
            own.ratio("no-op", "in process", tasks),
            TASK_IN_PROCESS,
        ),
        (
            "loop of %d items, regular module: time relative to `uri`" % size,
            near.ratio("no-op", "module", size),
            ITEM_AS_MODULE,
        ),
    ]
    for kind, requests in REQUESTS.items():
        more = median(far.each(kind, "in process", size)) - median(near.each(kind, "in process", size))
        name = "loop of %d items, in process, %s: network latencies per request" % (size, kind)
        goals.append((name, more / requests / LATENCY, LATENCIES_PER_REQUEST))
    rows = [
        "| %s | %.3f | %.2f | %s |" % (name, reached, bound, "met" if reached <= bound else "**not met**")
        for name, reached, bound in goals
    ]
    return "\n".join(["| goal | measured | limit | result |", "| --- | ---: | ---: | --- |", *rows])


TEMPLATE = """<!--
Copyright (c) 2026, the katapult.cloud contributors
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# Speed

Most of the run time of a cloud task is not spent in the API: for each task and each item of a loop, Ansible starts a
Python interpreter. The modules of this collection therefore run in the process that runs Ansible, unless the
difference could be observed. [Execution modes](execution-mode.md) lists the conditions.

`make bench` generates this page. It runs `katapult.cloud.load_balancer` in both execution modes, in process and as a
regular module. For comparison, it runs `ansible.builtin.uri` with a single `GET` request for one load balancer. Each
runs in loops, and as separate tasks, one after the other in a play. The three alternate within one run of Ansible,
against the same simulator on the same machine. Times depend on the machine, so compare the ratios. A ratio is the
median of the ratios of all rounds, each between groups that ran shortly after each other. A time is that of one item
or task, and includes its share of the overhead of Ansible.

A no-op sends one request, a create two, and an update three (including the check that the load balancer belongs to the
organization of the task). `uri` sends one request in all rows.

Measured with ansible-core {core}, Python {python}, {machine}, revision {revision}. The load average of the machine was
{before:.1f} before the measurement, and {during:.1f} over its last 15 minutes. On an otherwise idle machine, these values are about 0 and 1.

## Goals

An item is an iteration of a loop; a task runs without a loop. The first three rows measure a no-op, which sends the same
request as `uri`.

{goals}

## Times

{tables}
"""


if __name__ == "__main__":
    sys.exit(main())
