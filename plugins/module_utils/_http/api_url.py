# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which API addresses the token may be sent to."""

from __future__ import annotations

import ipaddress
import re
import socket

from .._errors import invalid_options

DEFAULT_API_URL = "https://api.katapult.io/core/v1"

# Characters that have the same meaning in every URL parser. Parsers interpret other characters (spaces, backslashes, a user
# name before an @) differently, which could send the token to another host than the one that is checked here.
_PLAIN_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::(?P<port>[0-9]{1,5}))?(/[\w.~/-]*)?", re.ASCII
)


def validate_api_url(url: str) -> str:
    """The base URL of the API without a trailing slash, after validation that the token may be sent to it.

    :raises TaskRefused: not a URL, or plain HTTP to another machine.
    """
    shown = _without_passwords(url)
    scheme, separator, rest = url.partition("://")
    url = scheme.lower() + separator + rest  # a scheme is case-insensitive
    match = _PLAIN_URL.fullmatch(url)
    if not match:
        raise invalid_options(
            'api_url is "%s", which is not an address of the form https://host/path: it needs a scheme and a host, and'
            " must not contain a user name, a query or a fragment; the default is %s" % (shown, DEFAULT_API_URL)
        )
    if match["port"] and not 0 < int(match["port"]) < 65536:
        raise invalid_options('api_url is "%s", whose port is not between 1 and 65535' % url)
    if match["scheme"] == "http" and not is_loopback(match["host"].strip("[]")):
        raise invalid_options(
            'api_url is "%s": over plain http, others on the network could read the API token, so it is only allowed for'
            " the local machine (a loopback address); use https" % url
        )
    return url.rstrip("/")


def _without_passwords(url: str) -> str:
    """A URL for a message, without parts that may contain a password: user name, query, fragment."""
    _user, at, rest = url.rpartition("@")
    host = re.split("[?#]", rest, maxsplit=1)[0]
    return "%s%s%s" % ("***@" if at else "", host, "?***" if host != rest else "")


def is_loopback(host: str) -> bool:
    """Whether all addresses of a host are loopback addresses. Names are resolved, because their spelling proves nothing."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_loopback for entry in found)
