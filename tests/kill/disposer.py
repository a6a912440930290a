"""Somebody who orders lists of old records destroyed, as `officer` notes it.

Run as a process of its own, which nobody kills: `python -m tests.kill.disposer …`. Not a test.
"""

from __future__ import annotations

from time import sleep

from tests.kill.officer import Officer, WrongError, main

# Beside the notes: lists that may be ordered destroyed, each with the digests of its records.
COOLED_LISTS = "cooled-lists"
# Whose office it is.
WHO = "records"
# So many lists are ordered between two kills, at most.
MOST = 3
# What a page of a list shows while something of it lies within the system's own reach.
LEFT_HERE = "由系统删除并复查"
_LOOKS, _PAUSE_S = 100, 0.05


class Disposer(Officer):
    """One person at the lists; each is looked at until its copies here are gone."""

    ordered = 0

    def resume(self) -> None:
        """Find the sign-in still held; then go on with the lists that were begun."""
        super().resume()
        self.ordered = 0
        told = list(self.notes.read())
        done = {one["disposal"] for one in told if one["kind"] == "ordered"}
        for disposal in [one["disposal"] for one in told if one["kind"] == "order"]:
            if self._may_be_ordered(disposal):
                if disposal in done:
                    raise WrongError(f"{disposal}: the order was acknowledged and is gone")
                self._order(disposal)
            elif disposal not in done:
                self.notes.put("ordered", disposal=disposal)
            done.add(disposal)

    def dispose(self) -> None:
        """Order the next list that nobody has begun to order, if there is one."""
        begun = {one["disposal"] for one in self.notes.read() if one["kind"] == "order"}
        told = self.notes.path.with_name(COOLED_LISTS).read_text("utf-8").splitlines()
        waiting = [one.split()[0] for one in told if one.split()[0] not in begun]
        if not waiting or self.ordered == MOST:
            sleep(0.1)
            return
        self.notes.put("order", disposal=waiting[0])
        self._order(waiting[0])
        self.ordered += 1

    def _order(self, disposal: str) -> None:
        path = f"/disposals/{disposal}/order/"
        answer = self.line.post(path, {"is_complete": "on"})
        self._want(answer, 302, path)
        self._note_act(answer, ("disposal.begun",))
        self.notes.put("ordered", disposal=disposal)
        for _ in range(_LOOKS):
            if LEFT_HERE not in self._page(disposal):
                return
            sleep(_PAUSE_S)

    def _may_be_ordered(self, disposal: str) -> bool:
        return f"/disposals/{disposal}/order/" in self._page(disposal)

    def _page(self, disposal: str) -> str:
        answer = self.line.ask("GET", f"/disposals/{disposal}/")
        self._want(answer, 200, "a list of old records")
        return answer.body.decode()


if __name__ == "__main__":
    main(Disposer)
