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
from ansible_collections.katapult.cloud.plugins.module_utils._errors import invalid_options
from ansible_collections.katapult.cloud.plugins.module_utils._http.api_url import DEFAULT_API_URL, validate_api_url
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._http.retry_budget import Clock, RetryBudget
from ansible_collections.katapult.cloud.plugins.module_utils._http.token import validate_token
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport
from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import ref_spec, validate_ref, without_none
from ansible_collections.katapult.cloud.plugins.module_utils._text import Redact

MAX_SECONDS = 86400  # seconds; a task that waits longer than a day has been forgotten


def _first_env(*names: str) -> t.Any:
    """The first of some environment variables that holds something: CI systems set what they do not know to nothing."""
    for name in names:
        if os.environ.get(name):
            return env_fallback(name)
    raise AnsibleFallbackNotFound


CONNECTION_SPEC: dict[str, t.Any] = {
    "api_token": {
        "type": "str",
        "no_log": True,
        "fallback": (_first_env, ["KATAPULT_API_TOKEN", "KATAPULT_API_KEY"]),
    },
    "api_url": {"type": "str", "default": DEFAULT_API_URL, "fallback": (_first_env, ["KATAPULT_API_URL"])},
    "api_timeout": {"type": "float", "default": 60},
    "api_retry_timeout": {"type": "float", "default": 120},
    "validate_certs": {"type": "bool", "default": True},
    "organization": ref_spec("sub_domain"),
}


TransportFactory = t.Callable[[str, str, bool], RequestsTransport]  # from an address, a token and whether to check certificates


def open_client(
    params: t.Mapping[str, t.Any], read_only: bool, redact: Redact, log_request: t.Callable[[str], None], connect: TransportFactory
) -> Client:
    """The client that a task's options describe; sends nothing yet.

    :param read_only: refuse to send anything but GET.
    :param redact: masks the secrets among the options.
    :param log_request: gets a line for each request, see :class:`Client`.
    :param connect: opens the transport.
    :raises TaskRefused: an option cannot be used.
    """
    if not 0 < params["api_timeout"] <= MAX_SECONDS:
        raise invalid_options(
            "api_timeout is %g, and must be a number of seconds above 0 and up to %d"
            % (params["api_timeout"], MAX_SECONDS)
        )
    if not 0 <= params["api_retry_timeout"] <= MAX_SECONDS:
        raise invalid_options(
            "api_retry_timeout is %g, and must be a number of seconds up to %d, or 0 to wait for nothing"
            % (params["api_retry_timeout"], MAX_SECONDS)
        )
    token = validate_token(params["api_token"])
    transport = connect(validate_api_url(params["api_url"]), token, params["validate_certs"])
    budget = RetryBudget(params["api_retry_timeout"], Clock())
    return Client(transport, params["api_timeout"], budget, read_only, redact, log_request)


def organization_option(params: t.Mapping[str, t.Any]) -> dict[str, str] | None:
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
    fault = validate_ref(given)
    if fault:
        raise invalid_options("organization (or KATAPULT_ORGANIZATION) %s" % fault)
    return without_none(given)
