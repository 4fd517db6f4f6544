# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: katapult
short_description: Katapult virtual machines as hosts
version_added: 0.3.0
description:
  - Adds every virtual machine of an organization as a host.
  - The name of the inventory file must end in C(katapult.yml) or C(katapult.yaml).
author:
  - katapult.cloud contributors (@katapult-cloud)
extends_documentation_fragment:
  - katapult.cloud._controller
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - Identifies the file as a configuration of this plugin.
    type: str
    required: true
    choices: [katapult.cloud.katapult]
  api_token:
    description:
      - The API token, as created in the Katapult console. Read-only scopes are sufficient.
      - Required. Defaults to the environment variable E(KATAPULT_API_TOKEN) or, if that is unset or empty, to E(KATAPULT_API_KEY).
      - The value can be a template, so that the token can be stored elsewhere. Templates can only use variables that are set with C(-e).
        The same applies to O(api_url) and the values in O(organization) and O(filters).
      - The token is sent to O(api_url) only, never over plain HTTP except to the local machine, and never to the target of a redirect. It
        never appears in output. C(~/.netrc) does not override it.
      - The value must be a string. The type is V(raw) so that the error message for a value of another type does not contain the value.
  organization:
    description:
      - The organization whose virtual machines become hosts, identified by exactly one of the keys C(id) and C(sub_domain).
      - Required. Defaults to the sub-domain in the environment variable E(KATAPULT_ORGANIZATION).
  hostname:
    description:
      - The sources of the host name, in order of preference.
      - If several virtual machines have the same name, the plugin does not use this name for any of them. It uses the next preference or,
        if that is not unique either, the name with the ID, as in V(web_vm_4v8YBNBXSbCyP058), and issues a warning.
      - The same applies to names that cannot be host names or that have a meaning in Ansible. These are names that begin with a dash; that
        no host pattern can select, because they contain a space, a comma or a wildcard; names of groups, whether they are reserved (V(all),
        V(ungrouped)), constructed by this inventory, or from a source that was read before; and names of the controller, such as
        V(localhost).
      - In an ID, all characters except letters, digits, dots, dashes and underscores are replaced with underscores, and a number is added
        if another virtual machine already has the resulting name.
      - V(fqdn) is the fully qualified domain name, V(name) the name in the Katapult console, V(hostname) the host name, and V(address)
        the first address.
    type: list
    elements: str
    choices: [fqdn, name, hostname, address]
    default: [fqdn, name]
    aliases: [hostnames]
  connect_with:
    description:
      - The source of C(ansible_host), the address that Ansible connects to.
      - If a virtual machine has no such address or name, C(ansible_host) is not set, Ansible connects to the host name, and the plugin
        issues a warning.
      - Private addresses are those of RFC 1918, those of RFC 6598 (V(100.64.0.0/10)) and unique local addresses. All other addresses are
        public, except for those that cannot reach another host, such as loopback and link-local addresses. The first address of the
        selected type is used.
      - With V(none), C(ansible_host) is never set.
    type: str
    choices: [public_ipv4, public_ipv6, private_ipv4, fqdn, name, none]
    default: public_ipv4
  filters:
    description:
      - Filters that select the virtual machines. A virtual machine must match all filters that are set.
      - A filter that is set must not be empty. An unset variable would otherwise select all virtual machines.
      - A text with commas is a list. White space around a value is removed. A value that matches no virtual machine causes a warning.
    type: dict
    suboptions:
      tags:
        description:
          - The virtual machine has any of these tags, by name or ID. Requires details.
        type: list
        elements: str
      groups:
        description:
          - The virtual machine is in any of these groups, by name or ID. Requires details.
        type: list
        elements: str
      data_centers:
        description:
          - The virtual machine is in any of these data centers, by permalink, name or ID. Details of other virtual machines are not read.
        type: list
        elements: str
      states:
        description:
          - The virtual machine is in any of these states, such as V(started) or V(stopped). Requires details.
        type: list
        elements: str
      annotations:
        description:
          - The virtual machine has all of these annotations. Requires details, but only of the virtual machines that Katapult returns for
            these annotations.
        type: list
        elements: dict
        suboptions:
          key:
            description:
              - The key of the annotation.
            type: str
            required: true
          value:
            description:
              - The value of the annotation. If omitted, any value matches.
            type: str
  details:
    description:
      - Whether to read each virtual machine individually, which takes one request for each.
      - V(auto) does so if the inventory file uses fields that the list endpoint omits. This applies to the filters by tag, group, state
        and annotation, and to the text C(katapult_tags), C(katapult_group), C(katapult_state) or C(katapult_annotations) anywhere in
        O(compose), O(groups) or O(keyed_groups).
      - Use V(always) for playbooks that use these variables if the inventory file does not use them.
      - V(never) fails if the inventory file requires them.
    type: str
    choices: [auto, always, never]
    default: auto
