# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of a request, for the message about an error that is caused by it."""

from __future__ import annotations

import json
import typing as t

from .._text import Redact, cut
from .response import SECRET_KEYS

_MOST_VALUES = 10  # in one message
_MOST_NAMED = 30  # that identify resources of the kind that was not found
_LONGEST_VALUE = 100  # characters
# A document whose values the error itself names; the values of template options in it may be secret.
_DOCUMENTS = frozenset(["xml"])


def requested(code: str, query: t.Any, body: t.Any, redact: Redact) -> str | None:
    """The values of a request that an error code is about, as a sentence; None if they do not help.

    They are those that identify the resource that was not found, or else all values.
    """
    kind = code[: -len("_not_found")] if code.endswith("_not_found") else None
    if kind is None and code not in ("validation_error", "invalid_argument"):
        return None
    values = [*_values({name.replace("[", ".").replace("]", ""): of for name, of in query or []}), *_values(body or {})]
    named = [(path, value) for path, value in values if kind and {kind, kind + "s"}.intersection(path.split("."))]
    shown = ["%s %s" % (path, _text(value, redact)) for path, value in named or values]
    if not shown or code == "route_not_found":
        return None
    most = _MOST_NAMED if named else _MOST_VALUES
    more = " and %d more values" % (len(shown) - most) if len(shown) > most else ""
    return "The request contained %s%s." % (", ".join(shown[:most]), more)


def _values(value: t.Any, path: str = "") -> t.Iterator[tuple[str, t.Any]]:
    """Each value with its path, without the secrets that the API is known to accept."""
    if isinstance(value, t.Mapping):
        for name, item in value.items():
            if name not in SECRET_KEYS and name not in _DOCUMENTS:
                yield from _values(item, "%s.%s" % (path, name) if path else name)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _values(item, path)
    else:
        yield path, value


def _text(value: t.Any, redact: Redact) -> str:
    return '"%s"' % cut(redact(value), _LONGEST_VALUE) if isinstance(value, str) else json.dumps(value)
