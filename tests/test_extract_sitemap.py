"""Sitemaps as sites serve them: indexes, news, gzip once and twice, wrong charsets, damage, bombs."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newscrawler.extract.sitemap import (
    MOST_BYTES,
    MOST_ENTRIES,
    SitemapEntry,
    is_older,
    newest_first,
    read_sitemap,
    unpacked,
)
from newscrawler.extract.stamp import stamp
from tests.sound import assert_addresses, assert_moment

URL = "https://www.news.example/maps/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)


def urlset(*entries: str, encoding: str = "UTF-8", head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n{head}<urlset {SPACES}>{"".join(entries)}</urlset>\n'
    )


def page(number: int, more: str = "") -> str:
    return f"<url><loc>https://www.news.example/a/{number}.html</loc>{more}</url>"


NEWS = (
    "<news:news><news:publication><news:name>新闻</news:name><news:language>zh-cn</news:language>"
    "</news:publication><news:publication_date>2025-09-30T15:57:37Z</news:publication_date>"
    "<news:title>固态电池 &amp; 手机</news:title></news:news>"
)


def test_pages_and_what_is_said_of_them() -> None:
    picture = "<image:image><image:loc>https://www.news.example/i.jpg</image:loc></image:image>"
    found = read_sitemap(
        urlset(page(1, f"<lastmod>2025-09-30</lastmod>{picture}"), page(2, NEWS)).encode(), URL
    )
    assert (found.kind, found.cut) == ("urlset", False)
    assert found.entries == [
        SitemapEntry("https://www.news.example/a/1.html", lastmod="2025-09-30"),
        SitemapEntry(
            "https://www.news.example/a/2.html",
            published="2025-09-30T23:57:37+08:00",
            title="固态电池 & 手机",
        ),
    ]


def test_an_index_leads_to_further_sitemaps() -> None:
    text = (
        f"<sitemapindex {SPACES}><sitemap><loc><![CDATA[/maps/2025-09.xml.gz?a=1&b=2]]></loc>"
        "<lastmod>2025-09-30T10:00:00+08:00</lastmod></sitemap><sitemap><lastmod>2025</lastmod></sitemap>"
        "</sitemapindex>"
    )
    found = read_sitemap(text.encode(), URL)
    assert found.kind == "index"
    where = "https://www.news.example/maps/2025-09.xml.gz?a=1&b=2"
    assert found.entries == [SitemapEntry(where, lastmod="2025-09-30T10:00:00+08:00")]


@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_gzip_is_taken_off_layer_by_layer(layers: int) -> None:
    body = urlset(page(1)).encode()
    for _ in range(layers):
        body = gzip.compress(body)
    assert [entry.url for entry in read_sitemap(body, URL).entries] == ["https://www.news.example/a/1.html"]


def test_a_file_that_was_packed_in_pieces() -> None:
    text = urlset(page(1), page(2)).encode()
    assert len(read_sitemap(gzip.compress(text[:200]) + gzip.compress(text[200:]), URL).entries) == 2


@pytest.mark.parametrize("half", [True, False], ids=["gzip", "xml"])
def test_what_was_cut_keeps_its_whole_entries_and_says_so(half: bool) -> None:
    text = urlset(*(page(number) for number in range(1000))).encode()
    body = gzip.compress(text, mtime=0) if half else text
    found = read_sitemap(body[: len(body) // 2], URL)
    assert found.cut
    assert 10 < len(found.entries) < 1000
    assert found.entries[0].url == "https://www.news.example/a/0.html"


def test_a_bomb_is_unpacked_no_further_than_a_sitemap_may_be_large() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(400)) + packer.flush()
    tracemalloc.start()
    try:
        data, cut = unpacked(gzip.compress(bomb))
        assert tracemalloc.get_traced_memory()[1] < 3 * MOST_BYTES
    finally:
        tracemalloc.stop()
    assert (len(data), cut) == (MOST_BYTES, True)


def test_no_more_entries_than_a_sitemap_may_have() -> None:
    found = read_sitemap(urlset(*("<url><loc>/a</loc></url>" for _ in range(MOST_ENTRIES + 1))).encode(), URL)
    assert (len(found.entries), found.cut) == (MOST_ENTRIES, True)


def test_entities_bring_neither_files_nor_bombs() -> None:
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(97 + n)} "{f"&{chr(96 + n)};" * 10}">' for n in range(1, 12)
    )
    files = '<!ENTITY x SYSTEM "file:///etc/passwd">'
    for inside, name in ((laughs, "l"), (files, "x")):
        head = f"<!DOCTYPE urlset [{inside}]>"
        entry = f"<url><loc>https://www.news.example/a/&{name};</loc></url>"
        found = read_sitemap(urlset(entry, page(7), head=head).encode(), URL)
        assert len(str(found)) < 1000
        assert "root" not in str(found)
        assert found.entries[-1].url == "https://www.news.example/a/7.html"


@pytest.mark.parametrize("declared", ["gb2312", "UTF-8", "x-unknown"])
@pytest.mark.parametrize("real", ["gb18030", "utf-8", "utf-16"])
def test_the_bytes_decide_whatever_the_file_declares(declared: str, real: str) -> None:
    title = "储能电池的成本在今年下降了三成，多家公司说明年还会再降"
    news = f"<news:news><news:title>{title}</news:title></news:news>"
    body = urlset(*(page(n, news) for n in range(5)), encoding=declared).encode(real)
    assert {entry.title for entry in read_sitemap(body, URL).entries} == {title}


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    text = urlset(page(1), "<url><loc>https://www.news.example/a?x=1&y=2</loc><lastmod>", page(3))
    urls = [entry.url for entry in read_sitemap(b"\n\n Warning: x\n" + text.encode(), URL).entries]
    assert "https://www.news.example/a/1.html" in urls
    undeclared = urlset(page(1, NEWS)).replace(SPACES, "")
    assert read_sitemap(undeclared.encode(), URL).entries[0].title == "固态电池 & 手机"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><url><loc>https://x.example/</loc></url></body></html>",
        b"not found",
        b'{"a": 1}',
        b"<",
        b"\x1f\x8b",
        b"\x1f\x8b\x08\x00nonsense that is no gzip stream",
        "<rss><channel><item/></channel></rss>".encode("utf-16"),
    ],
)
def test_what_is_no_sitemap_has_no_kind(body: bytes) -> None:
    found = read_sitemap(body, URL)
    assert (found.kind, found.entries) == (None, [])


def test_a_sitemap_of_plain_text() -> None:
    text = "\ufeffhttps://www.news.example/a/1.html\r\n\r\nhttps://www.news.example/a/2.html\n"
    found = read_sitemap(text.encode(), URL)
    assert found.kind == "urlset"
    assert [entry.url[-6:] for entry in found.entries] == ["1.html", "2.html"]


@pytest.mark.parametrize("address", ["javascript:x()", "ftp://x.example/a", "", "http://[", "a b.html"])
def test_what_is_no_address_is_no_entry(address: str) -> None:
    found = read_sitemap(urlset(f"<url><loc>{address}</loc></url>", page(1)).encode(), URL)
    assert [entry.url for entry in found.entries] == ["https://www.news.example/a/1.html"]


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600))
@example(b"\xd9\x03", 594)  # an address stands twice
def test_no_bytes_are_too_strange(noise: bytes, place: int) -> None:
    text = urlset(*(page(n, NEWS) for n in range(3))).encode()
    for body in (noise, text[:place] + noise + text[place:], gzip.compress(text)[: place % 200] + noise):
        found = read_sitemap(body, URL)
        assert_addresses(found.entries)
        for entry in found.entries:
            assert_moment(entry.lastmod)
            assert_moment(entry.published)


def test_the_newest_come_first_and_the_undated_last() -> None:
    entries = [
        SitemapEntry("https://x.example/1", lastmod="2025-09-28"),
        SitemapEntry("https://x.example/2"),
        SitemapEntry("https://x.example/3", lastmod="2025-09-01", published="2025-09-30T10:00:00+08:00"),
        SitemapEntry("https://x.example/4", lastmod="2025-09-30"),
    ]
    assert [entry.url[-1] for entry in newest_first(entries)] == ["3", "4", "1", "2"]


def test_older_than_a_moment() -> None:
    horizon = datetime(2025, 9, 29, 18, 0, tzinfo=UTC)  # the 30th, 02:00 in Beijing
    assert is_older("2025-09-29", horizon, BEIJING)
    assert not is_older("2025-09-30", horizon, BEIJING)  # may have come in the evening
    assert is_older("2025-09-30T01:59:00+08:00", horizon, BEIJING)
    assert not is_older("2025-09-30T02:00:00+08:00", horizon, BEIJING)
    assert not is_older(None, horizon, BEIJING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 30 Sep 2025 23:57:37 +0800", "2025-09-30T23:57:37+08:00"),
        ("Tue, 30 Sep 2025 15:57:37 GMT", "2025-09-30T23:57:37+08:00"),
        ("30 Sep 25 15:57 UT", "2025-09-30T23:57:00+08:00"),
        ("Tue, 30 Sep 2025 23:57:37", "2025-09-30T23:57:37+08:00"),
        ("Tue, 30 Sep 2025 23:57:37 CST", "2025-09-30T23:57:37+08:00"),
        ("Tue Sep 30 23:57:37 CST 2025", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30T15:57:37.123Z", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30T23:57:37+08:00", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30 23:57:37", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30", "2025-09-30"),
        ("2025/9/30 8:05", "2025-09-30T08:05:00+08:00"),
        ("2025年09月30日 23:57", "2025-09-30T23:57:00+08:00"),
        ("3小时前", "2025-10-01"),
        ("昨天 10:00", "2025-09-30T10:00:00+08:00"),
        ("20250930", "2025-09-30"),
        ("1759247857", "2025-09-30T23:57:37+08:00"),
        ("1759247857000", "2025-09-30T23:57:37+08:00"),
        ("soon", None),
        ("", None),
        (None, None),
        ("99 Sep 2025", None),
        ("x" * 1000 + "2025-09-30", None),
    ],
)
def test_times_in_every_form(text: str | None, expected: str | None) -> None:
    assert stamp(text, BEIJING, NOW) == expected


@given(st.text(max_size=120))
def test_no_text_is_too_strange_for_a_time(text: str) -> None:
    assert_moment(stamp(text, BEIJING, NOW))


def test_an_ampersand_that_should_have_been_an_entity() -> None:
    text = urlset("<url><loc>https://www.news.example/show.php?id=1&cid=2&amp;x=3</loc></url>")
    inside = urlset("<url><loc><![CDATA[https://www.news.example/show.php?id=1&cid=2]]></loc></url>")
    assert [e.url for e in read_sitemap(text.encode(), URL).entries] == [
        "https://www.news.example/show.php?id=1&cid=2&x=3"
    ]
    assert [e.url for e in read_sitemap(inside.encode(), URL).entries] == [
        "https://www.news.example/show.php?id=1&cid=2"
    ]


def test_what_baidu_wants_to_show() -> None:
    shown = "<data><display><title>固态电池</title><pubTime>2025-09-30T10:00:00</pubTime></display></data>"
    (entry,) = read_sitemap(urlset(page(1, shown)).encode(), URL).entries
    assert (entry.title, entry.published) == ("固态电池", "2025-09-30T10:00:00+08:00")


@pytest.mark.parametrize(
    "text",
    [
        "周一, 29 9月 2025 10:20:00 +0800",
        "星期一, 29 九月 2025 02:20:00 +0000",
        "20250929102000",
        "2025年9月29日 10:20:00",
    ],
)
def test_times_of_software_that_speaks_chinese(text: str) -> None:
    assert stamp(text, BEIJING, NOW) == "2025-09-29T10:20:00+08:00"


def test_a_month_that_is_none_is_no_error() -> None:
    assert stamp("周一, 29 13月 2025 10:20:00 +0800", BEIJING, NOW) is None
