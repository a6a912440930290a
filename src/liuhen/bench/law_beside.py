"""Ten rules of a simple case, judged by the law engine and by openfisca-core over the same cases.

OpenFisca computes whole columns with numpy and answers true or false; the engine judges case by
case and answers with facts, figures and an explanation each. The answers must agree. Not for how
fast a whole case is judged (`law`).
"""

from __future__ import annotations

import datetime as dt
import random
import time
from typing import Any

from liuhen.bench.figures import Figure
from liuhen.kernel.refusals import Fault
from liuhen.law.engine import judge
from liuhen.law.facts import (
    Activity,
    Case,
    CaseFacts,
    Certificate,
    Collection,
    Decision,
    Officer,
    Paper,
    Party,
    Performance,
    Sanction,
    Service,
    Statement,
)
from liuhen.law.findings import Outcome
from liuhen.law.registry import packaged_registry, registry_of
from liuhen.law.vocabulary import (
    CaseKind,
    CollectionGround,
    PartyKind,
    PenaltyKind,
    Procedure,
    ServiceMode,
    StatementForm,
)

CASES = 2_000
RULES = (
    *("two_officers", "certificates_shown", "officers_hold_certificates"),
    *("spot_fine_within_limit", "spot_collection_allowed", "fine_receipt_given"),
    *("spot_paper_numbered", "receipt_dated", "oral_statement_recorded", "performance_recorded"),
)
NOON = dt.datetime(2026, 3, 10, 4, tzinfo=dt.UTC)
DAY = "2026-03-10"
Columns = dict[str, list[Any]]


def beside_openfisca(cases: int = CASES) -> list[Figure]:
    """Rules judged a second by each, and that they agree on every case.

    Raises:
        Fault: they don't.
    """
    columns = _columns(cases)
    facts = [_facts({name: column[n] for name, column in columns.items()}) for n in range(cases)]
    registry = registry_of(each for each in packaged_registry().base if each.name in RULES)
    begun = time.perf_counter()
    found = [judge(each, NOON, registry=registry) for each in facts]
    ours = time.perf_counter() - begun
    theirs, answers = _by_openfisca(columns, cases)
    for number, findings in enumerate(found):
        mine = {each.rule: each.outcome is Outcome.MET for each in findings}
        other = {rule: bool(answers[rule][number]) for rule in RULES}
        if mine != other:
            raise Fault(f"case {number}: {mine} is not {other}")
    beside, asked = f"{len(RULES)} rules, {cases:,} cases, answers agree", cases * len(RULES)
    return [
        Figure("law engine, with facts and explanation", asked / ours, "rules/s", beside),
        Figure(
            "openfisca-core, case by case", _singly(columns), "rules/s", "one case a simulation"
        ),
        Figure("openfisca-core, whole columns", asked / theirs, "rules/s", beside),
    ]


def _columns(cases: int) -> Columns:
    chance = random.Random(17)  # noqa: S311 - the same cases each time
    pick = chance.choices
    flags = ("shown", "receipted", "numbered", "dated", "recorded", "kept")
    return {
        "officers": pick((1, 2, 3), k=cases),
        "valid": pick((True, False), (9, 1), k=cases),
        "is_person": pick((True, False), k=cases),
        "fine": pick((5_000, 10_000, 10_001, 20_000, 20_001, 300_000, 300_001), k=cases),
        "hard": pick((True, False), (1, 3), k=cases),
        **{name: pick((True, False), (9, 1), k=cases) for name in flags},
    }


def _facts(row: dict[str, Any]) -> CaseFacts:
    """One simple case as the engine reads it."""
    keys = tuple(f"o{number}" for number in range(row["officers"]))
    kind = PartyKind.PERSON if row["is_person"] else PartyKind.ORGANISATION
    return CaseFacts(
        case=Case(
            "c", kind=CaseKind.PENALTY, procedure=Procedure.SIMPLE, started_at=NOON, closed_at=NOON
        ),
        parties=(Party("p", kind=kind),),
        officers=tuple(_officer(key, is_valid=row["valid"]) for key in keys),
        activities=(
            Activity(
                "a",
                kind="simple_procedure",
                started_at=NOON,
                ended_at=NOON,
                officers=keys,
                certificates_shown=row["shown"],
            ),
        ),
        papers=(
            Paper("t", "37", number="1" if row["numbered"] else "", made_at=NOON, issued_at=NOON),
        ),
        statements=(
            Statement("w", form=StatementForm.ORAL, made_at=NOON, is_recorded=row["recorded"]),
        ),
        **_after(row),
    )


