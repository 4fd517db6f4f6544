# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of a module that manages a kind which is allocated to resources of another kind."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError
from .._schema.fields import Values
from . import allocation
from .desired import Wanted
from .finder import Finder
from .manage import Manager
from .names import Names
from .planner import Plan


class AllocationManager(Manager):
    """Manages one kind of resource, and what its resources are allocated to."""

    def _plan(self, finder: Finder, wanted: Wanted, found: Values | None, names: Names) -> Plan:
        """The plan, with the requests that allocate the resource, or take it away."""
        plan = super()._plan(finder, wanted, found, names)
        if plan.after is None:
            return allocation.with_removal(self.resource, plan, wanted.permitted)
        try:
            target = allocation.look(
                finder.client, self.resource, names.kinds, wanted.fields, plan.before or plan.after, wanted.organization
            )
        except KatapultError as error:
            raise names.explained(error, self.resource.fields, wanted.fields, plan.before)
        return allocation.with_allocation(self.resource, plan, wanted.fields, target, wanted.parent)

    def _replan(self, finder: Finder, wanted: Wanted) -> t.Callable[[Values], Plan]:
        names = Names(finder.client, self.refers_to, wanted.organization)
        return lambda found: self._plan(finder, wanted, found, names)
