# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The connection to the API, kept from one item of a loop to the next: all items of a task run in one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ansible_collections.katapult.cloud.plugins.module_utils._transport import HttpTransport

# Seconds that a connection may rest. Longer, and the other side or something on the way may have dropped it silently,
# which would turn into a request without an answer.
LONGEST_REST = 4.0


class KeptConnection:
    """Opens transports, and hands out the last one again if it is for the same and did not rest for long.

    A process that was forked meanwhile gets one of its own: two on one connection would read each other's answers.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: HttpTransport | None = None
        self._goes_to: tuple[int, str, str, bool] | None = None
        self._rests_since = 0.0

    def open(self, api_url: str, token: str, validate_certs: bool) -> HttpTransport:
        """A transport for these; see :class:`HttpTransport`."""
        goes_to = (os.getpid(), api_url, token, validate_certs)
        if self._last is None or goes_to != self._goes_to or self._now() - self._rests_since > LONGEST_REST:
            if self._last is not None:
                self._last.close()
            self._last, self._goes_to = HttpTransport(api_url, token, validate_certs), goes_to
        return self._last

    def rest(self, sound: bool) -> None:
        """State that the task that asked for the transport has ended.

        :param sound: whether all went well; otherwise the connection is not used again.
        """
        self._rests_since = self._now()
        if not sound and self._last is not None:
            self._last.renew()
