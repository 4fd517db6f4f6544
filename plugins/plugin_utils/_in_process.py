# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The in-process entry point: runs a task of the collection in the process that runs Ansible."""

from __future__ import annotations

import importlib
import typing as t
import warnings

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._execute import Caller, execute, shown_values
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.katapult.cloud.plugins.module_utils._text import presentable, redactor, worth_masking
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import (
    InvalidArguments,
    Validated,
    as_received,
    validate,
)
from ansible_collections.katapult.cloud.plugins.plugin_utils._connection_reuse import ConnectionReuse

HAS_REQUESTS = not REQUESTS_IMPORT_ERROR

_MODULE = "ansible_collections.katapult.cloud.plugins.modules.%s"
_CONNECTION = ConnectionReuse()  # of this process, which Ansible forks for each task on each host

Result = t.Dict[str, t.Any]


def argument_spec(module: str) -> dict[str, t.Any]:
    """The argument spec of a module of the collection."""
    return {**CONNECTION_SPEC, **importlib.import_module(_MODULE % module).TASK.argument_spec}


def run_task(module: str, task_name: str, arguments: t.Mapping[str, t.Any], caller: Caller) -> Result:
    """Run a module of the collection in this process; returns the result that the module would print.

    :param module: the module, without its collection.
    :param task_name: the name of the module in the task.
    :param caller: what runs the task, and how.
    """
    task, spec = importlib.import_module(_MODULE % module).TASK, argument_spec(module)
    try:
        options = validate(task_name, spec, as_received(arguments, spec))
    except InvalidArguments as error:
        return {"msg": str(error), "failed": True}
    if options.error is not None:
        return _as_module_result({"msg": presentable(options.error, redactor(options.secrets))}, options, failed=True)
    sound = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries: Ansible does not show those of modules either
            secrets = worth_masking(options.secrets, shown_values(options.params, spec))
            outcome = execute(task.run, options.params, secrets, _CONNECTION.open, caller)
        sound = not outcome.failed
    finally:
        _CONNECTION.mark_idle(sound)
    return _as_module_result(outcome.result, options, outcome.failed, outcome.warnings)


def _as_module_result(result: Result, options: Validated, failed: bool, warned: tuple[str, ...] = ()) -> Result:
    more: Result = {"failed": True} if failed else {}
    if options.warnings or warned:
        more["warnings"] = [*options.warnings, *warned]
    if options.deprecations:
        more["deprecations"] = list(options.deprecations)
    return {**result, **more}
