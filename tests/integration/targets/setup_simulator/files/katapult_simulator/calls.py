# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request to an address of the API, and what all addresses have in common."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from . import arguments as args
from . import refusals
from .world import Organization, Token, World

Json = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Call:
    """One authenticated request: the world, the token that it came with, its arguments and the path's own segment."""

    world: World
    token: Token
    arguments: Json
    segment: str


Act = t.Callable[[Call], t.Tuple[int, Json]]


@dataclass(frozen=True)
class Endpoint:
    """One address and method: what may call it, and what it does.

    :param scopes: of which a token needs one; any token will do if there are none.
    """

    method: str
    path: t.Pattern[str]
    scopes: tuple[str, ...]
    act: Act


def endpoint(method: str, path: str, scopes: tuple[str, ...], act: Act) -> Endpoint:
    """An endpoint, whose path has a star for the segment that may name something."""
    return Endpoint(method, re.compile(path.replace("*", r"(?P<segment>[^/]+)")), scopes, act)


def sees(call: Call, organization: str) -> bool:
    """Whether there is this organization for the token of a request."""
    return call.token.organizations is None or organization in call.token.organizations


def organization_of(call: Call) -> Organization:
    """The organization that a request names."""
    named = args.looked_up(call.arguments, "organization", call.segment, ("id", "sub_domain"))
    for organization in call.world.organizations.values():
        if sees(call, organization.id) and all(getattr(organization, name) == of for name, of in named.items()):
            if organization.suspended:
                raise refusals.organization_suspended()
            if not organization.activated:
                raise refusals.organization_not_activated()
            return organization
    raise refusals.not_found("organization")
