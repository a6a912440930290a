"""A page that holds one form and performs one act. Not for lists, nor for pages of many forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse

from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import form_page, person_of


class PlacedForm(forms.Form):
    """A form that says which of its fields stand side by side, and which depend on another.

    `whens` gives the condition under which a field is shown, as `data-when` takes it.
    """

    halves: ClassVar[frozenset[str]] = frozenset()
    whens: ClassVar[Mapping[str, str]] = {}

    def placed(self) -> Iterator[tuple[BoundField, str, str]]:
        """The fields in order, each with its width (tag `field`) and its condition."""
        for bound in self.visible_fields():
            width = "half" if bound.name in self.halves else "full"
            yield bound, width, self.whens.get(bound.name, "")


@dataclass(frozen=True)
class OneForm:
    """What the page says around its form.

    `permission` is the act's. `crumbs` lead to the page; the last is where 取消 leads. `notes` are
    sentences beside the form; `about` says whom or what it concerns; `is_grave` marks an act
    that takes something away; `version` is that of the row the person has before them. `signer`
    (role, name) signs on glass beneath the form what `statement` says; `other` is another way out
    (label, address); `captures` is data for the island that takes pictures of web pages.
    """

    permission: str
    title: str
    submit: str
    success: str
    crumbs: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()
    article: str = ""
    about: str = ""
    is_grave: bool = False
    version: int | None = None
    signer: Mapping[str, str] | None = None
    statement: str = ""
    other: tuple[str, str] | None = None
    captures: Mapping[str, str] | None = None

    def answer(
        self,
        request: HttpRequest,
        form: PlacedForm,
        perform: Callable[[dict[str, Any]], str],
    ) -> HttpResponse:
        """Show the form, or perform its act and go where `perform` says.

        The form may list people, so it is shown to nobody without the permission: such a request
        is refused, by the act itself where it can be, which keeps who tried.
        """
        actor = person_of(request)
        if not is_allowed(actor, self.permission) and form.is_bound and form.is_valid():
            perform(form.cleaned_data)
        require(actor, self.permission)
        crumbs = [{"label": label, "href": href} for label, href in self.crumbs]
        context = {
            "page": self,
            "back_href": self.crumbs[-1][1],
            "crumbs": [*crumbs, {"label": self.title}],
        }
        return form_page(
            request,
            form,
            "people_form.html",
            perform=perform,
            success=self.success,
            context=context,
        )


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: the data sent, or nothing while it is only shown."""
    return request.POST if request.method == "POST" else None


def seen_version(request: HttpRequest) -> int | None:
    """The version of the row the person had before them; None when the form doesn't say."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else None
