# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The fields of a rule of a load balancer, and the options that they make."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _fields
from ansible_collections.katapult.cloud.plugins.module_utils._fields import PROPERTIES, Field, Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import (
    FLAG,
    TEXT,
    Kind,
    choice,
    id_references,
    number,
    reference,
)

PORT = number(1, 65535)
AMOUNT = number(1)

# The order is that of a result. A list of rules has the first seven and the certificates only.
FIELDS = (
    Field("id", Kind(TEXT.read)),
    Field("listen_port", PORT, option=PROPERTIES),
    Field("destination_port", PORT, option=PROPERTIES),
    Field("protocol", choice("HTTP", "HTTPS", "TCP"), option=PROPERTIES),
    Field("algorithm", choice("round_robin", "least_connections", "sticky"), option=PROPERTIES),
    Field("certificates", id_references("name"), option=PROPERTIES),
    Field("check_enabled", FLAG, option=PROPERTIES),
    Field("proxy_protocol", FLAG, option=PROPERTIES),
    Field("backend_ssl", FLAG, option=PROPERTIES),
    Field("passthrough_ssl", FLAG, option=PROPERTIES),
    Field("check_protocol", choice("HTTP", "TCP"), option=PROPERTIES),
    Field("check_path", TEXT, option=PROPERTIES),
    Field("check_interval", AMOUNT, option=PROPERTIES),
    Field("check_timeout", AMOUNT, option=PROPERTIES),
    Field("check_rise", AMOUNT, option=PROPERTIES),
    Field("check_fall", AMOUNT, option=PROPERTIES),
    Field("check_http_statuses", choice("2", "23", "234"), option=PROPERTIES),
    Field("load_balancer", reference("id", "name")),
)


def properties_spec(required: t.Sequence[str] = ()) -> Values:
    """The argument spec of a rule's properties.

    :param required: those that must be given.
    """
    spec = _fields.argument_spec(FIELDS)[PROPERTIES]["options"]
    return {name: {**option, "required": True} if name in required else option for name, option in spec.items()}
