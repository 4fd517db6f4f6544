# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the simulator for a recording: objects that existed before it, or that unsimulated operations change.

A recording is incomplete: only the fields in some response are known. Load balancers and rules are created by the
recorded requests; those that appear in responses without being created existed before.
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

# The kinds of resources that are only read, by their keys in requests and responses
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
    """The objects of a simulator, and the fields that the recording has contained so far."""

    def __init__(self, recorded: t.Sequence[Exchange]) -> None:
        self.world = samples.world()
        self.world.objects.update((plural, {}) for plural in self.world.objects)
        self._known: dict[str, dict[str, Json]] = {plural: {} for plural in set(_KEYS.values())}
        self._owner, name = self._organization_of(recorded)
        self._learn("organizations", {"id": self._owner, "name": name, "sub_domain": name})
        self._learn("data_centers", {"id": "dc_recorded", "name": "recorded", "permalink": "recorded"})
        for exchange in reversed(recorded):  # the first occurrence is the initial state
            self.learn(exchange)
        # Members are not taken over: the recorded requests may have added them before they appear in a response.
        for plural in ("tags", "virtual_machine_groups"):
            for key, one in self.world.objects[plural].items():
                self.world.objects[plural][key] = replace(one, members=())
        self._add_existing(recorded)

    @staticmethod
    def _organization_of(recorded: t.Sequence[Exchange]) -> tuple[str, str]:
        """The ID and the sub-domain of the organization of a recording, invented if the recording does not contain them."""
        requested = {
            by: value
            for one in recorded
            for by, value in [
                *((by, of) for key, found in objects(one.body) if key == "organization" for by, of in found.items()),
                *((name[13:-1], value) for name, value in one.query if name.startswith("organization[")),
            ]
        }
        shown = [found for one in recorded for key, found in objects(one.answer) if key == "organization"]
        whole = [found for found in shown if found.get("id") and found.get("sub_domain")]
        for found in whole:
            if (
                not requested
                or requested.get("sub_domain") == found["sub_domain"]
                or requested.get("id") == found["id"]
            ):
                return found["id"], found["sub_domain"]
        return requested.get("id", "org_recorded"), requested.get("sub_domain", "recorded")

    def learn(self, exchange: Exchange) -> None:
        """Update the resources that the simulator only reads from a response."""
        self._mention(exchange.body)
        self._mention(exchange.answer)
        if exchange.status == 404:
            self._forget(exchange)
        elif exchange.method != "DELETE":
            for key, found in objects(exchange.answer):
                if key in _KEYS and isinstance(found.get("id"), str):
                    self._learn(_KEYS[key], found)
            for plural in self._known:
                rows = exchange.answer.get(plural) if isinstance(exchange.answer, dict) else None
                if exchange.operation and isinstance(rows, list):
                    self._reduce(plural, [row["id"] for row in rows], exchange.answer.get("pagination"))

    def _mention(self, body: t.Any) -> None:
        """Add the resources whose IDs a body contains."""
        for _key, found in objects(body):
            for values in found.values():
                for value in values if isinstance(values, list) else [values]:
                    plural = _PREFIXES.get(value.split("_")[0]) if isinstance(value, str) and "_" in value else None
                    if plural and value not in self._known[plural]:
                        self._learn(plural, {"id": value})

    def _forget(self, exchange: Exchange) -> None:
        requested = {value for _name, value in exchange.query} | set(exchange.path.split("/"))
        for plural, known in self._known.items():
            for key in requested.intersection(known):
                del known[key]
                del self.world.objects[plural][key]

    def _reduce(self, plural: str, listed: list[str], pagination: t.Any) -> None:
        """Remove what a complete list does not contain, and take over its order."""
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
        """Make a virtual machine a member of exactly these groups or tags."""
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

    # Load balancers and rules that existed before the recording

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
                for found in [
                    found for key, found in objects(one.answer) if key in (name, name + "s") and found.get("id")
                ]:
                    beside = {"annotations": one.answer["annotations"]} if "annotations" in one.answer else {}
                    parent = {"load_balancer": {"id": _parent_of(one)}} if name == "load_balancer_rule" else {}
                    # The first occurrence is the initial state.
                    existing[found["id"]] = {**parent, **beside, **found, **existing.get(found["id"], {})}
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
        if of.get("resource_type") != "virtual_machines" and members:  # its weights name all members
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
    """A field if it is a string: a value of a wrong type must not be copied from the response that is compared."""
    return of[name] if isinstance(of.get(name), str) else unknown
