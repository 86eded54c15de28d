"""The building blocks of every page: tags, hours, charts as SVG, translated text, form errors, empty states.

Markup lives in templates/components/; this module does the arithmetic. SVG numbers are strings with a decimal
point, made here, so that no language setting can put a comma into an attribute.
"""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.db.models import Model
from django.forms import BaseForm, BaseFormSet, BoundField, Field
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.tags import Tag
from core.templatetags.icons import render_icon
from core.translated import translated_text

register = template.Library()

Series = Literal["on", "off"]
SPARK_STEP = 10  # width of one week in the drawing
SPARK_TOP = 24  # height of the highest bar; the drawing is 28 high


@register.simple_tag
def status_tag(tag: Tag) -> SafeString:
    """A state as icon and word."""
    tone = "" if tag.tone == "neutral" else f" wbl-tag-{tag.tone}"
    plain = " wbl-tag-plain" if tag.is_plain else ""
    return format_html('<span class="wbl-tag{}{}">{}{}</span>', tone, plain, render_icon(tag.icon), tag.word)


@register.simple_tag
def kind(series: Series, icon: str, word: str) -> SafeString:
    """One of two kinds that charts tell apart by colour: icon in the series' colour, and the word."""
    return format_html('<span class="wbl-kind wbl-kind-{}">{}{}</span>', series, render_icon(icon), word)


@register.filter
def hours_number(minutes: int | None) -> str:
    """Minutes as hours in the reader's number format: one decimal, none when whole. Empty for None."""
    return "" if minutes is None else _hours_number(minutes, get_language())


@lru_cache(maxsize=5000)  # a team's page shows several hundred, most of them the same few
def _hours_number(minutes: int, language: str | None) -> str:
    value = (Decimal(minutes) / 60).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    is_whole = value == value.to_integral_value()
    return number_format(value, decimal_pos=0 if is_whole else 1, force_grouping=True)


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes as hours with the unit, which never stands alone on the next line. Empty for None."""
    if minutes is None:
        return ""
    # Translators: a number of hours, short, as in "118.5 h"
    return (_("%(hours)s h") % {"hours": hours_number(minutes)}).replace(" ", "\u00a0")


@register.filter
def short_date(value: datetime.date | None, pattern: str = "j M") -> str:
    """A day in a pattern of Django's `date` filter, its short month as the language writes it: "19 Nov", "19 nov"."""
    if value is None:
        return ""
    return date_format(value, pattern if get_language() == "en" else pattern.replace("M", "b"))


