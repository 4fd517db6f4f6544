# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines, with everything that the real API returns, including the root password and billing data of the owner."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ..arguments import array, string
from ..refusals import Refusal, task_queueing_error
from ..rendering import CREATED_AT, SECRET, Reference, render
from ..table import Action, Json, Kind, Lookup
from ..world import World
from .collection import TAG, VIRTUAL_MACHINE_GROUP
from .ip_address import ADDRESS_FIELDS, IP_ADDRESS, address_of, allocate, free
from .network import center_with_country
from .organization import ORGANIZATION, fqdn_of, hostname_of
from .task import Task, is_busy, look_at, new_task, shown
from .trash_object import PURGE, RESTORE, put_in_trash
from .virtual_machine_package import VIRTUAL_MACHINE_PACKAGE, package_of, shown_package

_HOSTNAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_AT_REST = ("stopped", "failed", "orphaned")


@dataclass
class VirtualMachine:
    id: str
    name: str
    organization: str
    data_center: str
    trashed: bool = False
    state: str = "started"
    package: str = "rock-6"  # its permalink
    addresses: tuple[str, ...] = ("198.51.100.9", "2001:db8::9")
    annotations: t.Mapping[str, str | None] = field(default_factory=dict)
    hostname: str = ""  # derived from the name if empty
    fqdn: str = ""  # derived from the host name and the organization if empty
    description: str | None = None
    ignores_shutdown: bool = False  # whether its guest ignores a shutdown
    failing_tasks: tuple[str, ...] = ()  # of start, stop, shutdown, reset, package and purge: those whose tasks fail
    created_at: int = CREATED_AT

    suspended_at = attached_iso = gpu_type = None
    suspended = use_dedicated_cpus = False
    gpus = ()


def _zone(world: World, machine: VirtualMachine) -> Json:
    """The only zone of a data center."""
    center = center_with_country(world, machine.data_center)
    permalink = "zone-of-%s" % center["permalink"]
    return {"id": "zone_%s" % center["id"], "name": center["name"], "permalink": permalink, "data_center": center}


def _ip_addresses(world: World, machine: VirtualMachine) -> list[Reference]:
    return [Reference(IP_ADDRESS, address_of(world, machine, address)) for address in machine.addresses]


def _containing(kind: Kind, world: World, machine: VirtualMachine) -> list[Reference]:
    """The objects that have a machine as a member."""
    return [Reference(kind, one) for one in world.objects[kind.plural].values() if machine.id in one.members]


# Changes


def hostname_errors(world: World, organization: str, hostname: str, but: str = "") -> list[str]:
    """The errors in the host name of a machine: those in the trash count, too.

    :param but: the ID of the machine itself.
    """
    errors = [] if re.fullmatch(_HOSTNAME, hostname) else ["Hostname is invalid"]
    return errors + ["Hostname has already been taken"] * is_taken(world, organization, hostname, but)


def is_taken(world: World, organization: str, hostname: str, but: str = "") -> bool:
    """Whether a machine of an organization has a host name."""
    machines = (one for one in world.virtual_machines.values() if one.organization == organization and one.id != but)
    return any(hostname_of(one) == hostname for one in machines)


def _normalized(_world: World, machine: VirtualMachine, given: Json) -> Json:
    stored = {"hostname": hostname_of(machine), **given}
    if "hostname" in given:
        stored.update(hostname=given["hostname"].lower(), fqdn="")
    if given.get("name") == "":
        stored["name"] = stored["hostname"]
    if given.get("description") == "":
        stored["description"] = None
    return stored


def _validate(world: World, changed: VirtualMachine, given: Json) -> list[str]:
    if "hostname" not in given:
        return []
    errors = hostname_errors(world, changed.organization, changed.hostname, changed.id)
    return [one for one in errors if "taken" not in one or world.assumptions.taken_hostname != "accepted"]


