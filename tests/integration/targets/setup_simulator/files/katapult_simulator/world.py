# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What there is: organizations and all that they have, load balancers and their rules, and who may see them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from itertools import count

READ_SCOPES = (
    "load_balancers:read",
    "virtual_machines:read",
    "virtual_machine_groups:read",
    "tags:read",
    "certificates:read",
    "organizations:read",
)
ALL_SCOPES = ("load_balancers", *READ_SCOPES)
DEFAULT_WEIGHT = 128


@dataclass(frozen=True)
class Assumptions:
    """What is not known of the API, and what the simulator takes it to be.

    Every one is the choice that is harder for a client; a test can ask for the other one.
    """

    unique_references: bool = True  # per organization; False: several load balancers may have the same
    unique_ports: bool = True  # per load balancer; False: several rules may listen on the same
    pairs_replace: bool = True  # weights and annotations replace what was there; False: are added to it
    largest_page: int = 200  # objects on a page of a list; the framework allows no more, an endpoint may allow less


@dataclass(frozen=True)
class Token:
    """What a token may do. An organization that it does not see does not exist for it."""

    scopes: tuple[str, ...] = ALL_SCOPES
    organizations: tuple[str, ...] | None = None  # ids; None: all of them
    refusal: str | None = None  # the error code that every request with it is answered with
    may_write: bool = True


@dataclass(frozen=True)
class Organization:
    id: str
    name: str
    sub_domain: str
    suspended: bool = False
    activated: bool = True
    restricted: tuple[str, ...] = ()

    @property
    def infrastructure_domain(self) -> str:
        return "%s.katapult.cloud" % self.sub_domain


@dataclass(frozen=True)
class DataCenter:
    id: str
    name: str
    permalink: str
    country: str = "GB"  # by its code of two letters


@dataclass(frozen=True)
class VirtualMachine:
    id: str
    name: str
    organization: str
    data_center: str
    trashed: bool = False
    state: str = "started"
    package: str = "small"  # its permalink
    addresses: tuple[str, ...] = ("198.51.100.9", "2001:db8::9")
    annotations: t.Mapping[str, str | None] = field(default_factory=dict)

    @property
    def hostname(self) -> str:
        """The name as the API writes it into host names."""
        return self.name.lower()


@dataclass(frozen=True)
class Collection:
    """A virtual machine group or a tag: something that has virtual machines as members."""

    id: str
    name: str
    organization: str
    members: tuple[str, ...]
    color: str = "green"  # that of a tag


@dataclass(frozen=True)
class Certificate:
    id: str
    name: str
    organization: str
    additional_names: tuple[str, ...] = ()
    issuer: str = "lets_encrypt"
    state: str = "issued"
    trashed: bool = False


@dataclass
class LoadBalancer:
    id: str
    organization: str
    data_center: str
    address_id: str
    address: str
    name: str
    api_reference: str | None = None
    resource_type: str = "virtual_machines"
    resource_ids: list[str] = field(default_factory=list)
    https_redirect: bool = False
    enable_weighting: bool = False
    weights: dict[str, int] = field(default_factory=dict)
    standby_vms: list[str] = field(default_factory=list)
    annotations: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Rule:
    id: str
    load_balancer: str
    properties: dict[str, t.Any]


def _by_id(*things: t.Any) -> dict[str, t.Any]:
    return {thing.id: thing for thing in things}


def _web_machine(number: int, letter: str) -> VirtualMachine:
    """One of the first organization's. Its addresses are reserved for documentation."""
    addresses = ("198.51.100.%d" % number, "2001:db8::%d" % number)
    state = "stopped" if letter == "f" else "started"
    return VirtualMachine(
        "vm_%s" % letter, "web-%s" % letter, "org_acme", "loc_london", state=state, addresses=addresses
    )


