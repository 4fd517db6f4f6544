# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines as hosts of an inventory: host names, addresses and variables."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from collections import Counter
from collections.abc import Collection

from ansible import constants as C
from ansible.inventory.manager import split_host_pattern

from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import validate_string

Values = dict[str, t.Any]

_LONGEST_ID = 200  # characters of an ID that become a part of a name

# Names with a meaning in Ansible, and characters that make a name a pattern for several hosts or for none
_RESERVED_GROUPS = ("all", "ungrouped")
_LOCAL_NAMES = {*C.LOCALHOST, "localhost4", "localhost6", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}
_PATTERN = re.compile(r"^[!&~@]|[*?\[\]]")

HOST_NAMES = ("fqdn", "name", "hostname", "address")
CONNECT_WITH = ("public_ipv4", "public_ipv6", "private_ipv4", "fqdn", "name", "none")

# Addresses that other hosts cannot reach. Networks for documentation are not listed, because Python treats them as private.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_UNREACHABLE = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8")


def _networks(*texts: str) -> list[t.Any]:
    return [ipaddress.ip_network(text) for text in texts]


_PRIVATE_NETWORKS = _networks(*_PRIVATE)
_UNREACHABLE_NETWORKS = _networks(*_UNREACHABLE)


def host_names(
    machines: list[Values], preferences: list[str], groups: Collection[str] = ()
) -> tuple[dict[str, str], list[str]]:
    """The host name of each machine, by its ID, and the warnings.

    Names are unique: a name that several machines have is used for none of them. A name with a meaning in Ansible is not used.

    :param preferences: the sources of the names, see :data:`HOST_NAMES`.
    :param groups: the names of all groups of the inventory.
    """
    names: dict[str, str] = {}
    refused: dict[str, str] = {}  # the first name of a machine that could not be used
    for preference in preferences:
        waiting = {machine["id"]: _name_of(machine, preference) for machine in machines if machine["id"] not in names}
        wanted = Counter(waiting.values())
        taken = set(names.values())
        for identifier, name in waiting.items():
            if name is None:
                continue
            if _fault(name, groups) is None and wanted[name] == 1 and name not in taken:
                names[identifier] = name
            else:
                refused.setdefault(identifier, name)
    taken = {*names.values(), *groups}
    for machine in machines:
        if machine["id"] not in names:
            name = _with_id(machine["id"], refused.get(machine["id"]), taken)
            names[machine["id"]] = name
            taken.add(name)
            if name != machine["id"]:  # also warn if an ID had to be changed for the name
                refused.setdefault(machine["id"], machine["id"])
    return names, _warnings(names, refused, groups)


def _name_of(machine: Values, preference: str) -> str | None:
    if preference == "address":
        return next(iter(_addresses(machine)), None)
    return machine.get(preference) or None


def _fault(name: str, groups: Collection[str] = ()) -> str | None:
    """Why a name cannot be a host name, as the end of a sentence; None if it can."""
    # ssh treats a host that begins with a dash as an option.
    if validate_string(name) is not None or name.startswith("-"):
        return "is not a valid host name"
    if name in _RESERVED_GROUPS or name in groups:
        return "is the name of a group, whose hosts would get its variables"
    is_loopback = (_address_class(name) or "").startswith("local")
    if name.lower() in _LOCAL_NAMES or name.lower().endswith(".localhost") or is_loopback:
        return "is a name of the controller, whose tasks and secrets would be sent to the virtual machine"
    if split_host_pattern(name) != [name] or _PATTERN.search(name):
        return "cannot be selected by a host pattern"
    return None


def _is_usable(name: str) -> bool:
    return _fault(name) is None


def _with_id(identifier: str, name: str | None, taken: set[str]) -> str:
    """A unique name for a machine that has no usable name: based on its ID, with a number if necessary."""
    safe = re.sub("[^A-Za-z0-9_.-]", "_", identifier[:_LONGEST_ID]).lstrip("-") or "machine"
    joined = "%s_%s" % (name, safe)
    if name is not None and _is_usable(name) and joined not in taken:
        return joined
    return next(free for free in (safe, *("%s_%d" % (safe, n) for n in range(2, len(taken) + 3))) if free not in taken)


def _warnings(names: dict[str, str], refused: dict[str, str], groups: Collection[str]) -> list[str]:
    found = []
    for name in dict.fromkeys(refused.values()):
        those = [identifier for identifier, other in refused.items() if other == name]
        instead = ", ".join("%s is the host %s" % (identifier, names[identifier]) for identifier in those)
        reason = _fault(name, groups) or "is not a unique host name"
        found.append('"%s" %s: %s.' % (name, reason, instead))
    return found


def host_variables(machine: Values, connect_with: str) -> Values:
    """The host variables of a machine, as far as they are known.

    :param connect_with: the source of C(ansible_host), see :data:`CONNECT_WITH`.
    """
    zone = machine.get("zone") or {}
    found: Values = {
        "katapult_id": machine["id"],
        "katapult_name": machine.get("name"),
        "katapult_hostname": machine.get("hostname"),
        "katapult_fqdn": machine.get("fqdn"),
        "katapult_zone": zone.get("permalink"),
        "katapult_data_center": (zone.get("data_center") or {}).get("permalink"),
        "katapult_package": (machine.get("package") or {}).get("name"),
        "katapult_addresses": _addresses(machine),
    }
    if "state" in machine:
        found["katapult_state"] = machine["state"]
    if "group" in machine:
        found["katapult_group"] = (machine["group"] or {}).get("name")
    if "tags" in machine:
        found["katapult_tags"] = [tag["name"] for tag in machine["tags"]]
    if "annotations" in machine:
        found["katapult_annotations"] = {pair["key"]: pair["value"] for pair in machine["annotations"] or []}
    address = _ansible_host(machine, connect_with)
    return {"ansible_host": address, **found} if address else found


def _ansible_host(machine: Values, connect_with: str) -> str | None:
    if connect_with in ("fqdn", "name"):
        name = machine.get(connect_with)
        return name if name and _is_usable(name) else None
    return next((address for address in _addresses(machine) if _address_class(address) == connect_with), None)


def _addresses(machine: Values) -> list[str]:
    """The valid IP addresses of a machine."""
    texts = [one.get("address") for one in machine.get("ip_addresses") or []]
    return [text for text in texts if text and _address_class(text)]


def _address_class(text: str) -> str | None:
    """The version of an IP address, and whether it is private or public; None for other strings."""
    if "%" in text:  # a scope of this machine, which can be any string
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if _is_in(address, _UNREACHABLE_NETWORKS):
        return "local_ipv%d" % address.version
    return "%s_ipv%d" % ("private" if _is_in(address, _PRIVATE_NETWORKS) else "public", address.version)


def _is_in(address: t.Any, networks: list[t.Any]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def without_address(machines: list[Values], connect_with: str) -> list[str]:
    """The IDs of the machines that have no address of this type."""
    if connect_with == "none":
        return []
    return [machine["id"] for machine in machines if _ansible_host(machine, connect_with) is None]
