"""The table: which relation to a record holds which permission, and on which rows. Nothing else says who may."""

from collections.abc import Mapping
from enum import StrEnum


class Relation(StrEnum):
    """How a person stands to a record."""

    LEARNER = "learner"
    COACH = "coach"
    MENTOR = "mentor"
    MANAGER = "manager"
    PROGRAMME_LEAD = "programme_lead"
    ORG_ADMIN = "org_admin"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"


class Permission(StrEnum):
    """NOUN_VERB; one for each cell of the access table that differs from its neighbours."""

    ENROLMENT_READ = "enrolment_read"
    PROGRESS_READ = "progress_read"
    ACTIVITY_CREATE = "activity_create"
    ACTIVITY_READ = "activity_read"
    ACTIVITY_READ_DETAIL = "activity_read_detail"
    ACTIVITY_READ_LOGGED = "activity_read_logged"
    ACTIVITY_CHANGE = "activity_change"
    ACTIVITY_APPROVE = "activity_approve"
    APPLICATION_READ = "application_read"
    APPLICATION_CHANGE = "application_change"
    APPLICATION_CONFIRM = "application_confirm"
    GOAL_CREATE = "goal_create"
    GOAL_READ = "goal_read"
    GOAL_CHANGE = "goal_change"
    GOAL_AGREE = "goal_agree"
    LEAVE_MARK = "leave_mark"
    BREAK_READ = "break_read"
    BREAK_ASK = "break_ask"
    BREAK_AGREE = "break_agree"
    BREAK_END = "break_end"
    COVER_SET = "cover_set"
    REFLECTION_READ = "reflection_read"
    REFLECTION_CHANGE = "reflection_change"
    EVIDENCE_READ = "evidence_read"
    EVIDENCE_READ_LOGGED = "evidence_read_logged"
    EVIDENCE_CHANGE = "evidence_change"
    ENROLMENT_CHANGE = "enrolment_change"
    ENROLMENT_START = "enrolment_start"
    PROGRAMME_CREATE = "programme_create"
    PROGRAMME_CHANGE = "programme_change"
    COHORT_CHANGE = "cohort_change"
    PROGRAMME_READ = "programme_read"
    PROGRAMME_WATCH = "programme_watch"
    ORGANISATION_READ = "organisation_read"
    ORGANISATION_READ_TOTALS = "organisation_read_totals"
    INVITATION_CREATE = "invitation_create"
    MEMBERSHIP_CHANGE = "membership_change"
    FRAMEWORK_READ = "framework_read"
    FRAMEWORK_READ_DRAFT = "framework_read_draft"
    TEMPLATE_CHANGE = "template_change"
    STRATEGY_READ = "strategy_read"
    STRATEGY_CHANGE = "strategy_change"


EVERY_ROW = ""
"""A grant without a condition. Anything else names a condition that the model declares."""

SUPPORTERS = (Relation.COACH, Relation.MENTOR, Relation.MANAGER)


def _on(condition: str, *relations: Relation) -> dict[Relation, str]:
    return dict.fromkeys(relations, condition)


