"""Goal templates of a framework: who reads and who writes them, and what a change leaves alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from core.models import AuditEvent
from core.texts import TextState, state_of
from people.models import User
from standards import actions
from standards.actions import TemplateContent
from standards.models import GoalTemplate
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def content_of(world: World, **fields: Any) -> TemplateContent:
    values = {
        "code": "plan",
        "weeks": 6,
        "source_language": "en",
        "title_en": "Plan",
        "title_es": "Planificar",
    }
    return TemplateContent(values | fields, world.ours.criteria[:2])


def typed(world: World, **fields: Any) -> dict[str, Any]:
    """A form that would be saved, with some fields otherwise."""
    return {
        "code": "plan",
        "source_language": "en",
        "title_en": "Plan",
        "why_en": "It helps.",
        "weeks": "6",
        "criteria": [world.ours.criteria[0].pk],
        "revision": "1",
        **fields,
    }


@pytest.fixture
def administrator(world: World, client_of: ClientOf) -> Client:
    return client_of(world.administrator)


def address(name: str, row: Any) -> str:
    return reverse(f"standards:template_{name}", args=[row.pk])


def test_template_is_written_behind_the_others_with_an_audit_row(world: World) -> None:
    s.GoalTemplateFactory(framework=world.ours.framework, order=3)
    template = actions.create_template(
        framework=world.ours.framework, content=content_of(world), by=world.administrator
    )
    assert (template.order, template.title_es, template.criteria.count()) == (4, "Planificar", 2)
    event = AuditEvent.objects.get()
    assert (event.action, event.role) == ("goal_template.create", "administrator")
    assert set(event.changes.values()) == {None}


@pytest.mark.parametrize("persona", ["learner", "coach", "manager", "lead", "org_admin", "outsider"])
def test_nobody_else_writes_templates(world: World, persona: str) -> None:
    template, by = s.GoalTemplateFactory(framework=world.ours.framework), world.everybody()[persona]
    assert by is not None
    with pytest.raises(PermissionDenied):
        actions.create_template(framework=world.ours.framework, content=content_of(world), by=by)
    with pytest.raises(PermissionDenied):
        actions.change_template(template=template, content=content_of(world), revision=1, by=by)
    with pytest.raises(PermissionDenied):
        actions.remove_template(template=template, by=by)
    assert list(GoalTemplate.objects.values_list("code", flat=True)) == [template.code]


def test_criteria_of_another_framework_are_refused(world: World) -> None:
    content = TemplateContent(content_of(world).fields, world.theirs.criteria[:1])
    with pytest.raises(ValidationError):
        actions.create_template(framework=world.ours.framework, content=content, by=world.administrator)
    template = s.GoalTemplateFactory(framework=world.ours.framework)
    with pytest.raises(ValidationError):
        actions.change_template(template=template, content=content, revision=1, by=world.administrator)


def test_change_of_the_original_leaves_translations_behind(world: World) -> None:
    own: dict[str, Any] = {"by": world.administrator}
    template = actions.create_template(framework=world.ours.framework, content=content_of(world), **own)
    changed = content_of(world, title_en="Plan the week")
    actions.change_template(template=template, content=changed, revision=1, **own)
    assert state_of(template, "title", "es") is TextState.CHANGED_SINCE
    with pytest.raises(actions.TemplateChanged):
        actions.change_template(template=template, content=changed, revision=1, **own)


def test_goals_stay_when_their_template_goes(world: World) -> None:
    template = s.GoalTemplateFactory(framework=world.ours.framework)
    goal = f.GoalFactory(enrolment=world.ours.enrolment, template=template)
    actions.remove_template(template=template, by=world.administrator)
    goal.refresh_from_db()
    assert (goal.template, GoalTemplate.objects.count()) == (None, 0)


def test_template_is_written_changed_and_removed_on_its_pages(world: World, administrator: Client) -> None:
    framework = world.ours.framework
    assert "No goal templates yet" in administrator.get(address("list", framework)).text
    assert (
        "The template was added."
        in administrator.post(address("create", framework), typed(world), follow=True).text
    )
    template = GoalTemplate.objects.get()
    assert (template.title_en, template.why_en, template.weeks) == ("Plan", "It helps.", 6)
    changed = administrator.post(address("change", template), typed(world, title_en="Other"), follow=True)
    assert "The template was changed." in changed.text
    late = administrator.post(address("change", template), typed(world, title_en="Late"))
    assert "It was changed in another window" in late.text
    assert "Other" in administrator.get(address("remove", template)).text
    assert "The template was removed." in administrator.post(address("remove", template), follow=True).text
    assert GoalTemplate.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""), ("code", "no spaces"), ("code", "TAKEN"), ("title_en", ""), ("weeks", "0"), ("weeks", "105"),
        ("weeks", "½"), ("criteria", []), ("criteria", ["1" + "0" * 30]), ("criteria", ["abc"]),
        ("title_pl", "a" * 201), ("why_es", "\x00"), ("source_language", "xx"),
    ],
)  # fmt: skip
def test_value_out_of_bounds_gives_the_form_again(
    world: World, administrator: Client, field: str, value: Any
) -> None:
    s.GoalTemplateFactory(framework=world.ours.framework, code="taken")
    response = administrator.post(address("create", world.ours.framework), typed(world, **{field: value}))
    assert (response.status_code, set(response.context["form"].errors)) == (200, {field})
    assert GoalTemplate.objects.count() == 1


def test_member_reads_templates_and_their_download_without_buttons(world: World, client_of: ClientOf) -> None:
    template = s.GoalTemplateFactory(framework=world.ours.framework, title="Plan the week")
    template.criteria.set(world.ours.criteria[:1])
    client = client_of(world.ours.learner)
    text = client.get(address("list", world.ours.framework)).text
    assert "Plan the week" in text
    assert address("change", template) not in text
    content = client.get(f"{address('list', world.ours.framework)}?download=csv").content.decode("utf-8-sig")
    assert f"{template.code},Plan the week," in content
