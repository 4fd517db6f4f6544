# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a network interface of a virtual machine. Source: the Katapult Core API's OpenAPI document, and recorded responses."""

from __future__ import annotations

from .._engine.resource import Parent, Resource
from .._schema.fields import Field, nested, nested_list, strings

VIRTUAL_MACHINE_NETWORK_INTERFACE = Resource(
    "virtual_machine_network_interface",
    label="network interface",
    path="/virtual_machine_network_interfaces/virtual_machine_network_interface",
    list_path="/virtual_machines/virtual_machine/network_interfaces",
    parent=Parent("virtual_machine", ("id",)),
    names=(),
    fields=(
        *strings("id", "name"),
        Field("network", nested(*strings("id", "name"))),
        Field("virtual_network", nested(*strings("id", "name"))),
        Field("ip_addresses", nested_list(*strings("id", "address"))),
    ),
)
