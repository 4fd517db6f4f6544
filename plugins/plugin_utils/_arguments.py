# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a task, received and checked like in a module."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import validate_characters
from ansible_collections.katapult.cloud.plugins.module_utils._text import no_redaction, presentable
from ansible_collections.katapult.cloud.plugins.plugin_utils._configuration import key_faults, shape_fault

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
    """The checked arguments of a task.

    :param params: all options, None if not set.
    :param secrets: the values of those with C(no_log).
    :param error: the error message that the module would return.
    :param warnings: the warnings that the module would issue.
    :param deprecations: the deprecations of the options that are set, in the format of a result.
    """

    params: dict[str, t.Any]
    secrets: frozenset[str]
    error: str | None
    warnings: tuple[str, ...]
    deprecations: tuple[dict[str, t.Any], ...]


class InvalidArguments(Exception):
    """The arguments contain a value that cannot be passed to a module; the message names the option and is safe to show."""


def as_received(
    arguments: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any] = MappingProxyType({})
) -> dict[str, t.Any]:
    """The arguments as a module receives them, as JSON: without tags, with vaulted strings decrypted.

    :raises InvalidArguments: they cannot be passed to a module, or make it fail, or Ansible would show or change them.
    """
    validate_arguments(arguments, spec)
    try:
        found = json.loads(json.dumps(arguments, **_ENCODING), **_DECODING)
    except Exception:
        odd = next(_faults(arguments, _type_fault), None)
        if odd is None:  # for example a vaulted string that cannot be decrypted: Ansible reports the reason
            raise
        raise _invalid(odd) from None
    return t.cast(t.Dict[str, t.Any], found)


def validate_arguments(arguments: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any] = MappingProxyType({})) -> None:
    """Reject values that a module cannot reject itself: it fails earlier, or receives another value.

    :param spec: the argument spec of the options.
    :raises InvalidArguments: the arguments contain such a value.
    """
    odd = next(_faults(arguments, _character_fault), None)
    if odd is not None:
        raise _invalid(odd)
    text = next(key_faults(arguments, spec), None) or shape_fault(arguments, spec)
    if text is not None:
        raise _invalid(text)
    for name in ("api_timeout", "api_retry_timeout"):
        if isinstance(arguments.get(name), bool):  # Ansible converts them to 1.0 and 0.0
            raise _invalid("%s is %s, but must be a number of seconds" % (name, str(arguments[name]).lower()))


def _invalid(fault: str) -> InvalidArguments:
    return InvalidArguments("%s. Nothing was sent." % presentable(fault, no_redaction))


def _character_fault(value: t.Any) -> str | None:
    return validate_characters(value) if isinstance(value, str) else None


def _type_fault(value: t.Any) -> str | None:
    if isinstance(value, (bytes, bytearray)):
        return "contains bytes: convert them to a string, with the filter string or by decoding them"
    if isinstance(value, (set, frozenset)):
        return "contains a set: convert it to a list, with the filter list or sort"
    if isinstance(value, Mapping) and any(isinstance(key, (bytes, tuple, frozenset)) for key in value):
        return "contains a dictionary with a key that is not a string"
    return None


def _faults(value: t.Any, fault: t.Callable[[t.Any], str | None], name: str = "") -> t.Iterator[str]:
    """Each value and each dictionary key with this fault, as a sentence without a period that names the option."""
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
    """Check the arguments like AnsibleModule does.

    :param name: the name of the module in the task.
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
