# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a rule of a security group. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Fault, Parent, Resource
from .._schema.fields import PROPERTIES, SEVERAL, Field, Values, nested, strings
from .._schema.network_types import OPTIONAL_TEXT, PORTS, targets
from .._schema.types import STRING, choice

# Responses of an old API contain no action.
_ACTION = choice("allow", "deny")._replace(matches=lambda wanted, found: wanted == (found or "allow"))


def _describe(rule: Values) -> str:
    what = "%s %s %s" % (rule.get("action") or "allow", rule.get("direction"), rule.get("protocol"))
    where = " from " if rule.get("direction") == "inbound" else " to "
    ports = " port %s" % rule["ports"] if rule.get("ports") else ""
    reach = where + ", ".join(sorted(map(str, rule.get("targets") or ["nothing"])))
    return "rule %s%s%s%s" % (what, ports, reach, " (%s)" % rule["id"] if rule.get("id") else "")


def _faults(wanted: Values, found: Values | None) -> list[Fault]:
    icmp = wanted.get("protocol") == "ICMP" and (wanted.get("ports") or "").strip()
    return [Fault("properties.ports cannot be set for the protocol ICMP")] if icmp else []


def _warnings(wanted: Values, found: Values | None, rule: Values, children: list[Values] | None) -> list[str]:
    return [] if rule.get("targets") else ["The %s has no effect, because it has no targets." % _describe(rule)]


SECURITY_GROUP_RULE = Resource(
    "security_group_rule",
    label="rule",
    path="/security_groups/rules/security_group_rule",
    list_path="/security_groups/security_group/rules",
    parent=Parent("security_group", ("id",), option="rules", purges=True, emptied_by="allow_no_rules"),
    names=(),
    restricts=("action", "deny"),
    # Without an identity, a rule is its fields: one that a task omits has its initial value.
    fields=(
        Field("id", STRING),
        Field("direction", choice("inbound", "outbound"), PROPERTIES, required=True),
        Field("protocol", choice("TCP", "UDP", "ICMP"), PROPERTIES, required=True),
        Field("action", _ACTION, PROPERTIES, initial="allow"),
        Field("ports", PORTS, PROPERTIES, initial=""),
        Field("targets", targets("vm_", "vmgrp_", "tag_", "adlst_"), PROPERTIES, initial=[], refers_to=SEVERAL),
        Field("notes", OPTIONAL_TEXT, PROPERTIES, initial="", remark=True),
        Field("security_group", nested(*strings("id", "name"))),
    ),
    describe=_describe,
    faults=_faults,
    warnings=_warnings,
)
