# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Look at load balancers: one by what names it, or whether one is in an organization."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer as lb
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values

Read = t.Callable[[t.Mapping[str, t.Any]], Values]


def by_id(client: Client, identifier: str, read: Read = lb.read) -> Values | None:
    """The load balancer with an id, or None.

    :param read: what to take from the answer.
    :raises TaskRefused: the API answered with another one.
    """
    found = _get(client, "id", identifier, read)
    if found is not None and found["id"] != identifier:
        raise TaskRefused(
            'The look-up of the id "%s" was answered with %s. Nothing was changed.' % (identifier, lb.called(found)),
            "other_load_balancer_found",
        )
    return found


def by_reference(client: Client, api_reference: str, read: Read = lb.read) -> Values | None:
    """The load balancer with a reference, or None.

    :param read: what to take from the answer.
    :raises TaskRefused: the API answered with one that has another reference.
    """
    found = _get(client, "api_reference", api_reference, read)
    if found is None:
        return None
    if found["api_reference"] not in (None, api_reference):
        raise TaskRefused(
            'The look-up of the api_reference "%s" was answered with %s, whose reference is "%s". Use that spelling if it'
            " is the one meant. Nothing was changed." % (api_reference, lb.called(found), found["api_reference"]),
            "other_load_balancer_found",
        )
    # An answer that does not show the reference does not make it another one: it was found by it.
    return {**found, "api_reference": api_reference}


def by_either(client: Client, of: Values, read: Read = lb.read) -> Values | None:
    """The load balancer that a task names by its id or by its reference, or None."""
    return by_id(client, of["id"], read) if "id" in of else by_reference(client, of["api_reference"], read)


def _get(client: Client, by: str, value: str, read: Read) -> Values | None:
    try:
        return read(client.request("GET", lb.ONE, [("load_balancer[%s]" % by, value)], expect="load_balancer"))
    except KatapultError as error:
        if error.says_missing("load_balancer"):
            return None
        raise


def rows(client: Client, organization: Values, more: t.Sequence[tuple[str, str]] = ()) -> list[Values]:
    """The load balancers of an organization as its list shows them.

    :param more: what else to ask the list for.
    """
    return [lb.read_row(row) for row in client.pages(lb.ALL, _query(organization, more), "load_balancers")]


def _query(organization: Values, more: t.Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    return [*(("organization[%s]" % by, value) for by, value in organization.items()), *more]


def check_organization(client: Client, organization: Values, found: Values) -> None:
    """Before a write: a look-up by reference or id names no organization, so it may have met another one's.

    :raises TaskRefused: it is not in the organization.
    """

    def is_it(row: Values) -> bool:
        return row["id"] == found["id"]

    if any(map(is_it, client.pages(lb.ALL, _query(organization), "load_balancers", until=is_it))):
        return
    raise TaskRefused(
        "%s is not in the organization %s. References are looked up in everything that the API token sees, so this may be"
        " another organization's. Nothing was changed. Correct organization or the api_reference, or use a token that"
        " sees this organization only." % (lb.called(found), " / ".join(organization.values())),
        "other_organization",
    )
