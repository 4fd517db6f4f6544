# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a security group. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import PROPERTIES, SEVERAL, TOP_LEVEL, Call, Field, Values
from .._schema.types import ANNOTATIONS, BOOLEAN, STRING, id_set

_PATH = "/security_groups/security_group"


def _warnings(wanted: Values, found: Values | None, group: Values, rules: list[Values] | None) -> list[str]:
    about = 'security group "%s"' % group.get("name")
    associations = group.get("associations") or []
    emptied = found is not None and found.get("associations") and not associations
    directions = [of for of in ("inbound", "outbound") if group.get("allow_all_%s" % of) is False]
    closed = [of for of in directions if rules is not None and not any(_permits(rule, of) for rule in rules)]
    warnings = {
        "The %s has no more associations, so none of its rules applies to anything." % about: emptied,
        "The %s permits no %s traffic of its associations (%s), so that there is none unless another security group permits it."
        % (about, " and no ".join(closed), ", ".join(associations)): closed and associations,
    }
    return [warning for warning, applies in warnings.items() if applies]


def _permits(rule: Values, direction: str) -> bool:
    return rule.get("direction") == direction and rule.get("action") != "deny" and bool(rule.get("targets"))


SECURITY_GROUP = Resource(
    "security_group",
    path=_PATH,
    list_path="/organizations/organization/security_groups",
    identity=("name",),
    partial_rows=True,
    annotated=True,
    delete=Call(
        "DELETE",
        _PATH,
        "security_group",
        scope_hint="The API documents the scope security_group, in the singular, for the deletion of a security group. Grant the"
        " token both security_groups and security_group.",
    ),
    # The order is that of a result. The list endpoint omits the annotations.
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("allow_all_inbound", BOOLEAN, PROPERTIES, initial=False, clears=("direction", "inbound")),
        Field("allow_all_outbound", BOOLEAN, PROPERTIES, initial=False, clears=("direction", "outbound")),
        Field("associations", id_set("vm_", "vmgrp_", "tag_"), PROPERTIES, last=True, refers_to=SEVERAL),
        Field("annotations", ANNOTATIONS, TOP_LEVEL),
    ),
    warnings=_warnings,
)
