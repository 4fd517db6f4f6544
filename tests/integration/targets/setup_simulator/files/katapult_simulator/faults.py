# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong on the way between a client and the API, when a test asks for it."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

Json = t.Dict[str, t.Any]

_LONGEST = 10**7  # seconds; tests with invented time wait long


@dataclass
class Fault:
    """Something that goes wrong with some requests.

    :param method: the requests that it meets; any method when not given.
    :param path: their path below the API's base address; any path when not given.
    :param skip: how many such requests to let pass first.
    :param times: how many it meets then; None for all that follow.
    :param carried_out: whether the request takes effect: True, False, or the seconds after which it does.
    :param answer: what comes back: "real" (its own answer), "lost" (none: the connection is closed), "cut" (half of its
        own), or "given" (C(status), C(headers) and C(body) as given here).
    :param after: seconds that pass before anything comes back.
    :param behind: how many seconds old what a request sees is: what was created later is not there yet.
    """

    method: str | None = None
    path: str | None = None
    skip: int = 0
    times: int | None = 1
    carried_out: bool | float = True
    answer: str = "real"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | Json = ""
    after: float = 0.0
    behind: float = 0.0

    def __post_init__(self) -> None:
        if self.answer not in ("real", "lost", "cut", "given"):
            raise ValueError('a fault has no answer "%s"' % self.answer)
        if self.answer in ("real", "cut") and self.carried_out is not True:
            raise ValueError("only a request that is carried out has an answer of its own")
        if not 200 <= self.status <= 599:
            raise ValueError("a fault has no status %r" % (self.status,))
        for seconds in (self.after, self.behind, self.carried_out):
            if not 0 <= seconds <= _LONGEST:
                raise ValueError("a fault takes from 0 to %d seconds, and not %r" % (_LONGEST, seconds))
        for name, value in self.headers.items():
            if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", name) or not re.fullmatch(
                r"[\x01-\x09\x0b\x0c\x0e-\xff]{0,70000}", value
            ):
                raise ValueError("a fault cannot have the header %r: %r" % (name, value))

    def meets(self, method: str, path: str) -> bool:
        """Whether this request goes wrong; counts it if so."""
        if self.method not in (None, method) or self.path not in (None, path) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


def meeting(faults: t.Iterable[Fault], method: str, path: str) -> Fault | None:
    """The first fault that meets a request."""
    return next((fault for fault in faults if fault.meets(method, path)), None)
