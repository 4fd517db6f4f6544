# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry out one task with its checked options: what the module and the controller's own process have in common."""

from __future__ import annotations

import typing as t

from ._connection_options import TransportFactory, open_client, organization_option
from ._engine.task import Result
from ._errors import KatapultError, internal_error
from ._http.transport import RequestsTransport
from ._text import presentable, redactor

# Begins a line about a request. A module can only hand back a result, and what it prints before that Ansible drops,
# but for the action plugins of the collection, which show these lines.
REQUEST_LOG_PREFIX = "katapult.cloud request: "


class TaskOutcome(t.NamedTuple):
    """What a task ends with, free of secrets: its result without C(failed), its warnings, and whether it failed."""

    result: dict[str, t.Any]
    warnings: tuple[str, ...]
    failed: bool


def execute(
    run: t.Callable[..., Result],
    params: t.Mapping[str, t.Any],
    secrets: t.Iterable[str],
    check_mode: bool,
    log_request: t.Callable[[str], None],
    connect: TransportFactory = RequestsTransport,
) -> TaskOutcome:
    """Run one task, see :class:`Task`; never fails itself.

    :param params: the options of the task, checked, None where not given.
    :param secrets: the values of those that nobody may see.
    :param log_request: gets a line for each request.
    """
    redact = redactor(secrets)
    try:
        client = open_client(params, check_mode, redact, log_request, connect)
        result = run(params, organization_option(params), client, not check_mode)
    except KatapultError as error:
        return TaskOutcome(error.result(redact), (), failed=True)
    except Exception as error:  # pylint: disable=broad-exception-caught
        return TaskOutcome(internal_error(error).result(redact), (), failed=True)
    warnings = tuple(presentable(warning, redact) for warning in result.warnings)
    return TaskOutcome(redact(result.as_dict()), warnings, failed=False)
