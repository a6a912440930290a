"""The state of every clause as data, and the generated pages of docs/regulation.

For: `liuhen articles` and the documents, so that coverage of the text is seen and not claimed.
Not for: live counts of cases (the compliance layer adds those), and it writes no file.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from liuhen.law.catalogue import catalogue
from liuhen.law.clauses import STATUTES, Clause, citation, clause_order, clauses
from liuhen.law.duties import AnyDuty
from liuhen.law.explanations import duty_text
from liuhen.law.parameters import Parameter, packaged_parameters
from liuhen.law.registry import duties_by_module

CHAPTERS = (
    (1, 8, "总则"),
    (9, 11, "程序启动的记录"),
    (12, 21, "调查与取证的记录"),
    (22, 27, "审查与决定的记录"),
    (28, 37, "送达与执行的记录"),
    (38, 46, "执法记录的管理与使用"),
    (47, 48, "监督责任与附则"),
)
_NOTE = "<!-- Generated from the tables of liuhen.law; edit those, never this page. -->\n"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of a clause; `table` is the file of its tests, `scope` is "case" or "unit"."""

    name: str
    text: str
    column: str
    module: str
    table: str
    scope: str
    exception_to: str | None = None


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause as `liuhen articles` prints it; `state` as in `clauses.Clause`."""

    clause: str
    citation: str
    article: int
    kind: str
    state: str
    zh: str
    en: str
    reason: str
    rules: tuple[RuleRow, ...]
    functions: tuple[str, ...]
    through: tuple[str, ...]
    acts: tuple[str, ...]
    unwritten: str

    @property
    def through_cited(self) -> tuple[str, ...]:
        """The clauses whose rules carry this one out, as lawyers cite them."""
        return tuple(citation(each) for each in self.through)


def clause_table() -> list[ClauseRow]:
    """Every paragraph and item of the 48 articles, then the statute clauses, in order."""
    rules = _rules()
    ordered = sorted(clauses().values(), key=lambda clause: clause_order(clause.id))
    return [_row(clause, rules[clause.id]) for clause in ordered]


def regulation_pages() -> dict[str, str]:
    """File name to text of every page under docs/regulation."""
    rows = clause_table()
    pages = {"README.md": _index(rows)}
    for number, (first, last, title) in enumerate(CHAPTERS, start=1):
        mine = [row for row in rows if ":" not in row.clause and first <= row.article <= last]
        pages[f"chapter-{number}.md"] = _page(f"Chapter {number}: {title}", mine)
    pages["statutes.md"] = _page("Statutes", [row for row in rows if ":" in row.clause])
    pages["parameters.md"] = _parameters()
    pages["catalogue.md"] = _catalogue()
    return pages


def table_of(module: str) -> str:
    """Path of the test table of a rule module: "measures.a12" is tests/law/tables/a12.toml."""
    return f"tests/law/tables/{module.rpartition('.')[2]}.toml"


def _rules() -> dict[str, list[RuleRow]]:
    found: dict[str, list[RuleRow]] = defaultdict(list)
    for module, duty in duties_by_module():
        found[duty.clause].append(_rule(module, duty))
    return found


def _rule(module: str, duty: AnyDuty) -> RuleRow:
    return RuleRow(
        name=duty.name,
        text=duty_text(duty.name),
        column=duty.column.value,
        module=module,
        table=table_of(module),
        scope=duty.over.scope,
        exception_to=duty.exception_to,
    )


def _row(clause: Clause, rules: Iterable[RuleRow]) -> ClauseRow:
    return ClauseRow(
        clause=clause.id,
        citation=citation(clause.id),
        article=clause.article,
        kind=clause.kind.value,
        state=clause.state,
        zh=clause.zh,
        en=clause.en,
        reason=clause.reason,
        rules=tuple(sorted(rules, key=lambda rule: rule.name)),
        functions=clause.functions,
        through=clause.through,
        acts=clause.acts,
        unwritten=clause.unwritten,
    )


def _index(rows: list[ClauseRow]) -> str:
    measures = [row for row in rows if ":" not in row.clause]
    counts = Counter(row.state for row in measures)
    lines = [
        "# The regulation, clause by clause\n",
        _NOTE,
        f"{len({row.article for row in measures})} articles in {len(measures)} paragraphs and"
        " items: "
        + ", ".join(f"{counts[state]} {state}" for state in sorted(counts))
        + ". Restated in our own words; the official text is loaded by the operator.\n",
        *(
            f"- [Chapter {number}: {title}](chapter-{number}.md), Art. {first} to {last}"
            for number, (first, last, title) in enumerate(CHAPTERS, start=1)
        ),
        "- [Statutes](statutes.md): " + ", ".join(sorted(STATUTES.values())),
        "- [Figures and assumptions](parameters.md)",
        "- [Recording catalogue](catalogue.md)\n",
        "## Not written yet\n",
        *(
            f"- Art. {row.clause}: {row.en} ({row.state}: {row.unwritten})"
            for row in rows
            if row.unwritten
        ),
        *(() if any(row.unwritten for row in rows) else ("Nothing: every duty has its rule.",)),
    ]
    return "\n".join(lines) + "\n"


def _page(title: str, rows: list[ClauseRow]) -> str:
    lines = [f"# {title}\n", _NOTE]
    for row in rows:
        lines += _clause_lines(row)
    return "\n".join(lines)


def _clause_lines(row: ClauseRow) -> list[str]:
    lines = [f"## {row.clause} · {row.citation}\n", f"{row.en}.\n", f"{row.zh}。\n"]
    lines.append(f"Kind: {row.kind}. State: {row.state}.\n")
    if row.reason:
        lines.append(f"Why: {row.reason}。\n")
    if row.functions:
        lines.append("Functions: " + "; ".join(row.functions) + "\n")
    if row.through:
        lines.append("Carried out through: " + ", ".join(row.through) + "\n")
    if row.acts:
        lines.append("Carried out by: " + ", ".join(f"`{name}`" for name in row.acts) + "\n")
    if row.unwritten:
        lines.append(f"Not written yet: {row.unwritten}。\n")
    if row.rules:
        lines += ["| Rule | Duty | Column | Tests |", "|---|---|---|---|"]
        lines += [_rule_line(rule) for rule in row.rules]
        lines.append("")
    return lines


def _rule_line(rule: RuleRow) -> str:
    name = f"`{rule.name}`"
    if rule.exception_to:
        name += f", exception to `{rule.exception_to}`"
    return f"| {name} | {rule.text} | {rule.column} | `{rule.table}` |"


def _parameters() -> str:
    lines = [
        "# Figures and assumptions\n",
        _NOTE,
        "Confidence: A text read, B excerpt read, M memory (to be confirmed by the authority),"
        " I our reading of an unclear text.\n",
        "| Name | Title | Value | Unit | From | Confidence | Source | Why | Used by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for parameter in packaged_parameters().table.values():
        for dated in parameter.values:
            value = "none set" if dated.value is None else dated.value
            lines.append(
                f"| `{parameter.name}` | {parameter.title} | {value} | {parameter.unit} |"
                f" {dated.valid_from} | {dated.confidence} | {dated.source} |"
                f" {parameter.reason} | {_users(parameter)} |"
            )
    return "\n".join(lines) + "\n"


def _users(parameter: Parameter) -> str:
    """Rules and modules that read a figure, or why none does."""
    if parameter.idle:
        return f"decides nothing: {parameter.idle}"
    names = (*parameter.rules, *(module for module, _ in parameter.functions))
    return ", ".join(f"`{name}`" for name in names) or "the rules themselves"


def _catalogue() -> str:
    lines = [
        "# Recording catalogue\n",
        _NOTE,
        "Text is the least the measures demand (absence is a breach), product our own standard"
        " (absence is advice). A shown in any form, S synchronous sound and picture, F the whole"
        " course, C without interruption, K camera of the workplace, R camera of the room.\n",
        "| Activity | Name | Text | Product | Articles | Papers |",
        "|---|---|---|---|---|---|",
    ]
    for row in catalogue().activities.values():
        text = ", ".join(f"{each.code} {each.when}".strip() for each in row.text) or "–"
        product = ", ".join(f"{each.code} {each.when}".strip() for each in row.product)
        lines.append(
            f"| `{row.key}` | {row.name} | {text} | {product} | {', '.join(row.clauses)} |"
            f" {', '.join(row.papers)} |"
        )
    return "\n".join(lines) + "\n"
