# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Look at the rules of a load balancer, and write them: the requests that single rules and whole sets have in common."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _rule
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, malformed
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._once import create_once
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan, Step
from ansible_collections.katapult.cloud.plugins.module_utils._remove import remove


def list_rules(client: Client, of: Values) -> list[Values]:
    """The rules of a load balancer as the list shows them: some of their fields are not there.

    :param of: what names the load balancer, in the API's words.
    """
    query = [("load_balancer[%s]" % name, value) for name, value in of.items()]
    listed = client.pages(_rule.ALL, query, "load_balancer_rules")
    for row in listed:
        _check_owner(row, of)
    rules = [_rule.read_row(row) for row in listed]
    for rule in rules:
        if rule.get("listen_port") is None:
            raise malformed(rule, "the port of the rule %s" % rule["id"])
    return rules


def read_rule(client: Client, identifier: str, of: Values) -> Values:
    """One rule with all its fields.

    :param of: what names the load balancer that has it, in the API's words; empty if that is to be found out.
    """
    query = [("load_balancer_rule[id]", identifier)]
    return _read(client.request("GET", _rule.ONE, query, expect="load_balancer_rule", identifier=identifier), of)


def _read(answer: Values, of: Values) -> Values:
    _check_owner(answer["load_balancer_rule"], of)
    return _rule.read(answer)


def _check_owner(shown: Values, of: Values) -> None:
    """A rule that says that it is another load balancer's answers another question. A list does not say it at all."""
    owner = shown.get("load_balancer")
    owner = owner if isinstance(owner, dict) else {}
    for by, value in of.items():
        if owner.get(by) not in (None, value):
            said = "the %s %s" % (by, owner[by])
            raise malformed(shown, "a rule of the load balancer %s: it shows one with %s" % (value, said))


def completed(client: Client, wanted: Values, row: Values, of: Values) -> Values:
    """A rule with all that is wanted of it: read on its own only where the list did not show enough.

    :param of: what names the load balancer, in the API's words.
    """
    if _rule.is_read(wanted, row):
        return row
    rule = read_rule(client, row["id"], of)
    if rule["listen_port"] != row["listen_port"]:
        raise malformed(rule, "port %d, on which the list shows the rule %s" % (row["listen_port"], row["id"]))
    return rule


def at_port(client: Client, wanted: Values, of: Values) -> Values | None:
    """The rule on the port that is wanted, with all that is wanted of it."""
    row = _rule.at_port(wanted["listen_port"], list_rules(client, of))
    return None if row is None else completed(client, wanted, row, of)


def act(client: Client, wanted: Values, plan: Plan, of: Values) -> Plan:
    """Send the write of a plan for one rule; what was planned becomes what the API shows.

    :param of: what names the load balancer, in the API's words.
    """
    if not plan.steps:
        return plan
    (step,) = plan.steps
    if step.method == "POST":
        return _create(client, wanted, step._replace(body={**(step.body or {}), "load_balancer": of}), of)
    if step.method == "DELETE":
        return remove(client, plan, "load_balancer_rule")
    return plan._replace(after=_send(client, step, of, t.cast(Values, plan.before)["id"]))


def _send(client: Client, step: Step, of: Values, identifier: str | None = None, once: bool = False) -> Values:
    answer = client.request(
        step.method, step.path, step.query, step.body, expect="load_balancer_rule", identifier=identifier, once=once
    )
    return _read(answer, of)


def _create(client: Client, wanted: Values, step: Step, of: Values) -> Plan:
    created = create_once(
        client,
        create=lambda: _send(client, step, of, once=True),
        look_up=lambda: at_port(client, wanted, of),
        called=_rule.called(wanted),
    )
    if created.as_sent:
        return Plan(None, created.thing, (step,))
    try:
        outcome = act(client, wanted, _rule.plan_present(wanted, created.thing, of), of)
        if not created.ours:
            return outcome
        after = t.cast(Values, outcome.after)
        if not _rule.is_whole(after):  # the answer that got lost would have shown all of it
            after = read_rule(client, after["id"], of)
    except KatapultError as error:
        raise error.after_writes(load_balancer_rule=created.thing) if created.ours else error
    return Plan(None, after, (step, *outcome.steps))
