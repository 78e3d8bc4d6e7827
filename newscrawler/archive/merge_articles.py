"""Articles of several archives as those of one: each address once, with all that is known of it anywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import pairwise

from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input
from newscrawler.archive.merge_known import Known, absences, joined, read
from newscrawler.archive.merge_links import Links
from newscrawler.archive.merge_runs import Reading
from newscrawler.archive.rows import NameTable, as_json, name_id

Progress = Callable[[int], object]


class Articles:
    """Writes the articles of ``inputs`` into the union; ``scratch.ids`` says which ids they have."""

    def __init__(self, connection: sqlite3.Connection, inputs: Sequence[Input], forgotten: Forgotten) -> None:
        self._connection = connection
        self._inputs = inputs
        self._forgotten = forgotten
        self._links = Links(connection, inputs, forgotten)
        self._names: dict[tuple[str, str], int | None] = {}

    def write(self, progress: Progress) -> None:
        """All of them, in the order of their ids, which is that of publication."""
        ids = self._connection.execute("SELECT id, url_key FROM scratch.ids ORDER BY id")
        while batch := ids.fetchmany(500):
            for number, key in batch:
                found = [known for one in self._inputs if (known := read(one, key)) is not None]
                self._write(number, key, joined(found))
            progress(len(batch))
        self._links.lead()

    def _write(self, number: int, key: int, known: Known) -> None:
        execute = self._connection.execute
        *earlier, present = known.versions
        text, revision = present.reading, len(known.versions)
        gone = absences(known)
        execute(
            "INSERT INTO articles(id, url, url_key, site_id, title, published_at, published_date,"
            " published_precision, source_id, editor_id, author_id, category_id, revision, revised_at,"
            " content_key, first_seen_at, gone_at, first_crawl_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, known.url, key, self._name("sites", known.site), text.title, text.published_at),
                *(text.published_at[:10] if text.published_at else None, text.published_precision),
                *self._names_of(text),
                *(
                    revision,
                    present.first_seen_at if earlier else None,
                    text.content_key,
                    known.first_seen_at,
                ),
                *(min((at for at, back in gone if back is None), default=None), known.first_crawl_id),
            ),
        )
        execute(
            "INSERT INTO bodies(article_id, body, marks, dateline, encoding, found_by)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (number, text.body, text.marks, text.dateline, text.encoding, text.found_by),
        )
        execute(
            "INSERT INTO sightings(article_id, last_seen_at, last_fetched_at, last_crawl_id)"
            " VALUES (?, ?, ?, ?)",
            (number, known.last_seen_at, known.last_fetched_at, known.last_crawl_id),
        )
        self._write_earlier(number, known)
        self._write_moments(number, known)
        self._write_blocks(number, known)
        many = self._connection.executemany
        many(
            "INSERT INTO aliases(url_key, url, article_id, reason, first_seen_at) VALUES (?, ?, ?, ?, ?)",
            [
                (alias, form, number, reason, seen_at)
                for (alias, form), (seen_at, reason) in sorted(
                    known.aliases.items(), key=lambda a: (a[1], a[0][1])
                )
                if alias != key
            ],
        )
        many(
            "INSERT INTO absences(article_id, gone_at, back_at) VALUES (?, ?, ?)",
            [(number, *one) for one in gone],
        )
        many(
            "INSERT INTO corrections(article_id, corrected_at, field, old, new, rules)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(number, *one) for one in sorted(known.corrections, key=lambda c: tuple(map(str, c)))],
        )

    def _write_earlier(self, number: int, known: Known) -> None:
        for revision, (old, new) in enumerate(pairwise(known.versions), 1):
            text = old.reading
            self._connection.execute(
                "INSERT INTO revisions(article_id, revision, title, body, published_at, published_precision,"
                " source_id, editor_id, author_id, category_id, content_key, marks, dateline, encoding,"
                " found_by, first_seen_at, last_seen_at, replaced_at, changed, crawl_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(number, revision, text.title, text.body, text.published_at, text.published_precision),
                    *self._names_of(text),
                    *(text.content_key, text.marks, text.dateline, text.encoding, text.found_by),
                    *(old.first_seen_at, old.last_seen_at, new.first_seen_at),
                    *(known.changed[revision], new.crawl_id),
                ),
            )

    def _write_moments(self, number: int, known: Known) -> None:
        many = self._connection.executemany
        for revision, version in enumerate(known.versions, 1):
            many(
                "INSERT INTO images(article_id, revision, position, url, caption, paragraph)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(number, revision, place, *image) for place, image in enumerate(version.reading.images, 1)],
            )
            many(
                "INSERT INTO moments(article_id, revision, seen_at, published_at, published_precision, lacks,"
                " crawl_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(number, revision, *m[:3], as_json(m.lacks), m.crawl_id) for m in version.moments],
            )

    def _write_blocks(self, number: int, known: Known) -> None:
        for block in known.blocks:
            heading, items = known.shown[block.fingerprint]
            row = self._connection.execute(
                "INSERT INTO blocks(article_id, fingerprint, seen_at, last_seen_at, heading, crawl_id)"
                " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                (number, block.fingerprint, block.seen_at, block.last_seen_at, heading, block.crawl_id),
            ).fetchone()
            links = [(place, self._links.id_of(key)) for place, key in sorted(items.items())]
            self._connection.executemany(
                "INSERT INTO block_items(block_id, position, link_id) VALUES (?, ?, ?)",
                [(row[0], place, link) for place, link in links if link is not None],
            )
            self._connection.executemany(
                "INSERT INTO block_moments(block_id, seen_at, crawl_id) VALUES (?, ?, ?)",
                [(row[0], *moment) for moment in block.moments],
            )

    def _name(self, table: NameTable, name: str | None) -> int | None:
        if name is None:
            return None
        if (table, name) not in self._names:
            self._names[table, name] = name_id(self._connection, table, name)
        return self._names[table, name]

    def _names_of(self, text: Reading) -> list[int | None]:
        return [
            self._name("sources", text.source),
            self._name("editors", text.editor),
            self._name("authors", text.author),
            self._name("categories", text.category),
        ]
