# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delete resources that are moved to the trash: stop, delete, purge, and release what they used."""

from __future__ import annotations

import time
import typing as t

from .._errors import KatapultError, TaskRefused
from .._http.client import Client
from .._schema.fields import Values, strings
from . import planner
from .delete_once import delete_once
from .diff import entry
from .executor import Executor
from .finder import Finder
from .lifecycle import TrashOptions
from .planner import Plan, Step
from .power import cut
from .reach import reach
from .resource import Power, Release, Resource, Trash

IN_TRASH = "object_in_trash"
_MEMBERS = ("id", "keep_until", "object_id", "object_type")
_KEY = "trash_object"  # in requests, responses and results
_FIELDS = strings(*_MEMBERS)
_UNREADABLE = "The API token may not read trash objects (scope trash_objects:read), so it is not known whether the purge has ended."
_STOPPED = "The %s was stopped. If it still exists, state: %s starts it again."
_PENDING = (
    "Not released: the %s %s. Another run does not release what belonged to a deleted resource: use katapult.cloud.%s."
)
_NOT_RELEASED = "release_%s has no effect on a %s that is already in the trash."


# Planning


def is_in_trash(error: KatapultError) -> bool:
    """Whether the API reports that the resource of a request is in the trash: its status has other meanings, too."""
    return error.details.code == IN_TRASH


def trash_object(shown: t.Any) -> Values:
    """A trash object in a response; its members are None if it is not shown."""
    given = shown if isinstance(shown, dict) else {}
    return {name: given.get(name) for name in _MEMBERS}


def shown_in(error: KatapultError, identifier: str | None) -> Values:
    """The trash object in an error.

    :param identifier: the ID with which the resource was looked up, if any.
    """
    shown = trash_object(error.details.detail.get(_KEY))
    return {**shown, "object_id": shown["object_id"] or identifier}


def refused(resource: Resource, what: Values, error: KatapultError) -> TaskRefused:
    """The error for a task that needs a resource which is in the trash, or what such a resource still has.

    :param what: the fields that the task sets, with C(id) if it sets that.
    """
    trash = t.cast(Trash, resource.trash)
    shown = trash_object(error.details.detail.get(_KEY))
    until, identifier = shown["keep_until"], shown["object_id"]
    known = "the trash object %s" % shown["id"] if shown["id"] else "its trash object is not known"
    kept = ", kept until %s" % _date(until) if isinstance(until, int) else ""
    if what.get("id") not in (None, identifier):  # the one that the task changes is another one
        known = "%s of %s" % (known, identifier) if identifier else known
        what = {name: value for name, value in what.items() if name != "id"}
    said = (
        "The %s is in the trash (%s%s), and its %s stays taken until it is purged. Nothing was changed. Restore it in the"
        " Katapult console, or purge it with%s state: absent and purge: true, which is irrevocable."
    )
    how = " id: %s," % identifier if identifier else " its id,"
    failure = TaskRefused(said % (resource.text(what), known, kept, trash.keeps, how), IN_TRASH)
    failure.details = failure.details._replace(detail=error.details.detail)
    return failure


def where(error: KatapultError) -> str:
    """The trash object in an error of a write, a sentence; empty if it is not shown."""
    shown = trash_object(error.details.detail.get(_KEY))
    until = ", which is kept until %s" % _date(shown["keep_until"]) if isinstance(shown["keep_until"], int) else ""
    return "Its trash object is %s%s." % (shown["id"], until) if shown["id"] else ""


