# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trash objects, which represent deleted objects until they are purged."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..refusals import Refusal, object_in_trash, task_queueing_error
from ..rendering import CREATED_AT, render
from ..table import Action, Json, Kind
from ..world import World
from .organization import ORGANIZATION
from .task import is_busy, look_at, new_task, shown

_IS_KEPT = 48 * 3600  # seconds


@dataclass
class TrashObject:
    id: str
    organization: str
    object_id: str
    object_type: str = "VirtualMachine"
    keep_until: int = CREATED_AT + _IS_KEPT


def put_in_trash(world: World, resource: t.Any, object_type: str) -> Json:
    """Move an object to the trash; returns its trash object as it is shown."""
    resource.trashed = True
    made = TrashObject(world.new_id("trsh"), resource.organization, resource.id, object_type)
    made.keep_until = int(world.wall()) + _IS_KEPT
    world.trash_objects[made.id] = made
    return render(world, TRASH_OBJECT, made, TRASH_OBJECT.fields)


def in_trash(world: World, object_id: str, object_type: str) -> Refusal:
    """The response to requests for an object in the trash."""
    look_at(world, object_id)
    if not world.assumptions.trash_detail:
        return object_in_trash(None)
    found = (one for one in world.trash_objects.values() if one.object_id == object_id)
    trashed = next(found, TrashObject("trsh_%s" % object_id, "", object_id, object_type))
    return object_in_trash(render(world, TRASH_OBJECT, trashed, TRASH_OBJECT.fields))


# What to do with an object that is purged or restored, by its type; each is defined together with its kind
PURGE: dict[str, t.Callable[[World, str], None]] = {}
RESTORE: dict[str, t.Callable[[World, str], None]] = {}


def _purge(world: World, trashed: TrashObject) -> Json:
    """Start to delete an object forever."""
    if is_busy(world, trashed.object_id):
        raise task_queueing_error("Another task of this object is running")

    def remove() -> bool:
        del world.trash_objects[trashed.id]
        PURGE[trashed.object_type](world, trashed.object_id)
        return True

    def finish() -> bool:
        if "purge" in getattr(world.virtual_machines[trashed.object_id], "failing_tasks", ()):
            return False
        if world.assumptions.purge_lags:
            new_task(world, "Remove", trashed.id, remove, machine=trashed.object_id, looks=1)
            return True
        return remove()

    task = new_task(world, "Purge items from trash", trashed.id, finish, machine=trashed.object_id)
    return {"task": shown(world, task)}


def _restore(world: World, trashed: TrashObject, _given: Json) -> Json:
    if is_busy(world, trashed.object_id):
        raise task_queueing_error("Another task of this object is running")
    del world.trash_objects[trashed.id]
    RESTORE[trashed.object_type](world, trashed.object_id)
    return {"trash_object": render(world, TRASH_OBJECT, trashed, TRASH_OBJECT.fields)}


TRASH_OBJECT = Kind(
    name="trash_object",
    model=TrashObject,
    prefix="trsh",
    parent=ORGANIZATION,
    lookup=("id", "object_id"),
    read_scopes=("trash_objects:read",),
    delete_scope="trash_objects:purge",
    writes=("DELETE",),
    remove=_purge,
    actions={"restore": Action(_restore, scopes=("trash_objects:restore",))},
    look=lambda world, trashed: look_at(world, trashed.id),
    list_fields="id,keep_until,object_id,object_type",
    fields="id,keep_until,object_id,object_type",
)
