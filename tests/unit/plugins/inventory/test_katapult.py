# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual machines of an organization as hosts in an Ansible inventory."""

from __future__ import annotations

import glob
import json
import os

import pytest
import yaml
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from katapult_simulator.faults import Fault
from katapult_simulator.populate import grow, put
from katapult_simulator.rendering import SECRET

from ansible_collections.katapult.cloud.plugins.inventory import katapult
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport
from ansible_collections.katapult.cloud.plugins.module_utils._text import visible
from ansible_collections.katapult.cloud.plugins.plugin_utils import _plugin_client

from ..as_plugin import as_plugin

TEMPLATE = "{{ lookup('ansible.builtin.pipe', 'echo run') }}"
DETAILED = {"katapult_state", "katapult_group", "katapult_tags"}
WEB_A = {
    "ansible_host": "198.51.100.10",
    "katapult_id": "vm_a",
    "katapult_name": "web-a",
    "katapult_hostname": "web-a",
    "katapult_fqdn": "web-a.acme.katapult.cloud",
    "katapult_zone": "zone-of-uk-lon-01",
    "katapult_data_center": "uk-lon-01",
    "katapult_package": "ROCK-6",
    "katapult_addresses": ["198.51.100.10", "2001:db8::10"],
}


class Inventories:
    """Inventory files, and the inventories that they produce."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        self.warnings = []
        self.reported = []

    def load(self, refresh=False, extra=None, **options):
        """The inventory that a file with these options produces."""
        path = self.folder / "acme.katapult.yml"
        path.write_text(yaml.safe_dump({"plugin": "katapult.cloud.katapult", **options}), encoding="utf-8")
        plugin = as_plugin("inventory", katapult.InventoryModule(), "katapult")
        plugin.display = self
        inventory = InventoryData()
        assert plugin.verify_file(str(path))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ansible.plugins.inventory.load_extra_vars", lambda loader: dict(extra or {}))
            plugin.parse(inventory, DataLoader(), str(path), cache=not refresh)
        if options.get("cache"):
            plugin.update_cache_if_changed()
        inventory.reconcile_inventory()
        return inventory

    def hosts(self, **options):
        """The variables of each host, by host name."""
        return {name: dict(host.vars) for name, host in self.load(**options).hosts.items()}

    def ids(self, **options):
        return sorted(variables["katapult_id"] for variables in self.hosts(**options).values())

    def failure(self, **options):
        """The message of a failed load, from any place where it can appear."""
        with pytest.raises(AnsibleParserError) as failed:
            self.load(**options)
        assert failed.value.__cause__ is None
        said = str(failed.value)
        assert "simulator-token" not in said + repr(failed.value) + "".join(self.reported)
        return said

    def requests(self):
        paths = [request["path"].split("/")[-1] for request in self.server.simulator.requests]
        self.server.simulator.requests.clear()
        return paths

    def warning(self, message, *args, **kwargs):
        self.warnings.append(message)

    def vvv(self, message, *args, **kwargs):
        self.reported.append(message)


for silent in ("vv", "vvvv", "debug", "deprecated"):
    setattr(Inventories, silent, lambda self, *args, **kwargs: None)


@pytest.fixture(name="inventories")
def fixture_inventories(server, tmp_path):
    return Inventories(server, tmp_path)


# Virtual machines as hosts


def test_every_virtual_machine_is_a_host_with_one_request(inventories):
    hosts = inventories.hosts()
    assert sorted(hosts) == ["web-%s.acme.katapult.cloud" % letter for letter in "abcdef"]
    assert {key: value for key, value in hosts["web-a.acme.katapult.cloud"].items() if key in WEB_A} == WEB_A
    assert not DETAILED & set(hosts["web-a.acme.katapult.cloud"])
    assert inventories.requests() == ["virtual_machines"]
    assert inventories.reported and "GET /organizations/organization/virtual_machines" in inventories.reported[0]


def test_details_add_state_group_and_tags_with_one_request_each(inventories):
    hosts = inventories.hosts(details="always")
    more = {"katapult_state": "started", "katapult_group": "web", "katapult_tags": ["web"]}
    found = hosts["web-a.acme.katapult.cloud"]
    assert {key: found[key] for key in (*WEB_A, *more)} == {**WEB_A, **more}
    lonely = hosts["web-f.acme.katapult.cloud"]
    assert lonely["katapult_state"] == "stopped" and lonely["katapult_group"] is None and lonely["katapult_tags"] == []
    assert inventories.requests() == ["virtual_machines"] + ["virtual_machine"] * 6


@pytest.mark.parametrize(
    "options, detailed",
    [
        ({}, False),
        ({"compose": {"size": "katapult_package"}, "groups": {"uk": "katapult_data_center == 'uk-lon-01'"}}, False),
        ({"filters": {"data_centers": ["uk-lon-01"]}}, False),
        ({"compose": {"katapult_state_of_mind": "katapult_tagsoup | default('')"}}, False),
        ({"compose": {"up": "katapult_state == 'started'"}}, True),
        ({"groups": {"web": "'web' in katapult_tags"}}, True),
        ({"keyed_groups": [{"key": "katapult_group", "prefix": "group"}]}, True),
        ({"filters": {"states": ["started"]}}, True),
        ({"filters": {"groups": ["web"]}}, True),
        ({"filters": {"tags": ["web"]}}, True),
        ({"keyed_groups": [{"key": "katapult_annotations", "prefix": "note"}]}, True),
    ],
)
def test_details_are_read_only_if_an_option_requires_them(inventories, options, detailed):
    inventories.load(**options)
    assert ("virtual_machine" in inventories.requests()) == detailed


def test_details_never_fails_if_details_are_required(inventories):
    said = inventories.failure(details="never", filters={"tags": ["web"]}, compose={"x": "katapult_state"})
    assert "details are required for filters.tags and compose" in said
    assert inventories.requests() == []
    assert len(inventories.hosts(details="never")) == 6


@pytest.mark.parametrize(
    "filters, expected",
    [
        ({"tags": ["web"]}, ["vm_a", "vm_b", "vm_c"]),
        ({"tags": ["web", "tag_api"]}, ["vm_a", "vm_b", "vm_c", "vm_d"]),
        ({"groups": ["web"]}, ["vm_a", "vm_b"]),
        ({"groups": ["vmgrp_web"], "states": ["stopped"]}, []),
        ({"states": ["stopped"]}, ["vm_f"]),
        ({"data_centers": ["uk-lon-01"], "states": ["stopped", "started"]}, ["vm_%s" % letter for letter in "abcdef"]),
        ({"data_centers": ["nl-ams-01", "Nowhere"]}, []),
        ({"data_centers": ["London"], "tags": ["api"]}, ["vm_d"]),
        ({"data_centers": ["loc_london"], "tags": ["api"]}, ["vm_d"]),
        ({"annotations": [{"key": "team"}]}, ["vm_noted", "vm_other_team"]),
        ({"annotations": [{"key": "team", "value": "web"}]}, ["vm_noted"]),
        ({"annotations": [{"key": "team"}, {"key": "tier"}]}, ["vm_noted"]),
        ({"tags": ["no such tag"]}, []),
    ],
)
def test_filters(inventories, filters, expected):
    if "annotations" in filters:
        common = {"organization": "org_acme", "data_center": "loc_london"}
        noted = {"id": "vm_noted", "name": "noted", "annotations": {"team": "web", "tier": "1"}}
        other = {"id": "vm_other_team", "name": "other-team", "annotations": {"team": "api"}}
        put(inventories.server.simulator.world, "virtual_machines", [{**common, **noted}, {**common, **other}])
    assert inventories.ids(filters=filters) == expected


def test_details_of_other_data_centers_are_not_read(inventories):
    inventories.load(filters={"data_centers": ["nl-ams-01"]}, details="always")
    assert inventories.requests() == ["virtual_machines"]


def test_a_machine_deleted_before_its_details_are_read_is_omitted_with_a_warning(inventories):
    missing = {"error": {"code": "virtual_machine_not_found", "description": "No such machine", "detail": {}}}
    fault = {"method": "GET", "path": "/virtual_machines/virtual_machine", "answer": "given", "status": 404}
    inventories.server.simulator.faults.append(Fault(body=missing, **fault))
    assert "vm_a" not in inventories.ids(details="always")
    assert "web-a (vm_a) is omitted" in inventories.warnings[0] and len(inventories.warnings) == 1


def test_machines_with_the_same_name_get_unique_host_names(inventories):
    hosts = inventories.hosts(organization={"sub_domain": "globex"}, hostname=["name", "hostname"], connect_with="none")
    assert sorted(hosts) == ["Twin_vm_twin_1", "Twin_vm_twin_2", "other"]
    assert inventories.warnings == [
        '"Twin" is not a unique host name: vm_twin_1 is the host Twin_vm_twin_1, vm_twin_2 is the host Twin_vm_twin_2.'
    ]
    assert "ansible_host" not in hosts["Twin_vm_twin_1"]


def test_hostnames_is_an_alias_of_hostname(inventories):
    assert (
        set(inventories.hosts(hostnames=["name"]))
        == set(inventories.hosts(hostname="name"))
        != set(inventories.hosts())
    )


def test_groups_and_variables_are_constructed(inventories):
    inventory = inventories.load(
        keyed_groups=[{"key": "katapult_tags", "prefix": "tag"}],
        groups={"running": "katapult_state == 'started'", "odd": "loud == 'WEB-E'"},
        compose={"loud": "katapult_name | upper"},
    )
    groups = {name: sorted(host.name[:5] for host in group.hosts) for name, group in inventory.groups.items()}
    assert groups["tag_web"] == ["web-a", "web-b", "web-c"] and groups["tag_api"] == ["web-d"]
    assert groups["running"] == ["web-a", "web-b", "web-c", "web-d", "web-e"]
    assert groups["odd"] == ["web-e"]


def test_an_invalid_expression_fails_in_strict_mode(inventories):
    assert len(inventories.hosts(compose={"bad": "no_such_variable"})) == 6
    with pytest.raises(Exception, match="bad"):
        inventories.load(compose={"bad": "no_such_variable"}, strict=True)


# Names with a meaning in Ansible


def add(inventories, **names):
    """Add virtual machines with these names, by their IDs."""
    common = {"organization": "org_acme", "data_center": "loc_london", "addresses": ["198.51.100.66"]}
    rows = [{**common, "id": identifier, "name": name} for identifier, name in names.items()]
    put(inventories.server.simulator.world, "virtual_machines", rows)


NAMES_WITH_A_MEANING = [
    *("localhost", "LOCALHOST", "127.0.0.1", "::1", "127.8.8.8", "localhost.localdomain", "x.localhost"),
    *(
        "all",
        "ungrouped",
        "web, primary",
        "My Server",
        "!web-a",
        "&web-a",
        "@file",
        "~web",
        "web[1]",
        "web*",
        "web?",
        "a:b",
    ),
]


@pytest.mark.parametrize("name", NAMES_WITH_A_MEANING)
def test_a_name_with_a_meaning_in_ansible_is_not_a_host_name(inventories, name):
    add(inventories, vm_x=name)
    inventory = inventories.load(hostname=["name", "hostname"])
    (host,) = (host for host in inventory.hosts.values() if host.vars["katapult_id"] == "vm_x")
    assert host.name in ("vm_x", "%s_vm_x" % name) and host.vars["ansible_host"] == "198.51.100.66"
    (warning,) = inventories.warnings
    assert '"%s"' % name in warning and host.name in warning
    again = inventories.load(hostname=["name", "fqdn"])
    assert name not in again.hosts


@pytest.mark.parametrize("name", ["käse", "a/b", "42", "web-9.example.com", "2001:db8::77", "x{1}", "web+1"])
def test_a_name_that_a_pattern_selects_is_a_host_name(inventories, name):
    add(inventories, vm_x=name)
    assert name in inventories.hosts(hostname=["name"]) and inventories.warnings == []


@pytest.mark.parametrize(
    "options",
    [
        {"keyed_groups": [{"key": "katapult_tags", "separator": ""}]},
        {"keyed_groups": [{"key": "katapult_tags", "separator": "", "parent_group": "tags"}]},
        {"groups": {"api": "katapult_id == 'vm_d'"}},
        {"groups": {"api": "inventory_hostname == 'api'"}},  # which exists only as long as the host has this name
        {"groups": {"api": "katapult_name == loud | lower"}, "compose": {"loud": "katapult_name | upper"}},
    ],
)
def test_a_machine_that_is_named_like_a_group_gets_another_name_and_its_own_variables(inventories, options):
    add(inventories, vm_x="api", vm_y="tags")
    inventory = inventories.load(hostname=["name"], **options)
    assert not set(inventory.hosts) & set(inventory.groups)
    assert all(not group.vars for group in inventory.groups.values())
    (host,) = (host for host in inventory.hosts.values() if host.vars["katapult_id"] == "vm_x")
    assert host.name == "api_vm_x" and host.vars["ansible_host"] == "198.51.100.66"
    assert any('"api" is the name of a group' in warning for warning in inventories.warnings)


def test_a_group_of_another_source_is_not_the_name_of_a_machine(inventories, monkeypatch):
    add(inventories, vm_x="api")
    inventory = InventoryData()
    inventory.add_group("api")
    inventory.add_host("old-server", "api")
    monkeypatch.setattr("%s.InventoryData" % __name__, lambda: inventory)
    inventories.load(hostname=["name"])
    assert "api" not in inventory.hosts and "api_vm_x" in inventory.hosts
    assert inventory.groups["api"].get_vars() == {} and inventory.hosts["old-server"].vars.get("katapult_id") is None


# Filters


@pytest.mark.parametrize("name", ["tags", "groups", "data_centers", "states"])
@pytest.mark.parametrize("empty", [[], "", None, [""], ["web", " "], " ", "web,"])
def test_a_filter_that_is_set_and_empty_is_an_error(inventories, name, empty):
    message = inventories.failure(filters={name: empty})
    assert "filters.%s is empty" % name in message and inventories.requests() == []


def test_an_empty_annotation_filter_is_an_error_and_no_filter_is_none(inventories):
    assert "filters.annotations is empty" in inventories.failure(filters={"annotations": []})
    assert len(inventories.hosts(filters={})) == len(inventories.hosts(filters=None)) == 6


@pytest.mark.parametrize("tags", ["web, api", " web ,api", ["web ", " api"]])
def test_a_text_with_commas_is_a_list_and_white_space_is_removed(inventories, tags):
    assert inventories.ids(filters={"tags": tags}) == ["vm_a", "vm_b", "vm_c", "vm_d"] and inventories.warnings == []


@pytest.mark.parametrize(
    "filters",
    [
        {"tags": ["web", "nope"]},
        {"groups": ["nope"]},
        {"data_centers": ["uk-lon-01", "nope"]},
        {"states": ["started", "nope"]},
        {"annotations": [{"key": "nope"}]},
    ],
)
def test_a_filter_value_that_matches_nothing_causes_a_warning(inventories, filters):
    inventories.load(filters=filters)
    (warning,) = inventories.warnings
    assert warning == "No virtual machine matches the filter filters.%s: nope." % next(iter(filters))


# Addresses and annotations


def test_a_machine_without_the_selected_address_is_a_host_with_a_warning(inventories):
    put(
        inventories.server.simulator.world,
        "virtual_machines",
        [{"id": "vm_bare", "name": "bare", "organization": "org_acme", "data_center": "loc_london", "addresses": []}],
    )
    assert "ansible_host" not in inventories.hosts(hostname=["name"])["bare"]
    (warning,) = inventories.warnings
    assert "no public_ipv4" in warning and "bare" in warning
    inventories.warnings.clear()
    assert "bare" in inventories.hosts(hostname=["name"], connect_with="none") and inventories.warnings == []


def test_annotations_are_a_variable_and_can_be_grouped_by(inventories):
    noted = {"id": "vm_n", "name": "noted", "annotations": {"team": "shop"}}
    put(
        inventories.server.simulator.world,
        "virtual_machines",
        [{"organization": "org_acme", "data_center": "loc_london", **noted}],
    )
    inventory = inventories.load(hostname=["name"], keyed_groups=[{"key": "katapult_annotations", "prefix": "note"}])
    assert inventory.hosts["noted"].vars["katapult_annotations"] == {"team": "shop"}
    assert [host.name for host in inventory.groups["note_team_shop"].hosts] == ["noted"]


# Configuration


def test_extra_variables_set_what_the_inventory_file_omits(inventories, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_TOKEN", "of-the-environment")
    extra = {"katapult_api_token": "simulator-token", "katapult_organization": {"sub_domain": "globex"}}
    monkeypatch.setenv("KATAPULT_ORGANIZATION", "acme")
    assert inventories.ids(extra=extra) == ["vm_other", "vm_twin_1", "vm_twin_2"]
    assert len(inventories.hosts(extra=extra, organization={"sub_domain": "acme"})) == 6  # of the inventory file


# Text from the API is data


def test_a_name_from_the_api_is_not_a_template(inventories):
    machine = {"id": "vm_sly", "name": TEMPLATE, "organization": "org_acme", "data_center": "loc_london"}
    braces = {**machine, "id": "vm_braces", "name": "{{katapult_id}}"}
    put(inventories.server.simulator.world, "virtual_machines", [machine, braces])
    tag = {"id": "tag_sly", "name": TEMPLATE, "organization": "org_acme", "members": ["vm_sly"]}
    put(inventories.server.simulator.world, "tags", [tag])
    options = {"hostname": ["name"], "compose": {"copy": "katapult_name ~ '!'"}, "details": "always"}
    for kept in (False, True):
        cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventories.folder / "cache")}
        inventory = inventories.load(**options, **cache)
        assert bool(inventories.requests()) != kept
        (host,) = (host for host in inventory.hosts.values() if host.vars["katapult_id"] == "vm_sly")
        known = {**host.get_vars(), "name_of_host": host.name}
        templar = Templar(loader=DataLoader(), variables=known)
        for name, expected in (("katapult_name", TEMPLATE), ("copy", TEMPLATE + "!"), ("katapult_tags", [TEMPLATE])):
            assert templar.template(_trusted("{{ %s }}" % name)) == expected
        host = inventory.hosts["{{katapult_id}}"]
        known = {**host.get_vars(), "name_of_host": host.name}
        templar = Templar(loader=DataLoader(), variables=known)
        for name in ("inventory_hostname", "name_of_host"):
            assert templar.template(_trusted("{{ %s }}" % name)) == "{{katapult_id}}"


def _trusted(text):
    try:
        from ansible.template import trust_as_template
    except ImportError:  # before ansible-core 2.19
        return text
    return trust_as_template(text)


def test_no_secret_is_in_a_variable_or_in_the_cache(inventories):
    folder = str(inventories.folder / "cache")
    hosts = inventories.hosts(details="always", cache=True, cache_plugin="jsonfile", cache_connection=folder)
    (kept,) = glob.glob(os.path.join(folder, "*"))
    with open(kept, encoding="utf-8") as stream:
        written = stream.read()
    assert "web-a" in written
    for text in (SECRET, "simulator-token", "billing"):
        assert text not in written + kept + json.dumps(hosts)


def test_a_token_that_the_api_returns_is_masked(inventories):
    machine = {"id": "vm_loud", "name": "simulator-token", "organization": "org_acme", "data_center": "loc_london"}
    put(inventories.server.simulator.world, "virtual_machines", [machine])
    assert "simulator-token" not in json.dumps(inventories.hosts())


# Requests and the cache


def test_a_thousand_machines_take_five_requests_and_none_with_the_cache(inventories):
    inventories.server.simulator.world.virtual_machines.clear()
    grow(inventories.server.simulator.world, virtual_machines=1000)
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventories.folder / "cache")}
    first = inventories.hosts(**cache)
    assert len(first) == 1000 and inventories.requests() == ["virtual_machines"] * 5
    assert inventories.hosts(**cache) == first and inventories.requests() == []


def test_details_of_many_machines_take_one_request_each_and_none_with_the_cache(inventories):
    inventories.server.simulator.world.virtual_machines.clear()
    grow(inventories.server.simulator.world, virtual_machines=450)
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventories.folder / "cache")}
    first = inventories.hosts(details="always", **cache)
    assert len(first) == 450 and inventories.requests() == ["virtual_machines"] * 3 + ["virtual_machine"] * 450
    assert inventories.hosts(details="always", **cache) == first and inventories.requests() == []


def test_the_cache_is_refreshed_on_request(inventories):
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventories.folder / "cache")}
    inventories.load(**cache)
    del inventories.server.simulator.world.virtual_machines["vm_a"]
    assert len(inventories.hosts(**cache)) == 6
    assert len(inventories.hosts(refresh=True, **cache)) == 5
    inventories.requests()
    assert len(inventories.hosts(**cache)) == 5 and inventories.requests() == []


def test_the_cache_key_depends_on_all_options_that_select_machines(inventories):
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventories.folder / "cache")}
    inventories.load(**cache)
    inventories.requests()
    for options in (
        {"organization": {"sub_domain": "globex"}},
        {"details": "always"},
        {"filters": {"data_centers": ["nl-ams-01"]}},
        {"filters": {"annotations": [{"key": "team"}]}},
        {"api_url": inventories.server.api_url + "/"},
    ):
        inventories.load(**options, **cache)
        assert inventories.requests(), options
    # These select from the cached machines.
    for options in ({"hostnames": ["name"]}, {"details": "always", "filters": {"tags": ["web"]}}):
        assert inventories.ids(**options, **cache)
        assert inventories.requests() == [], options


def test_a_cache_with_other_content_is_not_used(inventories):
    folder = inventories.folder / "cache"
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder)}
    inventories.load(**cache)
    for kept in folder.iterdir():
        document = json.loads(kept.read_text(encoding="utf-8"))
        if isinstance(document, dict) and "__payload__" in document:  # since ansible-core 2.19
            document["__payload__"] = "[1]"
        else:
            document = [1]
        kept.write_text(json.dumps(document), encoding="utf-8")
    inventories.requests()
    assert len(inventories.hosts(**cache)) == 6 and inventories.requests() == ["virtual_machines"]


def test_the_rate_limit_is_reported_without_a_retry_budget(inventories):
    inventories.server.simulator.permitted = 3
    said = inventories.failure(details="always", api_retry_timeout=0)
    assert "api_retry_timeout is 0" in said and "rate_limit_reached" in said


# Failures have a clear message


def test_a_token_without_the_scope_for_virtual_machines(inventories):
    said = inventories.failure(api_token="balancers-token")
    assert "lacks the scope" in said and "virtual_machines:read" in said
    assert "Error code scope_not_granted, request ID 0000" in said and "balancers-token" not in said


def test_an_invalid_token(inventories, monkeypatch):
    monkeypatch.setenv("KATAPULT_API_TOKEN", "")
    assert "there is no API token" in inventories.failure()
    monkeypatch.setenv("KATAPULT_API_KEY", "simulator-token")
    assert len(inventories.hosts()) == 6


def test_the_token_can_be_a_template(inventories, monkeypatch):
    monkeypatch.delenv("KATAPULT_API_TOKEN")
    monkeypatch.setenv("ELSEWHERE", "simulator-token")
    assert len(inventories.hosts(api_token="{{ lookup('env', 'ELSEWHERE') }}")) == 6
    assert len(inventories.hosts(api_token="{{ mine }}", extra={"mine": "simulator-token"})) == 6
    said = inventories.failure(api_token="{{ 'simulator-token' ~ no_such_variable }}")
    assert "The template of api_token cannot be evaluated: AnsibleUndefinedVariable" == said
    assert "filters" in inventories.failure(filters={"tags": ["{{ no_such_variable }}"]})


def test_a_refused_connection(inventories):
    said = inventories.failure(api_url="http://127.0.0.1:1/core/v1", api_retry_timeout=0)
    assert "No connection to the host in api_url" in said


def test_an_unknown_organization(inventories, monkeypatch):
    assert "no such organization" in inventories.failure(organization={"sub_domain": "nobody"})
    monkeypatch.delenv("KATAPULT_ORGANIZATION")
    inventories.requests()
    assert (
        "organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) is required"
        in inventories.failure()
    )
    assert "is empty" in inventories.failure(organization={"sub_domain": " "})
    assert inventories.requests() == []


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"filter": {"tags": ["web"]}}, "Unknown option: filter. The valid options are"),
        ({"filters": {"tag": ["web"]}}, "Unknown option: filters.tag."),
        ({"filters": {"annotations": [{"value": "web"}]}}, "key found in filters -> annotations"),
        ({"organization": {"id": "org_acme", "sub_domain": "acme"}}, "mutually exclusive"),
        ({"api_timeout": 0}, "api_timeout is 0"),
    ],
)
def test_an_invalid_option(inventories, options, expected):
    assert expected in inventories.failure(**options)
    assert inventories.requests() == []


def test_missing_requests_is_reported(inventories, monkeypatch):
    monkeypatch.setattr(_plugin_client, "REQUESTS_IMPORT_ERROR", "Traceback")
    said = inventories.failure()
    assert "requests" in said and "Traceback" not in said


def test_a_bug_is_reported_without_the_text_of_its_exception(inventories, monkeypatch):
    def stumble(*args):
        raise ValueError("simulator-token")

    monkeypatch.setattr(katapult, "fetch", stumble)
    assert "This is a bug of the collection: ValueError in stumble" in inventories.failure()


def test_only_files_with_the_documented_names_are_accepted(tmp_path):
    plugin = katapult.InventoryModule()
    for name, expected in (
        ("katapult.yml", True),
        ("acme.katapult.yaml", True),
        ("acme_katapult.yml", True),
        ("katapult.json", False),
        ("hosts.yml", False),
    ):
        (tmp_path / name).write_text("plugin: katapult.cloud.katapult\n", encoding="utf-8")
        assert plugin.verify_file(str(tmp_path / name)) == expected
    assert not plugin.verify_file(str(tmp_path / "missing.katapult.yml"))


# Text from other sources

SLY = "\x1b[2J\x1b]0;title\x07evil\u202e"


def test_names_are_escaped_on_the_terminal_and_unchanged_in_variables(inventories):
    world = inventories.server.simulator.world
    put(
        world,
        "virtual_machines",
        [
            {"id": "vm_sly", "name": SLY, "organization": "org_acme", "data_center": "loc_london"},
            {"id": "vm_gone", "name": SLY, "organization": "org_acme", "data_center": "loc_london"},
        ],
    )
    original = inventories.server.simulator

    def removing(request):
        reply = original(request)
        world.virtual_machines.pop("vm_gone", None)
        return reply

    inventories.server.simulator = removing
    hosts = inventories.hosts(hostname=["name"], details="always", connect_with="none")
    assert hosts["vm_sly"]["katapult_name"] == SLY
    assert len(inventories.warnings) == 2 and all("\\x1b[2J" in warning for warning in inventories.warnings)
    assert all(visible(warning) == warning for warning in inventories.warnings)


@pytest.mark.parametrize("where", ["title", "description"])
def test_a_failure_is_escaped_on_the_terminal(inventories, where):
    error = {"error": {"code": "odd", "description": SLY, "detail": {}}}
    body = error if where == "description" else "<title>%s</title>" % SLY
    inventories.server.simulator.faults.append(Fault(answer="given", status=400, body=body, times=None))
    said = inventories.failure()
    assert "\\x1b[2J" in said and visible(said) == said


@pytest.mark.parametrize("token", [{"acme": "simulator-token"}, ["simulator-token"], {"a": {"b": "simulator-token"}}])
def test_a_token_that_is_not_a_string_is_rejected_and_not_shown(inventories, token):
    assert "api_token must be a string" in inventories.failure(api_token=token)
    assert inventories.requests() == []


def test_the_connection_is_closed_after_reading(inventories):
    closed = []
    original = RequestsTransport.close
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RequestsTransport, "close", lambda self: closed.append(1) or original(self))
        inventories.hosts()
    assert closed == [1]


def test_a_remaining_machine_is_a_host_if_another_one_is_removed_while_the_list_is_read(inventories):
    grow(inventories.server.simulator.world, virtual_machines=300)
    original, removed = inventories.server.simulator, []

    def removing(request):
        reply = original(request)
        if not removed:
            removed.append(original.world.virtual_machines.pop("vm_a"))
        return reply

    inventories.server.simulator = removing
    removing.requests = original.requests
    found = inventories.ids()
    assert len(found) == len(set(found)) == 305 and "vm_a" not in found
