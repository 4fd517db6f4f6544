# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IP addresses. Those of a virtual machine are also in its C(addresses), in their order; only this file changes them."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass, replace

from ..arguments import boolean, enum, string
from ..refusals import Refusal
from ..table import Action, Json, Kind, Lookup
from ..world import World
from .network import NETWORK, center_with_country, default_network, network_of
from .organization import ORGANIZATION, fqdn_of

MACHINE = "VirtualMachine"  # the only type of objects that have addresses here, besides load balancers
VERSIONS = {"ipv4": 4, "ipv6": 6}


@dataclass
class IPAddress:
    """An IP address of an organization.

    :param holder: the name of the virtual machine that it was allocated to, once that is purged.
    """

    id: str
    organization: str
    address: str
    network: str
    vip: bool = False
    label: t.Optional[str] = None
    own_reverse_dns: t.Optional[str] = None  # if it was set
    allocation_id: t.Optional[str] = None
    allocation_type: t.Optional[str] = None
    holder: t.Optional[str] = None

    @property
    def version(self) -> int:
        return ipaddress.ip_address(self.address).version


def address_id(address: str) -> str:
    """The ID belongs to the address: whoever gets it, it is the same."""
    return "ip_" + re.sub(r"[.:]", "_", address)


def address_of(world: World, machine: t.Any, address: str) -> IPAddress:
    """An address of a virtual machine."""
    found = find_address(world, address)
    if found and found.allocation_id == machine.id:
        return found
    network = default_network(world, machine.data_center)
    made = IPAddress(address_id(address), machine.organization, address, network.id)
    return replace(made, allocation_id=machine.id, allocation_type=MACHINE)


def find_address(world: World, address: str) -> IPAddress | None:
    found = world.ip_addresses.get(address_id(address))
    if found and found.address == address:
        return found
    return next((one for one in world.ip_addresses.values() if one.address == address), None)


def add_addresses_of(world: World, machines: t.Iterable[t.Any]) -> None:
    """Add the addresses of virtual machines that were added with them. One that several have belongs to the first of them."""
    for machine in machines:
        for address in machine.addresses:
            if address_id(address) not in world.ip_addresses:
                made = address_of(world, machine, address)
                world.ip_addresses[made.id] = made


def allocate(world: World, machine: t.Any, address: IPAddress) -> None:
    """Give an address to a virtual machine."""
    if address.allocation_id is not None:
        raise Refusal("ip_already_allocated")
    address.allocation_id, address.allocation_type, address.own_reverse_dns = machine.id, MACHINE, None
    machine.addresses = (*machine.addresses, address.address)


def free(world: World, address: IPAddress) -> None:
    """Take an address from its virtual machine, if it has one."""
    machine = world.virtual_machines.get(address.allocation_id)
    if machine:
        machine.addresses = tuple(one for one in machine.addresses if one != address.address)
    address.allocation_id = address.allocation_type = address.own_reverse_dns = address.holder = None


def new_address(world: World, organization: str, network: str, version: int) -> IPAddress:
    """An address of the pool that nobody has: the first free one, so that a released address comes back soon."""
    of_balancers = {balancer.address for balancer in world.load_balancers.values()}
    prefix = "203.0.113.%d" if version == 4 else "2001:db8:2::%x"
    for number in range(2, 255 if version == 4 else 65536):
        address = prefix % number
        if address not in of_balancers and address_id(address) not in world.ip_addresses:
            return IPAddress(address_id(address), organization, address, network)
    raise Refusal("no_available_addresses")


def _assigned(world: World, given: Json) -> Json:
    made = new_address(world, "", given["network"], VERSIONS[given["version"]])
    return {"id": made.id, "address": made.address}


def _normalized(_world: World, address: IPAddress | None, given: Json) -> Json:
    label = {"label": given["label"] or None} if "label" in given else {}
    reverse = {"own_reverse_dns": given["reverse_dns"] or None} if "reverse_dns" in given else {}
    if address is None:  # a creation has no such argument
        reverse = {}
    return {**{name: value for name, value in given.items() if name != "reverse_dns"}, **label, **reverse}


def _validate(_world: World, changed: IPAddress, _given: Json) -> list[str]:
    return ["Label can't be blank"] if changed.vip and not changed.label else []


def _subnet(world: World, address: IPAddress) -> Json:
    network = ipaddress.ip_interface("%s/%d" % (address.address, 48 if address.version == 6 else 24)).network
    return {
        "id": "sbnt_%s" % network_of(world, address.network).data_center,
        "address": str(network.network_address),
        "mask": network.prefixlen,
        "gateway": str(network.network_address + 1),
        "version": network.version,
        "billable": True,
    }


def _with_mask(world: World, address: IPAddress) -> str:
    return "%s/%d" % (address.address, _subnet(world, address)["mask"])


def _network(world: World, address: IPAddress) -> Json:
    network = network_of(world, address.network)
    named = {name: getattr(network, name) for name in ("id", "name", "permalink", "default")}
    return {**named, "data_center": center_with_country(world, network.data_center)}


def _reverse_dns(world: World, address: IPAddress) -> str:
    """The name that was set; that of the virtual machine; or, as long as it has none or is in the trash, that of the pool."""
    machine = world.virtual_machines.get(address.allocation_id)
    if address.own_reverse_dns:
        return address.own_reverse_dns
    if machine and not machine.trashed:
        return fqdn_of(world, machine)
    return "%s.rdns.katapult.io" % re.sub(r"[.:]", "-", address.address)


def _allocation(world: World, address: IPAddress) -> Json:
    """What an address is allocated to, next to it."""
    if address.allocation_id is None:
        return {"allocation": None}
    machine = world.virtual_machines.get(address.allocation_id)
    value = {"id": address.allocation_id, "name": machine.name if machine else address.holder}
    return {"allocation": {"type": address.allocation_type, "value": value}}


def _unallocate(world: World, address: IPAddress, _given: Json) -> Json:
    if address.allocation_id is None:
        raise Refusal("no_allocation")
    free(world, address)
    return {}


def _release(world: World, address: IPAddress) -> Json:
    if address.allocation_id is not None and not world.assumptions.releasable_while_allocated:
        raise Refusal("resource_does_not_support_unallocation")
    free(world, address)
    del world.ip_addresses[address.id]
    return {}


def _in_list(_world: World, address: IPAddress, organization: t.Any, given: Json) -> bool:
    allocated = None if given.get("allocated") is None else boolean(given["allocated"], ("allocated",))
    return address.organization == organization.id and allocated in (None, address.allocation_id is not None)


ADDRESS_FIELDS = "id,address,reverse_dns,vip,label,address_with_mask,network,subnet,allocation_id,allocation_type"
IP_ADDRESS = Kind(
    name="ip_address",
    model=IPAddress,
    prefix="ip",
    parent=ORGANIZATION,
    lookup=("id", "address"),
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    within_properties=False,
    arguments={
        "network": Lookup(NETWORK),
        "version": enum(*VERSIONS),
        "vip": boolean,
        "label": string,
        "reverse_dns": string,
    },
    required=("network", "version"),
    create_only=("network", "version"),
    not_stored=("version",),
    assigned=_assigned,
    normalized=_normalized,
    validate=_validate,
    remove=_release,
    read_beside=_allocation,
    actions={"unallocate": Action(_unallocate)},
    in_list=_in_list,
    list_fields="id,address,reverse_dns,vip,allocation_id,allocation_type",
    fields=ADDRESS_FIELDS,
    computed={"reverse_dns": _reverse_dns, "address_with_mask": _with_mask, "network": _network, "subnet": _subnet},
)
