# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can go wrong, as one family of exceptions.

A KatapultError is a TaskRefused (before any write), an ApiError (the API says so), an UnexpectedResponse (something else
answered) or a TransportError (nothing did). It becomes the result of a task in one place, _execute.py.
"""

from __future__ import annotations

import traceback
import typing as t
from types import MappingProxyType

from ._text import LONGEST_TEXT, Redact, cut_middle, no_redaction, presentable


class ErrorDetails(t.NamedTuple):
    """What is known of a failure, as it is returned under the key C(error), named as in the API's own error body."""

    code: str  # the API's, or one of the collection's own; docs/errors.md lists both
    description: str | None = None
    detail: t.Mapping[str, t.Any] = MappingProxyType({})
    http_status: int | None = None
    method: str | None = None
    path: str | None = None
    request_id: str | None = None


class KatapultError(Exception):
    """A task cannot be finished.

    :param message: what happened and what to do about it, for a person.
    :param details: the same for a program.
    :param may_have_taken_effect: whether the request may have taken effect all the same.
    :param transient: whether the trouble may pass by itself, so that trying again makes sense.
    :param retry_after: seconds that the other side asks to wait before the next try, if it says so.
    """

    def __init__(
        self,
        message: str,
        details: ErrorDetails,
        may_have_taken_effect: bool = False,
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.may_have_taken_effect = may_have_taken_effect
        self.transient = transient
        self.retry_after = retry_after
        self.changed = False
        self.partial_result: dict[str, t.Any] = {}

    def __str__(self) -> str:
        return self.message

    def add_note(self, sentence: str) -> KatapultError:
        """Say one more thing to the person who reads the failure; returns the error, to be raised."""
        self.message = "%s %s" % (self.message, sentence)
        return self

    def with_partial_result(self, **known: t.Any) -> KatapultError:
        """State that something was already changed, and what is known of it; returns the error, to be raised."""
        self.changed = True
        self.partial_result = known
        return self

    def is_not_found(self, kind: str) -> bool:
        """Whether the API says that a thing of this kind is not there, and not that something else is not."""
        return self.details.http_status == 404 and self.details.code == "%s_not_found" % kind

    def redacted_message(self, redact: Redact) -> str:
        """The message as it can be shown."""
        return presentable(self.message, redact)

    def result(self, redact: Redact = no_redaction) -> dict[str, t.Any]:
        """The failure as a task result, without C(failed)."""
        error = redact(dict(self.details._asdict(), detail=dict(self.details.detail)))
        if error["description"] is not None:
            error["description"] = cut_middle(error["description"], LONGEST_TEXT)
        return {
            **redact(self.partial_result),
            "msg": self.redacted_message(redact),
            "changed": self.changed,
            "error": error,
        }


class TaskRefused(KatapultError):
    """The task must not or cannot be done; nothing was written for it."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, ErrorDetails(code=code, description=message))


_MOST_FAULTS = 10  # that a message tells; more than that nobody reads
_LONGEST_FAULT = 300  # characters; a value may be as long as it likes


class _InvalidOptions(TaskRefused):
    def __init__(self, faults: t.Sequence[str]) -> None:
        more = ["and %d more faults" % (len(faults) - _MOST_FAULTS)] * (len(faults) > _MOST_FAULTS)
        self._faults = [*faults[:_MOST_FAULTS], *more]
        super().__init__("%s. Nothing was sent." % "; ".join(self._faults), "invalid_task")

    def redacted_message(self, redact: Redact) -> str:
        # Each is cut by itself: it begins with the option and ends with what is wrong with it.
        return "%s. Nothing was sent." % "; ".join(presentable(fault, redact, _LONGEST_FAULT) for fault in self._faults)

    def result(self, redact: Redact = no_redaction) -> dict[str, t.Any]:
        result = super().result(redact)
        return {**result, "error": {**result["error"], "description": result["msg"]}}


def invalid_options(*faults: str) -> TaskRefused:
    """The failure for a task that cannot be done as it is written; nothing has been sent.

    :param faults: what is wrong with it, each a sentence without its full stop, with values of any length.
    """
    return _InvalidOptions(faults)


class ApiError(KatapultError):
    """The API answered with an error of its own."""


class UnexpectedResponse(KatapultError):
    """Something answered, but not in the way the API does: a proxy's page, a redirect, a cut or empty body."""


_MOST_KEYS = 10  # of an answer that a failure names


def malformed(answer: t.Mapping[str, t.Any], lacking: str) -> UnexpectedResponse:
    """The failure for an answer that is JSON, but does not hold what such an answer must hold.

    :param lacking: what is missing, for a person.
    """
    has = sorted(answer)
    has = has[:_MOST_KEYS] + ["and %d more" % len(has[_MOST_KEYS:])] * (len(has) > _MOST_KEYS)
    return UnexpectedResponse(
        "The answer cannot be used: it lacks %s. Check that api_url is that of the Katapult Core API." % lacking,
        ErrorDetails("unreadable_answer", "the answer lacks %s (it has: %s)" % (lacking, ", ".join(has) or "nothing")),
        may_have_taken_effect=True,
    )


class TransportError(KatapultError):
    """Nothing answered: refused, lost, too late, no such name, no trusted certificate."""


def internal_error(error: Exception) -> KatapultError:
    """A bug of the collection, as a failure like all others. The exception's own text may hold what must not be shown."""
    places = ["%s:%d" % (frame.name, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    said = "%s in %s" % (type(error).__name__, places[-1] if places else "an unknown place")
    return KatapultError(
        "This is a bug of the collection: %s. Whether something was changed is not known. Running the task again is safe."
        " Please report it with the task and this message." % said,
        ErrorDetails("internal_error", said),
    )
