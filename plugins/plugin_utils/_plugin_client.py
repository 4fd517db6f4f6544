# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What plugins of the controller that only read have in common: their options, their client, and one sentence for any failure."""

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
    """There is nothing to hand on, for the reason that the message gives; it holds no secret, and nothing that a terminal obeys."""


@dataclass(frozen=True)
class Options:
    """The checked options of a plugin.

    :param params: all of them, None where not given.
    :param redact: masks the values of those that nobody may see.
    """

    params: Values
    redact: Redact


def validate_options(own: Mapping[str, t.Any], given: Mapping[str, t.Any]) -> Options:
    """Check the options of a plugin as those of a module are checked.

    :param own: the argument spec of those that only this plugin has.
    :param given: those that are not left to their defaults.
    :raises PluginError: one of them cannot be used.
    """
    try:
        arguments = as_received({name: value for name, value in given.items() if value not in (None, "")})
    except InvalidArguments as error:
        raise PluginError(str(error)) from None
    result = ArgumentSpecValidator({**CONNECTION_SPEC, **own}).validate(arguments)
    redact = redactor(result._no_log_values)  # pylint: disable=protected-access
    if result.error_messages:
        unknown = "Unknown option: " if isinstance(result.errors[0], UnsupportedError) else ""
        raise PluginError(redact(unknown + result.errors.msg))
    return Options(result.validated_parameters, redact)


def validate_organization(options: Options) -> Organization:
    """The organization that the options or the environment name, if any.

    :raises PluginError: it is named by something that names nothing.
    """
    try:
        return organization_option(options.params)
    except KatapultError as error:
        raise PluginError(error.redacted_message(options.redact)) from None


def with_client(
    options: Options, query: Callable[[Client], T], log_request: Callable[[str], None], connect: TransportFactory = RequestsTransport
) -> T:
    """What there is, without secrets.

    :param query: asks the API.
    :param log_request: gets a line for each request.
    :param connect: opens the transport.
    :raises PluginError: it cannot be read.
    """
    if REQUESTS_IMPORT_ERROR:
        raise PluginError(missing_required_lib("requests"))
    try:
        # Closed at the end: Ansible goes on in this process for long, and forks it.
        with contextlib.ExitStack() as stack, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries, as in a task

            def opened(*to: t.Any) -> RequestsTransport:
                return stack.enter_context(contextlib.closing(connect(*to)))

            client = open_client(options.params, True, options.redact, log_request, opened)
            return t.cast(T, options.redact(query(client)))
    except KatapultError as error:
        raise PluginError(_message(error, options)) from None
    except Exception as error:  # pylint: disable=broad-exception-caught
        # Without the exception that caused it: its text may hold what must not be shown.
        raise PluginError(internal_error(error).redacted_message(options.redact)) from None


def _message(error: KatapultError, options: Options) -> str:
    """A failure, with what a task would return beside its sentence if Katapult's support could ask for it."""
    if not error.details.request_id:
        return error.redacted_message(options.redact)
    known = "(Error code %s, request ID %s.)" % (error.details.code, error.details.request_id)
    return "%s %s" % (error.redacted_message(options.redact), presentable(known, options.redact))
