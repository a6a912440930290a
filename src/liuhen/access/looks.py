"""Whose looks at recordings a person is told of (Art. 43).

Every look is in the register and in the ledger. What supervision looked at is told only to who
reads the whole register, so that nobody can learn which of their work is being watched and shape
it. Not for who may look (`queries`).
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from liuhen.access.models import Printing, Viewing
from liuhen.access.queries import printings_of, viewings_of
from liuhen.documents.models import Paper
from liuhen.people.models import Office, Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.models import Recording

REGISTER = "register.read"
# Entries that tell of a look and of nothing else.
LOOKS = ("recording.viewed", "camera.watched", "recording.excerpted", "paper.printed")
# A look, copy or print that was refused.
REFUSED_LOOK = "look.refused"


def hidden_looks(person: Person) -> Q:
    """The entries of the ledger a person is not told of; one's own always are."""
    if is_allowed(person, REGISTER):
        return Q(pk__in=())
    return Q(event__in=LOOKS, actor_id__in=_watchers(person))


def told_viewings(person: Person, recording: Recording) -> QuerySet[Viewing]:
    """The register of a recording as far as a person is told of it, latest first."""
    rows = viewings_of(recording.id)
    if is_allowed(person, REGISTER):
        return rows
    return rows.exclude(viewer__in=_watchers(person))


def told_printings(person: Person, paper: Paper) -> QuerySet[Printing]:
    """When a paper was printed as far as a person is told of it, latest first."""
    rows = printings_of(paper)
    if is_allowed(person, REGISTER):
        return rows
    return rows.exclude(printed_by__in=_watchers(person))


def _watchers(person: Person) -> QuerySet[Office, object]:
    """Who supervises or ever did, but for the person."""
    held = Office.objects.filter(kind=Office.Kind.SUPERVISOR).exclude(person=person)
    return held.values_list("person", flat=True)
