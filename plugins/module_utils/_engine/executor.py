# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the requests of a plan, and update the plan with the responses of the API."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, malformed
from .._schema import fields as schema
from .._schema.fields import Values, Wait
from . import planner
from .create_once import create_once, wait_until_visible
from .finder import Finder
from .planner import Plan, Step


class Executor(t.NamedTuple):
    """Carries out plans for resources of one kind."""

    finder: Finder  # finds them again
    wait: float | None = None  # seconds to wait for background work after a response; None to not wait
    guard: t.Callable[[Plan], None] = lambda plan: None  # checks a new plan before it is executed
    release: t.Callable[[], None] = lambda: None  # releases the lock, before background work is waited for
    parent_seen: bool = True  # whether the parent existed when the task began
    siblings: t.Collection[str] = ()  # the IDs of all that existed before, for a kind without an identity

    def act(self, plan: Plan) -> Plan:
        """Execute a plan. An error contains the changes that were made before it."""
        if not plan.steps:
            return plan
        if plan.before is None:
            return self._create(plan.steps[0], dict(plan.wanted))
        if plan.after is None:
            return self._delete(plan, plan.steps[0])
        current = plan.before
        for step in plan.steps:
            try:
                current = self._change(step, current)
            except KatapultError as error:
                raise error if current is plan.before else self._partial(error, current)
        return plan._replace(after=current)

    def _create(self, step: Step, wanted: Values) -> Plan:
        finder, resource = self.finder, self.finder.resource
        body, answer = dict(step.body or {}), t.cast(Values, {})
        if resource.parent is not None:  # the identifier may have been determined only after planning
            body[resource.parent.name] = dict(finder.parent or {})

        def create() -> Values:
            answer.update(finder.client.request(step.method, step.path, step.query, body, step.answer, retry=False))
            return self._created(wanted, answer) if step.answer == resource.name else {}

        def look_up() -> Values | None:
            if resource.identity:
                return finder.find_by_identity(wanted)
            carried = {name: value for name, value in wanted.items() if resource.field(name).created}
            return finder.find_another(carried, self.siblings)

        what = "the %s" % resource.text(wanted)
        try:
            created = create_once(finder.client, create, look_up, what, resource.visible_within)
        except KatapultError as error:
            # The children of its parent are already read. An organization is not read.
            seen = resource.child_of.name if resource.child_of and self.parent_seen else None
            self._with_version(error)
            raise _with_deletion_note(error, seen) if seen else error
        existing, ours = created.existing, created.created_by_us
        is_whole = all(field.created or field.name not in wanted for field in resource.fields)
        if resource.removes_duplicates and created.confirmed and existing:
            from .duplicates import resolve

            kept, notes = resolve(finder, existing)
            if kept is not None:
                plan = planner.plan(resource, "present", wanted, kept, finder.parent)
                try:
                    self.guard(plan)
                    outcome = self.act(plan)
                except KatapultError as error:
                    raise self._partial(error, kept) from None
                return outcome._replace(steps=(step, *outcome.steps), warnings=notes, found_by_lookup=True)
            return Plan(None, existing, (step,), wanted, notes)
        if existing and created.confirmed and not step.waits and is_whole:
            return Plan(None, existing, (step,), wanted)
        # The new resource does not match the desired state yet, or is not from the response to this request.
        try:
            itself = [work for work in step.waits if work.of == resource.name]
            if created.confirmed and (step.waits or not existing):
                self._wait(step.waits, answer)
                said = "The %s was created, but the API does not return it yet." % resource.text(wanted)
                failure = KatapultError(said, ErrorDetails("creation_not_visible"))
                existing = wait_until_visible(
                    finder.client, look_up, failure, what, resource.visible_within, use_retry_budget=False
                )
            elif itself:  # the lost response would have contained the background work
                self._wait(itself, {resource.name: {"id": existing["id"]}})
                existing = finder.read_again(existing["id"])
            plan = planner.plan(resource, "present", wanted, existing, finder.parent)
            if not created.confirmed:  # it may be another resource
                self.guard(plan)
            outcome = self.act(plan)
            after = t.cast(Values, outcome.after)
            if ours:  # in the format of the response to a create request
                after = finder.with_fields([field.name for field in resource.fields if not field.secret], after)
        except KatapultError as error:
            raise self._partial(error, self._as_it_is(existing) if ours else None) if ours else error
        if not ours:
            return outcome._replace(found_by_lookup=True)
        return Plan(None, after, (step, *outcome.steps), wanted, found_by_lookup=not created.confirmed)

    def _as_it_is(self, created: Values) -> Values | None:
        """A resource that this task has created, as it is now: background work may have changed it."""
        if not created or not self.finder.resource.ready:
            return created or None
        try:
            return self.finder.read_again(created["id"])
        except KatapultError:
            return created

    def _created(self, wanted: Values, answer: Values) -> Values:
        """The resource in the response to a create request, unless it is another one. Another spelling is not another resource."""
        resource = self.finder.resource
        existing = self.finder.read(answer)
        for name, value in resource.identity_of(wanted).items():
            same = existing[name] is None or resource.field(name).type.matches(value, existing[name])
            if not same and str(existing[name]).lower() != str(value).lower():
                said = (resource.text(wanted), resource.text(existing))
                raise malformed({}, "the %s that was to be created: it contains the %s" % said)
        return existing

    def _change(self, step: Step, before: Values) -> Values:
        itself = step.answer == self.finder.resource.name
        try:
            answer = self._send(step, before["id"] if itself else None)
        except KatapultError as error:
            if step.again and error.may_have_taken_effect:
                error.with_note(step.again)
            if step.method == "POST" and error.may_have_taken_effect and self._shows_itself(step):
                return self._found_out(step, error, before)
            if error.details.http_status == 422:
                raise self._with_current(error, before) from None
            raise _with_deletion_note(error, self.finder.resource.name) from None
        try:
            if itself and not step.waits:
                return self.finder.read(answer)
            self._wait(step.waits, answer, before)
            return self.finder.read_again(before["id"])
        except KatapultError as error:
            if step.again:
                error.with_note(step.again)
            raise self._partial(error, before) from None

    def _shows_itself(self, step: Step) -> bool:
        """Whether the resource shows that an operation was executed, so that a lost response can be waited for."""
        return self.wait is not None and any(work.moves for work in step.waits if work.of == self.finder.resource.name)

    def _found_out(self, step: Step, error: KatapultError, before: Values) -> Values:
        """The resource after an operation whose response was lost. The request is not sent again."""
        name = self.finder.resource.name
        self.finder.client.renew_connection()
        try:
            self._wait([work for work in step.waits if work.of == name], {name: before}, before)
            return self.finder.read_again(before["id"])
        except KatapultError as failure:
            raise error.with_note("It shows no effect so far: %s" % failure) from None

    def _with_current(self, error: KatapultError, before: Values) -> KatapultError:
        """Add the current resource to the error of a change: the API may have executed a part of a request that it rejects."""
        resource = self.finder.resource
        try:
            now = self.finder.read_again(before["id"])
        except KatapultError as failure:
            return error.with_note("Whether something was changed is not known: %s" % failure)
        known = {name: value for name, value in now.items() if name in before}
        changed = schema.diff_view(resource.fields, known) != schema.diff_view(resource.fields, before)
        if changed:
            error.with_note("The API nevertheless executed a part of the request. Running the task again is safe.")
        return error.with_partial_result(changed, **{resource.name: now})

    def _delete(self, plan: Plan, step: Step) -> Plan:
        """Without its step if the resource had already been deleted."""
        name, before = self.finder.resource.name, t.cast(Values, plan.before)
        try:
            answer = self._send(step, before["id"] if step.answer == name else None)
        except KatapultError as error:
            if not error.is_not_found(name):
                if error.details.code == "scope_not_granted" and step.scope_hint:
                    error.with_note(step.scope_hint)
                raise
            # Another client may have been faster; in that case, this task changed nothing.
            return plan if error.may_have_taken_effect else plan._replace(steps=())
        try:
            self._wait(step.waits, answer)
        except KatapultError as error:
            raise self._partial(error, before) from None
        return plan

    def _send(self, step: Step, identifier: str | None) -> Values:
        request = (step.method, step.path, step.query, step.body, step.answer, identifier)
        try:
            return self.finder.client.request(*request, idempotent=step.method != "POST")
        except KatapultError as error:
            raise self._with_version(error)

    def _with_version(self, error: KatapultError) -> KatapultError:
        """Explain the error of a write that an old API does not know."""
        since = self.finder.resource.since
        if since and error.details.code == "route_not_found":
            said = "Writing a %s requires version %s of the Katapult Core API; the API at api_url may be older."
            error.with_note(said % (self.finder.resource.noun, since))
        return error

    def _wait(self, waits: t.Sequence[Wait], answer: Values, before: Values | None = None) -> None:
        if self.wait is not None and waits:
            from .waiter import wait

            self.release()
            known = before or t.cast(Values, answer.get(self.finder.resource.name) or {})
            what = "the %s" % self.finder.resource.text(known)
            wait(self.finder.client, waits, answer, self.wait, what, before)

    def _partial(self, error: KatapultError, known: Values | None) -> KatapultError:
        """Add the changes so far to an error, unless it already contains more detailed information."""
        return error.with_partial_result(**(error.partial_result or {self.finder.resource.name: known}))


def _with_deletion_note(error: KatapultError, seen: str) -> KatapultError:
    """Explain the error of a write if the API does not find a resource that the task has read before, of this kind."""
    if error.is_not_found(seen):
        error.with_note("It existed when the task began, so another client has deleted it in the meantime.")
    return error
