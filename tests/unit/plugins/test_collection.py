# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of the collection as a whole: the layers are separate, and the documentation matches the code."""

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

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._http.error_catalog import ERROR_CATALOG
from ansible_collections.katapult.cloud.plugins.module_utils._version import VERSION
from ansible_collections.katapult.cloud.plugins.plugin_utils._action import InProcessAction
from ansible_collections.katapult.cloud.plugins.plugin_utils._id_lookup import KINDS

from .catalog import MODULES, PARTS, PLUGINS, RESOURCES, ROOT, TASKS, WITH_INFO, children_of, files

UTILS = PLUGINS + "module_utils."

# What each layer may import from the others. Those without Ansible, HTTP and a clock convert dictionaries to dictionaries.
PURE = ("__future__", "base64", "hashlib", "ipaddress", "re", "traceback", "types", "typing", "xml.etree")
SCHEMA = ("_text", "_schema.fields", "_schema.types", "_schema.machine_types")
LAYERS = {
    "_schema": (*SCHEMA, "_schema.network_types"),
    "_resources": (
        *("_schema." + name for name in ("fields", "types", "network_types", "machine_types", "machine_spec", "pem")),
        "_engine.resource",
    ),
    "_engine.resource": SCHEMA,
    "_engine.task": ("_engine.resource",),
    "_engine.planner": (*SCHEMA, "_errors", "_engine.resource"),
    "_engine.lifecycle": (*SCHEMA, "_engine.resource"),
    "_errors": ("_text",),
    "_text": (),
    "_version": (),
    "_http.error_catalog": (),
}
DESCRIBING = {"describe", "faults", "derive", "forecast", "warnings", "rank"}  # the functions that a kind may define


