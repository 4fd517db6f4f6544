# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strings from the API, marked so that Ansible does not evaluate them as templates."""

from __future__ import annotations

import typing as t

try:
    from ansible.template import trust_as_template  # pylint: disable=unused-import # noqa: F401
except ImportError:  # before ansible-core 2.19, every string is a template unless it is marked
    from ansible.utils.unsafe_proxy import wrap_var

    def _marked(text: str) -> str:
        # Only if it could be a template, because ansible-inventory shows the mark.
        return wrap_var(text) if "{" in text or "}" in text else text

else:
    # No string is a template unless it is marked, so ansible-inventory --list shows each one with the key __ansible_unsafe. Marking those
    # without braces would not be safe: they can still be expressions, which a conditional such as "that: '{{ katapult_name }}'" evaluates.

    def _marked(text: str) -> str:
        return text


def untrusted(value: t.Any) -> t.Any:
    """The same value, in which no string is a template."""
    if isinstance(value, str):
        return _marked(value)
    if isinstance(value, list):
        return [untrusted(item) for item in value]
    if isinstance(value, dict):
        return {untrusted(key): untrusted(item) for key, item in value.items()}
    return value
