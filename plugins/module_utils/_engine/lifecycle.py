# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task for the power of a resource, for its deletion if it is moved to the trash, and for its allocation."""

from __future__ import annotations

import typing as t

from .._schema.fields import Values
from .._schema.types import integer
from .resource import Resource

SHUTDOWN_TIMEOUT = 120  # seconds
_SECONDS = integer(1)

Params = t.Mapping[str, t.Any]


class PowerOptions(t.NamedTuple):
    """The options for the power of a resource."""

    state: str | None = None  # that the task asks for; None to leave it as it is
    shutdown_timeout: int = SHUTDOWN_TIMEOUT
    force: bool = False
    allow_restart: bool = False


class TrashOptions(t.NamedTuple):
    """The options for a deletion."""

    purge: bool = False
    release: bool = False
    kept: t.FrozenSet[str] = (
        frozenset()
    )  # the IDs and labels of objects that the task itself names, which are not released


def states(resource: Resource) -> list[str]:
    """The choices of the option C(state), the default first."""
    return ["present", *([resource.power.on, resource.power.off] if resource.power else []), "absent"]


def argument_spec(resource: Resource) -> Values:
    """The argument spec of these options, without the state."""
    spec: Values = {}
    if resource.power:
        spec["shutdown_timeout"] = {"type": "int", "default": SHUTDOWN_TIMEOUT}
        spec.update({name: {"type": "bool", "default": False} for name in ("force", "allow_restart")})
    if resource.trash:
        release = resource.trash.release
        names = ["purge", *(["release_%s" % release.field] if release else [])]
        spec.update({name: {"type": "bool", "default": False} for name in names})
    if resource.allocation:
        spec[resource.allocation.permitted_by] = {"type": "bool", "default": False}
    return spec


def permitted(resource: Resource, params: Params) -> list[str]:
    """The options that permit to delete a resource that is allocated, if they are true."""
    option = resource.allocation.permitted_by if resource.allocation else None
    return [option] if option and params[option] else []


def faults(resource: Resource, params: Params) -> list[str]:
    """The faults in these options, each a sentence without a period."""
    fault = _SECONDS.validate(params["shutdown_timeout"]) if resource.power else None
    return [*(["shutdown_timeout %s" % fault] if fault else []), *_placement_faults(resource, params)]


def _placement_faults(resource: Resource, params: Params) -> list[str]:
    if resource.allocation is None:
        return []
    to, removed_by = resource.allocation.to, resource.allocation.removed_by
    if params[to] is not None and params[removed_by] is not None:
        return ["%s and %s are mutually exclusive" % (to, removed_by)]
    return ["%s can only be false: to allocate the %s, set %s" % (removed_by, resource.noun, to)] * bool(
        params[removed_by]
    )


def power_options(resource: Resource, params: Params) -> PowerOptions:
    """The options of a task for the power."""
    if resource.power is None:
        return PowerOptions()
    state = params["state"] if params["state"] in (resource.power.on, resource.power.off) else None
    return PowerOptions(state, params["shutdown_timeout"], params["force"], params["allow_restart"])


def trash_options(resource: Resource, params: Params, fields: Values) -> TrashOptions:
    """The options of a task for a deletion.

    :param fields: the fields that it sets.
    """
    if resource.trash is None:
        return TrashOptions()
    release = resource.trash.release
    if release is None:
        return TrashOptions(params["purge"])
    where, member = release.named_in
    named = [one for item in fields.get(where) or () for one in item.get(member) or ()]
    kept = frozenset(value for one in named for value in one.values() if value)
    return TrashOptions(params["purge"], params["release_%s" % release.field], kept)
