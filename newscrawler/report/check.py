"""``newscrawler check`` in plain sentences: what was found, and what to type next."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from newscrawler.archive.check import Checked
from newscrawler.archive.problems import Problem
from newscrawler.report.words import count

REPAIR = "newscrawler check --repair"
_COPY = "put the last good copy back (docs/operating.md, Copies)"
_CRAWL = "the next crawl mends it, or now: " + REPAIR

WORDS: dict[str, tuple[str, str]] = {
    "integrity": ("SQLite finds the file damaged", f"{_COPY}, or save what can be read: sqlite3 .recover"),
    "foreign_keys": ("rows point to rows that are not there", _COPY),
    "keys": ("addresses cannot be found by their key", _COPY),
    "no_body": ("articles have no text", _COPY),
    "no_sighting": ("articles do not say when they were seen", _COPY),
    "revisions": ("articles lack an earlier revision, or have one too many", _COPY),
    "images": ("pictures belong to revisions that there are not", _COPY),
    "moments": ("moments belong to revisions that there are not", _COPY),
    "absences": ("articles are not gone since when they were found so", _COPY),
    "aliases": ("aliases are the address of their own article", _COPY),
    "links": ("related items do not know that their article is archived", REPAIR),
    "ledger_missing": ("articles are not in the ledger", REPAIR),
    "ledger_lost": ("addresses are archived by the ledger's word, and no article is there", REPAIR),
    "counts": ("counts by day and name are not those of the articles", REPAIR),
    "search": ("the search index is not that of the texts", REPAIR),
    "fingerprints": ("articles have the fingerprint of another text", REPAIR),
    "copies": ("exact copies do not point to the earliest", REPAIR),
    "near_texts": ("texts are not in the index of near-duplicates as they are", REPAIR),
    "near_pairs": ("pairs of near-duplicates are none, or not so similar", REPAIR),
    "near_links": ("near-duplicates are not linked as their pairs say", REPAIR),
    "page_files": ("files of raw pages are not there", "put them back from a copy of the folder"),
    "page_records": ("raw pages cannot be read where their rows say", "put the file back from a copy"),
    "page_rows": ("raw pages are not what their rows say", "put file and archive back from one copy"),
    "page_payloads": ("raw pages have another content than when they came", "put the file back from a copy"),
    "page_revisits": ("raw pages repeat one that is not kept", "nothing to do but to know it"),
    "page_gaps": ("places between raw pages hold no record", "put the file back from a copy"),
    "page_rowless": ("raw pages between others have lost their row", "put the archive back from a copy"),
    "page_orphans": ("raw pages have no row yet", _CRAWL),
    "erasures": ("forgotten raw pages are not overwritten yet", _CRAWL),
    "page_tails": ("files of raw pages end in the middle of a record", _CRAWL),
}
"""Kind of problem -> what is wrong, and what to do."""


def as_text(archive: str, checked: Checked, mended: Collection[Problem] = ()) -> Iterator[str]:
    """A sentence for each problem and the next command under it, or that all is well; then the sum."""
    for problem in checked.problems:
        yield _sentence(problem)
        yield "  mended" if problem in mended else f"  -> {WORDS[problem.kind][1]}"
    looked = f"{count(checked.articles, 'article')} and {count(checked.pages, 'raw page')} looked at"
    left = len([problem for problem in checked.problems if problem not in mended])
    if left:
        yield f"{archive}: {looked}, {count(left, 'thing')} wrong."
    elif mended:
        yield f"{archive}: {looked}; what was wrong is mended."
    else:
        yield f"{archive}: {looked}; all is as it should be."


def _sentence(problem: Problem) -> str:
    what = WORDS[problem.kind][0]
    if problem.kind == "search":
        return problem.example or f"{what}."
    if problem.kind == "integrity":
        return f"{what}: {problem.example}."
    example = f" The first: {problem.example}" if problem.example else ""
    return f"{problem.count:,} × {what}.{example}"
