# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IDs by name, as used in templates."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from katapult_simulator.faults import Fault
from katapult_simulator.kinds.load_balancer import LoadBalancer
from katapult_simulator.populate import put

from ansible_collections.katapult.cloud.plugins.lookup import id as id_lookup
from ansible_collections.katapult.cloud.plugins.module_utils._text import visible

from ..as_plugin import as_plugin

BALANCER = {"organization": "org_acme", "data_center": "loc_london", "address_id": "ip_1", "address": "203.0.113.1"}
GLOBEX = {"sub_domain": "globex"}


@pytest.fixture(name="ids")
def fixture_ids(server):
    """Runs the lookup."""

    def run(*terms, variables=None, **options):
        templar = Templar(loader=DataLoader(), variables=variables or {})
        plugin = as_plugin("lookup", id_lookup.LookupModule(loader=DataLoader(), templar=templar), "id")
        return plugin.run(list(terms), variables, **options)

    return run


@pytest.fixture(name="failure")
def fixture_failure(ids):
    """The message of a failed lookup."""

    def run(*terms, **options):
        with pytest.raises(AnsibleLookupError) as failed:
            ids(*terms, **options)
        assert failed.value.__cause__ is None
        message = str(failed.value)
        assert "-token" not in message.replace("api-token", "")
        return message

    return run


def requests(server):
    paths = [request["path"] for request in server.simulator.requests]
    server.simulator.requests.clear()
    return paths


@pytest.mark.parametrize(
    "terms, expected",
    [
        (["virtual_machine", "web-b", "web-a"], ["vm_b", "vm_a"]),
        (["virtual_machine", "web-a", "web-a"], ["vm_a", "vm_a"]),
        (["virtual_machine", "WEB-A.acme.katapult.cloud", "vm_c"], ["vm_a", "vm_c"]),
        (["virtual_machine", ["web-a", "web-b"], "web-c"], ["vm_a", "vm_b", "vm_c"]),
        (["virtual_machine_group", "web"], ["vmgrp_web"]),
        (["tag", "web", "api"], ["tag_web", "tag_api"]),
        (["certificate", "www.example.com"], ["cert_www"]),
        (["data_center", "uk-lon-01", "Amsterdam"], ["loc_london", "dc_amsterdam"]),
        (["organization", "acme", "Globex", "ACME"], ["org_acme", "org_globex", "org_acme"]),
        (["load_balancer", "web", "Second"], ["lb_1", "lb_2"]),
        (["virtual_machine_package", "rock-3", "ROCK-1", "reserved"], ["vmpkg_rock3", "vmpkg_rock1", "vmpkg_reserved"]),
        (["disk_template", "Golden", "templates/ubuntu-22-04"], ["dtpl_golden", "dtpl_ubuntu2204"]),
        (["network", "eu-ams-01", "Public Network"], ["netw_dc_amsterdam", "netw_loc_london"]),
        (["ip_address", "2001:DB8:3:0::10", "192.0.2.11"], ["ip_2001_db8_3__10", "ip_192_0_2_11"]),
    ],
)
def test_names_become_ids_in_order_with_one_request(ids, server, terms, expected):
    for number, name in (("1", "First"), ("2", "Second")):
        balancer = LoadBalancer(id="lb_" + number, name=name, api_reference={"1": "web"}.get(number), **BALANCER)
        server.simulator.world.load_balancers[balancer.id] = balancer
    assert ids(*terms) == expected
    assert len(requests(server)) == 1


def test_names_are_case_sensitive_but_host_names_are_not(ids, failure, server):
    machine = {"id": "vm_upper", "name": "DB-1", "organization": "org_acme", "data_center": "loc_london"}
    put(server.simulator.world, "virtual_machines", [machine])
    assert ids("virtual_machine", "DB-1", "db-1", "Db-1") == ["vm_upper"] * 3  # its host name is db-1
    assert '"WEB"' in failure("tag", "WEB")
    assert '"UK-LON-01"' in failure("data_center", "UK-LON-01")


def test_the_list_is_read_once_in_pages(ids, server):
    put(
        server.simulator.world,
        "tags",
        [{"id": "tag_%d" % n, "name": "t%d" % n, "organization": "org_acme", "members": ()} for n in range(500)],
    )
    assert ids("tag", *("t%d" % number for number in range(500))) == ["tag_%d" % number for number in range(500)]
    assert requests(server) == ["/organizations/organization/tags"] * 3


def test_without_names_no_request_is_sent(ids, server):
    assert ids("virtual_machine", allow_empty=True) == ids("virtual_machine", [], allow_empty="yes") == []
    assert requests(server) == []


@pytest.mark.parametrize("names", [(), ([],), ([], []), ((),)])
@pytest.mark.parametrize("options", [{}, {"allow_empty": False}, {"allow_empty": "no"}])
def test_no_names_are_a_failure_unless_they_are_permitted(failure, server, names, options):
    message = failure("virtual_machine", *names, **options)
    assert "no name" in message and "allow_empty=true" in message and requests(server) == []


def test_an_ambiguous_name_lists_the_ids(failure, ids):
    message = failure("virtual_machine", "Twin", "other", organization=GLOBEX)
    assert '"Twin" matches vm_twin_1, vm_twin_2' in message and "other" not in message
    assert "cert_twin_1, cert_twin_2" in failure("certificate", "twin.example.com", organization=GLOBEX)
    assert ids("certificate", "cert_twin_2", organization=GLOBEX) == ["cert_twin_2"]


