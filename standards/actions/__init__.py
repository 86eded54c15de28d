"""Every write to the standards: frameworks come whole from files, goal templates from a form."""

from standards.actions.frameworks import (
    Finding,
    ImportRefused,
    ImportResult,
    Outcome,
    ParsedCriterion,
    ParsedFramework,
    ParsedLevel,
    ParsedScale,
    Texts,
    archive_framework,
    import_framework,
    publish_framework,
)
from standards.actions.templates import (
    TemplateChanged,
    TemplateContent,
    change_template,
    create_template,
    remove_template,
)

__all__ = [
    "Finding",
    "ImportRefused",
    "ImportResult",
    "Outcome",
    "ParsedCriterion",
    "ParsedFramework",
    "ParsedLevel",
    "ParsedScale",
    "TemplateChanged",
    "TemplateContent",
    "Texts",
    "archive_framework",
    "change_template",
    "create_template",
    "import_framework",
    "publish_framework",
    "remove_template",
]
