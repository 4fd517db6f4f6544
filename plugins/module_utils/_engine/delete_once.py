# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delete an object that may be given to somebody else at once, with the same ID: the request is never sent twice."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError
from .._http.client import Client

if t.TYPE_CHECKING:
    from .planner import Step


def delete_once(client: Client, step: Step, kind: str, still_exists: t.Callable[[], bool]) -> bool:
    """Delete an object; whether this task did it. It is retried only if the request had no effect.

    :param kind: the name of the object in the error code for one that does not exist.
    :param still_exists: reads the object after a lost response.
    :raises KatapultError: it could not be deleted, or whether it was deleted is not known.
    """
    try:
        client.request(step.method, step.path, step.query, idempotent=False)
    except KatapultError as error:
        if error.is_not_found(kind):  # another client was faster
            return False
        if error.may_have_taken_effect:
            client.renew_connection()
            if not still_exists():
                return True
        raise
    return True
