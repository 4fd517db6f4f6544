# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the IDs of resources by name."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine.finder import Finder
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._errors import (
    ORGANIZATION_OPTION,
    TaskRefused,
    invalid_options,
)
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._resources.certificate import CERTIFICATE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.data_center import DATA_CENTER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer import LOAD_BALANCER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.organization import ORGANIZATION
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_group import (
    VIRTUAL_MACHINE_GROUP,
)

Values = dict[str, t.Any]
Organization = t.Optional[dict[str, str]]

KINDS: dict[str, Resource] = {
    resource.name: resource
    for resource in (VIRTUAL_MACHINE, VIRTUAL_MACHINE_GROUP, TAG, CERTIFICATE, DATA_CENTER, ORGANIZATION, LOAD_BALANCER)
}


def resolve(client: Client, resource: Resource, names: list[str], organization: Organization) -> list[str]:
    """The IDs of the resources with these names, in their order, from one list.

    :raises TaskRefused: a name matches no resource, or several resources.
    """
    if not names:
        return []
    if resource.of_organization and organization is None:
        text = "%s is required to look up a %s; lookups do not use module_defaults and the environment of a task"
        raise invalid_options(text % (ORGANIZATION_OPTION, resource.noun))
    rows = Finder(client, resource, organization).list_all()
    meant = {name: sorted({row["id"] for row in rows if _is_named(resource, row, name)}) for name in names}
    missing = ['"%s"' % name for name, found in meant.items() if not found]
    if missing:
        raise _missing(resource, missing, len(rows), organization)
    ambiguous = ['"%s" matches %s' % (name, ", ".join(found)) for name, found in meant.items() if len(found) > 1]
    if ambiguous:
        raise TaskRefused(
            "Several %ss have the same name: %s. Use the ID of the one that is intended instead."
            % (resource.noun, "; ".join(ambiguous)),
            "ambiguous_name",
        )
    return [meant[name][0] for name in names]


def _is_named(resource: Resource, row: Values, name: str) -> bool:
    return row["id"] == name or any(
        row.get(by) and resource.field(by).type.matches(name, row[by]) for by in resource.names
    )


def _missing(resource: Resource, missing: list[str], searched: int, organization: Organization) -> TaskRefused:
    where = ""
    if resource.of_organization:
        where = ' in the organization "%s"' % next(iter((organization or {}).values()))
    return TaskRefused(
        "There is no %s with the name %s%s. Searched: %s and id of all %d that the token can access."
        % (resource.noun, " or ".join(missing), where, ", ".join(resource.names), searched),
        "name_not_found",
    )
