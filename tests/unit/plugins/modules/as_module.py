# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands options to a module in the way of the ansible-core in use."""

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
    """The options of the next module that starts, with Ansible's own among them."""
    with _garbage_collection_kept():
        yield from _patched(args)


@contextlib.contextmanager
def _garbage_collection_kept():
    """A module disables it, because its process ends with its task; that of the tests goes on."""
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _patched(args):
    if testing is not None:
        # Of tests in the same process, those of plugins make it the controller's, where warnings go elsewhere.
        with testing.patch_module_args(args), mock.patch.object(_internal, "is_controller", False):
            yield
        return
    before = basic._ANSIBLE_ARGS  # pylint: disable=protected-access
    basic._ANSIBLE_ARGS = to_bytes(json.dumps({"ANSIBLE_MODULE_ARGS": args}))  # pylint: disable=protected-access
    try:
        yield
    finally:
        basic._ANSIBLE_ARGS = before  # pylint: disable=protected-access
