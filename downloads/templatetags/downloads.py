"""The links that give a table as a file."""

from typing import Any

from django import template
from django.template.context import RequestContext

register = template.Library()


@register.inclusion_tag("components/download_links.html", takes_context=True)
def download_links(context: RequestContext, table: str = "") -> dict[str, Any]:
    """Links to this page's table as CSV and XLSX, with the filters of the address but not its page number.

    `table` is the name that the view gives to wanted_format(), for pages with several.
    """
    query = context["request"].GET.copy()
    query.pop("page", None)
    query.pop("table", None)
    if table:
        query["table"] = table
    links = []
    for wanted in ("csv", "xlsx"):
        query["download"] = wanted
        links.append({"url": f"?{query.urlencode()}", "word": wanted.upper()})
    return {"links": links}
