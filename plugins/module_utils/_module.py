# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The module shell: runs a task of the collection as an ordinary Ansible module."""

from __future__ import annotations

import sys
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.katapult.cloud.plugins.module_utils._errors import TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._perform import TOLD, Run, perform
from ansible_collections.katapult.cloud.plugins.module_utils._transport import REQUESTS_IMPORT_ERROR

_TALKATIVE = 3  # as in -vvv


def run_module(argument_spec: t.Mapping[str, t.Any], run: Run) -> None:
    """Run one task and exit.

    :param argument_spec: the module's options, without those that every module has.
    """
    module = AnsibleModule(argument_spec={**CONNECTION_SPEC, **argument_spec}, supports_check_mode=True)
    if REQUESTS_IMPORT_ERROR:
        failure = TaskRefused(missing_required_lib("requests"), "requests_missing")
        module.fail_json(exception=REQUESTS_IMPORT_ERROR, **failure.result())
    told: list[str] = []
    outcome = perform(run, module.params, module.no_log_values, module.check_mode, told.append)
    if module._verbosity >= _TALKATIVE:  # pylint: disable=protected-access
        sys.stdout.write("".join("\n%s%s" % (TOLD, line) for line in told))
    if outcome.failed:
        module.fail_json(**outcome.result)
    for warning in outcome.warnings:
        module.warn(warning)
    module.exit_json(**outcome.result)
