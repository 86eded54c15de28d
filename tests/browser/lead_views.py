"""Pages of those who look after programmes and organisations."""

from django.urls import reverse
from playwright.sync_api import Page

from people.models import Membership
from programmes.models import Programme
from tests.browser.people import made, sample_cohort, sample_employer, sample_enrolment, sample_invitation
from tests.browser.portal import sample_person
from tests.browser.views import View, press
from tests.factories.downloads import ExportFactory
from tests.factories.programmes import PeopleImportFactory

FORM = "main form.card [type=submit], main .card form[method=post] [type=submit]"


def _address(name: str, *args: object) -> str:
    return reverse(f"programmes:{name}", args=args)


def _other_hours(page: Page) -> None:
    """So that the page before saving has something to say."""
    page.locator("[name=off_job_minutes]").fill("999")
    press(FORM)(page)


def programme_views() -> list[View]:
    """Of the sample lead, whose programme has learners under way."""
    programme: Programme = sample_cohort().programme
    unit = programme.units.earliest("pk")
    one, criteria = programme.pk, _address("unit_criteria", unit.pk)
    return [
        View("lead", reverse("dashboards:lead"), shows="tbody tr"),
        View("learners of a lead", reverse("dashboards:lead_learners"), shows="tbody tr"),
        View("learners, none found", f"{reverse('dashboards:lead_learners')}?status=ended"),
        View("cohorts side by side", reverse("dashboards:lead_cohorts"), shows="tbody tr"),
        View("ways of learning of a lead", reverse("dashboards:lead_strategies"), shows="tbody tr"),
        View("criteria of a lead", reverse("dashboards:lead_criteria"), shows="tbody tr"),
        View("programmes", _address("programme_list"), shows="tbody tr"),
        View("programmes, none found", f"{_address('programme_list')}?q=zzzz", shows="main .card a"),
        View("programme", _address("programme_detail", one), shows="#units-h"),
        View("new programme", _address("programme_create"), shows=".wbl-texts"),
        View("new programme with errors", _address("programme_create"), press(FORM), "#errors"),
        View("change of a programme", _address("programme_change", one), shows=".wbl-texts .wbl-tag"),
        View("before the change is saved", _address("programme_change", one), _other_hours, "[name=confirm]"),
        View("rule for hours", _address("rule_choose", one), shows="[name=rule]"),
        View("rule tried on an example", _address("rule_choose", one), press(FORM), "[name=confirm]"),
        View("own rule", _address("rule_write", one), shows="[name=basis]"),
        View("own rule with errors", _address("rule_write", one), press(FORM), "#errors"),
        View("copy", _address("programme_copy", one)),
        View("archive", _address("programme_archive", one), shows=".btn-outline-danger"),
        View("leads", _address("programme_leads", one), shows="[name=leads]"),
        View("new unit", _address("unit_create", one), shows=".wbl-texts"),
        View("change of a unit", _address("unit_change", unit.pk), shows=".wbl-texts"),
        View("criteria of a unit", criteria, shows=".wbl-tree"),
        View("criteria of a unit, none found", f"{criteria}?q=zzzz"),
        View("removal of a unit", _address("unit_remove", unit.pk)),
    ]


def cohort_views() -> list[View]:
    cohort = sample_cohort()
    enrol, invite = _address("enrolment_create", cohort.pk), _address("enrolment_invite", cohort.pk)
    at = f"?employer={sample_enrolment().organisation_id}"
    return [
        View("cohort", _address("cohort_detail", cohort.pk), shows="tbody tr"),
        View("cohort, nobody found", f"{_address('cohort_detail', cohort.pk)}?q=zzzz"),
        View("new cohort", _address("cohort_create", cohort.programme_id)),
        View("change of a cohort", _address("cohort_change", cohort.pk)),
        View("enrolment: employer", enrol, shows="[name=employer]"),
        View("enrolment: learner", f"{enrol}{at}", shows="[name=learner]"),
        View("enrolment with errors", f"{enrol}{at}", press(FORM), "#errors"),
        View("enrolment of somebody new", f"{invite}{at}", shows="[name=email]"),
        View("enrolment of somebody new with errors", f"{invite}{at}", press(FORM), "#errors"),
    ]


def list_views() -> list[View]:
    """Lists of people in each state, and files made in the background."""
    cohort, lead = sample_cohort(), sample_person("lead")
    fields = {"cohort": cohort, "employer": sample_enrolment().organisation, "uploaded_by": lead}
    send = _address("people_import", cohort.pk)
    waiting = _address("people_import_detail", PeopleImportFactory(**fields).pk)
    running = PeopleImportFactory(**fields, status="running")
    export, ready = ExportFactory(owner=lead), ExportFactory(owner=lead, ready=True)
    return [
        View("list of people", send, shows="[name=file]"),
        View("list of people with errors", send, press(FORM), "#errors"),
        View("what a list would do", waiting, shows="#faults-h"),
        View("what a list would do, faults only", f"{waiting}?show=faults", shows="tbody tr"),
        View("a list not confirmed", waiting, press("main form.card .btn-primary"), "#errors"),
        View("list under way", _address("people_import_detail", running.pk), shows="#result"),
        View("files", reverse("downloads:export_list"), shows=".wbl-rows"),
        View("file being made", reverse("downloads:export_detail", args=[export.pk]), shows="#export"),
        View("file", reverse("downloads:export_detail", args=[ready.pk]), shows=".btn-primary"),
    ]


def enrolment_views() -> list[View]:
    pk = sample_enrolment().pk
    return [
        View("enrolment", _address("enrolment_detail", pk), shows="#support-h"),
        View("dates of an enrolment", _address("enrolment_change", pk)),
        View("coach", _address("support_change", pk, "coach"), shows="[name=person]"),
        View("mentor", _address("support_change", pk, "mentor"), shows="[name=person]"),
        View("mentor with errors", _address("support_change", pk, "mentor"), press(FORM), "#errors"),
        View("mentor by invitation", _address("support_invite", pk, "mentor"), shows="[name=email]"),
        View("break", _address("enrolment_break", pk)),
        View("completion", _address("enrolment_complete", pk)),
        View("withdrawal", _address("enrolment_withdraw", pk), shows=".btn-outline-danger"),
    ]


def organisation_views() -> list[View]:
    """People and invitations of the sample employer."""
    employer, invitation = sample_employer(), sample_invitation(made("guest"))

    def address(name: str, *args: object) -> str:
        return reverse(f"people:{name}", args=[employer.pk, *args])

    member = Membership.objects.filter(organisation=employer, person=sample_person("manager")).earliest("pk")
    people, invitations = address("organisation_people"), address("organisation_invitations")
    new = address("invitation_create")
    return [
        View("organisation", reverse("dashboards:organisation"), shows="tbody tr"),
        View("people", people, shows="tbody tr"),
        View("people, nobody found", f"{people}?q=zzzz"),
        View("end of a membership", address("membership_end", member.pk), shows="[name=ends_on]"),
        View("invitations", invitations, shows="tbody tr"),
        View("invitations, none found", f"{invitations}?q=zzzz"),
        View("new invitation", new, shows="[name=email]"),
        View("new invitation with errors", new, press(FORM), "#errors"),
        View(
            "invitation taken back", address("invitation_revoke", invitation.pk), shows=".btn-outline-danger"
        ),
    ]
