"""Breaks in learning: asked for, agreed or not, begun and ended. Only an agreed break holds.

An agreed break with a last day moves the planned end by its length at once; one without moves it when the learner is
back. One that has begun puts the enrolment on a break; one to come is begun, and ended, by run_breaks().
"""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from core.transitions import TransitionRefused, move
from people.models import User, pseudonym_of
from people.permissions import Permission, standing_of
from programmes.actions.recording import audit, audit_change, changed_values, require
from programmes.models import BREAK_MOVES, ENROLMENT_MOVES, BreakInLearning, Enrolment

DAY = dt.timedelta(days=1)
LONGEST = dt.timedelta(days=2 * 365)
UNDER_WAY = frozenset({Enrolment.Status.ACTIVE.value, Enrolment.Status.ON_BREAK.value})


def hold(enrolment: Enrolment) -> None:
    """Nobody else moves the enrolment until this transaction is over; the instance says what the row says."""
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    enrolment.refresh_from_db()


def move_enrolment(enrolment: Enrolment, to: str, action: str, by: User, **also: Any) -> None:
    """Move an enrolment that is held, set the fields in `also`, and write the audit row."""
    was = {"status": enrolment.status} | {name: getattr(enrolment, name) for name in also}
    move(enrolment, to=to, moves=ENROLMENT_MOVES, **also)
    changes = changed_values(was, also) | {"status": [was["status"], enrolment.status]}
    audit_change(enrolment, action=action, by=by, subject=enrolment.learner, changes=changes)


def guard_days(enrolment: Enrolment, starts_on: dt.date, ends_on: dt.date | None) -> None:
    """Raises ValidationError when days are no break of this enrolment, or touch one that holds or waits."""
    if not enrolment.starts_on <= starts_on <= enrolment.ends_on:
        raise ValidationError(
            {"starts_on": _("Enter a day between the start and the planned end of the programme.")}
        )
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    if ends_on is not None and ends_on < timezone.localdate():
        raise ValidationError({"ends_on": _("Enter today or a later day, or leave it empty.")})
    if ends_on is not None and ends_on - starts_on >= LONGEST:
        raise ValidationError({"ends_on": _("A break lasts two years at most.")})
    there = BreakInLearning.objects.filter(enrolment=enrolment).touching(starts_on, ends_on)
    if there.agreed().exists():
        raise ValidationError({"starts_on": _("There is a break on one of these days already.")})


@transaction.atomic
def ask_break(
    *, enrolment: Enrolment, starts_on: dt.date, ends_on: dt.date | None, reason: str, by: User
) -> BreakInLearning:
    """Ask coach, line manager and programme lead for a break; nothing changes until one of them agrees.

    Raises ValidationError for days that do not fit, or when the learner is not learning.
    """
    require(by, Permission.BREAK_ASK, enrolment)
    hold(enrolment)
    if enrolment.status not in UNDER_WAY:
        raise ValidationError(_("This enrolment is not under way, so it needs no break."))
    guard_days(enrolment, starts_on, ends_on)
    if BreakInLearning.objects.filter(enrolment=enrolment).asked().touching(starts_on, ends_on).exists():
        raise ValidationError({"starts_on": _("You have asked for a break on one of these days already.")})
    pause = BreakInLearning.objects.create(
        enrolment=enrolment,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        status=BreakInLearning.Status.ASKED,
        asked_by=by,
        asked_at=timezone.now(),
    )
    audit(pause, action="break.ask", by=by, changes={"status": [None, pause.status]})
    return pause


