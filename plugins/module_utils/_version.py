# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version of the collection, the same as in galaxy.yml."""

from __future__ import annotations

VERSION = "0.5.0"
