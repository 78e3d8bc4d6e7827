"""How well near-duplicates are found, what is mistaken for one, and what it costs.

    python -m benchmarks.near_duplicates [--quick] [--indexed 1000000]

Rewrites and look-alikes are made of the bodies of labelled pages (../shared/data/zh-pages, left out where
they are missing) and of generated texts. Every figure is given twice: for the texts on which parameters
were chosen, and for those that were held out; templates are given once, all of them were looked at.
``--indexed``: how many texts the index holds before the cost is measured.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

from sqlite_utils import Database

from benchmarks import rewrites
from newscrawler.archive import alike, near, near_index, open_archive
from newscrawler.archive.alike import Text
from newscrawler.archive.store import store_article
from newscrawler.extract.files import extract_files
from newscrawler.items import Article
from newscrawler.replica import text as generated

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "zh-pages"
SHARES = (0.1, 0.2, 0.3, 0.5)
NOW = datetime(2025, 10, 1, tzinfo=UTC)
BATCH = 75
Pair = tuple[str, str]


def labelled() -> list[str]:
    """The bodies of the labelled pages, extracted where the label says only how they begin and end."""
    if not PAGES.exists():
        return []
    bodies = []
    for line in (PAGES / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if label["kind"] == "listing":
            continue
        body = label.get("body")
        if not body:
            out, page = io.StringIO(), PAGES / "pages" / f"{label['id']}.html"
            extract_files(
                *([page],),
                listing=False,
                url=None,
                content_type=label.get("content_type"),
                out=out,
                err=sys.stderr,
            )
            body = json.loads(out.getvalue())["body"] or ""
        bodies.append(body)
    return [body for body in bodies if len(body) >= 200]


def made(seed: int, count: int) -> list[str]:
    """Generated articles; one seed shares no article with another."""
    return ["\n\n".join(generated.paragraphs(seed, f"near:{number}")) for number in range(count)]


def linked(a: Text, b: Text) -> bool:
    """What the archive does with two texts alone in it."""
    return _meet(a, b) and alike.likeness(a, b) is not None


def _meet(a: Text, b: Text) -> bool:
    """Whether the index brings the two together."""
    in_common = alike.in_common(a.marks, alike.written(b.marks))
    return in_common > 0 and not set(a.sketch).isdisjoint(b.sketch)


def share_linked(pairs: Iterable[Pair]) -> float:
    found = [linked(Text(a), Text(b)) for a, b in pairs]
    return sum(found) / len(found)


def recall(name: str, share: float, texts: Sequence[str], rounds: int) -> float:
    """The share of rewrites that are linked to what they were made of."""
    dice, words = random.Random(f"{name} {share}"), rewrites.vocabulary(texts)
    make = rewrites.REWRITERS[name]
    return share_linked((text, make(dice, text, share, words)) for _ in range(rounds) for text in texts)


def show_recall(halves: dict[str, list[str]], rounds: int) -> None:
    print(f"\nrewrites linked, of {rounds} for each text" + " " * 7 + "".join(f"{s:>8.0%}" for s in SHARES))
    for half, texts in halves.items():
        for name in rewrites.REWRITERS:
            figures = (recall(name, share, texts, rounds) for share in SHARES)
            print(f"{half:12}{name:30}" + "".join(f"{figure:8.3f}" for figure in figures))


def show_unrelated(halves: dict[str, list[str]], wanted: int) -> None:
    print("\nunrelated pairs: compared when nothing else is there, linked")
    for half, texts in halves.items():
        pairs = list(combinations([Text(text) for text in texts], 2))
        pairs = random.Random(1).sample(pairs, min(wanted, len(pairs)))
        print(
            f"{half:12}{len(pairs)} pairs: {sum(_meet(a, b) for a, b in pairs)},"
            f" {sum(linked(a, b) for a, b in pairs)}; most similar"
            f" {max(alike.similarity(a, b) for a, b in pairs):.2f}"
        )


def lookalikes(texts: Sequence[str], rounds: int) -> dict[str, list[Pair]]:
    """Pairs that share a template and tell other facts."""
    dice, words = random.Random(len(texts)), rewrites.vocabulary(texts)
    telling = [text for text in texts if len(set(rewrites.NUMBER.findall(text))) >= 2]
    kinds: dict[str, Callable[[str], Pair]] = {
        "worst: all numbers, 5 % words": lambda t: (t, rewrites.other_facts(dice, t, words)),
        "worst, and Latin names": lambda t: (t, rewrites.other_facts(dice, t, words, names=True)),
        "25 % words, all numbers": lambda t: (t, rewrites.other_words(dice, t, words)),
    }
    found = {name: [make(text) for _ in range(rounds) for text in texts] for name, make in kinds.items()}
    worst = kinds["worst: all numbers, 5 % words"]
    found["worst, of texts with 2 numbers"] = [worst(text) for _ in range(rounds) for text in telling]
    return found


def show_lookalikes(halves: dict[str, list[str]], rounds: int) -> None:
    print("\nlook-alikes linked")
    for half, texts in halves.items():
        for name, pairs in lookalikes(texts, rounds).items():
            print(f"{half:12}{name:32}{len(pairs):6} pairs {share_linked(pairs):8.3f}")
    dice = random.Random(5)
    for name, template in rewrites.TEMPLATES.items():
        pairs = list(combinations([rewrites.fill(dice, template) for _ in range(15 * rounds)], 2))
        print(f"{'':12}template {name:23}{len(pairs):6} pairs {share_linked(pairs):8.3f}")


def an_article(number: int, body: str) -> Article:
    return Article(
        url=f"https://www.itbear.com.cn/html/2025-09/{number + 1}.html",
        site="itbear",
        title=f"标题{number}",
        body=body,
        published_at=(NOW - timedelta(days=30) + timedelta(seconds=number)).isoformat(),
        published_precision="second",
    )


def store(database: Database, articles: Sequence[Article]) -> None:
    with database.atomic():
        for article in articles:
            store_article(database, article, seen_at=NOW)


def show_archive(texts: list[str], others: list[str]) -> None:
    """All at once in one archive, in any order: originals, their rewrites, look-alikes and other texts."""
    dice, words = random.Random(9), rewrites.vocabulary(texts)
    bodies, kinds = [*texts, *others], ["original"] * len(texts) + ["other"] * len(others)
    story = list(range(len(bodies)))
    for share in SHARES:
        for origin, text in enumerate(texts):
            bodies.append(rewrites.mixed(dice, text, share, words))
            kinds.append(f"mixed {share:.0%}")
            story.append(origin)
    for name in rewrites.TEMPLATES:
        for _ in range(100):
            bodies.append(rewrites.fill(dice, rewrites.TEMPLATES[name]))
            kinds.append("template")
            story.append(len(story))
    articles = [an_article(number, body) for number, body in enumerate(bodies)]
    arrival = articles[:]
    dice.shuffle(arrival)
    with tempfile.TemporaryDirectory() as folder, open_archive(Path(folder) / "archive.db") as database:
        store(database, arrival)
        first = dict(database.execute("SELECT url, first_url FROM near_duplicates").fetchall())
    number_of = {article.url: number for number, article in enumerate(articles)}
    firsts = [number_of[first.get(article.url, article.url)] for article in articles]
    print(f"\none archive of {len(bodies)} articles, arriving in any order")
    for kind in dict.fromkeys(kinds):
        mine = [number for number, own in enumerate(kinds) if own == kind]
        right = sum(firsts[number] == firsts[story[number]] for number in mine if story[number] != number)
        wrong = sum(story[firsts[number]] != story[number] for number in mine)
        print(
            f"{kind:12}{len(mine):6} articles, {right:5} in the cluster of their original,"
            f" {wrong:4} in another"
        )


def fill_index(database: Database, texts: int) -> None:
    """Rows as of so many texts of which none is here: in sorted runs, the latest one by one as in life."""
    dice, runs, latest = random.Random(1), 3, near_index.EVERY * near_index.STRETCHES

    def numbers(bits: int, count: int) -> Iterator[int]:
        return (dice.getrandbits(bits) - 2 ** (bits - 1) for _ in range(count))

    def marks_and_facts() -> tuple[bytes, bytes]:
        return dice.randbytes(2 * alike.MARKS), dice.randbytes(100)

    database.execute("PRAGMA synchronous = OFF")
    older = max(0, texts - latest)
    with database.atomic():
        database.conn.executemany(
            "INSERT INTO near_texts(text_key, marks, facts) VALUES (?, ?, ?)",
            ((key, *marks_and_facts()) for key in numbers(64, older)),
        )
    for _ in range(runs if older else 0):
        rows = sorted(
            (phrase, dice.randint(1, older)) for phrase in numbers(32, older * alike.SKETCH // runs)
        )
        with database.atomic():
            database.conn.executemany(
                "INSERT OR IGNORE INTO near_phrases(phrase, text_id) VALUES (?, ?)", rows
            )
    with database.atomic():
        for key in numbers(64, texts - older):
            near_index.enter(database.conn, key, list(numbers(32, alike.SKETCH)), *marks_and_facts())
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.execute("PRAGMA synchronous = FULL")


def costs(database: Database, bodies: Sequence[str], start: int) -> dict[bool, list[float]]:
    """CPU-ms an article of each batch, commit and checkpoint included: with near-duplicates and without."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    batches = [bodies[at : at + BATCH] for at in range(0, len(bodies), BATCH)]
    for turn, batch in enumerate(batches):
        articles = [an_article(start + turn * BATCH + at, body) for at, body in enumerate(batch)]
        with_near = turn % 2 == 0
        with patch.object(near, "add", near.add if with_near else lambda *_: None):
            begun = time.process_time()
            store(database, articles)
            database.conn.execute("PRAGMA wal_checkpoint")  # here, or the other turn pays for it
            spent[with_near].append((time.process_time() - begun) * 1000 / len(batch))
    return spent


