"""Makes many learners out of the sample's few, with INSERT … SELECT: half a million entries in under a minute.

`load_demo` writes the sample: framework, programmes, staff and twelve learners. Each further learner is a copy of one
of its active enrolments, with people and an employer of their own and exactly ENTRIES entries with their criteria,
reflections and history, goals and answers. Twenty learners share an employer, mentor and line manager, forty a coach,
a thousand a programme lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

ENTRIES = 100
TEAM, CASELOAD, BLOCK = 20, 40, 1000
DOMAIN = "sample.example"

PROVIDER = """
SELECT p.organisation_id
FROM programmes_activityentry a JOIN programmes_enrolment e ON e.id = a.enrolment_id
JOIN programmes_cohort c ON c.id = e.cohort_id JOIN programmes_programme p ON p.id = c.programme_id
GROUP BY 1 ORDER BY count(*) DESC LIMIT 1
"""

TEMPLATES = """
CREATE TEMP TABLE template ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY e.id) - 1 AS no, e.id AS enrolment, e.learner_id AS learner,
       max(r.person_id) FILTER (WHERE r.role = 'mentor') AS mentor,
       max(r.person_id) FILTER (WHERE r.role = 'manager') AS manager
FROM programmes_enrolment e JOIN programmes_supportrole r ON r.enrolment_id = e.id
WHERE e.status = 'active' AND (SELECT count(*) FROM programmes_activityentry a WHERE a.enrolment_id = e.id) >= 50
GROUP BY e.id;

-- ENTRIES entries a template: the latest ones, and where there are fewer, some again a day earlier.
CREATE TEMP TABLE template_entry ON COMMIT DROP AS
WITH numbered AS (
    SELECT t.no, a.id, row_number() OVER (PARTITION BY t.no ORDER BY a.done_on DESC, a.id DESC) AS k,
           count(*) OVER (PARTITION BY t.no) AS n
    FROM template t JOIN programmes_activityentry a ON a.enrolment_id = t.enrolment
)
SELECT n.no, s.k, n.id AS entry, CASE WHEN s.k > n.n THEN 1 ELSE 0 END AS earlier
FROM numbered n JOIN generate_series(1, %(entries)s) AS s(k) ON (s.k - 1) %% n.n + 1 = n.k;

-- Programmes of their own for every BLOCK learners, led by one person.
CREATE TEMP TABLE template_cohort ON COMMIT DROP AS
SELECT c.id AS cohort, c.programme_id AS programme, row_number() OVER (ORDER BY c.id) AS k
FROM programmes_cohort c
WHERE c.id IN (SELECT e.cohort_id FROM programmes_enrolment e JOIN template t ON t.enrolment = e.id);
CREATE TEMP TABLE template_programme ON COMMIT DROP AS
SELECT programme, row_number() OVER (ORDER BY programme) AS k FROM (SELECT DISTINCT programme FROM template_cohort) p;
CREATE TEMP TABLE template_unit ON COMMIT DROP AS
SELECT u.id AS unit, p.k AS programme_k, row_number() OVER (ORDER BY u.id) AS k
FROM programmes_programmeunit u JOIN template_programme p ON p.programme = u.programme_id;
CREATE TEMP TABLE block ON COMMIT DROP AS
SELECT b, %(programme)s + b * 1000 AS programmes_from, %(unit)s + b * 1000 AS units_from,
       %(cohort)s + b * 1000 AS cohorts_from, %(lead)s + b AS own_lead
FROM generate_series(0, (%(learners)s - 1) / %(block)s) AS b;

-- Goals of a template, numbered.
CREATE TEMP TABLE template_goal ON COMMIT DROP AS
SELECT t.no, g.id AS goal, row_number() OVER (PARTITION BY t.no ORDER BY g.id) AS k
FROM template t JOIN programmes_goal g ON g.enrolment_id = t.enrolment;

CREATE TEMP TABLE learner ON COMMIT DROP AS
SELECT i, t.*, (i - 1) / %(team)s AS g, (i - 1) / %(caseload)s AS c,
       %(user)s + i AS person, %(enrolment_base)s + i AS own,
       %(manager)s + (i - 1) / %(team)s AS own_manager, %(mentor)s + (i - 1) / %(team)s AS own_mentor,
       %(coach)s + (i - 1) / %(caseload)s AS own_coach,
       %(organisation)s + (i - 1) / %(team)s AS employer, %(team_base)s + (i - 1) / %(team)s AS own_team,
       %(entry)s + (i - 1) * %(entries)s AS entries_from, %(goal)s + (i - 1) * 1000 AS goals_from,
       %(answer)s + (i - 1) * %(entries)s AS answers_from, b.cohorts_from + c.k AS own_cohort
