"""Form fields with label, required mark, help and errors, joined for screen readers.

Not for validation or for choosing widgets: forms do both.
"""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()

CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _shape(widget: forms.Widget) -> str:
    """How the field is laid out: control, choices (a group of boxes) or check (one box)."""
    if isinstance(widget, CHOICES):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "control"


def _css_class(widget: forms.Widget, has_errors: bool) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    name = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return f"{name} is-invalid" if has_errors else name


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """`{% field form.amount suffix='元' width='half' %}`: one field of a form.

    Options: `label`, `help`, `prefix`, `suffix`, `width` (full, half, third), `cards` (choices as
    large boxes for a thumb), `article` (the clause that asks for it).
    """
    widget = bound.field.widget
    attrs = {**widget.attrs, "class": _css_class(widget, bool(bound.errors))}
    help_text = options.get("help") or bound.help_text
    told_by = [
        f"{bound.auto_id}_{part}"
        for part, is_there in (("help", help_text), ("error", bound.errors))
        if is_there
    ]
    if told_by:
        attrs["aria-describedby"] = " ".join(told_by)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    shape = _shape(widget)
    return {
        "bound": bound,
        "shape": shape,
        "control": "" if shape == "choices" else bound.as_widget(attrs=attrs),
        "label": options.get("label") or bound.label,
        "help": help_text,
        "prefix": options.get("prefix", ""),
        "suffix": options.get("suffix", ""),
        "width": options.get("width", "full"),
        "cards": options.get("cards", False),
        "article": options.get("article", ""),
        "is_multiple": isinstance(widget, forms.CheckboxSelectMultiple),
    }


@register.inclusion_tag("parts/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """`{% form_errors form %}` above the fields: what is wrong, each leading to its field."""
    wrong = [bound for bound in form if bound.errors]
    return {"general": form.non_field_errors(), "wrong": wrong, "count": len(wrong)}
