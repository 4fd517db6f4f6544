# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The consistency of a recording: what it shows of a resource stays the same until a request may have changed it.

This covers what the simulator cannot know better than the recording: resources that it only reads, and what the server
chooses for a load balancer.
"""

from __future__ import annotations

import re
import typing as t

from exceptions import BY_ITSELF, BY_SHAPE, BY_TASK
from exchanges import Exchange
from judge import Problem
from state import MANAGED, REDACTED, SINGULAR, lookups, requested, resources, texts, whole_list

# The fields of managed resources that are not compared by value
_CHOSEN = {"created_at", *(path.split(".")[1] for path in BY_SHAPE)}
# Of the other kinds, those with fields that requests change; the remaining ones are as they were created
_CHANGED = ("virtual_machines",)


class Consistency:
    """What the responses have shown so far, and which resources may have changed since."""

    def __init__(self) -> None:
        self._number = 0  # of the exchange
        self._shown: dict[tuple[str, str, str], tuple[t.Any, int]] = {}
        self._written: dict[str, int] = {}  # the number of the last write, by ID
        self._in_task: set[str] = set()  # resources that a task changes at some time
        self._holders: dict[str, str] = {}  # the ID of the load balancer that has an address
        self._created: dict[str, tuple[str, t.Any]] = {}  # the kind and the organization of what still exists, by ID

    def contradictions(self, exchange: Exchange) -> set[Problem]:
        """What a response shows otherwise than the responses before."""
        self._number += 1
        answer = exchange.answer if isinstance(exchange.answer, dict) else {}
        if exchange.method != "GET":
            self._written.update(dict.fromkeys(requested(exchange), self._number))
        if exchange.method == "DELETE":  # it shows names by which other resources may refer to it
            self._written.update(dict.fromkeys(texts(answer), self._number))
        if any(name in answer for name in ("task", "build", "virtual_machine_build")):
            self._in_task.update(requested(exchange), texts(answer))
        gone = requested(exchange) if exchange.method == "DELETE" or not exchange.succeeded else set()
        gone.update(texts(answer) if exchange.method == "DELETE" else ())
        self._holders = {address: of for address, of in self._holders.items() if of not in gone}
        owner = lookups(exchange).get("organization")
        found = set()
        for key, (plural, of) in list(self._created.items()):
            listed = whole_list(exchange, plural) if of == owner else None
            if key in gone:
                del self._created[key]
            elif listed is not None and key not in listed:
                found.add(Problem(plural, "%s is not in the list" % key))
        for plural, of in resources(answer):
            if exchange.method == "POST" and answer.get(SINGULAR[plural]) is of and owner:
                self._created[of["id"]] = (plural, owner)
            for name, value in _leaves({name: one for name, one in of.items() if _is_judged(plural, name)}):
                found |= self._compared(plural, of["id"], name, value)
                created = of.get("created_at")
                times = isinstance(value, int) and isinstance(created, int)
                if re.fullmatch(r"\w+_at", name) and times and value < created:
                    found.add(Problem("%s.%s" % (plural, name), "it is before created_at"))
            if plural == "load_balancers" and isinstance(of.get("ip_address"), dict):
                if self._holders.setdefault(str(of["ip_address"].get("address")), of["id"]) != of["id"]:
                    found.add(Problem("%s.ip_address" % plural, "another load balancer has it"))
        return found

    def _compared(self, plural: str, key: str, name: str, value: t.Any) -> set[Problem]:
        place = (plural, key, name)
        before, when = self._shown.get(place, (value, 0))
        self._shown[place] = (value, self._number)
        ids = {key, *texts(before), *texts(value)}
        changed = any(self._written.get(one, 0) > when for one in ids)
        changed = changed or (name.split(".")[0] in BY_TASK and not self._in_task.isdisjoint(ids))
        changed = changed and plural in _CHANGED and name != "created_at"
        if changed or name in BY_ITSELF or _agree(before, value):
            return set()
        return {Problem("%s.%s" % (plural, name), "%r was %r before, and no request changed it" % (value, before))}


def _is_judged(plural: str, name: str) -> bool:
    return plural not in MANAGED or name in _CHOSEN


def _leaves(value: t.Any, path: str = "") -> t.Iterator[tuple[str, t.Any]]:
    """The fields of a resource, those of inner objects by their paths, and lists as a whole."""
    if isinstance(value, dict):
        if path:
            yield path, {name: of for name, of in value.items() if name == "id"}
        for name, of in value.items():
            yield from _leaves(of, "%s.%s" % (path, name) if path else name)
    else:
        yield path, value


def _agree(one: t.Any, other: t.Any) -> bool:
    """Whether two values are the same as far as both are shown, in any order."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_agree(one[name], other[name]) for name in set(one) & set(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(any(_agree(item, its) for its in other) for item in one)
    return REDACTED in (one, other) or (type(one) is type(other) and one == other)
