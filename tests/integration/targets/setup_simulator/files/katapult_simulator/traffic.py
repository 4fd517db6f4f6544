# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record of all that was asked of the simulator, for whoever compares it with the API's own description."""

from __future__ import annotations

import json
import threading
import typing as t

from . import documents


class Traffic:
    """Writes one JSON object a line for each request, to the end of a file. It is whole at any time.

    C(own) tells the simulator's own answer from one that a fault made up, cut or lost. Tokens are not in it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, request: t.Any, reply: t.Any) -> None:
        """Write down one request with what came back for it."""
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
    """The JSON of a body; of one that is not JSON its text, so that nobody takes it for an empty one."""
    if not body:
        return None
    try:
        return documents.read(body)
    except ValueError:
        return body.decode("utf-8", "replace")
