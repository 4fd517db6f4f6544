# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a virtual machine. Source: the Katapult Core API's OpenAPI document, and recorded responses.

Responses contain its initial root password, which is not one of these fields.
"""

from __future__ import annotations

from .._engine.resource import Resource
from .._schema.fields import Field, nested, nested_list, strings
from .._schema.types import ANNOTATIONS, BOOLEAN, DOMAIN_NAME, STRINGS, integer, object_ref

VIRTUAL_MACHINE = Resource(
    "virtual_machine",
    path="/virtual_machines/virtual_machine",
    list_path="/organizations/organization/virtual_machines",
    id_prefix="vm_",
    keys=("id", "fqdn"),
    names=("name", "hostname", "fqdn"),
    partial_rows=True,
    filters={"tags": "tags", "groups": "group"},
    annotated=True,
    fields=(
        *strings("id", "name"),
        Field("hostname", DOMAIN_NAME),
        Field("fqdn", DOMAIN_NAME),
        *strings("description", "state"),
        Field("created_at", integer(0)),
        Field(
            "zone",
            nested(*strings("id", "name", "permalink"), Field("data_center", object_ref("id", "name", "permalink"))),
        ),
        Field("organization", object_ref("id", "name", "sub_domain")),
        Field("group", nested(*strings("id", "name"))),
        Field("package", object_ref("id", "name", "permalink")),
        Field("cpu_cores", integer(0)),
        Field("memory_in_gb", integer(0)),
        Field("use_dedicated_cpus", BOOLEAN),
        Field("gpu_type", nested(*strings("id", "name", "permalink"))),
        Field("attached_iso", nested(*strings("id", "name"))),
        Field("tags", nested_list(*strings("id", "name"))),
        Field("tag_names", STRINGS),
        Field("ip_addresses", nested_list(*strings("id", "address", "address_with_mask", "reverse_dns"))),
        Field("annotations", ANNOTATIONS),
    ),
)
