# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution mode of a task: in the process that runs Ansible, or as a regular module."""

from __future__ import annotations

import os
from dataclasses import dataclass

LOCAL_CONNECTIONS = ("local", "ansible.builtin.local", "ansible.legacy.local")


@dataclass(frozen=True)
class TaskContext:
    """The conditions that determine the execution mode.

    :param allowed: the variable katapult_in_process.
    :param connection: the connection plugin, by its full name.
    :param is_async: whether the task has C(async).
    :param environment: whether the task has a non-empty C(environment).
    :param uses_become: whether the task becomes another user.
    :param keeps_files: whether Ansible is configured to keep the files of modules.
    :param interpreter: the Python that would run the module; None if Ansible would have to discover one.
    :param running: the Python that runs Ansible.
    :param has_requests: whether requests can be imported there.
    """

    allowed: bool
    connection: str | None
    is_async: bool
    environment: bool
    uses_become: bool
    keeps_files: bool
    interpreter: str | None
    running: str
    has_requests: bool


def why_not_in_process(given: TaskContext) -> str | None:
    """The reason why a task must run as a regular module, because the difference could be observed; None if there is none."""
    if not given.allowed:
        return "katapult_in_process is false"
    if given.connection not in LOCAL_CONNECTIONS:
        return "the connection is %s" % given.connection
    if given.is_async:
        return "the task uses async"
    if given.environment:
        return "the task sets an environment"
    if given.uses_become:
        return "the task uses become"
    if given.keeps_files:
        return "Ansible is configured to keep the files of modules"
    if given.interpreter is None:
        return "the Python interpreter has to be discovered"
    if not is_same_interpreter(given.interpreter, given.running):
        return "the Python interpreter is %s" % given.interpreter
    if not given.has_requests:
        return "the Python that runs Ansible cannot import requests"
    return None


def is_same_interpreter(one: str, other: str) -> bool:
    """Whether two paths are the same Python with the same libraries.

    The folder matters, too: in a virtual environment, the program is a link to one outside, and only its location
    determines the libraries.
    """
    if one == other:
        return True
    return os.path.dirname(one) == os.path.dirname(other) and os.path.realpath(one) == os.path.realpath(other)
