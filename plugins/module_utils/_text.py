# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts for a person: without secrets, of a readable length, and with nothing in them that a terminal obeys.

The order matters. A secret is redacted before anything is cut, or the cut could leave a part of it that no mask finds.
Ansible masks secrets too, but where differs from version to version: in the module or on the controller, in values but not
in keys, in results but not in warnings. What leaves a task of the collection does not hold them in the first place.
"""

from __future__ import annotations

import re
import typing as t

Redact = t.Callable[[t.Any], t.Any]  # masks the secrets in a value

MASK = "********"
LONGEST_MESSAGE = 4000  # characters of a message or a warning
LONGEST_TEXT = 2000  # characters of a text that a failure repeats as it is

# Controls, which a terminal obeys; line ends; what shows nothing or turns the direction of what follows; halves of a
# character, which cannot be written at all. What joins letters or emoji is none of them.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""The same text in which each character that a terminal would obey or not show is written as an escape, such as \x1b."""
    return _UNPRINTABLE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def cut(text: str, longest: int) -> str:
    """A text without its end if it is longer than so many characters."""
    return text if len(text) <= longest else text[:longest] + "…"


def cut_middle(text: str, longest: int) -> str:
    """A text without its middle if it is too long: its begin says what it is about, and its end what to do."""
    half = (longest - 3) // 2
    return text if len(text) <= longest else "%s … %s" % (text[:half], text[-half:])


def presentable(text: str, redact: Redact, longest: int = LONGEST_MESSAGE) -> str:
    """A text as it can be shown to a person."""
    # What is written out is longer: cut once so that the work is bounded, and once more so that the outcome is.
    return cut_middle(visible(cut_middle(redact(text), longest)), longest)


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


no_redaction = redactor(())
