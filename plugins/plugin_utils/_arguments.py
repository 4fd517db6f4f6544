# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The arguments of a task, as the module would receive and check them."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import surrogate_fault

try:
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder

    _ENCODING: dict[str, t.Any] = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}
    _DECODING: dict[str, t.Any] = {"cls": get_module_decoder("legacy", Direction.CONTROLLER_TO_MODULE)}
except ImportError:  # before ansible-core 2.19
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    _ENCODING = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
    _DECODING = {}


@dataclass(frozen=True)
class Checked:
    """What became of the arguments of a task.

    :param params: all options, None where not given.
    :param secrets: the values of those with C(no_log).
    :param fault: what is wrong with them, as the module would say it.
    :param warnings: what the module would warn about.
    :param deprecations: those of the options given, as a result holds them.
    """

    params: dict[str, t.Any]
    secrets: frozenset[str]
    fault: str | None
    warnings: tuple[str, ...]
    deprecations: tuple[dict[str, t.Any], ...]


class CannotReceive(Exception):
    """The arguments hold what has no form in JSON; the message says where."""


def received(arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The arguments as they arrive at a module, which gets them as JSON: without marks, vaulted texts opened.

    :raises CannotReceive: a module would not get them at all.
    """
    try:
        return json.loads(json.dumps(arguments, **_ENCODING), **_DECODING)
    except Exception:
        check_characters(arguments)
        odd = next(_faults(arguments, _type_fault), None)
        if odd is None:  # a vaulted text that cannot be opened, for example: Ansible says why
            raise
        raise CannotReceive("%s. Nothing was sent." % odd) from None


def check_characters(arguments: t.Mapping[str, t.Any]) -> None:
    """Make sure that all texts can be written. Some versions of ansible-core break on others, in a module with a traceback.

    :raises CannotReceive: one holds half a character.
    """
    odd = next(_faults(arguments, _character_fault), None)
    if odd is not None:
        raise CannotReceive("%s. Nothing was sent." % odd)


def _character_fault(value: t.Any) -> str | None:
    return surrogate_fault(value) if isinstance(value, str) else None


def _type_fault(value: t.Any) -> str | None:
    if isinstance(value, (bytes, bytearray)):
        return "holds bytes: make a text of them, with the filter string or in the encoding that they have"
    if isinstance(value, (set, frozenset)):
        return "holds a set: make a list of it, with the filter list or sort"
    return None


def _faults(value: t.Any, fault: t.Callable[[t.Any], str | None], name: str = "") -> t.Iterator[str]:
    """Each value with this fault, as a sentence without its full stop that names its option."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _faults(item, fault, "%s.%s" % (name, key) if name else str(key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _faults(item, fault, name)
    elif fault(value):
        yield "%s %s" % (name, fault(value))


def checked(name: str, argument_spec: dict[str, t.Any], arguments: dict[str, t.Any]) -> Checked:
    """Check the arguments as AnsibleModule does.

    :param name: what the task calls the module.
    """
    result = ArgumentSpecValidator(argument_spec).validate(arguments)
    fault = None
    if result.error_messages:
        fault = result.errors.msg
        if isinstance(result.errors[0], UnsupportedError):
            fault = "Unsupported parameters for (%s) module: %s" % (name, fault)
    return Checked(
        result.validated_parameters,
        frozenset(result._no_log_values),  # pylint: disable=protected-access
        fault,
        tuple(_both_set(warning) for warning in result._warnings),  # pylint: disable=protected-access
        tuple(result._deprecations),  # pylint: disable=protected-access
    )


def _both_set(warning: t.Mapping[str, str]) -> str:
    return "Both option %s and its alias %s are set." % (warning["option"], warning["alias"])
