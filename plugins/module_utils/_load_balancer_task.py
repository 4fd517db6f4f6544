# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of M(katapult.cloud.load_balancer): look, plan, act."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _fields
from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer as lb
from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer_look as look
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    KatapultError,
    TaskRefused,
    invalid_task,
    malformed,
)
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import id_fault
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan, Step
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result
from ansible_collections.katapult.cloud.plugins.module_utils._rule_fields import properties_spec

ARGUMENT_SPEC = {
    "id": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **_fields.argument_spec(lb.FIELDS),
    "rules": {"type": "list", "elements": "dict", "options": properties_spec(required=["listen_port"])},
    "purge_rules": {"type": "bool", "default": False},
}


class Wanted(t.NamedTuple):
    """What a task asks for. C(fields) holds only those that it gives, C(rules) is None if it gives none."""

    state: str
    id: str | None
    fields: Values
    organization: Values | None
    rules: list[Values] | None
    purge_rules: bool

    @property
    def api_reference(self) -> str | None:
        return self.fields.get("api_reference")

    @property
    def called(self) -> str:
        return 'the load balancer with the api_reference "%s"' % self.api_reference


# A module compiles all that it imports, anew each time that it runs. What only some tasks need is imported by these.


def _rules() -> t.Any:
    """What deals with whole sets of rules, for tasks that give some."""
    from ansible_collections.katapult.cloud.plugins.module_utils import _rule_set

    return _rule_set


def run(params: t.Mapping[str, t.Any], organization: Values | None, client: Client, write: bool) -> Result:
    """Make the load balancer as the task describes it.

    :param params: the options of the module.
    :param organization: the organization that the task belongs to, if one is given.
    :param write: whether to send the writes; without, the result is what they would lead to.
    :raises KatapultError: the task cannot be finished; says what had been changed by then.
    """
    wanted = _wanted(params, organization)
    found = _look(client, wanted)
    plan = _plan(wanted, found)
    rules = _plan_rules(client, wanted, found) if plan.after is not None else []
    if found is not None:
        _check_organization(client, wanted, found, [plan, *rules])
    if write:
        plan = _act(client, wanted, plan)
        if plan.adopted:  # whoever created it may have given it rules already
            rules = _replan(client, wanted, plan)
        rules = _act_on_rules(client, wanted, plan, rules)
    return _result(wanted, plan, rules)


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
    rules = None
    if params["rules"] is not None:
        rules = _rules().given(params["rules"])
        faults += _rules().faults(rules)
    if faults:
        raise invalid_task(*faults)
    return Wanted(params["state"], params["id"], fields, organization, rules, params["purge_rules"])


# Look


def _look(client: Client, wanted: Wanted) -> Values | None:
    if wanted.id is None:
        return look.by_reference(client, wanted.fields["api_reference"])
    found = look.by_id(client, wanted.id)
    if found is None:
        if wanted.state == "absent":
            return None
        raise TaskRefused(
            'There is no load balancer with the id "%s", or the API token does not see it. Ids are given by Katapult, so'
            " none can be created under it: to create one, leave out id and give properties.api_reference." % wanted.id,
            "load_balancer_not_found",
        )
    if wanted.api_reference in (None, found["api_reference"]):
        return found
    if wanted.state == "absent" and found["api_reference"] is not None:
        raise TaskRefused(
            '%s has the api_reference "%s", the task says "%s". Nothing was removed. Give one of id and'
            " properties.api_reference only, or the two that belong together."
            % (lb.called(found), found["api_reference"], wanted.api_reference),
            "other_load_balancer_found",
        )
    return _with_reference(client, wanted, found)


def _with_reference(client: Client, wanted: Wanted, found: Values) -> Values:
    """A load balancer that the task names by a reference it does not show, once it is certain that no other one has it."""
    holder = look.by_reference(client, wanted.fields["api_reference"])
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


def _plan(wanted: Wanted, found: Values | None) -> Plan:
    if wanted.state == "absent":
        return lb.plan_absent(found)
    return lb.plan_present(wanted.fields, found, wanted.organization)


def _plan_rules(client: Client, wanted: Wanted, balancer: Values | None) -> list[Plan]:
    return [] if wanted.rules is None else _rules().plan(client, wanted.rules, wanted.purge_rules, balancer)


