"""``newscrawler import-warc``: pages that other tools fetched, through the pipelines of a crawl."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawler.archive.session import Session
from newscrawler.cli import main
from newscrawler.crawl.interrupt import told_to_stop
from newscrawler.replica import Replica
from newscrawler.replica.sisters import SISTERS
from tests.archives import url
from tests.conftest import crawl, environment, rows

DAY = "2024-05-{:02d}T08:00:00Z"
S = "据介绍，第{}号新品将于下月上市，售价与上一代持平。业内人士认为，这会改变市场的格局，也会带动上游的投资。"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(number: int, title: str = "", more: str = "") -> str:
    """An article as any site may show it."""
    title = title or f"第{number}号新品下月上市"
    text = "".join(f"<p>{S.format(number)}{n}</p>" for n in range(4))
    return (
        f"<html><head><title>{title}_科技</title></head><body><h1>{title}</h1>"
        f"<div>2024-05-01 07:30:00 来源：互联网 编辑：快讯</div><div class=text>{text}{more}</div>"
        "</body></html>"
    )


def record(
    kind: str,
    where: str,
    payload: bytes | str = b"",
    *,
    day: int = 1,
    status: str = "200 OK",
    headers: dict[str, str] | None = None,
    **fields: str,
) -> dict[str, Any]:
    """What a WARC record is made of; ``fields`` of the record itself, ``_`` for ``-``."""
    body = payload.encode() if isinstance(payload, str) else payload
    return {
        "kind": kind,
        "url": where,
        "payload": body,
        "http": StatusAndHeaders(status, list((headers or HTML).items()), protocol="HTTP/1.1"),
        "fields": {"WARC-Date": DAY.format(day), **{k.replace("_", "-"): v for k, v in fields.items()}},
    }


def response(number: int, day: int = 1, title: str = "", **options: Any) -> dict[str, Any]:
    """The article ``number``, fetched on that day of May 2024."""
    return record("response", url(number), page(number, title), day=day, **options)


class Writer(WARCWriter):  # type: ignore[misc]
    """warcio's, which leaves temporary files for the collector of garbage to close."""

    def _create_temp_file(self) -> BytesIO:
        return BytesIO()


def write(path: Path, records: Iterable[dict[str, Any]], *, packed: bool = True) -> Path:
    """A WARC file as warcio writes it."""
    with path.open("wb") as file:
        writer = Writer(file, gzip=packed)
        for one in records:
            http = None if one["kind"] == "resource" else one["http"]
            made = writer.create_warc_record(
                *(one["url"], one["kind"]),
                payload=BytesIO(one["payload"]),
                http_headers=http,
                warc_headers_dict=one["fields"],
                **({"warc_content_type": "text/html"} if http is None else {}),
            )
            writer.write_record(made)
    return path


def run(archive: Path, *arguments: object) -> Result:
    return CliRunner().invoke(
        main, ["import-warc", *map(str, arguments), "--archive", str(archive)], catch_exceptions=False
    )


def news(archive: Path) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in rows(archive, "select * from news")}


def everything(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """All that importing once more must not change: all tables but those of the runs and what each met."""
    names = rows(archive, "select name from sqlite_master where type = 'table' and name not like '%fts%'")
    kept = {row["name"] for row in names} - {
        "crawl_runs",
        "failures",
        "sqlite_stat1",
        "sqlite_stat4",
        "sqlite_sequence",
    }
    return {name: rows(archive, f"select * from [{name}]") for name in sorted(kept)}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_articles_are_seen_when_they_were_fetched(archive: Path, packed: bool) -> None:
    listing = record("response", "https://www.itbear.com.cn/", "<p>首页</p>")
    request = record("request", url(1), b"")
    warc = write(archive.with_suffix(".warc"), [listing, request, response(1), response(2)], packed=packed)
    done = run(archive, warc)
    assert done.exit_code == 0, done.output
    assert "4 records, 2 pages looked at: 2 new" in done.output
    assert "1 listings and other pages" in done.output
    row = news(archive)[url(1)]
    assert (row["title"], row["source"], row["site"]) == ("第1号新品下月上市", "互联网", "itbear")
    assert row["first_seen_at"] == row["last_seen_at"] == "2024-05-01T08:00:00+00:00"
    crawls = rows(archive, "select spider, reason, requests, new, failed from crawls")
    assert crawls == [{"spider": "import-warc", "reason": "finished", "requests": 0, "new": 2, "failed": 0}]
    assert [row["url"] for row in rows(archive, "select * from ledger order by url")] == [url(1), url(2)]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "br", "chunked", "stated only"])
