# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of M(katapult.cloud.ip_address)."""

from __future__ import annotations

from ansible_collections.katapult.cloud.plugins.plugin_utils._action import InProcessAction


class ActionModule(InProcessAction):
    """Runs tasks of M(katapult.cloud.ip_address) in the process that runs Ansible."""
