"""Papers: document types as data, their values, and PDF/A made from them; the bound file.

Plain Python over Typst and pypdf: no database, no network, no clock, no knowledge of who may do
what. Signing files, numbering and storing are acts elsewhere.
"""

from liuhen.assembly.amounts import chinese_amount, figures
from liuhen.assembly.binding import BoundFile, Entry, Part, bind
from liuhen.assembly.completeness import Missing, missing_fields
from liuhen.assembly.dates import chinese_date, chinese_instant, chinese_span, formal_date
from liuhen.assembly.document_types import DocumentType, Field, Signer, document_type, types
from liuhen.assembly.filling import fill, sources
from liuhen.assembly.fonts import FontSet, find_fonts
from liuhen.assembly.rendering import PDF_STANDARD, preview, render
from liuhen.assembly.signing import Refusal, Seal, Signature

__all__ = [
    "PDF_STANDARD",
    "BoundFile",
    "DocumentType",
    "Entry",
    "Field",
    "FontSet",
    "Missing",
    "Part",
    "Refusal",
    "Seal",
    "Signature",
    "Signer",
    "bind",
    "chinese_amount",
    "chinese_date",
    "chinese_instant",
    "chinese_span",
    "document_type",
    "figures",
    "fill",
    "find_fonts",
    "formal_date",
    "missing_fields",
    "preview",
    "render",
    "sources",
    "types",
]