def test_what_came_encoded_is_read_and_kept_as_it_came(archive: Path, encoding: str) -> None:
    brotli = pytest.importorskip("brotli")  # comes with the second reader
    plain = page(1).encode()
    raw = zlib.compressobj(wbits=-15)
    payload, header = {
        "gzip": (gzip.compress(plain), {"Content-Encoding": "gzip"}),
        "deflate": (zlib.compress(plain), {"Content-Encoding": "deflate"}),
        "raw deflate": (raw.compress(plain) + raw.flush(), {"Content-Encoding": "deflate"}),
        "br": (brotli.compress(plain), {"Content-Encoding": "br"}),
        "chunked": (
            b"%x\r\n%b\r\n5;x=y\r\n     \r\n0\r\n\r\n" % (len(plain), plain),
            {"Transfer-Encoding": "chunked"},
        ),
        "stated only": (plain, {"Content-Encoding": "br", "Transfer-Encoding": "chunked"}),
    }[encoding]
    warc = write(
        archive.with_suffix(".warc.gz"), [record("response", url(1), payload, headers={**HTML, **header})]
    )
    assert run(archive, warc).exit_code == 0
    assert S.format(1) in news(archive)[url(1)]["body"]
    again = CliRunner().invoke(main, ["reextract", "--archive", str(archive)])
    assert "1 article looked at" in again.output
    assert "0 read differently" in again.output
    kept = next(Path(f"{archive}.pages").iterdir())
    assert kept.name == "2024-05-01.warc.gz"
    with kept.open("rb") as file:
        (found,) = [one for one in ArchiveIterator(file) if one.rec_type == "response"]
    assert found.rec_headers.get_header("WARC-Date") == "2024-05-01T08:00:00Z"


