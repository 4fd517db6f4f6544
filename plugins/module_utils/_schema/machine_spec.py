# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML document from which Katapult builds a virtual machine.

Source: Katapult's documentation of virtual machine specifications, and recorded requests. The order of the elements is that of
the official clients.
"""

from __future__ import annotations

import typing as t

# Only created, never parsed, so that malicious XML is not a concern.
from xml.etree import ElementTree

from .machine_types import ALL
from .network_types import one_notation

Values = t.Mapping[str, t.Any]
_VERSIONS = {"ipv4": "4", "ipv6": "6"}


def machine_spec(values: Values) -> str:
    """The document for the values of a task.

    :param values: the fields of a virtual machine that the task sets, with IDs instead of the names of groups.
    """
    root = ElementTree.Element("VirtualMachineSpec")
    for tag, name in (("Zone", "zone"), ("DataCenter", "data_center")):
        if values.get(name):
            _ref(root, tag, values[name])
            break
    _ref(_add(root, "Resources"), "Package", values["package"])
    template = _add(root, "DiskTemplate")
    _ref(template, "DiskTemplate", values["disk_template"])
    # Some disk templates require the agent of Katapult.
    for key, value in {"install_agent": True, **(values.get("disk_template_options") or {})}.items():
        _add(template, "Option", _text(value), key=key)
    if values.get("system_disk_size_in_gb"):
        disk = _add(_add(root, "SystemDisks"), "Disk")
        _add(disk, "Name", "System Disk")
        _add(disk, "Size", str(values["system_disk_size_in_gb"]))
    interfaces = _add(root, "NetworkInterfaces")
    for interface in values.get("network_interfaces") or ():
        _interface(_add(interfaces, "NetworkInterface"), interface)
    _add(_add(root, "Hostname"), "Hostname", values["hostname"].lower())
    for tag, name in (("Name", "name"), ("Description", "description")):
        if values.get(name):
            _add(root, tag, values[name])
    if values.get("group"):
        _add(root, "Group", values["group"]["id"])
    _authorized_keys(root, values.get("authorized_keys") or {})
    if values.get("tag_names"):
        tags = _add(root, "Tags")
        for name in dict.fromkeys(values["tag_names"]):
            _add(tags, "Tag", name)
    # A parser of XML would read a carriage return as a line feed, unless it is written as its number.
    document = ElementTree.tostring(root, encoding="unicode").replace("\r", "&#13;")
    return '<?xml version="1.0" encoding="UTF-8"?>\n%s' % document


def _interface(parent: ElementTree.Element, interface: Values) -> None:
    for tag, name in (("Network", "network"), ("VirtualNetwork", "virtual_network"), ("SpeedProfile", "speed_profile")):
        if interface.get(name):
            _ref(parent, tag, interface[name])
    for address in interface.get("ip_addresses") or ():
        known = {name: one_notation(of) if name == "address" else of for name, of in address.items() if of}
        _ref(_add(parent, "IPAddressAllocation", type="existing"), "IPAddress", known, "address")
    for version in interface.get("new_ip_addresses") or ():
        _add(_add(parent, "IPAddressAllocation", type="new"), "Version", _VERSIONS[version])


def _authorized_keys(root: ElementTree.Element, keys: Values) -> None:
    lists = (("Users", "User", keys.get("users")), ("SSHKeys", "SSHKey", keys.get("ssh_keys")))
    given = [(whole, tag, ids) for whole, tag, ids in lists if ids]
    parent = _add(root, "AuthorizedKeys") if given else root
    for whole, tag, ids in given:
        if ALL in ids:
            _add(parent, whole, all="yes")
            continue
        element = _add(parent, whole)
        for one in dict.fromkeys(ids):
            _add(element, tag, one)


def _ref(parent: ElementTree.Element, tag: str, ref: Values, other: str = "permalink") -> None:
    """An object by its ID, which needs no attribute, or by another key."""
    if ref.get("id"):
        _add(parent, tag, ref["id"])
    else:
        _add(parent, tag, ref[other], by=other)


def _text(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = text
    return element
