# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the members of a load balancer are shown within it: whole, with all that the real API lets slip.

Every planted secret holds the text of :data:`SECRET`, so that a test can look for it in everything that comes out.
"""

from __future__ import annotations

import typing as t

from .world import Collection, DataCenter, Organization, VirtualMachine, World

SECRET = "planted-secret"

Json = t.Dict[str, t.Any]

_TYPES = {"virtual_machines": "VirtualMachine", "virtual_machine_groups": "VirtualMachineGroup", "tags": "Tag"}
_BORN = 1767225600  # seconds since 1970: when everything was created


def member(world: World, resource_type: str, resource: str) -> Json:
    """A member as a load balancer shows it that is read on its own."""
    thing = world.resources(resource_type)[resource]
    if resource_type == "virtual_machines":
        value = _virtual_machine(world, thing)
    elif resource_type == "virtual_machine_groups":
        value = _group(thing)
    else:
        value = _tag(thing)
    return {"type": _TYPES[resource_type], "value": value}


def member_in_list(world: World, resource_type: str, resource: str) -> Json:
    """A member as a load balancer shows it in a list."""
    thing = world.resources(resource_type)[resource]
    return {"type": _TYPES[resource_type], "value": {"name": thing.name, "id": thing.id}}


def _tag(tag: Collection) -> Json:
    return {"id": tag.id, "name": tag.name, "color": "green", "created_at": _BORN}


def _group(group: Collection) -> Json:
    return {"id": group.id, "name": group.name, "segregate": True, "auto_segregate": False, "created_at": _BORN}


def _virtual_machine(world: World, machine: VirtualMachine) -> Json:
    """A whole virtual machine, as the API puts it into a load balancer: with its root password and its owner's bills."""
    organization = world.organizations[machine.organization]
    center = world.data_centers[machine.data_center]
    fqdn = "%s.%s.katapult.cloud" % (machine.name.lower(), organization.sub_domain)
    tags = [tag for tag in world.tags.values() if machine.id in tag.members]
    return {
        "id": machine.id,
        "name": machine.name,
        "hostname": machine.name.lower(),
        "fqdn": fqdn,
        "description": None,
        "created_at": _BORN,
        "initial_root_password": "%s-root-password-of-%s" % (SECRET, machine.id),
        "state": "started",
        "suspended": False,
        "suspended_at": None,
        "zone": {
            "id": "zone_%s" % center.id,
            "name": center.name,
            "permalink": "zone-of-%s" % center.permalink,
            "data_center": _data_center(center),
        },
        "organization": _organization(organization),
        "group": next((_group(group) for group in world.groups.values() if machine.id in group.members), None),
        "package": _PACKAGE,
        "attached_iso": None,
        "memory_in_gb": _PACKAGE["memory_in_gb"],
        "cpu_cores": _PACKAGE["cpu_cores"],
        "use_dedicated_cpus": False,
        "gpu_type": None,
        "gpus": [],
        "tags": [_tag(tag) for tag in tags],
        "tag_names": [tag.name for tag in tags],
        "ip_addresses": [_ip_address(machine, center, fqdn)],
    }


_PACKAGE: Json = {
    "id": "vmpkg_small",
    "name": "SMALL",
    "permalink": "small",
    "cpu_cores": 2,
    "ipv4_addresses": 1,
    "memory_in_gb": 4,
    "storage_in_gb": 40,
    "monthly_bandwidth_allowance_in_gb": 1000,
    "privacy": "public",
    "icon": None,
    "use_dedicated_cpus": False,
    "group": {"id": "vmpkgrp_simulated", "name": "Simulated"},
}

_COUNTRY: Json = {
    "id": "ctry_simulated",
    "name": "United Kingdom",
    "iso_code2": "GB",
    "iso_code3": "GBR",
    "time_zone": "Europe/London",
    "eu": False,
}


def _data_center(center: DataCenter) -> Json:
    return {"id": center.id, "name": center.name, "permalink": center.permalink, "country": _COUNTRY}


def _ip_address(machine: VirtualMachine, center: DataCenter, fqdn: str) -> Json:
    """The address of a virtual machine, one that is reserved for documentation."""
    return {
        "id": "ip_of_%s" % machine.id,
        "address": "198.51.100.10",
        "reverse_dns": fqdn,
        "vip": False,
        "label": None,
        "address_with_mask": "198.51.100.10/24",
        "network": {
            "id": "netw_%s" % center.id,
            "name": "Public Network",
            "permalink": "%s-public" % center.permalink,
            "default": True,
            "data_center": _data_center(center),
        },
        "subnet": {
            "id": "sbnt_%s" % center.id,
            "address": "198.51.100.0",
            "mask": 24,
            "gateway": "198.51.100.1",
            "version": 4,
            "billable": True,
        },
        "allocation_id": machine.id,
        "allocation_type": "VirtualMachine",
    }


def _organization(organization: Organization) -> Json:
    return {
        "id": organization.id,
        "uuid": "00000000-0000-4000-8000-000000000000",
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
        "country": _COUNTRY,
        "country_state": None,
    }
