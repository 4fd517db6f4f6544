# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for the collection as a whole: the layers keep apart, and what is documented is what there is."""

from __future__ import annotations

import ast
import glob
import importlib
import os
import re
import subprocess
import sys

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.katapult.cloud.plugins.module_utils import (
    _load_balancer_info_task,
    _load_balancer_rule_task,
    _load_balancer_task,
    _rule,
    _rule_set,
    _transport,
)
from ansible_collections.katapult.cloud.plugins.module_utils._explanations import EXPLANATIONS
from ansible_collections.katapult.cloud.plugins.module_utils._load_balancer import FIELDS
from ansible_collections.katapult.cloud.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._readable import READABLES
from ansible_collections.katapult.cloud.plugins.plugin_utils._action import InProcessAction

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
MODULES = sorted(os.path.basename(path)[:-3] for path in glob.glob(os.path.join(ROOT, "plugins", "modules", "*.py")))
TASKS = "ansible_collections.katapult.cloud.plugins.module_utils._%s_task"
SPECS = {
    **{kind.module: importlib.import_module(TASKS % kind.module).ARGUMENT_SPEC for kind in READABLES},
    "load_balancer": _load_balancer_task.ARGUMENT_SPEC,
    "load_balancer_info": _load_balancer_info_task.ARGUMENT_SPEC,
    "load_balancer_rule": _load_balancer_rule_task.ARGUMENT_SPEC,
}

# The core: it takes dicts and returns dicts
CORE = (
    "_annotations _errors _explanations _fields _kinds _load_balancer _mask _plan _readable _result _rule _rule_fields _text".split()
)


