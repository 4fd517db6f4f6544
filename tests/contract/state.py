# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the simulator for a recording: objects that existed before it, or that unsimulated operations change.

A recording is incomplete: only the fields in some response are known, and the identifiers in successful requests. Of the
kinds that the simulator can create, all that the recorded requests do not create existed before.
"""

from __future__ import annotations

import typing as t
from dataclasses import fields, replace
from itertools import count

from exchanges import Exchange
from katapult_simulator import samples
from katapult_simulator.arguments import merged, nested
from katapult_simulator.kinds import KINDS
from katapult_simulator.kinds.address_list import AddressList, Entry
from katapult_simulator.kinds.certificate import Certificate
from katapult_simulator.kinds.collection import Collection
from katapult_simulator.kinds.data_center import COUNTRIES, DataCenter
from katapult_simulator.kinds.load_balancer import LoadBalancer
from katapult_simulator.kinds.load_balancer_rule import Rule
from katapult_simulator.kinds.organization import Organization
from katapult_simulator.kinds.security_group import Rule as SecurityGroupRule
from katapult_simulator.kinds.security_group import SecurityGroup
from katapult_simulator.kinds.task import Task
from katapult_simulator.kinds.virtual_machine import VirtualMachine
from katapult_simulator.world import Assumptions, Token
from known import KINDS_IN_USE, REPLAYED, TRANSLATED

Json = dict[str, t.Any]

_KINDS = [kind for kind in KINDS if kind.name in {"task", *(one.name for one in KINDS_IN_USE)} - TRANSLATED]
# The kinds by their names in requests and responses
PLURALS = {name: kind.plural for kind in _KINDS for name in (kind.name, kind.plural, kind.type_name)}
PLURALS.update(group="virtual_machine_groups", entries="address_list_entries")
SINGULAR = {kind.plural: kind.name for kind in _KINDS}
# The kind of the parent of each kind of children
_PARENTS = {kind.plural: kind.parent.name for kind in _KINDS if kind.parent and kind.parent.name != "organization"}
# The kinds that requests create in the simulator, parents first
MANAGED = tuple(sorted((kind.plural for kind in REPLAYED), key=lambda plural: plural in _PARENTS))
# Where the response to a POST shows a new resource
CREATIONS = frozenset(kind.list_path for kind in REPLAYED)
_PREFIXES = {"org": "organizations", **{kind.prefix: kind.plural for kind in _KINDS if kind.prefix}}
REDACTED = "[REDACTED]"  # what recordings have instead of secrets
NEVER = 10**9  # looks at a task: it ends when the recording shows it
_ENDED = ("completed", "failed", "cancelled", "aborted")
_FIRST_NUMBER = 10**6  # of the IDs that the simulator creates, so that they differ from those in a recording of it


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
        if plural and segment != SINGULAR[plural]:
            found.setdefault(SINGULAR[plural], {"id": segment})
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
        self.world = replace(samples.world(assumptions), _numbers=count(_FIRST_NUMBER))
        self.world.tokens["without-scopes"] = Token(scopes=())
        self.world.objects.update((plural, {}) for plural in self.world.objects)
        # Resources that the recorded requests do not create; other clients may create and delete them at any time
        self._foreign: dict[str, dict[str, t.Any]] = {plural: {} for plural in MANAGED}
        self._known: dict[str, dict[str, Json]] = {plural: {} for plural in SINGULAR}
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
        """Take over what a response shows of what the simulator cannot know, and why it refuses requests.

        That are the resources that it only reads, and which of those exist that no recorded request creates.
        """
        self._others += not exchange.is_replayed
        self._restrict(exchange.code)
        if not exchange.succeeded:
            self._forget(exchange)
            return
        self._learn_foreign(exchange)
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

    def _learn_foreign(self, exchange: Exchange) -> None:
        """Add those that are shown, and remove those that a whole list lacks, unless a request deletes them."""
        if exchange.method == "DELETE":
            for plural, foreign in self._foreign.items():
                self._foreign[plural] = {key: of for key, of in foreign.items() if key not in requested(exchange)}
        for plural, of in resources(exchange.answer):
            if of["id"] in self._foreign.get(plural, ()):
                self.world.objects[plural].setdefault(of["id"], self._foreign[plural][of["id"]])
        owner = self._beside(exchange).get("owner")
        for plural, foreign in self._foreign.items():
            listed = whole_list(exchange, plural) if owner else None  # of an organization, not of a parent
            for key, of in foreign.items():
                if listed is not None and key not in listed and of.organization == owner:
                    self.world.objects[plural].pop(key, None)

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
                elif exchange.code == SINGULAR[plural] + "_not_found" and key != self._owner:
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
        members = [member for key in of["resource_ids"] if key in collections for member in collections[key].members]
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

    def _tasks(self, of: Json) -> Task:
        """A task. If a recorded request has started it in the simulator, it continues, and ends with the recorded one."""
        status = _text(of, "status", "pending")
        task = self.world.tasks.get(of["id"])
        if task is None or not task.of:
            ended = {"progress": 100, "status": status} if status in _ENDED else {}
            return Task(of["id"], _text(of, "name", of["id"]), "", NEVER, lambda: True, **ended)
        task.looks = 1 if status in _ENDED else NEVER
        return task

    # What the recorded requests create, unless it existed before

    def _add_existing(self, answered: t.Sequence[Exchange]) -> None:
        shown: dict[str, dict[str, Json]] = {plural: {} for plural in MANAGED}
        created: set[str] = set()
        changed: dict[str, Json] = {}  # what requests have set
        for exchange in answered:
            asked, beside = lookups(exchange), self._beside(exchange)
            for plural, of in [
                *resources(exchange.answer),
                *((PLURALS[name], of) for name, of in asked.items() if name in PLURALS and "id" in of),
                *_named(exchange),
            ]:
                if plural in MANAGED:
                    # What is shown first is the state at the beginning, unless a request has set it.
                    is_answer = exchange.answer.get(SINGULAR[plural]) is of
                    if exchange.method == "PATCH" and is_answer:
                        changed[of["id"]] = {**changed.get(of["id"], {}), **_properties(exchange)}
                    before = {name: value for name, value in of.items() if name not in changed.get(of["id"], ())}
                    shown[plural][of["id"]] = merged({**beside, **before}, shown[plural].get(of["id"], {}))
                    creates = not exchange.is_replayed or exchange.operation[1] in CREATIONS
                    if exchange.method == "POST" and is_answer and creates:
                        created.add(of["id"])
        for key, plural, parent, asked in _families(answered):
            shown[plural][key][parent] = {"id": self._parent(parent, asked, shown[PLURALS[parent]])}
        for plural in MANAGED:
            for key, of in shown[plural].items():
                if key not in created:
                    new = self._foreign[plural][key] = getattr(self, "_" + plural)(of)
                    self.world.objects[plural][key] = new

    @staticmethod
    def _parent(kind: str, asked: Json, shown: dict[str, Json]) -> str:
        """The ID of the parent that a request identifies. One that nothing else shows is added."""
        found = [key for key, of in shown.items() if all(of.get(by) == value for by, value in asked.items())]
        key = found[0] if found else asked.get("id") or "unrecorded_%s" % kind
        shown.setdefault(key, {"id": key, **asked})
        return key

    def _child(self, plural: str, of: Json) -> Json:
        """The ID of a child, and that of its parent. A parent that nothing shows is in no list of the organization."""
        name = _PARENTS[plural]
        parent = (of.get(name) or {}).get("id") or "unrecorded_%s" % name
        if parent not in self.world.objects[PLURALS[name]]:
            unrecorded = getattr(self, "_" + PLURALS[name])({"id": parent, "owner": "unrecorded"})
            self.world.objects[PLURALS[name]][parent] = unrecorded
        return {"id": of["id"], name: parent}

    def _load_balancer_rules(self, of: Json) -> Rule:
        ids = {"certificates": [one["id"] for one in of.get("certificates") or ()]}
        unknown = {"listen_port": 1, "destination_port": 1, "protocol": "HTTP"}
        return Rule(**{**unknown, **_own(Rule, of), **ids, **self._child("load_balancer_rules", of)})

    def _security_group_rules(self, of: Json) -> SecurityGroupRule:
        unknown = {"direction": "inbound", "protocol": "TCP"}
        own = _own(SecurityGroupRule, of)
        return SecurityGroupRule(**{**unknown, **own, **self._child("security_group_rules", of)})

    def _address_list_entries(self, of: Json) -> Entry:
        return Entry(**{"address": "192.0.2.1", **_own(Entry, of), **self._child("address_list_entries", of)})

    def _certificates(self, of: Json) -> Certificate:
        """A certificate. One that is shown in a list only may have been uploaded, too."""
        own = _own(Certificate, of)
        uploaded = ("certificate", "chain") if of.get("issuer") == "custom" else ()
        own = {name: value for name, value in own.items() if name in uploaded or name not in ("certificate", "chain")}
        return Certificate(**{**own, **self._common(of), "additional_names": of.get("additional_names") or []})

    def _collection(self, of: Json) -> Collection:
        return Collection(**{**_own(Collection, of), **self._common(of)})

    _tags = _virtual_machine_groups = _collection

    def _security_groups(self, of: Json) -> SecurityGroup:
        own = {**_own(SecurityGroup, of), "annotations": _annotations(of)}
        return SecurityGroup(**{**own, **self._common(of)})

    def _address_lists(self, of: Json) -> AddressList:
        owner = {"organization": None} if of.get("global") is True else {}
        return AddressList(**{"annotations": _annotations(of), **self._common(of), **owner})

    def _load_balancers(self, of: Json) -> LoadBalancer:
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


def _own(model: t.Any, of: Json) -> Json:
    """The fields of a response that the simulator stores as they are.

    A value of another type is not taken over from the response that it is compared with.
    """
    types = t.get_type_hints(model)
    names = [field.name for field in fields(model) if of.get(field.name) is not None]
    return {name: of[name] for name in names if type(of[name]) in _accepted(types[name])}


def _accepted(hint: t.Any) -> set[t.Any]:
    """The types of the values of a field."""
    inner = t.get_args(hint) if t.get_origin(hint) is t.Union else (hint,)
    return {t.get_origin(one) or one for one in inner}


def _properties(exchange: Exchange) -> Json:
    """The properties in a request."""
    body = exchange.body if isinstance(exchange.body, dict) else {}
    return t.cast(Json, body.get("properties") or {})


def _named(exchange: Exchange) -> t.Iterator[tuple[str, Json]]:
    """The resources that are only visible as IDs in an exchange, such as the targets of a rule."""
    for value in [*texts(exchange.body), *texts(exchange.answer)]:
        plural = _PREFIXES.get(value.split("_")[0]) if "_" in value else None
        if plural and plural not in _PARENTS:
            yield plural, {"id": value}


def _families(answered: t.Sequence[Exchange]) -> t.Iterator[tuple[str, str, str, Json]]:
    """All children whose parents are only visible outside of them: ID, kind, and the kind and identifier of the parent."""
    for exchange in answered:
        asked = lookups(exchange)
        for plural, of in resources(exchange.answer):
            parent = _PARENTS.get(plural)
            if parent in asked:
                yield of["id"], plural, parent, asked[parent]
            elif parent and isinstance(exchange.answer.get(parent), dict):  # the children are within it
                yield of["id"], plural, parent, {"id": exchange.answer[parent]["id"]}


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
