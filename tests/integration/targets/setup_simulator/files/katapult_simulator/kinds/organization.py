# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..refusals import Refusal
from ..rendering import CREATED_AT, SECRET
from ..table import Action, Json, Kind
from ..world import World
from .data_center import COUNTRIES


@dataclass
class Organization:
    id: str
    name: str
    sub_domain: str
    suspended: bool = False
    activated: bool = True
    restricted: tuple[str, ...] = ()  # the reason why no more of a limited resource can be created

    created_at = CREATED_AT
    managed = False
    uuid = "00000000-0000-4000-8000-000000000000"
    billing_name = "%s billing name" % SECRET
    address1 = "%s street 1" % SECRET
    address2 = address3 = address4 = country_state = None
    postcode = "%s postcode" % SECRET
    vat_number = "%s VAT number" % SECRET
    phone_number = "%s phone number" % SECRET
    currency = {"id": "cur_gbp", "name": "British Pound", "iso_code": "GBP", "symbol": "£"}
    country = COUNTRIES["GB"]

    @property
    def organization(self) -> str:
        """A token that can access it can access its resources."""
        return self.id

    @property
    def infrastructure_domain(self) -> str:
        return "%s.katapult.cloud" % self.sub_domain


def _refuse(organization: Organization) -> Refusal | None:
    if organization.suspended:
        return Refusal("organization_suspended")
    return None if organization.activated else Refusal("organization_not_activated")


def fqdn_of(world: World, machine: t.Any) -> str:
    """The name of a virtual machine below the domain of its organization."""
    domain = world.organizations[machine.organization].infrastructure_domain
    return machine.fqdn or "%s.%s" % (hostname_of(machine), domain)


def hostname_of(machine: t.Any) -> str:
    """By default the name, in the form that the API uses in host names."""
    return machine.hostname or machine.name.lower()


def _count(world: World, organization: Organization, plural: str) -> int:
    return sum(one.organization == organization.id for one in world.objects.get(plural, {}).values())


def _policy(world: World, organization: Organization, _given: Json) -> Json:
    """What an organization may create. The limits are only shown; C(restricted) of the organization takes effect."""
    limits: Json = {
        name: {"limit": 1000, "current": _count(world, organization, name), "unit": "items"} for name in _LIMITED
    }
    free = [one for one in world.ip_addresses.values() if one.organization == organization.id and not one.allocation_id]
    limits["unallocated_ip_addresses"] = {"limit": 1000, "current": len(free), "unit": "items"}
    limits["uninvoiced_balance"] = {"limit": 1000.0, "current": 0.0, "currency": organization.currency}
    limits["virtual_machine_memory"] = {"limit": 1000, "current": 0, "unit": "gigabytes"}
    limits["disk_space"] = {"limit": 10000, "current": 0, "unit": "gigabytes"}
    limits["disk_iops"] = {"limit": 100000, "unit": "iops"}
    limits["network_speed"] = {"limit": 10000, "unit": "megabits_per_second"}
    return {
        "policy_type": "auto",
        "policy_name": "Simulated",
        "limits": limits,
        "features": {name: {"permitted": False} for name in _FEATURES},
        "reasons_for_disallowing_resource_creation": list(organization.restricted),
    }


_LIMITED = (
    "virtual_machines managed_organizations security_groups virtual_networks load_balancers dns_zones certificates "
    "file_storage_volumes isos"
).split()
_FEATURES = (
    "disk_bus_configuration zone_selection restricted_traffic_types suspension flexible_virtual_machine_resources"
).split()

_LIST_FIELDS = "id,name,sub_domain,infrastructure_domain,created_at,activated_at,suspended,managed"
ORGANIZATION = Kind(
    name="organization",
    model=Organization,
    lookup=("id", "sub_domain"),
    read_scopes=("organizations:read",),
    paginated=False,
    refuse=_refuse,
    list_fields=_LIST_FIELDS,
    fields=_LIST_FIELDS + ",uuid,billing_name,address1,address2,address3,address4,postcode,vat_number,phone_number,"
    "currency,country,country_state",
    actions={"policy": Action(_policy, "GET", scopes=("organizations:read",))},
    computed={"activated_at": lambda _world, shown: CREATED_AT if shown.activated else None},
)
