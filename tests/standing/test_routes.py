"""Every address of the portal × every persona: what it answers is declared here, and a new address has to be.

Who is outside a record gets 404, as if it never was; who stands to it but lacks the right gets 403; a visitor is sent
to sign in; what only takes POST answers 405 to GET.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone

from people.models import User
from people.queries.invitations import token_from
from programmes.models import ActivityEntry, EvidenceFile, StrategyGuide, SupportRole
from programmes.queries.progress import monday
from standards.models import Framework
from tests.factories import downloads as d
from tests.factories import people as p
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import PERSONAS, World

OTHERS = tuple(f"other_{name}" for name in PERSONAS)
EVERYBODY = (*PERSONAS, *OTHERS, "administrator", "outsider", "visitor")
SIGN_IN = "to sign in"
Answers = dict[int | str, str]


@dataclass(frozen=True)
class Route:
    """By status the personas that get it; `*` is everybody else who is signed in.

    `get` and `post` say nothing of visitors: they are sent to sign in, unless `visitor` has the two statuses.
    Without `post`, POST is not among the methods of the page and is not tried.
    """

    get: Answers = field(default_factory=lambda: {405: "*"})
    post: Answers | None = None
    args: tuple[str, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    visitor: tuple[int | str, int | str] = (SIGN_IN, SIGN_IN)


LEARNERS = "learner other_learner"
READERS = "learner coach mentor manager lead"
INSIDERS = "coach mentor manager lead org_admin administrator"
MEMBERS = " ".join((*PERSONAS, *OTHERS))
OF_RECORD: Answers = {200: READERS, 403: "org_admin administrator", 404: "*"}
OF_PROGRAMME: Answers = {200: "lead administrator", 403: "coach", 404: "*"}
"""Pages of a programme's leads; the coach belongs to the same provider."""
ON_PROGRAMME: Answers = {302: "lead administrator", 403: "coach", 404: "*"}
OF_ENROLMENT: Answers = {200: "lead administrator", 403: "learner coach mentor manager org_admin", 404: "*"}
ON_ENROLMENT: Answers = {302: "lead administrator", 403: "learner coach mentor manager org_admin", 404: "*"}
ON_OWN_GOAL: Answers = {302: "learner", 403: INSIDERS, 404: "*"}
ON_GOAL: Answers = {302: "coach manager", 403: "learner mentor lead org_admin administrator", 404: "*"}
PUBLIC_PAGE: Any = {"get": {200: "*"}, "visitor": (200, SIGN_IN)}

PROBE = Route({200: "*"}, {405: "*"}, visitor=(200, 405))
INVITED = {"email": "new@sample.example", "display_name": "Sample New", "role": "member", "language": "en"}