def load(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as stream:
        return stream.read()


def block(module, name):
    return yaml.safe_load(
        getattr(importlib.import_module("ansible_collections.katapult.cloud.plugins.modules." + module), name)
    )


def imports(path):
    for node in ast.walk(ast.parse(load(*path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("name", CORE)
def test_the_core_imports_neither_ansible_nor_http_nor_a_clock(name):
    own = "ansible_collections.katapult.cloud.plugins.module_utils"
    for imported in imports(("plugins", "module_utils", name + ".py")):
        if imported.startswith(own):
            assert imported == own or imported.rsplit(".", 1)[1] in CORE
        else:
            # Not dataclasses: to define one takes eight times as long as a NamedTuple, in each run of a module.
            assert imported in ("__future__", "re", "types", "typing")


def test_every_module_util_and_fragment_is_private():
    for folder in ("module_utils", "doc_fragments"):
        names = [name for name in os.listdir(os.path.join(ROOT, "plugins", folder)) if name.endswith(".py")]
        assert names and all(name.startswith("_") for name in names)
        assert all("Private to the collection" in load("plugins", folder, name) for name in names)


def test_every_module_is_in_the_action_group():
    assert sorted(yaml.safe_load(load("meta", "runtime.yml"))["action_groups"]["all"]) == MODULES


def test_the_version_is_the_same_everywhere():
    assert yaml.safe_load(load("galaxy.yml"))["version"] == _transport.VERSION


@pytest.mark.parametrize("module", MODULES)
def test_every_module_takes_the_common_options(module):
    fragments = block(module, "DOCUMENTATION")["extends_documentation_fragment"]
    assert {"katapult.cloud._attributes", "katapult.cloud._connection"} <= set(fragments)


@pytest.mark.parametrize("module", MODULES)
def test_every_example_has_a_name_and_options_that_exist(module):
    found = 0
    for task in tasks_of(block(module, "EXAMPLES")):
        assert re.fullmatch(r"[A-Z].*[^.]", task["name"])
        for name, options in task.items():
            collection, _dot, used = name.rpartition(".")
            if collection == "katapult.cloud":
                found += used == module
                spec = {**CONNECTION_SPEC, **SPECS[used]}
                assert not ArgumentSpecValidator(spec).validate(options or {}).error_messages
            elif isinstance(options, dict) and name not in ("vars", "loop_control"):
                assert re.fullmatch(r"ansible\.builtin\.[a-z_]+", name)
    assert found


def tasks_of(tasks):
    for task in tasks:
        yield task
        for section in ("block", "rescue", "always"):
            yield from tasks_of(task.get(section, []))


def names(fields):
    return [field.name for field in fields]


def test_load_balancers_and_rules_are_documented_as_they_are_returned():
    documented = block("load_balancer", "RETURN")["load_balancer"]["contains"]
    assert list(documented) == [*names(FIELDS), "rules"]
    assert list(documented["rules"]["contains"]) == names(_rule_set.FIELDS)
    listed = block("load_balancer_info", "RETURN")["load_balancers"]["contains"]
    assert list(listed) == [*names(FIELDS), "backend_certificate_key", "rules"]
    assert list(listed["rules"]["contains"]) == names(_rule_set.FIELDS)
    assert list(block("load_balancer_rule", "RETURN")["load_balancer_rule"]["contains"]) == names(_rule.FIELDS)


@pytest.mark.parametrize("kind", READABLES, ids=lambda kind: kind.module)
def test_what_is_read_is_documented_as_it_is_returned(kind):
    returned = block(kind.module, "RETURN")
    assert list(returned) == [kind.plural, "error"]
    listed = returned[kind.plural]["contains"]
    assert list(listed) == names(kind.fields)
    for name, field in listed.items():
        assert "contains" in field or ("sample" in field) == (field["type"] != "dict"), name
    assert returned["error"] == block("load_balancer", "RETURN")["error"]


@pytest.mark.parametrize("kind", READABLES, ids=lambda kind: kind.module)
def test_what_a_list_lacks_is_documented_where_it_can_be_had_in_full(kind):
    listed = block(kind.module, "RETURN")[kind.plural]["contains"]
    assert any("a listing" in str(field["description"]) for field in listed.values()) == kind.short_rows


def test_no_load_balancer_waits_for_what_reads_other_things():
    reading = {"_readable", "_read_task", "_look"}
    for name in ("_load_balancer_task", "_load_balancer_rule_task", "_load_balancer_info_task", "_module", "_client"):
        imported = {one.rpartition(".")[2] for one in imports(("plugins", "module_utils", name + ".py"))}
        assert not imported & reading


def test_the_rules_of_a_load_balancer_have_the_options_of_a_rule():
    rules = block("load_balancer", "DOCUMENTATION")["options"]["rules"]["suboptions"]
    single = block("load_balancer_rule", "DOCUMENTATION")["options"]["properties"]["suboptions"]
    assert list(rules) == list(single)


def test_no_documented_text_holds_a_real_looking_token():
    for path in glob.glob(os.path.join(ROOT, "**", "*.md"), recursive=True) + glob.glob(
        os.path.join(ROOT, "examples", "*")
    ):
        assert not re.search(r"(api_token|KATAPULT_API_TOKEN)\s*[:=]\s*[\"']?[A-Za-z0-9]{24,}", load(path)), path


def test_every_error_code_of_the_collection_and_of_the_api_is_in_the_guide_to_failures():
    guide = load("docs", "errors.md")
    own = set()
    for path in glob.glob(os.path.join(ROOT, "plugins", "module_utils", "*.py")):
        for node in ast.walk(ast.parse(load(path))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Facts", "TaskRefused", "_facts"):
                own |= {
                    argument.value
                    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
                    if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z]+(_[a-z]+)+", str(argument.value))
                }
    assert len(own) > 15
    missing = [code for code in sorted(own | set(EXPLANATIONS)) if "`%s`" % code not in guide]
    assert not missing


# Both ways


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_action_plugin_and_a_task(module):
    action = importlib.import_module("ansible_collections.katapult.cloud.plugins.action." + module)
    assert issubclass(action.ActionModule, InProcessAction)
    task = importlib.import_module("ansible_collections.katapult.cloud.plugins.module_utils._%s_task" % module)
    assert task.ARGUMENT_SPEC is SPECS[module] and callable(task.run)


def test_every_action_plugin_is_that_of_a_module():
    there = os.listdir(os.path.join(ROOT, "plugins", "action"))
    assert sorted(name[:-3] for name in there if name.endswith(".py")) == MODULES


# Ansible loads an action plugin in its own process, before it forks.
ONLY_IMPORTS = """
import importlib, sys
forbidden = ("socket.connect", "_thread.start_new_thread", "_thread.start_joinable_thread", "os.fork")
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event in forbidden else None)
for module in sys.argv[1:]:
    importlib.import_module("ansible_collections.katapult.cloud.plugins.action." + module)
assert not seen, seen
"""


@pytest.mark.parametrize("requests", [None, "raise ImportError", "raise ValueError", "Session = None", "1 / 0"])
def test_loading_an_action_plugin_neither_fails_nor_reaches_out(tmp_path, requests):
    if requests is not None:
        (tmp_path / "requests.py").write_text(requests)
    collections = os.path.dirname(os.path.dirname(os.path.dirname(ROOT)))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), collections, *sys.path])}
    done = subprocess.run([sys.executable, "-c", ONLY_IMPORTS, *MODULES], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
