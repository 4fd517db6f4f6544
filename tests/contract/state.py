# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the simulator for a recording: objects that existed before it, or that unsimulated operations change.

A recording is incomplete: only the fields in some response are known, and the identifiers in successful requests. Load
balancers and rules that the recorded requests do not create existed before.
"""

from __future__ import annotations

import typing as t
from dataclasses import fields, replace

from exchanges import Exchange
from katapult_simulator import samples
from katapult_simulator.arguments import merged, nested
from katapult_simulator.kinds.certificate import Certificate
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.kinds.data_center import COUNTRIES, DataCenter
from katapult_simulator.kinds.load_balancer import LoadBalancer
from katapult_simulator.kinds.load_balancer_rule import Rule
from katapult_simulator.kinds.organization import Organization
from katapult_simulator.kinds.virtual_machine import VirtualMachine
from katapult_simulator.world import Assumptions, Token

Json = dict[str, t.Any]

# The kinds by their names in requests and responses
_KINDS = (
    "load_balancer load_balancer_rule virtual_machine virtual_machine_group tag certificate data_center organization"
)
PLURALS = {name: kind + "s" for kind in _KINDS.split() for name in (kind, kind + "s", kind.title().replace("_", ""))}
PLURALS["group"] = "virtual_machine_groups"
MANAGED = ("load_balancers", "load_balancer_rules")
_PREFIXES = {
    "lb": "load_balancers",
    "org": "organizations",
    "cert": "certificates",
    "vm": "virtual_machines",
    "vmgrp": "virtual_machine_groups",
    "tag": "tags",
}


def objects(value: t.Any, key: str = "") -> t.Iterator[tuple[str, Json]]:
    """All objects in a body, outer ones first, each with its key; a member of a load balancer has its type as the key."""
    if isinstance(value, dict):
        if set(value) == {"type", "value"} and isinstance(value["value"], dict):
            yield from objects(value["value"], str(value["type"]))
            return
        yield key, value
        for name, of in value.items():
            yield from objects(of, name)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item, key)


def resources(answer: t.Any) -> t.Iterator[tuple[str, Json]]:
    """All resources in a response, each with the plural of its kind."""
    for key, of in objects(answer):
        if key in PLURALS and isinstance(of.get("id"), str):
            yield PLURALS[key], of


def texts(value: t.Any) -> t.Iterator[str]:
    """All texts in a body."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def requested(exchange: Exchange) -> set[str]:
    """All texts in a request that may identify a resource."""
    return {*exchange.path.split("/"), *(str(value) for _name, value in exchange.query), *texts(exchange.body)}


def lookups(exchange: Exchange) -> Json:
    """By kind, the identifiers of the resources that a request is about, in its query, its body or its path."""
    body = exchange.body if isinstance(exchange.body, dict) else {}
    found = {name: of for name, of in merged(nested(exchange.query), body).items() if isinstance(of, dict)}
    for segment in exchange.path.split("/"):
        plural = _PREFIXES.get(segment.split("_")[0]) if "_" in segment[1:] else None
        if plural and segment != plural[:-1]:
            found.setdefault(plural[:-1], {"id": segment})
    return found


def is_partial(answer: t.Any) -> bool:
    """Whether a response is one page of several: it has as many rows as such a page must have."""
    pages = answer.get("pagination") if isinstance(answer, dict) else None
    rows = next((len(of) for key, of in (answer or {}).items() if key in PLURALS and isinstance(of, list)), None)
    if not isinstance(pages, dict) or rows is None:
        return False
    total, size = pages.get("total"), pages.get("per_page", 0)
    if total is None:
        return pages.get("large_set") is True
    return rows < total and rows == max(0, min(size, total - size * (pages.get("current_page", 1) - 1)))


def whole_list(exchange: Exchange, plural: str) -> list[str] | None:
    """The IDs in a response that lists all resources of a kind that an organization has, if it is one."""
    rows = exchange.answer.get(plural) if exchange.operation and exchange.succeeded else None
    filtered = any(name.startswith("annotations") for name, _value in exchange.query)
    whole = isinstance(rows, list) and not filtered and not is_partial(exchange.answer)
    return [one["id"] for one in rows] if whole else None