def _assign(world: World, machine: VirtualMachine, given: Json) -> None:
    """Make a machine a member of its tags and its group. Tags that do not exist are created."""
    if "tag_names" in given:
        owned = {one.name: one for one in world.tags.values() if one.organization == machine.organization}
        for name in dict.fromkeys(given["tag_names"]):
            if name not in owned:
                own = {"id": world.new_id(TAG.prefix), "organization": machine.organization, "name": name}
                owned[name] = TAG.model(**own, **TAG.assigned(world, {}))
                world.tags[owned[name].id] = owned[name]
        move(world, "tags", machine.id, [owned[name].id for name in given["tag_names"]])
    if "group" in given:
        move(world, "virtual_machine_groups", machine.id, [given["group"]])


def move(world: World, plural: str, machine: str, into: t.Container[str | None]) -> None:
    """Let a machine be a member of these tags or groups only."""
    for one in world.objects[plural].values():
        if (machine in one.members) != (one.id in into):
            others = tuple(member for member in one.members if member != machine)
            one.members = (*others, machine) if one.id in into else others


# Background work


def _begin(world: World, machine: VirtualMachine, name: str, **more: t.Any) -> Task:
    if is_busy(world, machine.id):
        raise task_queueing_error("Another task of this virtual machine is running")
    return new_task(world, name, machine.id, machine=machine.id, **more)


def _power(action: str, during: str, after: str, permitted: t.Callable[[str], bool]) -> Action:
    """A change of the power state.

    :param permitted: whether it is possible in a state.
    """

    def act(world: World, machine: VirtualMachine, _given: Json) -> Json:
        if not permitted(machine.state):
            raise task_queueing_error("This is not possible while the virtual machine is %s" % machine.state)
        before, assumed = machine.state, world.assumptions
        ignored = action == "shutdown" and machine.ignores_shutdown
        fails = action in machine.failing_tasks or (ignored and assumed.ignored_shutdown == "failed")

        def step(number: int) -> None:
            machine.state = during
            if number > 1 and number == assumed.looks - 1 and not fails and not ignored:
                machine.state = after  # it is reached before the task ends

        def finish() -> bool:
            machine.state = before if fails or ignored else after
            return not fails

        task = _begin(world, machine, "%s virtual machine" % action.capitalize(), finish=finish, step=step)
        return {"task": shown(world, task, "id,name,status")}

    return Action(act, scopes=("virtual_machines", "virtual_machines:power_actions"))


def _change_package(world: World, machine: VirtualMachine, given: Json) -> Json:
    new = world.virtual_machine_packages[given["virtual_machine_package"]]
    old = package_of(world, machine.package)
    shrinks = new.cpu_cores < old.cpu_cores or new.memory_in_gb < old.memory_in_gb
    denied = shrinks and machine.state != "stopped" and world.assumptions.shrinking != "accepted"
    if denied and world.assumptions.shrinking == "refused":
        raise task_queueing_error("The virtual machine must be stopped for a smaller package")
    fails = denied or "package" in machine.failing_tasks

    def finish() -> bool:
        machine.package = machine.package if fails else new.permalink
        return not fails

    return {"task": shown(world, _begin(world, machine, "Change package", finish=finish))}


def _allocate(world: World, machine: VirtualMachine, given: Json) -> Json:
    address = world.ip_addresses[given["ip_address"]]
    interfaces = world.virtual_machine_network_interfaces.values()
    if not any(one.virtual_machine == machine.id and one.network == address.network for one in interfaces):
        raise Refusal("no_interface_available")
    allocate(world, machine, address)
    return {"ip_address": render(world, IP_ADDRESS, address, ADDRESS_FIELDS)}


# Deletion


def _trash(world: World, machine: VirtualMachine) -> Json:
    if machine.state not in _AT_REST and not world.assumptions.deletable_while_running:
        raise Refusal("deletion_restricted", errors=["Virtual machine must be stopped"])
    machine.state = machine.state if machine.state in _AT_REST else "stopped"
    trash_object = put_in_trash(world, machine, VIRTUAL_MACHINE.type_name)
    return {
        "trash_object": trash_object,
        "virtual_machine": render(world, VIRTUAL_MACHINE, machine, VIRTUAL_MACHINE.fields),
    }


