# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each address of the API does with the world; those that only read other things than load balancers are in C(reading)."""

from __future__ import annotations

import time
import typing as t
from dataclasses import replace

from . import arguments as args
from . import reading, refusals, rendering
from .calls import Call, Json, endpoint, organization_of, sees
from .world import LoadBalancer, Rule

_READ = ("load_balancers", "load_balancers:read")
_WRITE = ("load_balancers",)

# What the API gives to a rule whose creation leaves it out
RULE_DEFAULTS: Json = {
    "algorithm": "round_robin",
    "proxy_protocol": False,
    "backend_ssl": False,
    "passthrough_ssl": False,
    "certificates": [],
    "check_enabled": False,
    "check_protocol": "HTTP",
    "check_path": "/",
    "check_interval": 20,
    "check_timeout": 5,
    "check_rise": 2,
    "check_fall": 2,
    "check_http_statuses": "2",
}


# Finding what a request names


def _load_balancer(call: Call) -> LoadBalancer:
    named = args.looked_up(call.arguments, "load_balancer", call.segment, ("id", "api_reference"))
    for balancer in call.world.load_balancers.values():
        if sees(call, balancer.organization) and all(getattr(balancer, name) == value for name, value in named.items()):
            return balancer
    raise refusals.not_found("load_balancer")


def _rule(call: Call) -> Rule:
    named = args.looked_up(call.arguments, "load_balancer_rule", call.segment, ("id",))
    rule = call.world.rules.get(named["id"])
    if rule is None:
        raise refusals.not_found("load_balancer_rule")
    return rule


def _may_write(call: Call) -> None:
    if not call.token.may_write:
        raise refusals.permission_denied("The user of this token is not permitted to manage load balancers")


def _data_center(call: Call, named: Json) -> str:
    for center in call.world.data_centers.values():
        if all(getattr(center, name) == value for name, value in named.items()):
            return t.cast(str, center.id)
    raise refusals.not_found("data_center")


# Load balancers


def _list_load_balancers(call: Call) -> tuple[int, Json]:
    organization = organization_of(call)
    number, per_page = args.page_of(call.arguments, call.world.assumptions.largest_page)
    wanted = args.annotations_of(call.arguments)
    found = [
        rendering.load_balancer_in_list(call.world, balancer)
        for balancer in call.world.load_balancers.values()
        if balancer.organization == organization.id and args.has_all(balancer.annotations, wanted)
    ]
    return 200, rendering.page("load_balancers", found, number, per_page)


def _create_load_balancer(call: Call) -> tuple[int, Json]:
    properties = args.required(call.arguments, "properties", args.LOAD_BALANCER)
    annotations = args.PAIRS(call.arguments.get("annotations") or [], ("annotations",))
    organization = organization_of(call)
    _may_write(call)
    if organization.restricted:
        raise refusals.resource_creation_restricted(organization.restricted)
    center = _data_center(call, properties["data_center"]) if "data_center" in properties else ""
    lacking = [name for name in ("name", "resource_type") if not properties.get(name)]
    errors = ["%s can't be blank" % name.capitalize().replace("_", " ") for name in lacking]
    if not center:
        errors.append("Data center must exist")
    if errors:
        raise refusals.validation_error(*errors)
    world = call.world
    balancer = LoadBalancer(
        id=world.new_id("lb"),
        organization=organization.id,
        data_center=center,
        address_id=world.new_id("ip"),
        address=world.new_address(),
        name=properties["name"],
    )
    _write(call, balancer, properties, annotations)
    world.load_balancers[balancer.id] = balancer
    return 201, rendering.load_balancer(world, balancer)


def _read_load_balancer(call: Call) -> tuple[int, Json]:
    return 200, rendering.load_balancer(call.world, _load_balancer(call))


def _update_load_balancer(call: Call) -> tuple[int, Json]:
    properties = args.required(call.arguments, "properties", args.LOAD_BALANCER)
    annotations = args.PAIRS(call.arguments.get("annotations") or [], ("annotations",))
    balancer = _load_balancer(call)
    _may_write(call)
    if "data_center" in properties:
        _data_center(call, properties["data_center"])  # it must exist, and changes nothing
    _write(call, balancer, properties, annotations)
    return 200, rendering.load_balancer(call.world, balancer)


def _delete_load_balancer(call: Call) -> tuple[int, Json]:
    balancer = _load_balancer(call)
    _may_write(call)
    del call.world.load_balancers[balancer.id]
    for rule in [rule for rule in call.world.rules.values() if rule.load_balancer == balancer.id]:
        del call.world.rules[rule.id]
    return 200, rendering.load_balancer_removed(balancer)


