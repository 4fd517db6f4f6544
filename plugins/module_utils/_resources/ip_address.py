# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of an IP address. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

import typing as t

from .._engine.resource import Allocation, Fault, Resource
from .._schema.fields import PROPERTIES, TOP_LEVEL, Call, Field, Fixed, Values, nested, parse, strings
from .._schema.machine_types import described_ref
from .._schema.network_types import ADDRESS, DNS_NAME, LABEL
from .._schema.types import BOOLEAN, REFERENCE, FieldType, choice, integer, object_ref

_PATH = "/ip_addresses/ip_address"


def _parse_allocation(value: t.Any) -> t.Any:
    """What an address is allocated to, recorded as a type and a value, and documented as the value alone."""
    if not isinstance(value, dict):
        return None
    inner = value.get("value")
    return parse(
        strings("type", "id", "name"), {**(inner if isinstance(inner, dict) else value), "type": value.get("type")}
    )


_REF = described_ref("id", "name", "permalink", "default", "data_center")
_SHOWN = nested(
    *strings("id", "name", "permalink"),
    Field("default", BOOLEAN),
    Field("data_center", object_ref("id", "name", "permalink")),
)
# A network that a response omits is not a difference.
_NETWORK = _REF._replace(
    parse=_SHOWN.parse,
    empty=None,
    matches=lambda wanted, found: found is None or _REF.matches(wanted, found),
    diff_value=lambda value: value and _REF.diff_value(value),
)


def _version(address: Values) -> str | None:
    """The version of an address, as in a task; None if it is not known."""
    text = address.get("address")
    return ("ipv6" if ":" in text else "ipv4") if text else None


def _describe(address: Values) -> str:
    known = " %s" % address["address"] if address.get("address") else ""
    label = ' with the label "%s"' % address["label"] if address.get("label") else ""
    return "IP address%s%s%s" % (known, label, " (%s)" % address["id"] if address.get("id") else "")


def _faults(wanted: Values, found: Values | None) -> list[Fault]:
    vip, label = wanted.get("vip"), wanted.get("label")
    faults = []
    if vip and not label:
        faults.append(Fault("properties.vip: true requires properties.label, which must not be empty"))
    if label and not vip:
        faults.append(
            Fault("properties.label requires properties.vip: true, because only a virtual IP address has one")
        )
    if label == "" and vip is None:
        faults.append(Fault("properties.label is empty, which requires properties.vip: false"))
    there = _version(found or {})
    if there and wanted.get("version") not in (None, there):
        said = "properties.version is %s and cannot be changed to %s. Use another address" % (there, wanted["version"])
        faults.append(Fault(said, "version_fixed"))
    return faults


def _derive(wanted: Values, found: Values, after: Values) -> Values:
    """An address that is not virtual has no label."""
    return {**after, "label": after["label"] if after["vip"] else None}


IP_ADDRESS = Resource(
    "ip_address",
    label="IP address",
    many="ip_addresses",
    path=_PATH,
    list_path="/organizations/organization/ip_addresses",
    identity=("address",),
    identities=(("address",), ("vip", "label")),
    assigned=(
        "address",
        "Plain IP addresses come with a virtual machine: use properties.network_interfaces[].new_ip_addresses of"
        " katapult.cloud.virtual_machine. To create a virtual IP address, omit id and address, and set properties.vip: true with"
        " properties.label.",
    ),
    unlisted=("label",),
    keys=("id", "address"),
    names=("address",),
    partial_rows=True,
    filters={"labels": "label"},
    api_filters={"allocated": "allocation_id"},
    beside=("allocation",),
    together=("vip", "label"),
    delete=Call("DELETE", _PATH),
    allocation=Allocation(
        "virtual_machine",
        "virtual_machine_network_interface",
        removed_by="allocated",
        field="allocation_id",
        kind=("allocation_type", "VirtualMachine"),
        shown="allocation",
        within="network",
        follows=("reverse_dns", "fqdn"),
        allocate=Call(
            "POST",
            "/virtual_machine_network_interfaces/virtual_machine_network_interface/allocate_ip",
            "virtual_machine_network_interface",
        ),
        unallocate=Call("POST", _PATH + "/unallocate"),
        raced=("no_allocation", "ip_already_allocated"),
        not_removable="resource_does_not_support_unallocation",
        permitted_by="force",
    ),
    # The list endpoint omits most of them. Those that a task sets are arguments next to the address, without properties.
    fields=(
        *strings("id"),
        Field("address", ADDRESS, TOP_LEVEL, change=Fixed(instead="set only one of id and address"), created=False),
        *strings("address_with_mask"),
        Field("reverse_dns", DNS_NAME, PROPERTIES, TOP_LEVEL, created=False),
        Field("vip", BOOLEAN, PROPERTIES, TOP_LEVEL),
        Field("label", LABEL, PROPERTIES, TOP_LEVEL),
        Field(
            "network",
            _NETWORK,
            PROPERTIES,
            TOP_LEVEL,
            required=True,
            details_of="network",
            change=Fixed(instead="use another address of that network"),
        ),
        Field(
            "subnet",
            nested(*strings("id", "address", "gateway"), Field("mask", integer(0)), Field("version", integer(0))),
        ),
        *strings("allocation_id", "allocation_type"),
        Field("allocation", FieldType(_parse_allocation)),
        # Only for a creation, and compared with the address itself
        Field("version", choice("ipv4", "ipv6"), PROPERTIES, TOP_LEVEL, initial="ipv4", creation_only=True),
        Field("virtual_machine", REFERENCE, TOP_LEVEL, created=False, placement=True, refers_to="virtual_machine"),
        Field("allocated", BOOLEAN, TOP_LEVEL, created=False, placement=True),
    ),
    describe=_describe,
    faults=_faults,
    derive=_derive,
)