@dataclass
class World:
    """Everything, by id. The first organization is the one that the examples work in."""

    assumptions: Assumptions = field(default_factory=Assumptions)
    tokens: dict[str, Token] = field(
        default_factory=lambda: {
            "simulator-token": Token(),
            "read-only-token": Token(scopes=READ_SCOPES),
            "balancers-token": Token(scopes=("load_balancers",)),
            "powerless-token": Token(may_write=False),
            "acme-token": Token(organizations=("org_acme",)),
            "elsewhere-token": Token(refusal="unauthorized_network_for_api_token"),
            "capabilities-token": Token(refusal="invalid_capabilities_token"),
        }
    )
    organizations: dict[str, Organization] = field(
        default_factory=lambda: _by_id(
            Organization("org_acme", "Acme", "acme"),
            Organization("org_globex", "Globex", "globex"),
            Organization("org_suspended", "Suspended", "suspended", suspended=True),
            Organization("org_asleep", "Asleep", "asleep", activated=False),
            Organization("org_full", "Full", "full", restricted=("The limit of load balancers has been reached",)),
        )
    )
    data_centers: dict[str, DataCenter] = field(
        default_factory=lambda: _by_id(
            DataCenter("loc_london", "London", "uk-lon-01"),
            DataCenter("dc_amsterdam", "Amsterdam", "nl-ams-01", "NL"),
            DataCenter("loc_newyork", "New York", "us-nyc-01", "US"),
        )
    )
    virtual_machines: dict[str, VirtualMachine] = field(
        default_factory=lambda: _by_id(
            *(_web_machine(number, letter) for number, letter in enumerate("abcdef", 10)),
            VirtualMachine("vm_trashed", "trashed", "org_acme", "loc_london", trashed=True),
            VirtualMachine("vm_other", "other", "org_globex", "loc_london"),
            # Names need not be unique.
            VirtualMachine("vm_twin_1", "Twin", "org_globex", "dc_amsterdam", addresses=()),
            VirtualMachine("vm_twin_2", "Twin", "org_globex", "loc_newyork", addresses=()),
        )
    )
    groups: dict[str, Collection] = field(
        default_factory=lambda: _by_id(
            Collection("vmgrp_web", "web", "org_acme", ("vm_a", "vm_b")),
            Collection("vmgrp_empty", "empty", "org_acme", ()),
            Collection("vmgrp_twin_1", "twin", "org_globex", ("vm_twin_1",)),
            Collection("vmgrp_twin_2", "twin", "org_globex", ("vm_twin_2",)),
        )
    )
    tags: dict[str, Collection] = field(
        default_factory=lambda: _by_id(
            Collection("tag_web", "web", "org_acme", ("vm_a", "vm_b", "vm_c")),
            Collection("tag_api", "api", "org_acme", ("vm_d",), color="dark_blue"),
        )
    )
    certificates: dict[str, Certificate] = field(
        default_factory=lambda: _by_id(
            Certificate("cert_www", "www.example.com", "org_acme"),
            Certificate("cert_api", "api.example.com", "org_acme", ("www.api.example.com",)),
            Certificate("cert_trashed", "old.example.com", "org_acme", trashed=True),
            Certificate("cert_twin_1", "twin.example.com", "org_globex", issuer="custom"),
            Certificate("cert_twin_2", "twin.example.com", "org_globex", issuer="self_signed", state="pending"),
        )
    )
    load_balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    _numbers: t.Iterator[int] = field(default_factory=lambda: count(1))

    def new_id(self, prefix: str) -> str:
        """An id as the API makes them: a prefix, and sixteen letters and digits."""
        return "%s_Simulated%07d" % (prefix, next(self._numbers))

    def new_address(self) -> str:
        """An address that is reserved for documentation."""
        return "203.0.113.%d" % (next(self._numbers) % 254 + 1)

    def fqdn(self, machine: VirtualMachine) -> str:
        """The name of a virtual machine in the domain name system."""
        return "%s.%s" % (machine.hostname, self.organizations[machine.organization].infrastructure_domain)

    def resources(self, resource_type: str) -> t.Mapping[str, t.Any]:
        """Everything that can be a member of a load balancer with this resource_type, by id."""
        return {
            "virtual_machines": self.virtual_machines,
            "virtual_machine_groups": self.groups,
            "tags": self.tags,
        }[resource_type]

    def effective_members(self, balancer: LoadBalancer) -> list[str]:
        """The virtual machines that a load balancer spreads requests over."""
        found: list[str] = []
        for resource in balancer.resource_ids:
            thing = self.resources(balancer.resource_type)[resource]
            found += [resource] if balancer.resource_type == "virtual_machines" else list(thing.members)
        return list(dict.fromkeys(found))

    def weights(self, balancer: LoadBalancer) -> list[dict[str, t.Any]]:
        """The weights as the API shows them: those of the members, whatever was written for others."""
        return [
            {"virtual_machine_id": member, "weight": balancer.weights.get(member, DEFAULT_WEIGHT)}
            for member in self.effective_members(balancer)
        ]
