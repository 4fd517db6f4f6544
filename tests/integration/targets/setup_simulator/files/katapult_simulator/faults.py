# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults between a client and the API, which tests activate."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

Json = t.Dict[str, t.Any]

_LONGEST = 10**7  # seconds; tests with simulated time wait for a long time


@dataclass
class Fault:
    """A fault that affects some requests.

    :param method: the affected requests; all methods if omitted.
    :param path: their path below the base address of the API; all paths if omitted.
    :param skip: how many such requests to leave unaffected first.
    :param times: how many to affect then; None for all that follow.
    :param carried_out: whether the request takes effect: True, False, or the seconds after which it does.
    :param answer: the response: "real" (the regular one), "lost" (none: the connection is closed), "cut" (half of the
    regular one), or "given" (C(status), C(headers) and C(body) of this fault).
    :param after: seconds before the response is sent.
    :param behind: the age, in seconds, of the state that a request reads: resources that were created later do not exist.
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
            raise ValueError('answer is "%s", but must be real, lost, cut or given' % self.answer)
        if self.answer in ("real", "cut") and self.carried_out is not True:
            raise ValueError("the answers real and cut require carried_out: true")
        if not 200 <= self.status <= 599:
            raise ValueError("status is %r, but must be from 200 to 599" % (self.status,))
        for seconds in (self.after, self.behind, self.carried_out):
            if not 0 <= seconds <= _LONGEST:
                raise ValueError("a number of seconds must be from 0 to %d, but is %r" % (_LONGEST, seconds))
        for name, value in self.headers.items():
            if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", name) or not re.fullmatch(
                r"[\x01-\x09\x0b\x0c\x0e-\xff]{0,70000}", value
            ):
                raise ValueError("the header %r: %r is invalid" % (name, value))

    def meets(self, method: str, path: str) -> bool:
        """Whether this fault affects this request; counts it if so."""
        if self.method not in (None, method) or self.path not in (None, path) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


def first_match(faults: t.Iterable[Fault], method: str, path: str) -> Fault | None:
    """The first fault that affects a request."""
    return next((fault for fault in faults if fault.meets(method, path)), None)
