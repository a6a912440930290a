"""An officer at work through the real doors, who writes down every answer before going on.

Run as a process of its own, which nobody kills: `python -m tests.kill.officer …`. Whom nobody
answers comes back, as long as the file named `--over` isn't there. Each line of
its notes is fsynced before the next request leaves, so that what stands there was acknowledged.
Not a test; what was noted is held against the home by `holding`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlencode

from liuhen.demo.days import PASSWORD_OF_DEMO

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PIECE_TYPE = "application/offset+octet-stream"
PIECE = 192 * 1024
SIGN_IN_TRIES, SIGN_IN_PAUSE_S, COME_BACK_S = 30, 2, 0.2
INK = json.dumps([[[float(x), float(x * x % 40), x * 12] for x in range(20, 90, 3)]])

# step of the simple procedure → what is posted, which events its entries carry
STEPS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "facts": (
        {
            "party_kind": "person",
            "party_name": "刘样例",
            "party_identity_number": "11010519491231002X",
            "party_address": "虚构市示例区样板路8号",
            "cause": "占用道路堆放物料",
            "facts": "当事人在样板路8号门前人行道堆放装修物料约三平方米。",
            "evidence": "现场录像、现场照片",
            "breached": "《虚构市市容环境卫生管理条例》第二十条",
            "basis": "《虚构市市容环境卫生管理条例》第五十条",
            "conditions": "违法事实确凿，有法定依据，对公民拟处二百元以下罚款。",
            "correction": "当日清除堆放的物料",
        },
        ("violation.recorded",),
    ),
    "oral_notice": ({"told": "已口头告知事实、理由、依据和陈述申辩的权利。"}, ("notice.told",)),
    "statement": ({"form": "waiver_oral"}, ("statement.recorded",)),
    "decision": (
        {
            "penalty": "fine",
            "fine": "50",
            "collection": "on_the_spot",
            "collection_ground": "small",
        },
        ("decision.drawn_up",),
    ),
    "signing": (
        {f"{who}_strokes": INK for who in ("party", "officer1", "officer2")},
        ("paper.signed", "paper.signed", "paper.signed", "paper.issued"),
    ),
    "handing_over": ({"recipient": "刘样例"}, ("paper.served",)),
    "collection": ({"amount": "50", "receipt_number": "虚财票000001"}, ("fine.collected",)),
    "ending": ({"scene": "calm"}, ("activity.ended",)),
}


def identity_number(seed: int) -> str:
    """A citizen's number of nobody, with its check character (GB 11643)."""
    chance = random.Random(seed)
    born = f"{chance.randint(1950, 1999)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    digits = f"110105{born}{chance.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


class GoneError(Exception):
    """Nobody answers any more, or only that the database is away."""


class WrongError(Exception):
    """An answer that should not have come."""


@dataclass
class Answer:
    """One answer, read whole."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def request(self) -> str:
        return str(self.headers["X-Request-Id"])


@dataclass
class Line:
    """A browser's worth of HTTP to one server: one connection, cookies, CSRF."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request. Raises `GoneError` when the line breaks."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        csrf = self.cookies.get("csrftoken", "")
        sent = {
            "Cookie": cookie,
            "X-CSRFToken": csrf,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Tus-Resumable": "1.0.0",
        }
        try:
            self.connection.request(method, path, body=body, headers={**sent, **headers})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise GoneError(f"{method} {path}: {error!r}") from error
        if answer.status >= 400:
            # a body that was refused half read ends the line, sooner or later
            self.connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, content)

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Post a form."""
        return self.ask("POST", path, urlencode(form).encode(), **FORM)

    def sign_in(self, username: str) -> Answer:
        """Sign in with the demonstration's password."""
        page = self.ask("GET", "/accounts/login/")
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        form = {
            "csrfmiddlewaretoken": found.group(1).decode() if found else "",
            "login": username,
            "password": PASSWORD_OF_DEMO,
        }
        return self.post("/accounts/login/", form)


