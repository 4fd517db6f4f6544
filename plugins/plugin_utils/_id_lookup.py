# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the IDs of resources by name."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine.finder import Finder
from ansible_collections.katapult.cloud.plugins.module_utils._engine.names import find_ids
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._errors import ORGANIZATION_OPTION, invalid_options
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._resources.address_list import ADDRESS_LIST
from ansible_collections.katapult.cloud.plugins.module_utils._resources.certificate import CERTIFICATE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.data_center import DATA_CENTER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.disk_template import DISK_TEMPLATE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.ip_address import IP_ADDRESS
from ansible_collections.katapult.cloud.plugins.module_utils._resources.load_balancer import LOAD_BALANCER
from ansible_collections.katapult.cloud.plugins.module_utils._resources.network import NETWORK
from ansible_collections.katapult.cloud.plugins.module_utils._resources.organization import ORGANIZATION
from ansible_collections.katapult.cloud.plugins.module_utils._resources.security_group import SECURITY_GROUP
from ansible_collections.katapult.cloud.plugins.module_utils._resources.tag import TAG
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine import VIRTUAL_MACHINE
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_group import (
    VIRTUAL_MACHINE_GROUP,
)
from ansible_collections.katapult.cloud.plugins.module_utils._resources.virtual_machine_package import (
    VIRTUAL_MACHINE_PACKAGE,
)

Values = dict[str, t.Any]
Organization = t.Optional[dict[str, str]]

KINDS: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        VIRTUAL_MACHINE,
        VIRTUAL_MACHINE_GROUP,
        TAG,
        CERTIFICATE,
        SECURITY_GROUP,
        ADDRESS_LIST,
        DATA_CENTER,
        ORGANIZATION,
        LOAD_BALANCER,
        VIRTUAL_MACHINE_PACKAGE,
        DISK_TEMPLATE,
        NETWORK,
        IP_ADDRESS,
    )
}


def resolve(client: Client, resource: Resource, names: list[str], organization: Organization) -> list[str]:
    """The IDs of the resources with these names, in their order, from one list.

    :raises TaskRefused: a name matches no resource, or several resources.
    """
    if not names:
        return []
    if resource.needs_organization and organization is None:
        text = "%s is required to look up %s; lookups do not use module_defaults and the environment of a task"
        raise invalid_options(text % (ORGANIZATION_OPTION, resource.with_article))
    return find_ids(resource, Finder(client, resource, organization).list_everywhere(), names, organization)
