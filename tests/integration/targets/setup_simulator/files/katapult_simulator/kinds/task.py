# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Background tasks. Each look at a task, or at the object that it works on, brings it one step further."""

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
    :param looks: the number of looks after which it ends.
    :param finish: what its end does; returns whether it was successful.
    """

    id: str
    name: str
    of: str
    looks: int
    finish: t.Callable[[], bool]
    status: str = "pending"
    progress: int = 0

    created_at = CREATED_AT

    def look(self) -> None:
        """Bring it one step further."""
        if self.status in _RUNNING:
            self.looks -= 1
            self.status, self.progress = "running", 29
            if self.looks <= 0:
                self.status, self.progress = ("completed" if self.finish() else "failed"), 100


def start(world: World, name: str, of: str, finish: t.Callable[[], bool]) -> Json:
    """A new task, as it is shown in the response to the request that starts it."""
    task = Task(world.new_id("task"), name, of, world.assumptions.looks, finish)
    world.objects["tasks"][task.id] = task
    return render(world, TASK, task, TASK.fields)


def look_at(world: World, identifier: str) -> None:
    """Bring the running tasks of an object one step further."""
    for task in list(world.objects["tasks"].values()):
        if task.of == identifier:
            task.look()


def _started_at(_world: World, task: Task) -> int | None:
    return None if task.status == "pending" else CREATED_AT


def _finished_at(_world: World, task: Task) -> int | None:
    return None if task.status in _RUNNING else CREATED_AT + 1


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