class Notes:
    """Lines of JSON, each durable before the call returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def put(self, kind: str, **what: Any) -> None:
        line = json.dumps({"kind": kind, **what}, ensure_ascii=False) + "\n"
        os.write(self._file, line.encode())
        os.fsync(self._file)

    def read(self) -> Iterator[dict[str, Any]]:
        for line in self.path.read_text("utf-8").splitlines():
            yield json.loads(line)


def footage(base: bytes, seed: int, size: int) -> bytes:
    """A real video that nobody else has: `base` and a box MP4 readers skip, random inside."""
    return base + (size + 8).to_bytes(4, "big") + b"free" + random.Random(seed).randbytes(size)


class Officer:
    """One person at work; notes go to a file of their own."""

    def __init__(self, port: int, username: str, notes: Path, video: Path, seed: int) -> None:
        self.username = username
        self.line = Line(port)
        self.notes = Notes(notes)
        self.video = video.read_bytes()
        self.chance = random.Random(seed)

    # --- coming back

    def resume(self) -> None:
        """Sign in, or find the sign-in still held; then go on where the line broke."""
        told = list(self.notes.read())
        cookies = [one["cookies"] for one in told if one["kind"] == "session"]
        if cookies:
            self.line.cookies = dict(cookies[-1])
            self._want(self.line.ask("GET", "/"), 200, "the session that was given")
        else:
            answer = self._signed_in()
            self._note_act(answer, ("session.started",))
            self.notes.put("session", cookies=self.line.cookies)
        self.checkpoint()
        self._finish_uploads(told)
        self._repeat_last_step(told)

    def _signed_in(self) -> Answer:
        """The answer to a sign-in. Many at once under one name are put off, as guesses would be,
        until one of them was right: then ask again, as the page says.
        """
        answer = self.line.sign_in(self.username)
        for _ in range(SIGN_IN_TRIES):
            if answer.status != http.HTTPStatus.TOO_MANY_REQUESTS:
                break
            sleep(SIGN_IN_PAUSE_S)
            answer = self.line.sign_in(self.username)
        self._want(answer, 302, "sign-in")
        return answer

    def _finish_uploads(self, told: Sequence[dict[str, Any]]) -> None:
        done = {one["upload"] for one in told if one["kind"] == "recording"}
        for begun in (one for one in told if one["kind"] == "upload"):
            if begun["upload"] in done:
                continue
            offsets = [0] + [
                one["offset"]
                for one in told
                if one["kind"] == "offset" and one["upload"] == begun["upload"]
            ]
            self._send(begun, max(offsets))

    def _repeat_last_step(self, told: Sequence[dict[str, Any]]) -> None:
        """Send again what was not answered: done or not, it may be done only once."""
        last = next((one for one in reversed(told) if one["kind"] in ("try", "act")), None)
        if last is None or last["kind"] != "try":
            return
        answer = self.line.post(last["path"], last["form"])
        self._want(answer, 302, f"{last['path']} again")
        self.notes.put("again", activity=last["activity"], events=last["events"])
        steps = list(STEPS)
        self._steps(last["activity"], steps[steps.index(last["step"]) + 1 :])

    # --- a case

    def case(self) -> None:
        """One case by simple procedure, from the certificates to the end of the activity."""
        activity = self.begin()
        self._steps(activity, list(STEPS))

    def begin(self) -> str:
        """Show the certificates; returns the activity that began."""
        page = self.line.ask("GET", "/simple/")
        self._want(page, 200, "/simple/")
        colleagues = re.findall(rb'<option value="([0-9a-f-]{36})"', page.body)
        form = {
            "second_officer": self.chance.choice(colleagues).decode(),
            "place": "虚构市示例区样板路8号门前",
            "is_certificate_shown": "on",
        }
        answer = self.line.post("/simple/", form)
        self._want(answer, 302, "/simple/")
        activity = answer.headers["Location"].split("/")[2]
        self._note_act(answer, ("simple_case.started",), activity=activity)
        return activity

    def _steps(self, activity: str, steps: Sequence[str]) -> None:
        for step in steps:
            self.step(activity, step)

    def step(self, activity: str, step: str) -> None:
        """Send one step of a case."""
        form, events = STEPS[step]
        if step == "facts":
            # Somebody else each time: nobody is fined twice for the same act.
            form = {**form, "party_identity_number": identity_number(self.chance.getrandbits(40))}
        path = f"/simple/{activity}/{step}/"
        self.notes.put("try", activity=activity, step=step, path=path, form=form, events=events)
        answer = self.line.post(path, form)
        self._want(answer, 302, path)
        self._note_act(answer, events, activity=activity)

    def _note_act(self, answer: Answer, events: Sequence[str], activity: str = "") -> None:
        self.notes.put("act", request=answer.request, events=list(events), activity=activity)

    # --- an upload

    def upload(self) -> None:
        """One recording, piece by piece."""
        seed, size = self.chance.getrandbits(48), self.chance.randrange(1, 9) * 128 * 1024
        whole = footage(self.video, seed, size)
        name = base64.b64encode(f"现场{seed}.mp4".encode()).decode()
        headers = {"Upload-Length": str(len(whole)), "Upload-Metadata": f"filename {name}"}
        answer = self.line.ask("POST", "/api/v1/uploads/", None, **headers)
        self._want(answer, 201, "a new upload")
        begun = {"upload": answer.headers["Location"], "seed": seed, "size": size}
        self.notes.put("upload", **begun)
        self._send(begun, 0)

    def _send(self, begun: dict[str, Any], acknowledged: int) -> None:
        whole = footage(self.video, begun["seed"], begun["size"])
        path = begun["upload"]
        answer = self.line.ask("HEAD", path)
        self._want(answer, 200, path)
        offset = int(answer.headers["Upload-Offset"])
        if offset < acknowledged:
            raise WrongError(f"{path}: {acknowledged} bytes were acknowledged, {offset} are held")
        while offset < len(whole):
            piece = whole[offset : offset + PIECE]
            headers = {"Upload-Offset": str(offset), "Content-Type": PIECE_TYPE}
            if self.chance.random() < 0.3:
                digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
                headers["Upload-Checksum"] = f"sha256 {digest}"
            answer = self.line.ask("PATCH", path, piece, **headers)
            self._want(answer, 204, path)
            offset = int(answer.headers["Upload-Offset"])
            self.notes.put("offset", upload=path, offset=offset)
        self._note_recording(answer, path, whole)

    def _note_recording(self, answer: Answer, path: str, whole: bytes) -> None:
        sha256 = hashlib.sha256(whole).hexdigest()
        if answer.headers["Liuhen-Sha256"] != sha256:
            raise WrongError(f"{path}: digest {answer.headers['Liuhen-Sha256']}, not {sha256}")
        self.notes.put(
            "recording",
            upload=path,
            recording=answer.headers["Liuhen-Recording"],
            sha256=sha256,
            receipt=base64.b64decode(answer.headers["Liuhen-Receipt"]).decode(),
        )

    # --- the log

    def checkpoint(self) -> None:
        """Keep what the log has signed and shown."""
        answer = self.line.ask("GET", "/log/checkpoint")
        if answer.status == 200:
            self.notes.put("checkpoint", note=answer.body.decode())

    def _want(self, answer: Answer, status: int, what: str) -> None:
        if answer.status == 503:
            raise GoneError(what)
        if answer.status != status:
            body = answer.body.partition(b"<body")[2] or answer.body
            told = re.sub(r"<[^>]*>|\s+", " ", body.decode("utf-8", "replace"))
            raise WrongError(f"{what}: {answer.status} instead of {status}: {told[:400]}")


def main(person: type[Officer] = Officer) -> None:
    """Work until nobody answers and it is over. Exit code 1 and a note for a wrong answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--over", type=Path)
    for name in ("--user", "--notes", "--video", "--work"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    given = parser.parse_args()
    officer = person(given.port, given.user, Path(given.notes), Path(given.video), given.seed)
    try:
        work_until_gone(officer, given.work.split(","))
        while given.over is not None and not given.over.exists():
            sleep(COME_BACK_S)
            work_until_gone(officer, given.work.split(","))
    except WrongError as wrong:
        officer.notes.put("wrong", what=str(wrong))
        sys.exit(1)


def work_until_gone(officer: Officer, works: Sequence[str]) -> None:
    """Go on with what was begun and work, until nobody answers."""
    try:
        officer.resume()
        while True:
            officer.checkpoint()
            for work in works:
                getattr(officer, work)()
    except GoneError as gone:
        officer.notes.put("gone", what=str(gone))


if __name__ == "__main__":
    main()