def test_an_encoding_that_cannot_be_undone(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    headers = {**HTML, "Content-Encoding": "br"}
    warc = write(archive.with_suffix(".warc.gz"), [record("response", url(1), b"\x0b\x02", headers=headers)])
    done = run(archive, warc)
    assert (done.exit_code, "pip install brotli" in done.output) == (4, True)


def test_importing_twice_changes_nothing(archive: Path) -> None:
    revisit = record("revisit", url(1), day=9, WARC_Refers_To_Target_URI=url(1))
    unfit = record("response", url(3), "<html><title>404</title><p>页面不存在</p></html>")
    records = [response(1), response(1, 5, "改题"), response(1, 3), revisit, response(2), unfit]
    records += [record("response", url(2).replace("www", "m"), page(2), day=2)]
    warc = write(archive.with_suffix(".warc.gz"), records)
    assert run(archive, warc).exit_code == 0
    Session(archive).close()  # which numbers the addresses
    before, pages = everything(archive), sorted(Path(f"{archive}.pages").iterdir())
    sizes = [file.stat().st_size for file in pages]
    assert run(archive, warc, warc).exit_code == 0
    assert everything(archive) == before
    assert [file.stat().st_size for file in pages] == sizes
    counts = rows(archive, "select new, updated, unchanged, failed from crawls order by started_at")
    assert list(counts[0].values()) == [2, 0, 0, 0]
    assert list(counts[1].values()) == [0, 0, 2, 0]


def test_an_older_page_does_not_set_an_article_back(archive: Path, replica: Replica) -> None:
    """What a crawl has is of October 2025; the file is of May 2024."""
    assert crawl(archive, site=replica).returncode == 0
    of_site = rows(archive, "select url, title from news where url like 'https://www%' limit 2")
    whole = "kind = 'article' and status = 200 and part = 1 and record = 'response'"
    same = rows(archive, f"select file, offset from captures where {whole} and url = ?", of_site[0]["url"])[0]
    with (Path(f"{archive}.pages") / same["file"]).open("rb") as file:
        file.seek(same["offset"])
        payload = next(iter(ArchiveIterator(file))).content_stream().read()
    unchanged = record("response", of_site[0]["url"], payload, day=3)
    other = record("response", of_site[1]["url"], page(7, "从前的题"), day=3)
    before = news(archive)
    assert run(archive, write(archive.with_suffix(".warc.gz"), [unchanged, other])).exit_code == 0
    now = news(archive)
    for number, row in enumerate(of_site):
        old, new = before[row["url"]], now[row["url"]]
        assert new["first_seen_at"] == "2024-05-03T08:00:00+00:00"
        assert new["revision"] == 1 + number
        assert {**new, "first_seen_at": old["first_seen_at"], "revision": 1} == old
    (revision,) = rows(archive, "select title, last_seen_at from revisions")
    assert revision == {"title": "从前的题", "last_seen_at": "2024-05-03T08:00:00+00:00"}
    again = CliRunner().invoke(main, ["reextract", "--archive", str(archive)])
    assert "0 read differently" in again.output
    checked = CliRunner().invoke(main, ["check", "--archive", str(archive)])
    assert checked.exit_code == 0, checked.output
    shown = CliRunner().invoke(main, ["history", of_site[1]["url"], "--archive", str(archive)])
    assert shown.output.index("从前的题") < shown.output.index(of_site[1]["title"])


def test_parts_redirects_and_forms_make_one_article(archive: Path) -> None:
    number, old = 960596, "https://www.itbear.com.cn/n12345678.aspx"
    second = url(number).replace(".html", "_2.html")
    pager = f'<a href="{number}_2.html">下一页</a>'
    records = [
        record("response", second, page(2), day=2),
        record("response", url(number), page(number, more=pager), day=1),
        record("response", old, day=1, status="301 Moved", headers={"Location": url(number)}),
        record("response", url(number).replace("https", "http"), page(number, more=pager), day=4),
        record("response", url(number + 1), page(9, more=f'<a href="{number + 1}_2.html">2</a>'), day=4),
    ]
    done = run(archive, write(archive.with_suffix(".warc.gz"), records))
    assert done.exit_code == 4
    assert f"{url(number + 1)}: part 2 is not in the files" in done.output
    (row,) = news(archive).values()
    assert row["body"].count(S.format(2)) == 4
    assert (row["first_seen_at"], row["last_seen_at"]) == (
        "2024-05-02T08:00:00+00:00",
        "2024-05-04T08:00:00+00:00",
    )
    aliases = {row["url"]: row["reason"] for row in rows(archive, "select url, reason from aliases")}
    assert aliases == {
        second: "part",
        old: "redirect",
        url(number).replace("https", "http"): "http",
    }
    (half,) = rows(archive, "select url, last_error, detail from ledger where state = 'pending'")
    assert (half["url"], half["last_error"]) == (url(number + 1), "short_body")
    said = CliRunner().invoke(main, ["explain", second, "--json", "--archive", str(archive)])
    (file,) = json.loads(said.output)
    assert [capture["part"] for capture in file["captures"]] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("shape", "part", "link"),
    [("a/{}.html", "?page=2", "?page=2"), ("show?id={}", "&page=2", "show?id={}&amp;page=2")],
)
def test_parts_in_the_query_are_joined_where_no_rules_tell_what_an_address_is(
    archive: Path, shape: str, part: str, link: str
) -> None:
    first, other = (f"https://news.example/{shape.format(number)}" for number in (123456, 123457))
    pagers = [f'<a href="{link.format(number)}">2</a>' for number in (123456, 123457)]
    records = [
        record("response", f"{first}{part}", page(2)),
        record("response", first, page(1, more=pagers[0])),
        record("response", other, page(3, more=pagers[1])),  # its second page was left out
    ]
    done = run(archive, write(archive.with_suffix(".warc.gz"), records))
    assert done.exit_code == 0, done.output
    found = news(archive)
    assert set(found) == {first, other}
    assert (S.format(2) in found[first]["body"], S.format(3) in found[other]["body"]) == (True, True)
    assert rows(archive, "select url, reason from aliases") == [{"url": f"{first}{part}", "reason": "part"}]
    Session(archive).close()  # which numbers the addresses
    before = everything(archive)
    assert run(archive, archive.with_suffix(".warc.gz")).exit_code == 0
    assert everything(archive) == before


