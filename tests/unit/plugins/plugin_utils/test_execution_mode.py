# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution mode of a task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.katapult.cloud.plugins.plugin_utils._execution_mode import (
    TaskContext,
    is_same_interpreter,
    why_not_in_process,
)

PYTHON = "/opt/ansible/bin/python3"


ORDINARY = TaskContext(
    allowed=True,
    connection="ansible.builtin.local",
    is_async=False,
    environment=False,
    uses_become=False,
    keeps_files=False,
    interpreter=PYTHON,
    running=PYTHON,
    has_requests=True,
)


@pytest.mark.parametrize("connection", ["local", "ansible.builtin.local", "ansible.legacy.local"])
def test_an_ordinary_task_on_the_local_machine_runs_in_process(connection):
    assert why_not_in_process(replace(ORDINARY, connection=connection)) is None


@pytest.mark.parametrize(
    ("circumstance", "reason"),
    [
        ({"allowed": False}, "katapult_in_process is false"),
        ({"connection": "ansible.builtin.ssh"}, "the connection is ansible.builtin.ssh"),
        ({"connection": "community.docker.docker"}, "the connection is community.docker.docker"),
        ({"is_async": True}, "the task uses async"),
        ({"environment": True}, "the task sets an environment"),
        ({"uses_become": True}, "the task uses become"),
        ({"keeps_files": True}, "Ansible is configured to keep the files of modules"),
        ({"interpreter": None}, "the Python interpreter has to be discovered"),
        ({"interpreter": "/usr/bin/python3"}, "the Python interpreter is /usr/bin/python3"),
        ({"interpreter": PYTHON + " -E"}, "the Python interpreter is %s -E" % PYTHON),
        ({"interpreter": "python3"}, "the Python interpreter is python3"),
    ],
)
def test_a_task_runs_as_a_module_if_the_mode_could_be_observed_and_requests_is_not_imported(circumstance, reason):
    assert why_not_in_process(replace(ORDINARY, **circumstance)) == reason


def test_without_requests_the_task_runs_as_a_module_with_a_reason():
    assert (
        why_not_in_process(replace(ORDINARY, has_requests=False))
        == "the Python that runs Ansible cannot import requests"
    )


def test_the_python_of_a_virtual_environment_differs_from_the_target_of_its_link(tmp_path):
    real = tmp_path / "usr" / "python3.13"
    inside = tmp_path / "venv" / "python3"
    again = tmp_path / "venv" / "python"
    elsewhere = tmp_path / "other" / "python3"
    for path in (real, inside, elsewhere):
        path.parent.mkdir()
    real.touch()
    for path in (inside, again, elsewhere):
        path.symlink_to(real)
    assert is_same_interpreter(str(inside), str(inside))
    assert is_same_interpreter(str(again), str(inside))
    assert not is_same_interpreter(str(real), str(inside))
    assert not is_same_interpreter(str(elsewhere), str(inside))
    other = tmp_path / "venv" / "pypy"
    other.touch()
    assert not is_same_interpreter(str(other), str(inside))
