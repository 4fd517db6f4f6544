# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Create one thing at most, whatever the network does to the answer."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError

_PAUSES = (1.0, 2.0, 3.0, 4.0)  # ten seconds in all: a create that was given up on may still be carried out

Thing = t.TypeVar("Thing")


@dataclass(frozen=True)
class Created(t.Generic[Thing]):
    """What a create led to.

    C(thing) exists now; C(ours) says whether this task brought it about; C(as_sent) whether it is the answer to the
    create itself, and so needs no second look.
    """

    thing: Thing
    ours: bool
    as_sent: bool


def create_once(
    client: Client,
    create: t.Callable[[], Thing],
    look_up: t.Callable[[], Thing | None],
    called: str,
) -> Created[Thing]:
    """Send one create, and find out what became of it.

    :param create: sends the create; it must be sent with C(once).
    :param look_up: finds the thing by what makes it the same on the next run, or not.
    :param called: what the thing is called, for the failure message.
    :raises KatapultError: it was refused, or its outcome stays unknown.
    """
    clock = client.budget.clock
    tries = 0
    while True:
        tries += 1
        started = clock.monotonic()
        try:
            return Created(create(), ours=True, as_sent=True)
        except KatapultError as error:
            failure = error
        if tries > 1:
            client.budget.charge(clock.monotonic() - started)
        if failure.maybe_done:
            client.distrust()
            return Created(_await(client, look_up, failure, called), ours=True, as_sent=False)
        if failure.facts.http_status == 422:
            # Refused, perhaps because somebody else created the same a moment ago.
            winner = _winner(look_up, failure)
            if winner is None:
                raise failure
            return Created(winner, ours=False, as_sent=False)
        if not failure.passing:
            raise failure
        client.wait_out(failure, tries)
        # Much can happen in that time: another run may have created it.
        winner = look_up()
        if winner is not None:
            return Created(winner, ours=False, as_sent=False)


def _winner(look_up: t.Callable[[], Thing | None], failure: KatapultError) -> Thing | None:
    try:
        return look_up()
    except KatapultError as error:
        raise failure.add("Looking for it failed too: %s" % error) from error


def _await(client: Client, look_up: t.Callable[[], Thing | None], failure: KatapultError, called: str) -> Thing:
    clock = client.budget.clock
    started = clock.monotonic()
    pauses = iter(_PAUSES)
    while True:
        try:
            thing = look_up()
        except KatapultError as error:
            raise failure.add(
                "Whether %s was created is not known, because looking it up failed too: %s Running the task again is"
                " safe: it looks first, and creates nothing that exists." % (called, error)
            ) from error
        if thing is not None:
            return thing
        pause = min(next(pauses, 0.0), client.budget.left())
        if not pause:
            raise failure.add(
                "Whether %s was created is not known: it was looked up for %.0f seconds and did not appear. No second"
                " create was sent. Running the task again is safe: it looks first, and creates nothing that exists."
                % (called, clock.monotonic() - started)
            )
        client.budget.wait(pause)
