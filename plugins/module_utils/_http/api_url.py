# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which API addresses the token may be sent to."""

from __future__ import annotations

import ipaddress
import re
import socket

from .._errors import invalid_options

DEFAULT_API_URL = "https://api.katapult.io/core/v1"

# Letters that mean the same to every URL parser. Anything else (spaces, backslashes, a user name before an @) is read
# differently by different parsers, and so could send the token elsewhere than to the host that is checked here.
_PLAIN_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::(?P<port>[0-9]{1,5}))?(/[\w.~/-]*)?", re.ASCII
)


def validate_api_url(url: str) -> str:
    """The API's base address without a trailing slash, once it is certain that the token may be sent there.

    :raises TaskRefused: not an address, or plain http to anything but this machine.
    """
    shown = _without_passwords(url)
    match = _PLAIN_URL.fullmatch(url)
    if not match:
        raise invalid_options(
            'api_url is "%s", which is not an address of the form https://host/path: it needs a scheme and a host, and'
            " takes no user name, no query and no fragment; usual is %s" % (shown, DEFAULT_API_URL)
        )
    if match["port"] and not 0 < int(match["port"]) < 65536:
        raise invalid_options('api_url is "%s", whose port is not between 1 and 65535' % url)
    if match["scheme"] == "http" and not is_loopback(match["host"].strip("[]")):
        raise invalid_options(
            'api_url is "%s": over plain http everybody on the way could read the API token, so that is allowed to this'
            " machine itself (a loopback address) only; use https" % url
        )
    return url.rstrip("/")


def _without_passwords(url: str) -> str:
    """An address for a message, without what may be a password in it: a user name, a query, a fragment."""
    _user, at, rest = url.rpartition("@")
    host = re.split("[?#]", rest, maxsplit=1)[0]
    return "%s%s%s" % ("***@" if at else "", host, "?***" if host != rest else "")


def is_loopback(host: str) -> bool:
    """Whether every address of a host is a loopback address. A name is resolved: how it is spelt proves nothing."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_loopback for entry in found)