def _check_organization(client: Client, wanted: Wanted, found: Values, plans: list[Plan]) -> None:
    if wanted.organization is not None and any(plan.steps for plan in plans):
        look.check_organization(client, wanted.organization, found)


# Act


def _act(client: Client, wanted: Wanted, plan: Plan) -> Plan:
    """Send the writes of a plan; what was planned becomes what the API shows."""
    if not plan.steps:
        return plan
    (step,) = plan.steps
    if step.method == "POST":
        return _create(client, wanted, step)
    if step.method == "DELETE":
        from ansible_collections.katapult.cloud.plugins.module_utils._remove import remove

        return remove(client, plan, "load_balancer")
    return plan._replace(after=_send(client, step, t.cast(Values, plan.before)["id"]))


def _send(client: Client, step: Step, identifier: str | None = None, once: bool = False) -> Values:
    return lb.read(
        client.request(
            step.method, step.path, step.query, step.body, expect="load_balancer", identifier=identifier, once=once
        )
    )


def _create(client: Client, wanted: Wanted, step: Step) -> Plan:
    from ansible_collections.katapult.cloud.plugins.module_utils._once import create_once

    def create() -> Values:
        thing = _send(client, step, once=True)
        shown, given = thing["api_reference"], t.cast(str, wanted.api_reference)
        if shown is not None and shown.lower() != given.lower():  # the answer to another request; not another spelling
            raise malformed({}, "%s that was to be created: it shows %s" % (wanted.called, lb.called(thing)))
        return thing

    created = create_once(
        client,
        create=create,
        look_up=lambda: look.by_reference(client, wanted.fields["api_reference"]),
        called=wanted.called,
    )
    if created.as_sent:
        return Plan(None, created.thing, (step,))
    # It was not this request's answer that showed it, so it need not be as wanted yet.
    try:
        plan = _plan(wanted, created.thing)
        _check_organization(client, wanted, created.thing, [plan])
        outcome = _act(client, wanted, plan)
    except KatapultError as error:
        raise error.after_writes(load_balancer=created.thing) if created.ours else error
    if not created.ours:
        return outcome._replace(adopted=True)
    return Plan(None, outcome.after, (step, *outcome.steps), adopted=True)


def _replan(client: Client, wanted: Wanted, plan: Plan) -> list[Plan]:
    try:
        rules = _plan_rules(client, wanted, plan.after)
        if not plan.steps:
            _check_organization(client, wanted, t.cast(Values, plan.after), rules)
    except KatapultError as error:
        raise error.after_writes(load_balancer=plan.after) if plan.steps else error
    return rules


def _act_on_rules(client: Client, wanted: Wanted, plan: Plan, rules: list[Plan]) -> list[Plan]:
    if plan.after is None:
        return rules
    done: list[Plan] = []
    for rule in rules:
        if _rules().is_kept(rule, done):  # it turned up on a port of the task only after the plan was made
            rule = Plan(rule.before, None)
        try:
            done.append(_rules().act(client, wanted.rules or [], rule, plan.after))
        except KatapultError as error:
            error.add(_rules().progress(done, rules[len(done) :]))
            if not (plan.steps or error.changed or any(other.steps for other in done)):
                raise
            failing = error.known.get("load_balancer_rule") or rules[len(done)].before
            left = (other.before for other in rules[len(done) + 1 :])
            known = _rules().shown([*(other.after for other in done), failing, *left])
            raise error.after_writes(load_balancer={**plan.after, "rules": known}) from None
    return done


# Result


def _result(wanted: Wanted, plan: Plan, rules: list[Plan]) -> Result:
    thing = plan.before if wanted.state == "absent" else plan.after
    before, after = _fields.in_a_diff(lb.FIELDS, plan.before), _fields.in_a_diff(lb.FIELDS, plan.after)
    warnings = lb.warnings(wanted.fields, plan.after) if plan.after is not None else []
    if wanted.rules is not None and plan.after is not None:
        now = _rules().shown([rule.after for rule in rules])
        thing = {**plan.after, "rules": now}
        rules_before, after["rules"] = _rules().diff(rules)
        if before:
            before["rules"] = rules_before
        warnings += _rules().warnings(wanted.rules, rules, plan.after)
    return Result(
        changed=bool(plan.steps) or any(rule.steps for rule in rules),
        values={"load_balancer": thing},
        diff={"before": before, "after": after},
        warnings=tuple(warnings),
    )
