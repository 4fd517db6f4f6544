# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of a module that manages one part of a resource, which is written together with the resource."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError, TaskRefused, invalid_options
from .._http.client import Client
from .._schema import fields as schema
from .._schema.fields import Values
from .._schema.types import ref_spec, without_none
from . import planner
from .desired import Params, Wanted, reference
from .diff import changed_values, entry
from .finder import Finder
from .manage import Manager, may_be_predicted, predicted
from .names import Names
from .outcome import Planned
from .planner import Plan, Step
from .resource import ParentRef, Part, Resource, quoted
from .task import Result, Task

if t.TYPE_CHECKING:
    from .lock import Held


def manage_part(part: Part, of: Resource, refers_to: t.Sequence[Resource]) -> Task:
    """The task of a module that manages a part of a kind of resource. It never creates the resource.

    :param refers_to: the kinds that the options of the module refer to, by ID or name.
    """
    manager = _PartManager(part, of, refers_to)
    return Task(of, manager.argument_spec(), manager.run)


class _PartManager(Manager):
    def __init__(self, part: Part, of: Resource, refers_to: t.Sequence[Resource]) -> None:
        super().__init__(of, None, None, refers_to)
        # The key refers to the same kind as the field that lists the keys of all parts.
        refers = of.field(part.listed_in).refers_to
        fields = [one._replace(refers_to=refers) if one.name == part.key else one for one in part.fields]
        self.part = part._replace(fields=tuple(fields))

    def argument_spec(self) -> Values:
        options = schema.argument_spec(self.part.fields)
        options[self.part.key] = {**options[self.part.key], "required": True}
        (identity,) = self.resource.identity
        return {
            self.resource.name: {**ref_spec(identity), "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **options,
            **schema.permissions(self.resource.fields),
        }

    def _from_params(self, params: Params, organization: ParentRef, names: Names) -> Wanted:
        part = schema.from_params(self.part.fields, params)
        ref, faults = reference(self.resource.name, params, names.client.read_only)
        faults += names.faults(self.part.fields, part)
        faults += schema.validate(self.part.fields, part)
        if faults:
            raise invalid_options(*faults)
        identity = {name: value for name, value in ref.items() if name != "id"}
        permitted = schema.permitted(self.resource.fields, params)
        return Wanted(
            params["state"], ref.get("id"), identity, organization, organization, permitted=permitted, part=part
        )

    def _look(
        self, finder: Finder, given: Wanted, names: Names, with_diff: bool, release: t.Callable[[], None] = lambda: None
    ) -> Planned:
        absent = given.state == "absent"
        ref = {**given.fields, **without_none({"id": given.id})}
        found = None
        for by, value in ref.items():
            found = finder.get(by, value)
        if found is None:
            return Planned(given, Plan(None, None) if absent and ref else self._predict(finder.client, ref, absent))
        wanted = given._replace(part=names.resolved(self.part.fields, given.part, found))
        planner.reject(self.resource, found, [] if absent else self.part.faults(wanted.part, found))
        settings = self.part.settings(wanted.part, found, absent)
        plan = planner.plan(self.resource, "present", settings, found, wanted.parent)
        self._guard(finder, wanted, found, [plan])
        return Planned(wanted, plan)

    def _act(self, finder: Finder, planned: Planned, held: Held) -> Planned:
        try:
            return super()._act(finder, planned, held)
        except KatapultError as error:  # the request contains all members
            raise error.with_note("The task sets %s." % quoted(planned.wanted.part))

    def _explained(self, error: KatapultError, planned: Planned, names: Names) -> KatapultError:
        return names.explained(error, self.part.fields, planned.wanted.part, planned.plan.before)

    def _predict(self, client: Client, ref: Values, absent: bool) -> Plan:
        """The plan of check mode for a resource that an earlier task would create."""
        if may_be_predicted(client, ref):
            steps = () if absent else (Step("PATCH", self.resource.path),)
            return Plan(None, None, steps, warnings=(predicted(self.resource.noun, ref),))
        raise TaskRefused(
            "There is no %s with the %s, or the API token cannot access it. Nothing was changed. Create it with"
            " katapult.cloud.%s first." % (self.resource.noun, quoted(ref), self.resource.name),
            "%s_not_found" % self.resource.name,
        )

    def _result(self, planned: Planned, names: Names) -> Result:
        wanted, plan = planned.wanted, planned.plan
        key = wanted.part[self.part.key]
        before, after = (one and self.part.find(key, one) for one in (plan.before, plan.after))
        if plan.steps and plan.after is None:  # predicted, without the resource
            name = next(field for field in self.part.fields if field.name == self.part.key)
            unknown = {self.part.key: None} if names.is_name(name, key) else {}  # it is not looked up either
            after = {**schema.empty(self.part.fields), **wanted.part, **unknown}
        warnings = [*plan.warnings, *names.unknown(self.part.fields, wanted.part)]
        if plan.after is not None:
            settings = dict(plan.wanted)
            warnings += schema.unconfirmed(self.resource.fields, settings, plan.after)
            warnings += self.resource.warnings(settings, plan.before, plan.after, None)
        shown = before if wanted.state == "absent" else after
        values = {self.part.name: shown, self.resource.name: plan.after}
        return Result(bool(plan.steps), values, self._diff_of_part(wanted, plan, before, after), tuple(warnings))

    def _diff_of_part(self, wanted: Wanted, plan: Plan, before: Values | None, after: Values | None) -> list[Values]:
        if not plan.steps:
            return []
        known_by = self.resource.known_by(plan.after or wanted.fields)
        header = "%s %s" % (self.part.noun, wanted.part[self.part.key])
        header += "" if known_by is None else ', of "%s"' % known_by
        if before is not None and after is not None:
            before, after = changed_values(before, after)
        return [entry(header, header, t.cast(t.Any, before), after)]
