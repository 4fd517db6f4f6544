# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""All errors, as one hierarchy of exceptions.

A KatapultError is a TaskRefused (before any write), an ApiError (from the API), an UnexpectedResponse (not from the API)
or a TransportError (no response). Only _execute.py converts it to the result of a task.
"""

from __future__ import annotations

import traceback
import typing as t
from types import MappingProxyType

from ._text import LONGEST_TEXT, Redact, cut_middle, no_redaction, presentable

# How to set the organization, for messages
ORGANIZATION_OPTION = "organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION)"


class ErrorDetails(t.NamedTuple):
    """The details of an error, returned under the key C(error), with the names of the error body of the API."""

    code: str  # from the API or the collection; docs/errors.md lists both
    description: str | None = None  # from the API; None if an error is not from the API
    detail: t.Mapping[str, t.Any] = MappingProxyType({})
    http_status: int | None = None
    method: str | None = None
    path: str | None = None
    request_id: str | None = None


class KatapultError(Exception):
    """A task cannot be completed.

    :param message: what happened, and the resolution, for people.
    :param details: the same in machine-readable form.
    :param may_have_taken_effect: whether the request may have taken effect despite the error.
    :param transient: whether the error may be temporary, so that a retry is useful.
    :param retry_after: seconds to wait before a retry, if the response contains it.
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
        self.unfinished = (
            False  # whether what the task has started may appear later, so that the next task must look for it
        )
        self.partial_result: dict[str, t.Any] = {}

    def __str__(self) -> str:
        return self.message

    def with_note(self, sentence: str) -> KatapultError:
        """Add a sentence to the message; returns the error, to be raised."""
        self.message = "%s %s" % (self.message, sentence)
        return self

    def with_partial_result(self, changed: bool = True, /, **known: t.Any) -> KatapultError:
        """Record the known state, and whether something was already changed; returns the error, to be raised."""
        self.changed = changed
        self.partial_result = known
        return self

    def is_not_found(self, kind: str) -> bool:
        """Whether the API reports that a resource of this kind does not exist, as opposed to another resource."""
        return self.details.http_status == 404 and self.details.code == "%s_not_found" % kind

    def redacted_message(self, redact: Redact) -> str:
        """The message, safe to show."""
        return presentable(self.message, redact)

    def result(self, redact: Redact = no_redaction) -> dict[str, t.Any]:
        """The error as a task result, without C(failed)."""
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
    """The task is invalid or not permitted; nothing was written."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, ErrorDetails(code))


_MOST_FAULTS = 10  # in one message; more would not be readable
_LONGEST_FAULT = 300  # characters; a value can have any length


class _InvalidOptions(TaskRefused):
    def __init__(self, faults: t.Sequence[str]) -> None:
        more = ["and %d more faults" % (len(faults) - _MOST_FAULTS)] * (len(faults) > _MOST_FAULTS)
        self._faults = [*faults[:_MOST_FAULTS], *more]
        super().__init__("%s. Nothing was sent." % "; ".join(self._faults), "invalid_task")

    def redacted_message(self, redact: Redact) -> str:
        # Each is truncated separately: it begins with the option and ends with the fault.
        return "%s. Nothing was sent." % "; ".join(presentable(fault, redact, _LONGEST_FAULT) for fault in self._faults)


def invalid_options(*faults: str) -> TaskRefused:
    """The error for an invalid task; nothing was sent.

    :param faults: the faults, each a sentence without a period, with values of any length.
    """
    return _InvalidOptions(faults)


class ApiError(KatapultError):
    """The API returned an error."""


class WorkFailed(KatapultError):
    """Background work of the API has failed."""


class UnexpectedResponse(KatapultError):
    """The response is not a response of the API: a page of a proxy, a redirect, a truncated or empty body."""


_MOST_KEYS = 10  # of a response, in an error message


def malformed(answer: t.Mapping[str, t.Any], lacking: str) -> UnexpectedResponse:
    """The error for a response that is JSON, but lacks required content.

    :param lacking: what is missing, for the message.
    """
    has = sorted(answer)
    has = has[:_MOST_KEYS] + ["and %d more" % len(has[_MOST_KEYS:])] * (len(has) > _MOST_KEYS)
    return UnexpectedResponse(
        "The response cannot be used: it lacks %s (its keys: %s). Check that api_url is that of the Katapult Core API."
        % (lacking, ", ".join(has) or "none"),
        ErrorDetails("unreadable_answer"),
        may_have_taken_effect=True,
    )


class TransportError(KatapultError):
    """There is no response: refused, lost, timed out, unknown host name, untrusted certificate."""


def internal_error(error: Exception) -> KatapultError:
    """The error for a bug of the collection. The text of the exception is omitted, because it may contain secrets."""
    places = ["%s:%d" % (frame.name, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    said = "%s in %s" % (type(error).__name__, places[-1] if places else "an unknown location")
    return KatapultError(
        "This is a bug of the collection: %s. Whether something was changed is not known. Running the task again is safe."
        " Please report it, together with the task and this message." % said,
        ErrorDetails("internal_error"),
    )
