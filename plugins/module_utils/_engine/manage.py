# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of a module that manages one kind of resource: look, plan, act."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine import collection, executor, finder, planner
from ansible_collections.katapult.cloud.plugins.module_utils._engine.executor import Target
from ansible_collections.katapult.cloud.plugins.module_utils._engine.plan import Plan
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._engine.result import Result
from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Task
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused, invalid_options
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._schema import fields as schema
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import (
    ref_spec,
    validate_id,
    validate_ref,
    without_none,
)

_WAIT_TIMEOUT = 600  # seconds

Params = t.Mapping[str, t.Any]
Organization = t.Optional[t.Dict[str, str]]


class Wanted(t.NamedTuple):
    """What a task asks for.

    :param fields: those that it gives, and no others.
    :param parent: what identifies the parent, in the API's words; None if none is given.
    :param children: the fields of each child that it gives; None if it gives none at all.
    :param wait: seconds to wait for work that goes on after an answer; None not to wait.
    """

    state: str
    id: str | None
    fields: Values
    parent: t.Mapping[str, str] | None
    children: list[Values] | None = None
    purge: bool = False
    wait: float | None = None


class Kinds(t.NamedTuple):
    """The kind that a module manages, those that it manages along, and the one that it belongs to; None where there is none."""

    resource: Resource
    children: Resource | None = None
    parent: Resource | None = None


def manage(resource: Resource, children: Resource | None = None, parent: Resource | None = None) -> Task:
    """The task of a module that manages a kind of resource.

    :param children: the kind whose whole set the module manages along, if any.
    :param parent: the kind that the resource belongs to, if that is not an organization.
    """
    kinds = Kinds(resource, children, parent)

    def run(params: Params, organization: Organization, client: Client, write: bool) -> Result:
        return _run(kinds, _from_params(kinds, params, organization), organization, client, write)

    return Task(resource, _argument_spec(kinds), run, children)


def _run(kinds: Kinds, wanted: Wanted, organization: Organization, client: Client, write: bool) -> Result:
    def guard(found: Values | None, plans: t.Sequence[Plan]) -> None:
        if any(plan.steps for plan in plans):
            _check_owner(client, kinds, wanted, organization, found)

    found = _find(client, kinds.resource, wanted)
    plan = planner.plan(kinds.resource, wanted.state, wanted.fields, found, wanted.parent)
    children = _plan_children(client, kinds, wanted, plan)
    guard(found, [plan, *children])
    if write:
        # A child's parent is known before its first write, so it needs no second check.
        again = (lambda _: None) if kinds.resource.is_child else (lambda new: guard(new.before, [new]))
        target = Target(kinds.resource, wanted.parent, wanted.wait, again)
        plan = executor.act(client, target, plan)
        if plan.taken_over:  # whoever created it may have given it children already
            children = _plan_again(client, kinds, wanted, plan, guard)
        children = _act_on_children(client, kinds, wanted, plan, children)
    return _result(kinds, wanted, plan, children)


# From the options


