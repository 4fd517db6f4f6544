# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that Ansible accepts, but that must not be sent to the API: in every option of every module."""

from __future__ import annotations

import importlib

import pytest

from ..option_values import check_refused, options_of, with_value


def imported(module):
    return importlib.import_module("ansible_collections.katapult.cloud.plugins.modules." + module)


@pytest.mark.parametrize(("module", "path", "is_list"), options_of("int"))
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_not_a_number(task, server, module, path, is_list, value):
    result = task(module=imported(module), **with_value(module, path, [value] if is_list else value))
    assert "%s, but must be a whole number" % str(value).lower() in check_refused(result, server, path)
