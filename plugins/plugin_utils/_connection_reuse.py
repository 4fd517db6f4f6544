# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to the API, kept from one item of a loop to the next: all items of a task run in one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport

# Seconds that a connection may rest. Longer, and the other side or something on the way may have dropped it silently,
# which would turn into a request without an answer.
MAX_IDLE = 4.0


class ConnectionReuse:
    """Opens transports, and hands out the last one again if it is for the same and did not rest for long.

    A process that was forked meanwhile gets one of its own: two on one connection would read each other's answers.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: RequestsTransport | None = None
        self._target: tuple[int, str, str, bool] | None = None
        self._idle_since = 0.0

    def open(self, api_url: str, token: str, validate_certs: bool) -> RequestsTransport:
        """A transport for these; see :class:`RequestsTransport`."""
        target = (os.getpid(), api_url, token, validate_certs)
        if self._last is None or target != self._target or self._now() - self._idle_since > MAX_IDLE:
            if self._last is not None:
                self._last.close()
            self._last, self._target = RequestsTransport(api_url, token, validate_certs), target
        return self._last

    def mark_idle(self, sound: bool) -> None:
        """State that the task that asked for the transport has ended.

        :param sound: whether all went well; otherwise the connection is not used again.
        """
        self._idle_since = self._now()
        if not sound and self._last is not None:
            self._last.renew()
