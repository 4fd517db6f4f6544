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
      - The organization whose resources are listed. Has no effect if the task reads a single resource, by its ID or by another unique
        identifier.
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
"""

    # Where they are the account's or Katapult's own
    UNLISTED = r"""
options:
  organization:
    description:
      - Has no effect on this module. It is accepted so that C(module_defaults) can set it for all modules.
"""

    # Where a list lacks fields
    FULL = r"""
options:
  full:
    description:
      - Whether to read each listed resource individually. This takes one request for each resource, and returns the fields that the list
        endpoint omits.
      - Katapult limits the number of requests a minute. Combined with O(name), only resources with this name are read individually.
    type: bool
    default: false
"""
