# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes that all _info modules for one kind of resource share, and the options that some of them share."""

    DOCUMENTATION = r"""
options: {}
notes:
  - To return all resources, omit the options that identify one, for example with C(default(omit)). If one of them is V(null) or empty,
    such as the ID of a resource that check mode only predicts, nothing is returned, and the task issues a warning.
attributes:
  check_mode:
    support: full
    details:
      - The module only reads, so it does the same in check mode.
  diff_mode:
    support: N/A
    details:
      - The module only reads.
  idempotent:
    support: full
    details:
      - The module only reads.
"""

    # For resources of an organization
    LISTED = r"""
options:
  organization:
    description:
      - The organization whose resources are listed. Has no effect if the task reads a single resource, by its ID or by another unique
        identifier.
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
"""

    # For resources of the account or of Katapult
    UNLISTED = r"""
options:
  organization:
    description:
      - Has no effect on this module. It is accepted so that C(module_defaults) can set it for all modules.
"""

    # For resources whose list endpoint omits fields
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
