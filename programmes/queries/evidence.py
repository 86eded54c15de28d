"""Evidence files: who sees which, and how much room there is for more."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum

from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, EvidenceFile
from uploads.kinds import MEGABYTE
from uploads.models import FileState


@dataclass(frozen=True)
class Room:
    """How much an enrolment's files take and may take, in bytes."""

    used: int
    quota: int

    @property
    def left(self) -> int:
        """What further files may take; never less than nothing."""
        return max(self.quota - self.used, 0)


def room_of(enrolment: Enrolment) -> Room:
    """The room of the enrolment's files now. Refused ones have no bytes any more.

    A replaced version's files take none: the learner cannot remove them, and their copies count.
    """
    rows = EvidenceFile.objects.filter(entry__enrolment=enrolment).exclude(status=FileState.REJECTED)
    rows = rows.exclude(entry__status=ActivityEntry.Status.SUPERSEDED)
    used = rows.aggregate(used=Sum("size"))["used"] or 0
    return Room(used=used, quota=settings.EVIDENCE_QUOTA_MB * MEGABYTE)


@dataclass(frozen=True)
class ShownEvidence:
    """The files of one entry that a person is shown: `plain` ones, and `logged` ones whose opening is logged.

    The learner is also shown what is still being checked or was refused.
    """

    plain: list[EvidenceFile]
    logged: list[EvidenceFile]

    @property
    def unsettled(self) -> int:
        """How many of them are still being checked."""
        return sum(file.is_unsettled for file in self.plain)

    def __bool__(self) -> bool:
        return bool(self.plain or self.logged)


def evidence_shown(
    user: User, entry: ActivityEntry, application: ApplicationRecord | None = None
) -> ShownEvidence:
    """What the person is shown of the entry's own evidence, or of that for its use at work."""
    files = EvidenceFile.objects.filter(entry=entry, application=application)
    plain = list(files.permitted_to(user, Permission.EVIDENCE_READ))
    logged = files.permitted_to(user, Permission.EVIDENCE_READ_LOGGED)
    return ShownEvidence(plain, [file for file in logged if file not in plain])
