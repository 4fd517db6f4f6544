# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reuse of the connection to the API for all items of a loop: all items of a task run in one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport

# Seconds that a connection may be idle. After that, the server or a device in between may have dropped it silently,
# and a request on it would get no response.
MAX_IDLE = 4.0


class ConnectionReuse:
    """Opens transports, and reuses the last one if its settings are the same and it was not idle for too long.

    A forked process opens its own: two processes on one connection would read each other's responses.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: RequestsTransport | None = None
        self._target: tuple[int, str, str, bool] | None = None
        self._idle_since = 0.0

    def open(self, api_url: str, token: str, validate_certs: bool) -> RequestsTransport:
        """A transport with these settings; see :class:`RequestsTransport`."""
        target = (os.getpid(), api_url, token, validate_certs)
        if self._last is None or target != self._target or self._now() - self._idle_since > MAX_IDLE:
            if self._last is not None:
                self._last.close()
            self._last, self._target = RequestsTransport(api_url, token, validate_certs), target
        return self._last

    def mark_idle(self, sound: bool) -> None:
        """Report that the task that uses the transport has ended.

        :param sound: whether there was no error; otherwise the connection is not reused.
        """
        self._idle_since = self._now()
        if not sound and self._last is not None:
            self._last.renew()
