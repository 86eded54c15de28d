"""What holds for the project as a whole, whatever is added: migrations, templates, sizes, the administration.

Layers, dependencies and the length of files are in tests/tools/test_declarations.py.
"""

import datetime as dt
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from weakref import ReferenceType

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.dispatch import Signal
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from people.models import User
from people.queries.invitations import token_from
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    AutosavedForm,
    BreakInLearning,
    Enrolment,
    EvidenceFile,
    Goal,
    GoalCheckIn,
    GoalEvent,
    Programme,
    Reflection,
    StrategyGuide,
    SupportRole,
)
from programmes.queries.progress import monday
from standards.models import Framework, Scale
from tests.factories import downloads as d
from tests.factories import people as p
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def test_project_apps_are_the_installed_ones_from_the_lowest_up() -> None:
    own = [app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()]
    assert (
        own
        == settings.PROJECT_APPS
        == [
            "core",
            "uploads",
            "downloads",
            "notifications",
            "people",
            "standards",
            "programmes",
            "dashboards",
        ]
    )


def test_core_stays_small() -> None:
    files = [path for path in (ROOT / "core").rglob("*.py") if "migrations" not in path.parts]
    lines = [line for path in files for line in path.read_text().splitlines() if line.strip()]
    assert len(lines) < 800


# Migrations -----------------------------------------------------------------------------


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_operation_of_our_migrations_can_be_taken_back() -> None:
    migrations = MigrationLoader(None).disk_migrations.items()
    operations = [
        (app, name, operation)
        for (app, name), migration in migrations
        if app in settings.PROJECT_APPS
        for operation in migration.operations
    ]
    assert operations
    assert [found for found in operations if not found[2].reversible] == []


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite changes no table inside a transaction")
def test_migrations_go_back_to_nothing_and_forward_again(db: None) -> None:
    """All inside the transaction of the test, so the worlds are there again after it."""
    tables = set(connection.introspection.table_names())
    own = {
        model._meta.db_table
        for app in settings.PROJECT_APPS
        for model in apps.get_app_config(app).get_models()
    }
    with_migrations = {app for app, _name in MigrationLoader(connection).disk_migrations}
    targets = [(app, None) for app in settings.PROJECT_APPS if app in with_migrations]
    MigrationExecutor(connection).migrate(targets)
    assert own & set(connection.introspection.table_names()) == set()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert set(connection.introspection.table_names()) == tables


# The administration and signals ---------------------------------------------------------

LEARNERS_OWN = {
    ActivityEntry,
    ActivityEvent,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    AutosavedForm,
    BreakInLearning,
    Enrolment,
    EvidenceFile,
    Goal,
    GoalCheckIn,
    GoalEvent,
    Reflection,
    SupportRole,
}


def models_of_learners() -> Iterator[type]:
    """Every model whose rows hang on an enrolment, however far below."""
    owned = {Enrolment}
    models = [model for app in settings.PROJECT_APPS for model in apps.get_app_config(app).get_models()]
    while found := {
        model
        for model in models
        if model not in owned
        and any(
            field.is_relation and field.many_to_one | field.one_to_one and field.related_model in owned
            for field in model._meta.fields
        )
    }:
        owned |= found
    yield from owned


def test_models_of_learners_are_known() -> None:
    assert set(models_of_learners()) == LEARNERS_OWN


def test_nothing_that_a_learner_owns_is_in_the_administration() -> None:
    shown = set(admin.site._registry)
    for model_admin in admin.site._registry.values():
        shown |= {inline.model for inline in model_admin.inlines}
    assert shown & set(models_of_learners()) == set()


def test_no_signal_is_received_by_our_apps() -> None:
    """What happens is written where it is done: in actions, not behind them."""
    receivers = []
    for signal in [found for found in gc.get_objects() if issubclass(type(found), Signal)]:
        for _key, reference, *_more in signal.receivers:
            receiver = reference() if isinstance(reference, ReferenceType) else reference
            receivers.append(getattr(receiver, "__module__", ""))
    assert "django.contrib.auth.models" in receivers  # the search finds what there is
    own = {"wbl_portal", *settings.PROJECT_APPS}
    assert [module for module in receivers if module and module.split(".")[0] in own] == []


# Templates ------------------------------------------------------------------------------


def template_names() -> list[str]:
    folder = ROOT / "templates"
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in (".html", ".txt")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_compiles(language: str) -> None:
    names = template_names()
    assert len(names) > 80
    with translation.override(language):
        for name in names:
            get_template(name)