def _officer(key: str, *, is_valid: bool) -> Officer:
    until = dt.date(2027, 1, 1) if is_valid else dt.date(2026, 3, 10)
    return Officer(key, certificates=(Certificate(key, dt.date(2024, 1, 1), until),))


def _after(row: dict[str, Any]) -> dict[str, Any]:
    """The decision, its service and its fine."""
    proofs = {"received_date_noted": row["dated"]}
    fine = Sanction(PenaltyKind.FINE, row["fine"])
    ground = CollectionGround.HARD_TO_COLLECT if row["hard"] else CollectionGround.SMALL
    served = Service("s", "t", mode=ServiceMode.IN_PERSON, made_at=NOON, proofs=proofs)
    paid = Collection(
        "c",
        is_on_spot=True,
        ground=ground,
        amount_fen=row["fine"],
        has_official_receipt=row["receipted"],
        collected_at=NOON,
    )
    done = Performance("f", performed_at=NOON, is_recorded=True, is_material_kept=row["kept"])
    return {
        "services": (served,),
        "decisions": (Decision("d", paper="t", party="p", decided_at=NOON, sanctions=(fine,)),),
        "collections": (paid,),
        "performances": (done,),
    }


_SINGLE = 100


def _singly(columns: Columns) -> float:
    """Rules a second when a case is asked about by itself, as after an act."""
    seconds, cases = 0.0, min(_SINGLE, len(columns["fine"]))
    for number in range(cases):
        one = {name: column[number : number + 1] for name, column in columns.items()}
        seconds += _by_openfisca(one, 1)[0]
    return cases * len(RULES) / seconds


def _by_openfisca(columns: Columns, cases: int) -> tuple[float, dict[str, Any]]:
    """Seconds and the column of answers by rule; making the columns is not counted."""
    import numpy as np  # noqa: PLC0415 - openfisca-core is a peer of the benchmark only
    from openfisca_core.entities import build_entity  # noqa: PLC0415
    from openfisca_core.simulations import SimulationBuilder  # noqa: PLC0415
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # noqa: PLC0415

    case = build_entity(key="case", plural="cases", label="a case", is_person=True)
    system = TaxBenefitSystem([case])
    for name, column in columns.items():
        system.add_variable(_variable(name, case, type(column[0])))
    for rule, formula in _FORMULAS.items():
        system.add_variable(_variable(rule, case, bool, formula))
    simulation = SimulationBuilder().build_default_simulation(system, cases)
    for name, column in columns.items():
        simulation.set_input(name, DAY, np.array(column))
    begun = time.perf_counter()
    answers = {rule: simulation.calculate(rule, DAY) for rule in RULES}
    return time.perf_counter() - begun, answers


def _variable(name: str, entity: Any, kind: type, formula: Any = None) -> Any:
    from openfisca_core.periods import DateUnit  # noqa: PLC0415 - a peer of the benchmark only
    from openfisca_core.variables import Variable  # noqa: PLC0415

    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.DAY, "label": name}
    if formula is not None:
        body["formula"] = lambda case, period: formula(lambda read: case(read, period))
    return type(name, (Variable,), body)


_FORMULAS: dict[str, Any] = {
    "two_officers": lambda of: of("officers") >= 2,
    "certificates_shown": lambda of: of("shown"),
    "officers_hold_certificates": lambda of: of("valid") * (of("officers") >= 2),
    "spot_fine_within_limit": lambda of: (
        of("fine") <= of("is_person") * 20_000 + ~of("is_person") * 300_000
    ),
    "spot_collection_allowed": lambda of: (of("fine") <= 10_000) | of("hard"),
    "fine_receipt_given": lambda of: of("receipted"),
    "spot_paper_numbered": lambda of: of("numbered"),
    "receipt_dated": lambda of: of("dated"),
    "oral_statement_recorded": lambda of: of("recorded"),
    "performance_recorded": lambda of: of("kept"),
}
