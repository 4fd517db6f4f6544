# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Send the requests of a plan; what was planned becomes what the API shows."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine import finder, planner
from ansible_collections.katapult.cloud.plugins.module_utils._engine.create_once import create_once, wait_until_visible
from ansible_collections.katapult.cloud.plugins.module_utils._engine.plan import Plan, Step
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._engine.waiter import wait
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, malformed
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import Values


class Target(t.NamedTuple):
    """Where a plan is carried out.

    :param parent: what identifies the parent, in the API's words.
    :param wait: seconds to wait for work that goes on after an answer; None not to wait.
    :param guard: checks a plan that was made anew, before it is carried out.
    :param siblings: the ids of all that were there before, of a kind without an identity.
    """

    resource: Resource
    parent: t.Mapping[str, str] | None
    wait: float | None = None
    guard: t.Callable[[Plan], None] = lambda plan: None
    siblings: t.Collection[str] = ()


def act(client: Client, target: Target, plan: Plan) -> Plan:
    """Carry out a plan.

    :raises KatapultError: that failed; says what had been changed by then.
    """
    after = plan.after
    for number, step in enumerate(plan.steps):
        if step.method == "POST" and plan.before is None:
            return _create(client, target, step, dict(plan.wanted))
        if plan.after is None:
            return _delete(client, target, plan, step)
        try:
            after = _change(client, target, step, t.cast(Values, plan.before)["id"])
        except KatapultError as error:
            raise error.with_partial_result(**{target.resource.name: after}) if number else error
    return plan._replace(after=after)


def _create(client: Client, target: Target, step: Step, wanted: Values) -> Plan:
    resource = target.resource
    step = step._replace(body=_for_parent(target, step.body))
    answer: Values = {}

    def send() -> Values:
        answer.update(client.request(step.method, step.path, step.query, step.body, step.answer, retry=False))
        return _created(target, wanted, answer) if step.answer == resource.name else {}

    created = create_once(
        client,
        create=send,
        look_up=lambda: _find(client, target, wanted),
        called="the %s" % resource.text(wanted),
        visible_within=resource.visible_within,
    )
    if created.confirmed and not step.waits and not _is_incomplete(resource, wanted):
        return Plan(None, created.thing, (step,))
    # What was created is not all of what is wanted yet, or it was not this request's answer that showed it.
    thing = created.thing
    try:
        if created.confirmed and step.waits:
            thing = _settled(client, target, step, answer, thing or wanted)
        plan = planner.plan(resource, "present", wanted, thing, target.parent)
        target.guard(plan)
        outcome = act(client, target, plan)
        after = t.cast(Values, outcome.after)
        if created.created_by_us:  # shown as the answer to a creation shows it
            names = [field.name for field in resource.fields if not field.secret]
            after = finder.with_fields(client, resource, names, after, target.parent)
    except KatapultError as error:
        raise error.with_partial_result(**{resource.name: thing or None}) if created.created_by_us else error
    if not created.created_by_us:
        return outcome._replace(taken_over=True)
    return Plan(None, after, (step, *outcome.steps), taken_over=not created.confirmed)


def _for_parent(target: Target, body: Values | None) -> Values:
    """The body of a creation. What a parent is identified by may have become known only after the plan was made."""
    parent = target.resource.parent
    return {**(body or {}), **({parent.name: dict(target.parent or {})} if parent is not None else {})}


def _created(target: Target, wanted: Values, answer: Values) -> Values:
    """The resource that the answer to a creation shows.

    :raises UnexpectedResponse: it is the answer to another request. Another spelling does not make it that.
    """
    resource = target.resource
    thing = finder.read(resource, answer, target.parent)
    for name in resource.identity:
        if name not in wanted or thing[name] is None or resource.field(name).type.matches(wanted[name], thing[name]):
            continue
        if str(thing[name]).lower() != str(wanted[name]).lower():
            said = "the %s that was to be created: it shows the %s" % (resource.text(wanted), resource.text(thing))
            raise malformed({}, said)
    return thing


def _is_incomplete(resource: Resource, wanted: Values) -> bool:
    """Whether something is wanted that a creation does not carry."""
    return any(not field.created and field.name in wanted for field in resource.fields)


def _settled(client: Client, target: Target, wait_for: Step, answer: Values, thing: Values) -> Values:
    """What was created, once the work that its creation has started has ended, or as it is now.

    :param thing: what is known of it.
    """
    if target.wait is not None:
        wait(client, wait_for.waits, answer, target.wait)
    if thing.get("id"):
        return finder.read_again(client, target.resource, thing["id"], target.parent)
    called = "the %s" % target.resource.text(thing)
    failure = malformed({}, "%s, which was created" % called)
    return wait_until_visible(
        client, lambda: _find(client, target, thing), failure, called, target.resource.visible_within
    )


def _find(client: Client, target: Target, wanted: Values) -> Values | None:
    """What may have been created."""
    if target.resource.identity:
        return finder.find_by_identity(client, target.resource, wanted, target.parent)
    return finder.find_another(client, target.resource, wanted, target.parent, target.siblings)


def _change(client: Client, target: Target, step: Step, identifier: str) -> Values:
    resource = target.resource
    itself = step.answer == resource.name
    answer = client.request(
        step.method, step.path, step.query, step.body, step.answer, identifier if itself else None
    )
    if itself and not step.waits:
        return finder.read(resource, answer, target.parent)
    if target.wait is not None:
        wait(client, step.waits, answer, target.wait)
    return finder.read_again(client, resource, identifier, target.parent)


def _delete(client: Client, target: Target, plan: Plan, step: Step) -> Plan:
    """Without its step if the resource was gone before."""
    name = target.resource.name
    identifier = t.cast(Values, plan.before)["id"] if step.answer == name else None
    try:
        answer = client.request(step.method, step.path, step.query, None, step.answer, identifier)
    except KatapultError as error:
        if not error.is_not_found(name):
            raise
        # Somebody else may have been faster, and then this task changed nothing.
        return plan if error.may_have_taken_effect else plan._replace(steps=())
    if target.wait is not None:
        try:
            wait(client, step.waits, answer, target.wait)
        except KatapultError as error:
            raise error.with_partial_result(**{name: plan.before})
    return plan
