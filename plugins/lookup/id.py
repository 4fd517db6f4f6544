# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: id
short_description: Find the IDs of Katapult resources by name
version_added: 0.3.0
description:
  - Returns the IDs of virtual machines, tags, certificates and other resources with the given names.
  - Many options of the modules accept names themselves. The lookup is for all other options, for names that begin like an ID, and for other
    purposes.
  - The task fails if a name matches no resource or several resources. The error message contains what was searched, or lists the IDs.
  - The plugin reads the list of resources once, in pages of 200, regardless of the number of names. A term can be a name or an ID, because
    the ID of an existing resource is returned unchanged.
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._controller
  - katapult.cloud._controller.vars
options:
  _terms:
    description:
      - The kind of the resources, followed by their names. A term can be a list of names instead of a name.
      - >-
        The kinds, and the names of each:
        V(virtual_machine) (name, host name or fully qualified domain name),
        V(virtual_machine_group) (name),
        V(tag) (name),
        V(certificate) (name),
        V(security_group) (name),
        V(address_list) (name, also of the lists of Katapult that exist for all organizations),
        V(data_center) (permalink or name),
        V(organization) (sub-domain or name),
        V(load_balancer) (C(api_reference) or name),
        V(virtual_machine_package) (permalink or name, such as V(rock-3)),
        V(disk_template) (permalink or name, also of the universal ones of Katapult),
        V(network) (permalink or name; not virtual networks, see M(katapult.cloud.network_info)),
        V(ip_address) (the address).
      - The ID of a resource of this kind is returned unchanged, unless it is also the name of another resource.
      - Host names, domain names and sub-domains are case-insensitive. All other names are case-sensitive.
      - Resources in the trash are not found.
    type: list
    elements: raw
    required: true
  organization:
    description:
      - The organization to search, identified by exactly one of the keys C(id) and C(sub_domain).
      - Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
      - Has no effect for V(data_center) and V(organization). For V(virtual_machine_package), only the public packages are searched without
        it. Required for all other kinds.
  allow_empty:
    description:
      - Whether to return an empty list if there are no names. Otherwise, the lookup fails, because the usual reason is a variable or an
        inventory group that is empty by mistake. A module that receives V([]) would remove all members from a load balancer.
    type: bool
    default: false
    version_added: 0.4.0
