"""What the pages of a hearing say, by the kind of case that holds it. Words only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from liuhen.cases.models import Case


@dataclass(frozen=True, slots=True)
class HearingWords:
    """Sentences, labels and articles of the pages; `back` is the page they belong to."""

    lead: str
    law: str
    asked_law: str
    unasked: str
    asked: str
    back: tuple[str, str]
    investigators: str
    investigators_help: str
    investigated: str
    defended: str
    chair_help: str
    chair_wrong: str
    chair_note: str
    rights: str
    called: str


_PENALTY = HearingWords(
    lead="当事人要求听证的，决定以前举行；由非本案调查人员主持，全过程记录",
    law="penalty_law:64",
    asked_law="penalty_law:63",
    unasked="当事人没有要求听证，或者已经放弃、撤回。",
    asked="当事人要求听证的，在“陈述申辩与听证”接收听证申请。",
    back=("陈述申辩与听证", "case_defence"),
    investigators="案件调查人员",
    investigators_help="由他们提出当事人违法的事实、证据和处罚建议",
    investigated="调查人员提出的事实、证据和处罚建议",
    defended="当事人申辩和质证",
    chair_help="法制审核人员，不是本案办案人员",
    chair_wrong="主持人应当是法制审核人员，不能是本案调查人员（行政处罚法第64条）。",
    chair_note="主持人应当是非本案调查人员；本案的办案人员不能主持。",
    rights="主持人核对了到场人员身份，宣布案由，告知当事人享有申请回避、陈述、申辩、举证、质证和最后陈述的权利；"
    "当事人表示清楚，不申请回避。",
    called="当事人",
)
_LICENCE = HearingWords(
    lead="申请人、利害关系人要求听证的，或者依法应当公告听证的，决定以前举行；由审查人员以外的人员主持，全过程记录",
    law="licensing_law:48",
    asked_law="licensing_law:47",
    unasked="没有人要求听证，或者已经放弃、撤回；审查结论也没有写明应当公告听证。",
    asked="申请人、利害关系人要求听证的，在“收到材料”登记。",
    back=("行政许可", "case_licensing"),
    investigators="审查人员",
    investigators_help="由他们说明审查意见、证据和理由",
    investigated="审查人员提出的审查意见、证据和理由",
    defended="申请人、利害关系人提出的证据、申辩和质证",
    chair_help="法制审核人员，不是审查本件申请的人员",
    chair_wrong="主持人应当是法制审核人员，不能是审查本件申请的人员（行政许可法第48条）。",
    chair_note="主持人应当是审查本件申请的人员以外的人员；申请人、利害关系人可以申请回避。",
    rights="主持人核对了到场人员身份，宣布听证事项，告知申请人、利害关系人享有申请回避、陈述、申辩、举证和质证的权利；"
    "到场的人表示清楚，不申请回避。",
    called="申请人和利害关系人",
)
_WORDS: Mapping[str, HearingWords] = {
    Case.Kind.PENALTY: _PENALTY,
    Case.Kind.LICENSING: _LICENCE,
}


def words_of(case: Case) -> HearingWords:
    """The words for the case's kind."""
    return _WORDS[case.kind]
