# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the requests of a plan, and update the plan with the responses of the API."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError
from .._schema import fields as schema
from .._schema.fields import PROPERTIES, Values, Wait
from . import planner
from .creator import Creator, with_deletion_note
from .finder import Finder
from .planner import Plan, Step

BUSY = "task_queueing_error"  # background work of the resource has not ended yet
_BUSY_PAUSE = 3.0  # seconds
STAYED_BUSY = "The %s stayed busy until the task stopped waiting. Running the task again is safe."


class Executor(t.NamedTuple):
    """Carries out plans for resources of one kind."""

    finder: Finder  # finds them again
    wait: float | None = None  # seconds to wait for background work after a response; None to not wait
    guard: t.Callable[[Plan], None] = lambda plan: None  # checks a new plan before it is executed
    release: t.Callable[[], None] = lambda: None  # releases the lock, before background work is waited for
    remember: t.Callable[[str], None] = lambda started: (
        None
    )  # records in the lock what this task has started, by its ID
    parent_seen: bool = True  # whether the parent existed when the task began
    siblings: t.Collection[str] = ()  # the IDs of all that existed before, for a kind without an identity
    patience: float = 600.0  # seconds to wait for what the next request requires, and for a resource that is busy
    # the plan for a resource that was created or found meanwhile, by (resource); None for one that sets only the fields
    replan: t.Callable[[Values], Plan] | None = None

    def act(self, plan: Plan) -> Plan:
        """Execute a plan. An error contains the changes that were made before it."""
        if not plan.steps:
            return plan
        if plan.after is None:
            return self._remove(plan)
        if plan.before is None:
            return Creator(self, plan).run()
        current, done = plan.before, t.cast(t.List[Step], [])
        for step in plan.steps:
            try:
                current, sent = self._execute(step, current, plan)
            except KatapultError as error:
                self._with_interruption(error, [*done, step], plan)
                raise self.partial(error, current) if done else error
            done += [step] if sent else []
        is_pending = self.wait is None and any(step.reaches for step in plan.steps)
        return plan._replace(after=current, steps=tuple(done), expected=plan.after if is_pending else None)

    def _execute(self, step: Step, current: Values, plan: Plan) -> tuple[Values, bool]:
        """Carry out one step; the resource afterwards, and whether this task changed something."""
        last = step is plan.steps[-1]
        if step.once:
            from .allocation import carry_out  # only for such a request: a module compiles its imports

            return carry_out(self, step, current)
        if step.reaches is not None:
            from .reach import reach  # see above

            return reach(self, step, current, last)
        changed = self._change(step, current, last)
        sent = {*(step.body or {}), *(step.body or {}).get(PROPERTIES, {})}
        wanted = {name: value for name, value in plan.wanted.items() if name in sent}
        if step.method == "PATCH" and schema.differing(self.finder.resource.fields, wanted, changed):
            changed = self._confirmed(changed)
        return changed, True

    def _confirmed(self, shown: Values) -> Values:
        """A resource whose change the response does not show: a response may be outdated."""
        if not self.finder.resource.can_get:
            return shown
        try:
            return self.finder.read_again(shown["id"])
        except KatapultError:
            return shown

    def _with_interruption(self, error: KatapultError, tried: t.Sequence[Step], plan: Plan) -> None:
        """Explain an error after which a resource that was to be restarted may not run."""
        power = self.finder.resource.power
        if power is None or (plan.steps[-1].reaches or {}).get(power.field) != power.on:
            return
        (*done, failed) = tried
        stops = [step for step in done if (step.reaches or {}).get(power.field) == power.off]
        may_be_off = (failed.reaches or {}).get(power.field) == power.off and (
            error.changed or error.may_have_taken_effect
        )
        if stops or may_be_off:
            said = "The %s may be stopped now. With state: %s, the next run starts it."
            error.with_note(said % (self.finder.resource.noun, power.on))

    def plan(self, wanted: Values, found: Values) -> Plan:
        """The plan for a resource that was created or found meanwhile."""
        if self.replan is not None:
            return self.replan(found)
        return planner.plan(self.finder.resource, "present", wanted, found, self.finder.parent)

    def _change(self, step: Step, before: Values, last: bool) -> Values:
        itself = step.answer == self.finder.resource.name
        try:
            answer = self.send(step, before["id"] if itself else None)
        except KatapultError as error:
            if step.again and error.may_have_taken_effect:
                error.with_note(step.again)
            if step.method == "POST" and error.may_have_taken_effect and self._shows_itself(step):
                return self._found_out(step, error, before)
            if error.details.http_status == 422:
                error = error.with_note(step.hint) if step.hint else error
                raise self._with_current(error, before) from None
            raise with_deletion_note(error, self.finder.resource.name) from None
        try:
            if itself and not step.waits:
                kept = {
                    name: before[name] for name in self.finder.resource.beside if name not in answer and name in before
                }
                return {**self.finder.read(answer), **kept}
            self.await_work(step.waits, answer, before=before, last=last)
            return self.finder.read_again(before["id"])
        except KatapultError as error:
            if step.again:
                error.with_note(step.again)
            raise self.partial(error, before) from None

    def _shows_itself(self, step: Step) -> bool:
        """Whether the resource shows that an operation was executed, so that a lost response can be waited for."""
        return self.wait is not None and any(work.moves for work in step.waits if work.of == self.finder.resource.name)

    def _found_out(self, step: Step, error: KatapultError, before: Values) -> Values:
        """The resource after an operation whose response was lost. The request is not sent again."""
        name = self.finder.resource.name
        self.finder.client.renew_connection()
        try:
            self.await_work([work for work in step.waits if work.of == name], {name: before}, before=before)
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

    def _remove(self, plan: Plan) -> Plan:
        if self.finder.resource.allocation:
            from .allocation import remove  # only for a kind with an allocation: a module compiles its imports

            return remove(self, plan)
        if self.finder.resource.trash is None:
            return self._delete(plan, plan.steps[0])
        from .trash import Removal  # only for a kind with a trash: a module compiles its imports

        return Removal(self, plan).run()

    def _delete(self, plan: Plan, step: Step) -> Plan:
        """Without its step if the resource had already been deleted."""
        name, before = self.finder.resource.name, t.cast(Values, plan.before)
        try:
            answer = self.send(step, before["id"] if step.answer == name else None)
        except KatapultError as error:
            if not error.is_not_found(name):
                if error.details.code == "scope_not_granted" and step.scope_hint:
                    error.with_note(step.scope_hint)
                raise
            # Another client may have been faster; in that case, this task changed nothing.
            return plan if error.may_have_taken_effect else plan._replace(steps=())
        try:
            self.await_work(step.waits, answer)
        except KatapultError as error:
            raise self.partial(error, before) from None
        return plan

    def send(self, step: Step, identifier: str | None, is_done: t.Callable[[], bool] = lambda: False) -> Values:
        """Send a request, also again while the resource is busy: this error means that it had no effect.

        :param is_done: whether the effect has occurred meanwhile, so that it is not sent again; then, the response is empty.
        """
        deadline = self.finder.client.budget.clock.monotonic() + self.patience
        may_have_taken_effect = False
        while True:
            try:
                return self.send_once(step, identifier, idempotent=step.method != "POST")
            except KatapultError as error:
                may_have_taken_effect = error.may_have_taken_effect = (
                    error.may_have_taken_effect or may_have_taken_effect
                )
                if error.details.code != BUSY:
                    raise
                if not self.pause_while_busy(error, deadline):
                    raise error.with_note(STAYED_BUSY % self.finder.resource.noun)
            if is_done():
                return {}

    def send_once(self, step: Step, identifier: str | None, idempotent: bool) -> Values:
        request = (step.method, step.path, step.query, step.body, step.answer, identifier)
        try:
            return self.finder.client.request(*request, idempotent=idempotent)
        except KatapultError as error:
            raise self.with_version(error)

    def pause_while_busy(self, error: KatapultError, deadline: float, what: str = "") -> bool:
        """Wait before the next attempt; whether there was time left.

        :param what: the resource, for messages; empty if it is not known.
        """
        client = self.finder.client
        left = deadline - client.budget.clock.monotonic()
        if left <= 0:
            return False
        client.report_wait("the %s, which is busy" % (what or self.finder.resource.noun), _BUSY_PAUSE * 2, left)
        client.budget.clock.sleep(min(_BUSY_PAUSE + client.budget.clock.jitter(), left))
        client.stop_if_abandoned(error.may_have_taken_effect)
        return True

    def with_version(self, error: KatapultError) -> KatapultError:
        """Explain the error of a write that an old API does not know."""
        since = self.finder.resource.since
        if since and error.details.code == "route_not_found":
            said = "Writing %s requires version %s of the Katapult Core API; the API at api_url may be older."
            error.with_note(said % (self.finder.resource.with_article, since))
        return error

    def await_work(
        self,
        waits: t.Sequence[Wait],
        answer: Values,
        what: str | None = None,
        before: Values | None = None,
        last: bool = True,
        seconds: float | None = None,
    ) -> None:
        """Wait for the background work of a response, if the task waits, or if the next request requires it.

        :param what: the resource, for messages; None for the one in the response.
        :param before: the resource before the request, if it existed.
        :param last: whether no other request follows.
        """
        limit = seconds or (self.wait if last else self.patience)
        if limit is None or not waits:
            return
        from .waiter import wait  # only if something is waited for: a module compiles its imports

        if last:
            self.release()
        known = before or t.cast(Values, answer.get(self.finder.resource.name) or {})
        wait(self.finder.client, waits, answer, limit, what or "the %s" % self.finder.resource.text(known), before)

    def settle(self, found: Values) -> Values:
        """A resource that was found, as it is after the background work of its creation, if the task waits for that."""
        work = self.finder.resource.ready
        if work is None or self.wait is None:
            return found
        from .waiter import wait_for_existing  # only if something is waited for: a module compiles its imports

        waited = wait_for_existing(self.finder, work, found, self.wait, self.release)
        return self.finder.read_again(found["id"]) if waited else found

    def partial(self, error: KatapultError, known: Values | None) -> KatapultError:
        """Add the changes so far to an error, unless it already contains more detailed information."""
        return error.with_partial_result(**(error.partial_result or {self.finder.resource.name: known}))
