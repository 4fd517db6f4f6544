# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The options that every module of the collection has, and the client that they describe."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound
from ansible_collections.katapult.cloud.plugins.module_utils._address import DEFAULT_API_URL, check_api_url
from ansible_collections.katapult.cloud.plugins.module_utils._budget import Budget, Clock
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import invalid_task
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import given_members, lookup_fault, lookup_option
from ansible_collections.katapult.cloud.plugins.module_utils._text import Hide
from ansible_collections.katapult.cloud.plugins.module_utils._transport import HttpTransport, check_token

LONGEST_TIME = 86400  # seconds; a task that waits longer than a day has been forgotten


def _first_set(*names: str) -> t.Any:
    """The first of some environment variables that holds something: CI systems set what they do not know to nothing."""
    for name in names:
        if os.environ.get(name):
            return env_fallback(name)
    raise AnsibleFallbackNotFound


CONNECTION_SPEC: dict[str, t.Any] = {
    "api_token": {
        "type": "str",
        "no_log": True,
        "fallback": (_first_set, ["KATAPULT_API_TOKEN", "KATAPULT_API_KEY"]),
    },
    "api_url": {"type": "str", "default": DEFAULT_API_URL, "fallback": (_first_set, ["KATAPULT_API_URL"])},
    "api_timeout": {"type": "float", "default": 60},
    "api_retry_timeout": {"type": "float", "default": 120},
    "validate_certs": {"type": "bool", "default": True},
    "organization": lookup_option("sub_domain"),
}


Connect = t.Callable[[str, str, bool], HttpTransport]  # from an address, a token and whether to check certificates


def open_client(
    params: t.Mapping[str, t.Any], read_only: bool, hide: Hide, tell: t.Callable[[str], None], connect: Connect
) -> Client:
    """The client that a task's options describe; sends nothing yet.

    :param read_only: refuse to send anything but GET.
    :param hide: masks the secrets among the options.
    :param tell: hears of each request, see :class:`Client`.
    :param connect: opens the transport.
    :raises TaskRefused: an option cannot be used.
    """
    if not 0 < params["api_timeout"] <= LONGEST_TIME:
        raise invalid_task(
            "api_timeout is %g, and must be a number of seconds above 0 and up to %d"
            % (params["api_timeout"], LONGEST_TIME)
        )
    if not 0 <= params["api_retry_timeout"] <= LONGEST_TIME:
        raise invalid_task(
            "api_retry_timeout is %g, and must be a number of seconds up to %d, or 0 to wait for nothing"
            % (params["api_retry_timeout"], LONGEST_TIME)
        )
    token = check_token(params["api_token"])
    transport = connect(check_api_url(params["api_url"]), token, params["validate_certs"])
    budget = Budget(params["api_retry_timeout"], Clock())
    return Client(transport, params["api_timeout"], budget, read_only, hide, tell)


def given_organization(params: t.Mapping[str, t.Any]) -> dict[str, str] | None:
    """The organization that a task belongs to: its option, else the environment, else none.

    The environment is read here because a text cannot be the fallback of an option that is a dict.

    :raises TaskRefused: it is named by something that names nothing.
    """
    given = params["organization"]
    from_environment = os.environ.get("KATAPULT_ORGANIZATION")
    if given is None and from_environment:
        given = {"sub_domain": from_environment}
    if given is None:
        return None
    fault = lookup_fault(given)
    if fault:
        raise invalid_task("organization (or KATAPULT_ORGANIZATION) %s" % fault)
    return given_members(given)
