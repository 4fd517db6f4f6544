# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a task as they are meant: without null values, completed by variables."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import omitted

Values = dict[str, t.Any]
Spec = t.Mapping[str, t.Any]

PREFIX = "katapult_"  # of the variables that set options
# The options that variables set: those of the connection, and defaults
CONFIGURED = (
    "api_token",
    "organization",
    "api_url",
    "api_timeout",
    "api_retry_timeout",
    "validate_certs",
    "default_data_center",
)


def complete(arguments: Values, spec: Spec, variable: Callable[[str], t.Any]) -> Values:
    """The arguments of a task without null values, with the options that it omits from variables.

    :param spec: the argument spec of the options.
    :param variable: the value of a variable, None if it is not set.
    """
    given = without_nulls(arguments, spec)
    for name in CONFIGURED:
        if name in spec and given.get(name) in (None, ""):
            value = variable(PREFIX + name)
            if value not in (None, ""):
                given[name] = value
    return given


def without_nulls(arguments: Mapping[str, t.Any], spec: Spec) -> Values:
    """The arguments without null values, at any depth: a null value is the same as an omitted option.

    ansible-core 2.18 passes a template that is null as an empty string, so that is null, too, unless the option is a text.
    """
    given = {}
    for name, value in arguments.items():
        option = spec.get(name, {})
        kept, value = _value(value, option)
        if kept:
            given[name] = value
    return given


def _value(value: t.Any, option: Spec) -> tuple[bool, t.Any]:
    """Whether an argument is set, and its value."""
    kind, options = option.get("type"), option.get("options")
    is_text = kind == "str" and not option.get("choices")
    if value is None or (value == "" and kind is not None and not is_text):
        if _is_identifier(option):  # null identifies nothing, as opposed to an omitted identifier
            return True, value
        if is_text and option.get("required"):  # as since ansible-core 2.19
            return True, ""
        return bool(option.get("required")), value
    if kind == "dict" and options and isinstance(value, Mapping) and not option.get("required"):
        inner = without_nulls(value, options)
        return bool(inner) or not value, inner
    if kind == "list" and options and isinstance(value, (list, tuple)):
        return True, [without_nulls(item, options) if isinstance(item, Mapping) else item for item in value]
    if kind == "list" and option.get("elements") == "str" and isinstance(value, (list, tuple)):
        return True, ["" if item is None else item for item in value]  # which ansible-core 2.18 rejects
    return True, value


def _is_identifier(option: Spec) -> bool:
    return option.get("fallback", (None,))[0] is omitted


def shape_fault(arguments: Mapping[str, t.Any], spec: Spec, path: str = "") -> str | None:
    """The fault in a text that is given instead of a dictionary, or a list instead of a text in a list; None if there is none.

    Ansible would report the first without the dictionary that is meant, and convert the second to a text.
    """
    for name, value in arguments.items():
        option, at = spec.get(name, {}), "%s%s" % (path, name)  # which may be no text
        if option.get("elements") == "str" and isinstance(value, (list, tuple)):
            if any(isinstance(item, (list, tuple, Mapping)) for item in value):
                return (
                    "%s contains a list or a dictionary, but must be a list of texts: do not put a list inside of it"
                    % at
                )
        if not option.get("options"):
            continue
        inner = value if isinstance(value, (list, tuple)) else [value]
        for item in inner:
            fault = shape_fault(item, option["options"], at + ".") if isinstance(item, Mapping) else None
            if fault:
                return fault
        if (
            option["type"] == "dict"
            and isinstance(value, str)
            and "=" not in value
            and not value.strip().startswith("{")
        ):
            keys = [key for key in option["options"] if key != "id"]
            example = "{%s: %s}" % (keys[0], value) if len(keys) == 1 else "{%s: ...}" % keys[0]
            return '%s is the text "%s", but must be a dictionary: %s: %s' % (at, value, name, example)
    return None
