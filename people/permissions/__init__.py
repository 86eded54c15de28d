"""Who may do what: the only place that answers it.

A person stands to a record in one or more relations (coach of this enrolment, administrator of this
organisation, ...), worked out from today's support roles, programme roles and memberships. GRANTS says which
relations hold a permission, and on which rows. `can()` and `.permitted_to()` both read it.
"""

from people.permissions.asking import (
    ENROLMENT_MODEL,
    AccessPaths,
    Condition,
    PermittedQuerySet,
    Shown,
    Standing,
    access_of,
    can,
    follow,
    relation_q,
    relations_to,
    roles_of,
    roles_remembered,
    standing_of,
)
from people.permissions.grants import EVERY_ROW, GRANTS, NEVER_OWN, Permission, Relation

__all__ = [
    "ENROLMENT_MODEL",
    "EVERY_ROW",
    "GRANTS",
    "NEVER_OWN",
    "AccessPaths",
    "Condition",
    "Permission",
    "PermittedQuerySet",
    "Relation",
    "Shown",
    "Standing",
    "access_of",
    "can",
    "follow",
    "relation_q",
    "relations_to",
    "roles_of",
    "roles_remembered",
    "standing_of",
]
