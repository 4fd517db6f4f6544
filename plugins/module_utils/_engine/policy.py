# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the policy of an organization says about the creation of resources. Read only after the API has refused one."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError
from .._http.client import Client
from .resource import ORGANIZATION, ParentRef

_PATH = "/organizations/organization/policy"


def restrictions(client: Client, organization: ParentRef) -> str:
    """A sentence about the limits that the organization has reached, and about other reasons."""
    query = [("%s[%s]" % (ORGANIZATION.name, by), value) for by, value in (organization or {}).items()]
    try:
        policy = client.request("GET", _PATH, query)
    except KatapultError as error:
        return "The policy of the organization could not be read: %s" % error
    reasons, limits = policy.get("reasons_for_disallowing_resource_creation"), policy.get("limits")
    said = [str(reason).rstrip(".") for reason in reasons] if isinstance(reasons, list) else []
    said += [text for text in (_reached(name, limit) for name, limit in _limits(limits)) if text]
    if not said:
        return "The policy of the organization shows no reason, and no limit that is reached."
    return "The policy of the organization says: %s." % "; ".join(said)


def _limits(limits: t.Any) -> list[tuple[str, dict[str, t.Any]]]:
    found = limits.items() if isinstance(limits, dict) else ()
    return [(name, limit) for name, limit in found if isinstance(limit, dict)]


def _reached(name: str, limit: dict[str, t.Any]) -> str | None:
    """The text for a limit that is reached; None if it is not."""
    most, current = limit.get("limit"), limit.get("current")
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (most, current)):
        return None
    unit = " %s" % limit["unit"] if limit.get("unit") else ""
    text = "the limit of %s is reached: %s of %s%s" % (name.replace("_", " "), current, most, unit)
    return text if t.cast(float, current) >= t.cast(float, most) else None
