# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redact the token, and whatever else is secret among the options, wherever the API repeats it.

Ansible masks it too, but where differs from version to version: in the module or on the controller, in values but not in
keys, in results but not in warnings. What leaves a task of the collection does not hold it in the first place.
"""

from __future__ import annotations

import typing as t

MASK = "********"


def redact(value: t.Any, secrets: t.Sequence[str]) -> t.Any:
    """The same value with a mask for each secret in all its texts, keys among them.

    :param secrets: none of them empty; one that is part of another comes after it.
    """
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, dict):
        return {redact(key, secrets): redact(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(item, secrets) for item in value]
    return value


def redactor(secrets: t.Iterable[str]) -> t.Callable[[t.Any], t.Any]:
    """What masks these secrets in a value; empty ones are none, and one that is part of another comes after it."""
    ordered = sorted(filter(None, secrets), key=len, reverse=True)

    return lambda value: redact(value, ordered)