FROM generate_series(1, %(learners)s) AS i JOIN template t
  ON t.no = (i - 1) %% (SELECT count(*) FROM template)
JOIN programmes_enrolment e ON e.id = t.enrolment JOIN template_cohort c ON c.cohort = e.cohort_id
JOIN block b ON b.b = (i - 1) / %(block)s;
"""

PEOPLE = """
INSERT INTO people_organisation (id, name, kind, country)
SELECT DISTINCT employer, 'Sample Works ' || to_char(g, 'FM0000'), 'employer', 'GB' FROM learner;
INSERT INTO people_team (id, name, organisation_id) SELECT DISTINCT own_team, 'Floor', employer FROM learner;

CREATE TEMP TABLE person ON COMMIT DROP AS
SELECT person AS id, 'learner' AS part, i AS no, learner AS like_id, employer, 'member' AS role, own_team FROM learner
UNION SELECT own_manager, 'manager', g, manager, employer, 'member', NULL FROM learner WHERE (i - 1) %% %(team)s = 0
UNION SELECT own_mentor, 'mentor', g, mentor, employer, 'member', NULL FROM learner WHERE (i - 1) %% %(team)s = 0
UNION SELECT own_coach, 'coach', c, manager, %(provider)s, 'coach', NULL FROM learner
    WHERE (i - 1) %% %(caseload)s = 0
UNION SELECT own_lead, 'lead', b, (SELECT min(manager) FROM template), %(provider)s, 'programme_lead', NULL FROM block;