STORY = [
    ("learner", "dashboards:learner", ""),
    ("learner", "programmes:activity_list", ""),
    ("learner", "programmes:activity_create", ""),
    ("learner", "programmes:activity_change", "returned"),
    ("learner", "programmes:activity_detail", "approved"),
    ("learner", "programmes:activity_delete", "draft"),
    ("learner", "programmes:application_list", ""),
    ("learner", "programmes:application", "prompted"),
    ("learner", "programmes:application", "asked"),
    ("learner", "programmes:activity_detail", "answered"),
    ("manager", "programmes:application", "answered"),
    ("learner", "programmes:break_list", "enrolment"),
    ("learner", "programmes:break_ask", "enrolment"),
    ("learner", "programmes:hours_explained", "enrolment"),
    ("learner", "programmes:status_rule", ""),
    ("learner", "programmes:goal_list", ""),
    ("learner", "programmes:goal_create", ""),
    ("learner", "programmes:goal_change", "goal_draft"),
    ("learner", "programmes:goal_detail", "goal_draft"),
    ("learner", "programmes:goal_detail", "goal_in_progress"),
    ("learner", "programmes:goal_close", "goal_in_progress"),
    ("coach", "programmes:goal_detail", "goal_proposed"),
    ("coach", "programmes:enrolment_goals", "enrolment"),
    ("learner", "dashboards:record", "enrolment"),
    ("coach", "dashboards:queue", ""),
    ("coach", "dashboards:caseload", ""),
    ("coach", "dashboards:criteria", "enrolment"),
    ("manager", "dashboards:thread", "enrolment criterion"),
    ("mentor", "dashboards:timeline", "enrolment"),
    ("lead", "dashboards:ways", "enrolment"),
    ("coach", "programmes:break_decide", "asked_break"),
    ("coach", "programmes:activity_detail", "sent"),
    ("coach", "programmes:enrolment_activities", "enrolment"),
    ("coach", "programmes:cover", ""),
    ("learner", "programmes:activity_amend", "amendable"),
    ("coach", "programmes:activity_detail", "amendment"),
    ("learner", "programmes:strategy_list", ""),
    ("learner", "programmes:strategy_detail", "strategy"),
    ("learner", "programmes:strategy_finder", ""),
    ("administrator", "programmes:strategy_change", "strategy"),
    ("lead", "programmes:guide_change", "strategy provider"),
    ("lead", "programmes:guide_remove", "strategy provider"),
    ("mentor", "dashboards:queue", ""),
    ("manager", "dashboards:team", ""),
    ("manager", "dashboards:value", ""),
    ("manager", "dashboards:month", f"{timezone.localdate():%Y %m}"),
    ("manager", "programmes:activity_detail", "sent"),
    ("lead", "dashboards:lead", ""),
    ("lead", "dashboards:lead_learners", ""),
    ("lead", "dashboards:lead_cohorts", ""),
    ("lead", "dashboards:lead_strategies", ""),
    ("lead", "dashboards:lead_criteria", ""),
    ("lead", "programmes:programme_list", ""),
    ("lead", "programmes:programme_detail", "programme"),
    ("lead", "programmes:programme_change", "programme"),
    ("lead", "programmes:programme_archive", "programme"),
    ("lead", "programmes:rule_choose", "programme"),
    ("lead", "programmes:rule_write", "programme"),
    ("lead", "programmes:unit_change", "unit"),
    ("lead", "programmes:unit_criteria", "unit"),
    ("lead", "programmes:cohort_detail", "cohort"),
    ("lead", "programmes:cohort_change", "cohort"),
    ("lead", "programmes:enrolment_create", "cohort"),
    ("lead", "programmes:enrolment_detail", "enrolment"),
    ("lead", "programmes:people_import", "cohort"),
    ("lead", "programmes:people_import_detail", "people_list"),
    ("lead", "programmes:people_import_detail", "list_under_way"),
    ("lead", "downloads:export_list", ""),
    ("lead", "downloads:export_detail", "export"),
    ("mentor", "dashboards:learner", ""),
    ("org_admin", "dashboards:organisation", ""),
    ("administrator", "dashboards:site", ""),
    ("administrator", "programmes:activity_detail", "sent"),
    ("outsider", "dashboards:home", ""),
    ("learner", "people:profile", ""),
    ("learner", "people:visibility", ""),
    ("org_admin", "people:organisation_people", "employer"),
    ("org_admin", "people:organisation_invitations", "employer"),
    ("org_admin", "people:invitation_create", "employer"),
    ("org_admin", "people:invitation_revoke", "employer invitation"),
    ("org_admin", "people:membership_end", "employer membership"),
    ("administrator", "people:organisation_list", ""),
    ("learner", "standards:framework_list", ""),
    ("learner", "standards:framework_detail", "framework"),
    ("learner", "standards:template_list", "framework"),
    ("administrator", "standards:template_create", "framework"),
    ("administrator", "standards:template_remove", "template"),
    ("learner", "account_change_password", ""),
    ("learner", "account_email", ""),
]


