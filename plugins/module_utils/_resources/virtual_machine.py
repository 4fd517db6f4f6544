# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a virtual machine. Source: the Katapult Core API's OpenAPI document, and recorded responses.

Responses contain its initial root password, which is not one of these fields.
"""

from __future__ import annotations

from .._engine.resource import Fault, Power, Release, Resource, Trash
from .._schema.fields import PROPERTIES, TOP_LEVEL, Call, Field, Initial, Values, Wait, nested, nested_list, strings
from .._schema.machine_types import (
    AUTHORIZED_KEYS,
    DESCRIPTION,
    DISK_TEMPLATE_OPTIONS,
    GROUP,
    HOSTNAME,
    NETWORK_INTERFACES,
    TAG_NAMES,
    XML_NAME,
    ZONE_OF_MACHINE,
    described_ref,
)
from .._schema.network_types import ADDRESS
from .._schema.types import ANNOTATIONS, BOOLEAN, DOMAIN_NAME, STRING, integer, object_ref

_PATH = "/virtual_machines/virtual_machine"
_LIST_PATH = "/organizations/organization/virtual_machines"
_IN_CONSOLE = "The API does not return the reason. Look at the tasks of the organization in the Katapult console."
_TAKEN = (
    "A possible cause is another virtual machine with the same hostname, also in the trash: it keeps its hostname for 48 hours,"
    " or until it is purged."
)
_FAILED = _IN_CONSOLE + " To build it again, delete it first, with state: absent and purge: true."
_STATES = ("failed", "orphaned")

_TASK = Wait("task", "/tasks/task", "status", ("completed",), ("failed",), required=False, hint=_IN_CONSOLE)
_BUILD = Wait(
    "virtual_machine_build",
    "/virtual_machines/builds/virtual_machine_build",
    "state",
    ("complete",),
    ("failed",),
    required=False,  # the machine shows the same
    shows="virtual_machine",
    hint="%s %s" % (_IN_CONSOLE, _TAKEN),
)
# A machine is stopped at the beginning of its build, for up to two minutes as far as recorded. A build takes less than three.
_RUNNING = Wait("virtual_machine", _PATH, "state", ("started",), _STATES, hint=_FAILED)
_BUILT = _RUNNING._replace(idle=("stopped",), idle_after=120.0, only_new=1200.0)


def _faults(wanted: Values, found: Values | None) -> list[Fault]:
    if found is None:
        both = "data_center" in wanted and "zone" in wanted
        return [Fault("properties.data_center and properties.zone are mutually exclusive")] if both else []
    center = (found.get("zone") or {}).get("data_center") or {}
    given = (wanted.get("data_center") or {}).items()
    asked = {name: value for name, value in given if value is not None and name in ("id", "permalink")}
    if all(center.get(name) in (None, value) for name, value in asked.items()):
        return []
    said = "properties.data_center is %s and cannot be changed to %s after creation. To use another one, build another virtual machine"
    names = [" / ".join(filter(None, (one.get("permalink"), one.get("id")))) for one in (center, asked)]
    return [Fault(said % tuple(names), "data_center_fixed")]


def _unknown_zone(center: Values) -> Values:
    """The zone of a new machine, of which only the data center is known."""
    names = ("id", "name", "permalink")
    return {**dict.fromkeys(names), "data_center": {name: center.get(name) for name in names}}


def _derive(wanted: Values, found: Values, after: Values) -> Values:
    """Derive what follows from the host name, the package and the tags."""
    values = dict(after)
    if found["id"] is None:
        values["name"] = after["name"] or after["hostname"]
        values["zone"] = after["zone"] or _unknown_zone(wanted.get("data_center") or {})
    elif after["hostname"] != found["hostname"] and found["fqdn"]:
        values["fqdn"] = after["hostname"] + found["fqdn"][len(found["hostname"] or "") :]
        values["ip_addresses"] = [
            {**one, "reverse_dns": values["fqdn"]} if one["reverse_dns"] == found["fqdn"] else one
            for one in found["ip_addresses"]
        ]
    if after["package"] != found["package"]:
        package = wanted.get("package") or {}
        values.update({name: package.get(name) for name in ("cpu_cores", "memory_in_gb", "use_dedicated_cpus")})
    if after["tag_names"] != found["tag_names"]:
        known = {tag["name"]: tag for tag in found["tags"]}
        values["tags"] = [known.get(name, {"id": None, "name": name}) for name in after["tag_names"]]
    return values


def _warnings(wanted: Values, found: Values | None, machine: Values, children: list[Values] | None) -> list[str]:
    keys = wanted.get("authorized_keys") or {}
    if found is not None or any(keys.values()):
        return []
    said = "The %s has no authorized_keys, so nobody may be able to log in, except with the root password in the Katapult console."
    return [said % ('virtual machine "%s"' % (machine.get("name") or machine.get("hostname")))]


def _center_of(wanted: Values) -> Values | None:
    """The data center of a new machine: its own, or that of its zone; None if that is not known."""
    center = (wanted.get("zone") or {}).get("data_center") if "zone" in wanted else wanted.get("data_center")
    known = {name: of for name, of in (center or {}).items() if name in ("id", "permalink") and of}
    return dict(list(known.items())[:1]) or None


def _build_body(values: Values) -> Values:
    """The arguments of a build."""
    from .._schema.machine_spec import machine_spec  # only for a build: a module compiles its imports

    return {"xml": machine_spec(values)}


_POWER_SCOPE = "Grant the token virtual_machines or virtual_machines:power_actions."

VIRTUAL_MACHINE = Resource(
    "virtual_machine",
    path=_PATH,
    list_path=_LIST_PATH,
    id_prefix="vm_",
    identity=("hostname",),
    keys=("id", "fqdn"),
    qualified=("fqdn", "infrastructure_domain"),
    names=("name", "hostname", "fqdn"),
    partial_rows=True,
    filters={"tags": "tags", "groups": "group"},
    annotated=True,
    wait_timeout=1200,
    visible_within=120.0,  # recorded: up to 34 seconds
    ready=_BUILT,
    create=Call(
        "POST",
        _LIST_PATH + "/build_from_spec",
        "virtual_machine_build",
        (_BUILD, _RUNNING),
        hint=_TAKEN,
        body=_build_body,
    ),
    power=Power(
        "state",
        on="started",
        off="stopped",
        turning_on=("starting", "allocating", "allocated"),
        turning_off=("stopping", "shutting_down"),
        broken=_STATES,
        start=Call("POST", _PATH + "/start", "task", (_TASK,), scope_hint=_POWER_SCOPE),
        shut_down=Call("POST", _PATH + "/shutdown", "task", (_TASK,), scope_hint=_POWER_SCOPE),
        cut=Call("POST", _PATH + "/stop", "task", (_TASK,), scope_hint=_POWER_SCOPE),
        sized_by="package",
        sizes=("cpu_cores", "memory_in_gb"),
        hint=_FAILED,
    ),
    trash=Trash(
        Call(
            "DELETE",
            "/trash_objects/trash_object",
            None,
            (_TASK, Wait("trash_object", "/trash_objects/trash_object", "id", (), gone=True)),
            scope_hint="Grant the token trash_objects:purge.",
        ),
        "/organizations/organization/trash_objects",
        object_type="VirtualMachine",
        keeps="hostname",
        release=Release(
            "ip_addresses",
            "ip_address",
            "/ip_addresses/ip_address",
            "/ip_addresses/ip_address/unallocate",
            shared="vip",
            label="address",
            named_in=("network_interfaces", "ip_addresses"),
            same_label=ADDRESS.matches,
            noun="IP address",
        ),
    ),
    # The order is that of a result.
    fields=(
        Field("id", STRING),
        Field("name", XML_NAME, PROPERTIES),
        Field("hostname", HOSTNAME, PROPERTIES, required=True),
        Field("fqdn", DOMAIN_NAME),
        Field("description", DESCRIPTION, PROPERTIES),
        Field("state", STRING),
        Field("created_at", integer(0)),
        Field("zone", ZONE_OF_MACHINE, PROPERTIES, details_of="zone"),
        Field("organization", object_ref("id", "name", "sub_domain")),
        Field(
            "group",
            GROUP,
            PROPERTIES,
            refers_to="virtual_machine_group",
            details_of="virtual_machine_group",
            cleared_by="ungrouped",
        ),
        Field(
            "package",
            described_ref("id", "name", "permalink"),
            PROPERTIES,
            required=True,
            details_of="virtual_machine_package",
            change=Call("PUT", _PATH + "/package", "task", (_TASK,), argument="virtual_machine_package"),
        ),
        Field("cpu_cores", integer(0)),
        Field("memory_in_gb", integer(0)),
        Field("use_dedicated_cpus", BOOLEAN),
        Field("gpu_type", nested(*strings("id", "name", "permalink"))),
        Field("attached_iso", nested(*strings("id", "name"))),
        Field("tags", nested_list(*strings("id", "name"))),
        Field("tag_names", TAG_NAMES, PROPERTIES),
        Field(
            "ip_addresses",
            nested_list(
                *strings("id", "address", "address_with_mask", "reverse_dns"), Field("vip", BOOLEAN), *strings("label")
            ),
        ),
        Field("annotations", ANNOTATIONS, TOP_LEVEL),
        # Only for the build: the API does not show them, or not in this form.
        Field(
            "data_center",
            described_ref("id", "permalink"),
            PROPERTIES,
            required=True,
            unless="zone",
            creation_only=True,
            details_of="data_center",
            default_option=("default_data_center", "permalink"),
        ),
        Field(
            "disk_template",
            described_ref("id", "permalink"),
            PROPERTIES,
            required=True,
            creation_only=True,
            details_of="disk_template",
        ),
        Field("disk_template_options", DISK_TEMPLATE_OPTIONS, PROPERTIES, creation_only=True, secret=True),
        Field("system_disk_size_in_gb", integer(1), PROPERTIES, creation_only=True),
        Field(
            "network_interfaces",
            NETWORK_INTERFACES,
            PROPERTIES,
            creation_only=True,
            initial_read=Initial(
                "/data_centers/data_center/default_network",
                "data_center",
                "network",
                identifier=_center_of,
                value=lambda network: [{"network": {"id": network["id"]}, "new_ip_addresses": ["ipv4"]}],
            ),
        ),
        Field("authorized_keys", AUTHORIZED_KEYS, PROPERTIES, creation_only=True),
    ),
    faults=_faults,
    derive=_derive,
    warnings=_warnings,
)
