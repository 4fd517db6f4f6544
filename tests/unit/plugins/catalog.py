# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All modules of the collection with their tasks, and all kinds of resources: discovered, not listed."""

from __future__ import annotations

import importlib
import os
import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Part, Resource
from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Task

PLUGINS = "ansible_collections.katapult.cloud.plugins."
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))


def files(*folder: str) -> list[str]:
    """The names of the Python files in a folder below plugins, without extension."""
    return sorted(name[:-3] for name in os.listdir(os.path.join(ROOT, "plugins", *folder)) if name.endswith(".py"))


def _task(module: str) -> Task:
    return importlib.import_module(PLUGINS + "modules." + module).TASK


def _described(kind: type) -> dict[str, t.Any]:
    found = {}
    for name in files("module_utils", "_resources"):
        module = importlib.import_module(PLUGINS + "module_utils._resources." + name)
        found.update({one.name: one for one in vars(module).values() if isinstance(one, kind)})
    return found


MODULES = files("modules")
TASKS = {module: _task(module) for module in MODULES}
RESOURCES: dict[str, Resource] = _described(Resource)
PARTS: dict[str, Part] = _described(Part)


def children_of(kind: Resource) -> Resource | None:
    """The kind of the children that the module of a kind manages as a set, if any."""
    found = [one for one in RESOURCES.values() if one.parent and one.parent.name == kind.name and one.parent.option]
    return found[0] if found else None


# The kinds whose _info module has no peculiarities
WITH_INFO = [one for one in RESOURCES.values() if one.name + "_info" in MODULES and one.name != "load_balancer"]
MANAGED = [resource for resource in RESOURCES.values() if resource.identity]