notes:
  - The variables C(katapult_api_token), C(katapult_organization), C(katapult_api_url), C(katapult_api_timeout), C(katapult_api_retry_timeout)
    and C(katapult_validate_certs) set options that the inventory file does not set, if they are set with C(-e). They take precedence over
    environment variables.
  - "The variables of a host are listed below. Values that a virtual machine does not have are V(null) or an empty list."
  - "C(katapult_id) (string, such as V(vm_4v8YBNBXSbCyP058)): the ID."
  - "C(katapult_name) (string, such as V(Web 1)): the name in the Katapult console."
  - "C(katapult_hostname) (string, such as V(web-1)): the host name."
  - "C(katapult_fqdn) (string, such as V(web-1.acme.katapult.cloud)): the fully qualified domain name."
  - "C(katapult_data_center) (string, such as V(uk-lon-01)): the permalink of the data center."
  - "C(katapult_zone) (string): the permalink of the zone, a part of the data center."
  - "C(katapult_package) (string, such as V(ROCK-3)): the name of the package, which determines the size."
  - "C(katapult_addresses) (list of strings, such as V(['198.51.100.10', '2001:db8::10'])): all IP addresses, in the order of the API."
  - "C(katapult_state) (string, such as V(started)): the state. Not set without details."
  - "C(katapult_group) (string, such as V(web)): the name of the virtual machine group. Not set without details."
  - "C(katapult_tags) (list of strings, such as V(['web', 'production'])): the names of the tags. Not set without details."
  - "C(katapult_annotations) (dictionary of strings, such as V({'team': 'web'})): the annotations. Not set without details."
  - "C(ansible_host) (string): see O(connect_with)."
  - If the inventory cannot be read, for example because of an outage, Ansible issues a warning and continues without its hosts. Set the
    environment variable E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) to V(true) to fail instead.
  - With ansible-core 2.19 and later, C(ansible-inventory --list) shows each text from the API with the key C(__ansible_unsafe), which
    means that it is never evaluated. Playbooks and C(ansible-inventory --host) receive the plain text.
  - "Requests: one for every 200 virtual machines, and with details one more for each. 1,000 virtual machines take 5 requests, 1,005 with
    details, and none from the cache."
  - Katapult limits the number of requests a minute, usually to 1,000. When the limit is reached, the plugin waits for the next minute.
    O(api_retry_timeout) limits the total waiting time. Its default is sufficient for about 2,000 virtual machines with details. Add V(60)
    for every further 1,000, or filter by data center or annotation, which reads fewer virtual machines.
  - Virtual machines in the trash are not added. A virtual machine that is deleted before its details are read is omitted, with a warning.
  - Values from the API are never evaluated as templates. Group names are sanitized as usual in Ansible.
  - Neither variables nor the cache contain root passwords, billing addresses or the token.
  - The cache contains all virtual machines that were read, before most filters are applied. Changes to filters by tag, group or state, to
    groups or to host names require no new requests, unless they require details.
seealso:
  - plugin: katapult.cloud.id
    plugin_type: lookup
  - module: katapult.cloud.virtual_machine_info
"""

EXAMPLES = r"""
# All virtual machines, with their public IPv4 addresses. KATAPULT_API_TOKEN contains the token.
# ansible-inventory -i acme.katapult.yml --graph
plugin: katapult.cloud.katapult
organization:
  sub_domain: acme

---
# Groups by data center and tag, such as in_uk_lon_01 and tag_web. The tags require one request for each virtual machine.
plugin: katapult.cloud.katapult
organization:
  sub_domain: acme
keyed_groups:
  - key: katapult_data_center
    prefix: in
  - key: katapult_tags
    prefix: tag

---
# Only the running web servers of one data center, with their names in the console as host names.
plugin: katapult.cloud.katapult
organization:
  sub_domain: acme
hostname: [name]
filters:
  tags: [web]
  states: [started]
  data_centers: [uk-lon-01]
groups:
  webservers: true
compose:
  ansible_user: "'root'"