# The part of a name after the space only tells two rows of one route apart.
ROUTES = {
    "dashboards:landing": Route({302: "*"}, visitor=(200, SIGN_IN)),
    "dashboards:home": Route({200: "outsider", 302: "*"}),
    "dashboards:learner": Route({200: LEARNERS, 403: "*"}),
    "dashboards:queue": Route({200: "coach mentor other_coach other_mentor", 403: "*"}),
    "dashboards:caseload": Route({200: "coach mentor other_coach other_mentor", 403: "*"}),
    "dashboards:record": Route(OF_RECORD, args=("enrolment",)),
    "dashboards:criteria": Route(OF_RECORD, args=("enrolment",)),
    "dashboards:timeline": Route(OF_RECORD, args=("enrolment",)),
    "dashboards:ways": Route(OF_RECORD, args=("enrolment",)),
    "dashboards:thread": Route(OF_RECORD, args=("enrolment", "criterion")),
    "dashboards:thread elsewhere": Route(
        {403: "org_admin administrator", 404: "*"}, args=("enrolment", "other_criterion")
    ),
    "dashboards:team": Route({200: "manager other_manager", 403: "*"}),
    "dashboards:decide": Route(post={302: "*"}),
    "dashboards:decide_undo": Route(post={302: "*"}),
    "dashboards:value": Route({200: "manager other_manager", 403: "*"}),
    "dashboards:month": Route({200: "manager other_manager", 403: "*"}, args=("year", "month")),
    "dashboards:lead": Route({200: "lead other_lead", 403: "*"}),
    "dashboards:lead_learners": Route({200: "lead other_lead", 403: "*"}),
    "dashboards:lead_cohorts": Route({200: "lead other_lead", 403: "*"}),
    "dashboards:lead_strategies": Route({200: "lead other_lead", 403: "*"}),
    "dashboards:lead_criteria": Route({200: "lead other_lead", 403: "*"}),
    "dashboards:organisation": Route({200: "org_admin other_org_admin", 403: "*"}),
    "dashboards:site": Route({200: "administrator", 403: "*"}),
    "people:profile": Route(
        {200: "*"},
        {302: "*"},
        body={"display_name": "Sample Name", "language": "en", "time_zone": "UTC", "theme": ""},
    ),
    "people:visibility": Route({200: "*"}),
    "people:language": Route(post={302: "*"}, body={"language": "es"}, visitor=(405, 302)),
    "people:invitation": Route({403: "*"}, {403: "*"}, args=("token",), visitor=(200, 200)),
    "people:invitation unknown": Route({404: "*"}, {404: "*"}, args=("key",), visitor=(404, 404)),
    "people:organisation_list": Route(
        {200: "administrator", 302: "org_admin other_org_admin lead other_lead", 403: "*"}
    ),
    "people:organisation_people": Route(
        {200: "org_admin administrator", 403: "learner mentor manager", 404: "*"}, args=("employer",)
    ),
    "people:organisation_people provider": Route(
        {200: "administrator", 302: "lead", 403: "coach", 404: "*"}, args=("provider",)
    ),
    "people:organisation_invitations": Route(
        {200: "org_admin administrator", 403: "learner mentor manager", 404: "*"}, args=("employer",)
    ),
    "people:organisation_invitations provider": Route(
        {200: "lead administrator", 403: "coach", 404: "*"}, args=("provider",)
    ),
    "people:invitation_create": Route(
        {200: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        {302: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        args=("employer",),
        body=INVITED,
    ),
    "people:invitation_create provider": Route(
        {200: "lead administrator", 403: "coach", 404: "*"},
        {302: "lead administrator", 403: "coach", 404: "*"},
        args=("provider",),
        body=INVITED,
    ),
    "people:invitation_resend": Route(
        post={302: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        args=("employer", "invitation"),
    ),
    "people:invitation_revoke": Route(
        {200: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        {302: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        args=("employer", "invitation"),
    ),
    "people:membership_end": Route(
        {200: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        {302: "org_admin administrator", 403: "learner mentor manager", 404: "*"},
        args=("employer", "membership"),
        body={"ends_on": "2030-01-31"},
    ),
    "programmes:goal_list": Route({200: LEARNERS, 404: "*"}),
    "programmes:goal_create": Route({200: LEARNERS, 404: "*"}, {200: LEARNERS, 404: "*"}),
    "programmes:goal_detail": Route(
        {200: f"{READERS} administrator", 403: "org_admin", 404: "*"}, args=("goal_proposed",)
    ),
    "programmes:goal_detail draft": Route({200: "learner", 403: INSIDERS, 404: "*"}, args=("goal_draft",)),
    "programmes:goal_change": Route(
        {200: "learner", 403: INSIDERS, 404: "*"}, {200: "learner", 403: INSIDERS, 404: "*"}, ("goal_draft",)
    ),
    "programmes:goal_change proposed": Route(
        {302: "learner", 403: INSIDERS, 404: "*"},
        {302: "learner", 403: INSIDERS, 404: "*"},
        ("goal_proposed",),
    ),
    "programmes:goal_delete": Route(
        {200: "learner", 403: INSIDERS, 404: "*"}, {302: "learner", 403: INSIDERS, 404: "*"}, ("goal_draft",)
    ),
    "programmes:goal_propose": Route(post=ON_OWN_GOAL, args=("goal_draft",)),
    "programmes:goal_withdraw": Route(post=ON_OWN_GOAL, args=("goal_proposed",)),
    "programmes:goal_start": Route(post=ON_OWN_GOAL, args=("goal_agreed",)),
    "programmes:goal_check_in": Route(
        post={200: "learner", 403: INSIDERS, 404: "*"}, args=("goal_agreed",), body={"progress": "101"}
    ),
    "programmes:goal_close": Route(
        {200: "learner", 403: INSIDERS, 404: "*"},
        ON_OWN_GOAL,
        ("goal_agreed",),
        {"to": "dropped", "outcome": "The machine was sold."},
    ),
    "programmes:goal_agree": Route(post=ON_GOAL, args=("goal_proposed",)),
    "programmes:goal_agree draft": Route(post={403: f"learner {INSIDERS}", 404: "*"}, args=("goal_draft",)),
    "programmes:goal_ask": Route(post=ON_GOAL, args=("goal_proposed",), body={"reason": "Name a figure."}),
    "programmes:goals_decide": Route(post={302: "*"}),
    "programmes:goal_decision_undo": Route(post={302: "*"}),
    "programmes:enrolment_goals": Route(
        {200: f"{READERS} administrator", 403: "org_admin", 404: "*"}, args=("enrolment",)
    ),
    "programmes:activity_list": Route({200: LEARNERS, 404: "*"}),
    "programmes:activity_create": Route({200: LEARNERS, 404: "*"}, {200: LEARNERS, 404: "*"}),
    "programmes:activity_detail": Route(
        {200: f"{READERS} administrator", 403: "org_admin", 404: "*"},
        {302: "administrator", 403: f"{READERS} org_admin", 404: "*"},
        args=("on_job",),
        body={"reason": "Asked by the learner"},
    ),
    "programmes:activity_detail draft": Route(
        {200: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"}, args=("draft",)
    ),
    "programmes:activity_change": Route(
        {200: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        {200: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        args=("draft",),
    ),
    "programmes:activity_change sent": Route(
        {302: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        {302: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        args=("on_job",),
    ),
    "programmes:activity_submit": Route(
        post={302: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        args=("draft",),
    ),
    "programmes:activity_approve": Route(
        post={302: "coach mentor manager", 403: "learner lead org_admin administrator", 404: "*"},
        args=("on_job",),
    ),
    "programmes:activity_approve off": Route(
        post={302: "coach", 403: "learner mentor manager lead org_admin administrator", 404: "*"},
        args=("off_job",),
    ),
    "programmes:activity_return": Route(
        post={302: "coach mentor manager", 403: "learner lead org_admin administrator", 404: "*"},
        args=("on_job",),
        body={"reason": "Which part did you do?"},
    ),
    "programmes:activity_return off": Route(
        post={302: "coach", 403: "learner mentor manager lead org_admin administrator", 404: "*"},
        args=("off_job",),
        body={"reason": "Which part did you do?"},
    ),
    "programmes:application": Route(
        {200: "learner coach mentor manager lead administrator", 403: "org_admin", 404: "*"},
        {302: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        args=("answered",),
        body={"used": "yes"},
    ),
    "programmes:application prompted": Route(
        {200: "learner", 403: INSIDERS, 404: "*"},
        {200: "learner", 403: INSIDERS, 404: "*"},
        args=("prompted",),
    ),
    "programmes:application none": Route({404: "*"}, {404: "*"}, args=("off_job",)),
    "programmes:application_put_off": Route(
        post={302: "learner", 403: INSIDERS, 404: "*"}, args=("prompted",)
    ),
    "programmes:application_confirm": Route(
        post={302: "mentor manager", 403: "learner coach lead org_admin administrator", 404: "*"},
        args=("answered",),
    ),
    "programmes:application_return": Route(
        post={302: "mentor manager", 403: "learner coach lead org_admin administrator", 404: "*"},
        args=("answered",),
        body={"question": "How do you see it?"},
    ),
    "programmes:application_list": Route({200: LEARNERS, 404: "*"}),
    "programmes:applications_confirm": Route(post={302: "*"}),
    "programmes:confirmation_undo": Route(post={302: "*"}),
    "programmes:enrolment_applications": Route(
        {200: READERS, 403: "org_admin administrator", 404: "*"}, args=("enrolment",)
    ),
    "programmes:form_keep": Route(post={200: LEARNERS, 404: "*"}),
    "programmes:form_keep_changed": Route(post={200: "learner", 403: INSIDERS, 404: "*"}, args=("draft",)),
    "programmes:activity_delete": Route(
        {200: "learner", 403: INSIDERS, 404: "*"}, {302: "learner", 403: INSIDERS, 404: "*"}, args=("draft",)
    ),
    "programmes:activity_amend": Route(
        {200: "learner", 403: INSIDERS, 404: "*"},
        {302: "learner", 403: INSIDERS, 404: "*"},
        args=("verified",),
    ),
    "programmes:activity_amend draft": Route(
        {302: "learner", 403: INSIDERS, 404: "*"}, {302: "learner", 403: INSIDERS, 404: "*"}, args=("draft",)
    ),
    "programmes:activity_withdraw": Route(post={302: "learner", 403: INSIDERS, 404: "*"}, args=("on_job",)),
    "programmes:activities_decide": Route(post={302: "*"}),
    "programmes:decision_undo": Route(post={302: "*"}),
    "programmes:week_submit": Route(
        post={302: "learner", 403: INSIDERS, 404: "*"}, args=("enrolment", "week")
    ),
    "programmes:leave_mark": Route(
        post={302: "learner coach", 403: "mentor manager lead org_admin administrator", 404: "*"},
        args=("enrolment", "week"),
    ),
    "programmes:leave_unmark": Route(
        post={302: "learner coach", 403: "mentor manager lead org_admin administrator", 404: "*"},
        args=("enrolment", "leave"),
    ),
    "programmes:strategy_list": Route({200: "*"}),
    "programmes:strategy_finder": Route({200: "*"}),
    "programmes:strategy_detail": Route({200: f"{MEMBERS} administrator", 404: "*"}, args=("strategy",)),
    "programmes:strategy_change": Route(
        {200: "administrator", 403: MEMBERS, 404: "*"},
        {200: "administrator", 403: MEMBERS, 404: "*"},
        args=("strategy",),
    ),
    "programmes:guide_change": Route(OF_PROGRAMME, OF_PROGRAMME, ("strategy", "provider")),
    "programmes:guide_change employer": Route(
        {403: "learner mentor manager org_admin administrator", 404: "*"},
        {403: "learner mentor manager org_admin administrator", 404: "*"},
        args=("strategy", "employer"),
    ),
    "programmes:guide_remove": Route(OF_PROGRAMME, ON_PROGRAMME, ("strategy", "provider")),
    "programmes:cover": Route({200: "coach other_coach", 403: "*"}, {200: "coach other_coach", 403: "*"}),
    "programmes:cover_end": Route(post={302: "coach", 404: "*"}, args=("cover",)),
    "programmes:activity_evidence": Route(
        {302: READERS, 403: "org_admin administrator", 404: "*"}, args=("on_job",)
    ),
    "programmes:evidence_thumbnail": Route(
        {200: "learner coach mentor manager", 403: "lead org_admin administrator", 404: "*"},
        args=("shared_file",),
    ),
    "programmes:evidence_thumbnail private": Route(
        {404: "learner coach *", 403: "mentor manager lead org_admin administrator"},
        args=("private_file",),
    ),
    "programmes:evidence_read unchecked": Route(
        {302: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        args=("unchecked_file",),
    ),
    "programmes:evidence_read": Route(
        {200: READERS, 302: "administrator", 403: "org_admin", 404: "*"}, args=("shared_file",)
    ),
    "programmes:evidence_read private": Route(
        {200: "learner coach lead", 302: "administrator", 403: "mentor manager org_admin", 404: "*"},
        args=("private_file",),
    ),
    "programmes:evidence_remove": Route(
        post={302: "learner", 403: "coach mentor manager lead org_admin administrator", 404: "*"},
        args=("draft_file",),
    ),
    "programmes:enrolment_activities": Route(
        {200: READERS, 403: "org_admin administrator", 404: "*"}, args=("enrolment",)
    ),
    "programmes:programme_list": Route({200: "lead other_lead administrator", 403: "*"}),
    "programmes:programme_create": Route(
        {200: "lead other_lead administrator", 403: "*"}, {200: "lead other_lead administrator", 403: "*"}
    ),
    "programmes:programme_detail": Route(OF_PROGRAMME, args=("programme",)),
    "programmes:programme_change": Route(OF_PROGRAMME, OF_PROGRAMME, ("programme",)),
    "programmes:programme_copy": Route(OF_PROGRAMME, ON_PROGRAMME, ("programme",), {"code": "COPY"}),
    "programmes:programme_archive": Route(OF_PROGRAMME, ON_PROGRAMME, ("programme",)),
    "programmes:programme_reopen": Route(post=ON_PROGRAMME, args=("programme",)),
    "programmes:programme_remove": Route(ON_PROGRAMME, ON_PROGRAMME, ("programme",)),
    "programmes:programme_leads": Route(OF_PROGRAMME, OF_PROGRAMME, ("programme",)),
    "programmes:unit_create": Route(OF_PROGRAMME, OF_PROGRAMME, ("programme",)),
    "programmes:unit_change": Route(OF_PROGRAMME, OF_PROGRAMME, ("unit",)),
    "programmes:unit_criteria": Route(OF_PROGRAMME, OF_PROGRAMME, ("unit",)),
    "programmes:unit_move": Route(post=ON_PROGRAMME, args=("unit",), body={"direction": "up"}),
    "programmes:unit_remove": Route(OF_PROGRAMME, ON_PROGRAMME, ("unit",)),
    "programmes:cohort_create": Route(OF_PROGRAMME, OF_PROGRAMME, ("programme",)),
    "programmes:cohort_detail": Route(OF_PROGRAMME, args=("cohort",)),
    "programmes:cohort_change": Route(OF_PROGRAMME, OF_PROGRAMME, ("cohort",)),
    "programmes:cohort_remove": Route(ON_PROGRAMME, ON_PROGRAMME, ("cohort",)),
    "programmes:enrolment_create": Route(OF_PROGRAMME, OF_PROGRAMME, ("cohort",)),
    "programmes:enrolment_invite": Route(OF_PROGRAMME, OF_PROGRAMME, ("cohort",)),
    "programmes:people_import": Route(
        OF_PROGRAMME, {200: "lead administrator", 403: "coach", 404: "*"}, args=("cohort",)
    ),
    "programmes:people_import_example": Route(OF_PROGRAMME, args=("cohort",)),
    "programmes:people_import_detail": Route(
        {200: "lead", 403: "coach administrator", 404: "*"},
        {302: "lead", 403: "coach administrator", 404: "*"},
        args=("people_list",),
    ),
    "programmes:people_import_discard": Route(
        post={302: "lead", 403: "coach administrator", 404: "*"}, args=("people_list",)
    ),
    "downloads:export_list": Route(
        {200: "*"}, {302: "lead other_lead", 403: "*"}, body={"table": "learners", "format": "csv"}
    ),
    "downloads:export_detail": Route({200: "lead", 404: "*"}, args=("export",)),
    "downloads:export_read": Route({200: "lead", 404: "*"}, args=("export",)),
    "downloads:export_remove": Route(post={302: "lead", 404: "*"}, args=("export",)),
    "programmes:enrolment_detail": Route(OF_ENROLMENT, args=("enrolment",)),
    "programmes:enrolment_change": Route(OF_ENROLMENT, OF_ENROLMENT, ("enrolment",)),
    "programmes:enrolment_start": Route(
        post={302: "learner lead administrator", 403: "org_admin", 404: "*"}, args=("invited",)
    ),
    "programmes:break_list": Route(
        {200: "learner coach manager lead", 403: "mentor org_admin administrator", 404: "*"},
        args=("enrolment",),
    ),
    "programmes:break_ask": Route(
        {200: "learner", 403: INSIDERS, 404: "*"}, {200: "learner", 403: INSIDERS, 404: "*"}, ("enrolment",)
    ),
    "programmes:break_decide": Route(
        {200: "coach manager lead", 403: "learner mentor org_admin administrator", 404: "*"},
        {302: "coach manager lead", 403: "learner mentor org_admin administrator", 404: "*"},
        ("asked_break",),
        {"do": "agree"},
    ),
    "programmes:break_withdraw": Route(
        post={302: "learner coach lead administrator", 403: "mentor manager org_admin", 404: "*"},
        args=("asked_break",),
    ),
    "programmes:hours_explained": Route(
        {200: READERS, 403: "org_admin administrator", 404: "*"}, args=("enrolment",)
    ),
    "programmes:status_rule": Route({200: "*"}),
    "programmes:rule_choose": Route(OF_PROGRAMME, OF_PROGRAMME, ("programme",)),
    "programmes:rule_write": Route(OF_PROGRAMME, OF_PROGRAMME, ("programme",)),
    "programmes:enrolment_break": Route(OF_ENROLMENT, OF_ENROLMENT, ("enrolment",)),
    "programmes:enrolment_back": Route(
        {302: "coach lead administrator", 403: "learner mentor manager org_admin", 404: "*"},
        {302: "coach lead administrator", 403: "learner mentor manager org_admin", 404: "*"},
        ("enrolment",),
    ),
    "programmes:enrolment_complete": Route(OF_ENROLMENT, ON_ENROLMENT, ("enrolment",)),
    "programmes:enrolment_withdraw": Route(OF_ENROLMENT, ON_ENROLMENT, ("enrolment",)),
    "programmes:support_change": Route(OF_ENROLMENT, OF_ENROLMENT, ("enrolment", "role")),
    "programmes:support_invite": Route(OF_ENROLMENT, OF_ENROLMENT, ("enrolment", "role")),
    "standards:framework_list": Route({200: "*"}),
    "standards:framework_detail": Route({200: f"{MEMBERS} administrator", 404: "*"}, args=("published",)),
    "standards:framework_detail draft": Route({200: "administrator", 404: "*"}, args=("unpublished",)),
    "standards:template_list": Route({200: f"{MEMBERS} administrator", 404: "*"}, args=("published",)),
    "standards:template_list draft": Route({200: "administrator", 404: "*"}, args=("unpublished",)),
    "standards:template_create": Route(
        {200: "administrator", 403: MEMBERS, 404: "*"},
        {200: "administrator", 403: MEMBERS, 404: "*"},
        ("published",),
    ),
    "standards:template_change": Route(
        {200: "administrator", 403: MEMBERS, 404: "*"},
        {200: "administrator", 403: MEMBERS, 404: "*"},
        ("template",),
    ),
    "standards:template_remove": Route(
        {200: "administrator", 403: MEMBERS, 404: "*"},
        {302: "administrator", 403: MEMBERS, 404: "*"},
        ("template",),
    ),
    "livez": PROBE,
    "readyz": PROBE,
    "account_login": Route({302: "*"}, {302: "*"}, visitor=(200, 200)),
    "account_logout": Route({200: "*"}, {302: "*"}, visitor=(302, 302)),
    "account_signup": Route({302: "*"}, {302: "*"}, visitor=(200, 200)),
    "account_inactive": Route(**PUBLIC_PAGE),
    "account_email_verification_sent": Route(**PUBLIC_PAGE),
    "account_reauthenticate": Route({200: "*"}, {200: "*"}),
    "account_email": Route({200: "*"}, {302: "*"}),
    "account_change_password": Route({200: "*"}, {200: "*"}),
    "account_set_password": Route({302: "*"}, {302: "*"}),
    "account_reset_password": Route({200: "*"}, {200: "*"}, visitor=(200, 200)),
    "account_reset_password_done": Route(**PUBLIC_PAGE),
    "account_reset_password_from_key": Route({200: "*"}, {200: "*"}, ("uid", "key"), visitor=(200, 200)),
    "account_reset_password_from_key_done": Route(**PUBLIC_PAGE),
    "account_confirm_email": Route({200: "*"}, {404: "*"}, ("key",), visitor=(200, 404)),
    "account_request_login_code": Route({302: "*"}, {302: "*"}, visitor=(200, 200)),
    "mfa_index": Route({200: "*"}),
    "mfa_authenticate": Route({302: "*"}, {302: "*"}, visitor=(302, 302)),
    "mfa_reauthenticate": Route({302: "*"}, {302: "*"}),
    "mfa_activate_totp": Route({302: "*"}, {302: "*"}),
    "mfa_deactivate_totp": Route({404: "*"}, {404: "*"}),
    "mfa_view_recovery_codes": Route({404: "*"}),
    "mfa_download_recovery_codes": Route({404: "*"}),
    "mfa_generate_recovery_codes": Route({302: "*"}, {302: "*"}),
    "mfa_list_webauthn": Route({200: "*"}),
    "mfa_add_webauthn": Route({302: "*"}, {302: "*"}),
    "mfa_reauthenticate_webauthn": Route({302: "*"}, {302: "*"}),
    "mfa_remove_webauthn": Route({302: "*"}, {302: "*"}, ("uid",)),
    "mfa_edit_webauthn": Route({302: "*"}, {302: "*"}, ("uid",)),
    "usersessions_list": Route({200: "*"}, {302: "*"}),
    "account_confirm_login_code": Route({302: "*"}, {302: "*"}, visitor=(302, 302)),
}


def walk(resolver: URLResolver, space: str = "", prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every pattern: its name in its namespace, and its whole path."""
    for entry in resolver.url_patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space, path)
        else:
            yield f"{space}{entry.name or ''}", path


def test_every_address_has_a_declared_answer() -> None:
    names = {name for name, _path in walk(get_resolver()) if not name.startswith("admin:")}
    assert names == {label.split()[0] for label in ROUTES}


@pytest.mark.parametrize("label", ROUTES)
def test_declaration_names_known_personas_once(label: str) -> None:
    for declared in (ROUTES[label].get, ROUTES[label].post or {405: "*"}):
        named = " ".join(declared.values()).split()
        assert len(named) == len(set(named))
        assert set(named) <= {*EVERYBODY, "*"} - {"visitor"}


def answer_of(declared: Answers, persona: str) -> int | str:
    for status, personas in declared.items():
        if persona in personas.split():
            return status
    return next(status for status, personas in declared.items() if "*" in personas.split())


def cover_of(world: World) -> SupportRole:
    """Somebody who belongs to nobody's personas covers for the coach."""
    side, today = world.ours, timezone.localdate()
    colleague = p.MembershipFactory(organisation=side.provider, role="coach").person
    covered = SupportRole.objects.get(enrolment=side.enrolment, role="coach")
    return SupportRole.objects.create(
        enrolment=side.enrolment,
        person=colleague,
        role="coach",
        starts_on=today,
        ends_on=today,
        covers=covered,
    )


def rows_of(world: World) -> dict[str, Any]:
    """What the names in `args` stand for."""
    side = world.ours
    made = {"enrolment": side.enrolment, "strategy": side.strategy}
    invitation = p.InvitationFactory(organisation=side.employer)
    rows: dict[str, Any] = {
        "draft": f.ActivityFactory(**made, kind="on_job"),
        "on_job": f.ActivityFactory(**made, kind="on_job", sent=True),
        "off_job": f.ActivityFactory(**made, kind="off_job", sent=True),
        "verified": f.ActivityFactory(**made, kind="off_job", approved=True),
        "unpublished": Framework.objects.create(code="FW-draft", title="Draft"),
        "published": side.framework,
        "strategy": side.strategy,
        "guide": StrategyGuide.objects.create(strategy=side.strategy, organisation=side.provider),
        "enrolment": side.enrolment,
        "criterion": side.criteria[0],
        "other_criterion": world.theirs.criteria[0],
        "week": monday(timezone.localdate() - timedelta(weeks=3)).isoformat(),
        "leave": side.enrolment.breaks.create(starts_on="2020-01-06", ends_on="2020-01-12", is_leave=True),
        "asked_break": f.BreakFactory(
            enrolment=side.enrolment, asked=True, starts_on=timezone.localdate() + timedelta(days=7)
        ),
        "cover": cover_of(world),
        "programme": side.programme,
        "unit": side.programme.units.get(),
        "cohort": side.cohort,
        "invited": f.EnrolmentFactory(
            cohort__programme=side.programme,
            learner=side.learner,
            organisation=side.employer,
            status="invited",
        ),
        "goal_draft": f.GoalFactory(enrolment=side.enrolment),
        "goal_proposed": f.GoalFactory(enrolment=side.enrolment, proposed=True),
        "goal_agreed": f.GoalFactory(enrolment=side.enrolment, agreed=True),
        "template": s.GoalTemplateFactory(framework=side.framework),
        "role": "mentor",
        "year": timezone.localdate().year,
        "month": timezone.localdate().month,
        "employer": side.employer,
        "provider": side.provider,
        "membership": side.learner.memberships.get(),
        "invitation": invitation,
        "people_list": f.PeopleImportFactory(
            cohort=side.cohort, employer=side.employer, uploaded_by=side.lead, faults=[]
        ),
        "export": d.ExportFactory(owner=side.lead, ready=True, scope=f"programmes:{side.programme.pk}"),
        "token": token_from(invitation.token_seed),
        "uid": "1",
        "key": "not-a-key",
    }
    for name, traits in (("prompted", {}), ("answered", {"sent": True})):
        rows[name] = f.ActivityFactory(**made, approved=True)
        f.ApplicationFactory(entry=rows[name], **traits)
    rows["draft"].criteria.set(side.criteria[:1])
    name = "ab/sample.txt"
    rows["shared_file"] = f.EvidenceFactory(entry=rows["on_job"], file=name, thumbnail=name)
    rows["unchecked_file"] = f.EvidenceFactory(entry=rows["on_job"], file=name, received=True)
    rows["private_file"] = f.EvidenceFactory(entry=rows["off_job"], file=name, is_shared=False)
    rows["draft_file"] = f.EvidenceFactory(entry=rows["draft"], file=name)
    stored = settings.MEDIA_ROOT / name
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"sample text")
    return {name: getattr(row, "pk", row) for name, row in rows.items()}


def ask(client: Client, method: str, url: str, body: dict[str, Any] | None = None) -> int | str:
    """The status, or SIGN_IN; what the request changed is rolled back, and the cookies are as before."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = client.get(url) if method == "get" else client.post(url, body)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={quote(url)}":
        return SIGN_IN
    return response.status_code


APPS = (
    "dashboards",
    "downloads",
    "people",
    "programmes",
    "standards",
    "account",
    "livez",
    "readyz",
    "mfa",
    "usersessions",
)


def is_for_the_long_run(persona: str, app: str) -> bool:
    """When there is little time a few stand for all: pages of accounts know no roles, twins answer alike."""
    if app in ("account", "livez", "readyz", "mfa", "usersessions"):
        return persona not in ("learner", "visitor")
    if app == "programmes":
        return persona not in ("learner", "coach", "visitor")
    if app == "people":
        return persona not in ("org_admin", "coach", "visitor")
    return persona in OTHERS and persona not in ("other_learner", "other_coach")


RUNS = [
    pytest.param(persona, app, marks=pytest.mark.slow if is_for_the_long_run(persona, app) else ())
    for persona in EVERYBODY
    for app in APPS
]


@pytest.mark.parametrize(("persona", "app"), RUNS)
def test_route_answers_as_declared(
    world: World, client_of: Callable[[User | None], Client], persona: str, app: str
) -> None:
    person = world.everybody()[persona]
    if person is not None:
        person.password = "set, but nobody knows to what"
        person.save()
    rows, client = rows_of(world), client_of(person)
    found, wanted = {}, {}
    for label, route in ROUTES.items():
        name = label.split()[0]
        if not name.startswith(app):
            continue
        url = reverse(name, args=[rows[arg] for arg in route.args])
        found[f"GET {label}"] = ask(client, "get", url)
        wanted[f"GET {label}"] = answer_of(route.get, persona) if persona != "visitor" else route.visitor[0]
        if route.post is not None:
            found[f"POST {label}"] = ask(client, "post", url, route.body)
            wanted[f"POST {label}"] = (
                answer_of(route.post, persona) if persona != "visitor" else route.visitor[1]
            )
    assert found == wanted


def test_apps_of_the_declaration_are_all_tried() -> None:
    assert {re.match("[a-z]+", label)[0] for label in ROUTES} == set(APPS)


def test_mail_of_the_embedded_profile_is_nowhere_else(client: Client, db: None) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("mailbox")
    assert client.get("/mail/").status_code == 404


def test_refused_post_changes_nothing(world: World, client_of: Callable[[User | None], Client]) -> None:
    """The statuses above say who is refused; this says that a refusal comes before the change."""
    rows = rows_of(world)
    before = list(ActivityEntry.objects.order_by("pk").values())
    for name, row in (
        ("activity_submit", "draft"),
        ("activity_approve", "on_job"),
        ("activity_return", "on_job"),
        ("evidence_remove", "draft_file"),
        ("activity_change", "draft"),
    ):
        for persona in ("lead", "org_admin", "other_coach", "administrator", "outsider"):
            client = client_of(world.everybody()[persona])
            client.post(reverse(f"programmes:{name}", args=[rows[row]]), {"reason": "No", "title": "No"})
    assert list(ActivityEntry.objects.order_by("pk").values()) == before
    assert EvidenceFile.objects.count() == 4


# The administration ---------------------------------------------------------------------


INSIDE_ADMIN = {"object_id": "1", "content_type_id": "1", "app_label": "people", "url": "nothing-here"}


def admin_paths() -> dict[str, str]:
    """By name, an address for every pattern of the administration, with made-up ids."""
    return {
        f"{name} {path}": "/"
        + re.sub(r"\(\?P<(\w+)>.*?\)|<\w+:(\w+)>", _inside, path).replace("^", "").replace("$", "")
        for name, path in walk(get_resolver())
        if name.startswith("admin:")
    }


def _inside(match: re.Match[str]) -> str:
    return INSIDE_ADMIN[match[1] or match[2]]


@pytest.mark.parametrize("persona", EVERYBODY)
def test_administration_opens_for_administrators_only(
    world: World, client_of: Callable[[User | None], Client], persona: str
) -> None:
    response = client_of(world.everybody()[persona]).get(reverse("admin:index"))
    expected = (200, None) if persona == "administrator" else (302, "/admin/login/?next=/admin/")
    assert (response.status_code, response.get("Location")) == expected


@pytest.mark.parametrize("persona", ["learner", "lead", "org_admin", "outsider", "visitor"])
def test_no_page_of_the_administration_opens_for_others(
    world: World, client_of: Callable[[User | None], Client], persona: str
) -> None:
    client = client_of(world.everybody()[persona])
    answers = {label: client.get(path).status_code for label, path in admin_paths().items()}
    assert answers.pop("admin:login admin/login/") == (302 if persona == "visitor" else 403)
    assert set(answers.values()) == {302}


def test_lists_of_the_administration_open_for_the_administrator(
    world: World, client_of: Callable[[User | None], Client]
) -> None:
    client = client_of(world.administrator)
    lists = {label: path for label, path in admin_paths().items() if label.split()[0].endswith("_changelist")}
    assert {label: client.get(path).status_code for label, path in lists.items()} == dict.fromkeys(lists, 200)


def test_signing_in_to_the_administration_goes_through_the_portal_and_its_rate_limits(
    client: Client, world: World
) -> None:
    for method in (client.get, client.post):
        response = method("/admin/login/?next=/admin/people/user/")
        assert (response.status_code, response["Location"]) == (
            302,
            "/accounts/login/?next=%2Fadmin%2Fpeople%2Fuser%2F",
        )
