# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of M(katapult.cloud.load_balancer): look, plan, act."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.katapult.cloud.plugins.module_utils import _fields
from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer as lb
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import id_fault
from ansible_collections.katapult.cloud.plugins.module_utils._once import create_once
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result

ARGUMENT_SPEC = {
    "id": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **_fields.argument_spec(lb.FIELDS),
}


@dataclass(frozen=True)
class Wanted:
    """What a task asks for. C(fields) holds only those that it gives."""

    state: str
    id: str | None
    fields: Values
    organization: Values | None

    @property
    def api_reference(self) -> str | None:
        return self.fields.get("api_reference")

    @property
    def called(self) -> str:
        return 'the load balancer with the api_reference "%s"' % self.api_reference


def run(params: t.Mapping[str, t.Any], organization: Values | None, client: Client, write: bool) -> Result:
    """Make the load balancer as the task describes it.

    :param params: the options of the module.
    :param organization: the organization that the task belongs to, if one is given.
    :param write: whether to send the writes; without, the result is what they would lead to.
    :raises KatapultError: the task cannot be finished; says what had been changed by then.
    """
    wanted = _wanted(params, organization)
    found = _look(client, wanted)
    plan = _plan(client, wanted, found)
    outcome = _act(client, wanted, plan) if write else plan
    return _result(wanted, outcome)


def _wanted(params: t.Mapping[str, t.Any], organization: Values | None) -> Wanted:
    fields = _fields.given(lb.FIELDS, params)
    faults = _fields.faults(lb.FIELDS, fields)
    if params["id"] is not None and id_fault(params["id"]):
        faults.insert(0, 'id "%s" %s' % (params["id"], id_fault(params["id"])))
    if params["id"] is None and "api_reference" not in fields:
        faults.append(
            "one of id and properties.api_reference is required: without either, the next run could not recognize the"
            " load balancer and would create another one"
        )
    if faults:
        raise TaskRefused("%s. Nothing was sent." % "; ".join(faults))
    return Wanted(params["state"], params["id"], fields, organization)


# Look


def _look(client: Client, wanted: Wanted) -> Values | None:
    if wanted.id is None:
        return _by_reference(client, wanted.fields["api_reference"])
    found = _get(client, "id", wanted.id)
    if found is None:
        if wanted.state == "absent":
            return None
        raise TaskRefused(
            'There is no load balancer with the id "%s", or the API token does not see it. Ids are given by Katapult, so'
            " none can be created under it: to create one, leave out id and give properties.api_reference." % wanted.id,
            "load_balancer_not_found",
        )
    if found["id"] != wanted.id:
        raise TaskRefused(
            'The look-up of the id "%s" was answered with %s. Nothing was changed.' % (wanted.id, lb.called(found)),
            "other_load_balancer_found",
        )
    if wanted.api_reference in (None, found["api_reference"]):
        return found
    if wanted.state == "absent":
        return _same_reference_or_none(wanted, found)
    return _adopted(client, wanted, found)


def _by_reference(client: Client, api_reference: str) -> Values | None:
    found = _get(client, "api_reference", api_reference)
    if found is None:
        return None
    if found["api_reference"] not in (None, api_reference):
        raise TaskRefused(
            'The look-up of the api_reference "%s" was answered with %s, whose reference is "%s". Use that spelling if it'
            " is the one meant. Nothing was changed." % (api_reference, lb.called(found), found["api_reference"]),
            "other_load_balancer_found",
        )
    # An answer that does not show the reference does not make it another one: it was found by it.
    return {**found, "api_reference": api_reference}


def _get(client: Client, by: str, value: str) -> Values | None:
    try:
        return lb.read(client.request("GET", lb.ONE, {"load_balancer[%s]" % by: value}, expect="load_balancer"))
    except KatapultError as error:
        if error.facts.http_status == 404 and error.facts.code == "load_balancer_not_found":
            return None
        raise