def load(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as stream:
        return stream.read()


def block(module, name):
    return yaml.safe_load(
        getattr(importlib.import_module("ansible_collections.katapult.cloud.plugins.modules." + module), name)
    )


def imports(path):
    """What a file imports, by full names; with a relative import, each name in it is treated as a file, too."""
    package = [*PLUGINS.strip(".").split("."), *path[1:-1]]
    for node in ast.walk(ast.parse(load(*path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1], *([node.module] if node.module else [])]
            is_folder = os.path.isdir(os.path.join(ROOT, "plugins", *base[4:]))
            yield from (".".join([*base, alias.name]) for alias in node.names) if is_folder else [".".join(base)]


def utils():
    """All files of module_utils, by their import path below it."""
    folder = os.path.join(ROOT, "plugins", "module_utils")
    for path in glob.glob(os.path.join(folder, "**", "*.py"), recursive=True):
        yield os.path.relpath(path, folder)[:-3].replace(os.sep, ".")


def imported_by(name):
    return set(imports(["plugins", "module_utils", *(name.replace(".", "/") + ".py").split("/")]))


@pytest.mark.parametrize("name", [name for name in utils() if name in LAYERS or name.partition(".")[0] in LAYERS])
def test_a_layer_imports_only_what_is_permitted(name):
    allowed = LAYERS.get(name, LAYERS.get(name.partition(".")[0]))
    for imported in imported_by(name):
        # No dataclasses: defining one takes eight times as long as a NamedTuple, in each run of a module.
        assert imported in PURE or (imported.startswith(UTILS) and imported[len(UTILS) :] in allowed), imported


def test_code_that_uses_the_api_does_not_use_ansible():
    shells = {"_connection_options", "_execute", "_module"}
    for name in utils():
        if name not in shells:
            below = imported_by(name)
            assert not any(of == "ansible" or of.startswith("ansible.") for of in below), name
            assert not {of[len(UTILS) :] for of in below} & shells, name


def test_each_description_defines_one_kind_that_has_its_name():
    assert {*RESOURCES, *PARTS} == set(files("module_utils", "_resources"))


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=list(RESOURCES))
def test_a_kind_defines_only_the_six_functions(resource):
    assert {name for name, value in resource._asdict().items() if callable(value)} <= DESCRIBING
    assert DESCRIBING <= set(Resource._fields)


def test_every_module_is_named_after_its_kind():
    for module, task in TASKS.items():
        assert module in (task.resource.name, task.resource.name + "_info", *PARTS)
        assert task.resource is RESOURCES[task.resource.name]
        assert ("state" in task.argument_spec) == (not module.endswith("_info"))


def test_a_module_is_its_documentation_and_two_lines():
    for module in MODULES:
        code = [
            node
            for node in ast.parse(load("plugins", "modules", module + ".py")).body
            if not (isinstance(node, (ast.Import, ast.ImportFrom)))
            and not (isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN"))
        ]
        assert [type(node).__name__ for node in code] == ["Assign", "FunctionDef", "If"]
        assert code[0].targets[0].id == "TASK" and len(code[1].body) == 1


def test_the_lookup_plugin_has_every_kind_that_has_names():
    assert set(KINDS) == {resource.name for resource in RESOURCES.values() if resource.names}


def test_every_module_util_and_fragment_is_private():
    for folder in ("module_utils", "doc_fragments"):
        names = [
            name
            for name in os.listdir(os.path.join(ROOT, "plugins", folder))
            if name[:1] not in "._" or name.endswith(".py")
        ]
        assert names and all(name.startswith("_") for name in names)


def test_every_module_is_in_the_action_group():
    assert sorted(yaml.safe_load(load("meta", "runtime.yml"))["action_groups"]["all"]) == MODULES


def test_the_version_is_the_same_everywhere():
    assert yaml.safe_load(load("galaxy.yml"))["version"] == VERSION


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_the_common_options(module):
    fragments = block(module, "DOCUMENTATION")["extends_documentation_fragment"]
    assert {"katapult.cloud._attributes", "katapult.cloud._connection"} <= set(fragments)


@pytest.mark.parametrize("module", MODULES)
def test_every_example_has_a_name_and_valid_options(module):
    found = 0
    for task in tasks_of(block(module, "EXAMPLES")):
        assert re.fullmatch(r"[A-Z].*[^.]", task["name"])
        for name, options in task.items():
            collection, _dot, used = name.rpartition(".")
            if collection == "katapult.cloud":
                found += used == module
                spec = {**CONNECTION_SPEC, **TASKS[used].argument_spec}
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
    rule = names(RESOURCES["load_balancer_rule"].fields)
    of_balancer = [name for name in rule if name != "load_balancer"]
    all_of_it = names(RESOURCES["load_balancer"].fields)
    documented = block("load_balancer", "RETURN")["load_balancer"]["contains"]
    assert list(documented) == [*(name for name in all_of_it if name != "backend_certificate_key"), "rules"]
    assert list(documented["rules"]["contains"]) == of_balancer
    listed = block("load_balancer_info", "RETURN")["load_balancers"]["contains"]
    assert set(listed) == {*all_of_it, "rules"}
    assert list(listed["rules"]["contains"]) == of_balancer
    assert list(block("load_balancer_rule", "RETURN")["load_balancer_rule"]["contains"]) == rule


@pytest.mark.parametrize("kind", WITH_INFO, ids=lambda kind: kind.name)
def test_other_resources_are_documented_as_they_are_returned(kind):
    returned = block(kind.name + "_info", "RETURN")
    assert list(returned) == [kind.plural, *kind.listed_too, "error"]
    for key, fields in kind.listed_too.items():
        assert list(returned[key]["contains"]) == names(fields)
    listed = returned[kind.plural]["contains"]
    children = children_of(kind)
    shown = names(field for field in kind.fields if field.shown)
    assert list(listed) == [*shown, *([children.set_option] if children else [])]
    for name, field in listed.items():
        assert "contains" in field or ("sample" in field) == (field["type"] != "dict"), name
    assert returned["error"] == block("load_balancer", "RETURN")["error"]


@pytest.mark.parametrize("kind", [RESOURCES[name] for name in TASKS if name in RESOURCES], ids=lambda kind: kind.name)
def test_managed_resources_are_documented_as_they_are_returned(kind):
    returned = block(kind.name, "RETURN")
    more = ["superseded"] if kind.series else []
    more += ["trash_object"] if kind.trash else []
    more += ["released_%s" % kind.trash.release.field] if kind.trash and kind.trash.release else []
    assert list(returned) == [kind.name, *more, "diff", "error"]
    shown = returned[kind.name]["contains"]
    children = children_of(kind)
    expected = names(field for field in kind.fields if field.shown)
    assert list(shown) == [*expected, *([children.set_option] if children else [])]
    if children:
        below = shown[children.set_option]["contains"]
        assert list(below) == [name for name in names(children.fields) if name != kind.name]
        listed = block(kind.name + "_info", "RETURN")[kind.plural]["contains"]
        assert list(listed[children.set_option]["contains"]) == list(below)


@pytest.mark.parametrize("kind", WITH_INFO, ids=lambda kind: kind.name)
def test_fields_that_a_list_omits_are_documented_for_the_full_option(kind):
    listed = block(kind.name + "_info", "RETURN")[kind.plural]["contains"]
    assert any("the list endpoint" in str(field["description"]) for field in listed.values()) == kind.partial_rows


def options_of(spec, inner):
    """The names and types of options, with those within them."""
    return {
        name: (of["type"], of.get("elements"), of.get("default"), options_of(of.get(inner) or {}, inner))
        for name, of in spec.items()
    }


def documented_options(module):
    """The options in the documentation of a module and of its fragments, without the common ones."""
    documentation = block(module, "DOCUMENTATION")
    options = dict(documentation.get("options") or {})
    for fragment in documentation["extends_documentation_fragment"]:
        file, _dot, variable = fragment.removeprefix("katapult.cloud.").partition(".")
        of = importlib.import_module(
            "ansible_collections.katapult.cloud.plugins.doc_fragments." + file
        ).ModuleDocFragment
        for name, option in (
            yaml.safe_load(getattr(of, (variable or "documentation").upper()))["options"] or {}
        ).items():
            options.setdefault(name, option)
    return {name: option for name, option in options.items() if name not in CONNECTION_SPEC}


@pytest.mark.parametrize("module", MODULES)
def test_the_documented_options_are_those_of_the_module(module):
    own = options_of(TASKS[module].argument_spec, "options")
    assert options_of(documented_options(module), "suboptions") == own


def test_the_rules_of_a_load_balancer_have_the_options_of_a_rule():
    rules = block("load_balancer", "DOCUMENTATION")["options"]["rules"]["suboptions"]
    single = block("load_balancer_rule", "DOCUMENTATION")["options"]["properties"]["suboptions"]
    assert list(rules) == list(single)


def test_the_documentation_contains_no_realistic_token():
    for path in glob.glob(os.path.join(ROOT, "**", "*.md"), recursive=True) + glob.glob(
        os.path.join(ROOT, "examples", "*")
    ):
        assert not re.search(r"(api_token|KATAPULT_API_TOKEN)\s*[:=]\s*[\"']?[A-Za-z0-9]{24,}", load(path)), path


def test_every_error_code_of_the_collection_and_of_the_api_is_in_the_error_guide():
    guide = load("docs", "errors.md")
    own = set()
    for path in glob.glob(os.path.join(ROOT, "plugins", "module_utils", "**", "*.py"), recursive=True):
        for node in ast.walk(ast.parse(load(path))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "ErrorDetails",
                "TaskRefused",
                "Fault",
                "_details",
                "failure",
            ):
                own |= {
                    argument.value
                    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
                    if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z]+(_[a-z]+)+", str(argument.value))
                }
    assert len(own) > 15
    missing = [code for code in sorted(own | set(ERROR_CATALOG)) if "`%s`" % code not in guide]
    assert not missing


# Both execution modes


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_action_plugin(module):
    action = importlib.import_module("ansible_collections.katapult.cloud.plugins.action." + module)
    assert issubclass(action.ActionModule, InProcessAction)


def test_every_action_plugin_belongs_to_a_module():
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
def test_importing_an_action_plugin_does_not_fail_or_open_connections(tmp_path, requests):
    if requests is not None:
        (tmp_path / "requests.py").write_text(requests)
    collections = os.path.dirname(os.path.dirname(os.path.dirname(ROOT)))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), collections, *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", ONLY_IMPORTS, *MODULES], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# The published files at the top level. Every other file there must be in build_ignore of galaxy.yml.
PUBLISHED = {
    *("CHANGELOG.md", "CHANGELOG.md.license", "CHANGELOG.rst", "CHANGELOG.rst.license", "CODE_OF_CONDUCT.md"),
    *("CONTRIBUTING.md", "COPYING", "LICENSES", "MAINTAINERS", "README.md", "REUSE.toml", "changelogs", "docs"),
    *("examples", "galaxy.yml", "meta", "plugins"),
}


def test_the_archive_contains_no_development_file():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.partition("/")[0] for name in listed}
    ignored = yaml.safe_load(load("galaxy.yml"))["build_ignore"]
    assert len(top) > 20 and top - set(ignored) == PUBLISHED
