"""The frame around signed-in pages: which homes there are, and the menu of the current one."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from dashboards.queries import Hats, hats_of
from dashboards.queries.waiting import waiting_number
from people.models import User
from people.permissions import roles_of
from programmes.models import ActivityEntry

HOME_KEY = "home"


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; `count` is shown when it is not 0, `count_label` says what is counted."""

    label: str
    url: str
    icon: str
    count: int = 0
    count_label: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Shell:
    """What base.html draws its frame from."""

    organisation_name: str = ""
    homes: list[MenuItem] = field(default_factory=list)
    items: list[MenuItem] = field(default_factory=list)
    initials: str = ""


def home_keys(hats: Hats) -> list[str]:
    """The person's homes, in the order in which they are offered."""
    held = {
        "learner": hats.is_learner or hats.is_invited,
        "queue": hats.is_supporter,
        "team": hats.is_manager,
        "lead": hats.is_programme_lead,
        "organisation": hats.is_org_admin,
        "site": hats.is_administrator,
    }
    return [key for key, has in held.items() if has]


def _home_item(key: str, hats: Hats, current: str) -> MenuItem:
    labels = {
        "learner": (_("Learner"), "person"),
        "queue": (_("Coach") if hats.is_coach else _("Workplace mentor"), "chat-left-text"),
        "team": (_("Line manager"), "people"),
        "lead": (_("Programme lead"), "compass"),
        "organisation": (_("Organisation"), "building"),
        "site": (_("Administrator"), "gear"),
    }
    label, icon = labels[key]
    return MenuItem(label, reverse(f"dashboards:{key}"), icon, is_current=key == current)


def _items(user: User, hats: Hats, key: str, path: str, waiting: int | None) -> list[MenuItem]:
    """The menu of a home; `waiting` is what waits for a line manager, where the page has counted it already."""

    def item(label: str, name: str, icon: str, count: int = 0, count_label: str = "") -> MenuItem:
        url = reverse(name)
        return MenuItem(label, url, icon, count, count_label, path.startswith(url))

    ways = item(_("Ways of learning"), "programmes:strategy_list", "compass")
    standards = item(_("Standards"), "standards:framework_list", "award")
    common = [standards, ways] if roles_of(user).member_of or user.is_administrator else [standards]
    programmes = item(_("Programmes"), "programmes:programme_list", "kanban")
    people = item(_("People"), "people:organisation_list", "people")
    if key == "learner" and not hats.is_learner:
        return [item(_("Home"), "dashboards:learner", "house"), *common]
    if key == "learner":
        returned = ActivityEntry.objects.filter(
            enrolment__learner=user, status=ActivityEntry.Status.RETURNED
        ).count()
        return [
            item(_("Home"), "dashboards:learner", "house"),
            item(_("Activities"), "programmes:activity_list", "journal-text", returned, _("returned")),
            item(_("Goals"), "programmes:goal_list", "flag"),
            item(_("Applied at work"), "programmes:application_list", "briefcase"),
            *common,
        ]
    if key == "queue":
        return [
            item(_("Queue"), "dashboards:queue", "inbox", waiting_number(user), _("waiting")),
            item(_("Your learners"), "dashboards:caseload", "people"),
            *common,
        ]
    if key == "team":
        return [
            item(
                _("This week"),
                "dashboards:team",
                "people",
                waiting_number(user) if waiting is None else waiting,
                _("waiting"),
            ),
            item(_("Value so far"), "dashboards:value", "gem"),
            *common,
        ]
    if key == "lead":
        return [item(_("Overview"), "dashboards:lead", "compass"), programmes, people, *common]
    if key == "organisation":
        return [item(_("Organisation"), "dashboards:organisation", "building"), people, *common]
    if key == "site":
        return [item(_("Site"), "dashboards:site", "gear"), programmes, people, *common]
    return common


def _one_current(items: list[MenuItem]) -> list[MenuItem]:
    """Of entries of which one lies below the other, only the lower one is where the reader is."""
    longest = max((len(one.url) for one in items if one.is_current), default=0)
    return [replace(one, is_current=one.is_current and len(one.url) == longest) for one in items]


def _shell(request: HttpRequest) -> Shell:
    user = request.user
    if not user.is_authenticated:
        return Shell()
    hats = getattr(request, "hats", None) or hats_of(user)
    keys = home_keys(hats)
    wanted = request.session.get(HOME_KEY, "")
    current = wanted if wanted in keys else (keys[0] if keys else "")
    return Shell(
        organisation_name=hats.organisation_name,
        homes=[_home_item(key, hats, current) for key in keys],
        items=_one_current(
            _items(user, hats, current, request.path, getattr(request, "waiting_number", None))
        ),
        initials=user.initials,
    )


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the frame, worked out only when a template asks; `mailbox_url` in the embedded profile."""
    mailbox_url = reverse("mailbox") if settings.IS_EMBEDDED else ""
    lazy = SimpleLazyObject(lambda: _shell(request)) if hasattr(request, "user") else Shell()
    return {"shell": lazy, "mailbox_url": mailbox_url}
