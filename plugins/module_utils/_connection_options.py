# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that all modules of the collection share, and the client that is created from them."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.common.parameters import env_fallback

from ._errors import ORGANIZATION_OPTION, invalid_options
from ._http.api_url import DEFAULT_API_URL, validate_api_url
from ._http.client import Client
from ._http.retry_budget import Clock, RetryBudget
from ._schema.types import ref_spec, validate_ref, without_none
from ._text import Redact

if t.TYPE_CHECKING:
    from ._http.transport import RequestsTransport

MAX_SECONDS = 86400  # seconds; waiting longer than a day is not useful


def _first_env(*names: str) -> t.Any:
    """The first non-empty environment variable: CI systems set undefined variables to empty strings."""
    return env_fallback(*filter(os.environ.get, names))  # without names, there is no value


def validate_token(token: str | None) -> str:
    """The token, after validation that it is a valid header value. The token never appears in output.

    :raises TaskRefused: it is missing or contains invalid characters.
    """
    if not token:
        raise invalid_options(
            "there is no API token: set api_token, the variable katapult_api_token, or one of the environment variables"
            " KATAPULT_API_TOKEN and KATAPULT_API_KEY on the host that runs the task; an empty value is treated as unset;"
            " lookups do not use module_defaults and the environment of a task"
        )
    if not all("!" <= letter <= "~" for letter in token):
        raise invalid_options(
            "the API token contains a space, a line break or another character that is invalid in a token: check for a"
            " line break at its end, or for a template that was not evaluated"
        )
    return token


CONNECTION_SPEC: dict[str, t.Any] = {
    "api_token": {"type": "str", "no_log": True, "fallback": (_first_env, ["KATAPULT_API_TOKEN", "KATAPULT_API_KEY"])},
    "api_url": {"type": "str", "default": DEFAULT_API_URL, "fallback": (_first_env, ["KATAPULT_API_URL"])},
    "api_timeout": {"type": "float", "default": 60},
    "api_retry_timeout": {"type": "float", "default": 120},
    "validate_certs": {"type": "bool", "default": True},
    "organization": ref_spec("sub_domain"),
}


# Opens a transport from an address, a token and the option validate_certs
TransportFactory = t.Callable[[str, str, bool], "RequestsTransport"]
Params = t.Mapping[str, t.Any]


def open_client(
    params: Params,
    read_only: bool,
    redact: Redact,
    log_request: t.Callable[[str], None],
    connect: TransportFactory,
    is_abandoned: t.Callable[[], bool] = lambda: False,
    show: t.Callable[[str], None] = lambda line: None,
) -> Client:
    """The client for the options of a task, see :class:`Client`; sends no request.

    :raises TaskRefused: an option is invalid.
    """
    timeout, retry_timeout = params["api_timeout"], params["api_retry_timeout"]
    text = "%s is %g, but must be a number of seconds %s"
    if not 0 < timeout <= MAX_SECONDS:
        raise invalid_options(text % ("api_timeout", timeout, "above 0 and up to %d" % MAX_SECONDS))
    if not 0 <= retry_timeout <= MAX_SECONDS:
        allowed = "up to %d, or 0 to disable retries" % MAX_SECONDS
        raise invalid_options(text % ("api_retry_timeout", retry_timeout, allowed))
    token = validate_token(params["api_token"])
    api_url = validate_api_url(params["api_url"])
    transport = connect(api_url, token, params["validate_certs"])
    budget = RetryBudget(retry_timeout, Clock())
    return Client(transport, timeout, budget, read_only, redact, log_request, api_url, is_abandoned, show)


def organization_option(params: Params) -> dict[str, str] | None:
    """The organization of a task: from its option or the environment, or None; rejected if it is not a valid identifier.

    The environment is read here because a string cannot be the fallback of an option with the type dict.
    """
    given = params["organization"]
    if given is None and os.environ.get("KATAPULT_ORGANIZATION"):
        given = {"sub_domain": os.environ["KATAPULT_ORGANIZATION"]}
    if given is not None and validate_ref(given):
        raise invalid_options("%s %s" % (ORGANIZATION_OPTION, validate_ref(given)))
    return None if given is None else without_none(given)


def with_environment(params: Params) -> dict[str, t.Any]:
    """The options of a task, with the default data center from the environment if the module has this option."""
    given = dict(params)
    if "default_data_center" in given and not given["default_data_center"]:
        given["default_data_center"] = os.environ.get("KATAPULT_DATA_CENTER") or None
    return given
