# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Carry out one task with its checked options: what the module and the controller's own process have in common."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, internal_error
from ansible_collections.katapult.cloud.plugins.module_utils._mask import hiding
from ansible_collections.katapult.cloud.plugins.module_utils._options import Connect, given_organization, open_client
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result
from ansible_collections.katapult.cloud.plugins.module_utils._text import presentable
from ansible_collections.katapult.cloud.plugins.module_utils._transport import HttpTransport

# Begins a line about a request. A module can only hand back a result, and what it prints before that Ansible drops,
# but for the action plugins of the collection, which show these lines.
TOLD = "katapult.cloud request: "

Run = t.Callable[..., Result]  # (params, organization, client, write)


class Outcome(t.NamedTuple):
    """What a task ends with, free of secrets: its result without C(failed), its warnings, and whether it failed."""

    result: dict[str, t.Any]
    warnings: tuple[str, ...]
    failed: bool


def perform(
    run: Run,
    params: t.Mapping[str, t.Any],
    secrets: t.Iterable[str],
    check_mode: bool,
    tell: t.Callable[[str], None],
    connect: Connect = HttpTransport,
) -> Outcome:
    """Run one task; never fails itself.

    :param run: the task.
    :param params: the options of the task, checked, None where not given.
    :param secrets: the values of those that nobody may see.
    :param tell: hears of each request in one line.
    :param connect: opens the transport.
    """
    hide = hiding(secrets)
    try:
        client = open_client(params, check_mode, hide, tell, connect)
        result = run(params, given_organization(params), client, not check_mode)
    except KatapultError as error:
        return Outcome(error.result(hide), (), failed=True)
    except Exception as error:  # pylint: disable=broad-exception-caught
        return Outcome(internal_error(error).result(hide), (), failed=True)
    warnings = tuple(presentable(warning, hide) for warning in result.warnings)
    return Outcome(hide(result.as_dict()), warnings, failed=False)
