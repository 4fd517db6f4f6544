# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machine groups and tags, which have virtual machines as members."""

from __future__ import annotations

from dataclasses import dataclass

from ..rendering import CREATED_AT
from ..table import Kind
from .organization import ORGANIZATION


@dataclass
class Collection:
    """A virtual machine group or a tag."""

    id: str
    name: str
    organization: str
    members: tuple[str, ...]
    color: str = "green"  # that of a tag

    created_at = CREATED_AT
    segregate = True
    auto_segregate = False


VIRTUAL_MACHINE_GROUP = Kind(
    name="virtual_machine_group",
    model=Collection,
    prefix="vmgrp",
    parent=ORGANIZATION,
    paginated=False,
    list_fields="id,name,segregate,auto_segregate,created_at",
    fields="id,name,segregate,auto_segregate,created_at",
)

TAG = Kind(
    name="tag",
    model=Collection,
    prefix="tag",
    parent=ORGANIZATION,
    sort_by="name",
    list_fields="id,name,color",
    fields="id,name,color,created_at",
)
