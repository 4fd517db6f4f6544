# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stateful stand-in for the Katapult Core API: its load balancers, and what their tasks name.

It answers as the recorded API does, and where the API's behaviour is not known it chooses what is hardest for a client
(see :class:`katapult_simulator.world.Assumptions`). Standard library only; any Python from 3.9 on runs it.

::

    __main__ ── server ─┬─ traffic    a record of all requests and answers, when a test asks for it
                        ├─ populate   what is there from the start, when a test asks for more
                        └─ simulator ─┬─ faults     what goes wrong on the way, when a test asks for it
                                      └─ endpoints ─┬─ reading     those that only read, and what they list
                                                    ├─ calls       what all of them have in common
                                                    ├─ arguments   what a request asks for
                                                    ├─ world       what there is
                                                    ├─ rendering   how it is shown, its members by members
                                                    └─ refusals    every error of the API
"""
