# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of M(katapult.cloud.data_center_info): it only looks."""

from __future__ import annotations

from ansible_collections.katapult.cloud.plugins.module_utils._read_task import argument_spec, task
from ansible_collections.katapult.cloud.plugins.module_utils._readable import DATA_CENTER

ARGUMENT_SPEC = argument_spec(DATA_CENTER)

run = task(DATA_CENTER)
