"""Loads the demonstration into an empty database. Refuses where anybody is already registered."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from liuhen.demo.breach_story import BREACH_STORIES
from liuhen.demo.cases import Loader
from liuhen.demo.coercion_stories import COERCION_STORIES
from liuhen.demo.days import DEMO_NOW, FOUNDED, SEED
from liuhen.demo.kind_stories import KIND_STORIES
from liuhen.demo.ordinary_stories import ORDINARY_STORIES
from liuhen.demo.people import found_world
from liuhen.demo.places import outlines
from liuhen.demo.stories import STORIES
from liuhen.host.outlines import load_outlines
from liuhen.jobs.judging import judge_due_cases
from liuhen.kernel import clock, ids
from liuhen.ledger.sequencing import sequence_all
from liuhen.search.indexing import follow_all


def load(tell: Callable[[str], object]) -> None:
    """Found the authority and tell every story; `tell` hears how far it is.

    Raises:
        Refused: `authority.exists` when this database is not empty.
    """
    with ids.seeded(SEED), clock.frozen(FOUNDED) as stopped:
        tell("建立虚构机关、人员和设备 …")
        loader = Loader(found_world(), stopped)
        loader.join()
        loader.prepare()
        stories = (*ORDINARY_STORIES, *COERCION_STORIES, *STORIES, *KIND_STORIES)
        for place, story in enumerate(stories, start=1):
            tell(f"案件 {place}/{len(stories)} …")
            story(loader)
        for story in BREACH_STORIES:
            story(loader)
        loader.break_camera()
        loader.lend()
        load_outlines(settings.HOME, outlines())
        stopped.set(DEMO_NOW)
        judge_due_cases()
        tell(f"账本已排入 {sequence_all()} 条，检索已读取 {follow_all()} 条")