@transaction.atomic
def agree_break(*, pause: BreakInLearning, by: User, answer: str = "") -> None:
    """Agree: the planned end moves by the break's length, and a break that has begun begins now.

    Raises TransitionRefused when somebody was faster, ValidationError when its days do not fit any more.
    """
    require(by, Permission.BREAK_AGREE, pause)
    enrolment = _held_enrolment(pause)
    if enrolment.status not in UNDER_WAY:
        raise ValidationError(_("This enrolment is not under way, so it needs no break."))
    there = BreakInLearning.objects.filter(enrolment=enrolment).exclude(pk=pause.pk).agreed()
    if there.touching(pause.starts_on, pause.ends_on).exists():
        raise ValidationError(_("There is a break on one of these days already."))
    _decide(pause, BreakInLearning.Status.AGREED, by, answer, agreed_until=pause.ends_on)
    ends_on = enrolment.ends_on + pause.length
    if pause.is_under_way(on=timezone.localdate()) and enrolment.status == Enrolment.Status.ACTIVE:
        move_enrolment(enrolment, Enrolment.Status.ON_BREAK, "enrolment.break", by, ends_on=ends_on)
    else:
        _move_end(enrolment, ends_on, by)


@transaction.atomic
def refuse_break(*, pause: BreakInLearning, answer: str, by: User) -> None:
    """Do not agree, and say why.

    Raises TransitionRefused when somebody was faster, ValidationError without an answer.
    """
    require(by, Permission.BREAK_AGREE, pause)
    if not answer.strip():
        raise ValidationError({"answer": _("Say why, so that the learner knows.")})
    _decide(pause, BreakInLearning.Status.REFUSED, by, answer)


def _decide(pause: BreakInLearning, to: str, by: User, answer: str, **also: Any) -> None:
    was = pause.status
    move(
        pause,
        to=to,
        moves=BREAK_MOVES,
        decided_by=by,
        decided_at=timezone.now(),
        answer=answer,
        **also,
    )
    action = "break.agree" if to == BreakInLearning.Status.AGREED else "break.refuse"
    audit(pause, action=action, by=by, changes={"status": [was, pause.status]})


@transaction.atomic
def withdraw_break(*, pause: BreakInLearning, by: User) -> None:
    """Take back a break that waits, or an agreed one that has not begun: the planned end moves back.

    Its learner may, and whoever may end breaks. Raises TransitionRefused when it is too late for that.
    """
    standing = standing_of(by, pause.enrolment)
    if not (standing.may(Permission.BREAK_ASK) or standing.may(Permission.BREAK_END)):
        raise PermissionDenied
    enrolment = _held_enrolment(pause)
    pause.refresh_from_db()
    was, to = pause.status, BreakInLearning.Status.WITHDRAWN
    if was == BreakInLearning.Status.AGREED and (pause.is_leave or pause.starts_on <= timezone.localdate()):
        raise TransitionRefused(current=was, to=to)
    move(pause, to=to, moves=BREAK_MOVES)
    audit(pause, action="break.withdraw", by=by, changes={"status": [was, pause.status]})
    if was == BreakInLearning.Status.AGREED:
        _move_end(enrolment, enrolment.ends_on - pause.length, by)


def _held_enrolment(pause: BreakInLearning) -> Enrolment:
    enrolment: Enrolment = Enrolment.objects.select_related("learner").get(pk=pause.enrolment_id)
    hold(enrolment)
    return enrolment


def _move_end(enrolment: Enrolment, ends_on: dt.date, by: User) -> None:
    was = enrolment.ends_on
    if ends_on == was:
        return
    enrolment.ends_on = ends_on
    enrolment.save(update_fields=["ends_on"])
    changes = changed_values({"ends_on": was}, {"ends_on": ends_on})
    audit_change(enrolment, action="enrolment.change", by=by, subject=enrolment.learner, changes=changes)


@transaction.atomic
def begin_break(
    *, enrolment: Enrolment, starts_on: dt.date, ends_on: dt.date | None, reason: str, by: User
) -> None:
    """Stop the clock from a day on, without being asked; an agreed last day moves the planned end by the length.

    Raises ValidationError for days that do not fit, TransitionRefused when the learner is not active.
    """
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    hold(enrolment)
    if not enrolment.starts_on <= starts_on <= timezone.localdate():
        raise ValidationError({"starts_on": _("Enter a day between the start of the enrolment and today.")})
    guard_days(enrolment, starts_on, ends_on)
    pause = BreakInLearning(
        enrolment=enrolment,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        agreed_until=ends_on,
        decided_by=by,
        decided_at=timezone.now(),
    )
    move_enrolment(
        enrolment,
        Enrolment.Status.ON_BREAK,
        "enrolment.break",
        by,
        ends_on=enrolment.ends_on + pause.length,
    )
    pause.save(force_insert=True)


