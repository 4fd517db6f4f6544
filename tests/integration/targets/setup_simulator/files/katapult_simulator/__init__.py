# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stateful simulator of the Katapult Core API.

It responds like the API in its recorded responses. Where the behavior of the API is unknown, it implements the alternative that
is hardest for a client (see :class:`katapult_simulator.world.Assumptions`). It only requires the standard library of Python 3.11.

::

    __main__ ── server ─┬─ traffic    a record of all requests and responses, on request
                        ├─ populate   additional initial objects, on request
                        └─ simulator ─┬─ faults     network and server faults, on request
                                      ├─ samples    the initial objects
                                      └─ endpoints  the processing of requests, the same for every kind of object
                                            └─ kinds ── a row of the table for each kind, and its special behavior
                                                 ├─ table      the definition of a row
                                                 ├─ rendering  the fields in a response
                                                 ├─ arguments  the parsing of the arguments of a request
                                                 ├─ spec_xml   the document that describes a new virtual machine
                                                 ├─ refusals   every error of the API
                                                 └─ world      the stored objects

A new kind of object requires a file in C(kinds) with its dataclass and its row, and an entry in C(kinds/__init__.py).
"""
