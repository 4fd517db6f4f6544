# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables: one row for every kind of object, with its special behavior."""

from __future__ import annotations

from ..table import Kind
from .address_list import ADDRESS_LIST, ADDRESS_LIST_ENTRY
from .certificate import CERTIFICATE
from .collection import TAG, VIRTUAL_MACHINE_GROUP
from .data_center import DATA_CENTER, ZONE
from .disk_template import DISK_TEMPLATE, OPERATING_SYSTEM
from .ip_address import IP_ADDRESS
from .load_balancer import LOAD_BALANCER
from .load_balancer_rule import LOAD_BALANCER_RULE
from .network import NETWORK, NETWORK_SPEED_PROFILE, VIRTUAL_NETWORK
from .organization import ORGANIZATION
from .security_group import SECURITY_GROUP, SECURITY_GROUP_RULE
from .task import TASK
from .trash_object import TRASH_OBJECT
from .virtual_machine import VIRTUAL_MACHINE
from .virtual_machine_build import VIRTUAL_MACHINE_BUILD
from .virtual_machine_network_interface import INTERFACE
from .virtual_machine_package import VIRTUAL_MACHINE_PACKAGE

# The paths of rules come first: otherwise, "rules" would be treated as the identifier of a load balancer.
KINDS: tuple[Kind, ...] = (
    LOAD_BALANCER_RULE,
    LOAD_BALANCER,
    VIRTUAL_MACHINE_BUILD,
    VIRTUAL_MACHINE,
    INTERFACE,
    VIRTUAL_MACHINE_PACKAGE,
    VIRTUAL_MACHINE_GROUP,
    TAG,
    CERTIFICATE,
    SECURITY_GROUP_RULE,
    SECURITY_GROUP,
    ADDRESS_LIST_ENTRY,
    ADDRESS_LIST,
    IP_ADDRESS,
    NETWORK,
    VIRTUAL_NETWORK,
    NETWORK_SPEED_PROFILE,
    DISK_TEMPLATE,
    OPERATING_SYSTEM,
    TRASH_OBJECT,
    TASK,
    DATA_CENTER,
    ZONE,
    ORGANIZATION,
)
