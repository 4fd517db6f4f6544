# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What a rule of a load balancer is, and what has to be sent to make one, or all of one load balancer, as wanted.

Source: the Katapult Core API's arguments for load balancer rules (its OpenAPI document), its recorded
answers, and what its official clients always send.
"""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _fields
from ansible_collections.katapult.cloud.plugins.module_utils._errors import TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan, Step
from ansible_collections.katapult.cloud.plugins.module_utils._rule_fields import FIELDS

ONE = "/load_balancers/rules/load_balancer_rule"
ALL = "/load_balancers/load_balancer/rules"

_NEEDED = ("listen_port", "destination_port", "protocol")
# Whether the API has defaults of its own for these is not known: every client always sends them.
_ALWAYS_SENT = {"algorithm": "round_robin", "proxy_protocol": False}


def read(answer: t.Mapping[str, t.Any]) -> Values:
    """The rule of an answer."""
    return _fields.read(FIELDS, answer["load_balancer_rule"])


def read_row(row: t.Mapping[str, t.Any]) -> Values:
    """A rule as a list shows it: some of its fields are not there."""
    return _fields.read_part(FIELDS, row)


def is_read(wanted: Values, found: Values) -> bool:
    """Whether what is known of a rule is enough to compare it with what is wanted."""
    return all(name in found for name in wanted)


def is_whole(rule: Values) -> bool:
    """Whether all of a rule was read, and not only what a list shows."""
    return all(field.name in rule for field in FIELDS)


def called(rule: Values) -> str:
    """A rule by its port and, where it has one, its id, for a message."""
    identifier = " (%s)" % rule["id"] if rule.get("id") else ""
    return "the rule on port %s%s" % (rule.get("listen_port"), identifier)


def faults(wanted: Values, found: Values | None = None) -> list[str]:
    """What is wrong with the given values, alone and together, each a sentence without its full stop.

    :param found: the rule as it is, by which is judged what the task leaves out; None before it is looked up.
    """
    problems = _fields.faults(FIELDS, wanted)
    now = {**(found or {}), **wanted}
    if now.get("protocol") not in (None, "HTTPS"):
        reason = "needs the protocol HTTPS, and it is %s" % now["protocol"]
        if wanted.get("certificates"):
            problems.append("properties.certificates %s" % reason)
        if wanted.get("passthrough_ssl"):
            problems.append("properties.passthrough_ssl %s" % reason)
    if now.get("check_protocol") not in (None, "HTTP"):
        problems += [
            "properties.%s needs the check_protocol HTTP, and it is %s" % (name, now["check_protocol"])
            for name in ("check_path", "check_http_statuses")
            if name in wanted
        ]
    return problems


def plan_present(wanted: Values, found: Values | None, of: Values) -> Plan:
    """How a rule comes to be, or comes to be as wanted.

    :param wanted: the fields that the task gives, and no others.
    :param found: the rule that is there, with all that is wanted, or None.
    :param of: what names the load balancer, in the API's words.
    :raises TaskRefused: that cannot be done.
    """
    if found is None:
        return _plan_creation(wanted, of)
    problems = faults(wanted, found)
    if problems:
        raise TaskRefused("%s, on %s. Nothing was changed." % ("; ".join(problems), called(found)), "invalid_task")
    different = _fields.missing(FIELDS, wanted, found)
    if not different:
        return Plan(found, found)
    names = {field.name for field in different}
    after = {**found, **{field.name: field.kind.after(wanted[field.name], found[field.name]) for field in different}}
    body = {"load_balancer_rule": {"id": found["id"]}, **_fields.arguments(FIELDS, names, wanted, found, after)}
    return Plan(found, after, (Step("PATCH", ONE, body=body),))


def _plan_creation(wanted: Values, of: Values) -> Plan:
    lacking = ["properties.%s" % name for name in _NEEDED if name not in wanted]
    if lacking:
        raise TaskRefused(
            "%s is not there, and creating it takes %s too. Nothing was created."
            % (called(wanted)[0].upper() + called(wanted)[1:], " and ".join(lacking)),
            "missing_for_creation",
        )
    wanted = {**_ALWAYS_SENT, **wanted}
    nothing = _fields.blank(FIELDS)
    given = [field for field in FIELDS if field.name in wanted]
    after = {**nothing, **{field.name: field.kind.after(wanted[field.name], nothing[field.name]) for field in given}}
    body = {"load_balancer": of, **_fields.arguments(FIELDS, wanted, wanted, nothing, after)}
    return Plan(None, after, (Step("POST", ALL, body=body),))


def plan_absent(found: Values | None) -> Plan:
    """How a rule comes to be gone."""
    if found is None:
        return Plan(None, None)
    return Plan(found, None, (Step("DELETE", ONE, query=(("load_balancer_rule[id]", found["id"]),)),))


def at_port(port: int, found: t.Sequence[Values]) -> Values | None:
    """The rule that listens on a port, see :func:`only_one`."""
    return only_one(port, [rule for rule in found if rule.get("listen_port") == port])


def only_one(port: int, there: t.Sequence[Values]) -> Values | None:
    """The one of the rules that listen on a port.

    :raises TaskRefused: there are several, so the port does not tell which one is meant.
    """
    if len(there) > 1:
        raise TaskRefused(
            "There are %d rules on port %d: %s. Nothing was changed. Say which one is meant by its id."
            % (len(there), port, ", ".join(str(rule["id"]) for rule in there)),
            "several_rules_found",
        )
    return there[0] if there else None


def warnings(wanted: Values, rule: Values) -> list[str]:
    """What a task asks for and will not get, or what will not work as it stands."""
    found = _fields.not_shown(FIELDS, wanted, rule)
    # A list does not show passthrough_ssl; what is not known is not warned about.
    if rule.get("protocol") == "HTTPS" and not rule.get("certificates") and rule.get("passthrough_ssl") is False:
        found.append(
            "%s speaks HTTPS without a certificate and without passthrough_ssl, so clients will not trust it."
            % (called(rule)[0].upper() + called(rule)[1:])
        )
    return found


def diff(plan: Plan) -> tuple[Values, Values]:
    """What a diff shows of a rule, before and after.

    A write is answered with the whole rule, where a list had shown a part of it: what was not known before is no change.
    """
    before, after = _fields.in_a_diff(FIELDS, plan.before), _fields.in_a_diff(FIELDS, plan.after)
    if before and after:
        after = {name: value for name, value in after.items() if name in before}
    return before, after
