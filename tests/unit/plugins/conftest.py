# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator behind HTTP for the controller plugins, which open their connections themselves."""

from __future__ import annotations

import pytest
from katapult_simulator.server import Server, serving


@pytest.fixture(name="server")
def fixture_server(monkeypatch):
    """A simulator, with the environment variables that point to it."""
    server = Server(0)
    monkeypatch.delenv("KATAPULT_API_KEY", raising=False)
    monkeypatch.setenv("KATAPULT_API_URL", server.api_url)
    monkeypatch.setenv("KATAPULT_API_TOKEN", "simulator-token")
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "acme")
    with serving(server):
        yield server
