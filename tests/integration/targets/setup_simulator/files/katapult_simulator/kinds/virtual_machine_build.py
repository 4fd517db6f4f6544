# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The building of virtual machines from a document that describes them.

Host names that begin with C(unbuildable-) cannot be built; with C(unstartable-), the build fails after the machine exists.
"""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from .. import spec_xml
from ..arguments import string
from ..refusals import Refusal
from ..rendering import CREATED_AT
from ..table import Json, Kind
from ..world import World
from .disk_template import DISK_TEMPLATE
from .ip_address import allocate, new_address
from .network import NETWORK, NETWORK_SPEED_PROFILE
from .organization import ORGANIZATION, fqdn_of, hostname_of
from .task import look_at, new_task, shown
from .virtual_machine import VIRTUAL_MACHINE, VirtualMachine, hostname_errors, is_taken, move
from .virtual_machine_network_interface import INTERFACE, Interface
from .virtual_machine_package import VIRTUAL_MACHINE_PACKAGE

_RUNNING = ("pending", "building")


@dataclass
class VirtualMachineBuild:
    """A build.

    :param virtual_machine: the ID of the machine, once it exists.
    :param task: the ID of the task.
    """

    id: str
    organization: str
    spec_xml: str = ""
    hostname: str = ""
    state: str = "pending"
    virtual_machine: t.Optional[str] = None
    task: str = ""
    annotations: dict[str, t.Optional[str]] = field(default_factory=dict)

    created_at = CREATED_AT


@dataclass
class _NewInterface:
    network: str | None
    virtual_network: str | None
    speed_profile: str
    existing: list[str] = field(default_factory=list)  # IDs of addresses
    new: list[int] = field(default_factory=list)  # versions of addresses


@dataclass
class _Spec:
    """What a document describes, with the IDs of everything that it refers to."""

    data_center: str
    package: str  # its permalink
    hostname: str
    name: str | None
    description: str | None
    group: str | None
    tags: list[str]
    interfaces: list[_NewInterface]
    document: str  # the document as the API returns it


# Reading the document


def _read(world: World, build: VirtualMachineBuild, document: str) -> _Spec:
    root = spec_xml.read(document)
    center = _data_center(world, root)
    package = _find(world, build, VIRTUAL_MACHINE_PACKAGE, root.find("Resources/Package"))
    template = _find(world, build, DISK_TEMPLATE, root.find("DiskTemplate/DiskTemplate"))
    _complete_template(root, template.version)
    interfaces = [_interface(world, build, one, package) for one in root.iterfind("NetworkInterfaces/NetworkInterface")]
    group = _group(world, build, root.find("Group"))
    keys = root.find("AuthorizedKeys")
    if keys is not None:
        keys.attrib.setdefault("continuous_management", "no")
    return _Spec(
        data_center=center,
        package=package.permalink,
        hostname=_hostname(root, build),
        name=root.findtext("Name"),
        description=root.findtext("Description"),
        group=group,
        tags=[_text(tag) for tag in root.iterfind("Tags/Tag")],
        interfaces=interfaces,
        document=spec_xml.written(root),
    )


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()


def _find(world: World, build: VirtualMachineBuild, kind: Kind, element: ET.Element | None) -> t.Any:
    """The object that an element identifies. It belongs to the organization or to all of them."""
    if element is None:
        raise spec_xml.invalid("Memory and CPUCores are not permitted for this organization: Package is required")
    by, value = element.get("by", "id"), _text(element)
    for one in world.objects[kind.plural].values():
        if getattr(one, by) == value and getattr(one, "organization", None) in (None, build.organization):
            return one
    raise spec_xml.invalid("There is no %s with the %s %s" % (kind.name.replace("_", " "), by, value))


def _data_center(world: World, root: ET.Element) -> str:
    """The ID of the data center, which replaces what is in the document."""
    element = root.find("DataCenter")
    if element is None:
        element = t.cast(ET.Element, root.find("Zone"))
        by, value = element.get("by", "id"), _text(element)
        zones = {"id": "zone_%s", "permalink": "zone-of-%s"}
        found = [one for one in world.data_centers.values() if value == zones[by] % getattr(one, by)]
    else:
        by, value = element.get("by", "id"), _text(element)
        found = [one for one in world.data_centers.values() if value == getattr(one, by)]
    if not found:
        raise spec_xml.invalid("There is no %s with the %s %s" % (element.tag, by, value))
    if element.tag == "DataCenter":
        _replace(element, found[0].id)
    return found[0].id


def _replace(element: ET.Element, text: str, **attributes: str) -> None:
    element.text = text
    element.attrib.clear()
    element.attrib.update(attributes)


def _complete_template(root: ET.Element, version: int) -> None:
    within = t.cast(ET.Element, root.find("DiskTemplate"))
    if within.find("Version") is None:
        element = ET.Element("Version", by="number")
        element.text = str(version)
        within.insert(1, element)


def _group(world: World, build: VirtualMachineBuild, element: ET.Element | None) -> str | None:
    if element is None:
        return None
    by, value = element.get("by", "id"), _text(element)
    owned = [one for one in world.virtual_machine_groups.values() if one.organization == build.organization]
    found = [one.id for one in owned if getattr(one, by) == value]
    if len(found) != 1:
        raise spec_xml.invalid("There is no single group with the %s %s" % (by, value))
    return found[0]


def _hostname(root: ET.Element, build: VirtualMachineBuild) -> str:
    element = root.find("Hostname/Hostname")
    if element is None or not _text(element):
        return "generated-%s" % build.id.partition("_")[2].lower()
    element.text = _text(element).lower()
    return element.text


def _interface(world: World, build: VirtualMachineBuild, element: ET.Element, package: t.Any) -> _NewInterface:
    network, virtual = element.find("Network"), element.findtext("VirtualNetwork")
    if (network is None) == (virtual is None):
        raise spec_xml.invalid("NetworkInterface requires one of Network and VirtualNetwork")
    owned = [one.id for one in world.virtual_networks.values() if one.organization == build.organization]
    if virtual is not None and virtual.strip() not in owned:
        raise spec_xml.invalid("There is no virtual network with the id %s" % virtual)
    profile = element.find("SpeedProfile")
    speed = _default_speed(world, package.permalink)
    if profile is not None:
        speed = _find(world, build, NETWORK_SPEED_PROFILE, profile).id
        _replace(profile, speed)
    made = _NewInterface(
        network=None if network is None else _find(world, build, NETWORK, network).id,
        virtual_network=virtual and virtual.strip(),
        speed_profile=speed,
    )
    for allocation in element.iterfind("IPAddressAllocation"):
        _add_allocation(world, build, made, allocation)
    return made


def _default_speed(world: World, package: str) -> str:
    """The smallest package has a slower interface."""
    permalink = "1gbps" if package == "rock-1" else "10gbps"
    return next((one.id for one in world.network_speed_profiles.values() if one.permalink == permalink), "")


def _add_allocation(world: World, build: VirtualMachineBuild, to: _NewInterface, allocation: ET.Element) -> None:
    address, version = allocation.find("IPAddress"), allocation.findtext("Version")
    if allocation.get("type") == "new":
        if address is not None or version not in ("4", "6"):
            raise spec_xml.invalid("IPAddressAllocation of the type new requires the Version 4 or 6")
        to.new.append(int(version))
        return
    if allocation.get("type") is None or address is None or version is not None:
        raise spec_xml.invalid("IPAddressAllocation requires the type existing, and IPAddress")
    by, value = address.get("by", "id"), _text(address)
    owned = [one for one in world.ip_addresses.values() if one.organization == build.organization]
    found = next((one for one in owned if getattr(one, by) == value), None)
    if found is None:
        raise spec_xml.invalid("There is no IP address with the %s %s" % (by, value))
    if found.allocation_id is not None or found.network != to.network:
        errors = ["IP address %s is already allocated, or belongs to another network" % found.address]
        raise Refusal("validation_error", errors=errors)
    _replace(address, found.address, by="address")
    to.existing.append(found.id)


# Building


def _validate(world: World, build: VirtualMachineBuild, given: Json) -> list[str]:
    spec = _read(world, build, given["xml"])
    errors = hostname_errors(world, build.organization, spec.hostname)
    if world.assumptions.taken_hostname != "refused":
        return [one for one in errors if "taken" not in one]
    builds = [one for one in world.virtual_machine_builds.values() if one.organization == build.organization]
    if not errors and any(one.hostname == spec.hostname and one.state in _RUNNING for one in builds):
        return ["Hostname has already been taken"]
    return errors


def _start(world: World, build: VirtualMachineBuild, given: Json) -> None:
    spec = _read(world, build, given["xml"])
    build.spec_xml, build.hostname = spec.document, spec.hostname
    looks = world.assumptions.looks

    def step(number: int) -> None:
        build.state = "building"
        if number == looks and not spec.hostname.startswith("unbuildable-"):
            _make(world, build, spec)
        elif number > looks and build.virtual_machine and not world.assumptions.stopped_when_built:
            world.virtual_machines[build.virtual_machine].state = "allocating"

    def finish() -> bool:
        machine = world.virtual_machines.get(build.virtual_machine)
        if machine is None or build.hostname.startswith("unstartable-"):
            build.state = "failed"
            if machine:
                machine.state = "failed"
            return False
        build.state = "complete"
        _start_machine(world, machine)
        return True

    build.task = new_task(world, "Build virtual machine", build.id, finish, step=step, looks=2 * looks).id


def _start_machine(world: World, machine: VirtualMachine) -> None:
    """Every machine is started after its build."""
    states = ("allocating", "allocated", "starting") if world.assumptions.stopped_when_built else ("starting",)
    if not world.assumptions.stopped_when_built:
        machine.state = "starting"

    def step(number: int) -> None:
        machine.state = states[min(number, len(states)) - 1]

    def finish() -> bool:
        machine.state = "started"
        return True

    new_task(world, "Start virtual machine", machine.id, finish, step=step, machine=machine.id)


def _make(world: World, build: VirtualMachineBuild, spec: _Spec) -> None:
    """Add the machine, unless what it requires is taken by now."""
    existing = [world.ip_addresses.get(key) for interface in spec.interfaces for key in interface.existing]
    if any(address is None or address.allocation_id is not None for address in existing):
        return
    taken = is_taken(world, build.organization, spec.hostname)
    if taken and world.assumptions.taken_hostname != "accepted":
        return
    machine = VirtualMachine(
        id=world.new_id(VIRTUAL_MACHINE.prefix),
        name=spec.name or spec.hostname,
        organization=build.organization,
        data_center=spec.data_center,
        state="stopped",
        package=spec.package,
        addresses=(),
        annotations=dict(build.annotations) if world.assumptions.annotated_builds else {},
        hostname=spec.hostname,
        description=spec.description,
        created_at=int(world.wall()),
    )
    world.virtual_machines[machine.id] = machine
    for interface in spec.interfaces:
        _add_interface(world, machine, interface)
    tags = [one.id for one in world.tags.values() if one.organization == build.organization and one.name in spec.tags]
    move(world, "tags", machine.id, tags)
    move(world, "virtual_machine_groups", machine.id, [spec.group])
    build.virtual_machine = world.tasks[build.task].machine = machine.id


def _add_interface(world: World, machine: VirtualMachine, new: _NewInterface) -> None:
    made = Interface(
        id=world.new_id(INTERFACE.prefix),
        organization=machine.organization,
        virtual_machine=machine.id,
        network=new.network,
        virtual_network=new.virtual_network,
        speed_profile=new.speed_profile,
    )
    world.virtual_machine_network_interfaces[made.id] = made
    for key in new.existing:
        allocate(world, machine, world.ip_addresses[key])
    for version in new.new:
        if new.network:
            address = new_address(world, machine.organization, new.network, version)
            world.ip_addresses[address.id] = address
            allocate(world, machine, address)


def _created(world: World, build: VirtualMachineBuild) -> Json:
    short = {"id": build.id, "state": build.state}
    return {
        "task": shown(world, world.tasks[build.task], "id,name,status"),
        "build": short,
        "virtual_machine_build": short,
        "hostname": build.hostname,
        "annotations": [{"key": key, "value": value} for key, value in build.annotations.items()],
    }


def _machine(world: World, build: VirtualMachineBuild) -> Json | None:
    machine = world.virtual_machines.get(build.virtual_machine)
    if machine is None:
        return None
    named = {"id": machine.id, "name": machine.name, "hostname": hostname_of(machine)}
    return {**named, "fqdn": fqdn_of(world, machine), "state": machine.state}


VIRTUAL_MACHINE_BUILD = Kind(
    name="virtual_machine_build",
    model=VirtualMachineBuild,
    prefix="vmbuild",
    parent=ORGANIZATION,
    path="/virtual_machines/builds/*",
    list_path="/organizations/*/virtual_machines/build_from_spec",
    scope="virtual_machines",
    missing="build_not_found",
    listed=False,
    annotated=True,
    writes=("POST",),
    limited=True,
    within_properties=False,
    arguments={"xml": string},
    required=("xml",),
    not_stored=("xml",),
    validate=_validate,
    effect=_start,
    created=_created,
    look=lambda world, build: look_at(world, build.id),
    list_fields="id,spec_xml,state,virtual_machine,created_at",
    fields="id,spec_xml,state,virtual_machine,created_at",
    computed={"virtual_machine": _machine},
)
