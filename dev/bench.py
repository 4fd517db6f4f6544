# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure tasks in process, as regular modules, and ansible.builtin.uri; write docs/speed.md and docs/speed.svg.

This is a benchmark, not a test: times depend on the machine and its load. Therefore the three alternate within one run
of Ansible against one local server, and the results are compared with each other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import matplotlib
from ansible.release import __version__ as core_version
from demo import ORGANIZATION, ROOT, TOKEN, WORK, ansible_playbook, simulator, stop_on_sigterm
from matplotlib import pyplot

PAGE = ROOT / "docs" / "speed.md"
PLOT = ROOT / "docs" / "speed.svg"
LATENCY = 0.05  # seconds
LONGEST = 1200  # seconds for one series; then the simulator stops by itself, and the tasks fail
# The requests of each kind of task; unit tests assert them. An unchanged virtual machine also needs the domain of the organization,
# which a loop reads once.
REQUESTS = {"create": 3, "update": 3, "no-op": 1, "virtual machine": 1}
MACHINE = "virtual machine"
URI = ("GET", "uri")
IN_PROCESS = tuple((kind, "in process") for kind in REQUESTS)
# Results that are compared are measured directly after each other.
GROUPS = (*IN_PROCESS, *((kind, "module") for kind in REQUESTS), URI)

# The limits of the goals. The first three are parts of the time of uri.
ITEM_IN_PROCESS = 0.04
TASK_IN_PROCESS = 0.16
ITEM_AS_MODULE = 1.05
LATENCIES_PER_REQUEST = 1.2


@dataclass(frozen=True)
class Series:
    """What one run of Ansible measures: groups of so many items of a loop, or separate tasks, in so many rounds each."""

    title: str
    rounds: dict[int, int]
    groups: tuple[tuple[str, str], ...] = GROUPS
    latency: float = 0.0
    looped: bool = True

    def each(self) -> Iterator[tuple[str, str, int, int]]:
        """The kind, way, size and round of each group. The groups take turns within each round."""
        for size, rounds in self.rounds.items():
            for turn in range(rounds):
                for kind, way in self.groups:
                    yield kind, way, size, turn


@dataclass(frozen=True)
class Measured:
    """A series, and the seconds that each of its groups took, by name."""

    series: Series
    seconds: dict[str, float]

    def each(self, kind: str, way: str, size: int) -> list[float]:
        """The seconds for one item or task, for each round."""
        return [self.seconds[_name(kind, way, size, turn)] / size for turn in range(self.series.rounds[size])]

    def ratio(self, kind: str, way: str, size: int) -> float:
        """The time relative to uri, as the median of the rounds."""
        return median(ours / uri for ours, uri in zip(self.each(kind, way, size), self.each(*URI, size)))


