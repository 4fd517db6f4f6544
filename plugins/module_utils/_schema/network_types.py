# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of fields that contain addresses and ports. See :mod:`types`."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from .types import DOMAIN_NAME, FREE_STRING, ID_SET, STRING, FieldType, not_an_id, validate_characters, validate_string

_LONGEST_LABEL = 63  # characters between two dots of a name in the DNS
_LONGEST_NAME = 253  # characters
_LARGEST_PORT = 65535
_EVERYTHING = ("all:ipv4", "all:ipv6")


def _parsed(value: str) -> str | None:
    """An address or a network in one notation: with a prefix length, without host bits. None if it is neither.

    Other notations, such as with a netmask, are not accepted: it is unknown how the API reads them. Neither is an address with the
    prefix length 0, which would be all addresses.
    """
    if not re.fullmatch(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", value):
        return None
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    return None if network.prefixlen == 0 and value != str(network) else str(network)


def _network(value: str) -> str:
    """The same, but any other text is returned as it is."""
    return _parsed(value) or value


def _validate_network(value: str) -> str | None:
    fault = validate_string(value)
    if fault:
        return fault
    if _parsed(value) is None:
        return 'is "%s", which is neither an IP address nor a network such as 192.0.2.0/24' % value
    return None


def _validate_address(value: str) -> str | None:
    fault = validate_string(value)
    if fault is None and (_parsed(value) is None or "/" in value):
        fault = 'is "%s", which is not an IP address such as 192.0.2.1 or 2001:db8::1, without a prefix length' % value
    return fault


# An address, or a network with its prefix length; an address is a network with one address.
NETWORK = STRING._replace(
    matches=lambda wanted, found: found is not None and _network(wanted) == _network(found),
    key=lambda value: value and _network(value),
    validate=_validate_network,
)


def one_notation(value: str) -> str:
    """An address in the notation of the API, which is the shortest one; any other text is returned as it is."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        return value


# An address; its notations are equivalent.
ADDRESS = NETWORK._replace(validate=_validate_address, key=lambda value: value and one_notation(value))


def _validate_dns_name(value: str) -> str | None:
    if validate_string(value):
        return validate_string(value)
    labels = value.split(".")
    sound = all(re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", label) for label in labels)
    if sound and len(value) <= _LONGEST_NAME and max(map(len, labels)) <= _LONGEST_LABEL:
        return None
    said = (
        'is "%s", but must consist of letters, digits and hyphens, begin and end with a letter or a digit, and have up to %d'
        " characters, or consist of several such parts with dots in between"
    )
    return said % (value, _LONGEST_LABEL)


# A name in the DNS, or its first parts
DNS_NAME = DOMAIN_NAME._replace(validate=_validate_dns_name)


def _targets(values: t.Iterable[str]) -> set[str]:
    return {_network(value) for value in values}


def _validate_targets(values: list[str], prefixes: t.Sequence[str]) -> str | None:
    others = [one for one in values if one not in _EVERYTHING and _parsed(one) is None]
    odd = [one for one in others if not_an_id(one, prefixes)]
    if not odd:
        return None
    fault = not_an_id(odd[0], prefixes)
    more = " It is no IP address, no network such as 192.0.2.0/24, and none of %s either" % ", ".join(_EVERYTHING)
    return 'contains "%s", which %s%s' % (odd[0], fault, "" if odd[0].startswith(tuple(prefixes)) else ".%s" % more)


def targets(*prefixes: str) -> FieldType:
    """Addresses, networks, all of an address family, and resources by their IDs, in any order.

    :param prefixes: how the IDs begin.
    """
    return ID_SET._replace(
        matches=lambda wanted, found: _targets(wanted) == _targets(found),
        validate=lambda values: _validate_targets(values, prefixes),
    )


def _ports(value: str | None) -> list[str]:
    """The ports and ranges in a text, without white space around commas and dashes, and without leading zeros."""
    parts = (re.sub(r"[ \t]*-[ \t]*", "-", part.strip(" \t")) for part in value.split(",")) if value else ()
    return [re.sub(r"\b0+(?=\d)", "", part) for part in parts]


def _validate_ports(value: str) -> str | None:
    if validate_characters(value):
        return validate_characters(value)
    for part in _ports(value):
        low, _dash, high = part.partition("-")
        if (
            not re.fullmatch(r"[0-9]{1,5}(-[0-9]{1,5})?", part)
            or not 1 <= int(low) <= int(high or low) <= _LARGEST_PORT
        ):
            return 'is "%s", but must be ports and ranges from 1 to %d, such as "80", "80,443" or "2000-3000"' % (
                value,
                _LARGEST_PORT,
            )
    return None


# Ports and ranges, separated by commas, in any order. The API returns null for an empty text: all ports.
PORTS = STRING._replace(
    matches=lambda wanted, found: sorted(set(_ports(wanted))) == sorted(set(_ports(found))),
    merge=lambda wanted, found: ",".join(_ports(wanted)) or None,
    serialize=lambda wanted, found, after: ",".join(_ports(wanted)),
    validate=_validate_ports,
)
# A text that the API returns as null, or as an empty text, if there is none
OPTIONAL_TEXT = FREE_STRING._replace(
    parse=lambda value: (value or None) if isinstance(value, str) else None,
    matches=lambda wanted, found: (wanted or None) == (found or None),
    merge=lambda wanted, found: wanted or None,
)
# The same, if it must not be hard to read; after in a request: an empty text, if there is none afterwards
LABEL = OPTIONAL_TEXT._replace(
    serialize=lambda wanted, found, after: after or "", validate=lambda value: validate_string(value) if value else None
)
