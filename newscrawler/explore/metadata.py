"""What Datasette is told about an archive: titles, order, facets, labels, and what stays hidden."""

from __future__ import annotations

from typing import Any

from newscrawler.archive.meant import NAMES
from newscrawler.explore.queries import as_metadata

TITLE = "News archive"

DESCRIPTION = "Articles of Chinese tech-news sites with the related items they promoted, kept by newscrawler."

FACETS = {"source_id": "Source", "category_id": "Category", "editor_id": "Editor", "site_id": "Site"}
"""Facets of the article list and their headings; their counts are kept by the archive (counted.py)."""

NAME_COLUMNS = {f"{kind}_id": table for kind, table in NAMES.items()}
"""Columns of ``articles`` that are numbers with a name elsewhere."""

HIDDEN = (
    "_sqlite_migrations",
    "absences",
    "absent",
    "block_items",
    "block_moments",
    "blocks",
    "bodies",
    "counts_by_day",
    "counts_by_name",
    "links",
    "moments",
    "near_duplicate_links",
    "near_pairs",
    "near_phrases",
    "near_recent",
    "near_texts",
    "quarantine_parts",
    "sequences",
    "sightings",
)
"""Tables of numbers behind the views and the article page. Datasette also hides what begins like one."""

SOURCES_OF_TRUTH = "Public view: its columns are only ever added to."


def archive_metadata() -> dict[str, Any]:
    """The metadata of one archive, made anew each time: Datasette merges into what it is given."""
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "queries": as_metadata(),
        "tables": {**_tables(), **_names(), **_views(), **{table: {"hidden": True} for table in HIDDEN}},
    }


def _tables() -> dict[str, dict[str, Any]]:
    return {
        "articles": {
            "title": "Articles",
            "description": "One row for each address; ids rise with the time of publication.",
            "label_column": "title",
            "sort_desc": "id",
        },
        "crawl_runs": {
            "title": "Crawls",
            "description": "A row for every crawl from its first moment on: one that died is seen, too. Times"
            " in UTC; new to failed are distinct addresses, requests all that left; exit_code as scrapy crawl"
            " ended, empty for one that died; alive_at its last sign of life.",
            "label_column": "started_at",
            "sort_desc": "id",
            "facets": ["exit_code", "reason"],
        },
        "revisions": {
            "title": "Earlier revisions",
            "description": "What an article said before it changed.",
            "sort_desc": "id",
        },
        "aliases": {
            "title": "Other addresses",
            "description": "Addresses that led to an archived article, and why they are not its own.",
            "label_column": "url",
            "sort_desc": "id",
            "facets": ["reason"],
        },
        "images": {
            "title": "Pictures",
            "description": "Addresses and captions; the pictures stay at the site.",
        },
        "ledger": {
            "title": "Ledger",
            "description": "Every address that was ever discovered, and what became of it. Times in UTC;"
            " attempts are failures since the last success, last_error the class of the last one; due_at: not"
            " before (empty: at once when pending, else never). newscrawler ledger says the same at a"
            " terminal, newscrawler retry makes a class due again.",
            "label_column": "url",
            "sort_desc": "id",
            "facets": ["state", "last_error"],
        },
        "failures": {
            "title": "Failures",
            "description": "What failed in each crawl of the last 90 days, articles and listings. Times in"
            " UTC. newscrawler failures says the same at a terminal.",
            "label_column": "url",
            "sort_desc": "crawl_id",
            "facets": ["class"],
        },
        "troubles": {
            "title": "Troubles",
            "description": "What was not at a site as it was, from when to when; ended_at is empty while it"
            " lasts. Times in UTC. newscrawler troubles says the same at a terminal.",
            "label_column": "sentence",
            "sort_desc": "id",
            "facets": ["kind"],
        },
        "channels": {
            "title": "Listing channels",
            "description": "The listings that crawls walk. completed_at: when one was last walked as far"
            " as it had to be; empty until the first time.",
            "label_column": "url",
            "sort_desc": "completed_at",
        },
        "quarantine": {
            "title": "Quarantine",
            "description": "Pages that fitted no article, kept apart with the reason. Times in UTC, size in"
            " bytes, status as the server said; the bytes themselves are in quarantine_parts (zlib).",
            "label_column": "url",
            "sort_desc": "id",
            "facets": ["reason"],
        },
    }


def _names() -> dict[str, dict[str, Any]]:
    tables = ("sites", "sources", "editors", "authors", "categories")
    return {table: {"title": table.capitalize(), "label_column": "name"} for table in tables}


def _views() -> dict[str, dict[str, Any]]:
    titles = {
        "news": "News",
        "related_items": "Related items",
        "near_duplicates": "Near-duplicates",
        "crawls": "Crawls (public view)",
    }
    views: dict[str, dict[str, Any]] = {
        view: {"title": title, "description": SOURCES_OF_TRUTH} for view, title in titles.items()
    }
    # No order for the others: they have no index for one, and millions of rows to sort.
    views["news"]["sort_desc"] = "id"
    views["crawls"]["sort_desc"] = "started_at"
    return views
