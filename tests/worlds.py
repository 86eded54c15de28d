"""Two organisations side by side, each with a person in every role: what one may do, the other must not.

Made once for the whole run and rolled back after each test; `world` hands out copies.
"""

from dataclasses import dataclass

from people.models import Membership, Organisation, Team, User
from programmes.models import Cohort, Enrolment, LearningStrategy, Programme, SupportRole
from standards.models import Criterion, Framework
from tests.factories import people as p
from tests.factories import programmes as f
from tests.factories import standards as s

PERSONAS = ("learner", "coach", "mentor", "manager", "lead", "org_admin")
"""The roles that stand to one enrolment; each world has one person for each."""


@dataclass
class Side:
    """One employer with its provider, programme and people."""

    employer: Organisation
    provider: Organisation
    team: Team
    framework: Framework
    criteria: list[Criterion]
    programme: Programme
    cohort: Cohort
    enrolment: Enrolment
    strategy: LearningStrategy
    learner: User
    coach: User
    mentor: User
    manager: User
    lead: User
    org_admin: User


@dataclass
class World:
    """Ours, theirs, and who belongs to neither. `everybody` maps persona names to people, None for a visitor."""

    ours: Side
    theirs: Side
    administrator: User
    outsider: User

    def everybody(self) -> dict[str, User | None]:
        """Every persona by name: `coach`, `other_coach`, ..., `administrator`, `outsider`, `visitor`."""
        people: dict[str, User | None] = {name: getattr(self.ours, name) for name in PERSONAS}
        people |= {f"other_{name}": getattr(self.theirs, name) for name in PERSONAS}
        return people | {"administrator": self.administrator, "outsider": self.outsider, "visitor": None}


def build_side(name: str) -> Side:
    """One organisation's world; `name` tells the two apart."""
    employer = p.OrganisationFactory(name=f"Sample {name} Ltd")
    provider = p.OrganisationFactory(name=f"Sample {name} Training", kind=Organisation.Kind.PROVIDER)
    people = {
        persona: p.UserFactory(
            email=f"{persona}.{name.lower()}@sample.example", display_name=f"Sample {persona} {name}"
        )
        for persona in PERSONAS
    }
    role = Membership.Role
    for persona, organisation, held in (
        ("learner", employer, role.MEMBER),
        ("mentor", employer, role.MEMBER),
        ("manager", employer, role.MEMBER),
        ("org_admin", employer, role.ORG_ADMIN),
        ("coach", provider, role.COACH),
        ("lead", provider, role.PROGRAMME_LEAD),
    ):
        p.MembershipFactory(person=people[persona], organisation=organisation, role=held)
    framework = s.FrameworkFactory(code=f"FW-{name}", title=f"Framework {name}")
    criteria = [
        s.CriterionFactory(framework=framework, code=f"{name[0]}{n}", title=f"Criterion {name} {n}", order=n)
        for n in range(1, 4)
    ]
    programme = f.ProgrammeFactory(
        organisation=provider, code=f"programme-{name.lower()}", title=f"Programme {name}"
    )
    programme.frameworks.add(framework)
    f.UnitFactory(programme=programme, order=1, title=f"Unit {name}").criteria.set(criteria[:2])
    f.ProgrammeRoleFactory(programme=programme, person=people["lead"])
    cohort = f.CohortFactory(programme=programme, name=f"Cohort {name}")
    enrolment = f.EnrolmentFactory(cohort=cohort, learner=people["learner"], organisation=employer)
    for persona in SupportRole.Role.values:
        f.SupportRoleFactory(enrolment=enrolment, person=people[persona], role=persona)
    return Side(
        employer=employer,
        provider=provider,
        team=p.TeamFactory(organisation=employer, name=f"Team {name}"),
        framework=framework,
        criteria=criteria,
        programme=programme,
        cohort=cohort,
        enrolment=enrolment,
        strategy=f.StrategyFactory(code=f"strategy-{name.lower()}", name=f"Strategy {name}"),
        **people,
    )


def build_world() -> World:
    """Both sides, an administrator, and a person without any role."""
    return World(
        ours=build_side("Alder"),
        theirs=build_side("Birch"),
        administrator=p.UserFactory(
            email="administrator@sample.example", display_name="Sample Administrator", is_administrator=True
        ),
        outsider=p.UserFactory(email="outsider@sample.example", display_name="Sample Outsider"),
    )