INSERT INTO people_membership (starts_on, role, person_id, organisation_id, team_id)
SELECT current_date - 730, role, id, employer, own_team FROM person;
INSERT INTO programmes_programmerole (starts_on, person_id, programme_id)
SELECT current_date - 730, own_lead, programmes_from + k FROM block, template_programme;
INSERT INTO account_emailaddress (email, verified, "primary", user_id)
SELECT 'bench.' || part || '.' || to_char(no, 'FM00000') || '@%(domain)s', true, true, id FROM person;
"""

COPIES: dict[str, tuple[Mapping[str, str | None], str]] = {
    # table: (columns that differ from the copied row, FROM)
    "people_user": (
        {
            "id": "p.id",
            "email": "'bench.' || p.part || '.' || to_char(p.no, 'FM00000') || '@%(domain)s'",
            "display_name": "'Sample ' || initcap(p.part) || ' ' || to_char(p.no, 'FM00000')",
            "language": "'en'",
            "last_login": "NULL",
        },
        "person p JOIN people_user o ON o.id = p.like_id",
    ),
    "programmes_programme": (
        {
            "id": "b.programmes_from + x.k",
            "code": "o.code || '-' || b.b",
            "organisation_id": "%(provider)s",
        },
        "block b, template_programme x JOIN programmes_programme o ON o.id = x.programme",
    ),
    "programmes_programme_frameworks": (
        {"id": None, "programme_id": "b.programmes_from + x.k"},
        "block b, template_programme x JOIN programmes_programme_frameworks o ON o.programme_id = x.programme",
    ),
    "programmes_programmeunit": (
        {"id": "b.units_from + x.k", "programme_id": "b.programmes_from + x.programme_k"},
        "block b, template_unit x JOIN programmes_programmeunit o ON o.id = x.unit",
    ),
    "programmes_programmeunit_criteria": (
        {"id": None, "programmeunit_id": "b.units_from + x.k"},
        "block b, template_unit x JOIN programmes_programmeunit_criteria o ON o.programmeunit_id = x.unit",
    ),
    "programmes_cohort": (
        {"id": "b.cohorts_from + x.k", "programme_id": "b.programmes_from + p.k"},
        "block b, template_cohort x JOIN template_programme p ON p.programme = x.programme"
        " JOIN programmes_cohort o ON o.id = x.cohort",
    ),
    "programmes_enrolment": (
        {
            "id": "l.own",
            "cohort_id": "l.own_cohort",
            "learner_id": "l.person",
            "organisation_id": "l.employer",
            "team_id": "l.own_team",
        },
        "learner l JOIN programmes_enrolment o ON o.id = l.enrolment",
    ),
    "programmes_supportrole": (
        {
            "id": None,
            "enrolment_id": "l.own",
            "person_id": "CASE o.role WHEN 'coach' THEN l.own_coach WHEN 'mentor' THEN l.own_mentor"
            " ELSE l.own_manager END",
        },
        "learner l JOIN programmes_supportrole o ON o.enrolment_id = l.enrolment AND o.ends_on IS NULL",
    ),
    "programmes_activityentry": (
        {
            "id": "l.entries_from + x.k",
            "enrolment_id": "l.own",
            "done_on": "greatest(o.done_on - x.earlier, e.starts_on)",
            "approved_by_id": "{person:o.approved_by_id}",
            "amends_id": None,
            "goal_id": "l.goals_from + g.k",
            "coach_id": "CASE WHEN o.coach_id IS NOT NULL THEN l.own_coach END",
            "manager_id": "CASE WHEN o.manager_id IS NOT NULL THEN l.own_manager END",
            "organisation_id": "CASE WHEN o.organisation_id IS NOT NULL THEN l.employer END",
        },
        "learner l JOIN template_entry x ON x.no = l.no JOIN programmes_activityentry o ON o.id = x.entry"
        " JOIN programmes_enrolment e ON e.id = l.enrolment"
        " LEFT JOIN template_goal g ON g.no = l.no AND g.goal = o.goal_id",
    ),
    "programmes_activityentry_criteria": (
        {"id": None, "activityentry_id": "l.entries_from + x.k"},
        "learner l JOIN template_entry x ON x.no = l.no"
        " JOIN programmes_activityentry_criteria o ON o.activityentry_id = x.entry",
    ),
    "programmes_reflection": (
        {"id": None, "entry_id": "l.entries_from + x.k"},
        "learner l JOIN template_entry x ON x.no = l.no JOIN programmes_reflection o ON o.entry_id = x.entry",
    ),
    "programmes_activityevent": (
        {"id": None, "entry_id": "l.entries_from + x.k", "by_id": "{person:o.by_id}"},
        "learner l JOIN template_entry x ON x.no = l.no JOIN programmes_activityevent o ON o.entry_id = x.entry",
    ),
    "programmes_goal": (
        {
            "id": "l.goals_from + x.k",
            "enrolment_id": "l.own",
            "agreed_by_id": "{person:o.agreed_by_id}",
        },
        "learner l JOIN template_goal x ON x.no = l.no JOIN programmes_goal o ON o.id = x.goal",
    ),
    "programmes_goal_criteria": (
        {"id": None, "goal_id": "l.goals_from + x.k"},
        "learner l JOIN template_goal x ON x.no = l.no JOIN programmes_goal_criteria o ON o.goal_id = x.goal",
    ),
    "programmes_goalcheckin": (
        {"id": None, "goal_id": "l.goals_from + x.k", "by_id": "{person:o.by_id}"},
        "learner l JOIN template_goal x ON x.no = l.no JOIN programmes_goalcheckin o ON o.goal_id = x.goal",
    ),
    "programmes_goalevent": (
        {"id": None, "goal_id": "l.goals_from + x.k", "by_id": "{person:o.by_id}"},
        "learner l JOIN template_goal x ON x.no = l.no JOIN programmes_goalevent o ON o.goal_id = x.goal",
    ),
    "programmes_applicationrecord": (
        {
            "id": "l.answers_from + x.k",
            "entry_id": "l.entries_from + x.k",
            "confirmed_by_id": "{person:o.confirmed_by_id}",
        },
        "learner l JOIN template_entry x ON x.no = l.no JOIN programmes_applicationrecord o ON o.entry_id = x.entry",
    ),
    "programmes_applicationbenefit": (
        {"id": None, "record_id": "l.answers_from + x.k"},
        "learner l JOIN template_entry x ON x.no = l.no JOIN programmes_applicationrecord r ON r.entry_id = x.entry"
        " JOIN programmes_applicationbenefit o ON o.record_id = r.id",
    ),
    "programmes_applicationevent": (
        {"id": None, "record_id": "l.answers_from + x.k", "by_id": "{person:o.by_id}"},
        "learner l JOIN template_entry x ON x.no = l.no JOIN programmes_applicationrecord r ON r.entry_id = x.entry"
        " JOIN programmes_applicationevent o ON o.record_id = r.id",
    ),
}

# The team of the second manager is asked to confirm all that it has verified off the job: `make bench` confirms it.
TO_CONFIRM = """
DELETE FROM programmes_applicationbenefit WHERE record_id IN (
    SELECT r.id FROM programmes_applicationrecord r JOIN programmes_activityentry a ON a.id = r.entry_id
    JOIN learner l ON l.own = a.enrolment_id WHERE l.g = 1);
