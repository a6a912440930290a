"""The common course of a page that performs an act: show, perform, or show again with the refusal.

Not for rules: what is typed is handed to an act, and a refusal comes back with the form intact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.web.refusals import refusal_context

V = TypeVar("V", bound=Callable[..., HttpResponse])


def signed_in(view: V) -> V:
    """Only for persons who have signed in; others are led to the sign-in page."""
    return login_required(view)


def person_of(request: HttpRequest) -> Person:
    """The person who asks. The view must be `signed_in`."""
    assert isinstance(request.user, Person)
    return request.user


def succeed(request: HttpRequest, words: str) -> None:
    """Tell on the next page what was done."""
    messages.success(request, words)


def again_soon(page: HttpResponse) -> HttpResponse:
    """The page, loaded again by the browser until what it waits for has come."""
    page.headers["Refresh"] = "3"
    return page


def form_page(
    request: HttpRequest,
    form: forms.Form,
    template: str,
    *,
    perform: Callable[[dict[str, Any]], str],
    success: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Show a form, or perform its act and go where `perform` says.

    `perform` gets the cleaned data and returns an address; a `Refused` shows the form again with
    what was typed.
    """
    shown: dict[str, Any] = {**context, "form": form}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                address = perform(form.cleaned_data)
            except Refused as refused:
                shown["refusal"] = refusal_context(refused)
                status = explain(refused).status
            else:
                succeed(request, success)
                return HttpResponseRedirect(address)
        else:
            status = 400
    return render(request, template, shown, status=status)


def act_and_return(
    request: HttpRequest, perform: Callable[[], object], *, success: str, then: str
) -> HttpResponse:
    """Perform an act that needs no form; a refusal becomes a page of its own (middleware)."""
    perform()
    succeed(request, success)
    return HttpResponseRedirect(then)
