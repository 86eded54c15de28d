"""Which homes a person has."""

from dataclasses import dataclass

from people.models import User
from people.permissions import Relation, roles_of
from programmes.models import Enrolment


@dataclass(frozen=True)
class Hats:
    """Which homes a person has today, and the name of an organisation to head the menu."""

    is_learner: bool
    is_invited: bool
    is_coach: bool
    is_mentor: bool
    is_manager: bool
    is_programme_lead: bool
    is_org_admin: bool
    is_administrator: bool
    organisation_name: str

    @property
    def is_supporter(self) -> bool:
        """Whether the queue is one of the homes."""
        return self.is_coach or self.is_mentor


def hats_of(user: User) -> Hats:
    """The person's homes; one query beside the person's roles."""
    roles = roles_of(user)
    states = set(
        Enrolment.objects.filter(learner=user).order_by().values_list("status", flat=True).distinct()
    )
    return Hats(
        is_learner=bool(states - {Enrolment.Status.INVITED.value}),
        is_invited=Enrolment.Status.INVITED.value in states,
        is_coach=bool(roles.supports[Relation.COACH]),
        is_mentor=bool(roles.supports[Relation.MENTOR]),
        is_manager=bool(roles.supports[Relation.MANAGER]),
        is_programme_lead=bool(roles.leads or roles.leads_at),
        is_org_admin=bool(roles.administers),
        is_administrator=user.is_administrator,
        organisation_name=roles.organisation_name,
    )
