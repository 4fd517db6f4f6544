# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""From names to ids: what a name can be for each kind of thing, and the one thing that it means."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer_look, _look
from ansible_collections.katapult.cloud.plugins.module_utils import _readable as of
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import TaskRefused, invalid_task

Values = dict[str, t.Any]
Organization = t.Optional[dict[str, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of thing that has names.

    :param called: what a person calls one of them.
    :param named_by: the fields whose values are its names.
    :param rows: all of them, by the client and the organization.
    :param in_any_case: those of the fields that are the same in upper and lower case.
    :param of_organization: whether an organization has them.
    """

    called: str
    named_by: tuple[str, ...]
    rows: Callable[[Client, t.Any], list[Values]]
    in_any_case: tuple[str, ...] = ()
    of_organization: bool = True

    def meant_by(self, name: str, rows: list[Values]) -> list[Values]:
        """Those that a name may mean."""
        return [
            row
            for row in rows
            if row["id"] == name
            or any(row.get(by) and self._folded(by, name) == self._folded(by, row[by]) for by in self.named_by)
        ]

    def _folded(self, by: str, name: str) -> str:
        """A name as names of this field are compared."""
        return name.lower() if by in self.in_any_case else name


def _readable(kind: of.Readable, *named_by: str, in_any_case: tuple[str, ...] = ()) -> Kind:
    def rows(client: Client, organization: Organization) -> list[Values]:
        return _look.rows(client, kind, organization)

    return Kind(kind.called, named_by, rows, in_any_case, kind.of_organization)


def _load_balancers(client: Client, organization: dict[str, str]) -> list[Values]:
    return _load_balancer_look.rows(client, organization)


KINDS: dict[str, Kind] = {
    "virtual_machine": _readable(of.VIRTUAL_MACHINE, "name", "hostname", "fqdn", in_any_case=("hostname", "fqdn")),
    "virtual_machine_group": _readable(of.VIRTUAL_MACHINE_GROUP, "name"),
    "tag": _readable(of.TAG, "name"),
    "certificate": _readable(of.CERTIFICATE, "name"),
    "data_center": _readable(of.DATA_CENTER, "permalink", "name"),
    "organization": _readable(of.ORGANIZATION, "sub_domain", "name", in_any_case=("sub_domain",)),
    "load_balancer": Kind("load balancer", ("api_reference", "name"), _load_balancers),
}


def ids(client: Client, kind: Kind, names: list[str], organization: Organization) -> list[str]:
    """The ids of the things with these names, in their order, from one listing.

    :raises TaskRefused: one of the names means nothing, or several things.
    """
    if not names:
        return []
    if kind.of_organization and organization is None:
        raise invalid_task("organization (or KATAPULT_ORGANIZATION) is required to look up a %s" % kind.called)
    rows = kind.rows(client, organization)
    meant = {name: sorted({row["id"] for row in kind.meant_by(name, rows)}) for name in names}
    missing = ['"%s"' % name for name, found in meant.items() if not found]
    if missing:
        raise _missing(kind, missing, len(rows), organization)
    ambiguous = ['"%s" may be any of %s' % (name, ", ".join(found)) for name, found in meant.items() if len(found) > 1]
    if ambiguous:
        raise TaskRefused(
            "Several %ss have the same name: %s. Give the ID of the one that is meant instead."
            % (kind.called, "; ".join(ambiguous)),
            "ambiguous_name",
        )
    return [meant[name][0] for name in names]


def _missing(kind: Kind, missing: list[str], searched: int, organization: Organization) -> TaskRefused:
    where = ""
    if kind.of_organization:
        where = ' in the organization "%s"' % next(iter((organization or {}).values()))
    return TaskRefused(
        "There is no %s called %s%s. Searched: %s and id of all %d that the token can see."
        % (kind.called, " or ".join(missing), where, ", ".join(kind.named_by), searched),
        "name_not_found",
    )
