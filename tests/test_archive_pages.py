"""Raw pages: on the disk before their rows, read by other tools, whole again after any crash."""

from __future__ import annotations

import errno
import gzip
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as some
from warcio.cli import main as warcio

from newscrawler.archive import ArchiveError, captures, dayfile, pages, warc
from newscrawler.archive.captures import Capture
from newscrawler.archive.errors import ArchiveFailed
from newscrawler.archive.kept import PageMissing, read_capture
from newscrawler.archive.pages import Asked
from newscrawler.archive.recovery import recover
from newscrawler.archive.session import Session
from tests.archives import opened
from tests.conftest import rows

NOW = datetime(2025, 10, 1, 3, tzinfo=UTC)
DAY = "2025-10-01.warc.gz"


def url_of(number: int) -> str:
    return f"https://www.itbear.com.cn/html/2025-09/{number}.html"


def answer(number: int, text: str | None = None, *, status: int = 200) -> warc.Answer:
    body = (text if text is not None else f"第{number}篇 ") * 40
    headers = [(b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Length", b"9")]
    headers.append((b"Content-Encoding", b"gzip"))
    return warc.Answer(
        url_of(number), status, headers, gzip.compress(body.encode(), mtime=0) if body else b""
    )


def keep(session: Session, number: int, text: str | None = None, *, status: int = 200) -> Capture:
    return session.pages.append(answer(number, text, status=status), Asked("article", url_of(number)), NOW)


def commit(session: Session) -> None:
    session.writer.submit(lambda db: None).result()


def die(session: Session) -> None:
    """As after kill -9: what was appended since the last commit has no rows."""
    session.pages._waiting.clear()
    session.close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def session(archive: Path) -> Iterator[Session]:
    with opened(archive) as session:
        yield session


def all_captures(archive: Path) -> list[Capture]:
    with opened(archive) as session:
        return captures._select(session.reader, "1 ORDER BY c.id", ())


# --- one record -------------------------------------------------------------------------------


@given(
    payload=some.binary(max_size=3000),
    status=some.sampled_from([200, 301, 404, 500, 299]),
    value=some.binary(max_size=40).filter(lambda v: not set(v) & set(b"\r\n\0") and v == v.strip()),
)
def test_a_record_gives_back_what_came(payload: bytes, status: int, value: bytes) -> None:
    came = warc.Answer(url_of(1), status, [(b"X-Any", value), (b"Transfer-Encoding", b"chunked")], payload)
    member = warc.response(came, NOW, warc.payload_digest(payload))
    read = warc.read(member)
    assert (read.kind, read.url, read.status, read.payload) == ("response", url_of(1), status, payload)
    assert read.fetched_at == "2025-10-01T03:00:00Z"
    assert read.header("content-length") == str(len(payload))
    assert read.header("transfer-encoding") is None
    assert b"X-Any: " + value + b"\r\n" in gzip.decompress(member)


@pytest.mark.parametrize("size", [1, 65530, 65531, 65535, 65536, 200_000])
def test_what_is_compressed_already_is_stored(size: int) -> None:
    payload = os.urandom(size)
    came = warc.Answer(url_of(1), 200, [(b"Content-Encoding", b"gzip")], payload)
    member = warc.response(came, NOW, warc.payload_digest(payload))
    assert warc.read(member).payload == payload
    assert gzip.decompress(member).endswith(payload + b"\r\n\r\n")
    assert len(member) < size + 600


def test_half_a_record_is_none() -> None:
    member = warc.response(answer(1), NOW, "sha1:A")
    for length in range(len(member)):
        with pytest.raises(warc.NoRecord):
            warc.read(member[:length])


# --- the order: append, fsync, commit -------------------------------------------------------------


def test_a_row_comes_with_the_next_commit_and_leads_to_the_bytes(archive: Path, session: Session) -> None:
    capture = keep(session, 7)
    assert rows(archive, "select * from captures") == []
    commit(session)
    (row,) = rows(archive, "select * from captures")
    assert {name: row[name] for name in ("file", "offset", "length", "digest", "kind", "part")} == {
        **{"file": DAY, "offset": capture.offset, "length": capture.length},
        **{"digest": warc.payload_digest(answer(7).payload), "kind": "article", "part": 1},
    }
    read = read_capture(archive, captures.captures_of(session.reader, url_of(7))[0])
    assert read.payload == answer(7).payload


def test_the_file_is_synced_before_the_row_is_committed(
    archive: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    usual = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append(len(rows(archive, "select * from captures")))
        usual(descriptor)

    keep(session, 1)
    monkeypatch.setattr(dayfile.os, "fsync", fsync)
    commit(session)
    commit(session)
    assert seen == [0]  # once, before the row was there; not again when nothing was added


def test_pages_that_cannot_be_made_durable_get_no_row_and_end_the_writer(
    archive: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    keep(session, 1)
    with monkeypatch.context() as patch:
        patch.setattr(dayfile.os, "fsync", fsync)
        with pytest.raises(ArchiveFailed, match="cannot be written"):
            commit(session)
    assert rows(archive, "select * from captures") == []
    with pytest.raises(ArchiveFailed):
        commit(session)


def test_a_file_that_is_taken_away_gets_no_rows(archive: Path, session: Session) -> None:
    keep(session, 1)
    commit(session)
    keep(session, 2)
    session.pages.folder.rename(archive.with_name("elsewhere"))
    with pytest.raises(ArchiveFailed, match="moved, removed or replaced"):
        commit(session)
    assert len(rows(archive, "select * from captures")) == 1


def test_a_full_disk_leaves_the_file_as_it_was(
    archive: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(session, 1)
    commit(session)
    before = (session.pages.folder / DAY).read_bytes()
    usual = os.pwrite

    def pwrite(descriptor: int, data: bytes, offset: int) -> int:
        if len(data) <= 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return usual(descriptor, data[:100], offset)

    with monkeypatch.context() as patch:
        patch.setattr(dayfile.os, "pwrite", pwrite)
        with pytest.raises(ArchiveFailed, match="No room left") as told:
            keep(session, 2)
    assert "KEEP_PAGES" in str(told.value)
    assert (session.pages.folder / DAY).read_bytes() == before
    keep(session, 3)
    commit(session)
    assert [row["url"] for row in rows(archive, "select url from captures")] == [url_of(1), url_of(3)]


# --- the same page again ----------------------------------------------------------------------------


def test_an_unchanged_page_becomes_a_revisit_a_changed_one_does_not(archive: Path) -> None:
    with opened(archive) as session:
        first = keep(session, 1)
        again = keep(session, 1)  # its row waits for the same commit
        other = keep(session, 2, "第1篇 ")  # the same payload at another address
    with opened(archive) as session:
        later, changed = keep(session, 1), keep(session, 1, "改过")
        assert keep(session, 1, "改过").refers_to == (DAY, changed.offset)
    assert [c.record for c in (first, again, other, later, changed)] == [
        "response", "revisit", "response", "revisit", "response",
    ]  # fmt: skip
    assert again.refers_to == later.refers_to == (DAY, first.offset)
    assert all_captures(archive)[1] == again
    record = read_capture(archive, later)
    assert (record.kind, record.status, record.payload, record.digest) == ("revisit", 200, b"", first.digest)


def test_not_modified_refers_to_the_newest_page(archive: Path, session: Session) -> None:
    keep(session, 1)
    newest = keep(session, 1, "改过")
    commit(session)
    capture = keep(session, 1, "", status=304)
    assert (capture.record, capture.digest, capture.refers_to) == ("revisit", None, (DAY, newest.offset))
    text = gzip.decompress((session.pages.folder / DAY).read_bytes()[capture.offset :]).decode()
    assert f"WARC-Profile: {warc.NOT_MODIFIED}\r\n" in text
    assert f"WARC-Refers-To-Target-URI: {url_of(1)}\r\nWARC-Refers-To-Date: 2025-10-01T03:00:00Z\r\n" in text
    assert "Content-Length: 0" not in text
    assert keep(session, 9, "", status=304).refers_to is None


def test_errors_and_empty_answers_are_kept_in_full(session: Session) -> None:
    for status, text in ((404, "没有"), (200, ""), (302, "")):
        assert [keep(session, 1, text, status=status).record for _ in range(2)] == ["response", "response"]


def test_no_revisit_refers_to_a_file_that_is_gone(archive: Path) -> None:
    with opened(archive) as session:
        keep(session, 1)
    (archive.with_name("archive.db.pages") / DAY).rename(archive.with_name("lost"))
    with opened(archive) as session:
        assert session.recovered.missing == 1
        assert len(rows(archive, "select * from captures")) == 1  # it may come back
        assert keep(session, 1).record == "response"
    (capture,) = all_captures(archive)  # the row of the file that was replaced is not there any more
    assert read_capture(archive, capture).payload == answer(1).payload


# --- after a crash ------------------------------------------------------------------------------------


def test_a_torn_end_is_cut_wherever_it_was_torn(archive: Path) -> None:
    session = Session(archive)
    keep(session, 1)
    commit(session)
    last = keep(session, 2)
    die(session)
    file = archive.with_name("archive.db.pages") / DAY
    whole = file.read_bytes()
    with opened(archive) as session:
        assert session.recovered.adopted == 1
        session.writer.submit(lambda db: captures.drop(db.conn, DAY, beyond=last.offset)).result()
        for length in range(last.offset + 1, last.end):
            file.write_bytes(whole[:length])
            done = recover(file.parent, session.reader, session.writer)
            assert (done.cut_bytes, done.adopted) == (length - last.offset, 0)
            assert file.read_bytes() == whole[: last.offset]
    assert [c.url for c in all_captures(archive)] == [url_of(1)]
    assert [path.name for path in file.parent.iterdir()] == [DAY]


def test_whole_pages_without_a_row_get_theirs(archive: Path) -> None:
    session = Session(archive)
    kept = [keep(session, 1)]
    commit(session)
    kept += [keep(session, 1), keep(session, 2), keep(session, 2), keep(session, 3, status=500)]
    torn = keep(session, 4)
    die(session)
    file = archive.with_name("archive.db.pages") / DAY
    os.truncate(file, torn.end - 1)
    with opened(archive) as session:
        assert (session.recovered.adopted, session.recovered.lost) == (4, 0)
        assert "torn record" in str(session.recovered)
    assert all_captures(archive) == kept
    with opened(archive) as session:
        assert not session.recovered
        keep(session, 4)
    assert subprocess.run(["gzip", "-t", str(file)], check=False).returncode == 0


def test_an_archive_that_was_lost_gets_its_rows_from_the_pages(archive: Path) -> None:
    with opened(archive) as session:
        kept = [keep(session, number) for number in (1, 1, 2)]
    archive.unlink()
    assert all_captures(archive) == kept


def test_an_older_copy_of_a_file_loses_rows_and_nothing_else(archive: Path) -> None:
    with opened(archive) as session:
        first, _ = keep(session, 1), keep(session, 2)
        again = keep(session, 2)
        assert again.refers_to is not None
    file = archive.with_name("archive.db.pages") / DAY
    os.truncate(file, first.end + 10)
    with opened(archive) as session:
        assert (session.recovered.lost, session.recovered.cut_bytes) == (2, 10)
        assert keep(session, 2).offset > first.end  # behind a new warcinfo
    assert [c.url for c in all_captures(archive)] == [url_of(1), url_of(2)]


def test_damage_at_the_end_is_kept_beside(archive: Path) -> None:
    with opened(archive) as session:
        last = keep(session, 1)
    file = archive.with_name("archive.db.pages") / DAY
    with file.open("ab") as stream:
        stream.write(bytes(5000))
    with opened(archive) as session:
        assert session.recovered.cut_bytes == 5000
    assert file.stat().st_size == last.end
    assert file.with_name(f"{DAY}.damaged-{last.end}").read_bytes() == bytes(5000)


def test_foreign_files_in_the_folder_are_left_alone(archive: Path) -> None:
    with opened(archive) as session:
        keep(session, 1)
    foreign = archive.with_name("archive.db.pages") / "mine.warc.gz"
    foreign.write_bytes(b"not ours")
    with opened(archive) as session:
        assert not session.recovered
    assert foreign.read_bytes() == b"not ours"


# --- growing old --------------------------------------------------------------------------------------


def keep_on(session: Session, day: int, number: int) -> Capture:
    moment = NOW + timedelta(days=day)
    return session.pages.append(answer(number), Asked("article", url_of(number)), moment)


def test_old_files_go_whole_with_their_rows(archive: Path) -> None:
    with opened(archive) as session:
        for day in range(4):
            keep_on(session, day, 10 + day)
    with opened(archive) as session:
        assert session.pages.expire(date(2025, 10, 3), session.writer) == 2
        assert session.pages.expire(date(2025, 10, 3), session.writer) == 0
    names = sorted(path.name for path in archive.with_name("archive.db.pages").iterdir())
    assert names == ["2025-10-03.warc.gz", "2025-10-04.warc.gz"]
    assert [c.file for c in all_captures(archive)] == names


def test_a_file_that_a_younger_revisit_needs_stays(archive: Path) -> None:
    with opened(archive) as session:
        keep_on(session, 0, 1)
        keep_on(session, 1, 2)
        keep_on(session, 5, 1)
    with opened(archive) as session:
        assert session.pages.expire(date(2025, 10, 3), session.writer) == 1
        assert session.pages.expire(date(2025, 10, 7), session.writer) == 2
    assert all_captures(archive) == []


def test_where_pages_expire_a_revisit_refers_to_its_own_file(session: Session) -> None:
    session.pages.expires = True
    kept = [keep_on(session, day, 1) for day in (0, 0, 1, 1)]
    assert [c.record for c in kept] == ["response", "revisit", "response", "revisit"]


# --- for other tools ----------------------------------------------------------------------------------


def test_other_readers_read_all_of_it(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(archive) as session:
        session.pages.about = {"software": "newscrawler", "http-header-user-agent": "a\r\nb"}
        kept = [keep(session, n) for n in (1, 2, 1)] + [keep(session, 3, "", status=304)]
    with opened(archive) as session:
        kept.append(keep(session, 4))
    file = archive.with_name("archive.db.pages") / DAY
    with pytest.raises(SystemExit) as ended:
        warcio(["check", "-v", str(file)])
    assert ended.value.code == 0
    assert capsys.readouterr().out.count("digest pass") == 4  # of a 304 the block, of other revisits none
    with file.open("rb") as stream:
        found = []
        for record in ArchiveIterator(stream, parse_http=False):
            found.append((record.record_type, record.headers.get("WARC-Target-URI")))
            assert record.verify_block_digest(), found
    assert [url for _, url in found] == [None, *(c.url for c in kept[:4]), None, kept[4].url]
    assert found[0][0] == WarcRecordType.warcinfo
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            assert record.verify_payload_digest()
    shown = subprocess.run(["zcat", str(file)], capture_output=True, check=True).stdout
    assert b"http-header-user-agent: a b\r\n" in shown


def test_a_page_that_cannot_be_read_is_named(archive: Path) -> None:
    with opened(archive) as session:
        first, second = keep(session, 1), keep(session, 2)
    file = archive.with_name("archive.db.pages") / DAY
    data = bytearray(file.read_bytes())
    data[second.offset + second.length // 2] ^= 255
    file.write_bytes(data)
    assert read_capture(archive, first).url == url_of(1)
    with pytest.raises(PageMissing, match=r"2\.html"):
        read_capture(archive, second)
    file.unlink()
    with pytest.raises(ArchiveError, match=r"1\.html"):
        read_capture(archive, first)


def test_what_is_kept_in_figures(archive: Path, session: Session) -> None:
    assert pages.describe(session.reader, archive).bytes_per_page == 0
    for number in (1, 2, 1):
        keep(session, number)
    commit(session)
    kept = pages.describe(session.reader, archive)
    assert (kept.pages, kept.revisits, kept.files) == (3, 1, 1)
    assert kept.size == (session.pages.folder / DAY).stat().st_size
    assert kept.bytes_per_page == kept.size / 3
