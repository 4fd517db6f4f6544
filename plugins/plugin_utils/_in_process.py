# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The in-process shell: runs a task of the collection where Ansible itself runs."""

from __future__ import annotations

import importlib
import typing as t
import warnings

from ansible_collections.katapult.cloud.plugins.module_utils._mask import hiding
from ansible_collections.katapult.cloud.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.module_utils._perform import perform
from ansible_collections.katapult.cloud.plugins.module_utils._text import presentable
from ansible_collections.katapult.cloud.plugins.module_utils._transport import REQUESTS_IMPORT_ERROR
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import CannotReceive, Checked, checked, received
from ansible_collections.katapult.cloud.plugins.plugin_utils._connections import KeptConnection

HAS_REQUESTS = not REQUESTS_IMPORT_ERROR

_TASK = "ansible_collections.katapult.cloud.plugins.module_utils._%s_task"
_CONNECTION = KeptConnection()  # of this process, which Ansible makes anew for each task on each host

Result = t.Dict[str, t.Any]


def run_task(
    module: str, called: str, arguments: t.Mapping[str, t.Any], check_mode: bool, tell: t.Callable[[str], None]
) -> Result:
    """Do what a module of the collection does; the result is what it would print.

    :param module: the module, without its collection.
    :param called: what the task calls it.
    :param tell: hears of each request in one line.
    """
    task = importlib.import_module(_TASK % module)
    try:
        options = checked(called, {**CONNECTION_SPEC, **task.ARGUMENT_SPEC}, received(arguments))
    except CannotReceive as error:
        return {"msg": str(error), "failed": True}
    if options.fault is not None:
        return _printed({"msg": presentable(options.fault, hiding(options.secrets))}, options, failed=True)
    sound = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries: those of a module do not reach the user either
            outcome = perform(task.run, options.params, options.secrets, check_mode, tell, _CONNECTION.open)
        sound = not outcome.failed
    finally:
        _CONNECTION.rest(sound)
    return _printed(outcome.result, options, outcome.failed, outcome.warnings)


def _printed(result: Result, options: Checked, failed: bool, warned: tuple[str, ...] = ()) -> Result:
    more: Result = {"failed": True} if failed else {}
    if options.warnings or warned:
        more["warnings"] = [*options.warnings, *warned]
    if options.deprecations:
        more["deprecations"] = list(options.deprecations)
    return {**result, **more}