def test_revisits_are_resolved_within_the_files(archive: Path) -> None:
    first = write(archive.with_name("a.warc.gz"), [response(1)])
    with first.open("rb") as file:
        digest = next(iter(ArchiveIterator(file))).rec_headers.get_header("WARC-Payload-Digest")
    later = [
        record("revisit", url(1), day=6, WARC_Payload_Digest=digest),
        record("revisit", url(2), day=6, WARC_Payload_Digest="sha1:GONE"),
    ]
    second = write(archive.with_name("b.warc.gz"), later)
    done = run(archive, second, first)
    assert done.exit_code == 4
    assert "1 revisits of a page that is in no file" in done.output
    (row,) = news(archive).values()
    assert row["last_seen_at"] == "2024-05-06T08:00:00+00:00"
    kept = rows(archive, "select record, fetched_at, refers_to from captures order by fetched_at")
    assert [capture["record"] for capture in kept] == ["response", "revisit"]


def test_resources_and_what_else_a_file_may_hold(archive: Path) -> None:
    packed = {**HTML, "Content-Encoding": "gzip"}
    records = [
        record("resource", url(1), page(1)),
        record("resource", "urn:thumbnail:1", b"x"),
        record("metadata", url(2), b"a: b"),
        record("response", "dns:itbear.com.cn", b"1"),
        record("response", url(4), b"%PDF-", headers={"Content-Type": "application/pdf"}),
        record("response", url(5), page(5), status="503 Busy"),
        record("response", url(6), page(6), WARC_Truncated="length"),
        record("response", url(7), gzip.compress(page(7).encode())[:-40], headers=packed),
        record("response", "https://www.itbear.com.cn/html/2025-09/[", page(8)),
    ]  # fmt: skip
    done = run(archive, write(archive.with_suffix(".warc.gz"), records))
    assert done.exit_code == 4
    assert set(news(archive)) == {url(1)}
    for said in (
        "1 no HTML",
        "1 answers other than 200",
        "1 cut by the tool",
        "1 pages that cannot be decoded",
    ):
        assert said in done.output
    assert "Traceback" not in done.output


def test_what_was_forgotten_does_not_come_back(archive: Path) -> None:
    warc = write(archive.with_suffix(".warc.gz"), [response(1), response(2)])
    assert run(archive, warc).exit_code == 0
    done = CliRunner().invoke(main, ["forget", "--yes", url(1), "--archive", str(archive)])
    assert done.exit_code == 0, done.output
    done = run(archive, warc)
    assert (done.exit_code, "1 forgotten on purpose" in done.output) == (0, True)
    assert set(news(archive)) == {url(2)}
    assert {row["url"] for row in rows(archive, "select url from captures")} == {url(2)}
    assert rows(archive, "select * from quarantine") == []


def test_only_the_sites_that_are_asked_for(archive: Path) -> None:
    other = record("response", "https://news.example/a/20240501/123456.html", page(2))
    warc = write(archive.with_suffix(".warc.gz"), [response(1), other])
    assert run(archive, warc, "--site", "itbear").exit_code == 0
    assert set(news(archive)) == {url(1)}
    assert run(archive, warc, "--site", "news.example").exit_code == 0
    assert {row["site"] for row in news(archive).values()} == {"itbear", "news.example"}
    done = run(archive, warc, "--site", "nobody")
    assert (done.exit_code, "2 of other sites" in done.output) == (5, True)