def check_owner(finder: Finder, identifier: str, identity: Values) -> None:
    """Before a purge: reject a resource that is in the trash of another organization, or that has not the identity of the task.

    :param identifier: its ID, as the task sets it.
    :param identity: the identity that the task sets, too; empty if it does not.
    """
    resource, trash = finder.resource, t.cast(Trash, finder.resource.trash)
    text = '%s "%s" in the trash' % (resource.noun, identifier)
    if identity:
        try:
            owner = None if finder.find_by_identity(identity) is None else "another %s" % resource.noun
        except KatapultError as error:
            if not is_in_trash(error):
                raise
            owner = shown_in(error, None)["object_id"]
        if owner != identifier:
            said = "It is not certain that the %s has the %s. Nothing was changed. To purge it, identify it only by id."
            raise TaskRefused(said % (text, resource.quoted(identity)), "other_%s_found" % resource.name)
    if finder.parent is None:
        return
    objects = Finder(
        finder.client, resource._replace(list_path=trash.list_path, many=_KEY + "s", fields=_FIELDS, identity=())
    )
    objects.parent = finder.parent
    if all(one["object_id"] != identifier for one in objects.list_all()):
        raise TaskRefused(
            "The %s is not in the trash of the organization %s. Nothing was changed. Correct organization or id."
            % (text, " / ".join(finder.parent.values())),
            "other_organization",
        )


def check_release(client: Client, resource: Resource, found: Values, wanted: TrashOptions) -> None:
    """Before a deletion: an error if the API token may not read what is to be released after it."""
    trash = t.cast(Trash, resource.trash)
    release, (one, *_others) = trash.release, (*_candidates(trash, found, wanted), None)
    if release is None or one is None:
        return
    try:
        client.request("GET", release.path, _query_of(release, one))
    except KatapultError as error:
        if not error.is_not_found(release.kind):
            raise error.with_note("Nothing was changed.")


def _date(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))


def plan(resource: Resource, found: Values | None, shown: Values | None, wanted: TrashOptions) -> Plan:
    """Plan how to delete a resource.

    :param found: the resource; None if it does not exist, or is in the trash.
    :param shown: its trash object, if it is in the trash.
    """
    trash = t.cast(Trash, resource.trash)
    if found is None:
        steps = [_purge(trash, shown)] if shown and wanted.purge else []
        notes = (
            (_NOT_RELEASED % (trash.release.field, resource.noun),)
            if shown and trash.release and wanted.release
            else ()
        )
        known = shown or {}
        header = "trash object %s" % (known.get("id") or "of %s" % known.get("object_id"))
        removed = (entry(header, header, {"object_id": known.get("object_id")}, None),) if steps else ()
        more = {_KEY: None if steps else shown, **_released(trash, [])}
        return Plan(None, None, tuple(steps), warnings=notes, more=more, removed=removed)
    (delete,) = planner.plan(resource, "absent", {}, found, None).steps
    predicted = trash_object({"object_id": found["id"], "object_type": trash.object_type})
    released = _candidates(trash, found, wanted)
    releases = [_release(t.cast(Release, trash.release), one) for one in released]
    steps = [*cut(resource, found), delete, *([_purge(trash, predicted)] if wanted.purge else []), *releases]
    more = {_KEY: None if wanted.purge else predicted, **_released(trash, released)}
    entries = tuple(_entry(trash.release, one) for one in released)
    return Plan(
        found,
        None,
        tuple(steps),
        more=more,
        removed=entries,
        ends="purged, irrevocably" if wanted.purge else "in the trash",
    )


def _candidates(trash: Trash, found: Values, wanted: TrashOptions) -> list[Values]:
    """The objects to release, as far as this is known before the deletion."""
    release = trash.release
    if not (release and wanted.release):
        return []
    same = release.same_label
    return [
        one
        for one in found.get(release.field) or ()
        if not one.get(release.shared)
        and not any(kept == one["id"] or same(kept, one[release.label]) for kept in wanted.kept)
    ]


def _released(trash: Trash, released: t.Sequence[Values]) -> Values:
    """The return value with the released objects, if there can be any."""
    release = trash.release
    if release is None:
        return {}
    return {"released_%s" % release.field: [{name: one[name] for name in ("id", release.label)} for one in released]}


def _entry(release: Release | None, one: Values) -> Values:
    """The entry of the diff for an object that is released."""
    release = t.cast(Release, release)
    header = '%s %s, "%s"' % (release.noun, one["id"], one[release.label])
    return entry(header, header, {release.label: one[release.label]}, None)


