# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state: the objects of every kind by their IDs, the tokens, and the assumptions about the API."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True)
class Assumptions:
    """The unknown behavior of the API, and what the simulator assumes.

    Every default is the alternative that is harder for a client; a test can select the other one.
    """

    unique_references: bool = True  # per organization; False: several load balancers may have the same
    unique_ports: bool = True  # per load balancer; False: several rules may listen on the same
    pairs_replace: bool = True  # weights and annotations replace the previous ones; False: are added to them
    unique_names: bool = False  # per organization, of tags, groups, address lists and security groups
    newer_api: bool = True  # whether certificates can be written, as since version 3.17
    looks: int = 2  # looks until background work ends
    largest_page: int = 200  # objects on a page of a list; the framework permits no more, an endpoint may permit fewer


@dataclass(frozen=True)
class Token:
    """The permissions of a token. An organization that it cannot access does not exist for it."""

    scopes: tuple[str, ...] | None = None  # None: all of them
    organizations: tuple[str, ...] | None = None  # IDs; None: all of them
    refusal: str | None = None  # the error code of the response to every request with it
    may_write: bool = True

    def has_one_of(self, scopes: t.Sequence[str]) -> bool:
        return self.scopes is None or not set(scopes).isdisjoint(self.scopes)


@dataclass
class World:
    """All existing objects.

    :param objects: by the plural of their kind, and then by ID. C(world.tags) is short for C(world.objects["tags"]).
    """

    objects: dict[str, dict[str, t.Any]]
    tokens: dict[str, Token]
    assumptions: Assumptions = field(default_factory=Assumptions)
    _numbers: t.Iterator[int] = field(default_factory=lambda: count(1))

    def __getattr__(self, plural: str) -> dict[str, t.Any]:
        try:
            return self.__dict__["objects"][plural]
        except KeyError:
            raise AttributeError(plural) from None

    def new_number(self) -> int:
        """Another number for each call."""
        return next(self._numbers)

    def new_id(self, prefix: str) -> str:
        """An ID in the format of the API: a prefix, and sixteen letters and digits."""
        return "%s_Simulated%07d" % (prefix, self.new_number())

    def new_address(self) -> str:
        """An address that is reserved for documentation."""
        return "203.0.113.%d" % (self.new_number() % 254 + 1)