DELETE FROM programmes_applicationevent WHERE record_id IN (
    SELECT r.id FROM programmes_applicationrecord r JOIN programmes_activityentry a ON a.id = r.entry_id
    JOIN learner l ON l.own = a.enrolment_id WHERE l.g = 1);
DELETE FROM programmes_applicationrecord WHERE entry_id IN (
    SELECT a.id FROM programmes_activityentry a JOIN learner l ON l.own = a.enrolment_id WHERE l.g = 1);
INSERT INTO programmes_applicationrecord (entry_id, status, what_changed, applied_on, evidence_note,
    not_applied_reason, revision, created_at, submitted_at)
SELECT a.id, 'submitted', 'I plan the week with the whole team now.', a.done_on, '', '', 1, now(), now()
FROM programmes_activityentry a JOIN learner l ON l.own = a.enrolment_id
WHERE l.g = 1 AND a.kind = 'off_job' AND a.status = 'approved';
"""


def grow(learners: int, *, check_keys: bool = False) -> None:
    """Add that many learners to the loaded sample.

    Without `check_keys` foreign keys are not asked, which is three times as fast and needs a superuser.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not check_keys:
            cursor.execute("SET LOCAL session_replication_role = replica")
        values = _numbers(cursor, learners)
        cursor.execute(TEMPLATES, values)
        cursor.execute(PEOPLE.replace("%(domain)s", DOMAIN), values)
        for table, (changes, source) in COPIES.items():
            cursor.execute(_copy(cursor, table, changes, source, values))
        for table in ("people_organisation", "people_team", "people_user", *COPIES):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            )
        cursor.execute(TO_CONFIRM)


def _numbers(cursor: Any, learners: int) -> dict[str, int]:
    """From which ids on the new rows are numbered."""

    def after(table: str) -> int:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 - a table of ours
        number: int = cursor.fetchone()[0]
        return number

    user, teams = after("people_user"), -(-learners // TEAM)
    coach = user + learners + 2 * teams + 1
    cursor.execute(PROVIDER)
    return {
        "learners": learners,
        "entries": ENTRIES,
        "team": TEAM,
        "caseload": CASELOAD,
        "provider": cursor.fetchone()[0],
        "user": user,
        "manager": user + learners + 1,
        "mentor": user + learners + teams + 1,
        "coach": coach,
        "lead": coach - (-learners // CASELOAD) + 1,
        "block": BLOCK,
        "programme": after("programmes_programme"),
        "unit": after("programmes_programmeunit"),
        "cohort": after("programmes_cohort"),
        "goal": after("programmes_goal"),
        "answer": after("programmes_applicationrecord"),
        "organisation": after("people_organisation") + 1,
        "team_base": after("people_team") + 1,
        "enrolment_base": after("programmes_enrolment"),
        "entry": after("programmes_activityentry"),
    }


def _copy(
    cursor: Any, table: str, changes: Mapping[str, str | None], source: str, values: Mapping[str, int]
) -> str:
    """INSERT … SELECT of all columns of a table, `changes` apart; a column that is None there is left to its default.

    A column that a later migration adds is copied; of UUIDs each row gets its own, or none where it may be empty.
    """
    cursor.execute(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    columns = {}
    for name, kind, nullable in cursor.fetchall():
        if name in changes:
            expression = changes[name]
        elif kind == "uuid":
            expression = "NULL" if nullable == "YES" else "gen_random_uuid()"
        else:
            expression = f'o."{name}"'
        if expression is not None:
            columns[f'"{name}"'] = expression
    names, expressions = ", ".join(columns), ", ".join(columns.values())
    for field in ("o.by_id", "o.approved_by_id", "o.agreed_by_id", "o.confirmed_by_id"):
        expressions = expressions.replace(f"{{person:{field}}}", _person(field))
    sql = f"INSERT INTO {table} ({names}) SELECT {expressions} FROM {source}"  # noqa: S608
    return sql.replace("%(domain)s", DOMAIN).replace("%(provider)s", str(values["provider"]))


def _person(field: str) -> str:
    """The new learner's own person for whoever did it in the sample; a former coach becomes the coach."""
    return (
        f"CASE WHEN {field} IS NULL THEN NULL WHEN {field} = l.learner THEN l.person"
        f" WHEN {field} = l.mentor THEN l.own_mentor WHEN {field} = l.manager THEN l.own_manager"
        f" ELSE l.own_coach END"
    )
