# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What a module does, apart from Ansible: its options, and a function from them to a result."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._engine.result import Result


class Task(t.NamedTuple):
    """What a module does.

    :param resource: the kind that it manages or reads.
    :param argument_spec: its options, without those that every module has.
    :param run: makes the result from the options, the organization if one is given, the client, and whether to write.
    :param children: the kind whose resources it manages or reads along, if any.
    """

    resource: Resource
    argument_spec: t.Mapping[str, t.Any]
    run: t.Callable[..., Result]
    children: Resource | None = None
