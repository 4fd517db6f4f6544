# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a task, as the module would receive and check them."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import validate_characters
from ansible_collections.katapult.cloud.plugins.module_utils._text import no_redaction, presentable

try:
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder

    _ENCODING: dict[str, t.Any] = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}
    _DECODING: dict[str, t.Any] = {"cls": get_module_decoder("legacy", Direction.CONTROLLER_TO_MODULE)}
except ImportError:  # before ansible-core 2.19
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    _ENCODING = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
    _DECODING = {}


@dataclass(frozen=True)
class Validated:
    """What became of the arguments of a task.

    :param params: all options, None where not given.
    :param secrets: the values of those with C(no_log).
    :param error: what is wrong with them, as the module would say it.
    :param warnings: what the module would warn about.
    :param deprecations: those of the options given, as a result holds them.
    """

    params: dict[str, t.Any]
    secrets: frozenset[str]
    error: str | None
    warnings: tuple[str, ...]
    deprecations: tuple[dict[str, t.Any], ...]


class InvalidArguments(Exception):
    """The arguments hold what no module can be given; the message says where, and can be shown."""


def as_received(arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The arguments as they arrive at a module, which gets them as JSON: without marks, vaulted texts opened.

    :raises InvalidArguments: a module would not get them at all, or breaks on them, or Ansible would show or change them unasked.
    """
    validate_arguments(arguments)
    try:
        found = json.loads(json.dumps(arguments, **_ENCODING), **_DECODING)
    except Exception:
        odd = next(_faults(arguments, _type_fault), None)
        if odd is None:  # a vaulted text that cannot be opened, for example: Ansible says why
            raise
        raise _invalid(odd) from None
    return t.cast(t.Dict[str, t.Any], found)


def validate_arguments(arguments: t.Mapping[str, t.Any]) -> None:
    """Refuse what a module cannot refuse any more: it breaks before it can, or gets something else.

    :raises InvalidArguments: the arguments hold such a value.
    """
    odd = next(_faults(arguments, _character_fault), None)
    if odd is not None:
        raise _invalid(odd)
    for name in ("api_timeout", "api_retry_timeout"):
        if isinstance(arguments.get(name), bool):  # Ansible makes 1.0 and 0.0 of them
            raise _invalid("%s is %s, and must be a number of seconds" % (name, str(arguments[name]).lower()))
    if isinstance(arguments.get("api_token"), (Mapping, list, tuple)):  # Ansible would make a text of it, and show some
        kind = "dictionary" if isinstance(arguments["api_token"], Mapping) else "list"
        raise _invalid("api_token must be a text, and is a %s, which is not shown" % kind)


def _invalid(fault: str) -> InvalidArguments:
    return InvalidArguments("%s. Nothing was sent." % presentable(fault, no_redaction))


def _character_fault(value: t.Any) -> str | None:
    return validate_characters(value) if isinstance(value, str) else None


def _type_fault(value: t.Any) -> str | None:
    if isinstance(value, (bytes, bytearray)):
        return "holds bytes: make a text of them, with the filter string or in the encoding that they have"
    if isinstance(value, (set, frozenset)):
        return "holds a set: make a list of it, with the filter list or sort"
    if isinstance(value, Mapping) and any(isinstance(key, (bytes, tuple, frozenset)) for key in value):
        return "holds a dictionary with a key that is no text"
    return None


def _faults(value: t.Any, fault: t.Callable[[t.Any], str | None], name: str = "") -> t.Iterator[str]:
    """Each value, and each name in a dictionary, with this fault, as a sentence without its full stop that names its option."""
    if fault(value):
        yield "%s %s" % (name or "the task", fault(value))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            inner = "%s.%s" % (name, key) if name else str(key)
            if fault(key):
                yield "%s %s" % (inner, fault(key))
            yield from _faults(item, fault, inner)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _faults(item, fault, name)


def validate(name: str, argument_spec: dict[str, t.Any], arguments: dict[str, t.Any]) -> Validated:
    """Check the arguments as AnsibleModule does.

    :param name: what the task calls the module.
    """
    result = ArgumentSpecValidator(argument_spec).validate(arguments)
    error = None
    if result.error_messages:
        error = result.errors.msg
        if isinstance(result.errors[0], UnsupportedError):
            error = "Unsupported parameters for (%s) module: %s" % (name, error)
    return Validated(
        result.validated_parameters,
        frozenset(result._no_log_values),  # pylint: disable=protected-access
        error,
        tuple(_both_set(warning) for warning in result._warnings),  # pylint: disable=protected-access
        tuple(result._deprecations),  # pylint: disable=protected-access
    )


def _both_set(warning: t.Mapping[str, str]) -> str:
    return "Both option %s and its alias %s are set." % (warning["option"], warning["alias"])
