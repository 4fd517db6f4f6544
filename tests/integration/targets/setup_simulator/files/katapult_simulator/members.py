# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How virtual machines, groups, tags and what belongs to them are shown: whole, with all that the real API lets slip.

So they are shown on their own, and as the members of a load balancer.

Every planted secret holds the text of :data:`SECRET`, so that a test can look for it in everything that comes out.
"""

from __future__ import annotations

import ipaddress
import typing as t

from .world import Collection, DataCenter, Organization, VirtualMachine, World

SECRET = "planted-secret"

Json = t.Dict[str, t.Any]

_TYPES = {"virtual_machines": "VirtualMachine", "virtual_machine_groups": "VirtualMachineGroup", "tags": "Tag"}
BORN = 1767225600  # seconds since 1970: when everything was created


def member(world: World, resource_type: str, resource: str) -> Json:
    """A member as a load balancer shows it that is read on its own."""
    thing = world.resources(resource_type)[resource]
    if resource_type == "virtual_machines":
        value = virtual_machine(world, thing)
    elif resource_type == "virtual_machine_groups":
        value = group(thing)
    else:
        value = tag(thing)
    return {"type": _TYPES[resource_type], "value": value}


def member_in_list(world: World, resource_type: str, resource: str) -> Json:
    """A member as a load balancer shows it in a list."""
    thing = world.resources(resource_type)[resource]
    return {"type": _TYPES[resource_type], "value": {"name": thing.name, "id": thing.id}}


def tag(shown: Collection) -> Json:
    return {"id": shown.id, "name": shown.name, "color": shown.color, "created_at": BORN}


def group(shown: Collection) -> Json:
    return {"id": shown.id, "name": shown.name, "segregate": True, "auto_segregate": False, "created_at": BORN}


def virtual_machine(world: World, machine: VirtualMachine) -> Json:
    """A whole virtual machine, as the API puts it into a load balancer: with its root password and its owner's bills."""
    center = world.data_centers[machine.data_center]
    tags = [tag(one) for one in world.tags.values() if machine.id in one.members]
    package = package_of(machine.package)
    return {
        "id": machine.id,
        "name": machine.name,
        "hostname": machine.hostname,
        "fqdn": world.fqdn(machine),
        "description": None,
        "created_at": BORN,
        "initial_root_password": "%s-root-password-of-%s" % (SECRET, machine.id),
        "state": machine.state,
        "suspended": False,
        "suspended_at": None,
        "zone": zone(center),
        "organization": organization(world.organizations[machine.organization]),
        "group": next((group(one) for one in world.groups.values() if machine.id in one.members), None),
        "package": package,
        "attached_iso": None,
        "memory_in_gb": package["memory_in_gb"],
        "cpu_cores": package["cpu_cores"],
        "use_dedicated_cpus": False,
        "gpu_type": None,
        "gpus": [],
        "tags": tags,
        "tag_names": [one["name"] for one in tags],
        "ip_addresses": [_ip_address(world, machine, address) for address in machine.addresses],
    }


def zone(center: DataCenter) -> Json:
    """The only zone of a data center."""
    return {
        "id": "zone_%s" % center.id,
        "name": center.name,
        "permalink": "zone-of-%s" % center.permalink,
        "data_center": data_center(center),
    }


def package_of(permalink: str) -> Json:
    """A package by its permalink."""
    return {
        "id": "vmpkg_%s" % permalink,
        "name": permalink.upper(),
        "permalink": permalink,
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


def _country(code: str, longer: str, name: str, time_zone: str, eu: bool) -> Json:
    return {
        "id": "ctry_%s" % code.lower(),
        "name": name,
        "iso_code2": code,
        "iso_code3": longer,
        "time_zone": time_zone,
        "eu": eu,
    }


COUNTRIES = {
    "GB": _country("GB", "GBR", "United Kingdom", "Europe/London", False),
    "NL": _country("NL", "NLD", "Netherlands", "Europe/Amsterdam", True),
    "US": _country("US", "USA", "United States", "America/New_York", False),
}


def data_center(center: DataCenter) -> Json:
    return {"id": center.id, "name": center.name, "permalink": center.permalink, "country": COUNTRIES[center.country]}


def _ip_address(world: World, machine: VirtualMachine, address: str) -> Json:
    center = world.data_centers[machine.data_center]
    network = ipaddress.ip_interface("%s/%d" % (address, 64 if ":" in address else 24)).network
    return {
        "id": "ip_%s" % address.replace(".", "_").replace(":", "_"),
        "address": address,
        "reverse_dns": world.fqdn(machine),
        "vip": False,
        "label": None,
        "address_with_mask": "%s/%d" % (address, network.prefixlen),
        "network": {
            "id": "netw_%s" % center.id,
            "name": "Public Network",
            "permalink": "%s-public" % center.permalink,
            "default": True,
            "data_center": data_center(center),
        },
        "subnet": {
            "id": "sbnt_%s" % center.id,
            "address": str(network.network_address),
            "mask": network.prefixlen,
            "gateway": str(network.network_address + 1),
            "version": network.version,
            "billable": True,
        },
        "allocation_id": machine.id,
        "allocation_type": "VirtualMachine",
    }


def organization_in_list(shown: Organization) -> Json:
    """What a list shows of an organization: nothing of its bills."""
    return {
        "id": shown.id,
        "name": shown.name,
        "sub_domain": shown.sub_domain,
        "infrastructure_domain": shown.infrastructure_domain,
        "created_at": BORN,
        "activated_at": BORN if shown.activated else None,
        "suspended": shown.suspended,
        "managed": False,
    }


def organization(shown: Organization) -> Json:
    return {
        **organization_in_list(shown),
        "uuid": "00000000-0000-4000-8000-000000000000",
        "billing_name": "%s billing name" % SECRET,
        "address1": "%s street 1" % SECRET,
        "address2": None,
        "address3": None,
        "address4": None,
        "postcode": "%s postcode" % SECRET,
        "vat_number": "%s VAT number" % SECRET,
        "phone_number": "%s phone number" % SECRET,
        "currency": {"id": "cur_gbp", "name": "British Pound", "iso_code": "GBP", "symbol": "£"},
        "country": COUNTRIES["GB"],
        "country_state": None,
    }
