# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of M(katapult.cloud.load_balancer_rule): look, plan, act."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import (
    _fields,
    _load_balancer_look,
    _rule,
    _rule_requests,
)
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused, invalid_task
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import (
    given_members,
    id_fault,
    lookup_fault,
    lookup_option,
)
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result

ARGUMENT_SPEC = {
    "load_balancer": {**lookup_option("api_reference"), "required": True},
    "id": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **_fields.argument_spec(_rule.FIELDS),
}


class Wanted(t.NamedTuple):
    """What a task asks for. C(of) names the load balancer in the API's words; C(fields) holds only those given."""

    state: str
    of: Values
    id: str | None
    fields: Values


def run(params: t.Mapping[str, t.Any], organization: Values | None, client: Client, write: bool) -> Result:
    """Make the rule as the task describes it.

    :param params: the options of the module.
    :param organization: the organization that the task belongs to, if one is given.
    :param write: whether to send the writes; without, the result is what they would lead to.
    :raises KatapultError: the task cannot be finished; says what had been changed by then.
    """
    wanted = _wanted(params)
    found = _look(client, wanted)
    plan = _rule.plan_absent(found) if wanted.state == "absent" else _rule.plan_present(wanted.fields, found, wanted.of)
    if plan.steps and organization is not None:
        _check_organization(client, organization, wanted)
    outcome = _rule_requests.act(client, wanted.fields, plan, wanted.of) if write else plan
    return _result(wanted, outcome)


def _wanted(params: t.Mapping[str, t.Any]) -> Wanted:
    fields = _fields.given(_rule.FIELDS, params)
    of = given_members(params["load_balancer"])
    faults = _rule.faults(fields) if params["state"] == "present" else _fields.faults(_rule.FIELDS, fields)
    if lookup_fault(of):
        faults.insert(0, "load_balancer %s" % lookup_fault(of))
    if params["id"] is not None and id_fault(params["id"]):
        faults.insert(0, 'id "%s" %s' % (params["id"], id_fault(params["id"])))
    if params["id"] is None and "listen_port" not in fields:
        faults.append(
            "one of id and properties.listen_port is required: a rule has no name, so nothing else tells which one it is"
        )
    if faults:
        raise invalid_task(*faults)
    return Wanted(params["state"], of, params["id"], fields)


def _look(client: Client, wanted: Wanted) -> Values | None:
    try:
        rows = _rule_requests.list_rules(client, wanted.of)
    except KatapultError as error:
        if wanted.state == "absent" and error.says_missing("load_balancer"):
            return None
        raise
    port = wanted.fields.get("listen_port")
    if wanted.id is None:
        row = _rule.at_port(t.cast(int, port), rows)
    else:
        row = next((row for row in rows if row["id"] == wanted.id), None)
        if row is None:
            return _not_listed(client, wanted)
    if row is None:
        return None
    if wanted.state == "absent":
        if port not in (None, row["listen_port"]):
            raise TaskRefused(
                "%s is not on port %d, as the task says. Nothing was removed. Give one of id and properties.listen_port only,"
                " or the two that belong together." % (_rule.called(row)[0].upper() + _rule.called(row)[1:], port),
                "other_load_balancer_rule_found",
            )
        return row
    others = [other for other in rows if other["id"] != row["id"] and other["listen_port"] == port]
    if others and row["listen_port"] != port:
        raise TaskRefused(
            "%s cannot move to port %d, which %s has. Nothing was changed."
            % (_rule.called(row), port, _rule.called(others[0])),
            "listen_port_taken",
        )
    return _rule_requests.completed(client, wanted.fields, row, wanted.of)


def _not_listed(client: Client, wanted: Wanted) -> None:
    """What it means that the load balancer has no rule with the id of the task."""
    try:
        elsewhere = _rule_requests.read_rule(client, t.cast(str, wanted.id), of={})
    except KatapultError as error:
        if not error.says_missing("load_balancer_rule"):
            raise
        if wanted.state == "absent":
            return
        raise TaskRefused(
            'There is no rule with the id "%s", or the API token does not see it. Ids are given by Katapult, so none can'
            " be created under it: to create one, leave out id and give properties.listen_port." % wanted.id,
            "load_balancer_rule_not_found",
        ) from None
    raise TaskRefused(
        'The rule "%s" belongs to another load balancer: %s. A rule cannot move to another one. Nothing was changed.'
        % (wanted.id, " / ".join(value for value in elsewhere["load_balancer"].values() if value) or "not named"),
        "other_load_balancer_found",
    )


def _check_organization(client: Client, organization: Values, wanted: Wanted) -> None:
    balancer = _load_balancer_look.by_either(client, wanted.of)
    if balancer is None:
        raise TaskRefused(
            "The load balancer went while the task was running. Nothing was changed. Running the task again is safe.",
            "load_balancer_not_found",
        )
    _load_balancer_look.check_organization(client, organization, balancer)


def _result(wanted: Wanted, outcome: Plan) -> Result:
    shown = outcome.before if wanted.state == "absent" else outcome.after
    before, after = _rule.diff(outcome)
    return Result(
        changed=bool(outcome.steps),
        values={"load_balancer_rule": shown},
        diff={"before": before, "after": after},
        warnings=tuple(_rule.warnings(wanted.fields, outcome.after)) if outcome.after is not None else (),
    )
