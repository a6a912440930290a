"""The law as executable duties: facts of a case in, findings out.

For: judging a case, gates, next steps, the catalogue of records, periods and working days.
Not for: storage, screens, or any I/O beyond the tables in this package.
"""

from liuhen.law.documentation import clause_table, regulation_pages
from liuhen.law.engine import judge
from liuhen.law.explanations import explain
from liuhen.law.gates import Obstacle, gate
from liuhen.law.steps import Lamp, Step, lamp, next_steps

__all__ = [
    "Lamp",
    "Obstacle",
    "Step",
    "clause_table",
    "explain",
    "gate",
    "judge",
    "lamp",
    "next_steps",
    "regulation_pages",
]