def show_costs(real: list[str], indexed: int, articles: int) -> None:
    """The cost of what a text meets: nothing like it, phrases of others, an original, a template's family."""
    dice = random.Random(3)
    sentences = [s for text in (real or made(5, 60)) for s in rewrites.SENTENCE.findall(text) if len(s) > 6]

    def of_sentences() -> str:
        text = ""
        while len(text) < 2000:
            text += dice.choice(sentences)
        return text[:2000]

    long = [(a + "\n\n" + b)[:2000] for a, b in zip(made(11, articles), made(12, articles), strict=True)]
    words = rewrites.vocabulary(long[:50])
    foreign = [_shuffled(dice, text) for text in long]
    kinds = {
        "unlike any other": foreign,
        "generated news": long,
        "random sentences of real pages": [of_sentences() for _ in range(articles)],
        "every second a 20 % rewrite": [
            rewrites.mixed(dice, foreign[max(0, n - 2 * BATCH)], 0.2, words) if n % 4 > 1 else text
            for n, text in enumerate(_shuffled(dice, text) for text in long)
        ],
        "one template": [rewrites.fill(dice, rewrites.TEMPLATES["gold"]) for _ in range(articles)],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        with open_archive(path) as database:
            fill_index(database, indexed)
            size = path.stat().st_size
            print(
                f"\nCPU-ms an article, medians of batches and the least, {indexed} texts in the index"
                f" ({size / max(indexed, 1):.0f} bytes each)"
            )
            for number, (kind, bodies) in enumerate(kinds.items()):
                spent = costs(database, bodies, number * 10**6)
                for name, figure in (("median", statistics.median), ("least", min)):
                    both, alone = figure(spent[True]), figure(spent[False])
                    print(f"{kind:32} {name:6} {both - alone:6.3f}  ({both:.3f} with, {alone:.3f} without)")


def _shuffled(dice: random.Random, text: str) -> str:
    """The characters of ``text`` in another order between its marks: as frequent, but no phrase twice."""
    letters = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    dice.shuffle(letters)
    return "".join(letters.pop() if "\u4e00" <= c <= "\u9fff" else c for c in text)


def main() -> None:
    """Command line: print all tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer texts, a small index")
    parser.add_argument("--indexed", type=int, default=1_000_000)
    options = parser.parse_args()
    rounds, generated_count = (2, 20) if options.quick else (10, 60)
    real = labelled()
    halves = {
        "chosen on": real[::2] + made(7, generated_count // 2),
        "held out": real[1::2] + made(8, generated_count // 2),
    }
    print(f"{len(real)} texts of labelled pages, {generated_count} generated")
    show_recall(halves, rounds)
    show_unrelated({**halves, "held out +": real[1::2] + made(8, 150)}, 2_000 if options.quick else 20_000)
    show_lookalikes(halves, rounds)
    show_archive(halves["held out"], made(9, 100 if options.quick else 1000))
    for indexed in (0,) if options.quick else (0, options.indexed):
        show_costs(real, indexed, 300 if options.quick else 1200)


if __name__ == "__main__":
    main()