def _same_reference_or_none(wanted: Wanted, found: Values) -> Values:
    if found["api_reference"] is None:
        return found
    raise TaskRefused(
        '%s has the api_reference "%s", the task says "%s". Nothing was removed. Give one of id and'
        " properties.api_reference only, or the two that belong together."
        % (lb.called(found), found["api_reference"], wanted.api_reference),
        "other_load_balancer_found",
    )


def _adopted(client: Client, wanted: Wanted, found: Values) -> Values:
    """A load balancer that the task gives a reference to, once it is certain that no other one has it."""
    holder = _by_reference(client, wanted.fields["api_reference"])
    if holder is None:
        return found
    if holder["id"] == found["id"]:
        return holder
    raise TaskRefused(
        'The api_reference "%s" belongs to %s already, so %s cannot have it too. Nothing was changed.'
        % (wanted.api_reference, lb.called(holder), lb.called(found)),
        "api_reference_taken",
    )


# Plan


def _plan(client: Client, wanted: Wanted, found: Values | None) -> lb.Plan:
    if wanted.state == "absent":
        plan = lb.plan_absent(found)
    else:
        plan = lb.plan_present(wanted.fields, found, wanted.organization)
    if plan.steps and found is not None and wanted.organization is not None:
        _check_organization(client, wanted.organization, found)
    return plan


def _check_organization(client: Client, organization: Values, found: Values) -> None:
    """Before a write: a look-up by reference or id names no organization, so it may have met another one's."""
    query = {"organization[%s]" % by: value for by, value in organization.items()}
    if any(row.get("id") == found["id"] for row in client.pages(lb.ALL, query, "load_balancers")):
        return
    raise TaskRefused(
        "%s is not in the organization %s. References are looked up in everything that the API token sees, so this may be"
        " another organization's. Nothing was changed. Correct organization or the api_reference, or use a token that"
        " sees this organization only." % (lb.called(found), " / ".join(organization.values())),
        "other_organization",
    )


# Act


def _act(client: Client, wanted: Wanted, plan: lb.Plan) -> lb.Plan:
    """Send the writes of a plan; what was planned becomes what the API shows."""
    if not plan.steps:
        return plan
    (step,) = plan.steps
    if step.method == "POST":
        return _create(client, wanted, step)
    if step.method == "DELETE":
        return _delete(client, plan, step)
    return replace(plan, after=_send(client, step))


def _send(client: Client, step: lb.Step, once: bool = False) -> Values:
    return lb.read(client.request(step.method, step.path, step.query, step.body, expect="load_balancer", once=once))


def _create(client: Client, wanted: Wanted, step: lb.Step) -> lb.Plan:
    created = create_once(
        client,
        create=lambda: _send(client, step, once=True),
        look_up=lambda: _by_reference(client, wanted.fields["api_reference"]),
        called=wanted.called,
    )
    if created.as_sent:
        return lb.Plan(None, created.thing, (step,))
    # It was not this request's answer that showed it, so it need not be as wanted yet.
    try:
        plan = _plan(client, wanted, created.thing)
        outcome = _act(client, wanted, plan)
    except KatapultError as error:
        raise error.after_writes(load_balancer=created.thing) if created.ours else error
    if not created.ours:
        return outcome
    return lb.Plan(None, outcome.after, (step, *outcome.steps))


def _delete(client: Client, plan: lb.Plan, step: lb.Step) -> lb.Plan:
    try:
        client.request(step.method, step.path, step.query)
    except KatapultError as error:
        if error.facts.http_status != 404 or error.facts.code != "load_balancer_not_found":
            raise
        if not error.maybe_done:  # somebody else was faster, so this task changed nothing
            return replace(plan, steps=())
    return plan


# Result


def _result(wanted: Wanted, outcome: lb.Plan) -> Result:
    shown = outcome.before if wanted.state == "absent" else outcome.after
    warnings = lb.warnings(wanted.fields, outcome.after) if outcome.after is not None else []
    return Result(
        changed=bool(outcome.steps),
        values={"load_balancer": shown},
        before=_fields.in_a_diff(lb.FIELDS, outcome.before),
        after=_fields.in_a_diff(lb.FIELDS, outcome.after),
        warnings=tuple(warnings),
    )