class State:
    """The resources of a simulator, and what the recording has shown of them so far."""

    def __init__(self, recorded: t.Sequence[Exchange], assumptions: Assumptions | None = None) -> None:
        self.world = samples.world(assumptions)
        self.world.tokens["without-scopes"] = Token(scopes=())
        self.world.objects.update((plural, {}) for plural in self.world.objects)
        self._known: dict[str, dict[str, Json]] = {plural: {} for plural in self.world.objects}
        self._others = 0  # the number of exchanges that may have changed the members of groups and tags
        self._weighed: dict[str, int] = {}  # that number when a load balancer last showed its weights
        answered = [one for one in recorded if one.succeeded]
        self._owner, name = _organization_of(answered)
        self._learn("organizations", {"id": self._owner, "name": name, "sub_domain": name})
        self._learn("data_centers", {"id": "dc_recorded", "name": "recorded", "permalink": "recorded"})
        for exchange in reversed(recorded):  # what is shown first is the state at the beginning
            self.learn(exchange)
        # Except for members, which requests may have added before they are shown.
        for plural in ("tags", "virtual_machine_groups"):
            for key, one in self.world.objects[plural].items():
                self.world.objects[plural][key] = replace(one, members=())
        self._add_existing(answered)
        self._weighed.clear()

    def learn(self, exchange: Exchange) -> None:
        """Take over what a response shows of resources that the simulator only reads, and why it refuses requests."""
        self._others += exchange.operation is None
        self._restrict(exchange.code)
        if not exchange.succeeded:
            self._forget(exchange)
            return
        for value in [*texts(exchange.body), *texts(exchange.answer)]:  # IDs show at least that a resource exists
            plural = _PREFIXES.get(value.split("_")[0]) if "_" in value else None
            if plural and plural not in MANAGED and value not in self._known[plural]:
                self._learn(plural, {"id": value})
        beside = self._beside(exchange)
        if exchange.method != "DELETE":
            for plural, of in resources(exchange.answer):
                if plural not in MANAGED:
                    self._learn(plural, {**beside, **of, "trashed": False})
                elif of.get("resource_type") in ("virtual_machine_groups", "tags") and of.get("resource_ids"):
                    self._learn_members(of)
        for plural in self._known:
            listed = whole_list(exchange, plural)
            if listed is not None and plural not in MANAGED:
                self._reduce(plural, beside.get("owner", self._owner), listed)

    def _restrict(self, code: str | None) -> None:
        """What an organization may not do is only visible in errors."""
        owner = self.world.organizations[self._owner]
        owner.suspended, owner.activated = code == "organization_suspended", code != "organization_not_activated"
        owner.restricted = ("recorded",) if code == "resource_creation_restricted" else ()

    def _beside(self, exchange: Exchange) -> Json:
        """What an exchange shows of its resources outside of them: the ID of their organization, and annotations."""
        asked, shown = lookups(exchange).get("organization"), self.world.organizations.values()
        owners = [one.id for one in shown if asked in ({"id": one.id}, {"sub_domain": one.sub_domain})]
        annotations = {name: of for name, of in exchange.answer.items() if name == "annotations"}
        return {**annotations, **({"owner": owners[0]} if owners else {})}

    def _forget(self, exchange: Exchange) -> None:
        """Take over that a resource does not exist, or is in the trash."""
        asked = {text.lower() for text in requested(exchange)}
        for plural, known in self._known.items():
            for key, of in list(known.items()):
                if asked.isdisjoint(str(of.get(by)).lower() for by in ("id", "fqdn", "permalink", "sub_domain")):
                    continue
                if exchange.code == "object_in_trash":
                    self._learn(plural, {**of, "trashed": True})
                elif exchange.code == plural[:-1] + "_not_found" and key != self._owner:
                    self._delete(plural, key)

    def _delete(self, plural: str, key: str) -> None:
        del self._known[plural][key]
        del self.world.objects[plural][key]
        for balancer in self.world.load_balancers.values():
            balancer.resource_ids = [member for member in balancer.resource_ids if member != key]

    def _reduce(self, plural: str, owner: str, listed: list[str]) -> None:
        """A whole list shows that an organization has nothing else outside the trash, and in which order it is listed."""
        for key, of in list(self.world.objects[plural].items()):
            if key not in listed and getattr(of, "organization", owner) == owner and not getattr(of, "trashed", False):
                self._delete(plural, key)
        for key in listed:
            self.world.objects[plural][key] = self.world.objects[plural].pop(key)
        if plural == "data_centers" and listed:
            for machine in self.world.virtual_machines.values():
                machine.data_center = machine.data_center if machine.data_center in listed else listed[0]

    def _learn(self, plural: str, shown: Json) -> None:
        known = self._known[plural]
        of = known[shown["id"]] = merged(known.get(shown["id"], {}), shown)
        self.world.objects[plural][of["id"]] = getattr(self, "_" + plural)(of)
        for name, collections in (("tags", "tags"), ("group", "virtual_machine_groups")):
            if plural == "virtual_machines" and name in shown:
                values = shown[name] if isinstance(shown[name], list) else [shown[name]]
                self._move(collections, of["id"], [one["id"] for one in values if isinstance(one, dict)])

    def _move(self, plural: str, machine: str, into: list[str]) -> None:
        """Let a virtual machine be a member of these groups or tags only."""
        for key in into:
            if key not in self.world.objects[plural]:
                self._learn(plural, {"id": key})
        for key, one in self.world.objects[plural].items():
            others = tuple(member for member in one.members if member != machine)
            self.world.objects[plural][key] = replace(one, members=(*others, machine) if key in into else others)

    def _learn_members(self, of: Json) -> None:
        """The weights of a load balancer show members of its groups or tags that other operations have changed."""
        if "weights" not in of or self._weighed.get(of["id"]) == self._others:
            return
        self._weighed[of["id"]] = self._others
        shown = [one["virtual_machine_id"] for one in of["weights"]]
        collections = self.world.objects[of["resource_type"]]
        members = [member for key in of["resource_ids"] for member in collections[key].members]
        for machine in {*members, *shown}:
            if (machine in members) != (machine in shown):
                self._move(of["resource_type"], machine, of["resource_ids"][:1] if machine in shown else [])

    def _common(self, of: Json) -> Json:
        owner = (of.get("organization") or {}).get("id") or of.get("owner") or self._owner
        return {"id": of["id"], "name": _text(of, "name", of["id"]), "organization": owner}

    def _organizations(self, of: Json) -> Organization:
        return Organization(of["id"], _text(of, "name", "unknown"), _text(of, "sub_domain", of["id"]))

    def _data_centers(self, of: Json) -> DataCenter:
        code = (of.get("country") or {}).get("iso_code2")
        country = code if code in COUNTRIES else "GB"
        return DataCenter(of["id"], _text(of, "name", "unknown"), _text(of, "permalink", of["id"]), country)

    def _virtual_machines(self, of: Json) -> VirtualMachine:
        center = (of.get("zone") or {}).get("data_center") or {}
        return VirtualMachine(
            **self._common(of),
            data_center=center.get("id") or next(iter(self.world.data_centers)),
            trashed=of.get("trashed", False),
            state=_text(of, "state", "started"),
            addresses=tuple(one["address"] for one in of.get("ip_addresses") or () if one.get("address")),
            annotations=_annotations(of),
            hostname=_text(of, "hostname", ""),
            fqdn=_text(of, "fqdn", ""),
        )

    def _collection(self, plural: str, of: Json) -> Collection:
        known = self.world.objects[plural].get(of["id"])
        return Collection(**self._common(of), members=known.members if known else (), color=_text(of, "color", "green"))

    def _tags(self, of: Json) -> Collection:
        return self._collection("tags", of)

    def _virtual_machine_groups(self, of: Json) -> Collection:
        return self._collection("virtual_machine_groups", of)

    def _certificates(self, of: Json) -> Certificate:
        more = {name: of[name] for name in ("issuer", "state", "trashed") if of.get(name)}
        return Certificate(**self._common(of), additional_names=tuple(of.get("additional_names") or ()), **more)

    # What the recorded requests create, unless it existed before

    def _add_existing(self, answered: t.Sequence[Exchange]) -> None:
        shown: dict[str, dict[str, Json]] = {plural: {} for plural in MANAGED}
        created: set[str] = set()
        parents: list[tuple[str, Json]] = []
        for exchange in answered:
            asked, beside = lookups(exchange), self._beside(exchange)
            below = exchange.path.startswith("/load_balancers")
            for plural, of in [
                *resources(exchange.answer),
                *((name + "s", of) for name, of in asked.items() if below and "id" in of),
            ]:
                if plural in MANAGED:
                    # What is shown first is the state at the beginning.
                    shown[plural][of["id"]] = merged({**beside, **of}, shown[plural].get(of["id"], {}))
                    if exchange.method == "POST" and exchange.answer.get(plural[:-1]) is of:
                        created.add(of["id"])
                    if plural == "load_balancer_rules" and "load_balancer" in asked:
                        parents.append((of["id"], asked["load_balancer"]))
        for key, asked in parents:
            shown["load_balancer_rules"][key]["load_balancer"] = {"id": self._parent(asked, shown["load_balancers"])}
        for plural, add in (("load_balancers", self._load_balancer), ("load_balancer_rules", self._rule)):
            for key, of in shown[plural].items():
                if key not in created:
                    self.world.objects[plural][key] = add(of)

    @staticmethod
    def _parent(asked: Json, shown: dict[str, Json]) -> str:
        """The ID of the load balancer that a request identifies. One that nothing else shows is added."""
        found = [key for key, of in shown.items() if all(of.get(by) == value for by, value in asked.items())]
        key = found[0] if found else asked.get("id") or "lb_unrecorded"
        shown.setdefault(key, {"id": key, **asked})
        return key

    def _rule(self, of: Json) -> Rule:
        own = {field.name: of[field.name] for field in fields(Rule) if of.get(field.name) is not None}
        own["certificates"] = [one["id"] for one in of.get("certificates") or ()]
        parent = (of.get("load_balancer") or {}).get("id") or "lb_unrecorded"
        if parent not in self.world.load_balancers:  # it is in no list of the recorded organization
            self.world.load_balancers[parent] = self._load_balancer({"id": parent, "owner": "unrecorded"})
        return Rule(**{"listen_port": 1, "destination_port": 1, "protocol": "HTTP", **own, "load_balancer": parent})

    def _load_balancer(self, of: Json) -> LoadBalancer:
        address = of.get("ip_address") or {}
        plain = "api_reference resource_type resource_ids https_redirect enable_weighting standby_vms".split()
        return LoadBalancer(
            **self._common(of),
            data_center=(of.get("data_center") or {}).get("id") or next(iter(self.world.data_centers)),
            address_id=address.get("id") or "ip_of_%s" % of["id"],
            address=address.get("address") or "203.0.113.1",
            weights={one["virtual_machine_id"]: one["weight"] for one in of.get("weights") or ()},
            annotations=_annotations(of),
            **{name: of[name] for name in plain if of.get(name) is not None},
        )


def _organization_of(answered: t.Sequence[Exchange]) -> tuple[str, str]:
    """The ID and the sub-domain of the organization of a recording, invented as far as it does not show them."""
    asked: Json = {}
    for exchange in answered:
        asked = {**(lookups(exchange).get("organization") or {}), **asked}
    for exchange in answered:
        for plural, of in resources(exchange.answer):
            if plural == "organizations" and of.get("sub_domain"):
                if not asked or of["sub_domain"] == asked.get("sub_domain") or of["id"] == asked.get("id"):
                    return of["id"], of["sub_domain"]
    return asked.get("id", "org_recorded"), asked.get("sub_domain", "recorded")


def _annotations(of: Json) -> dict[str, t.Any]:
    return {one["key"]: one["value"] for one in of.get("annotations") or ()}


def _text(of: Json, name: str, unknown: str) -> str:
    """A text, so that a value of another type is not taken over from the response that it is compared with."""
    return of[name] if isinstance(of.get(name), str) else unknown