def test_an_id_that_is_also_the_name_of_another_resource_is_ambiguous(failure, server):
    put(
        server.simulator.world,
        "tags",
        [{"id": "tag_odd", "name": "tag_web", "organization": "org_acme", "members": ()}],
    )
    assert '"tag_web" matches tag_odd, tag_web' in failure("tag", "tag_web")


def test_one_resource_with_two_matching_names_is_not_ambiguous(ids):
    assert ids("virtual_machine", "web-a") == ["vm_a"]  # its name, and its host name


def test_all_missing_names_are_reported_with_what_was_searched(failure):
    message = failure("virtual_machine", "web-a", "web-x", "web-y")
    assert 'no virtual machine with the name "web-x" or "web-y" in the organization "acme"' in message
    assert "Searched: name, hostname, fqdn and id of all 6" in message
    assert "in the organization" not in failure("data_center", "Nowhere")


def test_resources_in_the_trash_are_not_found(failure):
    assert '"trashed"' in failure("virtual_machine", "trashed")


@pytest.mark.parametrize(
    "terms, options, expected",
    [
        ([], {}, "Nothing to look up"),
        (["vm", "web-a"], {}, "must be one of the kinds virtual_machine, virtual_machine_group, tag"),
        ([["virtual_machine"], "web-a"], {}, "must be one of the kinds"),
        (["tag", ""], {}, "must be a non-empty string"),
        (["tag", [1]], {}, "must be a non-empty string, but is 1"),
        (["tag", "web"], {"organisation": GLOBEX}, "Unknown option: organisation. The valid options are api_token"),
        (["tag", "web"], {"organization": {"id": "org_acme", "sub_domain": "acme"}}, "mutually exclusive"),
        (["tag", "web"], {"api_retry_timeout": -1}, "api_retry_timeout is -1"),
    ],
)
def test_invalid_terms_and_options(failure, server, terms, options, expected):
    assert expected in failure(*terms, **options)
    assert requests(server) == []


def test_an_organization_is_required_for_kinds_that_belong_to_one(ids, failure, monkeypatch):
    monkeypatch.delenv("KATAPULT_ORGANIZATION")
    assert (
        "organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) is required to look up a tag"
        in failure("tag", "web")
    )
    assert ids("tag", "web", organization={"id": "org_acme"}) == ["tag_web"]
    assert ids("data_center", "London") == ["loc_london"]


def test_errors_of_the_api_have_the_same_messages_as_in_modules(failure):
    assert "lacks the scope" in failure("tag", "web", api_token="balancers-token")
    assert "does not accept the API token" in failure("tag", "web", api_token="wrong-token")
    assert "no such organization" in failure("tag", "web", organization={"sub_domain": "nobody"})
    assert "No connection" in failure("tag", "web", api_url="http://127.0.0.1:1/v1", api_retry_timeout=0)


def test_the_rate_limit_is_reported_without_a_retry_budget(failure, server):
    server.simulator.permitted = 0
    assert "rate_limit_reached" in failure("tag", "web", api_retry_timeout=0)


def test_variables_set_the_options_and_may_be_templates(ids, failure, monkeypatch):
    monkeypatch.delenv("KATAPULT_API_TOKEN")
    variables = {
        "katapult_api_token": _trusted("{{ mine }}"),
        "katapult_organization": _trusted("{{ {'sub_domain': ours} }}"),
        "mine": "acme-token",
        "ours": "acme",
    }
    assert ids("tag", "web", variables=variables) == ["tag_web"]
    message = failure("tag", "web", variables={**variables, "ours": "globex"})  # which this token cannot access
    assert "no such organization" in message
    assert ids("tag", "web", variables={**variables, "ours": "globex"}, organization={"sub_domain": "acme"})


def test_the_option_of_a_loop_is_ignored(ids):
    assert ids("tag", "web", wantlist=True) == ["tag_web"]


def _trusted(text):
    try:
        from ansible.template import trust_as_template
    except ImportError:  # before ansible-core 2.19
        return text
    return trust_as_template(text)


@pytest.mark.parametrize("token", [{"acme": "simulator-token"}, ["simulator-token"], {"a": {"b": "simulator-token"}}])
def test_a_token_that_is_not_a_string_is_rejected_and_not_shown(failure, server, token):
    assert "api_token must be a string" in failure("tag", "web", api_token=token)
    assert "api_token must be a string" in failure("tag", "web", variables={"katapult_api_token": token})
    assert requests(server) == []


@pytest.mark.parametrize(
    "terms", [["tag", "a\x1b[31mb"], ["\x1b[31mtag", "web"], ["tag", 7, "\x1b"], ["tag", "web\ud800"]]
)
def test_a_failure_contains_no_control_characters(failure, terms):
    message = failure(*terms)
    assert visible(message) == message


def test_a_token_that_the_api_returns_is_masked_anywhere(failure, server):
    message = "simulator-token"
    body = {"error": {"code": message, "description": message, "detail": {message: message}}}
    server.simulator.faults.append(Fault(answer="given", status=400, body=body, headers={"X-Request-Id": message}))
    assert "request ID ********" in failure("tag", "web")
