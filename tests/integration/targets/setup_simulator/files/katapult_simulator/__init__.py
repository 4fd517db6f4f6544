# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stateful stand-in for the Katapult Core API.

It answers as the recorded API does, and where the API's behaviour is not known it chooses what is hardest for a client
(see :class:`katapult_simulator.world.Assumptions`). Standard library only; any Python from 3.11 on runs it.

::

    __main__ ── server ─┬─ traffic    a record of all requests and answers, when a test asks for it
                        ├─ populate   what is there from the start, when a test asks for more
                        └─ simulator ─┬─ faults     what goes wrong on the way, when a test asks for it
                                      ├─ samples    what is there from the start
                                      └─ endpoints  what requests do, the same for every kind of object
                                            └─ kinds ── a row of the table for each kind, and what is special about it
                                                 ├─ table      what a row says
                                                 ├─ rendering  what an answer shows
                                                 ├─ arguments  how the arguments of a request are parsed
                                                 ├─ refusals   every error of the API
                                                 └─ world      where the objects are kept

A new kind of object is a file in C(kinds) with its dataclass and its row, and its place in C(kinds/__init__.py).
"""
