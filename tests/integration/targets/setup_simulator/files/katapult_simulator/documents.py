# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON documents, read with the limits of Ruby."""

from __future__ import annotations

import json
import typing as t

_DEEPEST = 100  # levels


def read(body: bytes) -> t.Any:
    """The document.

    :raises ValueError: it is not JSON, or nested too deeply.
    """
    try:
        document = json.loads(body)
    except RecursionError:
        raise ValueError("nesting is too deep") from None
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("nesting of %d is too deep" % depth)
        level = [item for value in level for item in _inside(value)]
    return document


def _inside(value: t.Any) -> t.Iterable[t.Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
