# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Add objects to the world: those that a test describes, and large numbers of a kind if only the number matters."""

from __future__ import annotations

import ipaddress
import types
import typing as t
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache

from .kinds import KINDS
from .kinds.ip_address import add_addresses_of
from .kinds.load_balancer import resources
from .kinds.organization import ORGANIZATION
from .kinds.trash_object import TrashObject
from .kinds.virtual_machine_network_interface import add_interfaces_of
from .world import World

# Speed profiles belong to no organization, and builds do not outlive a reset
_NOT_POPULATED = ("network_speed_profiles", "virtual_machine_builds")
POPULATED = {kind.plural: kind for kind in KINDS if kind.parent is ORGANIZATION and kind.plural not in _NOT_POPULATED}
_GROWN = ("virtual_machine_groups", "tags", "certificates", "security_groups", "address_lists", "virtual_machines")
_WITHOUT_MEMBERS = ("certificates", "security_groups", "address_lists")
_OWNER = "org_acme"
_MOST = 100_000  # of a kind that are created at a time

Built = t.TypeVar("Built")


@lru_cache(maxsize=None)
def _types(of: t.Any) -> dict[str, t.Any]:
    """The types of the fields of a dataclass; none in Python before 3.10, which cannot determine them: any value is accepted."""
    return t.get_type_hints(of) if hasattr(types, "UnionType") else {}


def _fits(value: t.Any, wanted: t.Any) -> bool:
    """Whether a value from JSON has the declared type of a field."""
    if wanted is t.Any:
        return True
    of, inner = t.get_origin(wanted) or wanted, t.get_args(wanted)
    if of in (t.Union, getattr(types, "UnionType", t.Union)):
        return any(_fits(value, one) for one in inner)
    if of in (list, tuple):
        return isinstance(value, (list, tuple)) and all(_fits(item, inner[0]) for item in value)
    if of in (dict, Mapping):
        return isinstance(value, dict) and all(_fits(item, inner[1]) for item in value.values())
    if of in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if of is float else of)


def build(of: t.Callable[..., Built], given: t.Any) -> Built:
    """An instance of a dataclass, from the names and values of its fields in JSON.

    :raises ValueError: a value does not have the type of its field.
    """
    if not isinstance(given, dict):
        raise ValueError("%r is not an object" % (given,))
    for field in fields(of):  # type: ignore[arg-type]
        if field.name in given and not _fits(given[field.name], _types(of).get(field.name, t.Any)):
            raise ValueError("%s is %r, but must be %s" % (field.name, given[field.name], field.type))
    return of(**given)


def check(world: World) -> None:
    """Fail if an object in the world refers to one that does not exist.

    :raises ValueError: the first such object.
    """
    for plural in POPULATED:
        for thing in world.objects[plural].values():
            if thing.organization not in (None, *world.organizations):
                raise ValueError("%s refers to the unknown organization %s" % (plural, thing.organization))
            if getattr(thing, "data_center", None) not in (None, *world.data_centers):
                raise ValueError("%s refers to the unknown data center %s" % (plural, thing.data_center))
            for address in getattr(thing, "addresses", ()):
                ipaddress.ip_address(address)
    for address in world.ip_addresses.values():
        ipaddress.ip_address(address.address)
        if address.network not in world.networks:
            raise ValueError("ip_addresses refers to the unknown network %s" % address.network)
    for trashed in world.trash_objects.values():
        if trashed.object_id not in world.virtual_machines:
            raise ValueError("trash_objects refers to the unknown virtual machine %s" % trashed.object_id)
    for balancer in world.load_balancers.values():
        missing = set(balancer.resource_ids).difference(resources(world, balancer.resource_type))
        if missing:
            raise ValueError("a load balancer refers to unknown members: %s" % ", ".join(sorted(missing)))


def put(world: World, plural: str, things: t.Iterable[t.Mapping[str, t.Any]]) -> None:
    """Add objects; each replaces an existing one with its ID.

    :param things: each as the names and values of its fields.
    """
    for given in things:
        thing = build(POPULATED[plural].model, given)
        world.objects[plural][thing.id] = thing
        if plural == "virtual_machines":  # it may replace one with other addresses
            for key in [key for key, one in world.ip_addresses.items() if one.allocation_id == thing.id]:
                del world.ip_addresses[key]
        if plural == "ip_addresses" and thing.allocation_id in world.virtual_machines:
            machine = world.virtual_machines[thing.allocation_id]
            machine.addresses = tuple(dict.fromkeys((*machine.addresses, thing.address)))
        if plural == "trash_objects":  # one that was added with its object
            for key in [key for key, one in world.trash_objects.items() if one.object_id == thing.object_id]:
                del world.trash_objects[key]
            world.trash_objects[thing.id] = thing
    if plural == "virtual_machines":
        complete(world)


def complete(world: World) -> None:
    """Add what belongs to each virtual machine: its addresses, its network interface, and its trash object."""
    machines = world.virtual_machines.values()
    add_addresses_of(world, machines)
    add_interfaces_of(world, machines)
    there = {one.object_id for one in world.trash_objects.values()}
    for machine in machines:
        if machine.trashed and machine.id not in there:
            made = TrashObject("trsh_%s" % machine.id, machine.organization, machine.id)
            world.trash_objects[made.id] = made


def grow(world: World, **counts: int) -> None:
    """Add a number of objects of some kinds to the first organization. Each machine is in one group and has one tag.

    :param counts: the numbers, by the plural of their kind.
    """
    for plural in _GROWN:
        count = counts.pop(plural, 0)
        if not _fits(count, int) or not 0 <= count <= _MOST:
            raise ValueError("%s is %r, but must be a number from 0 to %d" % (plural, count, _MOST))
        for number in range(count):
            thing = _made(world, plural, number, count)
            world.objects[plural][thing.id] = thing
        if plural == "virtual_machines" and count:
            complete(world)
    if counts:
        raise ValueError("count contains unknown kinds: %s" % ", ".join(sorted(counts)))
    for plural in ("virtual_machine_groups", "tags"):
        _assign_members(world.virtual_machines, world.objects[plural])


def _made(world: World, plural: str, number: int, count: int) -> t.Any:
    kind = POPULATED[plural]
    more: dict[str, t.Any] = {} if plural in _WITHOUT_MEMBERS else {"members": ()}
    if plural == "virtual_machines":
        centers = list(world.data_centers)
        # From the range for benchmarks: those for documentation are too small.
        addresses = ("198.18.%d.%d" % divmod(number, 256), "2001:db8:1::%x" % (number + 1))
        more = {"data_center": centers[number % len(centers)], "addresses": addresses}
    name = "%s-%0*d" % (kind.prefix, len(str(count)), number)
    return kind.model(id="%s_made_%d" % (kind.prefix, number), name=name, organization=_OWNER, **more)


def _assign_members(machines: t.Iterable[str], collections: dict[str, t.Any]) -> None:
    """Make the new machines members of the new collections, in turn."""
    made = [key for key in machines if "_made_" in key]
    into = [key for key in collections if "_made_" in key]
    for place, key in enumerate(into):
        collections[key] = replace(collections[key], members=tuple(made[place :: len(into)]))
