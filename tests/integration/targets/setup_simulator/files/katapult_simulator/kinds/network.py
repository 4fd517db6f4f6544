# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks, which belong to Katapult, virtual networks, and the speed profiles of network interfaces."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..rendering import Reference, render
from ..table import Action, Json, Kind
from ..world import World
from .data_center import COUNTRIES, DATA_CENTER
from .organization import ORGANIZATION


@dataclass
class Network:
    id: str
    data_center: str
    permalink: str
    name: str = "Public Network"
    default: bool = True  # whether it is that of its data center


@dataclass
class VirtualNetwork:
    id: str
    organization: str
    data_center: str
    name: str


@dataclass
class NetworkSpeedProfile:
    id: str
    name: str
    permalink: str
    upload_speed_in_mbit: t.Optional[int] = None
    download_speed_in_mbit: t.Optional[int] = None


def center_with_country(world: World, identifier: str) -> Json:
    """A data center, with more fields of its country than it has when read individually."""
    center = world.data_centers[identifier]
    return {"id": center.id, "name": center.name, "permalink": center.permalink, "country": COUNTRIES[center.country]}


def default_network(world: World, data_center: str) -> Network:
    """The default network of a data center. One that does not exist is invented."""
    for network in world.networks.values():
        if network.data_center == data_center and network.default:
            return network
    center = world.data_centers[data_center]
    return Network("netw_%s" % center.id, center.id, "%s-public" % center.permalink)


def network_of(world: World, identifier: str) -> Network:
    """A network by its ID, or the invented one."""
    invented = (default_network(world, center) for center in world.data_centers)
    return world.networks.get(identifier) or next(one for one in invented if one.id == identifier)


_SHORT = "id,name,permalink,default,data_center[id,name,permalink]"
_SHORT_VIRTUAL = "id,name,data_center[id,name,permalink]"


def _default(world: World, center: t.Any, _given: Json) -> Json:
    return {"network": render(world, NETWORK, default_network(world, center.id), _SHORT)}


def _available(world: World, organization: t.Any, _given: Json) -> Json:
    owned = [one for one in world.virtual_networks.values() if one.organization == organization.id]
    return {
        "networks": [render(world, NETWORK, one, _SHORT) for one in world.networks.values()],
        "virtual_networks": [render(world, VIRTUAL_NETWORK, one, _SHORT_VIRTUAL) for one in owned],
    }


NETWORK = Kind(
    name="network",
    model=Network,
    lookup=("id", "permalink"),
    read_scopes=(),
    listed=False,
    list_fields=_SHORT,
    fields="id,name,permalink,default,data_center[id,name,permalink,country]",
    computed={"data_center": lambda world, network: center_with_country(world, network.data_center)},
    actions={
        "default_network": Action(_default, "GET", of=DATA_CENTER, scopes=()),
        "available_networks": Action(_available, "GET", of=ORGANIZATION, scopes=()),
    },
)
VIRTUAL_NETWORK = Kind(
    name="virtual_network",
    model=VirtualNetwork,
    parent=ORGANIZATION,
    readable=False,
    listed=False,
    list_fields=_SHORT_VIRTUAL,
    fields=_SHORT_VIRTUAL,
    references={"data_center": DATA_CENTER},
)
NETWORK_SPEED_PROFILE = Kind(
    name="network_speed_profile",
    model=NetworkSpeedProfile,
    parent=ORGANIZATION,
    lookup=("id", "permalink"),
    read_scopes=(),
    readable=False,
    in_list=lambda _world, _profile, _organization, _given: True,
    list_fields="id,name,upload_speed_in_mbit,download_speed_in_mbit,permalink",
    fields="id,name,upload_speed_in_mbit,download_speed_in_mbit,permalink",
)


def speed_profile(world: World, identifier: str) -> Reference | None:
    """A speed profile as the value of a field, if it is known."""
    profile = world.network_speed_profiles.get(identifier)
    return Reference(NETWORK_SPEED_PROFILE, profile) if profile else None