def _purge(world: World, identifier: str) -> None:
    """Delete a machine forever. Its addresses remain."""
    machine = world.virtual_machines.pop(identifier)
    for address in world.ip_addresses.values():
        if address.allocation_id == identifier:
            if world.assumptions.purged_allocations:
                address.holder = machine.name
            else:
                free(world, address)
    for plural in ("tags", "virtual_machine_groups"):
        move(world, plural, identifier, ())
    for balancer in world.load_balancers.values():
        balancer.resource_ids = [member for member in balancer.resource_ids if member != identifier]
    interfaces = world.virtual_machine_network_interfaces
    for key in [key for key, one in interfaces.items() if one.virtual_machine == identifier]:
        del interfaces[key]


def _restore(world: World, identifier: str) -> None:
    world.virtual_machines[identifier].trashed = False


def _missed(world: World, named: Json) -> None:
    """A look for a machine, or at the list, is a look at the builds of those that do not exist yet."""
    for build in list(world.virtual_machine_builds.values()):
        domain = world.organizations[build.organization].infrastructure_domain
        if build.virtual_machine is None and named.get("fqdn") in (None, "%s.%s" % (build.hostname, domain)):
            look_at(world, build.id)


VIRTUAL_MACHINE = Kind(
    name="virtual_machine",
    model=VirtualMachine,
    prefix="vm",
    parent=ORGANIZATION,
    lookup=("id", "fqdn"),
    annotated=True,
    writes=("PATCH", "DELETE"),
    arguments={
        "hostname": string,
        "name": string,
        "description": string,
        "tag_names": array(string),
        "group": Lookup(VIRTUAL_MACHINE_GROUP, nullable=True),
    },
    not_stored=("tag_names", "group"),
    normalized=_normalized,
    validate=_validate,
    effect=_assign,
    remove=_trash,
    look=lambda world, machine: look_at(world, machine.id),
    missed=_missed,
    actions={
        "start": _power("start", "starting", "started", lambda state: state == "stopped"),
        "stop": _power("stop", "stopping", "stopped", lambda state: state not in _AT_REST),
        "shutdown": _power("shutdown", "stopping", "stopped", lambda state: state not in _AT_REST),
        "reset": _power("reset", "resetting", "started", lambda state: state not in _AT_REST),
        "package": Action(
            _change_package,
            "PUT",
            arguments={"virtual_machine_package": Lookup(VIRTUAL_MACHINE_PACKAGE)},
            required=("virtual_machine_package",),
        ),
        "allocate_ip": Action(
            _allocate, scopes=("ip_addresses",), arguments={"ip_address": Lookup(IP_ADDRESS)}, required=("ip_address",)
        ),
    },
    list_fields="id,name,hostname,fqdn,created_at,zone,package[name],gpu_type,ip_addresses[address]",
    fields="id,name,hostname,fqdn,description,created_at,initial_root_password,state,suspended,suspended_at,zone,"
    "organization,group,package,attached_iso,memory_in_gb,cpu_cores,use_dedicated_cpus,gpu_type,gpus,tags,tag_names,"
    "ip_addresses",
    references={"organization": ORGANIZATION},
    computed={
        "hostname": lambda _world, machine: hostname_of(machine),
        "fqdn": fqdn_of,
        "initial_root_password": lambda _world, machine: "%s-root-password-of-%s" % (SECRET, machine.id),
        "zone": _zone,
        "package": lambda world, machine: shown_package(world, machine.package),
        "cpu_cores": lambda world, machine: package_of(world, machine.package).cpu_cores,
        "memory_in_gb": lambda world, machine: package_of(world, machine.package).memory_in_gb,
        "group": lambda world, machine: next(iter(_containing(VIRTUAL_MACHINE_GROUP, world, machine)), None),
        "tags": lambda world, machine: _containing(TAG, world, machine),
        "tag_names": lambda world, machine: [tag.resource.name for tag in _containing(TAG, world, machine)],
        "ip_addresses": _ip_addresses,
    },
)
PURGE[VIRTUAL_MACHINE.type_name] = _purge
RESTORE[VIRTUAL_MACHINE.type_name] = _restore
