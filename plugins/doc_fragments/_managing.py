# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What the modules share that manage a kind of resource of an organization which the API does not look up by name."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) creates the resource if it does not exist, and updates it if it differs from the task.
      - V(absent) deletes it. If it does not exist, nothing is changed. If O(ignore:id) and the name do not belong to the same resource, the
        task fails. All other options must be valid, but have no effect.
    type: str
    choices: [present, absent]
    default: present
  organization:
    description:
      - The organization that the resource belongs to. Required. Defaults to the sub-domain in the environment variable
        E(KATAPULT_ORGANIZATION).
attributes:
  check_mode:
    support: full
    details:
      - Only V(GET) requests are sent.
      - Check mode cannot verify that the organization of a new resource exists, or that the token permits writing.
      - Values that Katapult assigns on creation are V(null) in the prediction.
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    # For resources that are identified by their name
    NAMED = r"""
options: {}
notes:
  - >-
    Katapult does not enforce that names are unique, so the module does: it creates no second resource in later runs, nor in tasks of the same
    user on the same machine that run at the same moment. If another controller creates the same resource at the same moment, the task reports
    this with the error code V(duplicate_found), and deletes nothing.
  - If several resources have the name, the task fails with their IDs before it changes anything. Set O(ignore:id) to select one.
  - A resource that already has the name is used, so a task adopts it. Preview this with C(--check --diff).
"""
