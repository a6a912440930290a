"""The recording an ordinary case relies on, put into words (Art. 44). Not for filming it."""

from __future__ import annotations

from liuhen.demo.ordinary_desk import Desk
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.recordings.models import Recording


def explain_footage(desk: Desk, footage: Recording) -> Paper:
    """Draw up, sign and issue the statement that goes with a recording used as evidence."""
    first, last = footage.started_at, footage.ended_at
    whole = {
        "started_at": clock.iso(first) if first else None,
        "ended_at": clock.iso(last) if last else None,
    }
    paper = desk.draw(
        "evidence_statement",
        recording=footage.name,
        kind="video",
        device=footage.device.serial if footage.device else "执法记录仪",
        method="执法记录仪现场连续拍摄，未经剪辑",
        maker=desk.world[desk.handler].name,
        made_span=whole,
        used_span=whole,
        place=footage.place or desk.words.findings["violated_place"],
        carrier="专用存储器，原件随案保存",
        extractor=desk.world[desk.second].name,
        extracted_at=clock.iso(clock.now()),
        digest=footage.original.sha256,
        proves="现场状况和违法事实",
        transcript=[{"at": "全程", "text": "执法人员出示证件，现场检查并制作笔录。"}],
    )
    desk.sign(paper, "maker", desk.handler)
    desk.sign(paper, "extractor", desk.second)
    return desk.issue(paper)
