# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses that only read: virtual machines, their groups, tags, certificates, data centers and organizations."""

from __future__ import annotations

import time
import typing as t

from . import arguments as args
from . import listing, members, refusals, rendering
from .calls import Act, Call, Endpoint, Json, endpoint, organization_of, sees

_TRASH_IS_KEPT = 48 * 3600  # seconds


# Virtual machines


def _read_virtual_machine(call: Call) -> tuple[int, Json]:
    named = args.looked_up(call.arguments, "virtual_machine", call.segment, ("id", "fqdn"))
    everywhere = call.world.virtual_machines
    if "id" in named:
        machine = everywhere.get(named["id"])
    else:
        machine = next((one for one in everywhere.values() if call.world.fqdn(one) == named["fqdn"]), None)
    if machine is None or not sees(call, machine.organization):
        raise refusals.not_found("virtual_machine")
    if machine.trashed:
        raise _in_trash(machine.id, "VirtualMachine")
    annotations = [{"key": key, "value": value} for key, value in machine.annotations.items()]
    return 200, {"virtual_machine": members.virtual_machine(call.world, machine), "annotations": annotations}


def _list_virtual_machines(call: Call) -> tuple[int, Json]:
    organization = organization_of(call)
    wanted = args.annotations_of(call.arguments)
    found = [
        listing.virtual_machine(call.world, machine)
        for machine in call.world.virtual_machines.values()
        if machine.organization == organization.id and not machine.trashed and args.has_all(machine.annotations, wanted)
    ]
    return 200, _page(call, "virtual_machines", found)


# Groups and tags


def _read_group(call: Call) -> tuple[int, Json]:
    found = _by_id(call, "virtual_machine_group", call.world.groups)
    return 200, {"virtual_machine_group": members.group(found)}


def _list_groups(call: Call) -> tuple[int, Json]:
    organization = organization_of(call)
    found = [members.group(one) for one in call.world.groups.values() if one.organization == organization.id]
    return 200, {"virtual_machine_groups": found}


def _read_tag(call: Call) -> tuple[int, Json]:
    return 200, {"tag": members.tag(_by_id(call, "tag", call.world.tags))}


def _list_tags(call: Call) -> tuple[int, Json]:
    organization = organization_of(call)
    found = [listing.tag(one) for one in call.world.tags.values() if one.organization == organization.id]
    return 200, _page(call, "tags", sorted(found, key=lambda one: str(one["name"])))


# Certificates


def _read_certificate(call: Call) -> tuple[int, Json]:
    found = _by_id(call, "certificate", call.world.certificates)
    if found.trashed:
        raise _in_trash(found.id, "Certificate")
    return 200, {"certificate": listing.whole_certificate(found)}


def _list_certificates(call: Call) -> tuple[int, Json]:
    organization = organization_of(call)
    found = [
        listing.certificate(one)
        for one in call.world.certificates.values()
        if one.organization == organization.id and not one.trashed
    ]
    return 200, _page(call, "certificates", found)


# Data centers and organizations


def _read_data_center(call: Call) -> tuple[int, Json]:
    named = args.looked_up(call.arguments, "data_center", call.segment, ("id", "permalink"))
    for center in call.world.data_centers.values():
        if all(getattr(center, name) == value for name, value in named.items()):
            return 200, {"data_center": listing.data_center(center)}
    raise refusals.not_found("data_center")


def _list_data_centers(call: Call) -> tuple[int, Json]:
    return 200, {"data_centers": [listing.data_center(center) for center in call.world.data_centers.values()]}


def _read_organization(call: Call) -> tuple[int, Json]:
    return 200, {"organization": members.organization(organization_of(call))}


def _list_organizations(call: Call) -> tuple[int, Json]:
    found = [one for one in call.world.organizations.values() if sees(call, one.id)]
    return 200, {"organizations": [members.organization_in_list(one) for one in found]}


# What they have in common


def _by_id(call: Call, kind: str, things: t.Mapping[str, t.Any]) -> t.Any:
    named = args.looked_up(call.arguments, kind, call.segment, ("id",))
    found = things.get(named["id"])
    if found is None or not sees(call, found.organization):
        raise refusals.not_found(kind)
    return found


def _in_trash(identifier: str, kind: str) -> refusals.Refusal:
    return refusals.object_in_trash(identifier, kind, int(time.time()) + _TRASH_IS_KEPT)


def _page(call: Call, name: str, found: list[Json]) -> Json:
    number, per_page = args.page_of(call.arguments, call.world.assumptions.largest_page)
    return rendering.page(name, found, number, per_page)


def _both(kind: str, read: Act, enumerate_all: Act) -> tuple[Endpoint, Endpoint]:
    """One of a kind, and all that an organization has."""
    scopes = (kind + "s", kind + "s:read")
    return (
        endpoint("GET", "/%ss/*" % kind, scopes, read),
        endpoint("GET", "/organizations/*/%ss" % kind, scopes, enumerate_all),
    )


ENDPOINTS = (
    *_both("virtual_machine", _read_virtual_machine, _list_virtual_machines),
    *_both("virtual_machine_group", _read_group, _list_groups),
    *_both("tag", _read_tag, _list_tags),
    *_both("certificate", _read_certificate, _list_certificates),
    endpoint("GET", "/data_centers", (), _list_data_centers),
    endpoint("GET", "/data_centers/*", (), _read_data_center),
    endpoint("GET", "/organizations", ("organizations:read",), _list_organizations),
    endpoint("GET", "/organizations/*", ("organizations:read",), _read_organization),
)
