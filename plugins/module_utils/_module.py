# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The module shell: runs a task of the collection as an ordinary Ansible module."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused, internal_error
from ansible_collections.katapult.cloud.plugins.module_utils._mask import masked
from ansible_collections.katapult.cloud.plugins.module_utils._options import (
    CONNECTION_SPEC,
    given_organization,
    open_client,
)
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result
from ansible_collections.katapult.cloud.plugins.module_utils._transport import REQUESTS_IMPORT_ERROR


def run_module(argument_spec: t.Mapping[str, t.Any], run: t.Callable[..., Result]) -> None:
    """Run one task and exit.

    :param argument_spec: the module's options, without those that every module has.
    :param run: the task: (params, organization, client, write) to a result.
    """
    module = AnsibleModule(argument_spec={**CONNECTION_SPEC, **argument_spec}, supports_check_mode=True)
    if REQUESTS_IMPORT_ERROR:
        failure = TaskRefused(missing_required_lib("requests"), "requests_missing")
        module.fail_json(exception=REQUESTS_IMPORT_ERROR, **failure.result())
    token = module.params["api_token"]
    try:
        client = open_client(module.params, read_only=module.check_mode)
        result = run(module.params, given_organization(module.params), client, not module.check_mode)
    except KatapultError as error:
        module.fail_json(**masked(error.result(), token))
    except Exception as error:  # pylint: disable=broad-exception-caught
        module.fail_json(**internal_error(error).result())
    for warning in result.warnings:
        module.warn(masked(warning, token))
    module.exit_json(**masked(result.as_dict(), token))
