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
from .kinds.data_center import DataCenter, zone_of
from .kinds.disk_template import DiskTemplate, OperatingSystem
from .kinds.ip_address import IPAddress, add_addresses_of
from .kinds.network import Network, NetworkSpeedProfile, VirtualNetwork
from .kinds.organization import Organization
from .kinds.security_group import Rule, SecurityGroup
from .kinds.trash_object import TrashObject
from .kinds.virtual_machine import VirtualMachine
from .kinds.virtual_machine_network_interface import add_interfaces_of
from .kinds.virtual_machine_package import VirtualMachinePackage
from .world import Assumptions, Token, World

# The public packages, as recorded: the series, and for each size the memory in GB, the CPU cores and the disk in GB
_SIZES = (
    *(("rock", memory, cores, disk) for memory, cores, disk in ((1, 1, 10), (3, 1, 25), (6, 2, 50), (12, 4, 100))),
    *(("rock", memory, memory // 3, memory * 25 // 3) for memory in (18, 24, 36, 48, 72, 96, 144, 192, 288)),
    *(("boulder", memory, memory // 10, memory * 5 // 4) for memory in (20, 40, 80, 160, 320, 640, 960)),
)
# The universal disk templates, as recorded: for each operating system, the versions, the last parts of their permalinks, and the numbers
# of their latest versions
_SYSTEMS = {
    "AlmaLinux": (("8", "almalinux8", 11), ("9", "almalinux9", 2)),
    "CentOS": (("7.7", "centos-7-7", 4), ("7.9", "centos-7-9", 2), ("8.4", "centos-84", 1)),
    "Debian": (("10.2", "debian-10", 2), ("11", "debian-11", 1), ("9.11", "debian-9", 1)),
    "Fedora": (("32", "fedora-32", 3),),
    "Ubuntu": (("18.04", "ubuntu-18-04", 1), ("20.04", "ubuntu-20-04", 7), ("22.04", "ubuntu-22-04", 1)),
}


def world(assumptions: Assumptions | None = None) -> World:
    made = World(_objects(), _tokens(), assumptions or Assumptions())
    add_addresses_of(made, made.virtual_machines.values())
    add_interfaces_of(made, made.virtual_machines.values())
    return made


def _tokens() -> dict[str, Token]:
    reading = {scope for kind in KINDS for scope in kind.scopes("GET") if scope.endswith(":read")}
    return {
        "simulator-token": Token(),
        "read-only-token": Token(scopes=tuple(reading)),
        "balancers-token": Token(scopes=("load_balancers",)),
        "machines-token": Token(scopes=("virtual_machines",)),
        "powerless-token": Token(may_write=False),
        "acme-token": Token(organizations=("org_acme",)),
        "elsewhere-token": Token(refusal="unauthorized_network_for_api_token"),
        "capabilities-token": Token(refusal="invalid_capabilities_token"),
    }


def _objects() -> dict[str, dict[str, t.Any]]:
    centers = (
        DataCenter("loc_london", "London", "uk-lon-01"),
        DataCenter("dc_amsterdam", "Amsterdam", "nl-ams-01", "NL"),
        DataCenter("loc_newyork", "New York", "us-nyc-01", "US"),
        DataCenter("dc_phoenix", "Phoenix", "us-azp-01", "US"),
    )
    samples: dict[str, tuple[t.Any, ...]] = {
        "organizations": (
            Organization("org_acme", "Acme", "acme"),
            Organization("org_globex", "Globex", "globex"),
            Organization("org_suspended", "Suspended", "suspended", suspended=True),
            Organization("org_asleep", "Asleep", "asleep", activated=False),
            Organization("org_full", "Full", "full", restricted=("The limit of load balancers has been reached",)),
        ),
        "data_centers": centers,
        "zones": tuple(map(zone_of, centers)),
        "virtual_machines": (
            *(_web_machine(number, letter) for number, letter in enumerate("abcdef", 10)),
            VirtualMachine("vm_trashed", "trashed", "org_acme", "loc_london", trashed=True),
            VirtualMachine("vm_other", "other", "org_globex", "loc_london"),
            # Names need not be unique.
            VirtualMachine("vm_twin_1", "Twin", "org_globex", "dc_amsterdam", addresses=()),
            VirtualMachine("vm_twin_2", "Twin", "org_globex", "loc_newyork", addresses=()),
        ),
        "trash_objects": (TrashObject("trsh_vm_trashed", "org_acme", "vm_trashed"),),
        "virtual_machine_packages": (
            *(_package(*size) for size in _SIZES),
            # One of an organization was never recorded.
            VirtualMachinePackage("vmpkg_reserved", "reserved", 8, 32, 200, organization="org_acme"),
        ),
        "operating_systems": tuple(OperatingSystem("os_%s" % name.lower(), name) for name in _SYSTEMS),
        "disk_templates": (
            *(_template(name, *version) for name, versions in _SYSTEMS.items() for version in versions),
            DiskTemplate("dtpl_golden", "Golden", "templates/acme-golden", "os_debian", "org_acme"),
        ),
        # Their permalinks are not derived from those of their data centers.
        "networks": (
            Network("netw_loc_london", "loc_london", "uk-lon-01-public"),
            Network("netw_dc_amsterdam", "dc_amsterdam", "eu-ams-01", "Public Network - AMS"),
            Network("netw_loc_newyork", "loc_newyork", "us-nyc-01", "Public Network - NYC"),
            Network("netw_dc_phoenix", "dc_phoenix", "us-azp-01", "Public Network - AZP"),
        ),
        "virtual_networks": (VirtualNetwork("vnet_backbone", "org_acme", "loc_london", "Backbone"),),
        "network_speed_profiles": (
            NetworkSpeedProfile("nsp_500mbps", "500Mbps", "500mbps", 500, 500),
            NetworkSpeedProfile("nsp_1gbps", "1Gbps", "1gbps", 1000),
            NetworkSpeedProfile("nsp_10gbps", "10Gbps", "10gbps", 10000),
            NetworkSpeedProfile("nsp_unrestricted", "Unrestricted", "unrestricted"),
        ),
        "ip_addresses": (
            IPAddress("ip_192_0_2_10", "org_acme", "192.0.2.10", "netw_loc_london"),
            IPAddress("ip_192_0_2_11", "org_acme", "192.0.2.11", "netw_loc_london", vip=True, label="web"),
            IPAddress("ip_2001_db8_3__10", "org_acme", "2001:db8:3::10", "netw_loc_london"),
            IPAddress("ip_192_0_2_20", "org_globex", "192.0.2.20", "netw_dc_amsterdam"),
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


def _package(series: str, memory: int, cores: int, disk: int) -> VirtualMachinePackage:
    return VirtualMachinePackage("vmpkg_%s%d" % (series, memory), "%s-%d" % (series, memory), cores, memory, disk)


def _template(system: str, version: str, permalink: str, number: int) -> DiskTemplate:
    identifier = "dtpl_%s" % permalink.replace("-", "")
    owner = "os_%s" % system.lower()
    return DiskTemplate(identifier, "%s %s" % (system, version), "templates/%s" % permalink, owner, version=number)


def _web_machine(number: int, letter: str) -> VirtualMachine:
    """A virtual machine of Acme. Its addresses are reserved for documentation."""
    addresses = ("198.51.100.%d" % number, "2001:db8::%d" % number)
    state = "stopped" if letter == "f" else "started"
    name = "web-%s" % letter
    return VirtualMachine("vm_%s" % letter, name, "org_acme", "loc_london", state=state, addresses=addresses)
