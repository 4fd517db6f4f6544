# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How things are shown in an answer, with all that the real API lets slip.

Every planted secret holds the text of :data:`SECRET`, so that a test can look for it in everything that comes out.
"""

from __future__ import annotations

import typing as t

from .world import Collection, LoadBalancer, Organization, Rule, VirtualMachine, World

SECRET = "planted-secret"

Json = t.Dict[str, t.Any]

_TYPES = {"virtual_machines": "VirtualMachine", "virtual_machine_groups": "VirtualMachineGroup", "tags": "Tag"}
_BORN = 1767225600  # seconds since 1970: when everything was created


def load_balancer(world: World, balancer: LoadBalancer) -> Json:
    """The answer to reading, creating or changing one: annotations stand beside it."""
    center = world.data_centers[balancer.data_center]
    shown = {
        "id": balancer.id,
        "name": balancer.name,
        "api_reference": balancer.api_reference,
        "resource_type": balancer.resource_type,
        "resources": [_resource(world, balancer.resource_type, resource) for resource in balancer.resource_ids],
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
    members = [world.resources(balancer.resource_type)[resource] for resource in balancer.resource_ids]
    return {
        "id": balancer.id,
        "name": balancer.name,
        "api_reference": balancer.api_reference,
        "resource_type": balancer.resource_type,
        "resources": [
            {"type": _TYPES[balancer.resource_type], "value": {"name": member.name, "id": member.id}}
            for member in members
        ],
        "resource_ids": list(balancer.resource_ids),
        "ip_address": {"address": balancer.address},
        "data_center": {"id": center.id, "name": center.name},
    }


def load_balancer_removed(balancer: LoadBalancer) -> Json:
    return {"load_balancer": {"id": balancer.id, "name": balancer.name, "api_reference": balancer.api_reference}}


def rule(world: World, shown: Rule) -> Json:
    """The answer to reading, creating or changing one rule."""
    certificates = [
        {"id": cert, "name": world.certificates[cert], "additional_names": [], "state": "issued"}
        for cert in shown.properties["certificates"]
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
    certificates = [{"id": cert, "name": world.certificates[cert]} for cert in shown.properties["certificates"]]
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


def _resource(world: World, resource_type: str, resource: str) -> Json:
    thing = world.resources(resource_type)[resource]
    if resource_type == "virtual_machines":
        value = _virtual_machine(world, thing)
    elif resource_type == "virtual_machine_groups":
        value = _group(thing)
    else:
        value = {"id": thing.id, "name": thing.name, "color": "green", "created_at": _BORN}
    return {"type": _TYPES[resource_type], "value": value}


def _group(group: Collection) -> Json:
    return {"id": group.id, "name": group.name, "segregate": True, "auto_segregate": False, "created_at": _BORN}


def _virtual_machine(world: World, machine: VirtualMachine) -> Json:
    """A whole virtual machine, as the API puts it into a load balancer: with its root password and its owner's bills."""
    organization = world.organizations[machine.organization]
    center = world.data_centers[machine.data_center]
    return {
        "id": machine.id,
        "name": machine.name,
        "hostname": machine.name.lower(),
        "fqdn": "%s.%s.katapult.cloud" % (machine.name.lower(), organization.sub_domain),
        "description": None,
        "created_at": _BORN,
        "initial_root_password": "%s-root-password-of-%s" % (SECRET, machine.id),
        "state": "started",
        "zone": {
            "id": "zone_%s" % center.id,
            "name": center.name,
            "permalink": center.permalink,
            "data_center": {"id": center.id, "name": center.name, "permalink": center.permalink},
        },
        "organization": _organization(organization),
        "group": next((_group(group) for group in world.groups.values() if machine.id in group.members), None),
        "package": {"id": "vmpkg_rock3", "name": "ROCK-3", "permalink": "rock-3", "cpu_cores": 1, "memory_in_gb": 3},
        "tags": [
            {"id": tag.id, "name": tag.name, "color": "green", "created_at": _BORN}
            for tag in world.tags.values()
            if machine.id in tag.members
        ],
        "tag_names": [tag.name for tag in world.tags.values() if machine.id in tag.members],
        "ip_addresses": [],
    }


def _organization(organization: Organization) -> Json:
    return {
        "id": organization.id,
        "name": organization.name,
        "sub_domain": organization.sub_domain,
        "infrastructure_domain": "%s.katapult.cloud" % organization.sub_domain,
        "created_at": _BORN,
        "activated_at": _BORN if organization.activated else None,
        "suspended": organization.suspended,
        "managed": False,
        "billing_name": "%s billing name" % SECRET,
        "address1": "%s street 1" % SECRET,
        "address2": None,
        "address3": None,
        "address4": None,
        "postcode": "%s postcode" % SECRET,
        "vat_number": "%s VAT number" % SECRET,
        "phone_number": "%s phone number" % SECRET,
        "currency": {"id": "cur_gbp", "name": "British Pound", "iso_code": "GBP", "symbol": "£"},
    }
