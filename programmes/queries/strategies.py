"""Ways of learning as their readers see them: in whose words, and how much of what was learned that way is used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import ngettext

from core.tags import Tag
from core.texts import LANGUAGES, column
from people.models import Organisation, User
from people.permissions import Permission, roles_of
from programmes.models import ActivityEntry, Enrolment, LearningStrategy, Need, StrategyGuide
from programmes.models.strategies import GUIDE_TEXTS
from programmes.queries.applications import OFF_JOB_VERIFIED, Rate, rates_by_strategy
from programmes.queries.groups import SMALLEST_GROUP

PAST = (Enrolment.Status.INVITED, Enrolment.Status.WITHDRAWN)


@dataclass(frozen=True)
class Way:
    """A way of learning with the guide of the reader's provider, if it has one."""

    strategy: LearningStrategy
    guide: StrategyGuide | None = None

    @cached_property
    def words(self) -> Mapping[str, LearningStrategy | StrategyGuide]:
        """Whose text to read, by field: the provider's where it has written one, in whatever language."""
        return {name: self._source(name) for name in GUIDE_TEXTS}

    def _source(self, name: str) -> LearningStrategy | StrategyGuide:
        guide = self.guide
        if guide is not None and any(getattr(guide, column(name, language)) for language in LANGUAGES):
            return guide
        return self.strategy

    @property
    def is_own(self) -> bool:
        """Whether any of the words are the provider's."""
        return any(source is self.guide for source in self.words.values())

    @property
    def needs(self) -> list[str]:
        """The kinds of need that it suits, in words."""
        return [str(need.label) for need in Need if need.value in self.strategy.suits]

    @property
    def facts(self) -> list[Tag]:
        """With how many others, how much the day's work gives way, what it costs: what somebody has said of it."""
        row = self.strategy
        said = [
            ("people", row.get_group_display()),
            ("calendar-event", row.get_disruption_display()),
            ("info-circle", row.get_cost_level_display()),
        ]
        return [Tag("neutral", icon, str(word)) for icon, word in said if word]


def providers_of(user: User) -> list[int]:
    """The training providers whose words the person reads: those of the own programmes first, then those that they
    belong to, then those of the learners whom they support. Two queries beside the person's roles.
    """
    roles = roles_of(user)
    supported = frozenset().union(*roles.supports.values())
    reached = Enrolment.objects.filter(Q(learner=user) | Q(pk__in=supported)).exclude(status__in=PAST)
    rows = reached.order_by("-starts_on", "-pk").values_list(
        "learner_id", "cohort__programme__organisation_id"
    )
    pairs = list(rows)
    member_of = Organisation.objects.filter(pk__in=roles.member_of, kind=Organisation.Kind.PROVIDER)
    own = [provider for learner, provider in pairs if learner == user.pk]
    others = [provider for learner, provider in pairs if learner != user.pk]
    return list(dict.fromkeys([*own, *member_of.order_by("name").values_list("pk", flat=True), *others]))


def ways_for(user: User, strategies: Iterable[LearningStrategy]) -> list[Way]:
    """The ways of learning in the words that this person reads."""
    rows, providers = list(strategies), providers_of(user)
    guides: dict[int, StrategyGuide] = {}
    found = StrategyGuide.objects.filter(strategy__in=rows, organisation__in=providers)
    for guide in found.select_related("organisation"):
        there = guides.get(guide.strategy_id)
        if there is None or providers.index(guide.organisation_id) < providers.index(there.organisation_id):
            guides[guide.strategy_id] = guide
    return [Way(row, guides.get(row.pk)) for row in rows]


def written_for(user: User) -> QuerySet[Organisation]:
    """The providers for which the person may put a way of learning into words, as their programme lead."""
    rows: QuerySet[Organisation] = Organisation.objects.permitted_to(user, Permission.STRATEGY_CHANGE)
    return rows.filter(pk__in=roles_of(user).leads_at).order_by("name")


def readers_of(organisation: Organisation) -> int:
    """How many learners read the provider's words today: those in its programmes."""
    rows = Enrolment.objects.filter(cohort__programme__organisation=organisation).under_way()
    return rows.order_by().values("learner").distinct().count()


# What is used at work -----------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """How much of what a group learned in one way is used at work; `people` of the group learned so."""

    rate: Rate
    people: int
    is_of_peers: bool

    @property
    def group(self) -> str:
        """Over whom it is, in the reader's language."""
        if self.is_of_peers:
            text = ngettext(
                "Over %(number)s other learner of your programme.",
                "Over %(number)s other learners of your programme.",
                self.people,
            )
        else:
            text = ngettext(
                "Over %(number)s learner whose record you may read.",
                "Over %(number)s learners whose records you may read.",
                self.people,
            )
        return text % {"number": self.people}


def group_of(user: User) -> tuple[QuerySet[Enrolment], bool]:
    """Over whom a person is told rates, never themselves: the learners whose progress they may read; for who may read
    nobody else's, the other learners of the own programmes, and then the second value is True.
    """
    permitted: Any = Enrolment.objects.permitted_to(user, Permission.PROGRESS_READ)
    others = permitted.exclude(learner=user).exclude(status__in=PAST)
    if others.exists():
        return others, False
    own = Enrolment.objects.filter(learner=user).exclude(status__in=PAST)
    programmes = own.order_by().values("cohort__programme")
    peers = Enrolment.objects.filter(cohort__programme__in=programmes).exclude(learner=user)
    return peers.exclude(status__in=PAST), True


def uses_for(user: User) -> dict[int, Use]:
    """What this person is told about the use of each way of learning, by its id: only over five people or more."""
    group, is_of_peers = group_of(user)
    learned = ActivityEntry.objects.filter(OFF_JOB_VERIFIED, enrolment__in=group.order_by().values("pk"))
    rows: Any = learned.order_by().values("strategy")
    rows = rows.annotate(people=Count("enrolment__learner", distinct=True))
    people = {row["strategy"]: row["people"] for row in rows if row["people"] >= SMALLEST_GROUP}
    if not people:
        return {}
    return {
        found.strategy.pk: Use(found.rate, people[found.strategy.pk], is_of_peers)
        for found in rates_by_strategy(group)
        if found.strategy.pk in people
    }
