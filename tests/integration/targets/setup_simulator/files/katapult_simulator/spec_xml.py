# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML document that describes a new virtual machine: which elements it may have, and where.

How strictly the API checks it is unknown. Here, everything that is not described is an error.
"""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from .refusals import Refusal

ROOT = "VirtualMachineSpec"


@dataclass(frozen=True)
class Node:
    """An element: its attributes with their values, and its children. Without children, it contains text.

    :param attributes: an attribute without values may have any.
    :param many: whether there may be several.
    :param empty: whether it need not contain anything.
    """

    attributes: t.Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    children: t.Mapping[str, Node] = field(default_factory=dict)
    many: bool = False
    empty: bool = False


def _by(*values: str, many: bool = False) -> Node:
    """An element that identifies something, by its ID unless it has the attribute."""
    return Node({"by": values}, many=many)


def _parent(many: bool = False, empty: bool = False, **children: Node) -> Node:
    return Node(children=children, many=many, empty=empty)


_TEXT = Node()
_ALL = {"all": ("yes", "no")}
_BACKUP_POLICIES = _parent(BackupPolicy=Node(many=True))
_ADDRESS_ALLOCATION = Node(
    {"type": ("existing", "new")}, {"IPAddress": _by("address"), "Version": _TEXT, "Subnet": _TEXT}, many=True
)
_DISK = _parent(
    many=True,
    Name=_TEXT,
    Size=_TEXT,
    Speed=_TEXT,
    IOProfile=_by("permalink"),
    FileSystemType=_TEXT,
    BackupPolicies=_BACKUP_POLICIES,
)
_INTERFACE = _parent(
    many=True,
    Network=_by("permalink"),
    VirtualNetwork=_TEXT,
    SpeedProfile=_by("permalink"),
    IPAddressAllocation=_ADDRESS_ALLOCATION,
)
_SPEC = _parent(
    DataCenter=_by("permalink", "name"),
    Zone=_by("permalink"),
    Resources=_parent(Package=_by("permalink"), Memory=_TEXT, CPUCores=_TEXT),
    DiskTemplate=_parent(
        DiskTemplate=_by("permalink"), Version=_by("number"), Option=Node({"key": ()}, many=True, empty=True)
    ),
    SystemDisks=_parent(empty=True, Disk=_DISK),
    SharedDisks=_parent(empty=True, Disk=_by("name", many=True)),
    NetworkInterfaces=_parent(empty=True, NetworkInterface=_INTERFACE),
    Hostname=_parent(Hostname=Node({"type": ("random",)}, empty=True)),
    Name=_TEXT,
    Description=_TEXT,
    Group=_by("name"),
    AuthorizedKeys=Node(
        {"continuous_management": ("yes", "no")},
        {
            "Users": Node(_ALL, {"User": _by("email_address", many=True)}, empty=True),
            "SSHKeys": Node(_ALL, {"SSHKey": Node(many=True)}, empty=True),
        },
        empty=True,
    ),
    BackupPolicies=_BACKUP_POLICIES,
    ISO=_by("name"),
    Tags=_parent(empty=True, Tag=Node(many=True)),
)
_REQUIRED = ("Resources", "DiskTemplate/DiskTemplate")


def read(document: str) -> ET.Element:
    """The root element of a valid document."""
    try:
        root = ET.fromstring(document)
    except (ET.ParseError, ValueError) as error:
        raise invalid("The document cannot be parsed: %s" % error) from None
    if root.tag != ROOT:
        raise invalid("The root element is %s instead of %s" % (root.tag, ROOT))
    errors = list(_errors(root, _SPEC))
    errors += ["%s is required" % path for path in _REQUIRED if root.find(path) is None]
    if (root.find("DataCenter") is None) == (root.find("Zone") is None):
        errors.append("One of DataCenter and Zone is required")
    if errors:
        raise invalid("; ".join(errors))
    return root


def invalid(errors: str) -> Refusal:
    """The response to an invalid document. Unlike those of other errors, its errors are a text."""
    return Refusal("invalid_spec_xml", errors=errors)


def _errors(element: ET.Element, node: Node) -> t.Iterator[str]:
    name = element.tag
    for key, value in element.attrib.items():
        if key not in node.attributes:
            yield "%s has the unknown attribute %s" % (name, key)
        elif node.attributes[key] and value not in node.attributes[key]:
            yield "%s has the unknown %s %s" % (name, key, value)
    seen = set()
    for child in element:
        if child.tag not in node.children:
            yield "%s contains the unknown element %s" % (name, child.tag)
            continue
        if child.tag in seen and not node.children[child.tag].many:
            yield "%s contains %s more than once" % (name, child.tag)
        seen.add(child.tag)
        yield from _errors(child, node.children[child.tag])
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    if node.children and text.strip():
        yield "%s contains text" % name
    if not node.empty and not len(element) and not text.strip():
        yield "%s is empty" % name


def _indent(element: ET.Element, before: str) -> None:
    """Put each element on a line of its own, like a function of Python 3.9.

    :param before: what is before the end of the element.
    """
    for child in element:
        _indent(child, before + "  ")
        child.tail = before + "  "
    if len(element):
        element.text = before + "  "
        element[-1].tail = before


def written(root: ET.Element) -> str:
    """A document as the API returns it."""
    _indent(root, "\n")
    return '<?xml version="1.0"?>\n%s\n' % ET.tostring(root, "unicode").replace(" />", "/>")
