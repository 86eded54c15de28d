"""Programmes, enrolments and activities for tests."""

import datetime as dt
import uuid
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from people.models import Organisation
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    BalanceRule,
    BenefitUnit,
    BreakInLearning,
    Cohort,
    Enrolment,
    EvidenceFile,
    Goal,
    GoalCheckIn,
    GoalEvent,
    LearningStrategy,
    PeopleImport,
    Programme,
    ProgrammeRole,
    ProgrammeUnit,
    SupportRole,
)
from tests.factories.people import LONG_AGO, OrganisationFactory, UserFactory
from uploads.models import FileState


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    organisation = factory.SubFactory(OrganisationFactory, kind=Organisation.Kind.PROVIDER)
    code = factory.Sequence(lambda n: f"programme-{n}")
    title = factory.Sequence(lambda n: f"Programme {n}")
    duration_weeks = 52
    off_job_minutes = 260 * 60
    on_job_minutes = 520 * 60


class RuleFactory(DjangoModelFactory):
    """A rule for everybody: six hours a week off the job, 5.6 weeks of leave a year taken out."""

    class Meta:
        model = BalanceRule

    code = factory.Sequence(lambda n: f"rule-{n}")
    family = factory.SelfAttribute("code")
    name = factory.Sequence(lambda n: f"Rule {n}")
    kind = ActivityEntry.Kind.OFF_JOB
    basis = BalanceRule.Basis.WEEKLY
    minutes_a_week = 360
    leave_weeks_a_year = Decimal("5.6")


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = ProgrammeUnit

    programme = factory.SubFactory(ProgrammeFactory)
    order = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Unit {n}")


class ProgrammeRoleFactory(DjangoModelFactory):
    class Meta:
        model = ProgrammeRole

    programme = factory.SubFactory(ProgrammeFactory)
    person = factory.SubFactory(UserFactory)
    starts_on = LONG_AGO


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Cohort {n}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(weeks=20))


class EnrolmentFactory(DjangoModelFactory):
    """Twenty weeks into a programme of 52."""

    class Meta:
        model = Enrolment

    cohort = factory.SubFactory(CohortFactory)
    learner = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    status = Enrolment.Status.ACTIVE
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(weeks=20))
    ends_on = factory.LazyAttribute(lambda row: row.starts_on + dt.timedelta(weeks=52, days=-1))


class SupportRoleFactory(DjangoModelFactory):
    class Meta:
        model = SupportRole

    enrolment = factory.SubFactory(EnrolmentFactory)
    person = factory.SubFactory(UserFactory)
    role = SupportRole.Role.COACH
    starts_on = LONG_AGO


class BreakFactory(DjangoModelFactory):
    """An agreed break of one past week; give `asked`, `refused` or `withdrawn` to have it in that state."""

    class Meta:
        model = BreakInLearning

    enrolment = factory.SubFactory(EnrolmentFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(weeks=10))
    ends_on = factory.LazyAttribute(lambda row: row.starts_on + dt.timedelta(days=6))

    class Params:
        asked = factory.Trait(
            status=BreakInLearning.Status.ASKED,
            asked_by=factory.SelfAttribute("enrolment.learner"),
            asked_at=factory.LazyFunction(timezone.now),
        )
        agreed = factory.Trait(status=BreakInLearning.Status.AGREED)
        refused = factory.Trait(
            asked=True,
            status=BreakInLearning.Status.REFUSED,
            decided_by=factory.SubFactory(UserFactory),
            decided_at=factory.LazyFunction(timezone.now),
            answer="Let us talk first.",
        )
        withdrawn = factory.Trait(asked=True, status=BreakInLearning.Status.WITHDRAWN)


class StrategyFactory(DjangoModelFactory):
    class Meta:
        model = LearningStrategy

    code = factory.Sequence(lambda n: f"strategy-{n}")
    name = factory.Sequence(lambda n: f"Strategy {n}")


class ActivityFactory(DjangoModelFactory):
    """An entry of yesterday; give `status` to have it sent, returned or approved with what belongs to it."""

    class Meta:
        model = ActivityEntry

    enrolment = factory.SubFactory(EnrolmentFactory)
    kind = ActivityEntry.Kind.OFF_JOB
    strategy = factory.SubFactory(StrategyFactory)
    title = factory.Sequence(lambda n: f"Activity {n}")
    done_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=1))
    minutes = 90

    class Params:
        sent = factory.Trait(
            status=ActivityEntry.Status.SUBMITTED,
            submitted_at=factory.LazyFunction(timezone.now),
            organisation=factory.SelfAttribute("enrolment.organisation"),
        )
        returned = factory.Trait(sent=True, status=ActivityEntry.Status.RETURNED)
        approved = factory.Trait(
            sent=True,
            status=ActivityEntry.Status.APPROVED,
            approved_at=factory.LazyFunction(timezone.now),
            approved_by=factory.SubFactory(UserFactory),
        )
        superseded = factory.Trait(approved=True, status=ActivityEntry.Status.SUPERSEDED)


class ActivityEventFactory(DjangoModelFactory):
    class Meta:
        model = ActivityEvent

    entry = factory.SubFactory(ActivityFactory)
    kind = ActivityEvent.Kind.CREATED
    by = factory.SelfAttribute("entry.enrolment.learner")
    at = factory.LazyFunction(timezone.now)


