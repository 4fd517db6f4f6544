# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put things into the world: those that a test describes, and many of a kind where only their number matters."""

from __future__ import annotations

import typing as t

from .world import Certificate, Collection, LoadBalancer, VirtualMachine, World

KINDS: dict[str, tuple[str, t.Any]] = {
    "load_balancers": ("load_balancers", LoadBalancer),
    "virtual_machines": ("virtual_machines", VirtualMachine),
    "virtual_machine_groups": ("groups", Collection),
    "tags": ("tags", Collection),
    "certificates": ("certificates", Certificate),
}
_OWNER = "org_acme"


def put(world: World, kind: str, things: t.Iterable[t.Mapping[str, t.Any]]) -> None:
    """Put things in, each in place of one with its id.

    :param kind: as the API calls them in its lists.
    :param things: each as the names and values of its fields.
    """
    within, of = KINDS[kind]
    for thing in things:
        getattr(world, within)[thing["id"]] = of(**thing)


def grow(world: World, **counts: int) -> None:
    """Put so many more of some kinds into the first organization. The machines are in one group and one tag each.

    :param counts: how many, by what the API calls them in its lists.
    """
    for kind in ("virtual_machine_groups", "tags", "certificates", "virtual_machines"):
        numbers = range(counts.pop(kind, 0))
        put(world, kind, (_made(world, kind, number, numbers) for number in numbers))
    if counts:
        raise ValueError("there is no number of %s" % ", ".join(sorted(counts)))
    _share_out(world.virtual_machines, world.groups)
    _share_out(world.virtual_machines, world.tags)


def _made(world: World, kind: str, number: int, numbers: range) -> dict[str, t.Any]:
    prefix = {"virtual_machine_groups": "vmgrp", "tags": "tag", "certificates": "cert", "virtual_machines": "vm"}[kind]
    name = "%s-%0*d" % (prefix, len(str(numbers.stop)), number)
    made: dict[str, t.Any] = {"id": "%s_made_%d" % (prefix, number), "name": name, "organization": _OWNER}
    if kind == "virtual_machines":
        centers = list(world.data_centers)
        # Of the range for benchmarks: those for documentation are too small.
        addresses = ("198.18.%d.%d" % divmod(number, 256), "2001:db8:1::%x" % (number + 1))
        made.update(data_center=centers[number % len(centers)], addresses=addresses)
    elif kind != "certificates":
        made.update(members=())
    return made


def _share_out(machines: t.Mapping[str, VirtualMachine], collections: dict[str, Collection]) -> None:
    """Make the machines that were made members of the collections that were made, one after the other."""
    made = [machine for machine in machines if "_made_" in machine]
    into = [collection for collection in collections if "_made_" in collection]
    for place, name in enumerate(into):
        members = tuple(made[place :: len(into)])
        collections[name] = Collection(**{**collections[name].__dict__, "members": members})
