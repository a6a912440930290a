"""Write docs/regulation anew: python -m tests.law.write_regulation (from the repository)."""

from pathlib import Path

from liuhen.law import regulation_pages

DOCS = Path(__file__).parents[2] / "docs" / "regulation"


def main() -> None:
    """Replace every generated page and remove those that are generated no more."""
    pages = regulation_pages()
    DOCS.mkdir(parents=True, exist_ok=True)
    for path in DOCS.iterdir():
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (DOCS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
