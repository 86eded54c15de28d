"""People, the organisations they belong to or are invited to, and the names under which the audit trail knows them."""

import datetime as dt
import hashlib
import secrets
import uuid
import zoneinfo
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tags import Tag, Tone
from people.permissions import AccessPaths, Permission, PermittedQuerySet, Shown


class DatedQuerySet(PermittedQuerySet):
    """Rows that hold from `starts_on` to `ends_on`, both days included."""

    def current(self, *, on: dt.date) -> Self:
        """Rows that hold on that day."""
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=on), starts_on__lte=on)


class Dated(models.Model):
    """From a day, to a day or until further notice. A change is a new row; access follows today's."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="%(app_label)s_%(class)s_ends_after_start",
            )
        ]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new person; without a password the account cannot be signed in to until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new administrator."""
        return self.create_user(email, password, is_administrator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


def validate_time_zone(value: str) -> None:
    """Only names that the machine's time zone data knows."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list."), code="time_zone")


class User(AbstractBaseUser):
    """A person who signs in, with their e-mail address."""

    class Language(models.TextChoices):
        EN = "en", "English"
        ES = "es", "Español"
        PL = "pl", "Polski"

    class Theme(models.TextChoices):
        SYSTEM = "", _("As on my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    display_name = models.CharField(_("full name"), max_length=120, validators=[MinLengthValidator(2)])
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.EN)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Madrid", validators=[validate_time_zone]
    )
    theme = models.CharField(_("colours"), max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    is_active = models.BooleanField(_("can sign in"), default=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["display_name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="people_user_email_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Django's name for who may open its admin."""
        return self.is_administrator

    @property
    def is_superuser(self) -> bool:
        """Django's name for who passes every check of its own."""
        return self.is_administrator

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Django admin's question; everything else asks people.permissions."""
        return self.is_active and self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        """Django admin's question, for a whole app."""
        return self.is_active and self.is_administrator

    @property
    def initials(self) -> str:
        """The first letters of the first and the last word of the name, for the avatar."""
        words = self.display_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class Pseudonym(models.Model):
    """The name under which the audit trail knows a person. Erasure deletes this row."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="pseudonym")
    code = models.UUIDField(unique=True, default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.code)


def pseudonym_of(person: User) -> uuid.UUID:
    """The person's pseudonym, made at first need; remembered with the instance, since one change asks often."""
    known: uuid.UUID | None = getattr(person, "_pseudonym_code", None)
    if known is None:
        known = person._pseudonym_code = Pseudonym.objects.get_or_create(person=person)[0].code  # type: ignore[attr-defined]
    return known


class Organisation(models.Model):
    """An employer (usually an SME) or a training provider: the tenancy boundary."""

    class Kind(models.TextChoices):
        EMPLOYER = "employer", _("Employer")
        PROVIDER = "provider", _("Training provider")

    name = models.CharField(_("name"), max_length=150, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Two letters, such as ES.")
    )

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(organisation="", conditions={"provider": {"kind": frozenset({Kind.PROVIDER.value})}})

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A part of an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=150)

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(organisation="organisation")

    class Meta:
        ordering = ["organisation", "name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="people_team_unique_name")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Dated):
    """A person in an organisation, with dates. One person may hold several, with different roles."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        COACH = "coach", _("Coach")
        PROGRAMME_LEAD = "programme_lead", _("Programme lead")
        ORG_ADMIN = "org_admin", _("Organisation administrator")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)

    access = AccessPaths(
        organisation="organisation",
        person="person",
        shown=(
            Shown(
                Permission.MEMBERSHIP_CHANGE,
                _("Your name, your e-mail address, your team and role in the organisation, and since when"),
            ),
        ),
    )

    class Meta(Dated.Meta):
        ordering = ["person", "organisation", "role"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.person} – {self.organisation} ({self.get_role_display()})"

    def clean(self) -> None:
        """A team belongs to the same organisation."""
        if self.team is not None and self.team.organisation_id != self.organisation_id:
            raise ValidationError({"team": _("This team belongs to another organisation.")})


INVITATION_DAYS = 14


def hash_of_token(token: str) -> str:
    """What the database keeps of an invitation's token. The token is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_token_seed() -> str:
    """The random part from which, with the site's secret key, a token is worked out."""
    return secrets.token_hex(32)


class InvitationQuerySet(PermittedQuerySet):
    def pending(self, *, at: dt.datetime) -> Self:
        """Invitations that can be accepted at that moment."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)

    def unanswered(self) -> Self:
        """Neither accepted nor taken back, though their time may be over."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(models.Model):
    """A person is asked to join an organisation in a role. The membership begins when they accept.

    The row keeps a hash of the token that the link carries. The token itself is worked out from `token_seed` and
    the site's secret key when the mail goes out (people.queries.invitations): who reads the database alone cannot
    accept anything.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for an answer")
        EXPIRED = "expired", pgettext_lazy("invitation", "Expired")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        REVOKED = "revoked", pgettext_lazy("invitation", "Taken back")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    display_name = models.CharField(_("full name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=User.Language)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    role = models.CharField(_("role"), max_length=20, choices=Membership.Role)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="invitations_made"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField(_("valid until"))
    token_seed = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
    access = AccessPaths(organisation="organisation")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="people_invitation_one_unanswered",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                name="people_invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="people_invitation_expires_later",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="people_invitation_email_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.organisation} ({self.get_role_display()})"

    @property
    def state(self) -> State:
        """What has become of it by now."""
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.PENDING if self.expires_at > timezone.now() else self.State.EXPIRED

    @property
    def state_tag(self) -> Tag:
        """The invitation's state as the pages show it."""
        tone, icon = INVITATION_LOOKS[self.state]
        return Tag(tone, icon, str(self.state.label))


INVITATION_LOOKS: dict[str, tuple[Tone, str]] = {
    Invitation.State.PENDING: ("info", "hourglass"),
    Invitation.State.EXPIRED: ("warning", "clock"),
    Invitation.State.ACCEPTED: ("success", "check-circle"),
    Invitation.State.REVOKED: ("neutral", "x-circle"),
}
