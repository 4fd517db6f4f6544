# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How load balancers and their rules are shown in an answer, with all that the real API lets slip."""

from __future__ import annotations

import typing as t

from .members import SECRET, member, member_in_list
from .world import LoadBalancer, Rule, World

Json = t.Dict[str, t.Any]


def load_balancer(world: World, balancer: LoadBalancer) -> Json:
    """The answer to reading, creating or changing one: annotations stand beside it."""
    center = world.data_centers[balancer.data_center]
    shown = {
        "id": balancer.id,
        "name": balancer.name,
        "api_reference": balancer.api_reference,
        "resource_type": balancer.resource_type,
        "resources": [member(world, balancer.resource_type, resource) for resource in balancer.resource_ids],
        "resource_ids": list(balancer.resource_ids),
        "ip_address": {"id": balancer.address_id, "address": balancer.address},
        "https_redirect": balancer.https_redirect,
        "backend_certificate": "-----BEGIN CERTIFICATE-----\nsimulated for %s\n-----END CERTIFICATE-----\n"
        % balancer.id,
        "backend_certificate_key": "-----BEGIN RSA PRIVATE KEY-----\n%s of %s\n-----END RSA PRIVATE KEY-----\n"
        % (SECRET, balancer.id),
        "data_center": {"id": center.id, "name": center.name, "permalink": center.permalink},
        "enable_weighting": balancer.enable_weighting,
        "weights": world.weights(balancer),
        "standby_vms": list(balancer.standby_vms),
    }
    annotations = [{"key": key, "value": value} for key, value in balancer.annotations.items()]
    return {"load_balancer": shown, "annotations": annotations}


def load_balancer_in_list(world: World, balancer: LoadBalancer) -> Json:
    center = world.data_centers[balancer.data_center]
    return {
        "id": balancer.id,
        "name": balancer.name,
        "api_reference": balancer.api_reference,
        "resource_type": balancer.resource_type,
        "resources": [member_in_list(world, balancer.resource_type, resource) for resource in balancer.resource_ids],
        "resource_ids": list(balancer.resource_ids),
        "ip_address": {"address": balancer.address},
        "data_center": {"id": center.id, "name": center.name},
    }


def load_balancer_removed(balancer: LoadBalancer) -> Json:
    return {"load_balancer": {"id": balancer.id, "name": balancer.name, "api_reference": balancer.api_reference}}


def rule(world: World, shown: Rule) -> Json:
    """The answer to reading, creating or changing one rule."""
    certificates = [
        {
            "id": certificate.id,
            "name": certificate.name,
            "additional_names": list(certificate.additional_names),
            "state": certificate.state,
        }
        for certificate in (world.certificates[identifier] for identifier in shown.properties["certificates"])
    ]
    balancer = world.load_balancers[shown.load_balancer]
    belongs_to = {"id": balancer.id, "name": balancer.name}
    return {
        "load_balancer_rule": {
            "id": shown.id,
            **shown.properties,
            "certificates": certificates,
            "load_balancer": belongs_to,
        }
    }


def rule_in_list(world: World, shown: Rule) -> Json:
    fields = ("algorithm", "destination_port", "listen_port", "protocol", "check_enabled")
    certificates = [{"id": cert, "name": world.certificates[cert].name} for cert in shown.properties["certificates"]]
    return {"id": shown.id, **{name: shown.properties[name] for name in fields}, "certificates": certificates}


def page(name: str, things: t.Sequence[Json], number: int, per_page: int) -> Json:
    """One page of a list."""
    start = (number - 1) * per_page
    pagination = {
        "current_page": number,
        "total_pages": -(-len(things) // per_page),
        "total": len(things),
        "per_page": per_page,
        "large_set": False,
    }
    return {"pagination": pagination, name: list(things[start : start + per_page])}
