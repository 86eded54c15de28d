"""Who is in the sample: the organisations and people of people.json, and as many more learners as asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from programmes.management.commands._demo.content import dice, read
from programmes.models import Enrolment

DOMAIN = "sample.example"
LEARNERS_AN_EMPLOYER = 25
TIME_ZONES = {"en": "Europe/London", "es": "Europe/Madrid", "pl": "Europe/Warsaw"}
STATUS_OF_STORY = {
    "break": Enrolment.Status.ON_BREAK,
    "completed": Enrolment.Status.COMPLETED,
    "new": Enrolment.Status.ONBOARDING,
    "withdrawn": Enrolment.Status.WITHDRAWN,
}
# How often each course of learning occurs among the learners beyond those written out, in per cent.
STORIES = {
    "steady": 52,
    "ahead": 10,
    "behind": 15,
    "missing_weeks": 8,
    "past_break": 4,
    "break": 3,
    "withdrawn": 3,
    "completed": 3,
    "new": 2,
}
PACES = {"ahead": (1.08, 1.25), "behind": (0.45, 0.75), "missing_weeks": (0.8, 1.0)}


@dataclass(frozen=True)
class LearnerPart:
    """One learner's part: where, in what, how it goes, and who supports. People are named by e-mail."""

    key: str
    email: str
    display_name: str
    language: str
    time_zone: str
    organisation: str
    team: str
    programme: str
    status: str
    pace: float
    contracted_hours_a_week: float
    coach: str
    mentor: str
    manager: str
    story: str
    former_coach: str = ""
    next_programme: str = ""


@dataclass
class Cast:
    """Everybody: rows of organisations and staff as in people.json, and the learners' parts."""

    organisations: list[dict[str, Any]]
    staff: list[dict[str, Any]]
    learners: list[LearnerPart]
    also_learners: list[LearnerPart] = field(default_factory=list)

    @property
    def parts(self) -> list[LearnerPart]:
        """Every part, also of those whose account is listed under staff."""
        return [*self.learners, *self.also_learners]


def cast(*, learners: int, seed: int) -> Cast:
    """The cast for that many learners: the first twelve are written out, the others follow the seed."""
    data = read("people.json")
    written = [LearnerPart(**row) for row in data["learners"][:learners]]
    names = {person["email"]: person for person in data["staff"]}
    also = [
        LearnerPart(
            **row,
            display_name=names[row["email"]]["display_name"],
            time_zone=names[row["email"]]["time_zone"],
        )
        for row in data["also_learners"]
    ]
    found = Cast(list(data["organisations"]), list(data["staff"]), written, also)
    for number in range(len(data["learners"]) + 1, learners + 1):
        employer = (number - len(data["learners"]) - 1) // LEARNERS_AN_EMPLOYER + 1
        if f"e{employer}" not in {row["key"] for row in found.organisations[-1:]}:
            found.organisations.append(_employer(employer))
            found.staff.extend(_supporters(employer))
        found.learners.append(_learner(number, employer, seed=seed))
    return found


def _employer(number: int) -> dict[str, Any]:
    name = f"Sample Employer {number:03} Ltd"
    return {
        "key": f"e{number}",
        "name": name,
        "kind": "employer",
        "country": "GB",
        "teams": ["Floor", "Office"],
    }


def _supporters(employer: int) -> Iterator[dict[str, Any]]:
    language = ("en", "es", "pl")[employer % 3]
    for role, membership in (("coach", "coach"), ("mentor", "member"), ("manager", "member")):
        at = "provider" if role == "coach" else f"e{employer}"
        yield {
            "email": f"{role}.e{employer:03}@{DOMAIN}",
            "display_name": f"Sample {role.capitalize()} {employer:03}",
            "language": language,
            "time_zone": TIME_ZONES[language],
            "is_administrator": False,
            "memberships": [{"organisation": at, "team": None, "role": membership}],
        }


def _learner(number: int, employer: int, *, seed: int) -> LearnerPart:
    rng = dice(seed, "learner", number)
    story = rng.choices(list(STORIES), list(STORIES.values()))[0]
    language = ("en", "es", "pl")[number % 3]
    return LearnerPart(
        key=f"{number:04}",
        email=f"learner.{number:04}@{DOMAIN}",
        display_name=f"Sample Learner {number:04}",
        language=language,
        time_zone=TIME_ZONES[language],
        organisation=f"e{employer}",
        team=rng.choice(["Floor", "Office"]),
        programme="DIGI-MAKE" if employer % 2 else "INNO-SERV",
        status=STATUS_OF_STORY.get(story, Enrolment.Status.ACTIVE).value,
        pace=round(rng.uniform(*PACES.get(story, (0.88, 1.06))), 2),
        contracted_hours_a_week=rng.choice([20, 24, 30, 35, 37.5, 40]),
        coach=f"coach.e{employer:03}@{DOMAIN}",
        mentor=f"mentor.e{employer:03}@{DOMAIN}",
        manager=f"manager.e{employer:03}@{DOMAIN}",
        story=story,
    )
