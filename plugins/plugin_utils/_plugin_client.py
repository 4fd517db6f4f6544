# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of the controller plugins, which only read: their options, their client, and one sentence for each error."""

from __future__ import annotations

import contextlib
import typing as t
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import (
    CONNECTION_SPEC,
    TransportFactory,
    open_client,
    organization_option,
)
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, internal_error
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import (
    REQUESTS_IMPORT_ERROR,
    RequestsTransport,
)
from ansible_collections.katapult.cloud.plugins.module_utils._text import Redact, presentable, redactor
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import InvalidArguments, as_received

Values = dict[str, t.Any]
Organization = t.Optional[dict[str, str]]
T = t.TypeVar("T")


class PluginError(Exception):
    """The plugin failed. The message contains the reason, no secrets, and no control characters."""


@dataclass(frozen=True)
class Options:
    """The checked options of a plugin.

    :param params: all options, None if not set.
    :param redact: masks the values of secret options.
    """

    params: Values
    redact: Redact


def validate_options(own: Mapping[str, t.Any], given: Mapping[str, t.Any]) -> Options:
    """Check the options of a plugin like the options of a module.

    :param own: the argument spec of the options that only this plugin has.
    :param given: the options that are set.
    :raises PluginError: an option is invalid.
    """
    try:
        spec = {**CONNECTION_SPEC, **own}
        arguments = as_received({name: value for name, value in given.items() if value not in (None, "")}, spec)
    except InvalidArguments as error:
        raise PluginError(str(error)) from None
    result = ArgumentSpecValidator(spec).validate(arguments)
    redact = redactor(result._no_log_values)  # pylint: disable=protected-access
    if result.error_messages:
        unknown = "Unknown option: " if isinstance(result.errors[0], UnsupportedError) else ""
        raise PluginError(redact(unknown + result.errors.msg))
    return Options(result.validated_parameters, redact)


def validate_organization(options: Options) -> Organization:
    """The organization that the options or the environment set, if any.

    :raises PluginError: the value cannot identify an organization.
    """
    try:
        return organization_option(options.params)
    except KatapultError as error:
        raise PluginError(error.redacted_message(options.redact)) from None


def with_client(
    options: Options,
    query: Callable[[Client], T],
    log_request: Callable[[str], None],
    connect: TransportFactory = RequestsTransport,
) -> T:
    """The result of a query, without secrets.

    :param query: sends the requests to the API.
    :param log_request: called with a line for each request.
    :param connect: opens the transport.
    :raises PluginError: the query failed.
    """
    if REQUESTS_IMPORT_ERROR:
        raise PluginError(missing_required_lib("requests"))
    try:
        # Closed at the end, because Ansible continues to run in this process, and forks it.
        with contextlib.ExitStack() as stack, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries, as in a task

            def opened(*to: t.Any) -> RequestsTransport:
                return stack.enter_context(contextlib.closing(connect(*to)))

            client = open_client(options.params, True, options.redact, log_request, opened)
            return t.cast(T, options.redact(query(client)))
    except KatapultError as error:
        raise PluginError(_message(error, options)) from None
    except Exception as error:  # pylint: disable=broad-exception-caught
        # Without the original exception, because its text may contain secrets.
        raise PluginError(internal_error(error).redacted_message(options.redact)) from None


def _message(error: KatapultError, options: Options) -> str:
    """An error message, with the error code and the request ID for Katapult's support."""
    if not error.details.request_id:
        return error.redacted_message(options.redact)
    known = "(Error code %s, request ID %s.)" % (error.details.code, error.details.request_id)
    return "%s %s" % (error.redacted_message(options.redact), presentable(known, options.redact))
