# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock of a task, and the time that a task may spend waiting."""

from __future__ import annotations

import random
import time
import typing as t


class Clock(t.NamedTuple):
    """The functions to read the clock and to wait, in seconds. Tests replace them."""

    monotonic: t.Callable[[], float] = time.monotonic
    wall: t.Callable[[], float] = time.time
    sleep: t.Callable[[float], None] = time.sleep
    jitter: t.Callable[[], float] = random.random  # from 0 up to 1


class RetryBudget:
    """The seconds that one task may spend waiting for rate limits and outages, in total for all requests."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self.seconds = seconds
        self.clock = clock
        self._spent = 0.0

    def remaining(self) -> float:
        """Seconds that may still be spent, never below zero."""
        return max(0.0, self.seconds - self._spent)

    def spend(self, seconds: float) -> None:
        """Count seconds that have passed already."""
        self._spent += seconds

    def sleep(self, seconds: float) -> None:
        """Wait a number of seconds, and count them."""
        self.clock.sleep(seconds)
        self.spend(seconds)
