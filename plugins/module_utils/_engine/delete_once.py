# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delete an object that may be given to somebody else at once, with the same ID: the request is never sent twice."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError
from .._http.client import Client

if t.TYPE_CHECKING:
    from .planner import Step


_CHECK_FIRST = "Before you run the task again, check what has the %s: it may belong to something else by then."


def delete_once(client: Client, step: Step, kind: str, text: str, still_exists: t.Callable[[], bool]) -> bool:
    """Delete an object; whether this task did it. It is retried only if the request had no effect.

    :param kind: the name of the object in the error code for one that does not exist.
    :param text: the object, for messages.
    :param still_exists: reads the object after a lost response.
    :raises KatapultError: it could not be deleted, or whether it was deleted is not known.
    """
    try:
        client.request(step.method, step.path, step.query, idempotent=False, if_unknown=_CHECK_FIRST % text)
    except KatapultError as error:
        if error.is_not_found(kind):  # another client was faster
            return False
        if error.may_have_taken_effect:
            client.renew_connection()
            if not _exists(still_exists, error):
                return True
            error.with_note("It still existed when it was read afterwards.")
        raise
    return True


def _exists(still_exists: t.Callable[[], bool], error: KatapultError) -> bool:
    """Whether the object exists after a deletion whose response was lost.

    :raises KatapultError: the error of the deletion, because this cannot be read.
    """
    try:
        return still_exists()
    except KatapultError as another:
        raise error.with_note("Reading it afterwards failed, too (%s)." % another.details.code) from another
