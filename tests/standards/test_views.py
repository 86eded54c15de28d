"""Browsing standards: who sees which, the search, and pages that take any address."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from people.models import User
from standards.models import Framework
from standards.queries import CriterionNode, criterion_tree, frameworks_for
from tests.factories.standards import CriterionFactory, FrameworkFactory, LevelFactory, ScaleFactory
from tests.worlds import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User | None], Client]
LIST = reverse("standards:framework_list")


def page_of(framework: Framework) -> str:
    return reverse("standards:framework_detail", args=[framework.pk])


def codes(nodes: list[CriterionNode]) -> list[Any]:
    """The tree as nested lists: a code, and after it the codes below in a list."""
    found: list[Any] = []
    for node in nodes:
        found.append(node.criterion.code)
        if node.children:
            found.append(codes(node.children))
    return found


@pytest.fixture
def framework(world: World) -> Framework:
    """Two areas, one of them inside another, five criteria in all, some of it translated."""
    scale = ScaleFactory(name="Two steps")
    LevelFactory(scale=scale, order=1, label="Begins", descriptor="Has seen it done.")
    LevelFactory(scale=scale, order=2, label="Does it", descriptor="Needs no help.", is_proficient=True)
    framework = FrameworkFactory(code="SHOP", title="Workshop skills", scale=scale, licence="Sample licence")
    safe = CriterionFactory(framework=framework, code="S", title="Safety", title_es="Seguridad", order=0)
    order = CriterionFactory(framework=framework, code="T", title="Order", parent=safe, order=1)
    CriterionFactory(framework=framework, code="S1", title="Guards", title_pl="Osłony", parent=safe, order=0)
    CriterionFactory(
        framework=framework, code="T1", title="Tidy bench", parent=order, description="Every day."
    )
    CriterionFactory(
        framework=framework,
        code="N1",
        title="New ideas",
        title_es="Innovación",
        description="<p>Try <b>one</b>.</p>",
    )
    return framework


# Who sees which ---------------------------------------------------------------------------


@pytest.mark.slow
def test_published_standard_is_read_by_members_and_administrators_only(
    world: World, framework: Framework, client_of: ClientOf
) -> None:
    answers = {
        name: client_of(person).get(page_of(framework)).status_code
        for name, person in world.everybody().items()
    }
    refused = {"outsider": 404, "visitor": 302}
    assert answers == {name: refused.get(name, 200) for name in answers}


@pytest.mark.slow
def test_draft_is_read_by_administrators_only(world: World, client_of: ClientOf) -> None:
    draft = FrameworkFactory(status=Framework.Status.DRAFT)
    answers = {
        name: client_of(person).get(page_of(draft)).status_code for name, person in world.everybody().items()
    }
    assert answers == {name: {"administrator": 200, "visitor": 302}.get(name, 404) for name in answers}


def test_archived_standard_is_still_read(world: World, client_of: ClientOf) -> None:
    old = FrameworkFactory(status=Framework.Status.ARCHIVED)
    assert client_of(world.ours.learner).get(page_of(old)).status_code == 200


def test_list_shows_what_may_be_read(world: World) -> None:
    draft = FrameworkFactory(title="Almost ready", status=Framework.Status.DRAFT)
    both = [world.ours.framework, world.theirs.framework]
    assert list(frameworks_for(world.ours.learner)) == both
    assert list(frameworks_for(world.administrator)) == [draft, *both]
    assert list(frameworks_for(world.outsider)) == []


def test_list_counts_criteria_and_areas_apart(world: World, framework: Framework) -> None:
    row = frameworks_for(world.ours.learner).get(pk=framework.pk)
    assert (row.criteria_number, row.area_number) == (3, 2)
    empty = frameworks_for(world.ours.learner).get(pk=FrameworkFactory().pk)
    assert (empty.criteria_number, empty.area_number) == (0, 0)


def test_list_is_ordered_in_the_language_of_the_reader(world: World) -> None:
    Framework.objects.filter(pk=world.theirs.framework.pk).update(title_es="Abedul")
    with translation.override("es"):
        assert list(frameworks_for(world.ours.learner)) == [world.theirs.framework, world.ours.framework]


def test_list_page(world: World, framework: Framework, client_of: ClientOf) -> None:
    text = unescape(client_of(world.ours.learner).get(LIST).text)
    assert f'<a class="wbl-link-quiet" href="{page_of(framework)}">Workshop skills</a>' in text
    assert '<td role="cell" data-label="Criteria" class="wbl-num">3</td>' in text


def test_list_without_any_says_what_comes(world: World, client_of: ClientOf) -> None:
    assert "No standards yet" in client_of(world.outsider).get(LIST).text


@pytest.mark.parametrize("page", ["", "0", "-1", "x", "9" * 40, "٣", "%00", "1.5", "%ff", "[]"])
def test_list_takes_any_page_number(world: World, client_of: ClientOf, page: str) -> None:
    answer = client_of(world.ours.learner).get(f"{LIST}?page={page}")
    assert answer.status_code == (400 if page == "%00" else 200)


@pytest.mark.parametrize(
    "query", ["", "x" * 5000, "%ff%fe", "<script>", "%", "\\", "'; --", "%ed%a0%80", "\n"]
)
def test_search_takes_any_text(world: World, framework: Framework, client_of: ClientOf, query: str) -> None:
    answer = client_of(world.ours.learner).get(f"{page_of(framework)}?q={query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text.split("<main")[1]


@pytest.mark.parametrize("pk", ["0", "9" * 30])
def test_address_of_no_standard(world: World, client_of: ClientOf, pk: str) -> None:
    assert client_of(world.administrator).get(f"{LIST}{pk}/").status_code == 404


# One standard -----------------------------------------------------------------------------


def test_tree_keeps_the_order_of_siblings(framework: Framework) -> None:
    tree = criterion_tree(framework)
    assert codes(tree.roots) == ["S", ["S1", "T", ["T1"]], "N1"]
    assert tree.found == 5


@pytest.mark.parametrize(
    ("query", "found", "shown"),
    [
        ("t1", 1, ["S", ["T", ["T1"]]]),
        ("TIDY", 1, ["S", ["T", ["T1"]]]),
        ("tidy every", 1, ["S", ["T", ["T1"]]]),
        ("tidy guards", 0, []),
        ("innovacion", 1, ["N1"]),
        ("osłony", 1, ["S", ["S1"]]),
        ("OSLONY", 1, ["S", ["S1"]]),
        ("order", 1, ["S", ["T", ["T1"]]]),
        ("seguridad", 1, ["S", ["S1", "T", ["T1"]]]),
        ("<b>", 0, []),
        ("try one", 1, ["N1"]),
        ("   ", 5, ["S", ["S1", "T", ["T1"]], "N1"]),
    ],
)
def test_search(framework: Framework, query: str, found: int, shown: list[Any]) -> None:
    tree = criterion_tree(framework, query=query)
    assert (tree.found, codes(tree.roots)) == (found, shown)


def test_title_cut_from_a_statement_is_shown_whole_and_once() -> None:
    framework = FrameworkFactory()
    CriterionFactory(framework=framework, title="Says the…", description="Says the whole of it")
    CriterionFactory(framework=framework, title="Says it", description="Says it")
    nodes = criterion_tree(framework).roots
    shown = [(node.title.text, node.description.text) for node in nodes]
    assert shown == [("Says the whole of it", ""), ("Says it", "")]


def test_page_shows_criteria_levels_and_source(
    world: World, framework: Framework, client_of: ClientOf
) -> None:
    text = client_of(world.ours.learner).get(page_of(framework)).text
    for part in (
        '<h1 class="text-break">Workshop skills</h1>',
        '<span class="wbl-code">T1</span> <span>Tidy bench</span>',
        "<p>Every day.</p>",
        "<p>Try <b>one</b>.</p>",
        "<b>Does it</b>",
        "Needs no help.",
        '<dd class="text-break">Sample licence</dd>',
        '<dd class="text-break">English</dd>',
    ):
        assert part in text


def test_page_marks_what_is_not_translated(world: World, framework: Framework, client_of: ClientOf) -> None:
    User.objects.filter(pk=world.ours.learner.pk).update(language="es")
    text = client_of(world.ours.learner).get(page_of(framework)).text
    assert "<b>Seguridad</b>" in text
    assert '<span lang="en">Guards</span> <span class="wbl-langmark">' in text
    assert '<div class="wbl-prose wbl-small wbl-muted" lang="en"><p>Every day.</p></div>' in text


def test_page_cleans_a_description_again(world: World, framework: Framework, client_of: ClientOf) -> None:
    CriterionFactory(framework=framework, code="E1", description="<p>Sound</p><script>alert('x')</script>")
    CriterionFactory(framework=framework, code="E2", description="Plain <script>alert('y')</script>")
    text = client_of(world.ours.learner).get(page_of(framework)).text
    assert "alert('x')" not in unescape(text)
    assert "<p>Plain &lt;script&gt;alert(&#x27;y&#x27;)&lt;/script&gt;</p>" in text


def test_page_without_a_match_offers_the_way_back(
    world: World, framework: Framework, client_of: ClientOf
) -> None:
    text = client_of(world.ours.learner).get(f"{page_of(framework)}?q=nothing").text
    assert f'No criteria match. <a href="{page_of(framework)}">Clear the search</a>' in text


# Numbers of queries -----------------------------------------------------------------------


def test_list_takes_the_same_queries_for_any_number(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.learner)
    Framework.objects.exclude(pk=world.ours.framework.pk).update(status="draft")
    one = queries_of(client, LIST)
    for _number in range(3):
        CriterionFactory(parent=CriterionFactory(framework=FrameworkFactory()))
    assert queries_of(client, LIST) == one


def test_page_takes_the_same_queries_for_any_number(
    world: World, framework: Framework, client_of: ClientOf
) -> None:
    client = client_of(world.ours.learner)
    before = queries_of(client, page_of(framework))
    parent = framework.criteria.get(code="T1")
    for _number in range(3):
        parent = CriterionFactory(framework=framework, parent=parent)
        LevelFactory(scale=framework.scale)
    assert queries_of(client, page_of(framework)) == before
    assert queries_of(client, f"{page_of(framework)}?q=criterion") == before


def queries_of(client: Client, address: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# Django admin -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "published", "archived"])
def test_admin_changes_drafts_only(
    world: World, framework: Framework, client_of: ClientOf, status: str
) -> None:
    Framework.objects.filter(pk=framework.pk).update(status=status)
    client = client_of(world.administrator)
    criterion = framework.criteria.get(code="T1")
    rows = {"framework": framework.pk, "criterion": criterion.pk, "scale": framework.scale_id}
    allowed = 200 if status == "draft" else 403
    for model, pk in rows.items():
        assert client.get(reverse(f"admin:standards_{model}_change", args=[pk])).status_code == 200
        assert client.get(reverse(f"admin:standards_{model}_delete", args=[pk])).status_code == allowed
    data = {"title_en": "Changed", "title_es": "", "title_pl": "", "description_en": ""}
    answer = client.post(reverse("admin:standards_criterion_change", args=[criterion.pk]), data)
    criterion.refresh_from_db()
    assert (answer.status_code, criterion.title_en) == (
        (302, "Changed") if status == "draft" else (403, "Tidy bench")
    )


def test_admin_publishes_and_archives(world: World, client_of: ClientOf) -> None:
    client, draft = client_of(world.administrator), FrameworkFactory(status="draft")
    address = reverse("admin:standards_framework_changelist")
    for action, status in (
        ("archive", "draft"),
        ("publish", "published"),
        ("publish", "published"),
        ("archive", "archived"),
    ):
        client.post(address, {"action": action, "_selected_action": [draft.pk]})
        draft.refresh_from_db()
        assert draft.status == status


def test_admin_deletes_nothing_from_a_list(world: World, framework: Framework, client_of: ClientOf) -> None:
    address = reverse("admin:standards_framework_changelist")
    data = {"action": "delete_selected", "_selected_action": [framework.pk], "post": "yes"}
    client_of(world.administrator).post(address, data)
    assert Framework.objects.filter(pk=framework.pk).exists()
