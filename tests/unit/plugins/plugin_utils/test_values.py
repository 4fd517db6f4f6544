# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that Ansible accepts, but that must not be sent to the API: in process, they fail like in a module."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._execute import Caller
from ansible_collections.katapult.cloud.plugins.module_utils._text import visible
from ansible_collections.katapult.cloud.plugins.plugin_utils import _in_process

from ..option_values import LONE, check_refused, options_of, with_value


@pytest.fixture(name="task")
def fixture_task(server):
    """Runs a task of a module."""

    def run(module, **options):
        options = {"api_url": server.api_url, "api_token": "simulator-token", **options}
        return _in_process.run_task(
            module, "katapult.cloud." + module, options, Caller(False, False, lambda line: None)
        )

    return run


@pytest.mark.parametrize(("module", "path", "is_list"), options_of("int"))
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_not_a_number(task, server, module, path, is_list, value):
    result = task(module, **with_value(module, path, [value] if is_list else value))
    assert "%s, but must be a whole number" % str(value).lower() in check_refused(result, server, path)


@pytest.mark.parametrize(("module", "path", "is_list"), options_of("str"))
def test_a_lone_surrogate_is_rejected_before_a_request_is_sent(task, server, module, path, is_list):
    check_refused(task(module, **with_value(module, path, [LONE] if is_list else LONE)), server, path)


@pytest.mark.parametrize(("value", "message"), [(b"web", "bytes"), ({"web"}, "a set"), (frozenset(["web"]), "a set")])
@pytest.mark.parametrize(("module", "path", "is_list"), options_of("str"))
def test_a_value_without_json_representation_is_rejected(task, server, module, path, is_list, value, message):
    result = task(module, **with_value(module, path, [value] if is_list else value))
    if "holds %s" % message in result.get("msg", ""):
        check_refused(result, server, path)
    else:  # ansible-core can represent some of them, as it does for a module
        assert result.get("error", {}).get("code") != "internal_error"


def test_some_values_have_no_json_representation_in_any_ansible_core(task):
    refused = [task("load_balancer_info", name=value).get("msg", "") for value in (b"web", {"web"})]
    assert any("contains bytes" in message or "contains a set" in message for message in refused)


@pytest.mark.parametrize("name", ["api_timeout", "api_retry_timeout"])
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_not_a_duration(task, server, name, value):
    result = task("load_balancer_info", name="web", **{name: value})
    assert "must be a number of seconds" in check_refused(result, server, [name])


@pytest.mark.parametrize("token", [{"acme": "planted"}, ["planted"], ("planted",), {"planted": {"a": 1}}])
def test_a_token_that_is_not_a_string_is_rejected_and_not_shown(task, server, token):
    message = check_refused(task("load_balancer_info", name="web", api_token=token), server, ["api_token"])
    assert "must be a string" in message and "planted" not in message


@pytest.mark.parametrize("key", ["web\ud800", "\x1b[31m\ud800", ("a", 1), b"web"])
def test_an_option_name_that_cannot_be_passed_on_is_rejected(task, server, key):
    result = task("load_balancer", properties={key: 1})
    assert result["failed"] and visible(result["msg"]) == result["msg"] and server.simulator.requests == []


def test_messages_of_ansible_about_a_value_contain_no_control_characters(task, server):
    message = check_refused(
        task("load_balancer", state="\x1b[31mRED", properties={"api_reference": "web"}), server, ["state"]
    )
    assert "\\x1b[31mRED" in message