def _write(call: Call, balancer: LoadBalancer, properties: Json, annotations: list[Json]) -> None:
    """Put what a request gives into a load balancer, all of it or nothing."""
    world = call.world
    changed = replace(balancer, weights=dict(balancer.weights), annotations=dict(balancer.annotations))
    for name in (
        "name",
        "api_reference",
        "resource_type",
        "resource_ids",
        "https_redirect",
        "enable_weighting",
        "standby_vms",
    ):
        if name in properties:
            setattr(changed, name, properties[name])
    _check(call, changed)
    if "weights" in properties:
        new = {pair["virtual_machine_id"]: pair["weight"] for pair in properties["weights"]}
        changed.weights = new if world.assumptions.pairs_replace else {**changed.weights, **new}
    if annotations:
        pairs = {pair["key"]: pair.get("value") for pair in annotations}
        changed.annotations = pairs if world.assumptions.pairs_replace else {**changed.annotations, **pairs}
    balancer.__dict__.update(changed.__dict__)


def _check(call: Call, changed: LoadBalancer) -> None:
    world = call.world
    errors = [] if changed.name.strip() else ["Name can't be blank"]
    known = world.resources(changed.resource_type)
    for resource in changed.resource_ids:
        thing = known.get(resource)
        if thing is None or thing.organization != changed.organization:
            errors.append("Resources must exist (%s)" % resource)
        elif getattr(thing, "trashed", False):
            raise refusals.object_in_trash(resource, "VirtualMachine", int(time.time()) + 48 * 3600)
    same = [
        other
        for other in world.load_balancers.values()
        if changed.api_reference is not None
        and other.api_reference == changed.api_reference
        and other.organization == changed.organization
        and other.id != changed.id
    ]
    if same and world.assumptions.unique_references:
        errors.append("Api reference has already been taken")
    if errors:
        raise refusals.validation_error(*errors)


# Rules


def _list_rules(call: Call) -> tuple[int, Json]:
    balancer = _load_balancer(call)
    number, per_page = args.page_of(call.arguments, call.world.assumptions.largest_page)
    found = [
        rendering.rule_in_list(call.world, rule)
        for rule in call.world.rules.values()
        if rule.load_balancer == balancer.id
    ]
    return 200, rendering.page("load_balancer_rules", found, number, per_page)


def _create_rule(call: Call) -> tuple[int, Json]:
    properties = args.required(call.arguments, "properties", args.RULE)
    balancer = _load_balancer(call)
    _may_write(call)
    lacking = [name for name in ("listen_port", "destination_port", "protocol") if name not in properties]
    if lacking:
        raise refusals.validation_error(
            *("%s can't be blank" % name.capitalize().replace("_", " ") for name in lacking)
        )
    rule = Rule(call.world.new_id("lbrule"), balancer.id, {**RULE_DEFAULTS, **_rule_properties(call, properties)})
    _check_port(call, rule, rule.properties["listen_port"])
    call.world.rules[rule.id] = rule
    return 200, rendering.rule(call.world, rule)


def _read_rule(call: Call) -> tuple[int, Json]:
    return 200, rendering.rule(call.world, _rule(call))


def _update_rule(call: Call) -> tuple[int, Json]:
    properties = args.required(call.arguments, "properties", args.RULE)
    rule = _rule(call)
    _may_write(call)
    _check_port(call, rule, properties.get("listen_port"))
    rule.properties.update(_rule_properties(call, properties))
    return 200, rendering.rule(call.world, rule)


def _delete_rule(call: Call) -> tuple[int, Json]:
    rule = _rule(call)
    _may_write(call)
    del call.world.rules[rule.id]
    return 200, {"load_balancer_rule": {"id": rule.id}}


def _check_port(call: Call, rule: Rule, port: int | None) -> None:
    others = [
        other for other in call.world.rules.values() if (other.load_balancer, other.id) != (rule.load_balancer, rule.id)
    ]
    taken = [
        other
        for other in others
        if other.load_balancer == rule.load_balancer and other.properties["listen_port"] == port
    ]
    if taken and call.world.assumptions.unique_ports:
        raise refusals.validation_error("Listen port has already been taken")


def _rule_properties(call: Call, properties: Json) -> Json:
    if "certificates" not in properties:
        return properties
    certificates = [named["id"] for named in properties["certificates"]]
    if any(certificate not in call.world.certificates for certificate in certificates):
        raise refusals.not_found("certificate")
    return {**properties, "certificates": certificates}


# The rules' own addresses come first: to the others "rules" would look like the name of a load balancer.
ENDPOINTS = (
    endpoint("GET", "/load_balancers/rules/*", _READ, _read_rule),
    endpoint("PATCH", "/load_balancers/rules/*", _WRITE, _update_rule),
    endpoint("DELETE", "/load_balancers/rules/*", _WRITE, _delete_rule),
    endpoint("GET", "/load_balancers/*/rules", _READ, _list_rules),
    endpoint("POST", "/load_balancers/*/rules", _WRITE, _create_rule),
    endpoint("GET", "/load_balancers/*", _READ, _read_load_balancer),
    endpoint("PATCH", "/load_balancers/*", _WRITE, _update_load_balancer),
    endpoint("DELETE", "/load_balancers/*", _WRITE, _delete_load_balancer),
    endpoint("GET", "/organizations/*/load_balancers", _READ, _list_load_balancers),
    endpoint("POST", "/organizations/*/load_balancers", _WRITE, _create_load_balancer),
    *reading.ENDPOINTS,
)
