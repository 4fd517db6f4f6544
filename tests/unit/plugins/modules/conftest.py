# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module like Ansible does: options in, one JSON result out."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.rendering import SECRET
from katapult_simulator.server import Server, serving

from ansible_collections.katapult.cloud.plugins.modules import load_balancer

from .as_module import patch_module_args

TOKEN = "simulator-token"


@pytest.fixture(autouse=True)
def fixture_no_environment(monkeypatch):
    for name in (
        "KATAPULT_API_TOKEN",
        "KATAPULT_API_KEY",
        "KATAPULT_API_URL",
        "KATAPULT_ORGANIZATION",
        "KATAPULT_DATA_CENTER",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(name="server")
def fixture_server():
    with serving(Server(0)) as server:
        yield server


@pytest.fixture(name="task")
def fixture_task(server, capsys):
    """Runs a module with some options and returns its result."""

    def run(check=False, module=load_balancer, **options):
        options = {"api_url": server.api_url, "api_token": TOKEN, "organization": {"sub_domain": "acme"}, **options}
        options = {name: value for name, value in options.items() if value is not None}
        with patch_module_args({**options, "_ansible_check_mode": check, "_ansible_diff": True}):
            with pytest.raises(SystemExit) as ended:
                module.main()
        message = capsys.readouterr()
        result = json.loads(message.out)
        assert ended.value.code == (1 if result.get("failed") else 0)
        # Newer versions of ansible-core omit the first, and use the second to list for the controller what must be masked.
        result.pop("invocation", None)
        result.pop("_ansible_new_secrets", None)
        shown = json.dumps(result) + message.err
        assert SECRET not in shown and TOKEN not in shown
        return result

    return run
