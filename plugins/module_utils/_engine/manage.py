# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of a module that manages one kind of resource: look, plan, act."""

from __future__ import annotations

import time
import typing as t

from .._errors import KatapultError, TaskRefused
from .._http.client import Client
from .._schema import fields as schema
from .._schema.fields import Values
from .._schema.types import without_none
from . import planner
from .desired import Params, Wanted, argument_spec, from_params
from .finder import Finder
from .names import Names
from .outcome import Planned, result, with_children
from .planner import Plan
from .resource import ParentRef, Resource, quoted
from .task import Result, Task

if t.TYPE_CHECKING:
    from .collection import Collection
    from .lock import Held


def manage(
    resource: Resource,
    children: Resource | None = None,
    parent: Resource | None = None,
    refers_to: t.Sequence[Resource] = (),
) -> Task:
    """The task of a module that manages a kind of resource.

    :param children: the kind of the children that the module also manages as a set, if any.
    :param parent: the kind of the parent, if it is not an organization.
    :param refers_to: the kinds that the options of the module refer to, by ID or name, and those that are needed for that.
    """
    manager = _manager_class(resource)(resource, children, parent, refers_to)
    return Task(resource, manager.argument_spec(), manager.run)


def _manager_class(resource: Resource) -> type[Manager]:
    """What manages a kind. The imports are only for the kinds that need them: a module compiles its imports."""
    if resource.power:
        from .manage_power import PowerManager

        return PowerManager
    if resource.allocation:
        from .manage_allocation import AllocationManager

        return AllocationManager
    return Manager


def may_be_predicted(client: Client, parent: ParentRef) -> bool:
    """Whether check mode may predict a parent that does not exist: one that an earlier task would create. Nobody creates an ID."""
    return client.read_only and "id" not in (parent or {})


def predicted(noun: str, ref: ParentRef) -> str:
    """The warning about the prediction for a parent that an earlier task would create."""
    missing = "There is no %s with the %s yet" % (noun, quoted(dict(ref))) if ref else "The ID of the %s is null" % noun
    return "%s. Check mode assumes that an earlier task of the playbook creates it." % missing


def _collection(kind: Resource) -> Collection:
    from .collection import Collection  # only for a task that sets children: a module compiles its imports

    return Collection(kind)