notes:
  - Use P(katapult.cloud.id#lookup) with C(query), which returns a list. C(lookup) returns a string, in which commas separate several IDs.
  - Ansible evaluates a variable each time it is used. If many tasks use a variable that contains a lookup, store the result with
    M(ansible.builtin.set_fact).
  - C(module_defaults) apply to modules only. To use the same token and organization for modules and lookups, set the environment variables
    or the variables that are listed for each option.
seealso:
  - plugin: katapult.cloud.katapult
    plugin_type: inventory
  - module: katapult.cloud.load_balancer
  - module: katapult.cloud.security_group
  - module: katapult.cloud.address_list_info
  - module: katapult.cloud.virtual_machine_info
  - module: katapult.cloud.disk_template_info
  - module: katapult.cloud.network_info
"""

EXAMPLES = r"""
- name: Adopt a load balancer by its name in the Katapult console
  katapult.cloud.load_balancer:
    id: "{{ lookup('katapult.cloud.id', 'load_balancer', 'Web (production)') }}"
    properties:
      api_reference: web-production

- name: Add all hosts of a group to it, and fail if the group is empty
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
      resource_ids: "{{ query('katapult.cloud.id', 'virtual_machine', groups.webservers) }}"

- name: Set the standby servers to those of a group, or to none if it is empty
  katapult.cloud.load_balancer:
    properties:
      api_reference: web-production
      standby_vms: "{{ query('katapult.cloud.id', 'virtual_machine', groups.spare, allow_empty=true) }}"

- name: Use a virtual machine whose name begins like an ID
  katapult.cloud.load_balancer_member:
    load_balancer:
      api_reference: web-production
    resource_id: "{{ lookup('katapult.cloud.id', 'virtual_machine', 'vm_web') }}"

- name: Permit inbound traffic from Katapult's load balancers only
  katapult.cloud.security_group:
    properties:
      name: web
    rules:
      - direction: inbound
        protocol: TCP
        ports: "8080"
        targets: "{{ query('katapult.cloud.id', 'address_list', 'Katapult Load Balancers (London)') }}"

- name: Show the ID of a tag in another organization
  ansible.builtin.debug:
    msg: "{{ lookup('katapult.cloud.id', 'tag', 'web', organization={'sub_domain': 'globex'}) }}"
"""

RETURN = r"""
_raw:
  description:
    - The IDs, in the order of the names.
  type: list
  elements: str
  sample: [vm_4v8YBNBXSbCyP058, vm_UUhPmoCbpic6UX0Y]
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._text import visible
from ansible_collections.katapult.cloud.plugins.plugin_utils._id_lookup import KINDS, resolve
from ansible_collections.katapult.cloud.plugins.plugin_utils._plugin_client import (
    PluginError,
    validate_options,
    validate_organization,
    with_client,
)

Vars = t.Dict[str, t.Any]

_VARIABLES = ["katapult_%s" % name for name in CONNECTION_SPEC]
OWN_SPEC = {"allow_empty": {"type": "bool", "default": False}}
_OPTIONS = (*CONNECTION_SPEC, *OWN_SPEC)
_OF_ANSIBLE = ("wantlist",)  # Ansible passes this option when it calls a lookup plugin for a loop


class LookupModule(LookupBase):
    """Finds the IDs of resources by name."""

    def run(self, terms: list[t.Any], variables: Vars | None = None, **kwargs: t.Any) -> list[str]:
        """Return the IDs of resources: the first term is the kind, the other terms are the names."""
        given = {name: value for name, value in (variables or {}).items() if name in _VARIABLES}
        direct = {name: value for name, value in kwargs.items() if name not in _OF_ANSIBLE}
        self.set_options(var_options=self._templar.template(given), direct=direct)
        try:
            return self._ids(terms, direct)
        except PluginError as error:
            raise AnsibleLookupError(visible(str(error))) from None

    def _ids(self, terms: list[t.Any], kwargs: Vars) -> list[str]:
        unknown = sorted(set(kwargs).difference(_OPTIONS))
        if unknown:
            raise PluginError(
                "Unknown option: %s. The valid options are %s." % (", ".join(unknown), ", ".join(_OPTIONS))
            )
        kind, names = _kind_and_names(terms)
        options = validate_options(OWN_SPEC, dict(self._given()))
        if not names and not options.params["allow_empty"]:
            raise PluginError(
                "There is no name to look up. Often, the reason is an empty variable or an empty group of the inventory. If"
                " an empty list is intended, set allow_empty=true."
            )
        organization = validate_organization(options)
        return with_client(
            options,
            lambda client: resolve(client, KINDS[kind], names, organization),
            lambda line: Display().vvv("katapult.cloud: %s" % line),
        )

    def _given(self) -> t.Iterator[tuple[str, t.Any]]:
        """All options that are set."""
        for name in _OPTIONS:
            value, origin = self.get_option_and_origin(name)
            if origin != "default":
                yield name, value


def _kind_and_names(terms: list[t.Any]) -> tuple[str, list[str]]:
    kinds = "one of the kinds %s" % ", ".join(KINDS)
    if not terms:
        raise PluginError("Nothing to look up: the terms must be %s, followed by names." % kinds)
    kind, *rest = terms
    if not isinstance(kind, str) or kind not in KINDS:
        raise PluginError("The first term must be %s, but is %r." % (kinds, kind))
    names = [name for term in rest for name in (term if isinstance(term, (list, tuple)) else [term])]
    odd = [name for name in names if not isinstance(name, str) or not name.strip()]
    if odd:
        raise PluginError("The name of %s must be a non-empty string, but is %r." % (KINDS[kind].with_article, odd[0]))
    return str(kind), [str(name) for name in names]
