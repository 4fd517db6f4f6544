# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module entry point: runs a task of the collection as a regular module."""

from __future__ import annotations

import gc
import select
import sys

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._connection_options import CONNECTION_SPEC
from ._engine.task import Omitted, Task
from ._errors import TaskRefused
from ._execute import REQUEST_LOG_PREFIX, Caller, execute, shown_values
from ._text import worth_masking

REQUEST_LOG_VERBOSITY = 3  # as in -vvv


def run_module(task: Task) -> None:
    """Run one task and exit."""
    # The process ends with the task. Collecting garbage, during the import of requests and at exit, would take a tenth of its time.
    gc.disable()
    from ._http.transport import REQUESTS_IMPORT_ERROR, RequestsTransport

    gc.freeze()
    spec = {**CONNECTION_SPEC, **task.argument_spec}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    if REQUESTS_IMPORT_ERROR:
        failure = TaskRefused(missing_required_lib("requests"), "requests_missing")
        module.fail_json(exception=REQUESTS_IMPORT_ERROR, **failure.result())
    module.no_log_values = worth_masking(module.no_log_values, shown_values(module.params, spec))
    log: list[str] = []
    diff = module._diff  # pylint: disable=protected-access
    caller = Caller(module.check_mode, diff, log.append, is_abandoned=_is_abandoned)
    outcome = execute(task.run, dict(module.params), module.no_log_values, RequestsTransport, caller)
    for name, value in module.params.items():  # which Ansible returns as the invocation
        if isinstance(value, Omitted):
            module.params[name] = None
    if module._verbosity >= REQUEST_LOG_VERBOSITY:  # pylint: disable=protected-access
        sys.stdout.write("".join("\n%s%s" % (REQUEST_LOG_PREFIX, line) for line in log))
    if outcome.failed:
        module.fail_json(**outcome.result)
    for warning in outcome.warnings:
        module.warn(warning)
    module.exit_json(**outcome.result)


def _is_abandoned() -> bool:
    """Whether Ansible closed the pipe for the result, for example because of a timeout. The result may also go to a file."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(sys.stdout, 0)
    return any(event & (select.POLLERR | select.POLLNVAL) for _file, event in poll.poll(0))
