# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests with their responses: between the modules and the simulator, and recorded from the real API."""

from __future__ import annotations

import functools
import json
import os
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from katapult_simulator.kinds import KINDS
from known import OF_MACHINES, OPERATIONS, SIMULATED, SIMULATED_PATHS

Json = dict[str, t.Any]

# Path segments that may be replaced by an id
_PLACEHOLDERS = [kind.name for kind in KINDS]


@functools.cache
def _simulated_path(path: str) -> str | None:
    """The path of the simulator that a path with or without IDs belongs to."""
    for simulated in SIMULATED_PATHS:
        # The paths of children are before those of their parents, where "rules" would match as an id.
        pattern = re.sub(r"/(%s)(?=/|$)" % "|".join(_PLACEHOLDERS), "/[^/]+", simulated)
        if re.fullmatch(pattern, path):
            return simulated
    return None


@dataclass(frozen=True)
class Exchange:
    """One request and its response.

    :param status: None if the response was lost.
    :param own: whether the response comes from the API or the simulator itself, and not from a test that injected it.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    body: t.Any
    status: int | None
    answer: t.Any
    own: bool = True
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str | None:
        """The error code of the response, if it is an error."""
        error = self.answer.get("error") if isinstance(self.answer, dict) else None
        return error.get("code") if isinstance(error, dict) else None

    @property
    def succeeded(self) -> bool:
        """Whether the request was carried out, and the response shows the result."""
        return self.status in (200, 201) and isinstance(self.answer, dict)

    @property
    def interrupted(self) -> bool:
        """Whether the response depends on the load or a failure of the server, and not on the request."""
        return self.status == 429 or (self.status or 0) >= 500

    @property
    def operation(self) -> tuple[str, str] | None:
        """The operation that the method and path belong to; None for operations that the simulator does not have."""
        path = _simulated_path(self.path)
        return (self.method, path) if path and (self.method, path) in SIMULATED else None

    @property
    def is_replayed(self) -> bool:
        """Whether replay.py compares it. Reading a virtual machine is compared with what a recording has shown of it."""
        reads_machine = self.operation == ("GET", "/virtual_machines/virtual_machine")
        return self.operation in OPERATIONS and (reads_machine or self.operation not in OF_MACHINES)


def traffic(folder: Path) -> list[Exchange]:
    """The traffic that the simulators of the integration tests recorded."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return [_of_traffic(json.loads(line)) for line in lines]


def _of_traffic(entry: Json) -> Exchange:
    return Exchange(**{**entry, "query": [tuple(pair) for pair in entry["query"]]})


def recording(file: Path) -> list[Exchange]:
    """The exchanges of one recording of the real API."""
    return [
        _of_recording(entry["request"], entry["response"]) for entry in json.loads(file.read_text(encoding="utf-8"))
    ]


def recordings(folders: str) -> dict[str, list[Exchange]]:
    """All recordings in folders that are separated as in PATH, by folder and file name."""
    found: dict[str, list[Exchange]] = {}
    for file in (
        file for folder in folders.split(os.pathsep) if folder for file in sorted(Path(folder).glob("*.json"))
    ):
        name = "%s/%s" % (file.parent.name, file.stem)
        found["%s (%d)" % (name, len(found)) if name in found else name] = recording(file)
    return found


def _of_recording(request: Json, response: Json) -> Exchange:
    return Exchange(
        method=request["method"],
        path=request["path"],
        query=[tuple(pair) for pair in request["query"]],
        body=request["body"],
        status=response["status"],
        answer=response["body"],
        headers={name.lower(): value for name, value in response["headers"].items()},
    )