---
# A token from a file, private addresses, and a cache that avoids requests for ten minutes.
plugin: katapult.cloud.katapult
api_token: "{{ lookup('ansible.builtin.file', '~/.katapult-token') }}"
organization:
  sub_domain: acme
connect_with: private_ipv4
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/katapult
cache_timeout: 600
"""

import hashlib
import json
import typing as t
from dataclasses import replace

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._errors import ORGANIZATION_OPTION
from ansible_collections.katapult.cloud.plugins.module_utils._text import no_redaction, presentable, visible
from ansible_collections.katapult.cloud.plugins.module_utils._version import VERSION
from ansible_collections.katapult.cloud.plugins.plugin_utils import _hosts
from ansible_collections.katapult.cloud.plugins.plugin_utils._configuration import CONFIGURED, PREFIX
from ansible_collections.katapult.cloud.plugins.plugin_utils._plugin_client import (
    Options,
    PluginError,
    validate_options,
    validate_organization,
    with_client,
)
from ansible_collections.katapult.cloud.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.katapult.cloud.plugins.plugin_utils._virtual_machines import (
    FILTERS,
    fetch,
    needs_details,
    read_filters,
    select,
    unmatched,
)

Values = t.Dict[str, t.Any]

OWN_SPEC: Values = {
    "hostname": {
        "type": "list",
        "elements": "str",
        "choices": list(_hosts.HOST_NAMES),
        "default": ["fqdn", "name"],
        "aliases": ["hostnames"],
    },
    "connect_with": {"type": "str", "choices": list(_hosts.CONNECT_WITH), "default": "public_ipv4"},
    "filters": FILTERS,
    "details": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
}
_CONSTRUCTED = ("compose", "groups", "keyed_groups")


class _GroupNames(InventoryData):
    """An inventory that only collects the names of its groups: a host that has the name of a group cannot be a member of one."""

    def add_child(self, group: t.Any, child: t.Any) -> bool:
        """Add no member."""
        return False


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Adds every virtual machine of an organization as a host."""

    NAME = "katapult.cloud.katapult"

    def verify_file(self, path: str) -> bool:
        """Whether a file can be a configuration of this plugin."""
        return super().verify_file(path) and path.endswith(("katapult.yml", "katapult.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Add the hosts.

        :param cache: whether cached data may be used; false for a refresh.
        """
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        try:
            self._refuse_unknown(config)
            given = self._given()
            options = self._with_filters(validate_options(OWN_SPEC, given), given)
            self._add_hosts(options, self._machines(options, path, cache))
        except PluginError as error:
            raise AnsibleParserError(visible(str(error))) from None

    def _refuse_unknown(self, config: Values) -> None:
        names = {
            name
            for option, definition in self.option_definitions.items()
            for name in (option, *definition.get("aliases", ()))
        }
        unknown = sorted(str(name) for name in config if name not in names)
        if unknown:
            known = ", ".join(sorted(self.option_definitions))
            raise PluginError("Unknown option: %s. The valid options are %s." % (", ".join(unknown), known))

    @staticmethod
    def _with_filters(options: Options, given: Values) -> Options:
        """The options with the filters that are set; a filter that is set and empty is an error."""
        filters = {name: options.params["filters"][name] for name in given.get("filters") or {}}
        found, faults = read_filters(filters)
        if faults:
            raise PluginError("%s. Nothing was sent." % "; ".join(faults))
        return replace(options, params={**options.params, "filters": found})

    def _given(self) -> Values:
        """All options that are set, with the templates of the inventory file evaluated."""
        self.templar.available_variables = self._vars
        found = {}
        for name in (*CONNECTION_SPEC, *OWN_SPEC):
            value, origin = self.get_option_and_origin(name)
            variable = self._vars.get(PREFIX + name) if name in CONFIGURED else None
            if origin != "Direct" and variable not in (None, ""):
                value, origin = variable, "Direct"
            if origin == "default":
                continue
            try:
                found[name] = self.templar.template(value) if origin == "Direct" else value
            except AnsibleError as error:
                # If the template contains a part of a token, the error may repeat it.
                reason = type(error).__name__ if name == "api_token" else error
                raise PluginError("The template of %s cannot be evaluated: %s" % (name, reason)) from None
        return found

    def _machines(self, options: Options, path: str, cache: bool) -> list[Values]:
        """All virtual machines that may become hosts, from the cache or from Katapult."""
        organization = validate_organization(options)
        if organization is None:
            raise PluginError("%s is required. Nothing was sent." % ORGANIZATION_OPTION)
        details = self._wants_details(options)
        key = self._key(path, options, organization, details)
        kept = self._kept(key) if cache else None
        if kept is not None:
            return kept
        filters = options.params["filters"] or {}
        found, gone = with_client(
            options, lambda client: fetch(client, organization, filters, details), self._log_request
        )
        for machine in gone:
            self._warn(
                "The virtual machine %s (%s) is omitted: it was deleted before its details could be read."
                % (machine.get("name"), machine["id"])
            )
        if self.get_option("cache"):
            self._cache[key] = found
        return found

    def _warn(self, text: str) -> None:
        self.display.warning(presentable(text, no_redaction))

    def _log_request(self, line: str) -> None:
        self.display.vvv("katapult.cloud: %s" % line)

    def _wants_details(self, options: Options) -> bool:
        given = options.params["details"]
        needed = needs_details(options.params["filters"] or {}, {name: self.get_option(name) for name in _CONSTRUCTED})
        if given == "never" and needed:
            raise PluginError(
                "details is never, but details are required for %s: the list endpoint omits the states, tags, groups and"
                " annotations of virtual machines. Nothing was sent." % " and ".join(needed)
            )
        return given == "always" or bool(needed)

    def _key(self, path: str, options: Options, organization: dict[str, str], details: bool) -> str:
        """The cache key: it depends on all settings that determine which machines are read, and which fields."""
        filters = options.params["filters"] or {}
        narrowing = [filters.get(name) for name in ("data_centers", "annotations")]
        deciding = [VERSION, options.params["api_url"], organization, details, narrowing]
        digest = hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()
        return "%s_%s" % (self.get_cache_key(path), digest[:16])

    def _kept(self, key: str) -> list[Values] | None:
        if not self.get_option("cache"):
            return None
        try:
            kept = self._cache[key]
        except KeyError:
            return None
        sound = isinstance(kept, list) and all(isinstance(row, dict) and "id" in row for row in kept)
        return kept if sound else None

    def _add_hosts(self, options: Options, found: list[Values]) -> None:
        filters, connect_with = options.params["filters"], options.params["connect_with"]
        chosen = select(found, filters)
        variables = {machine["id"]: _hosts.host_variables(machine, connect_with) for machine in chosen}
        names, warnings = self._host_names(chosen, options.params["hostname"], variables)
        for value in unmatched(found, filters):
            warnings.append("No virtual machine matches the filter %s." % value)
        alone = [names[identifier] for identifier in _hosts.without_address(chosen, connect_with)]
        if alone:
            said = "Without ansible_host, because there is no %s (connect_with): %s. Ansible connects to the host name."
            warnings.append(said % (connect_with, ", ".join(alone)))
        for warning in warnings:
            self._warn(warning)
        for identifier, of_host in variables.items():
            self._add_host(untrusted(names[identifier]), of_host)

    def _host_names(
        self, chosen: list[Values], preferences: list[str], variables: dict[str, Values]
    ) -> tuple[dict[str, str], list[str]]:
        """The host names, none of which is that of a group, and warnings. The names of groups may depend on those of hosts."""
        groups = set(self.inventory.groups)
        names, warnings = _hosts.host_names(chosen, preferences, groups)
        if any(self.get_option(name) for name in _CONSTRUCTED):
            for _preference in (*preferences, "id"):
                groups |= self._constructed_groups(names, variables)
                again = _hosts.host_names(chosen, preferences, groups)
                if again[0] == names:
                    break
                names, warnings = again
        return names, warnings

    def _constructed_groups(self, names: dict[str, str], variables: dict[str, Values]) -> set[str]:
        """The groups that an inventory with these host names would have."""
        inventory, self.inventory = self.inventory, _GroupNames()
        try:
            for identifier, of_host in variables.items():
                self._add_host(untrusted(names[identifier]), of_host)
            return set(self.inventory.groups)
        finally:
            self.inventory = inventory

    def _add_host(self, host: str, variables: Values) -> None:
        self.inventory.add_host(host)
        for name, value in variables.items():
            # Not set_variable() of the inventory, which prefers a group with the same name.
            self.inventory.get_host(host).set_variable(name, untrusted(value))
        strict = self.get_option("strict")
        known = self.inventory.get_host(host).get_vars()
        self._set_composite_vars(self.get_option("compose"), known, host, strict)
        # Groups can use composed variables.
        known = self.inventory.get_host(host).get_vars()
        self._add_host_to_composed_groups(self.get_option("groups"), known, host, strict, fetch_hostvars=False)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, host, strict, fetch_hostvars=False)
