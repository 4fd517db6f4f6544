# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security groups and their rules."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..arguments import array, boolean, enum, string
from ..table import Json, Kind, name_errors
from ..world import World
from .collection import TAG, VIRTUAL_MACHINE_GROUP
from .organization import ORGANIZATION
from .virtual_machine import VIRTUAL_MACHINE

_DIRECTIONS = ("inbound", "outbound")
_ASSOCIABLE = (VIRTUAL_MACHINE, VIRTUAL_MACHINE_GROUP, TAG)


@dataclass
class SecurityGroup:
    id: str
    name: str
    organization: str
    allow_all_inbound: bool = False
    allow_all_outbound: bool = False
    associations: list[str] = field(default_factory=list)
    annotations: dict[str, t.Optional[str]] = field(default_factory=dict)


@dataclass
class Rule:
    id: str
    security_group: str
    direction: str
    protocol: str
    action: str = "allow"
    ports: t.Optional[str] = None
    targets: list[str] = field(default_factory=list)
    notes: t.Optional[str] = None


def _validate_group(world: World, changed: SecurityGroup, given: Json) -> list[str]:
    there = {key for kind in _ASSOCIABLE for key in world.objects[kind.plural]}
    missing = ["Associations must exist (%s)" % key for key in given.get("associations", ()) if key not in there]
    return name_errors(world, "security_groups", changed) + missing


def _delete_rules(world: World, group: SecurityGroup, _given: Json) -> None:
    """Without a message, the API deletes all rules of a direction in which all traffic is allowed."""
    for key, rule in list(world.security_group_rules.items()):
        if rule.security_group == group.id and getattr(group, "allow_all_%s" % rule.direction):
            del world.security_group_rules[key]


def _validate_rule(world: World, changed: Rule, _given: Json) -> list[str]:
    errors = []
    if changed.protocol == "ICMP" and changed.ports:
        errors.append("Ports cannot be set with ICMP")
    if getattr(world.security_groups[changed.security_group], "allow_all_%s" % changed.direction):
        said = (changed.direction, changed.direction)
        errors.append("Security group cannot have %s rules while all %s traffic is allowed" % said)
    return errors


def _empty_as_none(_world: World, shown: Rule, name: str) -> t.Any:
    return getattr(shown, name) or None


SECURITY_GROUP = Kind(
    name="security_group",
    model=SecurityGroup,
    prefix="sg",
    parent=ORGANIZATION,
    annotated=True,
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    delete_scope="security_group",
    arguments={
        "name": string,
        "allow_all_inbound": boolean,
        "allow_all_outbound": boolean,
        "associations": array(string),
    },
    required=("name",),
    validate=_validate_group,
    effect=_delete_rules,
    list_fields="id,name,allow_all_inbound,allow_all_outbound,associations",
    fields="id,name,allow_all_inbound,allow_all_outbound,associations",
    deleted_fields="id,name",
)
SECURITY_GROUP_RULE = Kind(
    name="security_group_rule",
    model=Rule,
    prefix="sgr",
    parent=SECURITY_GROUP,
    path="/security_groups/rules/*",
    list_path="/security_groups/*/rules",
    scope="security_groups",
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    arguments={
        "direction": enum(*_DIRECTIONS),
        "protocol": enum("TCP", "UDP", "ICMP"),
        "action": enum("allow", "deny"),
        "ports": string,
        "targets": array(string),
        "notes": string,
    },
    required=("direction", "protocol"),
    validate=_validate_rule,
    kept_if_refused=("targets",),
    list_fields="id,direction,protocol,action,ports,targets,notes",
    fields="id,direction,protocol,action,ports,targets,notes,security_group[id,name]",
    references={"security_group": SECURITY_GROUP},
    computed={
        "ports": lambda world, rule: _empty_as_none(world, rule, "ports"),
        "notes": lambda world, rule: _empty_as_none(world, rule, "notes"),
    },
)
