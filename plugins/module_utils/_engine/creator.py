# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create a resource: send the request once, wait for its background work, and apply what the request could not set."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, WorkFailed, malformed
from .._schema.fields import Values, Wait
from .create_once import create_once, wait_until_visible
from .planner import Plan

if t.TYPE_CHECKING:
    from .executor import Executor

LookUp = t.Callable[[], t.Optional[Values]]


class Creator:
    """Creates one resource, with the plan of an executor."""

    def __init__(self, executor: Executor, plan: Plan) -> None:
        self.executor = executor
        self.finder = executor.finder
        self.resource = executor.finder.resource
        self.planned = plan
        self.step = plan.steps[0]
        self.wanted = dict(plan.wanted)
        self.what = "the %s" % self.resource.text(self.wanted)

    def run(self) -> Plan:
        """Create it; the plan with the new resource, or with an existing one that was found instead."""
        step, wanted, resource = self.step, self.wanted, self.resource
        answer: Values = {}
        late = resource.appears_late
        try:
            created = create_once(
                self.finder.client,
                lambda: self._create(answer),
                self._look_up,
                self.what,
                resource.visible_within,
                late,
            )
        except KatapultError as error:
            # What was sent may still be executed, and appear later.
            error.unfinished = late and error.may_have_taken_effect
            raise self._explained(error)
        existing, ours = created.existing, created.created_by_us
        is_whole = all(field.created or field.name not in wanted for field in resource.fields)
        if resource.removes_duplicates and created.confirmed and existing:
            return self._without_duplicate(existing)
        if existing and created.confirmed and not step.waits and is_whole:
            return self.planned._replace(after=existing)
        # The new resource does not match the desired state yet, or is not from the response to this request.
        try:
            if created.confirmed:
                existing = self._appeared(answer, existing)
                existing = self._await_work(answer, existing)
            elif ours:  # the lost response would have contained the background work
                existing = self._await_itself(existing)
            else:
                existing = self.executor.settle(existing)
            plan = self.executor.plan(wanted, existing)
            if not created.confirmed:  # it may be another resource
                self.executor.guard(plan)
            outcome = self.executor.act(plan)
            after = t.cast(Values, outcome.after)
            if ours:  # in the format of the response to a create request
                after = self.finder.with_fields([field.name for field in resource.fields if field.shown], after)
        except KatapultError as error:
            if isinstance(error, WorkFailed) and not existing:
                existing = self._left_behind()
            raise self.executor.partial(error, self._as_it_is(existing) if ours else None) if ours else error
        if not ours:
            return outcome._replace(found_by_lookup=True)
        steps, notes = (step, *outcome.steps), (*self.planned.warnings, *outcome.warnings)
        return self.planned._replace(after=after, steps=steps, warnings=notes, found_by_lookup=not created.confirmed)

    def _create(self, answer: Values) -> Values:
        """Send the request; returns the resource in its response, if it contains one.

        :param answer: receives the response.
        """
        step, resource, body = self.step, self.resource, dict(self.step.body or {})
        if resource.parent is not None:  # the identifier may have been determined only after planning
            body[resource.parent.name] = dict(self.finder.parent or {})
        answer.update(self.finder.client.request(step.method, step.path, step.query, body, step.answer, retry=False))
        return self._created(answer) if step.answer == resource.name else {}

    def _created(self, answer: Values) -> Values:
        """The resource in the response to a create request, unless it is another one. Another spelling is not another resource."""
        resource, existing = self.resource, self.finder.read(answer)
        for name, value in resource.identity_of(self.wanted).items():
            same = existing[name] is None or resource.field(name).type.matches(value, existing[name])
            if not same and str(existing[name]).lower() != str(value).lower():
                said = (resource.text(self.wanted), resource.text(existing))
                raise malformed({}, "the %s that was to be created: it contains the %s" % said)
        return existing

    def _look_up(self) -> Values | None:
        if self.resource.identity:
            return self.finder.find_by_identity(self.wanted)
        carried = {name: value for name, value in self.wanted.items() if self.resource.field(name).created}
        return self.finder.find_another(carried, self.executor.siblings)

    def _without_duplicate(self, existing: Values) -> Plan:
        """The plan for a new resource, or for the one of another client that replaces it."""
        from .duplicates import resolve

        kept, notes = resolve(self.finder, existing)
        if kept is None:
            return self.planned._replace(after=existing, warnings=notes)
        plan = self.executor.plan(self.wanted, kept)
        try:
            self.executor.guard(plan)
            outcome = self.executor.act(plan)
        except KatapultError as error:
            raise self.executor.partial(error, kept) from None
        return outcome._replace(steps=(self.step, *outcome.steps), warnings=notes, found_by_lookup=True)

    def _appeared(self, answer: Values, existing: Values) -> Values:
        """The new resource as soon as it can be found, if background work shows that it exists.

        The lock is held until then: otherwise, another task would create it again.
        """
        showing = next((work for work in self.step.waits if work.shows), None)
        if showing is None:
            return existing
        started = answer[showing.of]["id"]
        self.executor.remember(started)
        return self._await_appearance(self._shown_by(showing, answer[showing.of]), showing, started)

    def _await_work(self, answer: Values, existing: Values) -> Values:
        """The new resource, after the background work of its creation."""
        executor, name = self.executor, self.resource.name
        executor.await_work(self.step.waits, {**answer, **({name: existing} if existing else {})}, self.what)
        if not existing:
            return self._await_appearance(self._look_up)
        return self.finder.read_again(existing["id"]) if executor.wait is not None and self.step.waits else existing

    def _await_itself(self, existing: Values) -> Values:
        """A new resource, after the background work that it shows itself."""
        itself = [work for work in self.step.waits if work.of == self.resource.name]
        if not itself or self.executor.wait is None:
            return existing
        self.executor.await_work(itself, {self.resource.name: existing}, self.what)
        return self.finder.read_again(existing["id"])

    def _shown_by(self, work: Wait, target: Values) -> LookUp:
        """How the resource is looked up as soon as its background work shows that it exists."""
        from .waiter import look_up_shown  # only if something is waited for: a module compiles its imports

        return lambda: look_up_shown(self.finder, work, target, self._look_up, self.what)

    def _await_appearance(self, look_up: LookUp, work: Wait | None = None, started: str = "") -> Values:
        said = "The %s was created, but the API does not return it yet." % self.resource.text(self.wanted)
        if work:
            said = "The API accepted the request to create the %s, but does not return it yet. The request started the %s %s."
            said = said % (self.resource.text(self.wanted), work.of.replace("_", " "), started)
        failure = KatapultError(said, ErrorDetails("creation_not_visible"))
        client, within = self.finder.client, self.resource.visible_within
        try:
            return wait_until_visible(client, look_up, failure, self.what, within, False, patient=work is not None)
        except WorkFailed:
            raise
        except KatapultError as error:
            error.unfinished = work is not None
            raise

    def _left_behind(self) -> Values:
        """What exists of a resource whose creation has failed, if anything."""
        try:
            return self._look_up() or {}
        except KatapultError:
            return {}

    def _as_it_is(self, created: Values) -> Values | None:
        """A resource that this task has created, as it is now: background work may have changed it."""
        if not created or not self.resource.ready:
            return created or None
        try:
            return self.finder.read_again(created["id"])
        except KatapultError:
            return created

    def _may_be_taken(self, error: KatapultError) -> bool:
        """Whether an error may be about the identity of the resource."""
        reasons = error.details.detail.get("errors") or []
        return not reasons or any(name in str(reasons).lower() for name in self.resource.identity)

    def _explained(self, error: KatapultError) -> KatapultError:
        """The error of the create request, with what is known about its cause."""
        resource = self.resource
        self.executor.with_version(error)
        if error.details.http_status == 422 and self.step.hint and self._may_be_taken(error):
            error.with_note(self.step.hint)
        if error.details.code == "resource_creation_restricted" and resource.of_organization:
            from .policy import restrictions  # only after this error: a module compiles its imports

            error.with_note(restrictions(self.finder.client, self.finder.parent))
        # The children of its parent are already read. An organization is not read.
        seen = resource.child_of.name if resource.child_of and self.executor.parent_seen else None
        return with_deletion_note(error, seen) if seen else error


def with_deletion_note(error: KatapultError, seen: str) -> KatapultError:
    """Explain the error of a write if the API does not find a resource that the task has read before, of this kind."""
    if error.is_not_found(seen):
        error.with_note("It existed when the task began, so another client has deleted it in the meantime.")
    return error
