# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a rule of a load balancer.

Source: the Katapult Core API's arguments for load balancer rules (its OpenAPI document), its recorded responses, and what its
official clients always send.
"""

from __future__ import annotations

from .._engine.resource import Fault, Parent, Resource
from .._schema.fields import PROPERTIES, Field, Values
from .._schema.types import BOOLEAN, STRING, choice, id_refs, integer, object_ref

_PORT = integer(1, 65535)
_AMOUNT = integer(1)  # of seconds, or of checks


def _describe(rule: Values) -> str:
    return "rule on port %s%s" % (rule.get("listen_port"), " (%s)" % rule["id"] if rule.get("id") else "")


def _faults(wanted: Values, found: Values | None) -> list[Fault]:
    """Reject settings that exclude each other; for settings that the task omits, the existing rule is used."""
    now = {**(found or {}), **wanted}
    faults = []
    if now.get("protocol") not in (None, "HTTPS"):
        reason = "needs the protocol HTTPS, but it is %s" % now["protocol"]
        faults += [
            "properties.%s %s" % (name, reason) for name in ("certificates", "passthrough_ssl") if wanted.get(name)
        ]
    if now.get("check_protocol") not in (None, "HTTP"):
        reason = "needs the check_protocol HTTP, but it is %s" % now["check_protocol"]
        faults += [
            "properties.%s %s" % (name, reason) for name in ("check_path", "check_http_statuses") if name in wanted
        ]
    return [Fault(fault) for fault in faults]


def _warnings(wanted: Values, found: Values | None, rule: Values, children: list[Values] | None) -> list[str]:
    # The list endpoint omits many fields; there are no warnings about unknown values.
    interval, timeout = rule.get("check_interval"), rule.get("check_timeout")
    checks = {"check_interval", "check_timeout"}.intersection(wanted)
    warnings = {
        "The %s uses HTTPS without a certificate and without passthrough_ssl, so clients will not trust it."
        % _describe(rule): rule.get("protocol") == "HTTPS"
        and not rule.get("certificates")
        and rule.get("passthrough_ssl") is False,
        "The check_timeout of the %s (%s) is above its check_interval (%s)."
        % (_describe(rule), timeout, interval): checks and interval and timeout and timeout > interval,
    }
    return [warning for warning, applies in warnings.items() if applies]


# The order is that of a result. The list endpoint returns only the first seven.
LOAD_BALANCER_RULE = Resource(
    "load_balancer_rule",
    label="rule",
    path="/load_balancers/rules/load_balancer_rule",
    list_path="/load_balancers/load_balancer/rules",
    parent=Parent("load_balancer", ("id", "api_reference"), option="rules"),
    identity=("listen_port",),
    names=(),
    partial_rows=True,
    fields=(
        Field("id", STRING),
        Field("listen_port", _PORT, PROPERTIES, required=True),
        Field("destination_port", _PORT, PROPERTIES, required=True),
        Field("protocol", choice("HTTP", "HTTPS", "TCP"), PROPERTIES, required=True),
        # It is unknown whether the API has defaults for the fields with an initial value: all clients always send them.
        Field("algorithm", choice("round_robin", "least_connections", "sticky"), PROPERTIES, initial="round_robin"),
        Field("certificates", id_refs("name"), PROPERTIES, refers_to="certificate"),
        Field("check_enabled", BOOLEAN, PROPERTIES),
        Field("proxy_protocol", BOOLEAN, PROPERTIES, initial=False),
        Field("backend_ssl", BOOLEAN, PROPERTIES),
        Field("passthrough_ssl", BOOLEAN, PROPERTIES),
        Field("check_protocol", choice("HTTP", "TCP"), PROPERTIES),
        Field("check_path", STRING, PROPERTIES),
        Field("check_interval", _AMOUNT, PROPERTIES),
        Field("check_timeout", _AMOUNT, PROPERTIES),
        Field("check_rise", _AMOUNT, PROPERTIES),
        Field("check_fall", _AMOUNT, PROPERTIES),
        Field("check_http_statuses", choice("2", "23", "234"), PROPERTIES),
        Field("load_balancer", object_ref("id", "name")),
    ),
    describe=_describe,
    faults=_faults,
    warnings=_warnings,
)
