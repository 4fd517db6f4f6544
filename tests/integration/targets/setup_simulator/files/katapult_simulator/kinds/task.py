# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Background tasks.

Each look at a task, or at the object that it works on, brings it one step further. If the assumptions contain C(seconds),
looks do not matter: its steps are distributed over these seconds.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..rendering import CREATED_AT, render
from ..table import Json, Kind
from ..world import World

_RUNNING = ("pending", "running")


@dataclass
class Task:
    """A task.

    :param of: the ID of the object that it works on.
    :param looks: the number of steps after which it ends.
    :param finish: what its end does; returns whether it was successful.
    :param step: what each step before the last one does, with its number.
    :param machine: the ID of the virtual machine that cannot have another task meanwhile.
    :param started: the time at which it started; None if it depends on looks.
    :param pace: the seconds between two steps.
    """

    id: str
    name: str
    of: str
    looks: int
    finish: t.Callable[[], bool]
    status: str = "pending"
    progress: int = 0
    step: t.Callable[[int], None] = lambda _number: None
    machine: str = ""
    started: t.Optional[float] = None
    pace: float = 0.0
    steps: int = 0

    created_at = CREATED_AT

    @property
    def is_running(self) -> bool:
        return self.status in _RUNNING

    def look(self) -> None:
        """Bring it one step further, unless it depends on the clock."""
        if self.started is None:
            self.proceed()

    def catch_up(self, now: float) -> None:
        """Take all steps until a time, if it depends on the clock."""
        while self.started is not None and self.is_running and now >= self.started + (self.steps + 1) * self.pace:
            self.proceed()

    def proceed(self) -> None:
        """Take one step."""
        if not self.is_running:
            return
        self.looks -= 1
        self.steps += 1
        if self.looks > 0:
            self.status, self.progress = "running", 29
            self.step(self.steps)
        else:
            self.status, self.progress = ("completed" if self.finish() else "failed"), 100


def new_task(
    world: World,
    name: str,
    of: str,
    finish: t.Callable[[], bool],
    *,
    step: t.Callable[[int], None] = lambda _number: None,
    machine: str = "",
    looks: int = 0,
) -> Task:
    """Start a task.

    :param looks: the number of its steps, if it takes longer or shorter than other tasks.
    """
    assumed = world.assumptions
    task = Task(world.new_id("task"), name, of, looks or assumed.looks, finish, step=step, machine=machine)
    if assumed.seconds is not None:
        task.started, task.pace = world.wall(), assumed.seconds / max(assumed.looks, 1)
    world.objects["tasks"][task.id] = task
    return task


def start(world: World, name: str, of: str, finish: t.Callable[[], bool]) -> Json:
    """Start a task; returns it as it is shown in the response to the request that starts it."""
    return shown(world, new_task(world, name, of, finish))


def shown(world: World, task: Task, fields: str = "") -> Json:
    """A task in the response to the request that starts it."""
    return render(world, TASK, task, fields or TASK.fields)


def is_busy(world: World, machine: str) -> bool:
    """Whether a virtual machine has a running task."""
    return any(task.machine == machine and task.is_running for task in world.objects["tasks"].values())


def look_at(world: World, identifier: str) -> None:
    """Bring the running tasks of an object one step further."""
    for task in list(world.objects["tasks"].values()):
        if identifier in (task.of, task.machine):
            task.look()


def catch_up(world: World) -> None:
    """Take the steps of all tasks that depend on the clock. A step can start another task."""
    if world.assumptions.seconds is None:
        return
    now, done = world.wall(), 0
    while done < len(world.objects["tasks"]):
        tasks = list(world.objects["tasks"].values())
        for task in tasks[done:]:
            task.catch_up(now)
        done = len(tasks)


def _started_at(_world: World, task: Task) -> int | None:
    return None if task.status == "pending" else CREATED_AT


def _finished_at(_world: World, task: Task) -> int | None:
    return None if task.is_running else CREATED_AT + 1


TASK = Kind(
    name="task",
    model=Task,
    prefix="task",
    listed=False,
    look=lambda _world, task: task.look(),
    list_fields="id,name,status",
    fields="id,name,status,created_at,started_at,finished_at,progress",
    computed={"started_at": _started_at, "finished_at": _finished_at},
)
