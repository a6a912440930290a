"""Every paragraph of the 48 articles and every statute clause a rule serves, from `clauses.toml`.

For: what kind each clause is, in our own words, which rules serve it, and what is not written yet.
Not for: the official text, which the operator loads.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from liuhen.law.errors import ClauseError

STATUTES = {
    "penalty_law": "行政处罚法",
    "coercion_law": "行政强制法",
    "licensing_law": "行政许可法",
    "civil_procedure": "民事诉讼法",
    "transfer_rules": "行政执法机关移送涉嫌犯罪案件的规定",
    "order55": "住房和城乡建设行政处罚程序规定",
    "business_environment": "优化营商环境条例",
    "reconsideration_law": "行政复议法",
    "litigation_law": "行政诉讼法",
    "cybersecurity_law": "网络安全法",
    "personal_information_law": "个人信息保护法",
    "archives_order": "机关文件材料归档范围和文书档案保管期限规定",
    "three_systems": "国务院办公厅关于全面推行行政执法三项制度的指导意见",
}
# Documents counted in parts, not in articles.
_IN_PARTS = frozenset({"three_systems"})
_ORDER = ("", *STATUTES)
_ID = re.compile(r"(?:(?P<statute>[a-z_0-9]+):)?(?P<a>\d+)(?:\.(?P<p>\d+))?(?:\((?P<i>\d+)\))?")
_DIGITS = "零一二三四五六七八九"


class ClauseKind(StrEnum):
    """What a clause is for the system."""

    DUTY = "duty"
    POWER = "power"
    DEFINITION = "definition"
    JUDGEMENT = "judgement"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. `rules` serve it; `functions` are things a person does that serve it;
    `through` are the clauses whose rules carry it out, `acts` the functions of ours that refuse
    what it forbids ("module.name"); `unwritten` names, in our words, what no rule says yet."""

    id: str
    kind: ClauseKind
    zh: str
    en: str
    reason: str = ""
    rules: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    unwritten: str = ""

    @property
    def state(self) -> str:
        """ "written", "partly written", "not yet written", or "no rule needed"."""
        if self.unwritten:
            return "partly written" if self.rules else "not yet written"
        return "written" if self.rules or self.through or self.acts else "no rule needed"

    @property
    def article(self) -> int:
        """Number of the article."""
        return int(clause_order(self.id)[1])


@lru_cache(maxsize=1)
def clauses() -> Mapping[str, Clause]:
    """The clauses of this package, by id."""
    text = resources.files("liuhen.law").joinpath("clauses.toml").read_text("utf-8")
    return clauses_from_toml(text)


def clauses_from_toml(text: str) -> dict[str, Clause]:
    """Read clauses from the format of `clauses.toml`.

    Raises:
        ClauseError: a row is incomplete, an id is malformed or occurs twice, a clause that isn't a
            duty has no reason, a duty has neither rule nor clauses or acts it is carried out
            through nor "unwritten", or one of those clauses has no rule.
    """
    found: dict[str, Clause] = {}
    for row in tomllib.loads(text)["clause"]:
        clause = _clause(row)
        clause_order(clause.id)
        if clause.id in found:
            raise ClauseError(f"{clause.id}: listed twice")
        _check(clause)
        found[clause.id] = clause
    for clause in found.values():
        for each in clause.through:
            if each not in found or not found[each].rules:
                raise ClauseError(f"{clause.id}: carried out through {each}, which has no rule")
    return found


def clause_order(clause: str) -> tuple[int, int, int, int]:
    """Sort key: statute, article, paragraph, item. Raises ClauseError on a malformed id."""
    match = _ID.fullmatch(clause)
    if match is None:
        raise ClauseError(f"{clause}: not a clause")
    statute = match["statute"] or ""
    place = _ORDER.index(statute) if statute in _ORDER else len(_ORDER)
    parts = match.groupdict(default="0")
    return place, int(parts["a"]), int(parts["p"]), int(parts["i"])


def citation(clause: str) -> str:
    """The clause as cited on a screen: 第三十九条第二款, 《行政处罚法》第五十一条."""
    match = _ID.fullmatch(clause)
    if match is None:
        raise ClauseError(f"{clause}: not a clause")
    unit = "部分" if match["statute"] in _IN_PARTS else "条"
    words = f"第{numeral(int(match['a']))}{unit}"
    if match["p"] and not (match["p"] == "1" and _has_one_paragraph(clause)):
        words += f"第{numeral(int(match['p']))}款"
    if match["i"]:
        words += f"第（{numeral(int(match['i']))}）项"
    statute = match["statute"]
    return f"《{STATUTES.get(statute, statute)}》{words}" if statute else words


def numeral(number: int) -> str:
    """A number from 1 to 299 in Chinese numerals, as articles are counted."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def _has_one_paragraph(clause: str) -> bool:
    article = clause.partition(".")[0]
    return f"{article}.2" not in clauses() and ":" not in clause


def _clause(row: Mapping[str, Any]) -> Clause:
    try:
        return Clause(
            id=row["id"],
            kind=ClauseKind(row["kind"]),
            zh=row["zh"],
            en=row["en"],
            reason=row.get("reason", ""),
            rules=tuple(row.get("rules", ())),
            functions=tuple(row.get("functions", ())),
            through=tuple(row.get("through", ())),
            acts=tuple(row.get("acts", ())),
            unwritten=row.get("unwritten", ""),
        )
    except (KeyError, ValueError) as error:
        raise ClauseError(f"{row.get('id', '?')}: {error}") from error


def _check(clause: Clause) -> None:
    if clause.kind is ClauseKind.DUTY:
        if not (clause.rules or clause.through or clause.acts or clause.unwritten):
            raise ClauseError(f"{clause.id}: a duty without rule or note of its lack")
    elif not clause.reason:
        raise ClauseError(f"{clause.id}: {clause.kind} without a reason")