def _purge(trash: Trash, shown: Values) -> Step:
    """The purge of a trash object, by its own ID if that is known, or else by that of the resource."""
    call, by = trash.purge, "id" if shown["id"] else "object_id"
    query = (("%s[%s]" % (_KEY, by), t.cast(str, shown[by])),)
    waits = tuple(work._replace(by=by) if work.of == _KEY else work for work in call.waits)
    return Step(call.method, call.path, query, None, call.answer, waits, call.scope_hint)


def _release(release: Release, one: Values) -> Step:
    return Step("DELETE", release.path, _query_of(release, one))


def _query_of(release: Release, one: Values) -> tuple[tuple[str, str], ...]:
    return (("%s[id]" % release.kind, one["id"]),)


# Execution


class Removal:
    """Deletes one resource."""

    def __init__(self, executor: Executor, plan_: Plan) -> None:
        self.executor = executor
        self.resource = executor.finder.resource
        self.trash = t.cast(Trash, self.resource.trash)
        self.plan = plan_

    def run(self) -> Plan:
        """Execute the plan; returns it with the steps that were executed. An error contains the changes before it."""
        done: list[Step] = []
        released, notes = t.cast(t.List[Values], []), t.cast(t.List[str], [])
        before = t.cast(Values, self.plan.before or {})
        shown: Values | None = None
        deleted = False
        try:
            for step in self.plan.steps:
                if step.reaches is not None:
                    did = self._cut(step, before)
                    before = {**before, **step.reaches} if did else before
                elif step.path == self.resource.path:
                    shown, did = self._delete(step, before["id"])
                    deleted = True
                elif step.path == self.trash.purge.path:
                    did = self._purge(_purge(self.trash, shown) if shown and shown["id"] else step, notes)
                    shown = None
                else:
                    one = self._candidate(step)
                    did = self._release(step, one, before["id"], notes)
                    released += [one] if did else []
                done += [step] if did else []
        except KatapultError as error:
            if done and not deleted:
                error.with_note(_STOPPED % (self.resource.noun, t.cast(Power, self.resource.power).on))
            if deleted:
                self._name_pending(error, released)
            if done or error.changed:
                known = {self.resource.name: before or None, _KEY: shown, **_released(self.trash, released)}
                error.with_partial_result(True, **known)
            raise
        more = {_KEY: shown, **_released(self.trash, released)}
        return self.plan._replace(steps=tuple(done), more=more, warnings=(*self.plan.warnings, *notes))

    def _name_pending(self, error: KatapultError, released: list[Values]) -> None:
        """Add what the task has not released to an error after the deletion: the next run does not know it any more."""
        release = self.trash.release
        steps = [step for step in self.plan.steps if release and step.path == release.path]
        pending = [one for one in map(self._candidate, steps) if one not in released]
        if release and pending:
            known = ", ".join("%s (%s)" % (one[release.label], one["id"]) for one in pending)
            error.with_note(_PENDING % (release.noun + ("es" if len(pending) > 1 else ""), known, release.kind))

    def _cut(self, step: Step, before: Values) -> bool:
        """Stop it; whether this was necessary. One that another client deletes meanwhile needs no stop."""
        try:
            return reach(self.executor, step, before, last=False)[1]
        except KatapultError as error:
            if is_in_trash(error) or error.is_not_found(self.resource.missing):
                return False
            raise

    def _delete(self, step: Step, identifier: str) -> tuple[Values | None, bool]:
        """Move it to the trash; the trash object, and whether this task did it."""
        try:
            answer = self.executor.send(step, identifier)
        except KatapultError as error:
            # Another client may have been faster; in that case, this task changed nothing. Or the response was lost.
            if is_in_trash(error):
                return trash_object(error.details.detail.get(_KEY)), error.may_have_taken_effect
            if error.is_not_found(self.resource.missing):
                return None, error.may_have_taken_effect
            raise
        return trash_object(answer.get(_KEY)), True

    def _purge(self, step: Step, notes: list[str]) -> bool:
        """Purge it, and wait until it is gone; whether this task did it."""
        ((_name, identifier),) = step.query
        text = self.resource.text(self.plan.before) if self.plan.before else "%s in the trash" % self.resource.noun
        try:
            answer = self.executor.send(step, None, lambda: self._is_purged(step))
        except KatapultError as error:
            if error.is_not_found(_KEY):
                return error.may_have_taken_effect
            error.with_note("The %s is in the trash." % text)
            if error.details.code == "scope_not_granted":
                error.with_note(step.scope_hint)
            raise
        target = {"id": identifier, "object_id": identifier}
        try:
            self.executor.await_work(step.waits, {**answer, _KEY: target}, "the %s" % text)
        except KatapultError as error:
            if error.details.code != "scope_not_granted":
                error.changed = True
                raise error.with_note("The API accepted the purge.") from None
            notes.append(_UNREADABLE)
        return True

    def _is_purged(self, step: Step) -> bool:
        """Whether the trash object does not exist any more."""
        try:
            self.executor.finder.client.request("GET", step.path, step.query, retry=False)
        except KatapultError as error:
            return error.is_not_found(_KEY)
        return False

    def _candidate(self, step: Step) -> Values:
        ((_key, identifier),) = step.query
        field = t.cast(Release, self.trash.release).field
        return next(one for one in t.cast(Values, self.plan.before)[field] if one["id"] == identifier)

    def _release(self, step: Step, one: Values, owner: str, notes: list[str]) -> bool:
        """Release an object that the resource used, if nothing else uses it; whether this task did it."""
        release, client = t.cast(Release, self.trash.release), self.executor.finder.client
        text = "%s %s (%s)" % (release.noun, one[release.label], one["id"])
        said = "The %s was deleted, but the %s may still exist."
        tries = 0
        while True:
            tries += 1
            try:
                users = self._users(release, one)
                if users is None:
                    return tries > 1
                if users.difference([owner]):
                    others = " and ".join(sorted(users.difference([owner])))
                    notes.append("The %s was not released, because it belongs to %s." % (text, others))
                    return False
                try:
                    if users:
                        client.request(
                            "POST", release.detach_path, None, {release.kind: {"id": one["id"]}}, idempotent=False
                        )
                except KatapultError as error:
                    if not error.may_have_taken_effect:
                        raise
                    client.renew_connection()
                    client.back_off(error, tries)
                    continue  # it is read again, because something else may use it already
                return self._delete_object(release, step, one, text)
            except KatapultError as error:
                raise error.with_note(said % (self.resource.noun, text)) from None

    def _delete_object(self, release: Release, step: Step, one: Values, text: str) -> bool:
        """Delete an object; whether it is gone."""
        client = self.executor.finder.client
        delete_once(client, step, release.kind, text, lambda: self._users(release, one) is not None)
        return True

    def _users(self, release: Release, one: Values) -> set[str] | None:
        """What uses an object now, by ID; None if it does not exist any more."""
        client = self.executor.finder.client
        try:
            answer = client.request("GET", release.path, _query_of(release, one), None, release.kind, one["id"])
        except KatapultError as error:
            if error.is_not_found(release.kind):
                return None
            raise
        now, beside = answer[release.kind], answer.get("allocation")
        if now.get(release.shared):
            return {"several (%s)" % release.shared}
        if now.get(release.label) != one[release.label]:
            return {"somebody else"}
        value = beside.get("value", beside) if isinstance(beside, dict) else {}
        users = {now.get("allocation_id"), value.get("id") if isinstance(value, dict) else None}.difference([None])
        shows = "allocation" in answer or {"allocation_id", "allocation_type"}.intersection(now)
        if not users and (beside or now.get("allocation_type") or not shows):
            return {"something that the API does not name"}
        return users
