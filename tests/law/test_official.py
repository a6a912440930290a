"""An official text is cut where its articles begin, and nowhere else."""

from liuhen.law.official import articles_of

TEXT = """虚构办法

第一章  总  则

　　第一条  为了示例，
制定本办法。

第二条  依照第一条办理的，
　　第十条规定的情形除外。
第二章 附 则
第十一条
自印发之日起施行。
"""


def test_each_article_keeps_its_paragraphs_and_no_heading() -> None:
    found = articles_of(TEXT)
    assert found == {
        1: "为了示例，\n制定本办法。",
        2: "依照第一条办理的，\n第十条规定的情形除外。",
        11: "自印发之日起施行。",
    }


def test_a_text_without_articles_gives_none() -> None:
    assert articles_of("") == {} == articles_of("第 一 条 x\n没有条文")


def test_the_last_number_that_is_an_article_is_299() -> None:
    assert articles_of("第二百九十九条 甲\n第三百条 乙") == {299: "甲\n第三百条 乙"}