def _argument_spec(kinds: Kinds) -> Values:
    resource = kinds.resource
    spec: Values = {}
    if resource.is_child and resource.parent is not None:
        spec[resource.parent.name] = {**ref_spec(resource.parent.keys[1]), "required": True}
    spec["id"] = {"type": "str"}
    spec["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
    spec.update(schema.argument_spec(resource.fields))
    if kinds.children is not None:
        spec.update(collection.argument_spec(kinds.children))
    if resource.waits:
        spec["wait"] = {"type": "bool", "default": True}
        spec["wait_timeout"] = {"type": "int", "default": _WAIT_TIMEOUT}
    return spec


def _from_params(kinds: Kinds, params: Params, organization: Organization) -> Wanted:
    resource = kinds.resource
    fields = schema.from_params(resource.fields, params)
    faults = schema.validate(resource.fields, fields)
    if params["state"] == "present":
        faults += [fault.text for fault in resource.faults(fields, None)]
    parent: t.Mapping[str, str] | None = organization if resource.parent is not None else {}
    if resource.is_child and resource.parent is not None:
        parent = without_none(params[resource.parent.name])
        fault = validate_ref(params[resource.parent.name])
        faults = ["%s %s" % (resource.parent.name, fault)] * bool(fault) + faults
    if params["id"] is not None and validate_id(params["id"]):
        faults.insert(0, 'id "%s" %s' % (params["id"], validate_id(params["id"])))
    if params["id"] is None and any(name not in fields for name in resource.identity):
        faults.append(
            "one of id and %s is required: without either, the next run could not recognize the %s and would create"
            " another one" % (" with ".join(resource.option_path(name) for name in resource.identity), resource.called)
        )
    children = None
    if kinds.children is not None:
        children = collection.from_params(kinds.children, params)
        faults += collection.validate(kinds.children, children or [])
    if faults:
        raise invalid_options(*faults)
    purge = kinds.children is not None and collection.purges(kinds.children, params)
    wait = params["wait_timeout"] if params.get("wait") else None
    return Wanted(params["state"], params["id"], fields, parent, children, purge, wait)


# Look


def _find(client: Client, resource: Resource, wanted: Wanted) -> Values | None:
    try:
        return finder.find(client, resource, wanted.state, wanted.id, wanted.fields, wanted.parent)
    except KatapultError as error:
        parent = resource.parent
        if wanted.state == "absent" and resource.is_child and parent is not None and error.is_not_found(parent.name):
            return None  # without its parent, it is not there either
        raise


def _check_owner(
    client: Client, kinds: Kinds, wanted: Wanted, organization: Organization, found: Values | None
) -> None:
    """Before a write: a lookup by a key of the API may have met another organization's, or another spelling."""
    resource, owner = kinds.resource, found
    if kinds.parent is not None:
        ((by, value),) = (wanted.parent or {}).items()
        if organization is None and by == "id":
            return
        resource, owner = kinds.parent, finder.get(client, kinds.parent, by, value)
        if owner is None:
            raise TaskRefused(
                "The %s went while the task was running. Nothing was changed. Running the task again is safe."
                % resource.called,
                "%s_not_found" % resource.name,
            )
    if organization is None or owner is None or not resource.of_organization:
        return
    if kinds.parent is None and finder.is_listed(resource, wanted.id, wanted.parent):
        return
    finder.check_organization(client, resource, organization, owner)


# Children


def _plan_children(client: Client, kinds: Kinds, wanted: Wanted, plan: Plan) -> list[Plan]:
    if kinds.children is None or wanted.children is None or plan.after is None:
        return []
    parent = {"id": plan.after["id"]} if plan.after["id"] is not None else {}
    return collection.plan(client, kinds.children, wanted.children, wanted.purge, parent)


def _plan_again(
    client: Client, kinds: Kinds, wanted: Wanted, plan: Plan, guard: t.Callable[[t.Any, t.Any], None]
) -> list[Plan]:
    try:
        children = _plan_children(client, kinds, wanted, plan)
        if not plan.steps:
            guard(plan.after, children)
    except KatapultError as error:
        raise error.with_partial_result(**{kinds.resource.name: plan.after}) if plan.steps else error
    return children


def _act_on_children(
    client: Client, kinds: Kinds, wanted: Wanted, plan: Plan, children: t.Sequence[Plan]
) -> list[Plan]:
    if kinds.children is None or plan.after is None:
        return list(children)
    parent = {"id": plan.after["id"]}
    done: list[Plan] = []
    for child in children:
        if collection.is_taken(child, done):  # it got the identity of a wanted one only after the plan was made
            child = Plan(child.before, None)
        try:
            known = [one["id"] for other in (*done, *children) for one in (other.before, other.after) if one is not None]
            done.append(executor.act(client, Target(kinds.children, parent, siblings=known), child))
        except KatapultError as error:
            left = children[len(done) :]
            error.add_note(collection.progress(kinds.children, done, left))
            if not (plan.steps or error.changed or any(other.steps for other in done)):
                raise
            failing = error.partial_result.get(kinds.children.name) or left[0].before
            now = [*(other.after for other in done), failing, *(other.before for other in left[1:])]
            now_known = {**plan.after, collection.option(kinds.children): collection.shown(kinds.children, now)}
            raise error.with_partial_result(**{kinds.resource.name: now_known}) from None
    return done


# Result


def _result(kinds: Kinds, wanted: Wanted, plan: Plan, children: t.Sequence[Plan]) -> Result:
    resource = kinds.resource
    thing = plan.before if wanted.state == "absent" else plan.after
    before, after = plan.diff(resource.fields)
    now: list[Values] | None = None
    warnings: list[str] = []
    if kinds.children is not None and wanted.children is not None and plan.after is not None:
        option = collection.option(kinds.children)
        now = [child.after for child in children if child.after is not None]
        thing = {**plan.after, option: collection.shown(kinds.children, now)}
        children_before, after[option] = collection.diff(kinds.children, children)
        if before:
            before[option] = children_before
        warnings = collection.warnings(kinds.children, wanted.children, now)
    if plan.after is not None:
        unconfirmed = schema.unconfirmed(resource.fields, wanted.fields, plan.after)
        warnings = [*unconfirmed, *resource.warnings(wanted.fields, plan.after, now), *warnings]
    return Result(
        changed=bool(plan.steps) or any(child.steps for child in children),
        values={resource.name: thing},
        diff={"before": before, "after": after},
        warnings=tuple(warnings),
    )
