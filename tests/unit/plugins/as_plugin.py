# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets up a controller plugin like the plugin loader of Ansible, which does not find collections under ansible-test."""

from __future__ import annotations

import importlib
import typing as t

import yaml
from ansible import constants as C
from ansible.plugins.doc_fragments.constructed import ModuleDocFragment as Constructed
from ansible.plugins.doc_fragments.inventory_cache import ModuleDocFragment as InventoryCache

from ansible_collections.katapult.cloud.plugins.doc_fragments._controller import ModuleDocFragment as Controller

FRAGMENTS = {
    "katapult.cloud._controller": Controller.DOCUMENTATION,
    "katapult.cloud._controller.vars": Controller.VARS,
    "ansible.builtin.constructed": Constructed.DOCUMENTATION,
    "ansible.builtin.inventory_cache": InventoryCache.DOCUMENTATION,
}


def documentation(kind: str, name: str) -> dict[str, t.Any]:
    """The documentation of a plugin, with its fragments."""
    module = importlib.import_module("ansible_collections.katapult.cloud.plugins.%s.%s" % (kind, name))
    document = yaml.safe_load(module.DOCUMENTATION)
    options: dict[str, t.Any] = {}
    for more in [
        *(yaml.safe_load(FRAGMENTS[fragment]) for fragment in document["extends_documentation_fragment"]),
        document,
    ]:
        for option, described in more["options"].items():
            options[option] = {**options.get(option, {}), **described}
    return {**document, "options": options}


def as_plugin(kind: str, plugin: t.Any, name: str) -> t.Any:
    """The plugin, ready to receive options.

    :param kind: such as C(lookup).
    """
    full = "katapult.cloud." + name
    C.config.initialize_plugin_configuration_definitions(kind, full, documentation(kind, name)["options"])
    plugin._load_name = plugin.ansible_name = full  # pylint: disable=protected-access
    plugin._original_path = ""  # pylint: disable=protected-access
    plugin._redirected_names = []  # pylint: disable=protected-access
    plugin.ansible_aliases = [full]
    return plugin
