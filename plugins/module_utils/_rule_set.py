# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""All rules of one load balancer, keyed by their listen ports."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _rule, _rule_requests
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan

# In a load balancer there is no need to say which load balancer a rule belongs to.
FIELDS = tuple(field for field in _rule.FIELDS if field.name != "load_balancer")

# What keeps traffic flowing: what is there changes in place, then something is added, and only then something removed.
_ORDER = ("PATCH", "POST", "DELETE")
_DEEDS = {"PATCH": "changed", "POST": "added", "DELETE": "removed"}


def given(rules: t.Sequence[Values] | None) -> list[Values] | None:
    """The rules that a task gives, each with the fields that it gives; None if it gives none at all."""
    if rules is None:
        return None
    return [{name: value for name, value in rule.items() if value is not None} for rule in rules]


def faults(wanted: t.Sequence[Values]) -> list[str]:
    """What is wrong with the given rules, each a sentence without its full stop."""
    seen: set[int] = set()
    found = []
    for rule in wanted:
        port = rule["listen_port"]
        if port in seen:
            found.append("rules has more than one rule for port %d" % port)
        seen.add(port)
        problems = (problem.replace("properties.", "") for problem in _rule.faults(rule))
        found += ["in rules, for port %d: %s" % (port, problem) for problem in problems]
    return found


def plan(client: Client, wanted: t.Sequence[Values] | None, purge: bool, balancer: Values | None) -> list[Plan]:
    """Look at the rules of a load balancer, and plan how they come to be as wanted; nothing if no rules are given.

    :param balancer: the load balancer, or None if it is not there yet.
    :raises KatapultError: that cannot be done.
    """
    if wanted is None:
        return []
    of = {"id": balancer["id"]} if balancer is not None else {}
    rows = _rule_requests.list_rules(client, of) if of else []
    by_port: dict[t.Any, list[Values]] = {}
    for row in rows:
        by_port.setdefault(row.get("listen_port"), []).append(row)
    whole = {}
    for rule in wanted:
        row = _rule.only_one(rule["listen_port"], by_port.get(rule["listen_port"], []))
        if row is not None:
            whole[row["id"]] = _rule_requests.completed(client, rule, row, of)
    return plan_all(wanted, purge, [whole.get(row.get("id"), row) for row in rows], of)


def plan_all(wanted: t.Sequence[Values], purge: bool, found: t.Sequence[Values], of: Values) -> list[Plan]:
    """How the rules of a load balancer come to be as wanted, in the order in which it should happen.

    :param wanted: the rules that the task gives, each with its listen_port.
    :param purge: whether to remove the rules that it does not give.
    :param found: the rules that are there, each with all that is wanted of it.
    :param of: what names the load balancer, in the API's words.
    """
    there = {rule.get("listen_port"): rule for rule in found}
    plans = [_rule.plan_present(rule, there.get(rule["listen_port"]), of) for rule in wanted]
    ports = {rule["listen_port"] for rule in wanted}
    others = [rule for rule in found if rule.get("listen_port") not in ports]
    plans += [_rule.plan_absent(rule) if purge else Plan(rule, rule) for rule in others]
    return sorted(plans, key=_turn)


def _turn(of_one: Plan) -> int:
    return _ORDER.index(of_one.steps[0].method) if of_one.steps else -1


def act(client: Client, wanted: t.Sequence[Values], of_one: Plan, balancer: Values) -> Plan:
    """Send the write of one of the plans."""
    port = (of_one.after or {}).get("listen_port")
    fields = next((rule for rule in wanted if rule["listen_port"] == port), {})
    return _rule_requests.act(client, fields, of_one, {"id": balancer["id"]})


def is_kept(of_one: Plan, done: t.Sequence[Plan]) -> bool:
    """Whether a rule that is to be removed is one that the task has just made its own."""
    if of_one.after is not None or of_one.before is None:
        return False
    return any(rule.after["id"] == of_one.before["id"] for rule in done if rule.after is not None)


def progress(done: t.Sequence[Plan], left: t.Sequence[Plan]) -> str:
    """What a person should know when the writes ended in the middle: what was done, and what was not."""
    told = ["%s was %s" % (_called(rule), _DEEDS[rule.steps[0].method]) for rule in done if rule.steps]
    failed = "it failed at %s" % _called(left[0])
    undone = ["%s was not %s" % (_called(rule), _DEEDS[rule.steps[0].method]) for rule in left[1:] if rule.steps]
    return "Of the rules: %s." % "; ".join([*told, failed, *undone])


def _called(of_one: Plan) -> str:
    return _rule.called(of_one.after or of_one.before or {})


def shown(rules: t.Iterable[Values | None]) -> list[Values]:
    """Rules as a result shows them: in port order, each with the fields that were read."""
    names = {field.name for field in FIELDS}
    there = [{name: value for name, value in rule.items() if name in names} for rule in rules if rule is not None]
    return sorted(there, key=lambda rule: (rule.get("listen_port") or 0, str(rule.get("id"))))


def diff(plans: t.Iterable[Plan]) -> tuple[list[Values], list[Values]]:
    """What a diff shows of all rules, before and after, in port order."""
    pairs = [_rule.diff(of_one) for of_one in plans]
    before, after = ([side for side in sides if side] for sides in zip(*pairs)) if pairs else ([], [])
    return sorted(before, key=_port), sorted(after, key=_port)


def _port(rule: Values) -> int:
    return t.cast(int, rule.get("listen_port") or 0)


def warnings(wanted: t.Sequence[Values], plans: t.Sequence[Plan], balancer: Values) -> list[str]:
    """What a task asks for and will not get, or what will not work as it stands."""
    now = {rule.after.get("listen_port"): rule.after for rule in plans if rule.after is not None}
    found = [
        text.replace("properties.", "")
        for rule in wanted
        if rule["listen_port"] in now
        for text in _rule.warnings(rule, now[rule["listen_port"]])
    ]
    if balancer["https_redirect"] and 80 in now:
        found.append(
            "https_redirect listens on port 80 by itself, and there is a rule for port 80 too. Which of them Katapult obeys is"
            " not documented: do without one of them."
        )
    return found
