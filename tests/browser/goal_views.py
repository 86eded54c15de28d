"""Pages of goals: of the sample learner, of who agrees to them, and of the templates."""

from django.urls import reverse
from playwright.sync_api import Page

from programmes.models import Goal
from standards.models import GoalTemplate
from tests.browser.people import sample_enrolment
from tests.browser.views import View, press

STATUS = Goal.Status


def _goal(status: str) -> Goal:
    goal: Goal = sample_enrolment().goals.filter(status=status).earliest("pk")
    return goal


def _address(name: str, goal: Goal) -> str:
    return reverse(f"programmes:goal_{name}", args=[goal.pk])


def learner_goal_views() -> list[View]:
    goals, new = reverse("programmes:goal_list"), reverse("programmes:goal_create")
    asked = sample_enrolment().goals.filter(events__kind="change_asked").earliest("pk")
    pursued = _goal(STATUS.IN_PROGRESS)
    detail, close = _address("detail", pursued), _address("close", pursued)
    return [
        View("goals", goals, shows="tbody .wbl-bar"),
        View("goals, none found", f"{goals}?q=zzzz", shows="main .card a"),
        View("new goal", new, shows="#templates-h"),
        View("new goal with errors", new, press("[name=propose]"), "#errors"),
        View("goal that came back", _address("change", asked), shows=".wbl-alert"),
        View("draft of a goal", _address("detail", asked), shows=".wbl-alert"),
        View("goal under way", detail, shows=".wbl-goalchart"),
        View("check-in with errors", detail, _check_in_on_nothing, "#errors"),
        View("close of a goal", close, shows="[name=outcome]"),
        View("close of a goal with errors", close, press("main form.card [type=submit]"), "#errors"),
        View("closed goal", _address("detail", _goal(STATUS.ACHIEVED)), shows=".wbl-timeline"),
        View("deletion of a goal", _address("delete", asked), shows=".btn-outline-danger"),
        View("activity towards a goal", f"{reverse('programmes:activity_create')}?goal={pursued.pk}"),
    ]


def _check_in_on_nothing(page: Page) -> None:
    page.locator("[name=progress]").fill("")
    press("#check-in [type=submit]")(page)


def manager_goal_views() -> list[View]:
    team, proposed = reverse("dashboards:team"), _address("detail", _goal(STATUS.PROPOSED))
    listed = reverse("programmes:enrolment_goals", args=[sample_enrolment().pk])
    return [
        View("goals of the team", team, shows="#team-goals-h"),
        View("proposed goal", proposed, shows=".wbl-decision"),
        View("change without a reason", proposed, press(".wbl-decision form[novalidate] button"), "#errors"),
        View("goals of a learner", listed, shows="tbody tr"),
    ]


def template_views() -> list[View]:
    template = GoalTemplate.objects.filter(framework__code="SME-SKILLS").earliest("pk")

    def address(name: str, pk: int) -> str:
        return reverse(f"standards:template_{name}", args=[pk])

    new = address("create", template.framework_id)
    return [
        View("goal templates", address("list", template.framework_id), shows="tbody .btn"),
        View("new goal template", new, shows=".wbl-texts"),
        View("new goal template with errors", new, press("main form.card [type=submit]"), "#errors"),
        View("change of a goal template", address("change", template.pk), shows=".wbl-texts .wbl-tag"),
        View("removal of a goal template", address("remove", template.pk), shows=".btn-outline-danger"),
    ]
