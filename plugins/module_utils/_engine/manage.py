# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of a module that manages one kind of resource: look, plan, act."""

from __future__ import annotations

import time
import typing as t

from .._errors import ORGANIZATION_OPTION, KatapultError, TaskRefused, invalid_options
from .._http.client import Client
from .._schema import fields as schema
from .._schema.fields import PROPERTIES, Field, Values
from .._schema.types import integer, ref_spec, validate_id, validate_ref, with_empty_id_as_none, without_none
from . import planner
from .diff import entries
from .finder import Finder
from .names import Names
from .planner import Plan
from .resource import Fault, Parent, ParentRef, Resource, quoted
from .task import Result, Task

if t.TYPE_CHECKING:
    from .collection import Collection

_WAIT_TIMEOUT = 600  # seconds
_SECONDS = integer(1)

Params = t.Mapping[str, t.Any]


def manage(
    resource: Resource,
    children: Resource | None = None,
    parent: Resource | None = None,
    refers_to: t.Sequence[Resource] = (),
) -> Task:
    """The task of a module that manages a kind of resource.

    :param children: the kind of the children that the module also manages as a set, if any.
    :param parent: the kind of the parent, if it is not an organization.
    :param refers_to: the kinds that the options of the module refer to, by ID or name.
    """
    manager = Manager(resource, children, parent, refers_to)
    return Task(resource, manager.argument_spec(), manager.run)


class Wanted(t.NamedTuple):
    """The desired state of a task."""

    state: str
    id: str | None
    fields: Values  # only the fields that it sets
    organization: ParentRef  # the identifier of the organization; None if it is not set
    parent: ParentRef  # that of the parent, which can be the organization; None if it is not set
    children: list[Values] | None = None  # the fields of each child that it sets; None if children are omitted
    purge: bool = False
    permitted: t.Collection[str] = ()  # the options that permit to make a value empty
    defaults: Values = {}  # the fields that a creation sets if the task omits them
    part: Values = {}  # the fields of a part of the resource, if it manages only that
    operations: t.Mapping[str, str] = {}  # the values of the options for operations
    ignored: t.Sequence[str] = ()  # the fields that the task sets without effect
    wait: float | None = None  # seconds to wait for background work after a response; None to not wait


class Planned(t.NamedTuple):
    """The plans for a resource and for its children."""

    wanted: Wanted  # the desired state, with IDs instead of names
    plan: Plan
    children: list[Plan] = []
    # the plan for the requests before those for the children, if C(plan) contains something that must be sent after them
    begin: Plan | None = None
    versions: list[Values] = []  # all versions of a resource that is replaced instead of changed

    @property
    def has_steps(self) -> bool:
        """Whether something is to be written."""
        return any(one.steps for one in (self.plan, *self.children))


def reference(option: str, params: Params, check_mode: bool) -> tuple[Values, list[str]]:
    """The identifier of the resource that a task refers to, and the faults in it.

    In check mode, it may be empty: the ID of a resource that an earlier task would create is null.
    """
    given = with_empty_id_as_none(params[option])
    ref = without_none(given)
    fault = validate_ref(given) if ref or not check_mode else None
    return ref, ["%s %s" % (option, fault)] if fault else []


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


