# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of objects in responses, according to the table of their kind.

Every secret contains the text of :data:`SECRET`, so that a test can search for it in all output.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from functools import lru_cache

from .table import Kind
from .world import World

SECRET = "planted-secret"
CREATED_AT = 1767225600  # seconds since 1970: the creation time of all objects

Json = t.Dict[str, t.Any]
Fields = t.Dict[str, t.Any]  # the fields within each, and none for all fields


@dataclass(frozen=True)
class Reference:
    """An object as the value of a field of another one."""

    kind: Kind
    resource: t.Any


def render(world: World, kind: Kind, resource: t.Any, fields: str) -> Json:
    """An object with some of its fields, in the notation of :class:`Kind`."""
    return t.cast(Json, _rendered(world, Reference(kind, resource), _parsed(fields)))


def pem(kind: str, text: str) -> str:
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (kind, text, kind)


def _rendered(world: World, value: t.Any, fields: Fields) -> t.Any:
    if isinstance(value, Reference):
        names = fields or _parsed(value.kind.fields)
        return {name: _rendered(world, _value(world, value, name), inner) for name, inner in names.items()}
    if isinstance(value, dict):
        names = fields or {name: {} for name in value}
        return {name: _rendered(world, value[name], inner) for name, inner in names.items()}
    if isinstance(value, (list, tuple)):
        return [_rendered(world, item, fields) for item in value]
    return value


def _value(world: World, of: Reference, name: str) -> t.Any:
    value = of.kind.value(world, of.resource, name)
    kind = of.kind.references.get(name)
    if kind is None:
        return value
    resources = world.objects[kind.plural]
    if isinstance(value, list):
        return [Reference(kind, resources[key]) for key in value]
    return Reference(kind, resources[value])


@lru_cache(maxsize=None)
def _parsed(fields: str) -> Fields:
    """C(id,zone[name]) as C({"id": {}, "zone": {"name": {}}})."""
    root: Fields = {}
    within, latest = [root], root
    for token in re.findall(r"\w+|[\[\]]", fields):
        if token == "[":
            within.append(latest)
        elif token == "]":
            within.pop()
        else:
            latest = within[-1][token] = {}
    return root
