# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module says that reads one kind of thing, and what some of them say beside it."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
"""

    # Where an organization has them
    LISTED = r"""
options:
  organization:
    description:
      - The organization that is listed, if no single thing is named by its ID or otherwise. In that case it has no effect.
      - If it is not set, the environment variable E(KATAPULT_ORGANIZATION) is used as its sub-domain.
"""

    # Where they are the account's or Katapult's own
    UNLISTED = r"""
options:
  organization:
    description:
      - Has no effect here. It is accepted so that C(module_defaults) can set it for all modules.
"""

    # Where a list lacks fields
    FULL = r"""
options:
  full:
    description:
      - Whether to read every one of a listing on its own. That takes a request for each, and returns the fields that a listing
        lacks.
      - Katapult permits a certain number of requests a minute. Combined with O(name), only those with the name are read.
    type: bool
    default: false
"""
