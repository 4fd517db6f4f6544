# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record of all requests to the simulator, to be compared with the description of the API."""

from __future__ import annotations

import json
import threading
import typing as t

from . import documents


class Traffic:
    """Appends one line with a JSON object for each request to a file, which is complete at any time.

    C(own) distinguishes the regular response of the simulator from one that a fault replaced, truncated or lost. It contains no tokens.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, request: t.Any, reply: t.Any) -> None:
        """Record one request with its response."""
        entry = {
            "method": request.method,
            "path": request.path,
            "query": [list(pair) for pair in request.query],
            "body": _document(request.body),
            "status": None if reply.lost else reply.status,
            "answer": None if reply.lost else _document(reply.body),
            "own": reply.own,
        }
        with self._lock, open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def _document(body: bytes) -> t.Any:
    """The JSON of a body; the text of a body that is not JSON, so that it differs from an empty one."""
    if not body:
        return None
    try:
        return documents.read(body)
    except ValueError:
        return body.decode("utf-8", "replace")
