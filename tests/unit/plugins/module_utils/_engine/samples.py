# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guarantee tests need to know about a kind: a task that creates one, and another value for each of its options.

Besides the kinds of the collection, there are artificial ones, each with a description for the engine and a row for the
simulator, so that the tests cover the parts of the engine that no kind of the collection uses yet.
"""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass, field

from katapult_simulator import table
from katapult_simulator.arguments import array, boolean, enum, string
from katapult_simulator.arguments import integer as whole
from katapult_simulator.kinds.organization import ORGANIZATION

from ansible_collections.katapult.cloud.plugins.module_utils._engine.info import info
from ansible_collections.katapult.cloud.plugins.module_utils._engine.manage import manage
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Parent, Resource
from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Task
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import (
    PROPERTIES,
    TOP_LEVEL,
    Call,
    Field,
    Fixed,
    strings,
)
from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import (
    ANNOTATIONS,
    BOOLEAN,
    DOMAIN_NAME,
    ID_SET,
    STRING,
    choice,
    integer,
)

from ...catalog import RESOURCES, TASKS
from ..simulated import TaskRunner, web

Values = t.Dict[str, t.Any]


@dataclass(frozen=True, eq=False)
class Sample:
    """One kind, as the tests use it.

    :param task: the task of its module.
    :param fields: those that a creation sets, including all required ones and the identity.
    :param others: another value for each field that a task can set; those of the identity are for another resource.
    :param needs: for each field that cannot be set alone, what must be set together with it.
    :param without: the fields that a task cannot set together with the others.
    :param beside: the options that identify a parent.
    :param prepare: adds the resources that it refers to.
    :param methods: the method that changes a field, if it is not PATCH.
    :param deletion: the methods of the requests that delete one.
    :param final: the options with which a deletion is final.
    :param info: the task of its _info module; None if it has none.
    :param kind: the row of the simulator for an artificial kind.
    """

    task: Task
    fields: Values
    others: Values
    needs: t.Mapping[str, Values] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    beside: Values = field(default_factory=dict)
    prepare: t.Callable[[TaskRunner], t.Any] = lambda runner: None
    methods: t.Mapping[str, str] = field(default_factory=dict)
    deletion: tuple[str, ...] = ("DELETE",)
    final: Values = field(default_factory=dict)
    info: Task | None = None
    kind: table.Kind | None = None

    @property
    def resource(self) -> Resource:
        return self.task.resource.of_task(self.fields)

    @property
    def identity(self) -> Values:
        """The fields that identify the resource that the task creates."""
        return self.resource.identity_of(self.fields)

    def options(self, fields: Values, **more: t.Any) -> Values:
        """The options of a task that sets these fields."""
        given: Values = {PROPERTIES: {}}
        for name, value in fields.items():
            (given[PROPERTIES] if self.resource.field(name).option == PROPERTIES else given)[name] = copy.deepcopy(
                value
            )
        return {**self.beside, **given, **more}

    def managed(self) -> list[Field]:
        """The fields that a task can set."""
        return [one for one in self.resource.fields if one.managed and one.name not in self.without]


def _load_balancer(runner: TaskRunner) -> None:
    runner.existing()


LOAD_BALANCER = Sample(
    TASKS["load_balancer"],
    fields={**web(resource_ids=["vm_a", "vm_b"]), "weights": [{"virtual_machine_id": "vm_a", "weight": 7}]},
    others={
        "name": "Other",
        "api_reference": "other",
        "resource_type": "virtual_machine_groups",
        "resource_ids": ["vm_c"],
        "data_center": {"permalink": "nl-ams-01"},
        "https_redirect": True,
        "enable_weighting": True,
        "weights": [{"virtual_machine_id": "vm_b", "weight": 9}],
        "standby_vms": ["vm_b"],
        "annotations": [{"key": "tier", "value": "front"}],
    },
    needs={"resource_type": {"resource_ids": ["vmgrp_empty"]}},
    info=TASKS["load_balancer_info"],
)
LOAD_BALANCER_RULE = Sample(
    TASKS["load_balancer_rule"],
    fields={"listen_port": 443, "destination_port": 8080, "protocol": "HTTPS", "certificates": ["cert_www"]},
    others={
        "listen_port": 444,
        "destination_port": 8081,
        "protocol": "TCP",
        "algorithm": "sticky",
        "certificates": ["cert_api"],
        "check_enabled": True,
        "proxy_protocol": True,
        "backend_ssl": True,
        "passthrough_ssl": True,
        "check_protocol": "TCP",
        "check_path": "/up",
        "check_interval": 9,
        "check_timeout": 9,
        "check_rise": 9,
        "check_fall": 9,
        "check_http_statuses": "23",
    },
    needs={"protocol": {"certificates": []}},
    beside={"load_balancer": {"api_reference": "web"}},
    prepare=_load_balancer,
)


# Artificial kinds. Each is the smallest that uses a part of the engine that no other kind uses.


@dataclass
class Shelf:
    """Found in the list of an organization by its name, which need not be unique; the list endpoint omits fields."""

    id: str
    organization: str
    name: str
    color: str = "red"
    size: int = 1
    open: bool = False
    annotations: dict[str, str | None] = field(default_factory=dict)


_SHELF = Resource(
    "shelf",
    path="/shelfs/shelf",
    list_path="/organizations/organization/shelfs",
    identity=("name",),
    partial_rows=True,
    annotated=True,
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("color", choice("red", "green"), PROPERTIES),
        Field("size", integer(1), PROPERTIES, required=True),
        Field("open", BOOLEAN, PROPERTIES),
        Field("annotations", ANNOTATIONS, TOP_LEVEL),
    ),
)
_SHELF_KIND = table.Kind(
    name="shelf",
    model=Shelf,
    prefix="shelf",
    parent=ORGANIZATION,
    annotated=True,
    writes=("POST", "PATCH", "DELETE"),
    arguments={"name": string, "color": enum("red", "green"), "size": whole, "open": boolean},
    required=("name", "size"),
    list_fields="id,name,color",
    fields="id,name,color,size,open",
)
SHELF = Sample(
    manage(_SHELF),
    fields={"name": "tall", "size": 3, "annotations": [{"key": "team", "value": "web"}]},
    others={"name": "low", "color": "green", "size": 4, "open": True, "annotations": [{"key": "tier", "value": "x"}]},
    info=info(_SHELF),
    kind=_SHELF_KIND,
)


@dataclass
class Zone:
    """Found by its own key, case-insensitively; the response to its deletion does not contain it."""

    id: str
    organization: str
    name: str
    ttl: int = 60


_ZONE = Resource(
    "zone",
    path="/zones/zone",
    list_path="/organizations/organization/zones",
    identity=("name",),
    keys=("id", "name"),
    delete=Call("DELETE", "/zones/zone"),
    fields=(
        Field("id", STRING),
        Field("name", DOMAIN_NAME, PROPERTIES, required=True),
        Field("ttl", integer(1), PROPERTIES, initial=3600),
    ),
)
_ZONE_KIND = table.Kind(
    name="zone",
    model=Zone,
    prefix="zone",
    parent=ORGANIZATION,
    lookup=("id", "name"),
    writes=("POST", "PATCH", "DELETE"),
    arguments={"name": string, "ttl": whole},
    required=("name",),
    list_fields="id,name,ttl",
    fields="id,name,ttl",
    deleted_fields="",
)
ZONE = Sample(
    manage(_ZONE),
    fields={"name": "example.com"},
    others={"name": "example.net", "ttl": 9},
    info=info(_ZONE),
    kind=_ZONE_KIND,
)


@dataclass
class Record:
    """Identified by the combination of several fields, one of which the list endpoint omits. It has another parent."""

    id: str
    zone: str
    sort: str
    content: str
    comment: str = ""


_RECORD = Resource(
    "record",
    path="/records/record",
    list_path="/zones/zone/records",
    parent=Parent("zone", ("id", "name")),
    identity=("sort", "content"),
    unlisted=("content",),
    names=(),
    paginated=False,
    partial_rows=True,
    fields=(
        Field("id", STRING),
        Field("sort", choice("A", "MX"), PROPERTIES, required=True),
        Field("content", STRING, PROPERTIES, required=True),
        Field("comment", STRING, PROPERTIES),
    ),
)
_RECORD_KIND = table.Kind(
    name="record",
    model=Record,
    prefix="rec",
    parent=_ZONE_KIND,
    list_path="/zones/*/records",
    paginated=False,
    writes=("POST", "PATCH", "DELETE"),
    created_status=200,
    arguments={"sort": enum("A", "MX"), "content": string, "comment": string},
    required=("sort", "content"),
    list_fields="id,sort",
    fields="id,sort,content,comment,zone[id,name]",
    references={"zone": _ZONE_KIND},
)


def _zone(runner: TaskRunner) -> None:
    runner.simulator.world.zones["zone_1"] = Zone("zone_1", "org_acme", "example.com")


RECORD = Sample(
    manage(_RECORD, parent=_ZONE),
    fields={"sort": "A", "content": "192.0.2.1"},
    others={"sort": "MX", "content": "192.0.2.2", "comment": "spare"},
    beside={"zone": {"name": "example.com"}},
    prepare=_zone,
    kind=_RECORD_KIND,
)


@dataclass
class Seal:
    """Only read in lists, and never changed; one of its fields is never returned."""

    id: str
    organization: str
    name: str
    secret: str = ""
    members: list[str] = field(default_factory=list)


_SEAL = Resource(
    "seal",
    path="/seals/seal",
    list_path="/organizations/organization/seals",
    identity=("name",),
    can_get=False,
    can_update=False,
    fields=(
        *strings("id"),
        Field("name", STRING, PROPERTIES, required=True),
        Field("secret", STRING._replace(spec={"type": "str", "no_log": True}), PROPERTIES, required=True, secret=True),
        Field("members", ID_SET, PROPERTIES, change=Fixed("its print will be lost")),
    ),
)
_SEAL_KIND = table.Kind(
    name="seal",
    model=Seal,
    prefix="seal",
    parent=ORGANIZATION,
    writes=("POST", "DELETE"),
    arguments={"name": string, "secret": string, "members": array(string)},
    required=("name",),
    list_fields="id,name,members",
    fields="id,name,members",
)
SEAL = Sample(
    manage(_SEAL),
    fields={"name": "wax", "secret": "planted-secret", "members": ["vm_a"]},
    others={"name": "lead", "secret": "planted-secret-2", "members": ["vm_b"]},
    kind=_SEAL_KIND,
)

TAG = Sample(
    TASKS["tag"],
    fields={"name": "front", "color": "red"},
    others={"name": "back", "color": "pastel_teal"},
    info=TASKS["tag_info"],
)
VIRTUAL_MACHINE_GROUP = Sample(
    TASKS["virtual_machine_group"],
    fields={"name": "front", "segregate": True},
    others={"name": "back", "segregate": False, "auto_segregate": True},
    info=TASKS["virtual_machine_group_info"],
)
SECURITY_GROUP = Sample(
    TASKS["security_group"],
    fields={"name": "front", "associations": ["vm_a"], "annotations": [{"key": "team", "value": "web"}]},
    others={
        "name": "back",
        "allow_all_inbound": True,
        "allow_all_outbound": True,
        "associations": ["tag_web", "vmgrp_web"],
        "annotations": [{"key": "tier", "value": "front"}],
    },
    info=TASKS["security_group_info"],
)
ADDRESS_LIST = Sample(
    TASKS["address_list"],
    fields={"name": "front", "annotations": [{"key": "team", "value": "web"}]},
    others={"name": "back", "annotations": [{"key": "tier", "value": "front"}]},
    info=TASKS["address_list_info"],
)
# An entry has no module of its own.
ADDRESS_LIST_ENTRY = Sample(
    manage(RESOURCES["address_list_entry"], parent=RESOURCES["address_list"]),
    fields={"address": "192.0.2.0/24", "name": "front"},
    others={"address": "2001:db8::7", "name": "back"},
    beside={"address_list": {"id": "adlst_empty"}},
)
_PEM = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
_KEY = "-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----\n"
_UPLOADED = ("certificate", "chain", "private_key")
SELF_SIGNED = Sample(
    TASKS["certificate"],
    fields={"issuer": "self_signed", "name": "www.example.com", "additional_names": ["example.com"]},
    others={"issuer": "self_signed", "name": "api.example.com", "additional_names": ["a.example.com"]},
    without=(*_UPLOADED, "authorization_method"),
    info=TASKS["certificate_info"],
)
LETS_ENCRYPT = Sample(
    TASKS["certificate"],
    fields={**SELF_SIGNED.fields, "issuer": "lets_encrypt", "authorization_method": "http"},
    others={**SELF_SIGNED.others, "issuer": "lets_encrypt", "authorization_method": "dns"},
    without=_UPLOADED,
)
CUSTOM = Sample(
    TASKS["certificate"],
    fields={"issuer": "custom", "certificate": _PEM % "bGVhZg==", "private_key": _KEY % "planted-secret"},
    others={"issuer": "custom", "certificate": _PEM % "b3RoZXI=", "private_key": _KEY % "planted-secret-2"},
    without=("name", "additional_names", "authorization_method", "chain"),
)
VIRTUAL_MACHINE = Sample(
    TASKS["virtual_machine"],
    fields={
        "hostname": "db-1",
        "data_center": {"permalink": "uk-lon-01"},
        "package": {"permalink": "rock-1"},
        "disk_template": {"permalink": "templates/ubuntu-22-04"},
        "tag_names": ["web"],
    },
    others={
        "hostname": "db-2",
        "name": "Database",
        "description": "The first one",
        "data_center": {"permalink": "nl-ams-01"},
        "zone": {"id": "zone_dc_amsterdam"},
        "package": {"permalink": "rock-3"},
        "disk_template": {"permalink": "templates/ubuntu-18-04"},
        "disk_template_options": {"root_password": "planted-secret"},
        "system_disk_size_in_gb": 20,
        "network_interfaces": [{"network": {"permalink": "uk-lon-01-public"}, "new_ip_addresses": ["ipv6"]}],
        "authorized_keys": {"users": ["all"]},
        "group": {"name": "web"},
        "tag_names": ["api", "fresh"],
        "annotations": [{"key": "tier", "value": "back"}],
    },
    methods={"package": "PUT"},
    deletion=("POST", "DELETE"),
    final={"purge": True},
    info=TASKS["virtual_machine_info"],
)
# Only virtual IP addresses are created, and identified by their label.
IP_ADDRESS = Sample(
    TASKS["ip_address"],
    fields={"vip": True, "label": "front", "network": {"permalink": "uk-lon-01-public"}},
    others={
        "vip": True,
        "label": "back",
        "network": {"permalink": "eu-ams-01"},
        "version": "ipv6",
        "reverse_dns": "front.example.com",
        "virtual_machine": "vm_b",
    },
    without=("address", "allocated"),
    info=TASKS["ip_address_info"],
)
OF_THE_COLLECTION = (
    VIRTUAL_MACHINE,
    SELF_SIGNED,
    LETS_ENCRYPT,
    CUSTOM,
    LOAD_BALANCER,
    LOAD_BALANCER_RULE,
    TAG,
    VIRTUAL_MACHINE_GROUP,
    SECURITY_GROUP,
    ADDRESS_LIST,
    ADDRESS_LIST_ENTRY,
    IP_ADDRESS,
)
INVENTED = (SHELF, ZONE, RECORD, SEAL)
SAMPLES = {
    " ".join(filter(None, [sample.resource.name, sample.fields.get("issuer")])): sample
    for sample in (*OF_THE_COLLECTION, *INVENTED)
}
