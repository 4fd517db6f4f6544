# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts for people: without secrets, of limited length, and without control characters.

The order matters. Secrets are masked before truncation, because a truncated secret could not be found and masked.
Ansible masks secrets too, but depending on the version, only in the module or on the controller, in values but not
in keys, in results but not in warnings. Therefore, the output of a task never contains them in the first place.
"""

from __future__ import annotations

import re
import typing as t

Redact = t.Callable[[t.Any], t.Any]  # masks the secrets in a value

MASK = "********"
LONGEST_MESSAGE = 4000  # characters of a message or a warning
_SECRET_LINE = 8  # characters of a line that is a secret itself
LONGEST_TEXT = 2000  # characters of a text that an error message contains unchanged

# Control characters; line ends; invisible and text direction characters; lone surrogates, which cannot be encoded.
# Characters that join letters or emoji are not included.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""The same text, with control characters and invisible characters escaped, as in \x1b."""
    return _UNPRINTABLE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def cut(text: str, longest: int) -> str:
    """A text, truncated at the end if it is longer than a number of characters."""
    return text if len(text) <= longest else text[:longest] + "…"


def cut_middle(text: str, longest: int) -> str:
    """A text, truncated in the middle if it is too long: the beginning contains the topic, the end the resolution."""
    half = (longest - 3) // 2
    return text if len(text) <= longest else "%s … %s" % (text[:half], text[-half:])


def presentable(text: str, redact: Redact, longest: int = LONGEST_MESSAGE) -> str:
    """A text that is safe to show."""
    # Escaped text is longer: truncate before to limit the work, and after to limit the result.
    return cut_middle(visible(cut_middle(redact(text), longest)), longest)


SHORTEST_SECRET = 5  # characters
_COMMON = ("false", "started", "stopped", "present", "absent")  # values of options, not secrets


def redact(value: t.Any, secrets: t.Sequence[str]) -> t.Any:
    """The same value with all secrets masked in all strings, including keys.

    :param secrets: not empty; a secret that is part of another one comes after it.
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


def worth_masking(secrets: t.Iterable[str], shown: t.Container[str] = ()) -> set[str]:
    """The secrets without those that occur in other texts by chance: masking them would make everything unreadable.

    :param shown: the values of options that are not secret.
    """
    long = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET and secret not in shown]
    return {secret for secret in long if secret.lower() not in _COMMON}


def _in_xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def redactor(secrets: t.Iterable[str]) -> t.Callable[[t.Any], t.Any]:
    """A function that masks these secrets in a value; empty secrets are ignored, and longer ones are masked first.

    Of a secret with several lines, such as a private key, each long line is a secret, too. The API may repeat a secret as a part of
    an XML document.
    """
    plain = worth_masking(secrets)
    given = {*plain, *map(_in_xml, plain), *(_in_xml(secret).replace('"', "&quot;") for secret in plain)}
    lines = [line.strip() for secret in given if "\n" in secret for line in secret.splitlines()]
    long = [line for line in lines if len(line) >= _SECRET_LINE and not line.startswith("-----")]
    ordered = sorted({*given, *long}, key=len, reverse=True)

    return lambda value: redact(value, ordered)


no_redaction = redactor(())
