# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passes options to a module in the format of the installed ansible-core."""

from __future__ import annotations

import contextlib
import gc
import json
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes

try:
    from ansible.module_utils import _internal, testing
except ImportError:  # before ansible-core 2.19
    testing = None


@contextlib.contextmanager
def patch_module_args(args):
    """The options of the next module that starts, including those of Ansible itself."""
    with _garbage_collection_kept():
        yield from _patched(args)


@contextlib.contextmanager
def _garbage_collection_kept():
    """A module disables garbage collection, because its process ends with the task; the process of the tests continues."""
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _patched(args):
    if testing is not None:
        # Tests of plugins in the same process select the controller, where warnings are handled differently.
        with testing.patch_module_args(args), mock.patch.object(_internal, "is_controller", False):
            yield
        return
    before = basic._ANSIBLE_ARGS  # pylint: disable=protected-access
    basic._ANSIBLE_ARGS = to_bytes(json.dumps({"ANSIBLE_MODULE_ARGS": args}))  # pylint: disable=protected-access
    try:
        yield
    finally:
        basic._ANSIBLE_ARGS = before  # pylint: disable=protected-access
