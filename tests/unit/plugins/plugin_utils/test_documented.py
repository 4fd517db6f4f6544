# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the controller plugins matches their code."""

from __future__ import annotations

import os
import re

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.katapult.cloud.plugins.inventory import katapult
from ansible_collections.katapult.cloud.plugins.lookup import id as id_lookup
from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.plugin_utils._hosts import host_variables
from ansible_collections.katapult.cloud.plugins.plugin_utils._id_lookup import KINDS

from ..as_plugin import documentation
from ..catalog import TASKS

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 4))
SPECS = {
    ("inventory", "katapult"): {**CONNECTION_SPEC, **katapult.OWN_SPEC},
    ("lookup", "id"): {**CONNECTION_SPEC, **id_lookup.OWN_SPEC},
}
COMMON = ("type", "elements", "choices", "default", "aliases")


def of_spec(spec):
    """The properties that an argument spec shares with the documentation."""
    shown = {name: spec[name] for name in COMMON if spec.get(name) is not None}
    if "options" in spec:
        shown["suboptions"] = {name: of_spec(option) for name, option in spec["options"].items()}
    return shown


def of_document(option):
    shown = {name: option[name] for name in COMMON if option.get(name) is not None}
    if "suboptions" in option:
        shown["suboptions"] = {name: of_document(sub) for name, sub in option["suboptions"].items()}
    return shown


@pytest.mark.parametrize("plugin", SPECS, ids="-".join)
def test_options_are_checked_as_they_are_documented(plugin):
    documented = documentation(*plugin)["options"]
    for name, spec in SPECS[plugin].items():
        checked = of_spec(spec)
        if spec.get("no_log"):  # Ansible shows the values that it rejects because of the documented type
            checked["type"] = "raw"
        assert of_document(documented[name]) == checked, name


@pytest.mark.parametrize("plugin", SPECS, ids="-".join)
def test_the_environment_variables_are_those_of_the_modules(plugin):
    documented = documentation(*plugin)["options"]
    for name in CONNECTION_SPEC:
        named = {entry["name"] for entry in documented[name].get("env", [])}
        assert named == set(CONNECTION_SPEC[name].get("fallback", (None, []))[1]), name


def test_every_option_of_the_lookup_plugin_has_a_variable():
    for name in CONNECTION_SPEC:
        assert documentation("lookup", "id")["options"][name]["vars"] == [{"name": "katapult_" + name}]


def test_every_host_variable_is_documented_and_in_the_readme():
    whole = {
        "id": "vm_1",
        "state": "started",
        "group": None,
        "tags": [],
        "annotations": [],
        "ip_addresses": [{"address": "203.0.113.1"}],
    }
    there = set(host_variables(whole, "public_ipv4"))
    notes = " ".join(documentation("inventory", "katapult")["notes"])
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as stream:
        readme = stream.read()
    assert set(re.findall(r"C\((katapult_\w+|ansible_host)\) \(", notes)) == there
    assert all("`%s`" % name in readme for name in (*there, "katapult.cloud.katapult", "katapult.cloud.id"))


def test_every_kind_is_documented():
    terms = " ".join(documentation("lookup", "id")["options"]["_terms"]["description"])
    assert re.findall(r"V\((\w+)\) \(", terms) == list(KINDS)


def test_every_inventory_example_has_valid_options():
    examples = list(yaml.safe_load_all(katapult.EXAMPLES))
    assert len(examples) > 2
    known = documentation("inventory", "katapult")["options"]
    spec = SPECS[("inventory", "katapult")]
    for example in examples:
        assert example["plugin"] == "katapult.cloud.katapult" and set(example) <= set(known)
        checked = {name: value for name, value in example.items() if name in spec}
        assert not ArgumentSpecValidator(spec).validate(checked).error_messages


def test_every_lookup_example_has_a_name_and_valid_options():
    for task in yaml.safe_load(id_lookup.EXAMPLES):
        name, (module, options) = task.pop("name"), *task.items()
        assert re.fullmatch(r"[A-Z].*[^.]", name)
        (kind,) = re.findall(r"\('katapult\.cloud\.id', '(\w+)'", str(options))
        assert kind in KINDS
        collection, _dot, used = module.rpartition(".")
        if collection == "katapult.cloud":
            spec = {**CONNECTION_SPEC, **TASKS[used].argument_spec}
            assert not ArgumentSpecValidator(spec).validate(options).error_messages
        else:
            assert module == "ansible.builtin.debug"