def test_of_a_site_without_rules_what_looks_like_its_articles_is_kept_apart(archive: Path) -> None:
    base = "https://news.example"
    missing = "<html><title>404</title><p>页面不存在</p></html>"
    records = [
        record("response", f"{base}/a/20240501/123456.html", page(1)),
        record("response", f"{base}/a/20240501/123457.html", missing),
        record("response", f"{base}/about.html", missing),
        record("response", f"{base}/", page(3)),
    ]
    done = run(archive, write(archive.with_suffix(".warc.gz"), records))
    assert done.exit_code == 0
    assert set(news(archive)) == {f"{base}/a/20240501/123456.html"}
    kept_apart = rows(archive, "select url, reason, first_seen_at from quarantine")
    assert [row["url"] for row in kept_apart] == [f"{base}/a/20240501/123457.html"]
    assert kept_apart[0]["first_seen_at"] == "2024-05-01T08:00:00+00:00"
    assert {row["url"] for row in rows(archive, "select url from captures")} == {
        row["url"] for row in records[:2]
    }


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_of_a_damaged_file_what_is_whole_is_taken(archive: Path, packed: bool) -> None:
    warc = write(archive.with_suffix(".warc"), [response(n) for n in range(1, 8)], packed=packed)
    octets = warc.read_bytes()
    begins = []
    with warc.open("rb") as file:
        iterator = ArchiveIterator(file)
        for _ in iterator:
            begins.append(iterator.get_record_offset())
    torn = bytearray(octets[:-50])
    for place in (begins[2] + 5, begins[3] - 30):  # a head and, before it, a payload
        torn[place : place + 8] = b"\xff" * 8
    warc.write_bytes(bytes(torn))
    done = run(archive, warc)
    assert done.exit_code == 4
    assert f"{warc} is damaged at {begins[2]}" in done.output
    assert {url(n) for n in (1, 2, 4, 5, 6)} == set(news(archive))
    assert rows(archive, "select reason from crawls") == [{"reason": "finished"}]


