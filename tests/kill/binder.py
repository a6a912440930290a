"""Somebody who binds the files of closed cases and hands them over, as `officer` notes it.

Run as a process of its own, which nobody kills: `python -m tests.kill.binder …`. Not a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import sleep
from typing import Any

from tests.kill.officer import Officer, WrongError, main

# Beside the notes: cases that may be bound, each with who may check the file.
CLOSED_CASES = "closed-cases"
BOUND, HANDED_OVER = "case.bound", "case_file.handed_over"
# What the page of a bound file leads to, before and after it is handed over.
TO_HAND_OVER, HANDED = "去移交档案室", "移交情况"


class Binder(Officer):
    """One person at work on files; what was begun is ended before the next one."""

    def resume(self) -> None:
        """Sign in and go on with the files that were begun."""
        super().resume()
        told = list(self.notes.read())
        ended = {one["case"] for one in told if one["kind"] == "ended"}
        for begun in (one for one in told if one["kind"] == "bind" and one["case"] not in ended):
            self._go_on(begun, told)

    def bind(self) -> None:
        """The file of a closed case that nobody has begun, if there is one."""
        begun = {one["case"] for one in self.notes.read() if one["kind"] == "bind"}
        for case, checker in self._closed():
            if case not in begun:
                self.notes.put("bind", case=case, checker=checker)
                self._bind(case, checker)
                return
        sleep(0.1)
        self.checkpoint()

    def _closed(self) -> list[tuple[str, str]]:
        told = self.notes.path.with_name(CLOSED_CASES).read_text("utf-8").splitlines()
        return [(case, checker) for case, checker in map(str.split, told)]

    def _bind(self, case: str, checker: str) -> None:
        self._act(f"/cases/{case}/binding/", {"checked_by": checker}, BOUND, case)
        self._hand_over(case)

    def _hand_over(self, case: str) -> None:
        form = {"is_unit_copy_kept": "on"}
        self._act(f"/cases/{case}/hand-over/", form, HANDED_OVER, case)
        self.notes.put("ended", case=case)

    def _act(self, path: str, form: dict[str, str], event: str, case: str) -> None:
        answer = self.line.post(path, form)
        self._want(answer, 302, path)
        if answer.headers["Location"] != path:
            raise WrongError(f"{path}: leads to {answer.headers['Location']}")
        self._note_act(answer, (event,))
        self.notes.put("file", case=case, event=event)

    def _go_on(self, begun: dict[str, Any], told: Sequence[dict[str, Any]]) -> None:
        """Do what the page says is not done; what was acknowledged must be."""
        case = begun["case"]
        page = self.line.ask("GET", f"/cases/{case}/binding/")
        self._want(page, 200, "a binding that was begun")
        shown = page.body.decode()
        is_handed = HANDED in shown
        is_bound = is_handed or TO_HAND_OVER in shown
        is_done = {BOUND: is_bound, HANDED_OVER: is_handed}
        for one in told:
            if one["kind"] == "file" and one["case"] == case and not is_done[one["event"]]:
                raise WrongError(f"{case}: {one['event']} was acknowledged and is gone")
        if not is_bound:
            self._bind(case, begun["checker"])
        elif not is_handed:
            self._hand_over(case)
        else:
            self.notes.put("ended", case=case)


if __name__ == "__main__":
    main(Binder)