GRANTS: Mapping[Permission, Mapping[Relation, str]] = {
    Permission.ENROLMENT_READ: _on(
        EVERY_ROW,
        Relation.LEARNER,
        *SUPPORTERS,
        Relation.ORG_ADMIN,
        Relation.PROGRAMME_LEAD,
        Relation.ADMINISTRATOR,
    ),
    Permission.PROGRESS_READ: _on(EVERY_ROW, Relation.LEARNER, *SUPPORTERS, Relation.PROGRAMME_LEAD),
    Permission.ACTIVITY_CREATE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.ACTIVITY_READ: {
        Relation.LEARNER: EVERY_ROW,
        **_on("sent", *SUPPORTERS, Relation.PROGRAMME_LEAD),
    },
    Permission.ACTIVITY_READ_DETAIL: {
        Relation.LEARNER: EVERY_ROW,
        **_on("sent", Relation.COACH, Relation.MENTOR, Relation.PROGRAMME_LEAD),
        Relation.MANAGER: "sent_on_job",
    },
    Permission.ACTIVITY_READ_LOGGED: _on("sent", Relation.ADMINISTRATOR),
    Permission.ACTIVITY_CHANGE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.ACTIVITY_APPROVE: {
        Relation.COACH: "sent",
        **_on("sent_on_job", Relation.MENTOR, Relation.MANAGER),
    },
    Permission.APPLICATION_READ: {
        Relation.LEARNER: EVERY_ROW,
        **_on("answered", *SUPPORTERS, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    },
    Permission.APPLICATION_CHANGE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.APPLICATION_CONFIRM: _on("answered", Relation.MENTOR, Relation.MANAGER),
    Permission.GOAL_CREATE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.GOAL_READ: {
        Relation.LEARNER: EVERY_ROW,
        **_on("proposed", *SUPPORTERS, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    },
    Permission.GOAL_CHANGE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.GOAL_AGREE: _on("proposed", Relation.COACH, Relation.MANAGER),
    Permission.LEAVE_MARK: _on(EVERY_ROW, Relation.LEARNER, Relation.COACH),
    Permission.BREAK_READ: _on(
        EVERY_ROW, Relation.LEARNER, Relation.COACH, Relation.MANAGER, Relation.PROGRAMME_LEAD
    ),
    Permission.BREAK_ASK: _on(EVERY_ROW, Relation.LEARNER),
    Permission.BREAK_AGREE: _on(EVERY_ROW, Relation.COACH, Relation.MANAGER, Relation.PROGRAMME_LEAD),
    Permission.BREAK_END: _on(EVERY_ROW, Relation.COACH, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    Permission.COVER_SET: _on(EVERY_ROW, Relation.COACH),
    Permission.REFLECTION_READ: {Relation.LEARNER: EVERY_ROW, Relation.COACH: "sent"},
    Permission.REFLECTION_CHANGE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.EVIDENCE_READ: {
        Relation.LEARNER: EVERY_ROW,
        Relation.COACH: "sent",
        Relation.MENTOR: "sent_shared",
        Relation.MANAGER: "sent_on_job",
    },
    Permission.EVIDENCE_READ_LOGGED: _on("sent", Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    Permission.EVIDENCE_CHANGE: _on(EVERY_ROW, Relation.LEARNER),
    Permission.ENROLMENT_CHANGE: _on(EVERY_ROW, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    Permission.ENROLMENT_START: _on(EVERY_ROW, Relation.LEARNER),
    Permission.PROGRAMME_CREATE: _on("provider", Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    Permission.PROGRAMME_CHANGE: _on(EVERY_ROW, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    Permission.COHORT_CHANGE: _on(EVERY_ROW, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
    Permission.PROGRAMME_READ: _on(
        EVERY_ROW, Relation.PROGRAMME_LEAD, Relation.ORG_ADMIN, Relation.ADMINISTRATOR
    ),
    Permission.PROGRAMME_WATCH: _on(EVERY_ROW, Relation.PROGRAMME_LEAD),
    Permission.ORGANISATION_READ: _on(EVERY_ROW, Relation.MEMBER, Relation.ORG_ADMIN, Relation.ADMINISTRATOR),
    Permission.ORGANISATION_READ_TOTALS: _on(EVERY_ROW, Relation.ORG_ADMIN, Relation.ADMINISTRATOR),
    # A lead brings colleagues in; who else belongs to the organisation, and as what, is its administrator's business.
    Permission.INVITATION_CREATE: _on(
        EVERY_ROW, Relation.ORG_ADMIN, Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR
    ),
    Permission.MEMBERSHIP_CHANGE: _on(EVERY_ROW, Relation.ORG_ADMIN, Relation.ADMINISTRATOR),
    Permission.FRAMEWORK_READ: {Relation.MEMBER: "published", Relation.ADMINISTRATOR: EVERY_ROW},
    Permission.FRAMEWORK_READ_DRAFT: _on(EVERY_ROW, Relation.ADMINISTRATOR),
    # A framework is shared by all organisations, so no lead of one of them writes what the others read.
    Permission.TEMPLATE_CHANGE: _on(EVERY_ROW, Relation.ADMINISTRATOR),
    Permission.STRATEGY_READ: _on(EVERY_ROW, Relation.MEMBER, Relation.ADMINISTRATOR),
    # The site's own words are the administrators'; a lead writes those of the own provider beside them.
    Permission.STRATEGY_CHANGE: _on("provider", Relation.PROGRAMME_LEAD, Relation.ADMINISTRATOR),
}

NEVER_OWN = frozenset(
    {
        Permission.ACTIVITY_APPROVE,
        Permission.APPLICATION_CONFIRM,
        Permission.GOAL_AGREE,
        Permission.BREAK_AGREE,
        Permission.BREAK_END,
        Permission.ENROLMENT_CHANGE,
    }
)
"""Nobody approves their own record or completes their own enrolment, whatever other roles they hold."""