class EvidenceFactory(DjangoModelFactory):
    """A file that passed the check; give `received`, `checking` or `rejected` to have it in that state."""

    class Meta:
        model = EvidenceFile

    entry = factory.SubFactory(ActivityFactory)
    file = factory.django.FileField(filename="ab/sample.txt", data=b"sample text")
    original_name = "sample.txt"
    content_type = "text/plain"
    size = 11
    sha256 = "0" * 64
    status = FileState.CLEAN
    uploaded_by = factory.SelfAttribute("entry.enrolment.learner")

    class Params:
        received = factory.Trait(status=FileState.RECEIVED)
        checking = factory.Trait(
            status=FileState.CHECKING,
            claim=factory.LazyFunction(uuid.uuid4),
            claimed_until=factory.LazyFunction(lambda: timezone.now() + dt.timedelta(minutes=5)),
        )
        rejected = factory.Trait(status=FileState.REJECTED, file="", rejection="macros")


class ApplicationFactory(DjangoModelFactory):
    """A prompt for a verified activity off the job; give `sent`, `returned`, `confirmed` or `not_applied`."""

    class Meta:
        model = ApplicationRecord

    entry = factory.SubFactory(ActivityFactory, approved=True)

    class Params:
        sent = factory.Trait(
            status=ApplicationRecord.Status.SUBMITTED,
            what_changed="I plan the week with the whole team now.",
            applied_on=factory.LazyFunction(timezone.localdate),
            submitted_at=factory.LazyFunction(timezone.now),
        )
        returned = factory.Trait(sent=True, status=ApplicationRecord.Status.RETURNED)
        confirmed = factory.Trait(
            sent=True,
            status=ApplicationRecord.Status.CONFIRMED,
            confirmed_at=factory.LazyFunction(timezone.now),
            confirmed_by=factory.SubFactory(UserFactory),
        )
        not_applied = factory.Trait(
            status=ApplicationRecord.Status.NOT_APPLIED, not_applied_reason="The machine was sold."
        )


class BenefitFactory(DjangoModelFactory):
    class Meta:
        model = ApplicationBenefit

    record = factory.SubFactory(ApplicationFactory)
    level = ApplicationBenefit.Level.TEAM
    text = "It goes faster."

    class Params:
        measured = factory.Trait(
            measure="Time for the weekly sheet", unit=BenefitUnit.HOURS_A_MONTH, before=10, after=4
        )


class ApplicationEventFactory(DjangoModelFactory):
    class Meta:
        model = ApplicationEvent

    record = factory.SubFactory(ApplicationFactory)
    kind = ApplicationEvent.Kind.SUBMITTED
    by = factory.SelfAttribute("record.entry.enrolment.learner")
    at = factory.LazyFunction(timezone.now)


class GoalFactory(DjangoModelFactory):
    """A draft, due in six weeks; give the name of another status to have it there."""

    class Meta:
        model = Goal

    enrolment = factory.SubFactory(EnrolmentFactory)
    title = factory.Sequence(lambda n: f"Goal {n}")
    why = "It comes up every week."
    measure = "The team does it without asking."
    target_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(weeks=6))

    class Params:
        proposed = factory.Trait(status=Goal.Status.PROPOSED, proposed_at=factory.LazyFunction(timezone.now))
        agreed = factory.Trait(
            proposed=True,
            status=Goal.Status.AGREED,
            agreed_at=factory.LazyFunction(timezone.now),
            agreed_by=factory.SubFactory(UserFactory),
        )
        in_progress = factory.Trait(agreed=True, status=Goal.Status.IN_PROGRESS)
        closed = factory.Trait(
            agreed=True,
            status=Goal.Status.ACHIEVED,
            outcome="It works.",
            closed_at=factory.LazyFunction(timezone.now),
        )
        achieved = factory.Trait(closed=True)
        partly_achieved = factory.Trait(closed=True, status=Goal.Status.PARTLY_ACHIEVED)
        dropped = factory.Trait(closed=True, status=Goal.Status.DROPPED)


class GoalCheckInFactory(DjangoModelFactory):
    class Meta:
        model = GoalCheckIn

    goal = factory.SubFactory(GoalFactory, in_progress=True)
    checked_on = factory.LazyFunction(timezone.localdate)
    progress = 40
    by = factory.SelfAttribute("goal.enrolment.learner")


class GoalEventFactory(DjangoModelFactory):
    class Meta:
        model = GoalEvent

    goal = factory.SubFactory(GoalFactory)
    kind = GoalEvent.Kind.CREATED
    by = factory.SelfAttribute("goal.enrolment.learner")
    at = factory.LazyFunction(timezone.now)


class PeopleImportFactory(DjangoModelFactory):
    """A list of one learner and one line with a fault, waiting for a yes."""

    class Meta:
        model = PeopleImport

    cohort = factory.SubFactory(CohortFactory)
    employer = factory.SubFactory(OrganisationFactory)
    uploaded_by = factory.SubFactory(UserFactory)
    file_name = factory.Sequence(lambda n: f"sample-list-{n}.csv")
    source = "plain"
    language = "en"
    rows = factory.Sequence(
        lambda n: [{"line": 2, "email": f"listed.{n}@sample.example", "name": "Sample Listed"}]
    )
    faults = factory.LazyFunction(lambda: [{"line": 3, "code": "no_email", "params": {}}])
    total = 1