def test_an_arc_file(archive: Path) -> None:
    """The form before WARC; warcio reads it."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page(1).encode()
    about = b"1 0 Internet Archive\nURL IP-address Archive-date Content-type Archive-length\n\n"
    arc = archive.with_suffix(".arc.gz")
    arc.write_bytes(
        gzip.compress(b"filedesc://old.arc 0.0.0.0 20240501080000 text/plain %d\n%b" % (len(about), about))
        + gzip.compress(
            b"%b 127.0.0.1 20240501080000 text/html %d\n%b\n" % (url(1).encode(), len(http), http)
        )
    )
    done = run(archive, arc)
    assert done.exit_code == 0, done.output
    assert news(archive)[url(1)]["first_seen_at"] == "2024-05-01T08:00:00+00:00"


def test_files_that_cannot_be_imported(archive: Path, tmp_path: Path) -> None:
    good = write(tmp_path / "good.warc.gz", [response(1), response(2)])
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(gzip.decompress(good.read_bytes())))
    text, empty = tmp_path / "notes.txt", tmp_path / "empty.warc"
    text.write_text("no WARC at all\n" * 100)
    empty.touch()
    for file, said in (
        (text, f"{text} is no WARC file"),
        (empty, f"{empty} is no WARC file (it is empty)"),
        (whole, f"warcio recompress {whole}"),
        (tmp_path / "nothing.warc", "cannot be read: No such file"),
    ):
        done = run(archive, good, file)
        assert done.exit_code == 1, done.output
        assert said in done.output
        assert not archive.exists()
    done = run(archive)
    assert done.exit_code == 2


def test_another_process_has_the_archive(archive: Path) -> None:
    warc = write(archive.with_suffix(".warc.gz"), [response(1)])
    session = Session(archive, command="a crawl")
    try:
        command = ["import-warc", str(warc), "--archive", str(archive)]
        done = subprocess.run(
            [sys.executable, "-m", "newscrawler.cli", *command], capture_output=True, text=True,
            env=environment(), check=False,
        )  # fmt: skip
    finally:
        session.close()
    assert (done.returncode, "a crawl" in done.stderr) == (75, True)


def test_interrupted_it_keeps_what_it_has_and_goes_on(archive: Path) -> None:
    warc = write(archive.with_suffix(".warc.gz"), [response(n, day=1 + n % 9) for n in range(1, 400)])
    command = [sys.executable, "-m", "newscrawler.cli", "import-warc", str(warc), "--archive", str(archive)]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if archive.exists() and _count(archive) > 30:
            process.send_signal(signal.SIGINT)
            break
        time.sleep(0.02)
    said, _ = process.communicate(timeout=60)
    had = _count(archive)
    assert (process.returncode, had < 399) == (130, True), said
    assert "the same command goes on" in said
    assert rows(archive, "select reason, new from crawls") == [{"reason": "interrupted", "new": had}]
    done = run(archive, warc)
    assert (done.exit_code, _count(archive)) == (0, 399)
    assert f"{399 - had:,} new, 0 updated, {had:,} unchanged" in done.output


def _count(archive: Path) -> int:
    try:
        return int(rows(archive, "select count(*) as n from articles")[0]["n"])
    except Exception:  # not made yet
        return 0


def test_a_signal_is_noted_and_the_second_is_the_usual_one() -> None:
    with told_to_stop() as stopped:
        assert not stopped()
        os.kill(os.getpid(), signal.SIGINT)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_keep_pages_is_heard(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warc = write(archive.with_suffix(".warc.gz"), [response(1)])
    monkeypatch.setenv("SCRAPY_KEEP_PAGES_DAYS", "x")
    settings = "newscrawler.settings"
    monkeypatch.setattr(f"{settings}.KEEP_PAGES_DAYS", 30)
    assert run(archive, warc).exit_code == 0
    assert rows(archive, "select * from captures") == []
    monkeypatch.setattr(f"{settings}.KEEP_PAGES_DAYS", 0)
    monkeypatch.setattr(f"{settings}.KEEP_PAGES", "none")
    assert run(archive, warc).exit_code == 0
    assert rows(archive, "select * from captures") == []
    monkeypatch.setattr(f"{settings}.KEEP_PAGES", "articles")
    assert run(archive, warc).exit_code == 0
    assert len(rows(archive, "select * from captures")) == 1


def warc_of_crawl(archive: Path, target: Path) -> Path:
    """The raw pages of a crawl as one foreign file, without anything else of the archive."""
    target.write_bytes(b"".join(file.read_bytes() for file in sorted(Path(f"{archive}.pages").iterdir())))
    return target


FIELDS = (
    "select url, site, title, body, published_at, source, editor, author, category from news order by url"
)


def test_the_pages_of_a_crawl_make_the_archive_of_the_crawl(archive: Path, replica: Replica) -> None:
    assert crawl(archive, site=replica).returncode == 0
    other = archive.with_name("other.db")
    done = run(other, warc_of_crawl(archive, archive.with_name("all.warc.gz")))
    assert done.exit_code == 0, done.output
    items = (
        "select page_url, position, item_url, item_title, item_summary, item_date from related_items"
        " order by 1, 2"
    )
    for sql in (FIELDS, items):
        assert rows(other, sql) == rows(archive, sql)
    assert rows(other, "select count(*) as n from quarantine") == rows(
        archive, "select count(*) as n from quarantine"
    )


@pytest.mark.parametrize("sister", SISTERS, ids=lambda sister: sister.bare)
def test_the_pages_of_a_site_without_rules(archive: Path, sister: Any) -> None:
    """Listing pages and articles of other layouts, told apart by what they show."""
    with Replica(articles=60, seed=4, bare=sister.host) as replica:
        assert crawl(archive, "-a", f"start_urls={replica.url}", spider="site").returncode == 0
        truth = {article["url"] for article in replica.truth()["articles"]}
    other = archive.with_name("other.db")
    assert run(other, warc_of_crawl(archive, archive.with_name("all.warc.gz"))).exit_code == 0
    assert rows(other, FIELDS) == rows(archive, FIELDS)
    assert set(news(other)) == truth


def test_dates_are_those_of_the_day_of_the_fetch(archive: Path) -> None:
    html = page(1).replace("2024-05-01 07:30:00", "20分钟前")
    warc = write(archive.with_suffix(".warc.gz"), [record("response", url(1), html, day=5)])
    assert run(archive, warc).exit_code == 0
    shown = datetime.fromisoformat(news(archive)[url(1)]["published_at"]).astimezone(UTC)
    assert f"{shown:%Y-%m-%d %H:%M}" == "2024-05-05 07:40"
