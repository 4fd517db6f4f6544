# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Remove one thing, and tell whether it was this task that did."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan, Values


def remove(client: Client, plan: Plan, kind: str) -> Plan:
    """Send the DELETE of a plan; without its step if the thing was gone before.

    :param kind: what the thing is called in the API's answers and error codes.
    :raises KatapultError: it may still be there.
    """
    (step,) = plan.steps
    identifier = t.cast(Values, plan.before)["id"]
    try:
        client.request(step.method, step.path, step.query, expect=kind, identifier=identifier)
    except KatapultError as error:
        if not error.says_missing(kind):
            raise
        if not error.maybe_done:  # somebody else was faster, so this task changed nothing
            return plan._replace(steps=())
    return plan
