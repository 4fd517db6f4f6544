# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module of certain types, and tasks in which one of them has a given value."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._text import visible

from .catalog import MODULES, TASKS

LONE = "web\ud800"

NAMED = ("tag", "virtual_machine_group", "security_group", "address_list")  # identified by a name

# Options that the tested option requires
REQUIRED = {
    "load_balancer": {"properties": {"api_reference": "web"}},
    "load_balancer_member": {"load_balancer": {"api_reference": "web"}, "resource_id": "vm_a"},
    "load_balancer_rule": {"load_balancer": {"api_reference": "web"}, "properties": {"listen_port": 80}},
    "certificate": {"properties": {"issuer": "self_signed", "name": "www.example.com"}},
    "virtual_machine": {"properties": {"hostname": "web"}},
    **{name: {"properties": {"name": "web"}} for name in NAMED},
}
BESIDE = {
    "weights": {"virtual_machine_id": "vm_a", "weight": 1},
    "annotations": {"key": "a", "value": "b"},
    # those of a load balancer, and those of a security group
    "rules": {"listen_port": 80, "direction": "inbound", "protocol": "TCP"},
    "entries": {"address": "192.0.2.1"},
}
ALONE = ("organization", "data_center", "load_balancer")  # of whose members exactly one is set


def leaves(spec, types, path=()):
    """The options of these types without choices, at any depth, each as its path."""
    for name, option in spec.items():
        if option.get("options"):
            yield from leaves(option["options"], types, (*path, name))
        elif (option.get("elements") or option["type"]) in types and not option.get("choices"):
            yield (*path, name), option["type"] == "list"


def options_of(*types):
    """The options of these types of all modules, for a test: the module, the path of the option, whether it is a list."""
    return list(_options_of(types))


def _options_of(types):
    for module in MODULES:
        for path, is_list in leaves({**CONNECTION_SPEC, **TASKS[module].argument_spec}, types):
            yield pytest.param(module, path, is_list, id="%s-%s" % (module, ".".join(path)))


def with_value(module, path, value):
    """The options of a task in which one option has this value."""
    first, *inner = path
    task = {name: dict(of) if isinstance(of, dict) else of for name, of in REQUIRED.get(module, {}).items()}
    if not inner:
        return {**task, first: value}
    if first in BESIDE:
        spec = TASKS[module].argument_spec[first]["options"]
        beside = {key: of for key, of in BESIDE[first].items() if key in spec}
        return {**task, first: [put({**beside}, inner, value)]}
    if first in ALONE:
        return {**task, first: {inner[-1]: value}}
    return {**task, first: put(dict(task.get(first, {})), inner, value, TASKS[module].argument_spec[first]["options"])}


def put(into, path, value, spec=None):
    """A nested value, by its path. Within the items of a list, the option that each requires is set, too."""
    first, *inner = path
    if not inner:
        into[first] = value
        return into
    option = (spec or {}).get(first, {})
    one = put({}, inner, value, option.get("options"))
    for names in option.get("required_one_of", ()):
        if not set(names).intersection(one):
            one[names[0]] = {"id": "one_1"}
    into[first] = [one] if option.get("elements") == "dict" else one
    return into


def check_refused(result, server, path):
    """Fail unless a task was rejected because of an option before a request was sent; returns the message."""
    assert result["failed"] and not result.get("changed") and server.simulator.requests == []
    assert visible(result["msg"]) == result["msg"]
    assert path[-1] in result["msg"].replace("API token", "api_token")
    return result["msg"]
