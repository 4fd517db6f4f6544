# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of load balancers."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .. import refusals
from ..arguments import Path, array, boolean, enum, integer, lookup, string
from ..table import Json, Kind
from ..world import World
from .certificate import CERTIFICATE
from .load_balancer import LOAD_BALANCER


@dataclass
class Rule:
    id: str
    load_balancer: str
    listen_port: int
    destination_port: int
    protocol: str
    algorithm: str = "round_robin"
    proxy_protocol: bool = False
    backend_ssl: bool = False
    passthrough_ssl: bool = False
    certificates: list[str] = field(default_factory=list)
    check_enabled: bool = False
    check_protocol: str = "HTTP"
    check_path: str = "/"
    check_interval: int = 20
    check_timeout: int = 5
    check_rise: int = 2
    check_fall: int = 2
    check_http_statuses: str = "2"


def _ids(value: t.Any, path: Path) -> list[str]:
    return [named["id"] for named in array(lookup("id"))(value, path)]


def _validate(world: World, changed: Rule, given: Json) -> list[str]:
    if any(key not in world.certificates for key in given.get("certificates", ())):
        raise refusals.not_found("certificate")
    # A rule that keeps its port may share it: two rules can have been moved to the same one.
    others = [one for one in world.load_balancer_rules.values() if one.id != changed.id]
    there = [one.listen_port for one in others if one.load_balancer == changed.load_balancer]
    taken = given.get("listen_port") in there and world.assumptions.unique_ports
    return ["Listen port has already been taken"] if taken else []


LOAD_BALANCER_RULE = Kind(
    name="load_balancer_rule",
    model=Rule,
    prefix="lbrule",
    parent=LOAD_BALANCER,
    path="/load_balancers/rules/*",
    list_path="/load_balancers/*/rules",
    scope="load_balancers",
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    arguments={
        "algorithm": enum("round_robin", "least_connections", "sticky"),
        "protocol": enum("HTTP", "HTTPS", "TCP"),
        "listen_port": integer,
        "destination_port": integer,
        "proxy_protocol": boolean,
        "backend_ssl": boolean,
        "passthrough_ssl": boolean,
        "certificates": _ids,
        "check_enabled": boolean,
        "check_protocol": enum("HTTP", "TCP"),
        "check_path": string,
        "check_interval": integer,
        "check_timeout": integer,
        "check_rise": integer,
        "check_fall": integer,
        "check_http_statuses": enum("2", "23", "234"),
    },
    required=("listen_port", "destination_port", "protocol"),
    validate=_validate,
    fields="id,algorithm,proxy_protocol,backend_ssl,passthrough_ssl,certificates[id,name,additional_names,state],"
    "check_enabled,check_protocol,check_path,check_interval,check_timeout,check_rise,check_fall,check_http_statuses,"
    "protocol,listen_port,destination_port,load_balancer[id,name]",
    list_fields="id,algorithm,destination_port,listen_port,protocol,check_enabled,certificates[id,name]",
    references={"certificates": CERTIFICATE, "load_balancer": LOAD_BALANCER},
)
