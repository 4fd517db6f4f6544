# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network interfaces of virtual machines. One has those addresses of its machine that are of its network."""

from __future__ import annotations

import typing as t
import zlib
from dataclasses import dataclass

from ..arguments import enum
from ..refusals import Refusal, task_queueing_error
from ..rendering import Reference, render
from ..table import Action, Json, Kind, Lookup
from ..world import World
from .ip_address import ADDRESS_FIELDS, IP_ADDRESS, VERSIONS, address_of, allocate, new_address
from .network import NETWORK, NETWORK_SPEED_PROFILE, VIRTUAL_NETWORK, default_network, network_of, speed_profile
from .task import is_busy, new_task, shown
from .virtual_machine import VIRTUAL_MACHINE


@dataclass
class Interface:
    id: str
    organization: str
    virtual_machine: str
    network: t.Optional[str]
    virtual_network: t.Optional[str] = None
    speed_profile: str = "nsp_10gbps"


def interface_id(machine: str) -> str:
    """The ID of the only interface of a machine that was not built."""
    return "vmnet_%s" % machine.partition("_")[2]


def add_interfaces_of(world: World, machines: t.Iterable[t.Any]) -> None:
    """Add an interface for each virtual machine that was added without one."""
    for machine in machines:
        key = interface_id(machine.id)
        network = default_network(world, machine.data_center)
        made = Interface(key, machine.organization, machine.id, network.id)
        world.virtual_machine_network_interfaces.setdefault(key, made)


def _machine(world: World, interface: Interface) -> t.Any:
    return world.virtual_machines[interface.virtual_machine]


def _network(world: World, interface: Interface) -> Reference | None:
    return Reference(NETWORK, network_of(world, interface.network)) if interface.network else None


def _virtual_network(world: World, interface: Interface) -> Reference | None:
    found = world.virtual_networks.get(interface.virtual_network)
    return Reference(VIRTUAL_NETWORK, found) if found else None


def _name(world: World, interface: Interface) -> str:
    on = _network(world, interface) or _virtual_network(world, interface)
    return "%s on %s" % (on.resource.name if on else "Network", _machine(world, interface).name)


def _mac_address(_world: World, interface: Interface) -> str:
    digits = "3a%010x" % zlib.crc32(interface.id.encode())
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def _state(world: World, interface: Interface) -> str:
    return "attached" if _machine(world, interface).state in ("starting", "started", "resetting") else "detached"


def _ip_addresses(world: World, interface: Interface) -> list[Reference]:
    machine = _machine(world, interface)
    found = [address_of(world, machine, address) for address in machine.addresses]
    return [Reference(IP_ADDRESS, address) for address in found if address.network == interface.network]


def _allocate(world: World, interface: Interface, given: Json) -> Json:
    address = world.ip_addresses[given["ip_address"]]
    if address.network != interface.network:
        raise Refusal("invalid_ip")
    allocate(world, _machine(world, interface), address)
    fields = INTERFACE.fields.replace(_PROFILE, "")
    return {INTERFACE.name: render(world, INTERFACE, interface, fields)}


def _allocate_new(world: World, interface: Interface, given: Json) -> Json:
    if interface.network is None:
        raise Refusal("no_available_addresses")
    address = new_address(world, interface.organization, interface.network, VERSIONS[given["address_version"]])
    world.ip_addresses[address.id] = address
    allocate(world, _machine(world, interface), address)
    return {"ip_address": render(world, IP_ADDRESS, address, ADDRESS_FIELDS)}


def _change_speed(world: World, interface: Interface, given: Json) -> Json:
    if interface.speed_profile == given["speed_profile"]:
        raise Refusal("speed_profile_already_assigned")
    if is_busy(world, interface.virtual_machine):
        raise task_queueing_error("Another task of this virtual machine is running")

    def finish() -> bool:
        interface.speed_profile = given["speed_profile"]
        return True

    name = "Change network interface speed profile"
    return {"task": shown(world, new_task(world, name, interface.id, finish, machine=interface.virtual_machine))}


_PROFILE = ",speed_profile[id,name,permalink]"
INTERFACE = Kind(
    name="virtual_machine_network_interface",
    model=Interface,
    prefix="vmnet",
    parent=VIRTUAL_MACHINE,
    list_path="/virtual_machines/*/network_interfaces",
    scope="virtual_machines",
    actions={
        "allocate_ip": Action(
            _allocate, scopes=("ip_addresses",), arguments={"ip_address": Lookup(IP_ADDRESS)}, required=("ip_address",)
        ),
        "allocate_new_ip": Action(
            _allocate_new,
            scopes=("ip_addresses",),
            arguments={"address_version": enum(*VERSIONS)},
            required=("address_version",),
        ),
        "update_speed_profile": Action(
            _change_speed,
            "PATCH",
            arguments={"speed_profile": Lookup(NETWORK_SPEED_PROFILE)},
            required=("speed_profile",),
        ),
    },
    list_fields="id,name,network[id,name],virtual_network[id,name],"
    "ip_addresses[id,address,reverse_dns,address_with_mask]",
    fields="id,virtual_machine[id,name],name,network[id,name],virtual_network[id,name],mac_address,state,"
    "ip_addresses[id,address]" + _PROFILE,
    references={"virtual_machine": VIRTUAL_MACHINE},
    computed={
        "name": _name,
        "network": _network,
        "virtual_network": _virtual_network,
        "mac_address": _mac_address,
        "state": _state,
        "ip_addresses": _ip_addresses,
        "speed_profile": lambda world, interface: speed_profile(world, interface.speed_profile),
    },
)
