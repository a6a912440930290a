"""What the benchmark of signed papers measures is what it says: ten pages, two signatures."""

from __future__ import annotations

from pathlib import Path

from tests.assembly.test_sealing import told

from liuhen.assembly.rendering import page_count
from liuhen.bench import papers_signed


def test_ten_pages_carry_two_signatures_and_each_paper_of_the_batch_is_made(
    tmp_path: Path,
) -> None:
    signed = papers_signed._signed(papers_signed.ten_pages())
    assert page_count(signed) == papers_signed.PAGES
    assert told(signed, tmp_path).count("Signature is Valid") == 2
    assert papers_signed._one(1) == 1
