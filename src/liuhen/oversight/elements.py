"""The six situations of Art. 47 and the elements a person has to decide for each.

Pure: what an answer to the elements comes to. Not for rows (`models`) nor for who decides (acts).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

# What each situation is called.
ITEMS: Mapping[int, str] = {
    1: "未按规定进行记录",
    2: "违规泄露记录",
    3: "故意损毁或者擅自删改记录",
    4: "未按规定存储维护致使记录损毁、丢失",
    5: "人员调动不按规定移交记录",
    6: "其他违反本办法的行为",
}


class Element(StrEnum):
    """What has to be the case; the last says whether persons are held to account."""

    CONDUCT = "conduct"
    INTENT = "intent"
    LOSS = "loss"
    CONSEQUENCE = "consequence"
    CIRCUMSTANCES = "circumstances"


class Answer(StrEnum):
    """A decided element. `UNKNOWN` is an answer: it could not be established yet."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


ANSWERS: Mapping[str, str] = {
    Answer.YES: "是",
    Answer.NO: "否",
    Answer.UNKNOWN: "尚不能确定",
}
LABELS: Mapping[str, str] = {
    Element.CONDUCT: "行为是否属实",
    Element.INTENT: "是否故意或者擅自所为",
    Element.LOSS: "是否造成记录损毁、丢失",
    Element.CONSEQUENCE: "是否造成严重后果",
    Element.CIRCUMSTANCES: "情节是否严重",
}
# What makes each situation; the article asks for consequences in three of them only.
_MAKING: Mapping[int, tuple[Element, ...]] = {
    1: (Element.CONDUCT,),
    2: (Element.CONDUCT, Element.CONSEQUENCE),
    3: (Element.CONDUCT, Element.INTENT),
    4: (Element.CONDUCT, Element.LOSS, Element.CONSEQUENCE),
    5: (Element.CONDUCT,),
    6: (Element.CONDUCT, Element.CONSEQUENCE),
}


def elements_of(item: int) -> tuple[Element, ...]:
    """What is decided of a situation, in order: what makes it, then how grave it is."""
    return (*_MAKING[item], Element.CIRCUMSTANCES)


def is_established(item: int, answers: Mapping[str, str]) -> bool | None:
    """Whether the answers make the situation; None while an element is not established.

    One that is missing is not established: neither yes nor no.
    """
    found = [answers.get(one, Answer.UNKNOWN) for one in _MAKING[item]]
    if Answer.NO in found:
        return False
    return None if Answer.UNKNOWN in found else True


def is_serious(answers: Mapping[str, str]) -> bool | None:
    """Whether the circumstances are serious; None: that is not established."""
    told = answers.get(Element.CIRCUMSTANCES, Answer.UNKNOWN)
    return None if told == Answer.UNKNOWN else told == Answer.YES
