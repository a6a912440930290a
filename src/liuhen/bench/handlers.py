"""Sixteen handlers at work on fifty cases at once: how long each act and each page takes them.

Everything goes over HTTP as a browser sends it: the form of a step is fetched, thought about,
posted, and the page that follows is fetched, and so are desk and case page between. The limit
is processor time: pages, acts, their judgement, rendering of papers and the clients that ask
share the machine. Not for how fast one page can be made (`cases`, `records`).
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from liuhen.bench.figures import Figure, spread
from liuhen.bench.scratch import empty_home, founded
from liuhen.bench.served import TEXT, Client, served
from liuhen.demo.days import PASSWORD_OF_DEMO
from liuhen.kernel.refusals import Fault

HANDLERS, CASES = 16, 50
# Seconds a handler looks at a page before the next click, evenly spread.
PAUSE = (1.0, 5.0)
BESIDE = f"processor time; each pauses {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s before a click"


def run() -> list[Figure]:
    """p50 and p95 of acts and of pages, and how much of both there was."""
    with empty_home() as home:
        with founded(home):
            colleagues = register_handlers(HANDLERS)
        with served(home.path) as (port, _):
            started = time.perf_counter()
            worked = _work(port, colleagues)
            minutes = (time.perf_counter() - started) / 60
    acts = [seconds for one in worked for seconds in one.acts]
    pages = [seconds for one in worked for seconds in one.pages]
    return [
        *spread(f"{HANDLERS} handlers, {CASES} cases, act", acts, 0.95, BESIDE),
        *spread(f"{HANDLERS} handlers, {CASES} cases, page", pages, 0.95, BESIDE),
        Figure("acts done", len(acts) / minutes, "a minute", BESIDE),
        Figure("pages shown", len(pages) / minutes, "a minute", BESIDE),
    ]


def register_handlers(count: int) -> list[str]:
    """Officers with certificates in one unit; returns who accompanies each, as the form says it."""
    from liuhen.actions import people as acts  # noqa: PLC0415 - models need a set-up Django
    from liuhen.people.models import Office, Person, Unit  # noqa: PLC0415

    system, unit = Person.objects.get(username="system"), Unit.objects.get(code="ZD1")
    colleagues = []
    for number in range(count):
        person = acts.register_person(
            actor=system,
            username=f"handler{number}",
            name=f"承办{number:02d}",
            unit=unit,
            password=PASSWORD_OF_DEMO,
        )
        for kind in (Office.Kind.OFFICER, Office.Kind.HANDLER):
            acts.appoint(actor=system, person=person, kind=kind)
        acts.register_certificate(
            actor=system,
            person=person,
            number=f"虚证9{number:05d}",
            issuer="虚构市人民政府",
            valid_from=dt.date(2024, 1, 1),
            valid_until=dt.date(2099, 1, 1),
        )
        colleagues.append(str(person.id))
    return colleagues


def _work(port: int, colleagues: list[str]) -> list[Handler]:
    handlers = [Handler(port, number, colleagues[number - 1]) for number in range(len(colleagues))]
    waiting = iter(range(CASES))
    lock = threading.Lock()

    def cases() -> Iterator[int]:
        while True:
            with lock:
                case = next(waiting, None)
            if case is None:
                return
            yield case

    # One after the other, as people come in in the morning; wrong tries are limited by address.
    for handler in handlers:
        handler.client.sign_in(f"handler{handler.number}")
    with ThreadPoolExecutor(HANDLERS) as pool:
        for done in [pool.submit(handler.work_on, cases()) for handler in handlers]:
            done.result()
    return handlers


@dataclass
class Handler:
    """One person at a browser; `acts` and `pages` are seconds."""

    port: int
    number: int
    colleague: str
    acts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client(self.port)
        self.random = random.Random(self.number)  # noqa: S311 - pauses, not secrets

    def pause(self) -> None:
        """Look at what is there before the next click."""
        time.sleep(self.random.uniform(*PAUSE))

    def work_on(self, cases: Iterator[int]) -> None:
        """Take cases until none is left, each from the street to the request for filing."""
        for number in cases:
            self.see("/")
            place = f"虚构市示例区样板路{number + 1}号门前"
            given = {"second_officer": self.colleague, "place": place, "is_certificate_shown": "on"}
            address = self.do("/simple/", given).partition("#")[0]
            for step, data in _steps(number):
                self.do(f"{address}{step}/", data)
            self.see("/cases/")
            self.do(f"{self.case_of(address)}filing/", {})

    def case_of(self, address: str) -> str:
        """The address of the case, as the page of its procedure links to it."""
        page = self.see(address)
        found = re.search(r'href="(/cases/[0-9a-f-]{36}/)', page)
        if found is None:
            raise Fault("the page links to no case")
        return found.group(1)

    def see(self, path: str) -> str:
        """Fetch a page after a pause."""
        self.pause()
        started = time.perf_counter()
        answer, content = self.client.ask("GET", path)
        self.pages.append(time.perf_counter() - started)
        if answer.status != HTTPStatus.OK:
            raise Fault(_not_as_it_should(path, answer.status, content))
        return content.decode()

    def do(self, path: str, data: Mapping[str, Any]) -> str:
        """Fetch a form, fill it in, post it, see where that leads; returns that address."""
        self.see(path)
        self.pause()
        token = {"csrfmiddlewaretoken": self.client.cookies.get("csrftoken", "")}
        body = urlencode({**token, **data}, doseq=True).encode()
        started = time.perf_counter()
        answer, content = self.client.ask("POST", path, body, **{"Content-Type": TEXT})
        self.acts.append(time.perf_counter() - started)
        if answer.status != HTTPStatus.FOUND:
            raise Fault(_not_as_it_should(path, answer.status, content))
        place = answer.headers["Location"]
        self.see(place.partition("#")[0])
        return place


def _not_as_it_should(path: str, status: int, content: bytes) -> str:
    """What was answered where, without the number of the record; a refusal by its code."""
    page, place = content.decode(errors="replace"), re.sub("[0-9a-f-]{36}", "…", path)
    code = re.search(r'class="lh-refusal-code">[^<]*<code>([^<]+)</code>', page)
    return f"{place} answered {status} {code.group(1) if code else page[:2000]}"


def identity_number(number: int) -> str:
    """The resident identity number of nobody, another one for each case."""
    from liuhen.cases.identity import resident_check  # noqa: PLC0415 - models

    born = dt.date(1950, 1, 1) + dt.timedelta(days=number // 900)
    digits = f"110105{born:%Y%m%d}{100 + number % 900}"
    return digits + resident_check(digits)


def _steps(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps on the spot and what is typed into each."""
    from liuhen.demo.simple_case import PARTY, VIOLATION, ink  # noqa: PLC0415 - models

    # somebody else each time: whether one person is fined twice for one act, a head would decide
    told = {**PARTY, "identity_number": identity_number(number)}
    party = {f"party_{key}": value for key, value in told.items()}
    yield "facts", {**party, **VIOLATION}
    yield "oral_notice", {"told": "已口头告知事实、理由、依据和权利。"}
    yield "statement", {"form": "waiver_oral"}
    yield (
        "decision",
        {
            "penalty": ["fine"],
            "fine": "50",
            "collection": "on_the_spot",
            "collection_ground": "small",
        },
    )
    signed: dict[str, str] = {}
    for seed, who in enumerate(("party", "officer1", "officer2")):
        signed |= {f"{who}_mode": "signed", f"{who}_strokes": json.dumps(ink(seed))}
    yield "signing", signed
    yield "handing_over", {"recipient": PARTY["name"], "received_at_noted": "on"}
    yield "collection", {"amount": "50.00", "receipt_number": f"虚财票{number:06d}"}
    yield "ending", {"scene": "calm"}
