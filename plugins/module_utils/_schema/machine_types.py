# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of the fields of a virtual machine. See :mod:`types`."""

from __future__ import annotations

import re
import typing as t

from .network_types import ADDRESS, DNS_NAME
from .types import (
    FREE_STRING,
    NAMES,
    STRING,
    FieldType,
    Item,
    Value,
    object_ref,
    ref_spec,
    validate_characters,
    validate_ref,
    validate_string,
    without_none,
)

ALL = "all"  # in a list of IDs
IP_VERSIONS = ("ipv4", "ipv6")


# The API stores host names in lower case.
HOSTNAME = DNS_NAME._replace(
    merge=lambda wanted, found: wanted.lower(),
    serialize=lambda wanted, found, after: wanted.lower(),
    diff_value=lambda value: value and value.lower(),
)


def validate_text(value: str) -> str | None:
    """The fault in a text of several lines, which must be valid in XML."""
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", value):
        return "contains a control character"
    return validate_characters(value)


def _validate_description(value: str) -> str | None:
    return "consists of white space" if value and not value.strip() else validate_text(value)


# A text of several lines, which the API returns as null if there is none
DESCRIPTION = FREE_STRING._replace(
    matches=lambda wanted, found: (wanted or None) == (found or None),
    merge=lambda wanted, found: wanted or None,
    validate=_validate_description,
)


def validate_name(value: str) -> str | None:
    """The fault in a text of one line, which must be valid in XML."""
    return validate_string(value) or validate_text(value)


XML_NAME = STRING._replace(validate=validate_name)
TAG_NAMES = NAMES._replace(
    validate=lambda names: next(
        ('contains "%s", which %s' % (one, validate_name(one)) for one in names if validate_name(one)), None
    )
)


def described_ref(*members: str) -> FieldType:
    """Another object that a task identifies by ID or permalink, of which a result contains some members.

    The desired value may contain more members, if the object was read.
    """
    plain = object_ref(*members, named_by="permalink")

    def given(wanted: Item) -> Item:
        known = without_none(wanted)
        return {name: known[name] for name in ("id", "permalink") if name in known}

    def serialize(wanted: Item, found: Value = None, after: Value = None) -> Item:
        return dict(list(given(wanted).items())[:1])

    def matches(wanted: Item, found: Item) -> bool:
        # A member that a response omits is not a difference, but there may be no object at all.
        return any(of is not None for of in found.values()) and plain.matches(given(wanted), found)

    return plain._replace(
        matches=matches,
        merge=lambda wanted, found: {name: wanted.get(name) for name in members},
        serialize=serialize,
        diff_value=lambda value: {name: of for name, of in given(value).items() if name == "permalink"} or given(value),
        validate=lambda wanted: validate_ref({name: wanted.get(name) for name in ("id", "permalink")}),
    )


_CENTER = object_ref("id", "name", "permalink")


def _zone_of(value: Value) -> Item | None:
    """A zone with its data center."""
    if not isinstance(value, dict):
        return None
    texts = {name: value.get(name) for name in ("id", "name", "permalink")}
    known = {name: of if isinstance(of, str) else None for name, of in texts.items()}
    return {**known, "data_center": _CENTER.parse(value.get("data_center"))}


# The zone of a machine, which a task can set only when it builds one: another value is not compared.
ZONE_OF_MACHINE = FieldType(
    parse=_zone_of,
    spec=ref_spec("permalink"),
    matches=lambda wanted, found: True,
    merge=lambda wanted, found: found or _zone_of(wanted),
    diff_value=lambda zone: (zone and {name: zone[name] for name in ("permalink", "id") if zone.get(name)}) or None,
    validate=lambda wanted: validate_ref({name: wanted.get(name) for name in ("id", "permalink")}),
)


def _parse_group(value: Value) -> Item | None:
    if not isinstance(value, dict):
        return None
    return {name: value.get(name) if isinstance(value.get(name), str) else None for name in ("id", "name")}


def _convert_group(wanted: Item, convert: t.Callable[[str], str]) -> Item:
    if not wanted:
        return {}
    return {**without_none(wanted), "id": convert(wanted.get("id") or wanted.get("name") or "")}