def _set_options(kind: Resource) -> Values:
    """The argument spec of the options of the parent's module that set all children of a kind."""
    spec = schema.argument_spec(kind.fields)
    given = {**spec.pop(PROPERTIES, {"options": {}})["options"], **spec}
    # Without an identity, each is described completely.
    required = kind.identity or [field.name for field in kind.fields if field.required]
    options = {name: {**one, "required": True} if name in required else one for name, one in given.items()}
    parent = t.cast(Parent, kind.parent)
    return {
        kind.set_option: {"type": "list", "elements": "dict", "options": options},
        "purge_%s" % kind.set_option: {"type": "bool", "default": parent.purges},
        **({parent.emptied_by: {"type": "bool", "default": False}} if parent.emptied_by else {}),
    }


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
        resource, parent = self.resource, self.resource.child_of
        waiting = {"wait": {"type": "bool", "default": True}, "wait_timeout": {"type": "int", "default": _WAIT_TIMEOUT}}
        return {
            **({parent.name: {**ref_spec(next(iter(parent.keys[1:]), None)), "required": True}} if parent else {}),
            "id": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **schema.argument_spec(resource.fields),
            **(_set_options(self.children) if self.children else {}),
            **{
                one.option: {"type": "str", "choices": list(one.choices), "default": one.choices[0]}
                for one in resource.operations
            },
            **(waiting if resource.waits else {}),
        }

    def run(self, params: Params, organization: ParentRef, client: Client, with_diff: bool) -> Result:
        """The result of a task, see :class:`Task`."""
        kind = self.resource.of_task(schema.from_params(self.resource.fields, params))
        if kind != self.resource:
            return Manager(kind, self.children, self.parent, self.refers_to).run(
                params, organization, client, with_diff
            )
        names = Names(client, self.refers_to, organization)
        given = self._from_params(params, organization, names)
        finder = Finder(client, self.resource, given.parent)
        read_at = time.monotonic_ns()
        planned = self._look(finder, given, names, with_diff)
        while planned.has_steps and not client.read_only:
            # Imported only for a task that writes: a module compiles its imports each time it runs.
            from .lock import Locking

            locks = self._lock_names(given, planned.plan)
            locking = Locking(
                client.api_url or "", client.budget.clock, client.log, client.is_abandoned, client.report_wait
            )
            what = self.resource.text(planned.plan.before or planned.plan.after or given.fields)
            with locking.hold(locks if client.api_url else (), what) as held:
                if not held.is_current(read_at):
                    read_at = time.monotonic_ns()
                    planned = self._look(finder, given, names, with_diff)
                    if not planned.has_steps or set(self._lock_names(given, planned.plan)).difference(locks):
                        continue
                try:
                    planned = self._act(finder, planned, held.release)
                except KatapultError as error:
                    raise self._explained(error, planned, names)
                break
        else:
            planned = self._wait_until_ready(finder, planned)
        return self._result(params, planned, names)

    def _wait_until_ready(self, finder: Finder, planned: Planned) -> Planned:
        """Wait for a resource that another task, or an interrupted one, has created. Check mode does not wait."""
        wanted, plan, work, name = planned.wanted, planned.plan, self.resource.ready, self.resource.name
        if not (work and plan.before and plan.after) or wanted.wait is None or planned.has_steps:
            return planned
        state = plan.after.get(work.field)
        if state in work.done or (finder.client.read_only and state not in work.failed):
            return planned
        from .waiter import wait  # only if something is waited for, see _collection()

        try:
            wait(finder.client, [work], {name: plan.after}, wanted.wait, "the %s" % self.resource.text(plan.after))
            now = finder.read_again(plan.after["id"])
        except KatapultError as error:
            raise error.with_partial_result(False, **{name: plan.after}) from None
        return planned._replace(plan=plan._replace(before=now, after=now))

    def _look(self, finder: Finder, given: Wanted, names: Names, with_diff: bool) -> Planned:
        """Read the resource and its children, and plan the changes; rejected if they are not permitted."""
        versions: list[Values] = []
        notes: tuple[str, ...] = ()
        twins: tuple[str, ...] = ()
        if self.resource.series and given.id is None:
            versions = finder.versions(given.fields)
            found, others = finder.find_version(given.fields, versions, given.state == "absent")
            twins = self._twins(found, others)
        else:
            found, notes = self._find(finder, given)
        wanted = given if given.state == "absent" else self._with_ids(given, found, names)
        fields = wanted.fields if found else {**wanted.defaults, **wanted.fields}
        plan = planner.plan(self.resource, wanted.state, fields, found, wanted.parent)
        # Defaults are not compared with a resource that another client created.
        plan = plan._replace(wanted=wanted.fields, warnings=twins)
        if found and plan.after:
            operations = planner.operations(self.resource, wanted.operations, found)
            unknown = {name: None for one in operations for name in one.changes}
            steps = [planner.operation_step(self.resource, one, found) for one in operations]
            plan = plan._replace(steps=(*plan.steps, *steps), after={**plan.after, **unknown})
        if notes:  # it is predicted without its parent, which cannot be checked
            return Planned(wanted, plan._replace(warnings=notes))
        children = self._plan_children(finder.client, wanted, plan)
        begin = self._begin(finder, wanted, plan, children)
        self._guard(finder, wanted, found, [plan, *children])
        if with_diff and self.children and plan.before and plan.after is None:
            children = self._deleted_with(finder.client, self.children, plan.before)
        return Planned(wanted, plan, children, begin, versions)

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
        if self.children and children is not None:
            kind = self.children
            children = [names.resolved(kind.fields, one, None, _collection(kind).place(one)) for one in children]
        return given._replace(fields=fields, children=children)

    def _explained(self, error: KatapultError, planned: Planned, names: Names) -> KatapultError:
        """The error of a write, with a note if the reason may be a name that was taken for an ID."""
        names.explained(error, self.resource.fields, planned.wanted.fields, planned.plan.before)
        for child in planned.children if self.children else ():
            names.explained(error, t.cast(Resource, self.children).fields, dict(child.wanted), child.before)
        return error

    @staticmethod
    def _deleted_with(client: Client, kind: Resource, parent: Values) -> list[Plan]:
        """The children that the API will delete together with their parent."""
        try:
            return [Plan(row, None) for row in Finder(client, kind, {"id": parent["id"]}).list_all()]
        except KatapultError as error:
            if kind.parent is None or not error.is_not_found(kind.parent.name):
                raise
            return []  # another client has already deleted the parent

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
            self._check_children_emptied(wanted, plans[0], plans[1:])
            self._check_owner(finder, wanted, found)

    def _check_emptied(self, wanted: Wanted, plan: Plan) -> None:
        """Reject a plan that makes a value empty which is useless without content, unless the task permits it."""
        for field in self.resource.fields:
            before, after = (one and one.get(field.name) for one in (plan.before, plan.after))
            if field.emptied_by and field.emptied_by not in wanted.permitted and before and plan.after and not after:
                said = (
                    field.name,
                    self.resource.text(plan.before or {}),
                    ", ".join(map(str, before)),
                    field.emptied_by,
                )
                raise TaskRefused(
                    "The last of the %s of the %s would be removed (%s). Nothing was changed. Often, the reason is an empty"
                    " variable. If this is intended, set %s: true." % said,
                    "%s_emptied" % field.name,
                )

    def _check_children_emptied(self, wanted: Wanted, plan: Plan, children: t.Sequence[Plan]) -> None:
        """Reject the deletion of all children, unless the task permits it."""
        kind = self.children
        permission = kind.parent.emptied_by if kind and kind.parent else None
        if not kind or permission is None or permission in wanted.permitted or plan.after is None:
            return
        before = [child.before for child in children if child.before is not None]
        if before and not any(child.after is not None for child in children):
            said = (kind.set_option, self.resource.text(plan.after), ", ".join(map(kind.text, before)), permission)
            raise TaskRefused(
                "The last of the %s of the %s would be removed (%s). Nothing was changed. Often, the reason is an empty variable."
                " If this is intended, set %s: true." % said,
                "%s_emptied" % kind.set_option,
            )

    def _act(self, finder: Finder, planned: Planned, release: t.Callable[[], None]) -> Planned:
        wanted, plan, children, begin, versions = planned
        before, plan = plan.before, begin or plan

        def guard(found: Values | None, plans: t.Sequence[Plan]) -> None:
            self._guard(finder, wanted, found, plans)

        # The parent of a child is already checked; a resource of another organization may be found only now.
        again = (lambda new: None) if self.resource.child_of else (lambda new: guard(new.before, [new]))
        if plan.steps:
            from .executor import Executor  # only if something is written, see _collection()

            plan = Executor(finder, wanted.wait, again, release).act(plan)
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
            raise error.with_partial_result(**{self.resource.name: self._shown(plan, children)}) from None
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
            shown = self._shown(plan, children) if plan.after else None
            raise error.with_partial_result(**{self.resource.name: shown}) from None
        return plan._replace(warnings=(*plan.warnings, *notes))

    def _from_params(self, params: Params, organization: ParentRef, names: Names) -> Wanted:
        resource, parent = self.resource, organization
        fields = schema.from_params(resource.fields, params)
        ignored = [name for name in resource.ignored if fields.pop(name, None)]
        if params["id"] is None:  # an omitted part of the identity has its initial value
            initial = {name: resource.field(name).initial for name in resource.identity}
            fields = {**{name: value for name, value in initial.items() if value is not None}, **fields}
        defaults = schema.defaults_from_params(resource.fields, params)
        faults = [*names.faults(resource.fields, fields), *schema.validate(resource.fields, fields)]
        faults += schema.validate_defaults(resource.fields, params)
        if params["state"] == "present":
            faults += [fault.text for fault in resource.faults(fields, None)]
        if resource.child_of:
            parent, reference_faults = reference(resource.child_of.name, params, names.client.read_only)
            faults = reference_faults + faults
        if params["id"] is not None and validate_id(params["id"]):
            faults.insert(0, 'id "%s" %s' % (params["id"], validate_id(params["id"])))
        if params["id"] is None and any(name not in fields for name in resource.identity):
            faults.append(
                "one of id and %s is required: otherwise, the next run could not identify the %s, and would create another"
                " one" % (resource.options(resource.identity, " with "), resource.noun)
            )
        if resource.of_organization and organization is None and resource.lookup_key is None:
            faults.append("%s is required to find a %s" % (ORGANIZATION_OPTION, resource.noun))
        if params.get("wait") and _SECONDS.validate(params["wait_timeout"]):
            faults.append("wait_timeout %s" % _SECONDS.validate(params["wait_timeout"]))
        children, purge = None, False
        if self.children and params[self.children.set_option] is not None:
            given, purge = params[self.children.set_option], params["purge_%s" % self.children.set_option]
            children = [without_none(one) for one in given]
            faults += _collection(self.children).validate(children, names.faults)
            faults += _collection(self.children).conflicts(children, fields, resource.fields)
        if faults:
            raise invalid_options(*faults)
        wait = params["wait_timeout"] if params.get("wait") else None
        permitted = schema.permitted(resource.fields, params)
        permission = self.children.parent.emptied_by if self.children and self.children.parent else None
        if permission and params[permission]:
            permitted.append(permission)
        return Wanted(
            params["state"],
            params["id"],
            fields,
            organization,
            parent,
            children,
            purge,
            permitted,
            defaults,
            operations={one.option: params[one.option] for one in resource.operations},
            ignored=ignored,
            wait=wait,
        )

    def _find(self, finder: Finder, wanted: Wanted) -> tuple[Values | None, tuple[str, ...]]:
        """The resource, and warnings if check mode predicts that an earlier task would create its parent."""
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
            return finder.find(wanted.state, wanted.id, wanted.fields), ()
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
        if not self.children or plan.after is None:
            return []
        parent = {"id": plan.after["id"]} if plan.after["id"] is not None else {}
        finder = Finder(client, self.children, parent)
        fields = [field for field in self.resource.fields if field.clears and plan.after.get(field.name) is True]
        cleared = [field for field in fields if plan.before is not None and plan.before.get(field.name) is not True]
        if cleared and (wanted.children is None or not wanted.purge):
            self._check_cleared(finder, plan, cleared)
        if wanted.children is None:
            return []
        conflicts = _collection(self.children).conflicts(wanted.children, plan.after, self.resource.fields)
        planner.reject(self.resource, plan.after, [Fault(text) for text in conflicts])
        gone = [t.cast(t.Tuple[str, t.Any], field.clears) for field in cleared]
        return _collection(self.children).plan(finder, wanted.children, wanted.purge, gone)

    def _check_cleared(self, finder: Finder, plan: Plan, cleared: t.Sequence[Field]) -> None:
        """Reject a change with which the API would delete children that the task does not delete."""
        kind = finder.resource
        for field in cleared:
            name, value = t.cast(t.Tuple[str, t.Any], field.clears)
            lost = [kind.text(row) for row in finder.list_all() if row.get(name) == value]
            if lost:
                said = (
                    field.option_path,
                    value,
                    kind.set_option,
                    self.resource.text(plan.after or {}),
                    ", ".join(lost),
                )
                option = kind.set_option
                raise TaskRefused(
                    "With %s: true, Katapult deletes all %s %s of the %s: %s. Nothing was changed. If this is intended, set"
                    " %s to those that stay, and purge_%s: true." % (*said, option, option),
                    "%s_lost" % option,
                )

    def _shown(self, plan: Plan, children: t.Sequence[Plan]) -> Values:
        """A resource in a result, with its children."""
        if not self.children:
            return t.cast(Values, plan.after)
        now = [one.after for one in children if one.after is not None]
        return {**t.cast(Values, plan.after), self.children.set_option: _collection(self.children).shown(now)}

    def _diff(self, planned: Planned) -> list[Values]:
        """The diff: the resource, followed by its children in the order of the requests."""
        wanted, plan, children, *_more = planned
        resource = plan.after or plan.before or {}
        parent = None if self.resource.of_organization else next(iter((wanted.parent or {}).values()), None)
        paths = [step.path for step in plan.steps]
        by_operations = [name for one in self.resource.operations if one.call.path in paths for name in one.changes]
        diff = entries(self.resource, [plan] if plan.steps else [], parent, by_operations)
        if self.children:
            deleted = plan.after is None and bool(plan.steps)
            changing = [child for child in children if child.steps or child.with_parent or deleted]
            diff += entries(self.children, changing, self.resource.known_by(resource))
        return diff

    def _result(self, params: Params, planned: Planned, names: Names) -> Result:
        wanted, plan, children, *_more = planned
        shown = plan.before if wanted.state == "absent" else plan.after
        now: list[Values] | None = [] if plan.before is None else None  # a new one has no children that the task omits
        warnings = list(plan.warnings)
        if wanted.ignored:
            said = "%s of a %s has no effect: Katapult determines it."
            warnings.append(said % (self.resource.options(wanted.ignored), self.resource.noun))
        if (
            self.children
            and not t.cast(Parent, self.children.parent).purges
            and params["purge_%s" % self.children.set_option]
            and wanted.children is None
        ):
            option = self.children.set_option
            warnings.append("purge_%s has no effect, because %s is omitted: [] would mean none." % (option, option))
        if self.children and wanted.children is not None and plan.after is not None:
            now = [one.after for one in children if one.after is not None]
            shown = self._shown(plan, children)
            warnings += _collection(self.children).warnings(children, names.unknown)
        if plan.after is not None:
            unconfirmed = schema.unconfirmed(self.resource.fields, wanted.fields, plan.after)
            unknown = names.unknown(self.resource.fields, wanted.fields)
            warnings = [
                *unknown,
                *unconfirmed,
                *self.resource.warnings(wanted.fields, plan.before, plan.after, now),
                *warnings,
            ]
        values = {self.resource.name: shown, **self._superseded(planned)}
        return Result(planned.has_steps, values, self._diff(planned), tuple(warnings))

    def _superseded(self, planned: Planned) -> Values:
        """The IDs of the other versions of a resource, for a kind that is replaced instead of changed."""
        series, now = self.resource.series, planned.plan.after
        if not series:
            return {}
        others = [one for one in planned.versions if now and one["id"] != now["id"]]
        same = [one for one in others if now and all(one.get(name) == now.get(name) for name in series)]
        different = [one for one in same if schema.differing(self.resource.fields, planned.wanted.fields, one)]
        return {"superseded": [one["id"] for one in different]}


def _common(wanted: t.Sequence[t.Any], found: t.Sequence[t.Any]) -> list[t.Any]:
    """The desired items that exist."""
    return [one for one in wanted if one in found]


def _created(plan: Plan) -> list[Values]:
    """The resource that a plan has created, if the response to the request confirmed this."""
    return [plan.after] if plan.steps and plan.before is None and plan.after and not plan.found_by_lookup else []