ANSWERS = [
    (
        "learner",
        "programmes:form_keep",
        {"form_token": "9b2f1c52-1f6f-4f59-9b0a-0d2f6b1f7c11", "title": "Half"},
    ),
    ("coach", "programmes:activities_decide", {"do": "return", "ids": ["sent"]}),
    ("coach", "programmes:activities_decide", {"do": "verify", "ids": ["sent"]}),
    ("coach", "programmes:goals_decide", {"do": "ask", "ids": ["goal_proposed"]}),
    ("coach", "programmes:goals_decide", {"do": "agree", "ids": ["goal_proposed"]}),
]
"""Posts for which something is drawn that no page above shows."""


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_story_render_in_every_language(
    world: World,
    client_of: Callable[[User | None], Client],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    side = world.ours
    Framework.objects.update(scale=Scale.objects.create(code="S", name="Scale"))
    User.objects.update(language=language, password="set, but nobody knows to what")
    made = {"enrolment": side.enrolment, "strategy": side.strategy, "kind": "on_job"}
    rows = {"enrolment": side.enrolment, "framework": side.framework, "employer": side.employer}
    rows["criterion"] = side.criteria[0]
    rows["invitation"] = p.InvitationFactory(organisation=side.employer)
    rows["membership"] = side.learner.memberships.get()
    rows |= {"programme": side.programme, "unit": side.programme.units.get(), "cohort": side.cohort}
    f.EnrolmentFactory(cohort=side.cohort, learner=side.mentor, status="invited")
    for traits in ("sent", "returned", "approved"):
        rows[traits] = entry = f.ActivityFactory(**made, **{traits: True})
        entry.criteria.set(side.criteria)
        f.EvidenceFactory(entry=entry)
        for kind in ("created", "submitted", "returned", "approved"):
            f.ActivityEventFactory(entry=entry, kind=kind, by=side.coach, reason="More, please.")
    rows["sent"].exception_reason = "A fair"
    rows["sent"].save()
    rows["draft"] = f.ActivityFactory(**made)
    f.ApplicationFactory(
        entry=f.ActivityFactory(**made | {"kind": "off_job"}, approved=True),
        confirmed=True,
        confirmed_by=side.manager,
    )
    rows["amendable"] = f.ActivityFactory(**made, approved=True)
    rows["amendment"] = f.ActivityFactory(**made, sent=True, amends=rows["approved"], title="Amended")
    rows |= {"strategy": side.strategy, "provider": side.provider}
    StrategyGuide.objects.create(strategy=side.strategy, organisation=side.provider, summary="Ours")
    off_job = made | {"kind": "off_job", "approved": True, "done_on": timezone.localdate() - dt.timedelta(20)}
    for name, traits in (("prompted", {}), ("asked", {"returned": True}), ("answered", {"sent": True})):
        rows[name] = f.ActivityFactory(**off_job)
        record = f.ApplicationFactory(entry=rows[name], **traits)
        f.BenefitFactory(record=record, measured=True)
        f.EvidenceFactory(entry=rows[name], application=record)
        f.ApplicationEventFactory(record=record, kind="returned", by=side.mentor, reason="How?")
    ahead = timezone.localdate() + dt.timedelta(days=7)
    rows["asked_break"] = f.BreakFactory(enrolment=side.enrolment, asked=True, starts_on=ahead)
    f.BreakFactory(enrolment=side.enrolment, refused=True, decided_by=side.coach)
    Programme.objects.update(balance_rule=f.RuleFactory())
    rows["template"] = s.GoalTemplateFactory(framework=side.framework)
    rows["goal_draft"] = f.GoalFactory(enrolment=side.enrolment)
    f.GoalEventFactory(goal=rows["goal_draft"], kind="change_asked", by=side.coach, reason="More, please.")
    for state in ("proposed", "in_progress"):
        rows[f"goal_{state}"] = f.GoalFactory(enrolment=side.enrolment, **{state: True})
    f.GoalCheckInFactory(goal=rows["goal_in_progress"])
    rows["approved"].goal = rows["goal_in_progress"]
    rows["approved"].save()
    week = monday(timezone.localdate()) - dt.timedelta(weeks=3)
    side.enrolment.breaks.create(is_leave=True, starts_on=week, ends_on=week + dt.timedelta(days=6))
    covered, today = SupportRole.objects.get(enrolment=side.enrolment, role="coach"), timezone.localdate()
    f.SupportRoleFactory(
        enrolment=side.enrolment, covers=covered, starts_on=today, ends_on=today, role="coach"
    )
    lists = {"cohort": side.cohort, "employer": side.employer, "uploaded_by": side.lead}
    rows["people_list"] = f.PeopleImportFactory(**lists)
    rows["list_under_way"] = f.PeopleImportFactory(**lists, status="running")
    rows["export"] = d.ExportFactory(owner=side.lead)
    monkeypatch.setattr("downloads.views.ROWS_AT_ONCE", 0)
    clients: dict[str, Client] = {}
    rendered = set()
    for persona, name, row in STORY:
        if persona not in clients:
            clients[persona] = client_of(User.objects.get(pk=world.everybody()[persona].pk))
        response = clients[persona].get(
            reverse(name, args=[int(found) if found.isdigit() else rows[found].pk for found in row.split()])
        )
        assert response.status_code == 200, (name, persona)
        assert f'<html lang="{language}"' in response.text, name
        rendered |= {template.name for template in response.templates}
    piece = {"HX-Request": "true", "HX-Target": "record"}
    response = clients["coach"].get(
        reverse("dashboards:timeline", args=[rows["enrolment"].pk]), headers=piece
    )
    rendered |= {template.name for template in response.templates}
    for persona, name, fields in ANSWERS:
        posted = {"ids": [rows[row].pk for row in fields["ids"]]} if "ids" in fields else {}
        response = clients[persona].post(reverse(name), {**fields, **posted})
        assert response.status_code in (200, 302), name
        rendered |= {template.name for template in response.templates}
    key = f"activity-{f.ActivityFactory(**made, sent=True).pk}"
    response = clients["manager"].post(reverse("dashboards:decide"), {"ids": [key]})
    rendered |= {template.name for template in response.templates}
    response = clients["learner"].get(reverse("programmes:activity_create"))
    rendered |= {template.name for template in response.templates}
    wished = clients["learner"].get(reverse("programmes:strategy_finder"), {"kind": "on_job"})
    rendered |= {template.name for template in wished.templates}
    unit = {"source_language": "en", "title_en": "Unit", "planned_minutes": "99", "revision": "1"}
    offer = clients["lead"].get(reverse("dashboards:lead"), {"download": "csv", "table": "learners"})
    rendered |= {template.name for template in offer.templates}
    preview = clients["lead"].post(reverse("programmes:unit_change", args=[rows["unit"].pk]), unit)
    rendered |= {template.name for template in preview.templates}
    example = {"example_start": ahead, "example_weeks": "52", "example_contracted": "40"}
    preview = clients["lead"].post(
        reverse("programmes:rule_choose", args=[rows["programme"].pk]), {"rule": "", **example}
    )
    rendered |= {template.name for template in preview.templates}
    asked = {"starts_on": ahead + dt.timedelta(days=30)}
    preview = clients["learner"].post(reverse("programmes:break_ask", args=[rows["enrolment"].pk]), asked)
    rendered |= {template.name for template in preview.templates}
    own = {name for name in template_names() if name.split("/")[0] in settings.PROJECT_APPS}
    # The landing page and those behind the link of an invitation are for visitors, below and in tests/people.
    for_visitors = ("dashboards/landing", "dashboards/_landing", "people/invitation")
    assert {name for name in own - rendered if not name.startswith(for_visitors)} == {
        "people/_invitation_facts.html"
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_visitors_render_in_every_language(world: World, language: str) -> None:
    client = Client(headers={"accept-language": language})
    for name in ("dashboards:landing", "account_login", "account_reset_password", "account_signup"):
        response = client.get(reverse(name))
        assert (response.status_code, f'<html lang="{language}"' in response.text) == (200, True), name
    seed = p.InvitationFactory(organisation=world.ours.employer, language=language).token_seed
    for key, status in ((token_from(seed), 200), ("unknown", 404)):
        response = client.get(reverse("people:invitation", args=[key]))
        assert (response.status_code, f'<html lang="{language}"' in response.text) == (status, True)
    missing = client.get("/nowhere/")
    assert (missing.status_code, f'<html lang="{language}"' in missing.text) == (404, True)