def _given_group(wanted: Item) -> Item:
    return {name: wanted[name] for name in ("id", "name") if wanted.get(name) is not None}


def _matches_group(wanted: Item, found: Item | None) -> bool:
    if not wanted or found is None:
        return not wanted and found is None
    return all(found[name] == of for name, of in _given_group(wanted).items())


def _validate_group(wanted: Item) -> str | None:
    name = wanted.get("name")
    if name and name.startswith("vmgrp_"):
        return 'contains the name "%s", which begins like an ID: use a group with an ID or such a name by id' % name
    return "contains name, which is empty" if name == "" else None


# A group that a task identifies by ID or name. The desired value is empty for no group.
GROUP = FieldType(
    parse=_parse_group,
    spec=ref_spec("name"),
    matches=_matches_group,
    merge=lambda wanted, found: {"id": wanted.get("id") or None, "name": wanted.get("name")} if wanted else None,
    serialize=lambda wanted, found, after: {"id": wanted["id"]} if wanted else None,
    diff_value=lambda value: value and value["id"],
    validate=_validate_group,
    convert_ids=_convert_group,
)


def _validate_options(options: Item) -> str | None:
    for key, value in options.items():
        if not isinstance(key, str) or validate_name(key):
            return "has a name that %s" % (validate_name(str(key)) or "is no text")
        if not isinstance(value, (bool, int, float, str)):
            return "has a value for %s that is neither a text, a number nor a boolean" % key
        if isinstance(value, str) and validate_text(value):
            return "has a value for %s that %s" % (key, validate_text(value))
    return None


# The options of a disk template, by name. The values may be secret.
DISK_TEMPLATE_OPTIONS = FieldType(spec={"type": "dict"}, validate=_validate_options)


def _validate_interfaces(interfaces: list[Item]) -> str | None:
    if not interfaces:
        return "is empty: omit it for one interface on the default network of the data center"
    for interface in interfaces:
        refs = [interface.get(name) for name in ("network", "virtual_network", "speed_profile")]
        for ref in (*filter(None, refs), *(interface.get("ip_addresses") or ())):
            if validate_ref(ref):
                return "contains an object that %s" % validate_ref(ref)
            if ref.get("address") and ADDRESS.validate(ref["address"]):
                return "contains an address that %s" % ADDRESS.validate(ref["address"])
    return None


def _interface_view(interface: Item) -> Item:
    """An interface in a diff, without members that the task omits."""
    given = {name: of for name, of in interface.items() if of is not None}
    addresses = {"ip_addresses": [without_none(one) for one in given.get("ip_addresses", ())]}
    return {
        name: without_none(of) if isinstance(of, dict) else of
        for name, of in {**given, **(addresses if "ip_addresses" in given else {})}.items()
    }


NETWORK_INTERFACES = FieldType(
    spec={
        "type": "list",
        "elements": "dict",
        "options": {
            "network": ref_spec("permalink"),
            "virtual_network": ref_spec(None),
            "speed_profile": ref_spec("permalink"),
            "ip_addresses": {"elements": "dict", **ref_spec("address"), "type": "list"},
            "new_ip_addresses": {"type": "list", "elements": "str", "choices": list(IP_VERSIONS)},
        },
        "mutually_exclusive": [["network", "virtual_network"]],
        "required_one_of": [["network", "virtual_network"]],
    },
    diff_value=lambda interfaces: [_interface_view(one) for one in interfaces],
    validate=_validate_interfaces,
)


def _validate_keys(keys: Item) -> str | None:
    for name, ids in keys.items():
        for one in ids or ():
            if validate_string(one):
                return "contains a member of %s that %s" % (name, validate_string(one))
        if ids and ALL in ids and len(ids) > 1:
            return 'contains "%s" besides others in %s' % (ALL, name)
    return None


_IDS = {"type": "list", "elements": "str"}
# Ansible treats any option with "key" in its name as a secret unless no_log is set.
AUTHORIZED_KEYS = FieldType(
    spec={"type": "dict", "options": {"users": _IDS, "ssh_keys": {**_IDS, "no_log": False}}, "no_log": False},
    diff_value=without_none,
    validate=_validate_keys,
)
