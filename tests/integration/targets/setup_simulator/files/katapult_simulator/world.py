# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state: the objects of every kind by their IDs, the tokens, and the assumptions about the API."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field
from itertools import count

# The possible values of assumptions with more than two alternatives, or with named ones
_CHOICES = {
    "taken_hostname": ("fails", "refused", "accepted"),
    "shrinking": ("refused", "fails", "accepted"),
    "ignored_shutdown": ("completed", "failed"),
}


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
    # How many times background work is looked at until it ends. A build is one work, and the start of its machine is another: the first
    # takes twice as long, and the second as long as other work.
    looks: int = 2
    seconds: t.Optional[float] = (
        None  # the same by clock: seconds until background work ends; if set, looks do not matter
    )
    taken_hostname: str = (
        "fails"  # a build for one: "fails"; "refused": is not accepted; "accepted": there are two machines
    )
    stopped_when_built: bool = True  # a build ends while its machine is still stopped; False: while it is starting
    annotated_builds: bool = False  # whether the annotations of a build become those of its machine
    deletable_while_running: bool = False  # whether a virtual machine that is not stopped can be deleted
    releasable_while_allocated: bool = False  # whether an IP address that a virtual machine has can be deleted
    shrinking: str = "refused"  # a smaller package for a running machine; "fails": its task fails; "accepted"
    ignored_shutdown: str = "completed"  # the status in which a shutdown ends that the guest ignores, or "failed"
    found_in_trash_by_fqdn: bool = True  # False: by its FQDN, a machine in the trash does not exist
    trash_detail: bool = True  # whether the error for an object in the trash contains its trash object
    purge_lags: bool = True  # whether a purged object exists for another look after the task
    purged_allocations: bool = False  # whether the addresses of a purged machine still show it as their allocation
    largest_page: int = 200  # objects on a page of a list; the framework permits no more, an endpoint may permit fewer

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError("%s is %r, but must be one of %s" % (name, getattr(self, name), ", ".join(choices)))
        for name, smallest in (("looks", 1), ("seconds", 0), ("largest_page", 1)):
            value = getattr(self, name)
            if value is not None and not value >= smallest:
                raise ValueError("%s is %r, but must be at least %d" % (name, value, smallest))


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
    :param wall: the time in seconds since 1970, which the simulator sets.
    """

    objects: dict[str, dict[str, t.Any]]
    tokens: dict[str, Token]
    assumptions: Assumptions = field(default_factory=Assumptions)
    wall: t.Callable[[], float] = time.time
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
