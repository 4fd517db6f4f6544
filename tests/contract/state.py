# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the simulator for a recording: whatever existed before it begins, or is changed by operations that are not simulated.

A recording shows only parts: a resource is known as far as some response shows it. Load balancers and rules are created
by the recorded requests; those that the recording shows without having created them existed before.
"""

from __future__ import annotations

import typing as t
from dataclasses import fields, replace

from exchanges import Exchange
from katapult_simulator import samples
from katapult_simulator.kinds.certificate import Certificate
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.kinds.data_center import COUNTRIES, DataCenter
from katapult_simulator.kinds.load_balancer import LoadBalancer
from katapult_simulator.kinds.load_balancer_rule import Rule
from katapult_simulator.kinds.organization import Organization
from katapult_simulator.kinds.virtual_machine import VirtualMachine

Json = dict[str, t.Any]

# The kinds that are only read, by the keys that contain them in requests and responses
_KEYS = {
    **dict.fromkeys(("organization", "organizations"), "organizations"),
    **dict.fromkeys(("data_center", "data_centers"), "data_centers"),
    **dict.fromkeys(("virtual_machine", "virtual_machines", "VirtualMachine"), "virtual_machines"),
    **dict.fromkeys(("tag", "tags", "Tag"), "tags"),
    **dict.fromkeys(("certificate", "certificates"), "certificates"),
    **dict.fromkeys(
        ("virtual_machine_group", "virtual_machine_groups", "group", "VirtualMachineGroup"), "virtual_machine_groups"
    ),
}
_PREFIXES = {"vm": "virtual_machines", "vmgrp": "virtual_machine_groups", "tag": "tags", "cert": "certificates"}


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


class State:
    """The objects of a simulator, and what the recording has shown of them so far."""

    def __init__(self, recorded: t.Sequence[Exchange]) -> None:
        self.world = samples.world()
        self.world.objects.update((plural, {}) for plural in self.world.objects)
        self._known: dict[str, dict[str, Json]] = {plural: {} for plural in set(_KEYS.values())}
        self._owner, name = self._organization_of(recorded)
        self._learn("organizations", {"id": self._owner, "name": name, "sub_domain": name})
        self._learn("data_centers", {"id": "dc_recorded", "name": "recorded", "permalink": "recorded"})
        for exchange in reversed(recorded):  # what is shown first is the state at the beginning
            self.learn(exchange)
        # Except for members, which the recorded requests may have added before they are shown.
        for plural in ("tags", "virtual_machine_groups"):
            for key, one in self.world.objects[plural].items():
                self.world.objects[plural][key] = replace(one, members=())
        self._add_existing(recorded)

    @staticmethod
    def _organization_of(recorded: t.Sequence[Exchange]) -> tuple[str, str]:
        """The ID and the sub-domain of the organization of a recording, invented as far as it does not show them."""
        asked = {
            by: value
            for one in recorded
            for by, value in [
                *((by, of) for key, thing in objects(one.body) if key == "organization" for by, of in thing.items()),
                *((name[13:-1], value) for name, value in one.query if name.startswith("organization[")),
            ]
        }
        shown = [thing for one in recorded for key, thing in objects(one.answer) if key == "organization"]
        whole = [thing for thing in shown if thing.get("id") and thing.get("sub_domain")]
        for thing in whole:
            if not asked or asked.get("sub_domain") == thing["sub_domain"] or asked.get("id") == thing["id"]:
                return thing["id"], thing["sub_domain"]
        return asked.get("id", "org_recorded"), asked.get("sub_domain", "recorded")

    def learn(self, exchange: Exchange) -> None:
        """Take over what a response shows of resources that the simulator only reads."""
        self._mention(exchange.body)
        self._mention(exchange.answer)
        if exchange.status == 404:
            self._forget(exchange)
        elif exchange.method != "DELETE":
            for key, thing in objects(exchange.answer):
                if key in _KEYS and isinstance(thing.get("id"), str):
                    self._learn(_KEYS[key], thing)
            for plural in self._known:
                rows = exchange.answer.get(plural) if isinstance(exchange.answer, dict) else None
                if exchange.operation and isinstance(rows, list):
                    self._reduce(plural, [row["id"] for row in rows], exchange.answer.get("pagination"))

    def _mention(self, body: t.Any) -> None:
        """IDs show at least that a resource exists."""
        for _key, thing in objects(body):
            for values in thing.values():
                for value in values if isinstance(values, list) else [values]:
                    plural = _PREFIXES.get(value.split("_")[0]) if isinstance(value, str) and "_" in value else None
                    if plural and value not in self._known[plural]:
                        self._learn(plural, {"id": value})

    def _forget(self, exchange: Exchange) -> None:
        asked = {value for _name, value in exchange.query} | set(exchange.path.split("/"))
        for plural, known in self._known.items():
            for key in asked.intersection(known):
                del known[key]
                del self.world.objects[plural][key]

    def _reduce(self, plural: str, listed: list[str], pagination: t.Any) -> None:
        """A whole list shows that nothing else exists, and in which order the API lists the rest."""
        if isinstance(pagination, dict) and pagination.get("total", 0) > len(listed):
            return
        current = self.world.objects[plural]
        self.world.objects[plural] = {key: current[key] for key in listed}
        self._known[plural] = {key: self._known[plural][key] for key in listed}

    def _learn(self, plural: str, shown: Json) -> None:
        known = self._known[plural]
        of = known[shown["id"]] = {**known.get(shown["id"], {}), **shown}
        self.world.objects[plural][of["id"]] = getattr(self, "_" + plural)(of)
        if plural == "virtual_machines":
            for kind, values in (("tags", of.get("tags")), ("virtual_machine_groups", of.get("group", ()))):
                if values != ():
                    ids = [one["id"] for one in (values if isinstance(values, list) else [values]) if one]
                    self._move(kind, of["id"], ids)

    def _move(self, plural: str, machine: str, into: list[str]) -> None:
        """Let a virtual machine be a member of these groups or tags only."""
        for key in into:
            if key not in self.world.objects[plural]:
                self._learn(plural, {"id": key})
        for key, one in self.world.objects[plural].items():
            others = tuple(member for member in one.members if member != machine)
            self.world.objects[plural][key] = replace(one, members=(*others, machine) if key in into else others)

    def _organizations(self, of: Json) -> Organization:
        return Organization(of["id"], _text(of, "name", "unknown"), _text(of, "sub_domain", of["id"]))

    def _data_centers(self, of: Json) -> DataCenter:
        code = (of.get("country") or {}).get("iso_code2", "GB")
        return DataCenter(
            of["id"],
            _text(of, "name", "unknown"),
            _text(of, "permalink", of["id"]),
            code if code in COUNTRIES else "GB",
        )

    def _virtual_machines(self, of: Json) -> VirtualMachine:
        center = ((of.get("zone") or {}).get("data_center") or {}).get("id") or next(iter(self.world.data_centers))
        addresses = tuple(one["address"] for one in of.get("ip_addresses") or () if one.get("address"))
        state = _text(of, "state", "started")
        return VirtualMachine(
            of["id"], _text(of, "name", of["id"]), self._owner, center, state=state, addresses=addresses
        )

    def _collection(self, plural: str, of: Json) -> Collection:
        known = self.world.objects[plural].get(of["id"])
        return Collection(
            of["id"],
            _text(of, "name", of["id"]),
            self._owner,
            known.members if known else (),
            _text(of, "color", "green"),
        )

    def _tags(self, of: Json) -> Collection:
        return self._collection("tags", of)

    def _virtual_machine_groups(self, of: Json) -> Collection:
        return self._collection("virtual_machine_groups", of)

    def _certificates(self, of: Json) -> Certificate:
        more = {name: of[name] for name in ("issuer", "state") if of.get(name)}
        return Certificate(
            of["id"], _text(of, "name", of["id"]), self._owner, tuple(of.get("additional_names") or ()), **more
        )

    # What the recorded requests create, unless it existed before

    def _add_existing(self, recorded: t.Sequence[Exchange]) -> None:
        for name, add in (("load_balancer", self._add_load_balancer), ("load_balancer_rule", self._add_rule)):
            created: set[str] = set()
            existing: dict[str, Json] = {}
            order: list[str] = []
            for one in recorded:
                if one.status not in (200, 201) or not isinstance(one.answer, dict):
                    continue
                order += [row["id"] for row in one.answer.get(name + "s") or ()]
                if one.method == "POST" and name in one.answer:
                    created.add(one.answer[name]["id"])
                for thing in [
                    thing for key, thing in objects(one.answer) if key in (name, name + "s") and thing.get("id")
                ]:
                    beside = {"annotations": one.answer["annotations"]} if "annotations" in one.answer else {}
                    parent = {"load_balancer": {"id": _parent_of(one)}} if name == "load_balancer_rule" else {}
                    # What is shown first is the state at the beginning.
                    existing[thing["id"]] = {**parent, **beside, **thing, **existing.get(thing["id"], {})}
            for key in sorted(existing, key=lambda key: order.index(key) if key in order else len(order)):
                if key not in created:
                    add(existing[key])

    def _add_rule(self, of: Json) -> None:
        parent = (of.get("load_balancer") or {}).get("id")
        if parent in self.world.load_balancers:
            own = {field.name: of[field.name] for field in fields(Rule) if of.get(field.name) is not None}
            own["certificates"] = [one["id"] for one in of.get("certificates") or ()]
            unknown = {"listen_port": 1, "destination_port": 1, "protocol": "HTTP"}
            self.world.load_balancer_rules[of["id"]] = Rule(**{**unknown, **own, "load_balancer": parent})

    def _add_load_balancer(self, of: Json) -> None:
        self.world.load_balancers[of["id"]] = self._load_balancer(of)
        members = of.get("resource_ids") or []
        if of.get("resource_type") != "virtual_machines" and members:  # it shows the weights of all members
            for weight in of.get("weights") or ():
                self._move(of["resource_type"], weight["virtual_machine_id"], members[:1])

    def _load_balancer(self, of: Json) -> LoadBalancer:
        address = of.get("ip_address") or {}
        center = (of.get("data_center") or {}).get("id") or next(iter(self.world.data_centers))
        plain = (
            "name",
            "api_reference",
            "resource_type",
            "resource_ids",
            "https_redirect",
            "enable_weighting",
            "standby_vms",
        )
        return LoadBalancer(
            id=of["id"],
            organization=self._owner,
            data_center=center,
            address_id=address.get("id") or "ip_recorded",
            address=address.get("address") or "203.0.113.1",
            weights={one["virtual_machine_id"]: one["weight"] for one in of.get("weights") or ()},
            annotations={one["key"]: one["value"] for one in of.get("annotations") or ()},
            **{"name": "unknown", **{name: of[name] for name in plain if of.get(name) is not None}},
        )


def _parent_of(exchange: Exchange) -> str | None:
    """The ID of the load balancer to whose rules a request belongs, if it contains one."""
    given = [value for name, value in exchange.query if name == "load_balancer[id]"]
    body = exchange.body.get("load_balancer") if isinstance(exchange.body, dict) else None
    given += [body["id"]] if isinstance(body, dict) and "id" in body else []
    given += [part for part in exchange.path.split("/") if part.startswith("lb_")]
    return given[0] if given else None


def _text(of: Json, name: str, unknown: str) -> str:
    """A text, so that a value of another type is not taken over from the response that it is compared with."""
    return of[name] if isinstance(of.get(name), str) else unknown
