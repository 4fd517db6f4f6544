# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for background work after a response."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, malformed
from .._http.client import Client, is_object
from .._schema.fields import Values, Wait

_PAUSE = 2.0  # seconds between two polls
_JITTER = 1.0  # maximum seconds of jitter, so that waiting tasks do not all poll at once


def wait(client: Client, waits: t.Sequence[Wait], answer: Values, seconds: float) -> None:
    """Wait for all background work of a response, with one timeout for all; an error if it fails or takes longer.

    This is not a part of the request that may be retried: a failed poll is not a failed write.
    """
    clock = client.budget.clock
    deadline = clock.monotonic() + seconds
    known = dict(answer)
    for work in waits:
        if not is_object(known.get(work.of)):
            raise malformed(answer, 'a "%s" with an id' % work.of)
        while known[work.of].get(work.field) not in work.done:
            target = known[work.of]
            if target.get(work.field) in work.failed:
                said = "has failed (%s: %s)" % (work.field, target[work.field])
                raise _failure(work, target, said, "%s_failed" % work.of)
            if clock.monotonic() >= deadline:
                said = "is still running after %g seconds (wait_timeout)" % seconds
                raise _failure(work, target, said, "wait_timed_out")
            left = deadline - clock.monotonic()
            client.report_wait("the %s %s" % (work.of.replace("_", " "), target["id"]), seconds, left)
            clock.sleep(min(_PAUSE + clock.jitter() * _JITTER, left))
            client.stop_if_abandoned(may_have_taken_effect=True)
            query = [("%s[id]" % work.of, target["id"])]
            try:
                known.update(client.request("GET", work.path, query, None, work.of, target["id"]))
            except KatapultError as error:
                if not (work.gone and error.is_not_found(work.of)):
                    raise
                break


def _failure(work: Wait, target: Values, what: str, code: str) -> KatapultError:
    said = "The %s %s %s." % (work.of.replace("_", " "), target["id"], what)
    return KatapultError(said, ErrorDetails(code, method="GET", path=work.path))