@transaction.atomic
def end_break(*, enrolment: Enrolment, back_on: dt.date, by: User) -> None:
    """The learner is back from that day on; the planned end moves by the days that the break really had.

    Raises ValidationError for a day that does not fit, TransitionRefused when there is no break.
    """
    require(by, Permission.BREAK_END, enrolment)
    hold(enrolment)
    if enrolment.status != Enrolment.Status.ON_BREAK:
        raise TransitionRefused(current=enrolment.status, to=Enrolment.Status.ACTIVE)
    pause = current_break(enrolment)
    if back_on > timezone.localdate() or (pause is not None and back_on < pause.starts_on):
        raise ValidationError({"back_on": _("Enter a day between the start of the break and today.")})
    ends_on = close_break(pause, enrolment, last=back_on - DAY)
    move_enrolment(enrolment, Enrolment.Status.ACTIVE, "enrolment.back", by, ends_on=ends_on)


def current_break(enrolment: Enrolment) -> BreakInLearning | None:
    """The break that an enrolment on a break is in: the latest of those agreed that has begun; no week of leave."""
    begun = BreakInLearning.objects.agreed().filter(
        enrolment=enrolment, is_leave=False, starts_on__lte=timezone.localdate()
    )
    return begun.order_by("-starts_on").first()


def close_break(pause: BreakInLearning | None, enrolment: Enrolment, *, last: dt.date) -> dt.date:
    """End the break on its real last day; the planned end of the enrolment that follows from it."""
    if pause is None:
        return enrolment.ends_on
    planned = pause.length
    real = max(last - pause.starts_on + DAY, dt.timedelta())
    if real:
        pause.ends_on = last
        pause.save(update_fields=["ends_on"])
    else:
        pause.delete()
    return enrolment.ends_on + real - planned


def drop_breaks_to_come(enrolment: Enrolment) -> dt.timedelta:
    """The enrolment ends: what waits or has not begun falls away. By how much the planned end moves back."""
    ahead = BreakInLearning.objects.filter(enrolment=enrolment, is_leave=False)
    agreed = ahead.agreed().filter(starts_on__gt=timezone.localdate())
    back = sum((pause.length for pause in agreed), dt.timedelta())
    for rows in (agreed, ahead.asked()):
        rows.update(status=BreakInLearning.Status.WITHDRAWN)
    return back


def run_breaks(*, on: dt.date) -> tuple[int, int]:
    """Begin the agreed breaks whose first day has come and end those whose last has passed: how many of each.

    The planned ends have moved already. Doing it again changes nothing; of two at once one does each.
    """
    longer = BreakInLearning.objects.agreed().filter(is_leave=False)
    covered = longer.covering(on).values("enrolment")
    over = longer.filter(ends_on__lt=on).values("enrolment")
    status = Enrolment.Status
    due = Enrolment.objects.filter(status=status.ACTIVE, pk__in=covered)
    done = Enrolment.objects.filter(status=status.ON_BREAK, pk__in=over).exclude(pk__in=covered)
    begun = sum(_by_itself(row, status.ON_BREAK, "enrolment.break") for row in due.select_related("learner"))
    ended = sum(_by_itself(row, status.ACTIVE, "enrolment.back") for row in done.select_related("learner"))
    return begun, ended


def _by_itself(enrolment: Enrolment, to: str, action: str) -> bool:
    """Move the enrolment with nobody's hand; False when somebody was faster."""
    was = enrolment.status
    try:
        with transaction.atomic():
            move(enrolment, to=to, moves=ENROLMENT_MOVES)
            record_event(
                action=action,
                on=enrolment,
                actor=None,
                subject=pseudonym_of(enrolment.learner),
                changes={"status": [was, to]},
            )
    except TransitionRefused:
        return False
    return True
