# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The initial objects. The examples use the organization Acme."""

from __future__ import annotations

import typing as t

from .kinds import KINDS
from .kinds.address_list import AddressList, Entry
from .kinds.certificate import Certificate
from .kinds.collection import Collection
from .kinds.data_center import DataCenter
from .kinds.organization import Organization
from .kinds.security_group import Rule, SecurityGroup
from .kinds.virtual_machine import VirtualMachine
from .world import Assumptions, Token, World


def world(assumptions: Assumptions | None = None) -> World:
    return World(_objects(), _tokens(), assumptions or Assumptions())


def _tokens() -> dict[str, Token]:
    reading = {scope for kind in KINDS for scope in kind.scopes("GET") if scope.endswith(":read")}
    return {
        "simulator-token": Token(),
        "read-only-token": Token(scopes=tuple(reading)),
        "balancers-token": Token(scopes=("load_balancers",)),
        "powerless-token": Token(may_write=False),
        "acme-token": Token(organizations=("org_acme",)),
        "elsewhere-token": Token(refusal="unauthorized_network_for_api_token"),
        "capabilities-token": Token(refusal="invalid_capabilities_token"),
    }


def _objects() -> dict[str, dict[str, t.Any]]:
    samples: dict[str, tuple[t.Any, ...]] = {
        "organizations": (
            Organization("org_acme", "Acme", "acme"),
            Organization("org_globex", "Globex", "globex"),
            Organization("org_suspended", "Suspended", "suspended", suspended=True),
            Organization("org_asleep", "Asleep", "asleep", activated=False),
            Organization("org_full", "Full", "full", restricted=("The limit of load balancers has been reached",)),
        ),
        "data_centers": (
            DataCenter("loc_london", "London", "uk-lon-01"),
            DataCenter("dc_amsterdam", "Amsterdam", "nl-ams-01", "NL"),
            DataCenter("loc_newyork", "New York", "us-nyc-01", "US"),
        ),
        "virtual_machines": (
            *(_web_machine(number, letter) for number, letter in enumerate("abcdef", 10)),
            VirtualMachine("vm_trashed", "trashed", "org_acme", "loc_london", trashed=True),
            VirtualMachine("vm_other", "other", "org_globex", "loc_london"),
            # Names need not be unique.
            VirtualMachine("vm_twin_1", "Twin", "org_globex", "dc_amsterdam", addresses=()),
            VirtualMachine("vm_twin_2", "Twin", "org_globex", "loc_newyork", addresses=()),
        ),
        "virtual_machine_groups": (
            Collection("vmgrp_web", "web", "org_acme", ("vm_a", "vm_b")),
            Collection("vmgrp_empty", "empty", "org_acme", ()),
            Collection("vmgrp_twin_1", "twin", "org_globex", ("vm_twin_1",)),
            Collection("vmgrp_twin_2", "twin", "org_globex", ("vm_twin_2",)),
        ),
        "tags": (
            Collection("tag_web", "web", "org_acme", ("vm_a", "vm_b", "vm_c")),
            Collection("tag_api", "api", "org_acme", ("vm_d",), color="dark_blue"),
        ),
        "certificates": (
            Certificate("cert_www", "www.example.com", "org_acme"),
            Certificate("cert_api", "api.example.com", "org_acme", ("www.api.example.com",)),
            Certificate("cert_trashed", "old.example.com", "org_acme", trashed=True),
            Certificate("cert_twin_1", "twin.example.com", "org_globex", issuer="custom"),
            Certificate("cert_twin_2", "twin.example.com", "org_globex", issuer="self_signed", state="pending"),
        ),
        "security_groups": (
            SecurityGroup("sg_web", "web", "org_acme", associations=["tag_web"]),
            SecurityGroup("sg_open", "open", "org_acme", allow_all_inbound=True, allow_all_outbound=True),
        ),
        "security_group_rules": (
            Rule("sgr_https", "sg_web", "inbound", "TCP", ports="443", targets=["all:ipv4", "all:ipv6"]),
            Rule("sgr_out", "sg_web", "outbound", "TCP", targets=["all:ipv4"], notes="updates"),
        ),
        "address_lists": (
            AddressList("adlst_office", "office", "org_acme"),
            AddressList("adlst_empty", "empty", "org_acme"),
            AddressList("adlst_balancers", "Katapult Load Balancers (London)", None),
            AddressList("adlst_cdn", "Content delivery network", None),
        ),
        "address_list_entries": (
            Entry("adlste_1", "adlst_office", "198.51.100.0/24", "first floor"),
            Entry("adlste_2", "adlst_office", "2001:db8::/32"),
            Entry("adlste_3", "adlst_balancers", "203.0.113.0/24", "London"),
        ),
    }
    return {kind.plural: {thing.id: thing for thing in samples.get(kind.plural, ())} for kind in KINDS}


def _web_machine(number: int, letter: str) -> VirtualMachine:
    """A virtual machine of Acme. Its addresses are reserved for documentation."""
    addresses = ("198.51.100.%d" % number, "2001:db8::%d" % number)
    state = "stopped" if letter == "f" else "started"
    name = "web-%s" % letter
    return VirtualMachine("vm_%s" % letter, name, "org_acme", "loc_london", state=state, addresses=addresses)
