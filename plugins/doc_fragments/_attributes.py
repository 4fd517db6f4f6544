# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes that all modules share: check mode, diff mode, idempotency and the action group."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Predicts the result without changing anything.
  diff_mode:
    description: Returns what changed, or in check mode what would change.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same options, the second run changes nothing.
  action_group:
    description: Use C(group/katapult.cloud.all) in C(module_defaults) to set options for this module.
    support: full
    membership:
      - katapult.cloud.all
"""
