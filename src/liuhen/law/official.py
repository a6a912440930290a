"""Cutting an official text into its articles. Not for keeping it: the operator loads it."""

import re

from liuhen.law.clauses import numeral

_NUMBER = "[零〇一二三四五六七八九十百]+"
_HEAD = re.compile(rf"^[\s\u3000]*第({_NUMBER})条(?:[\s\u3000]|$)", re.MULTILINE)
_CHAPTER = re.compile(rf"^[\s\u3000]*第{_NUMBER}[章节编][\s\u3000].*$", re.MULTILINE)
_MOST = 299


def articles_of(text: str) -> dict[int, str]:
    """Number of each article to its text, paragraphs on lines of their own; headings left out.

    Only a line that begins with 第…条 begins an article. The first of a number counts, so that
    later mentions at the start of a line change nothing.
    """
    numbers = {numeral(number): number for number in range(1, _MOST + 1)}
    clean = _CHAPTER.sub("", text)
    heads = [head for head in _HEAD.finditer(clean) if head[1].replace("〇", "零") in numbers]
    ends = [*(head.start() for head in heads[1:]), len(clean)]
    found: dict[int, str] = {}
    for head, end in zip(heads, ends, strict=False):  # with no head there is one end too many
        number = numbers[head[1].replace("〇", "零")]
        lines = (line.strip(" \t\r\u3000") for line in clean[head.end() : end].split("\n"))
        found.setdefault(number, "\n".join(line for line in lines if line))
    return found