def percentage(part: float, whole: float) -> Decimal:
    """`part` of `whole` in per cent, one decimal, from 0 to 100."""
    share = Decimal(part) * 100 / Decimal(whole)
    return min(max(share, Decimal(0)), Decimal(100)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _named(label: str) -> SafeString:
    """What a drawing is called for screen readers, or that it is none of their business."""
    return (
        format_html(' role="img" aria-label="{}"', label)
        if label
        else format_html(' aria-{}="true"', "hidden")
    )


# The two drawings are put together here, not in templates: a team's page has sixty, which took a third of its time.
@register.simple_tag
def bar(
    series: Series,
    total: int,
    counted: int,
    waiting: int = 0,
    expected: int | None = None,
    height: int = 14,
    label: str = "",
) -> SafeString:
    """The hours gauge: counted solid, waiting hatched, a line where it should be by today.

    All amounts in one unit. Without `total` the largest amount fills the bar. `label` says every number in words;
    without it the bar is hidden from screen readers, which is right only where the numbers stand beside it.
    """
    whole = total if total > 0 else max(counted + waiting, expected or 0, 1)
    solid = percentage(counted, whole)
    drawing = format_html(
        '<svg class="wbl-bar" width="100%" height="{0}" focusable="false"{1}>'
        '<rect class="wbl-bar-track" width="100%" height="{0}" rx="3"/>'
        '<rect class="wbl-bar-{2}" width="{3}%" height="{0}" rx="3"/>',
        *(str(height), _named(label), series, str(solid)),
    )
    if waiting > 0 and solid < 100:
        drawing += format_html(
            '<rect class="wbl-bar-wait-{}" x="{}%" width="{}%" height="{}"/>',
            *(series, str(solid), str(percentage(counted + waiting, whole) - solid), str(height)),
        )
    if expected is not None:
        drawing += format_html(
            '<line class="wbl-bar-halo" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>'
            '<line class="wbl-bar-mark" x1="{0}%" x2="{0}%" y1="-3" y2="{2}"/>',
            *(str(percentage(expected, whole)), str(height), str(height + 3)),
        )
    return drawing + format_html("</{}>", "svg")


@register.simple_tag
def spark(
    values: Iterable[int], expected: int | None = None, label: str = "", series: Series = "off"
) -> SafeString:
    """One bar a week, oldest first; an empty week is a stub in the colour of lateness; the line is `expected`.

    `values` and `expected` in one unit. `label` says the numbers in words, as for the bar.
    """
    amounts = [max(value, 0) for value in values]
    top, width = max([*amounts, expected or 0, 1]), str(len(amounts) * SPARK_STEP)
    bars = [_spark_bar(index, amount, top, series) for index, amount in enumerate(amounts)]
    line = "" if expected is None else _spark_line(width, expected, top)
    return format_html(
        '<svg class="wbl-spark" viewBox="0 0 {} 28" focusable="false"{}>{}{}</svg>',
        *(width, _named(label), format_html_join("", "{}", ((bar,) for bar in bars)), line),
    )


def _spark_bar(index: int, amount: int, top: int, series: Series) -> SafeString:
    x = str(index * SPARK_STEP + 1)
    if not amount:
        return format_html('<rect class="wbl-spark-zero" x="{}" y="25" width="8" height="2.5"/>', x)
    height = percentage(amount, top) * SPARK_TOP / 100
    return format_html(
        '<rect class="wbl-spark-{}" x="{}" y="{}" width="8" height="{}" rx="1"/>',
        *(series, x, f"{28 - height:.1f}", f"{height:.1f}"),
    )


def _spark_line(width: str, expected: int, top: int) -> SafeString:
    y = f"{28 - percentage(expected, top) * SPARK_TOP / 100:.1f}"
    return format_html('<line class="wbl-spark-line" x1="0" x2="{}" y1="{}" y2="{}"/>', width, y, y)


@register.simple_tag
def translated(obj: Model, field: str) -> str:
    """A translated field of `obj`, marked when it is shown in the default language for want of the reader's."""
    found = translated_text(obj, field)
    if not found.is_fallback:  # nearly always, and many times a page: no template for that
        return conditional_escape(found.text)
    return render_to_string("components/translated.html", found._asdict())


@register.simple_tag
def field(bound: BoundField, label: str | None = None, hint: str | None = None) -> SafeString:
    """One form field in our order and look, with other words for its label and hint if given.

    For forms of libraries, whose words and placeholders are not ours; hint="" leaves the hint out.
    """
    bound.field.widget.attrs.pop("placeholder", None)
    bound.label = bound.label if label is None else label
    bound.help_text = bound.help_text if hint is None else hint
    rendered: SafeString = as_crispy_field(bound)
    return rendered


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: "BaseForm | BaseFormSet[Any] | None") -> dict[str, Any]:
    """What is wrong with the forms, first thing on the page, each line a link to its field. Nothing if all is well."""
    flat = chain.from_iterable(getattr(form, "forms", [form]) for form in forms)
    return {"faults": [fault for form in flat if form is not None for fault in form_faults(form)]}


def form_faults(form: BaseForm) -> list[dict[str, str]]:
    """Each error of a bound form as `text` and the `target` id of the control to mend (empty: the whole form)."""
    faults = [{"target": "", "text": str(error)} for error in form.non_field_errors()]
    stock = str(Field.default_error_messages["required"])  # says nothing without the field beside it
    for bound in form:
        for error in bound.errors:
            text = str(error)
            if text == stock:
                text = _("%(label)s – %(error)s") % {"label": bound.label, "error": text}
            faults.append({"target": "" if bound.is_hidden else first_control_id(bound), "text": text})
    return faults


def first_control_id(bound: BoundField) -> str:
    """The id that a link can jump to: a group of controls has none of its own, its first control has."""
    own = bound.field.widget.attrs.get("id") or bound.auto_id
    return f"{own}_0" if own and bound.use_fieldset else own


@register.simple_block_tag(end_name="endempty_state")
def empty_state(content: str, icon: str, title: str, text: str = "") -> SafeString:
    """No data yet: what will be here and the first step. The block holds one button and at most one link."""
    context = {"icon_name": icon, "title": title, "text": text, "actions": content}
    return render_to_string("components/empty_state.html", context)