class Manager:
    """Manages one kind of resource: looks, plans and acts."""

    def __init__(
        self, resource: Resource, children: Resource | None, parent: Resource | None, refers_to: t.Sequence[Resource]
    ) -> None:
        self.resource = resource
        self.children = children
        self.parent = parent
        self.refers_to = refers_to

    def argument_spec(self) -> Values:
        """The options of the module, see :class:`Task`."""
        return argument_spec(self.resource, self.children)

    def run(self, params: Params, organization: ParentRef, client: Client, with_diff: bool) -> Result:
        """The result of a task, see :class:`Task`."""
        kind = self.resource.of_task(schema.from_params(self.resource.fields, params))
        if kind is not self.resource:
            return type(self)(kind, self.children, self.parent, self.refers_to).run(
                params, organization, client, with_diff
            )
        names = Names(client, self.refers_to, organization)
        given = self._from_params(params, organization, names)
        finder = Finder(client, self.resource, given.parent)
        read_at = time.monotonic_ns()
        planned = self._look(finder, given, names, with_diff)
        planned = self._after_creations(
            finder, planned, read_at, lambda release: self._look(finder, given, names, with_diff, release)
        )
        while planned.has_steps and not client.read_only:
            locks = self._lock_names(given, planned.plan)
            with self._hold(client, locks, planned.plan.before or planned.plan.after or given.fields) as held:
                if not held.is_current(read_at):
                    self._before_another_look(finder, planned, held)
                    read_at = time.monotonic_ns()
                    planned = self._look(finder, given, names, with_diff, held.release)
                    if (
                        held.is_released
                        or not planned.has_steps
                        or set(self._lock_names(given, planned.plan)).difference(locks)
                    ):
                        continue
                try:
                    planned = self._act(finder, planned, held)
                except KatapultError as error:
                    raise self._explained(error, planned, names)
                break
        else:
            planned = self._wait_until_ready(finder, planned)
        return self._result(self._await_rest(finder, planned), names)

    def _hold(self, client: Client, locks: t.Sequence[str], shown: Values) -> t.ContextManager[Held]:
        """Hold the locks of a resource."""
        # Imported only for a task that writes: a module compiles its imports each time it runs.
        from .lock import Locking

        locking = Locking(
            client.api_url or "", client.budget.clock, client.log, client.is_abandoned, client.report_wait
        )
        return locking.hold(locks if client.api_url else (), self.resource.text(shown))

    def _after_creations(
        self, finder: Finder, planned: Planned, read_at: int, look: t.Callable[[t.Callable[[], None]], Planned]
    ) -> Planned:
        """Called before a resource is considered as deleted already: another task may have started to create it."""
        return planned

    def _before_another_look(self, finder: Finder, planned: Planned, held: Held) -> None:
        """Called before the resource is read again because another task may have written, or was interrupted."""

    def _await_rest(self, finder: Finder, planned: Planned) -> Planned:
        """Wait for what this task has not started itself; called at its end."""
        return planned

    def _wait_until_ready(self, finder: Finder, planned: Planned) -> Planned:
        """Wait for a resource that another task, or an interrupted one, has created. Check mode does not wait."""
        plan = planned.plan
        if not (plan.before and plan.after) or planned.has_steps:
            return planned
        now = self._settled(finder, planned.wanted, plan.before)
        return planned._replace(plan=plan._replace(before=now, after=now)) if now is not plan.before else planned

    def _settled(
        self, finder: Finder, wanted: Wanted, found: Values, release: t.Callable[[], None] = lambda: None
    ) -> Values:
        """A resource that was found, after the background work of its creation."""
        work, name = self.resource.ready, self.resource.name
        if work is None or wanted.wait is None:
            return found
        state = found.get(work.field)
        if state in work.done or (finder.client.read_only and state not in work.failed):
            return found
        from .waiter import wait_for_existing  # only if something is waited for, see _collection()

        try:
            waited = wait_for_existing(finder, work, found, wanted.wait, release)
            return finder.read_again(found["id"]) if waited else found
        except KatapultError as error:
            raise error.with_partial_result(False, **{name: found}) from None

    def _look(
        self, finder: Finder, given: Wanted, names: Names, with_diff: bool, release: t.Callable[[], None] = lambda: None
    ) -> Planned:
        """Read the resource and its children, and plan the changes; rejected if they are not permitted.

        :param release: releases the lock, before background work is waited for.
        """
        versions: list[Values] = []
        notes: tuple[str, ...] = ()
        twins: tuple[str, ...] = ()
        if self.resource.series and given.id is None:
            versions = finder.versions(given.fields)
            found, others = finder.find_version(given.fields, versions, given.state == "absent")
            twins = self._twins(found, others)
        else:
            found, notes = self._find(finder, given, release)
        wanted = given if given.state == "absent" else self._with_ids(given, found, names)
        plan = self._plan(finder, wanted, found, names)
        plan = plan._replace(warnings=(*twins, *plan.warnings))
        if found and plan.after:
            plan = planner.with_operations(self.resource, plan, wanted.operations)
        if notes:  # it is predicted without its parent, which cannot be checked
            return Planned(wanted, plan._replace(warnings=notes))
        children = self._plan_children(finder.client, wanted, plan)
        begin = self._begin(finder, wanted, plan, children)
        self._guard(finder, wanted, found, [plan, *children])
        if with_diff and self.children and plan.before and plan.after is None:
            children = _collection(self.children).deleted_with(finder.client, plan.before)
        return Planned(wanted, plan, children, begin, versions)

    def _plan(self, finder: Finder, wanted: Wanted, found: Values | None, names: Names) -> Plan:
        """The plan for the resource itself."""
        if wanted.state == "absent" or found is not None:
            return planner.plan(self.resource, wanted.state, wanted.fields, found, wanted.parent)
        plan = planner.plan(self.resource, wanted.state, {**wanted.defaults, **wanted.fields}, found, wanted.parent)
        # Defaults are not compared with a resource that another client created.
        return plan._replace(wanted=wanted.fields)

    def _twins(self, found: Values | None, others: list[str]) -> tuple[str, ...]:
        """The warning about several equivalent resources."""
        said = "There are several equivalent resources; the task uses the %s. The others have the IDs %s."
        return (said % (self.resource.text(found), ", ".join(others)),) if found and others else ()

    def _last(self, wanted: Wanted) -> Values:
        """The given fields that put the resource into use for others."""
        return {
            field.name: wanted.fields[field.name]
            for field in self.resource.fields
            if field.last and field.name in wanted.fields
        }

    def _begin(self, finder: Finder, wanted: Wanted, plan: Plan, children: list[Plan]) -> Plan | None:
        """The plan for the requests before those for the children; None if it is not different."""
        last = self._last(wanted)
        if not last or not plan.steps or plan.after is None or not any(child.steps for child in children):
            return None
        others = {name: value for name, value in {**wanted.defaults, **wanted.fields}.items() if name not in last}
        if plan.before is not None:  # what is removed is removed at once
            others = {**wanted.fields, **{name: _common(value, plan.before[name]) for name, value in last.items()}}
        return planner.plan(self.resource, wanted.state, others, plan.before, wanted.parent)

    def _with_ids(self, given: Wanted, found: Values | None, names: Names) -> Wanted:
        """The desired state with IDs instead of names."""
        fields, children = names.resolved(self.resource.fields, given.fields, found), given.children
        fields = names.with_details(self.resource.fields, fields, found)
        if self.children and children is not None:
            kind = self.children
            children = [names.resolved(kind.fields, one, None, _collection(kind).place(one)) for one in children]
        return given._replace(fields=fields, children=children)

    def _explained(self, error: KatapultError, planned: Planned, names: Names) -> KatapultError:
        """The error of a write, with a note if the reason may be a name that was taken for an ID."""
        # What the others refer to was read before.
        written = tuple(field for field in self.resource.fields if not field.placement)
        names.explained(error, written, planned.wanted.fields, planned.plan.before)
        for child in planned.children if self.children else ():
            names.explained(error, t.cast(Resource, self.children).fields, dict(child.wanted), child.before)
        return error

    def _lock_names(self, wanted: Wanted, plan: Plan) -> list[str]:
        """The locks of the resource that is written to, or of its parent: one for each identifier that is known, IDs last."""
        parent = self.resource.child_of
        if parent:
            return ["%s %s=%s" % (parent.name, by, value) for by, value in (wanted.parent or {}).items()]
        known = [self.resource.identity_of(one) for one in (wanted.fields, plan.before, plan.after) if one]
        keys = {name: self.resource.field(name).type.key for name in self.resource.identity}
        whole = [one for one in known if len(without_none(one)) == len(keys)] if keys else []
        texts = {" ".join("%s=%s" % (name, keys[name](value)) for name, value in sorted(one.items())) for one in whole}
        ids = {one for one in (wanted.id, plan.before and plan.before["id"]) if one}
        return [
            "%s %s" % (self.resource.name, text) for text in (*sorted(texts), *("id=%s" % one for one in sorted(ids)))
        ]

    def _guard(self, finder: Finder, wanted: Wanted, found: Values | None, plans: t.Sequence[Plan]) -> None:
        if any(plan.steps for plan in plans):
            self._check_emptied(wanted, plans[0])
            if self.children and len(plans) > 1:
                _collection(self.children).check_emptied(self.resource, plans[0], plans[1:], wanted.permitted)
            self._check_owner(finder, wanted, found)

    def _check_emptied(self, wanted: Wanted, plan: Plan) -> None:
        """Reject a plan that makes a value empty which is useless without content, unless the task permits it."""
        for field in self.resource.fields:
            before, after = (one and one.get(field.name) for one in (plan.before, plan.after))
            if field.emptied_by and field.emptied_by not in wanted.permitted and before and plan.after and not after:
                of = self.resource.text(plan.before or {})
                planner.reject_emptied(field.name, of, map(str, before), field.emptied_by)

    def _act(self, finder: Finder, planned: Planned, held: Held) -> Planned:
        wanted, plan, children, begin, versions = planned
        before, plan = plan.before, begin or plan

        def guard(found: Values | None, plans: t.Sequence[Plan]) -> None:
            self._guard(finder, wanted, found, plans)

        # The parent of a child is already checked; a resource of another organization may be found only now.
        again = (lambda new: None) if self.resource.child_of else (lambda new: guard(new.before, [new]))
        if plan.steps:
            from .executor import Executor  # only if something is written, see _collection()

            executor = Executor(
                finder, wanted.wait, again, held.release, remember=held.remember, patience=wanted.patience
            )
            plan = executor._replace(replan=self._replan(finder, wanted)).act(plan)
        if plan.found_by_lookup:  # the client that created it may have added children already
            try:
                children = self._plan_children(finder.client, wanted, plan)
                if not plan.steps:
                    guard(plan.after, children)
            except KatapultError as error:
                raise error.with_partial_result(**{self.resource.name: plan.after}) if plan.steps else error
        if self.children and any(child.steps for child in children):
            children = _collection(self.children).act(finder.client, children, self.resource, plan)
        if begin is not None:
            plan = self._finish(finder, wanted, plan, children)._replace(before=before)
        return Planned(wanted, self._with_duplicates(finder, plan, children), children, versions=versions)

    def _replan(self, finder: Finder, wanted: Wanted) -> t.Callable[[Values], Plan] | None:
        """How a resource is planned that was created or found meanwhile; None if it sets only the fields."""
        return None

    def _finish(self, finder: Finder, wanted: Wanted, plan: Plan, children: list[Plan]) -> Plan:
        """Send what must be sent after the children."""
        from .executor import Executor  # only if something is written, see _collection()

        last = self._last(wanted)
        try:
            found = finder.with_fields(list(last), t.cast(Values, plan.after))
            rest = Executor(finder).act(planner.plan(self.resource, "present", last, found, wanted.parent))
        except KatapultError as error:
            options = self.resource.options(last)
            error.with_note(
                "Everything else was written, but %s was not set. Running the task again is safe." % options
            )
            raise error.with_partial_result(
                **{self.resource.name: with_children(self.children, plan, children)}
            ) from None
        return plan._replace(after=rest.after, steps=(*plan.steps, *rest.steps))

    def _with_duplicates(self, finder: Finder, plan: Plan, children: list[Plan]) -> Plan:
        """Look up what the task has created once more. An error if another client created the same at the same moment."""
        created = _created(plan) if not self.resource.removes_duplicates else []
        # Another client can only have found a new resource before it has added children to it, and then finds the duplicates.
        new_children = [] if _created(plan) else [one for child in children for one in _created(child)]
        if not created and not new_children:
            return plan
        from .duplicates import report  # only after a creation, see _collection()

        try:
            notes = report(finder, created)
            if self.children and plan.after:
                notes += report(Finder(finder.client, self.children, {"id": plan.after["id"]}), new_children)
        except KatapultError as error:
            shown = with_children(self.children, plan, children) if plan.after else None
            raise error.with_partial_result(**{self.resource.name: shown}) from None
        return plan._replace(warnings=(*plan.warnings, *notes))

    def _from_params(self, params: Params, organization: ParentRef, names: Names) -> Wanted:
        return from_params(self.resource, self.children, params, organization, names)

    def _find(
        self, finder: Finder, wanted: Wanted, release: t.Callable[[], None]
    ) -> tuple[Values | None, tuple[str, ...]]:
        """The resource, and warnings if check mode predicts that an earlier task would create its parent.

        :param release: releases the lock, before background work is waited for.
        """
        parent = self.resource.child_of
        if parent and not wanted.parent:
            if wanted.state == "present" and wanted.id is not None:
                raise TaskRefused(
                    'There is no %s with the id "%s", because its %s does not exist yet. Katapult assigns the IDs.'
                    % (self.resource.noun, wanted.id, parent.noun),
                    "%s_not_found" % self.resource.name,
                )
            return None, (predicted(parent.noun, None),)
        try:
            found = finder.find(wanted.state, wanted.id, wanted.fields)
            if found and wanted.state != "absent":
                finder.check_other_identities(wanted.fields, found)
            return found, ()
        except KatapultError as error:
            if not (parent and error.is_not_found(parent.name)):
                raise
            if wanted.state == "absent":
                return None, ()  # without its parent, it does not exist either
            if not may_be_predicted(finder.client, wanted.parent) or wanted.id is not None:
                raise
            return None, (predicted(parent.noun, wanted.parent),)

    def _check_owner(self, finder: Finder, wanted: Wanted, found: Values | None) -> None:
        """Before a write: reject a resource of another organization, or one that was found under another spelling of its parent."""
        owner, kind, organization = found, self.parent or self.resource, wanted.organization
        if self.parent:
            ((by, value),) = (wanted.parent or {}).items()
            if organization is None and by == "id":
                return
            owner = Finder(finder.client, kind).get(by, value)
            if owner is None:
                said = "The %s was deleted by another client in the meantime. Nothing was changed. Running the task again is safe."
                raise TaskRefused(said % kind.noun, "%s_not_found" % kind.name)
        elif kind.lookup_key is None:
            return
        if organization is not None and owner is not None:
            Finder(finder.client, kind, organization).check_organization(owner)

    def _plan_children(self, client: Client, wanted: Wanted, plan: Plan) -> list[Plan]:
        if not self.children or plan.after is None or (wanted.children is None and not self._may_clear(plan)):
            return []
        collection = _collection(self.children)
        return collection.plan_for(client, self.resource, plan, wanted.children, wanted.purge)

    def _may_clear(self, plan: Plan) -> bool:
        """Whether a change of the resource may delete children."""
        return bool(plan.steps) and any(field.clears for field in self.resource.fields)

    def _result(self, planned: Planned, names: Names) -> Result:
        return result(self.resource, self.children, planned, names)


def _common(wanted: t.Sequence[t.Any], found: t.Sequence[t.Any]) -> list[t.Any]:
    """The desired items that exist."""
    return [one for one in wanted if one in found]


def _created(plan: Plan) -> list[Values]:
    """The resource that a plan has created, if the response to the request confirmed this."""
    return [plan.after] if plan.steps and plan.before is None and plan.after and not plan.found_by_lookup else []
