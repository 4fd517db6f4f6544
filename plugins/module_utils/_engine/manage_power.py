# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of a module that manages a kind which is started and stopped, built in the background, and moved to the trash."""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, TaskRefused, WorkFailed
from .._schema import fields as schema
from .._schema.fields import Values
from .._schema.types import without_none
from . import power
from .desired import Wanted
from .finder import Finder
from .manage import Manager
from .names import Names
from .outcome import Planned
from .planner import Plan
from .resource import Power

if t.TYPE_CHECKING:
    from .lock import Held

_IN_TRASH = "object_in_trash"
_TRASH_UNKNOWN = (
    "It is not known whether the %s is in the trash, because the API token may not read the organization (scope"
    " organizations:read). Nothing was purged."
)


class PowerManager(Manager):
    """Manages one kind of resource, and whether its resources run."""

    def _look(
        self, finder: Finder, given: Wanted, names: Names, with_diff: bool, release: t.Callable[[], None] = lambda: None
    ) -> Planned:
        if self.resource.trash and given.state == "absent":
            return self._look_for_removal(finder, given, release)
        return super()._look(finder, given, names, with_diff, release)

    def _find(
        self, finder: Finder, wanted: Wanted, release: t.Callable[[], None]
    ) -> tuple[Values | None, tuple[str, ...]]:
        """The resource, after the background work of its creation. One that is only to be started may be started before that."""
        kind = t.cast(Power, self.resource.power)
        try:
            found, notes = super()._find(finder, wanted, release)
        except KatapultError as error:
            if error.details.code != _IN_TRASH or self.resource.trash is None:
                raise
            from .trash import refused  # only for a resource in the trash: a module compiles its imports

            raise refused(self.resource, {**wanted.fields, **without_none({"id": wanted.id})}, error) from None
        if found is None or wanted.state == "absent":
            return found, notes
        resizes = schema.differing((self.resource.field(kind.sized_by),), wanted.fields, found)
        if resizes:  # this requires a resource that is complete, even if the task does not wait for its own requests
            wanted = wanted._replace(wait=wanted.wait or wanted.patience)
        if finder.client.read_only:
            return self._predicted(finder, wanted, found), notes
        if resizes:
            found = power.await_stop(finder, found, t.cast(float, wanted.wait), release)
        elif wanted.power.state == kind.on and found.get(kind.field) == kind.off:
            return found, notes
        return self._settled(finder, wanted, found, release), notes

    def _predicted(self, finder: Finder, wanted: Wanted, found: Values) -> Values:
        """A resource as a task would find it that waits until it is created: it then runs."""
        kind = t.cast(Power, self.resource.power)
        waits = wanted.wait is not None or wanted.power.state == kind.on
        is_created = waits and power.is_new(self.resource, found, finder.client.now())
        if is_created and found[kind.field] not in kind.turning_off and not self._was_complete(finder, found):
            return {**found, kind.field: kind.on}
        return self._settled(finder, wanted, found)

    def _settled(
        self, finder: Finder, wanted: Wanted, found: Values, release: t.Callable[[], None] = lambda: None
    ) -> Values:
        """A resource after the background work of its creation. One that this user has stopped on this machine is complete."""
        kind = t.cast(Power, self.resource.power)
        if found.get(kind.field) == kind.off and self._was_complete(finder, found):
            return found
        return super()._settled(finder, wanted, found, release)

    def _was_complete(self, finder: Finder, found: Values) -> bool:
        if not power.is_new(self.resource, found, finder.client.now()) or not finder.client.api_url:
            return False
        from .lock import Locking  # only for a new resource: a module compiles its imports

        return Locking(finder.client.api_url, finder.client.budget.clock).is_marked(self._mark(found))

    def _mark(self, found: Values) -> str:
        return "complete %s id=%s" % (self.resource.name, found["id"])

    def _act(self, finder: Finder, planned: Planned, held: Held) -> Planned:
        acted = super()._act(finder, planned, held)
        kind, after = t.cast(Power, self.resource.power), acted.plan.after
        complete = after is not None and after.get(kind.field) == kind.off and planned.wanted.wait is not None
        if after and complete and finder.client.api_url and power.is_new(self.resource, after, finder.client.now()):
            from .lock import Locking  # see above

            Locking(finder.client.api_url, finder.client.budget.clock).mark(self._mark(after))
        return acted

    def _plan(self, finder: Finder, wanted: Wanted, found: Values | None, names: Names) -> Plan:
        """The plan, with the requests that start or stop the resource."""
        if found is None and wanted.state != "absent":
            return self._plan_creation(finder, wanted, names)
        plan = super()._plan(finder, wanted, found, names)
        if found is None or wanted.state == "absent":
            return plan
        is_new = power.is_new(self.resource, found, finder.client.now()) and not self._was_complete(finder, found)
        if wanted.wait is None and is_new:
            return power.without_power(self.resource, plan, wanted.power)
        return power.with_power(self.resource, plan, wanted.power)

    def _plan_creation(self, finder: Finder, wanted: Wanted, names: Names) -> Plan:
        """The plan for a new resource, with the values that must be read before, and the state that it will have."""
        from .initial import with_initial_values  # only before a creation: a module compiles its imports

        kind, resource = t.cast(Power, self.resource.power), self.resource
        fields = with_initial_values(finder.client, resource.fields, {**wanted.defaults, **wanted.fields})
        plan = super()._plan(finder, wanted._replace(fields=fields), None, names)
        stays_on = wanted.wait is None and wanted.power.state == kind.off
        state = kind.on if stays_on else power.predicted(kind, wanted.power)
        after = {**t.cast(Values, plan.after), kind.field: state}
        if resource.qualified:
            after[resource.qualified[0]] = finder.qualified(t.cast(str, fields[resource.identity[0]]))
        unknown = [field.option_path for field in resource.fields if field.initial_read and field.name not in fields]
        if unknown:
            said = "The default of %s cannot be determined, so it is required to create the %s. Nothing was created."
            raise TaskRefused(said % (" and ".join(unknown), resource.text(wanted.fields)), "missing_for_creation")
        notes = (*plan.warnings, *power.unwatched(finder.client, resource))
        if stays_on:
            notes = (*notes, power.not_stopped(resource, wanted.fields))
        return plan._replace(after=after, warnings=notes, wanted=wanted.fields)

    def _replan(self, finder: Finder, wanted: Wanted) -> t.Callable[[Values], Plan]:
        names = Names(finder.client, self.refers_to, wanted.organization)
        return lambda found: self._plan(finder, wanted, found, names)

    def _wait_until_ready(self, finder: Finder, planned: Planned) -> Planned:
        return planned  # it was waited for when it was found

    def _await_rest(self, finder: Finder, planned: Planned) -> Planned:
        """Wait for a resource that was already being started or stopped."""
        wanted, plan = planned.wanted, planned.plan
        if wanted.wait is None or plan.after is None or finder.client.read_only:
            return planned
        try:
            now = power.await_state(finder, plan.after, wanted.power, wanted.wait)
        except KatapultError as error:
            raise error.with_partial_result(bool(plan.steps), **{self.resource.name: plan.after}) from None
        return planned if now is None else planned._replace(plan=plan._replace(after=now))

    def _explained(self, error: KatapultError, planned: Planned, names: Names) -> KatapultError:
        """The error of a write, with the trash object of a resource that another client has deleted in the meantime."""
        if error.details.code == _IN_TRASH and self.resource.trash:
            from . import trash  # only for a resource in the trash: a module compiles its imports

            shown = trash.where(error)
            if shown:
                error.with_note(shown)
        return super()._explained(error, planned, names)

    def _after_creations(
        self, finder: Finder, planned: Planned, read_at: int, look: t.Callable[[t.Callable[[], None]], Planned]
    ) -> Planned:
        """Look again after other tasks of this user that create the resource, and after the creation of an interrupted one."""
        resource, wanted, plan = self.resource, planned.wanted, planned.plan
        is_gone = wanted.state == "absent" and plan.before is None and not planned.has_steps
        trashed = resource.trash is not None and plan.more.get("trash_object") is not None
        if not is_gone or trashed or not resource.appears_late or not resource.identity_of(wanted.fields):
            return planned
        if finder.client.read_only or not finder.client.api_url:
            return planned
        with self._hold(finder.client, self._lock_names(wanted, plan), wanted.fields) as held:
            if held.is_current(read_at):
                return planned
            self._before_another_look(finder, planned, held)
            return look(held.release)

    def _before_another_look(self, finder: Finder, planned: Planned, held: Held) -> None:
        """Wait for the resource that an interrupted task may have created, if it does not appear at once."""
        resource, plan, before = self.resource, planned.plan, held.interruption
        fields = dict(plan.wanted if plan.after else planned.wanted.fields)
        if before is None or not resource.appears_late or plan.before is not None:
            return
        from .create_once import wait_until_visible  # only if something is waited for: a module compiles its imports
        from .waiter import is_readable, look_up_shown, wait

        (work, *_others) = [one for one in resource.create_call.waits if one.shows]
        what = "the %s, which an interrupted task may have created," % resource.text(fields)
        said = "An interrupted task started to create the %s (%s %s), but it does not appear."
        text = said % (resource.text(fields), work.of.replace("_", " "), before.started or "with an unknown ID")
        late = KatapultError(text, ErrorDetails("creation_not_visible"))

        def look_up() -> Values | None:
            return finder.find_by_identity(fields)

        def look_up_started() -> Values | None:
            return look_up_shown(finder, work, {"id": before.started}, look_up, what)

        known = bool(before.started) and is_readable(finder.client, work, before.started)
        seconds = (
            max(resource.visible_within, planned.wanted.wait or 0)
            if known
            else resource.visible_within - before.seconds
        )
        try:
            look = look_up_started if known else look_up
            found = wait_until_visible(finder.client, look, late, what, seconds, False, patient=True)
            if known and plan.after and planned.wanted.wait is not None:
                held.release()
                target = {work.of: {"id": before.started}, resource.name: found}
                wait(finder.client, resource.create_call.waits, target, planned.wanted.wait, what)
        except WorkFailed:
            return  # nothing will appear, or the resource shows it
        except KatapultError as error:
            if error is not late or known:
                error.unfinished = True
                raise

    def _is_searched_in_list(self, finder: Finder, wanted: Wanted) -> bool:
        """Whether a resource was looked up in a list, which omits those in the trash, because its key is not known."""
        name = t.cast(str, self.resource.lookup_key)
        return (
            wanted.id is None and self.resource.qualified is not None and finder.qualified(wanted.fields[name]) is None
        )

    def _complete_or_broken(
        self, finder: Finder, wanted: Wanted, found: Values, release: t.Callable[[], None]
    ) -> Values:
        """A resource that is to be deleted, after the background work of its creation: a deletion before may have any effect."""
        kind = t.cast(Power, self.resource.power)
        if found.get(kind.field) in kind.broken:
            return found
        try:
            return self._settled(finder, wanted, found, release)
        except WorkFailed:
            return finder.read_again(found["id"])

    def _odd_id(self, identifier: str) -> tuple[str, ...]:
        """The warning about an ID that does not look like one: a name would be mistaken for a resource that is deleted already."""
        prefix = self.resource.id_prefix
        if prefix is None or identifier.startswith(prefix):
            return ()
        said = 'There is no %s with the id "%s". IDs begin with "%s"; for a %s, use %s.'
        option = self.resource.options(self.resource.identity)
        return (said % (self.resource.noun, identifier, prefix, self.resource.identity[0], option),)

    def _look_for_removal(self, finder: Finder, wanted: Wanted, release: t.Callable[[], None]) -> Planned:
        """Plan the deletion of a resource that is moved to the trash, and may already be there."""
        from . import trash  # only for a deletion: a module compiles its imports

        found, shown = None, None
        try:
            found = finder.find(wanted.state, wanted.id, wanted.fields)
            if found:
                found = self._complete_or_broken(finder, wanted, found, release)
        except KatapultError as error:  # also if another client deletes it while it is waited for
            if error.details.code != _IN_TRASH and not error.is_not_found(self.resource.missing):
                raise
            if error.details.code == _IN_TRASH:
                shown = trash.shown_in(error, wanted.id or (found["id"] if found else None))
                if wanted.trash.purge and not (shown["id"] or shown["object_id"]):
                    raise trash.refused(self.resource, wanted.fields, error) from None
            found = None
        if shown and wanted.trash.purge and wanted.id is not None:
            trash.check_owner(finder, wanted.id, self.resource.identity_of(wanted.fields))
        plan = trash.plan(self.resource, found, shown, wanted.trash)
        if found:
            trash.check_release(finder.client, self.resource, found, wanted.trash)
        if found is None and shown is None and wanted.trash.purge and self._is_searched_in_list(finder, wanted):
            plan = plan._replace(warnings=(*plan.warnings, _TRASH_UNKNOWN % self.resource.noun))
        if found is None and shown is None and wanted.id is not None:
            plan = plan._replace(warnings=(*plan.warnings, *self._odd_id(wanted.id)))
        self._guard(finder, wanted, found, [plan])
        return Planned(wanted, plan)
