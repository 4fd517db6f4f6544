# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses that the token may be sent to."""

from __future__ import annotations

import socket

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._http.api_url import is_loopback, validate_api_url


def resolve_to(monkeypatch, *addresses):
    family = {True: socket.AF_INET6, False: socket.AF_INET}
    found = [(family[":" in address], socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://api.katapult.io/core/v1", "https://api.katapult.io/core/v1"),
        ("https://api.katapult.io/core/v1/", "https://api.katapult.io/core/v1"),
        ("https://api.katapult.io", "https://api.katapult.io"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("http://127.0.0.1:8080/core/v1", "http://127.0.0.1:8080/core/v1"),
        ("http://127.9.9.9/core/v1", "http://127.9.9.9/core/v1"),
        ("http://[::1]:8080/core/v1", "http://[::1]:8080/core/v1"),
    ],
)
def test_a_valid_address_is_used(url, used):
    assert validate_api_url(url) == used


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.katapult.io/core/v1",
        "//api.katapult.io",
        "ftp://api.katapult.io",
        "https://",
        "https:///core/v1",
        "https://api.katapult.io/core/v1?x=1",
        "https://api.katapult.io/core/v1#x",
        "https://api.katapult.io/core v1",
        " https://api.katapult.io",
        "https://api.katapult.io\n",
        "https://api.katapult.io\\@elsewhere.example/",
        "https://user:pass@api.katapult.io/",
        "http://127.0.0.1@elsewhere.example/",
        "https://api.katapult.io:0/",
        "https://api.katapult.io:99999/",
        "https://api.katapult.io:port/",
        "https://äpi.example/",
    ],
)
def test_an_invalid_address_is_rejected(url):
    with pytest.raises(TaskRefused, match="api_url"):
        validate_api_url(url)


def test_a_password_in_an_address_is_not_shown():
    for url in (
        "https://user:planted@api.katapult.io/",
        "https://user:pa/planted@api.katapult.io/",
        "user:planted@api.katapult.io/",
        "https://api.katapult.io/?token=planted#planted",
    ):
        with pytest.raises(TaskRefused) as failure:
            validate_api_url(url)
        assert "planted" not in str(failure.value)


@pytest.mark.parametrize(
    "url", ["http://api.katapult.io/core/v1", "http://192.0.2.1/", "http://[2001:db8::1]/", "http://0.0.0.0/"]
)
def test_plain_http_to_another_machine_is_rejected(url, monkeypatch):
    if "katapult" in url:
        resolve_to(monkeypatch, "192.0.2.1")
    with pytest.raises(TaskRefused, match="use https"):
        validate_api_url(url)


@pytest.mark.parametrize("name", ["127.0.0.1.elsewhere.example", "localhost.elsewhere.example", "localhost"])
def test_a_name_that_looks_local_is_checked_by_its_address(name, monkeypatch):
    resolve_to(monkeypatch, "192.0.2.1")
    with pytest.raises(TaskRefused, match="use https"):
        validate_api_url("http://%s/" % name)


@pytest.mark.parametrize(
    ("addresses", "loopback"),
    [
        (["127.0.0.1"], True),
        (["::1", "127.0.0.1"], True),
        (["127.0.0.1", "192.0.2.1"], False),
        (["fe80::1%eth0"], False),
        ([], False),
    ],
)
def test_every_address_of_a_name_must_be_local(addresses, loopback, monkeypatch):
    resolve_to(monkeypatch, *addresses)
    assert is_loopback("name.example") is loopback


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_without_an_address_is_not_local(error, monkeypatch):
    def broken(*args, **kwargs):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", broken)
    assert not is_loopback("name.example")