def main() -> int:
    """Run what the command line selects, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only a few small groups, without writing the page")
    quick = parser.parse_args().quick
    stop_on_sigterm()
    before = os.getloadavg()[0]
    sizes = {1: 1, 10: 1} if quick else {1: 5, 5: 5, 10: 5, 20: 5, 40: 5}
    near = _measure(Series("loops without latency", sizes))
    most = max(sizes)
    far = _measure(Series("loops with latency", {most: 1}, IN_PROCESS, LATENCY))
    own = _measure(
        Series("separate tasks", {10: 1} if quick else {20: 5}, (("no-op", "in process"), URI), looped=False)
    )
    text = _page(near, far, own, before)
    print(text)
    if not quick:
        PAGE.write_text(text)
        _plot(near)
        print("Written to %s and %s." % (PAGE.relative_to(ROOT), PLOT.relative_to(ROOT)))
    return 0


def _measure(series: Series) -> Measured:
    """Run one series. A group takes from the start of its first task to the last result."""
    print("Measuring %s" % series.title, flush=True)
    WORK.mkdir(parents=True, exist_ok=True)
    record, playbook = WORK / "bench.jsonl", WORK / "bench.json"
    record.unlink(missing_ok=True)
    callback = {
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "dev" / "bench" / "callback"),
        "ANSIBLE_STDOUT_CALLBACK": "stopwatch",
        "STOPWATCH_FILE": str(record),
    }
    with simulator("0", "--latency", str(series.latency), "--seconds", str(LONGEST)) as url:
        playbook.write_text(json.dumps(_playbook(series, url), indent=1))
        if ansible_playbook(playbook, url, **callback):
            sys.exit("The playbook of the benchmark failed.")
    moments: dict[str, list[float]] = {}
    for entry in map(json.loads, record.read_text().splitlines()):
        moments.setdefault(entry["task"].partition(" #")[0], []).extend((entry["start"], entry["end"]))
    return Measured(series, {name: max(of_group) - min(of_group) for name, of_group in moments.items()})


def _name(kind: str, way: str, size: int, turn: int) -> str:
    return "%s/%s/%d/%d" % (kind, way, size, turn)


def _playbook(series: Series, url: str) -> list[dict]:
    """The playbook of a series. Before each creation the simulator is reset, so that each way finds the same state."""
    # The rate limit is raised, because otherwise it would be measured.
    reset = {"url": url.replace("/core/v1", "/_simulator/reset"), "method": "POST", "body_format": "json"}
    start_over = {"name": "start over", "ansible.builtin.uri": {**reset, "body": {"permitted": 10**9}}}
    tasks = [start_over]
    for kind, way, size, turn in series.each():
        name = _name(kind, way, size, turn)
        if kind == "create":
            tasks.append(start_over)
        elif (kind, turn) == ("no-op", 0) and "create" not in dict(series.groups):
            create = {"katapult.cloud.load_balancer": _options(kind, "{{ item }}"), "loop": list(range(size))}
            tasks.append({"name": "create before", **create})
        if series.looped:
            tasks.append({"name": name, **_task(kind, way, "{{ item }}", url), "loop": list(range(size))})
        else:
            tasks += [{"name": "%s #%d" % (name, one), **_task(kind, way, str(one), url)} for one in range(size)]
    return [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]


def _task(kind: str, way: str, number: str, url: str) -> dict:
    if (kind, way) == URI:
        address = "%s/load_balancers/load_balancer?load_balancer[api_reference]=bench-%s" % (url, number)
        return {"ansible.builtin.uri": {"url": address, "headers": {"Authorization": "Bearer " + TOKEN}}}
    module = {"katapult.cloud.load_balancer": _options(kind, number)}
    if kind == MACHINE:
        properties = {"hostname": "web-a", "package": {"permalink": "rock-6"}, "tag_names": ["web"]}
        module = {
            "katapult.cloud.virtual_machine": {"organization": {"sub_domain": ORGANIZATION}, "properties": properties}
        }
    return {
        **module,
        "vars": {"katapult_in_process": way == "in process"},
        "register": "done",
        "failed_when": "done is failed or (done is changed) != %s" % (kind in ("create", "update")),
    }


def _options(kind: str, number: str) -> dict:
    properties = {
        "api_reference": "bench-" + number,
        # The order is create, update, no-op.
        "name": "Bench %s" % ("created" if kind == "create" else "updated"),
        "resource_type": "virtual_machines",
        "resource_ids": ["vm_a", "vm_b"],
        "data_center": {"permalink": "uk-lon-01"},
        "https_redirect": True,
    }
    return {"organization": {"sub_domain": ORGANIZATION}, "properties": properties}


# The page


def _page(near: Measured, far: Measured, own: Measured, before: float) -> str:
    describe = ["git", "describe", "--always"]
    revision = subprocess.run(describe, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return (
        (ROOT / "dev" / "bench" / "speed.md")
        .read_text()
        .format(
            before=before,
            during=os.getloadavg()[2],
            machine="%s, %d processors" % (platform.machine(), os.cpu_count() or 1),
            python=platform.python_version(),
            core=core_version,
            revision=revision or "unknown",
            goals=_goals(near, far, own),
            table="\n".join(_rows(near)),
        )
    )


def _rows(measured: Measured) -> Iterator[str]:
    for kind in REQUESTS:
        for size in measured.series.rounds:
            ways = ((kind, "in process"), (kind, "module"), URI)
            ours, module, _uri = (measured.ratio(*way, size) for way in ways)
            times = (median(measured.each(*way, size)) * 1000 for way in ways)
            yield "| %s | %d | %.1f | %.2f × | %.1f ms | %.0f ms | %.0f ms |" % (kind, size, 1 / ours, module, *times)


def _goals(near: Measured, far: Measured, own: Measured) -> str:
    (size,), (tasks,) = far.series.rounds, own.series.rounds
    item = "loop of %d items, " % size
    goals = [
        (item + "in process: time relative to `uri`", near.ratio("no-op", "in process", size), ITEM_IN_PROCESS),
        (
            "%d separate tasks, in process: time relative to `uri`" % tasks,
            own.ratio("no-op", "in process", tasks),
            TASK_IN_PROCESS,
        ),
        (item + "regular module: time relative to `uri`", near.ratio("no-op", "module", size), ITEM_AS_MODULE),
        (
            item + "in process, unchanged virtual machines: time relative to `uri`",
            near.ratio(MACHINE, "in process", size),
            ITEM_IN_PROCESS,
        ),
        (
            item + "regular module, unchanged virtual machines: time relative to `uri`",
            near.ratio(MACHINE, "module", size),
            ITEM_AS_MODULE,
        ),
    ]
    for kind, requests in REQUESTS.items():
        more = median(far.each(kind, "in process", size)) - median(near.each(kind, "in process", size))
        goals.append(
            (
                item + "in process, %s: network latencies per request" % kind,
                more / requests / LATENCY,
                LATENCIES_PER_REQUEST,
            )
        )
    rows = ["| %s | %.3f | %.2f | %s |" % (*goal, "met" if goal[1] <= goal[2] else "**not met**") for goal in goals]
    return "\n".join(["| goal | measured | limit | result |", "| --- | ---: | ---: | --- |", *rows])


def _plot(measured: Measured) -> None:
    """Draw the time of a loop against its number of items, both on logarithmic scales."""
    matplotlib.rcParams["svg.hashsalt"] = "katapult.cloud"  # the same file for the same numbers
    _figure, axes = pyplot.subplots(figsize=(7, 4))
    sizes = list(measured.series.rounds)
    labels = {URI: "ansible.builtin.uri", ("no-op", "module"): "regular module", ("no-op", "in process"): "in process"}
    for group, label in labels.items():
        axes.loglog(sizes, [size * median(measured.each(*group, size)) for size in sizes], marker="o", label=label)
    axes.set_xticks(sizes, labels=list(map(str, sizes)), minor=False)
    axes.set(xlabel="items of a loop, each a no-op with one request", ylabel="seconds")
    axes.minorticks_off()
    axes.legend()
    pyplot.savefig(PLOT, metadata={"Date": None}, bbox_inches="tight")


if __name__ == "__main__":
    sys.exit(main())
