# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Execute one task with its checked options, for both execution modes."""

from __future__ import annotations

import typing as t

from ._connection_options import TransportFactory, open_client, organization_option, with_environment
from ._engine.task import Result
from ._errors import KatapultError, internal_error
from ._text import presentable, redactor

# The prefix of a request log line. A module can only return a result, and Ansible drops its output before the result,
# but the action plugins of the collection show these lines.
REQUEST_LOG_PREFIX = "katapult.cloud request: "


class TaskOutcome(t.NamedTuple):
    """The outcome of a task, without secrets: its result without C(failed), its warnings, and whether it failed."""

    result: dict[str, t.Any]
    warnings: tuple[str, ...]
    failed: bool


class Caller(t.NamedTuple):
    """What runs a task, and how.

    :param check_mode: whether nothing may be written.
    :param with_diff: whether the diff is shown.
    :param log_request: called with a line for each request.
    :param show: called with a line that is shown to the user while the task runs.
    :param is_abandoned: whether nobody waits for the result any more.
    """

    check_mode: bool
    with_diff: bool
    log_request: t.Callable[[str], None]
    show: t.Callable[[str], None] = lambda line: None
    is_abandoned: t.Callable[[], bool] = lambda: False


def shown_values(params: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any]) -> set[str]:
    """The texts in the options of a task that are not secret.

    :param params: the checked options of the task.
    :param spec: their argument spec.
    """
    found: set[str] = set()
    for name, value in params.items():
        option = spec.get(name) or {}
        if option.get("no_log"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                found |= shown_values(one, option.get("options") or {})
            elif isinstance(one, str):
                found.add(one)
    return found


def execute(
    run: t.Callable[..., Result],
    params: t.Mapping[str, t.Any],
    secrets: t.Iterable[str],
    connect: TransportFactory,
    caller: Caller,
) -> TaskOutcome:
    """Run one task, see :class:`Task`; never raises an exception.

    :param params: the checked options of the task, None if not set.
    :param secrets: the values of the secret options.
    :param connect: opens the transport.
    """
    redact = redactor(secrets)
    try:
        check_mode, with_diff, log_request, show, is_abandoned = caller
        client = open_client(params, check_mode, redact, log_request, connect, is_abandoned, show)
        result = run(with_environment(params), organization_option(params), client, with_diff)
    except KatapultError as error:
        return TaskOutcome(error.result(redact), (), failed=True)
    except Exception as error:  # pylint: disable=broad-exception-caught
        return TaskOutcome(internal_error(error).result(redact), (), failed=True)
    warnings = tuple(presentable(warning, redact) for warning in result.warnings)
    return TaskOutcome(redact(result.as_dict()), warnings, failed=False)
