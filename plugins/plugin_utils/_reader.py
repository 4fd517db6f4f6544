# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

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
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, internal_error
from ansible_collections.katapult.cloud.plugins.module_utils._mask import hiding
from ansible_collections.katapult.cloud.plugins.module_utils._options import (
    CONNECTION_SPEC,
    Connect,
    given_organization,
    open_client,
)
from ansible_collections.katapult.cloud.plugins.module_utils._text import Hide, presentable
from ansible_collections.katapult.cloud.plugins.module_utils._transport import REQUESTS_IMPORT_ERROR, HttpTransport
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import CannotReceive, received

Values = dict[str, t.Any]
Organization = t.Optional[dict[str, str]]
T = t.TypeVar("T")


class CannotRead(Exception):
    """There is nothing to hand on, for the reason that the message gives; it holds no secret, and nothing that a terminal obeys."""


@dataclass(frozen=True)
class Options:
    """The checked options of a plugin.

    :param params: all of them, None where not given.
    :param hide: masks the values of those that nobody may see.
    """

    params: Values
    hide: Hide


def check_options(own: Mapping[str, t.Any], given: Mapping[str, t.Any]) -> Options:
    """Check the options of a plugin as those of a module are checked.

    :param own: the argument spec of those that only this plugin has.
    :param given: those that are not left to their defaults.
    :raises CannotRead: one of them cannot be used.
    """
    try:
        arguments = received({name: value for name, value in given.items() if value not in (None, "")})
    except CannotReceive as error:
        raise CannotRead(str(error)) from None
    result = ArgumentSpecValidator({**CONNECTION_SPEC, **own}).validate(arguments)
    hide = hiding(result._no_log_values)  # pylint: disable=protected-access
    if result.error_messages:
        unknown = "Unknown option: " if isinstance(result.errors[0], UnsupportedError) else ""
        raise CannotRead(hide(unknown + result.errors.msg))
    return Options(result.validated_parameters, hide)


def organization_of(options: Options) -> Organization:
    """The organization that the options or the environment name, if any.

    :raises CannotRead: it is named by something that names nothing.
    """
    try:
        return given_organization(options.params)
    except KatapultError as error:
        raise CannotRead(error.told(options.hide)) from None


def read(
    options: Options, look: Callable[[Client], T], tell: Callable[[str], None], connect: Connect = HttpTransport
) -> T:
    """What there is, without secrets.

    :param look: reads it.
    :param tell: hears of each request in one line.
    :param connect: opens the transport.
    :raises CannotRead: it cannot be read.
    """
    if REQUESTS_IMPORT_ERROR:
        raise CannotRead(missing_required_lib("requests"))
    try:
        # Closed at the end: Ansible goes on in this process for long, and forks it.
        with contextlib.ExitStack() as stack, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries, as in a task

            def opened(*to: t.Any) -> HttpTransport:
                return stack.enter_context(contextlib.closing(connect(*to)))

            client = open_client(options.params, True, options.hide, tell, opened)
            return t.cast(T, options.hide(look(client)))
    except KatapultError as error:
        raise CannotRead(_told(error, options)) from None
    except Exception as error:  # pylint: disable=broad-exception-caught
        # Without the exception that caused it: its text may hold what must not be shown.
        raise CannotRead(internal_error(error).told(options.hide)) from None


def _told(error: KatapultError, options: Options) -> str:
    """A failure, with what a task would return beside its sentence if Katapult's support could ask for it."""
    if not error.facts.request_id:
        return error.told(options.hide)
    known = "(Error code %s, request ID %s.)" % (error.facts.code, error.facts.request_id)
    return "%s %s" % (error.told(options.hide), presentable(known, options.hide))
