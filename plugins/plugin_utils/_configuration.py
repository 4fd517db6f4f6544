# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a task as they are meant: without null values, completed by variables."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Iterator, Mapping

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


_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def key_faults(arguments: t.Any, spec: Spec, path: str = "") -> Iterator[str]:
    """The arguments that contain a private key, but are not secret: Ansible would show them, for example with -vvv.

    :param spec: the argument spec of the options.
    """
    if isinstance(arguments, Mapping):
        for name, value in arguments.items():
            option, at = spec.get(name, {}), "%s%s" % (path, name)
            if not option.get("no_log"):
                yield from key_faults(value, option.get("options") or {}, at + ".")
    elif isinstance(arguments, (list, tuple)):
        for value in arguments:
            yield from key_faults(value, spec, path)
    elif isinstance(arguments, str) and _PRIVATE_KEY.search(arguments):
        yield "%s contains a private key, which would be shown: set it in an option for private keys only" % path[:-1]


def shape_fault(arguments: Mapping[str, t.Any], spec: Spec, path: str = "") -> str | None:
    """The fault in a value with another shape than its option; None if there is none.

    Ansible would report a text instead of a dictionary without the dictionary that is meant, and convert a list instead of a text
    to a text, of which it may show a part even if it is secret.
    """
    for name, value in arguments.items():
        option, at = spec.get(name, {}), "%s%s" % (path, name)  # which may be no text
        fault = _own_shape_fault(name, value, option, at)
        options = option.get("options")
        for item in (value if isinstance(value, (list, tuple)) else [value]) if options and not fault else ():
            fault = fault or (shape_fault(item, options, at + ".") if isinstance(item, Mapping) else None)
        if fault:
            return fault
    return None


def _own_shape_fault(name: str, value: t.Any, option: Spec, at: str) -> str | None:
    """The fault in the shape of one value, without those in it."""
    kind = "dictionary" if isinstance(value, Mapping) else "list" if isinstance(value, (list, tuple)) else None
    if option.get("type") == "str" and kind:
        return "%s must be a string, but is a %s%s" % (at, kind, ", which is not shown" if option.get("no_log") else "")
    if option.get("elements") == "str" and kind == "list":
        if any(isinstance(item, (list, tuple, Mapping)) for item in value):
            return (
                "%s contains a list or a dictionary, but must be a list of texts: do not put a list inside of it" % at
            )
    if option.get("elements") == "dict" and kind == "list":
        odd = next((item for item in value if item is None or isinstance(item, (list, tuple))), value)
        if odd is not value:
            return "%s contains %s, but must be a list of dictionaries" % (at, "null" if odd is None else "a list")
    if option.get("type") != "dict" or not option.get("options") or not isinstance(value, str):
        return None
    if "=" in value or value.strip().startswith("{"):
        return None
    keys = [key for key in option["options"] if key != "id"]
    example = "{%s: %s}" % (keys[0], value) if len(keys) == 1 else "{%s: ...}" % keys[0]
    return '%s is the text "%s", but must be a dictionary: %s: %s' % (at, value, name, example)
