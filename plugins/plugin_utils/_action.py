# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of the action plugins of all modules: it runs tasks in the process that runs Ansible, if this makes no difference except
for speed.

Ansible loads an action plugin before it forks for a task. All tasks of a playbook share the imports of this file, including
requests. They must not fail, open connections or start threads.
"""

from __future__ import annotations

import inspect
import json
import sys
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as OrdinaryModule

from ansible_collections.katapult.cloud.plugins.module_utils._execute import REQUEST_LOG_PREFIX, Caller
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import InvalidArguments, validate_arguments
from ansible_collections.katapult.cloud.plugins.plugin_utils._configuration import complete
from ansible_collections.katapult.cloud.plugins.plugin_utils._execution_mode import TaskContext, why_not_in_process
from ansible_collections.katapult.cloud.plugins.plugin_utils._in_process import HAS_REQUESTS, argument_spec, run_task

IN_PROCESS = "katapult_in_process"

Vars = t.Dict[str, t.Any]


class InProcessAction(OrdinaryModule):
    """The action plugin of one module. C(plugins/modules/<module>.py) contains the module."""

    def __init_subclass__(cls, **kwargs: t.Any) -> None:
        """Import the module as soon as Ansible loads its action plugin, so that each forked process has it already."""
        super().__init_subclass__(**kwargs)
        argument_spec(cls.__module__.rpartition(".")[2])

    def run(self, tmp: str | None = None, task_vars: Vars | None = None) -> Vars:
        """Run the task in this process, or fall back to the regular module."""
        module = self._task.action.rpartition(".")[2]
        spec = argument_spec(module)
        self._task.args = complete(self._task.args, spec, lambda name: self._variable(name, task_vars or {}))
        reason = why_not_in_process(self._task_context(task_vars or {}))
        if reason is not None:
            try:
                validate_arguments(self._task.args, spec)  # in process, they are checked on receipt
            except InvalidArguments as error:
                return self._as_of_module({"msg": str(error), "failed": True})
            self._display.vvvv("katapult.cloud: runs as a regular module, because %s" % reason, host=self._address)
            return super().run(tmp, task_vars)
        self._display.vvvv("katapult.cloud: runs in process", host=self._address)
        host = (task_vars or {}).get("inventory_hostname", self._address)
        caller = Caller(
            self._task.check_mode,
            self._task.diff,
            self._show_request,
            lambda line: self._display.display("katapult.cloud: [%s] %s" % (host, line)),
        )
        return self._as_of_module(run_task(module, self._task.action, self._task.args, caller))

    def _variable(self, name: str, task_vars: Vars) -> t.Any:
        """The value of a variable of the host that the task is for."""
        try:
            return self._templar.template(task_vars.get(name))
        except AnsibleError as error:
            # If the template contains a part of a token, the error may repeat it.
            reason = type(error).__name__ if name == "katapult_api_token" else error
            raise AnsibleActionFail("The variable %s cannot be evaluated: %s" % (name, reason)) from None

    def _task_context(self, task_vars: Vars) -> TaskContext:
        try:
            allowed = boolean(self._templar.template(task_vars.get(IN_PROCESS, True)))
        except TypeError:
            raise AnsibleActionFail("The variable %s must be true or false." % IN_PROCESS) from None
        return TaskContext(
            allowed=allowed,
            connection=self._connection.ansible_name,
            is_async=bool(self._task.async_val),
            environment=any(self._task.environment or ()),
            uses_become=self._connection.become is not None,
            keeps_files=C.DEFAULT_KEEP_REMOTE_FILES,
            interpreter=self._interpreter(task_vars),
            running=sys.executable,
            has_requests=HAS_REQUESTS,
        )

    def _interpreter(self, task_vars: Vars) -> str | None:
        """The Python that would run the module, determined like Ansible does; None if Ansible would have to discover one."""
        if self._task.delegate_to:
            task_vars = task_vars["ansible_delegated_vars"][self._task.delegate_to]
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=task_vars)
        interpreter = str(self._templar.template(configured) or "auto").strip()
        if interpreter.startswith("auto"):
            return (task_vars.get("ansible_facts") or {}).get("discovered_interpreter_python")
        return interpreter

    @property
    def _address(self) -> str:
        return self._play_context.remote_addr

    def _show_request(self, line: str) -> None:
        self._display.vvv("katapult.cloud: %s" % line, host=self._address)

    def _as_of_module(self, printed: Vars) -> Vars:
        """Convert the output of a module like Ansible does, which uses another message for a failed action plugin."""
        parse = super()._parse_returned_data
        more = ["legacy"] if "profile" in inspect.signature(parse).parameters else []  # since ansible-core 2.19
        parsed = parse({"stdout": json.dumps(printed), "stderr": "", "rc": 0}, *more)
        return parsed if isinstance(parsed, dict) else parsed.as_result_dict(for_round_trip=True)  # since 2.21

    def _parse_returned_data(self, res: t.Any, *more: t.Any) -> t.Any:
        """Parse the output of the module. It logs its requests before the result, if the verbosity is high enough."""
        for line in res.get("stdout", "").splitlines():
            if line.startswith(REQUEST_LOG_PREFIX):
                self._show_request(line[len(REQUEST_LOG_PREFIX) :])
        return super()._parse_returned_data(res, *more)
