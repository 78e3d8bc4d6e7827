# ruff: noqa: E501  (markup reads better unbroken)
"""Feeds of every make as listings: RSS, RDF, Atom, JSON Feed; damaged, wrongly declared, hostile."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract import Listing, read_listing
from newscrawler.extract.feed import MOST_BYTES, SUMMARY
from newscrawler.extract.files import extract_files
from newscrawler.extract.kind import kind_of
from tests.sound import assert_addresses, assert_each_once, assert_moment

URL = "https://www.news.example/feeds/rss.xml"
NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
TITLE = "固态电池 & 手机：量产的日子近了"
TEASER = "储能电池的成本在今年下降了三成，多家公司说明年还会再降"
WHEN = "Tue, 30 Sep 2025 18:57:37 GMT"  # in Beijing the 1st, 02:57


def item(number: int, more: str = "") -> str:
    return (
        f"<item><title><![CDATA[{TITLE}]]></title><link>https://www.news.example/a/{number}.html</link>"
        f"<description><![CDATA[<p><img src='/i.jpg'>{TEASER}</p>]]></description>"
        f"<pubDate>{WHEN}</pubDate>{more}</item>"
    )


def rss(*items: str, declared: str = "UTF-8", head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="{declared}"?>\n{head}<rss version="2.0"><channel>'
        f"<title>新闻</title><link>https://www.news.example/</link>{''.join(items)}</channel></rss>"
    )


RDF = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="/a/1.html"><title>{TITLE.replace("&", "&amp;")}</title>
<link>/a/1.html</link><description>{TEASER}</description><dc:date>2025-10-01T02:57:37+08:00</dc:date></item></rdf:RDF>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">{TITLE.replace("&", "&amp;amp;")}</title>
<link rel="self" href="/api/1"/><link rel="alternate" href="../a/1.html"/><id>urn:1</id>
<summary>{TEASER}</summary><published>2025-09-30T18:57:37Z</published><updated>2025-10-02T00:00:00Z</updated>
</entry></feed>"""
OLD = f"""<rss version="0.91"><channel><item><title>{TITLE.replace("&", "&amp;")}</title>
<link>/a/1.html</link><description>{TEASER}</description></item></channel></rss>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "https://www.news.example/feed.json?page=2",
        "items": [
            {
                "id": "1",
                "url": "/a/1.html",
                "title": TITLE,
                "summary": TEASER,
                "image": "/i.jpg",
                "date_published": "2025-10-01T02:57:37+08:00",
            }
        ],
    }
)


def read(text: str | bytes, content_type: str | None = None) -> Listing:
    body = text if isinstance(text, bytes) else text.encode()
    return read_listing(body, URL, content_type, fetched_at=NOW)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (rss(item(1)), "2025-10-01"),
        (RDF, "2025-10-01"),
        (ATOM, "2025-10-01"),
        (OLD, None),
        (JSON_FEED, "2025-10-01"),
    ],
    ids=["rss2", "rdf", "atom", "rss091", "jsonfeed"],
)
def test_every_make_says_the_same(text: str, day: str | None) -> None:
    found = read(text)
    assert (found.kind, found.next, found.more) == ("feed", None, None)
    (entry,) = found.entries
    assert entry.url == "https://www.news.example/a/1.html"
    assert (entry.title, entry.summary, entry.date) == (TITLE, TEASER, day)


@pytest.mark.parametrize("declared", ["gb2312", "UTF-8", "x-unknown"])
@pytest.mark.parametrize("real", ["gb18030", "utf-8", "utf-16"])
def test_the_bytes_decide_whatever_the_feed_declares(declared: str, real: str) -> None:
    found = read(rss(item(1), item(2), declared=declared).encode(real), "text/html; charset=iso-8859-1")
    assert [entry.title for entry in found.entries] == [TITLE, TITLE]


@pytest.mark.parametrize(
    "text",
    [
        rss(item(1), item(2))[:-25],  # cut at its end
        rss(item(1), item(2, "<x>&nbsp;&unknown; a < b & c")),
        "\n<br />\n<b>Warning</b>: mysql_connect() in /www/feed.php\n" + rss(item(1), item(2)),
        "<!-- made by hand -->" + rss(item(1), item(2)).partition("?>")[2],
        rss(item(1), item(2)).replace("</item>", "", 1),
        rss(item(1), item(2)).replace(TEASER, TEASER + "\x0b\x00\x1f"),
    ],
)
def test_damage_costs_no_entry_that_is_whole(text: str) -> None:
    assert {entry.url[-6:] for entry in read(text).entries} >= {"1.html"}
    assert read(text).kind == "feed"


def test_gzip_without_a_word_and_the_link_that_a_counter_hides() -> None:
    hidden = (
        item(2)
        .replace("/a/2.html", "/count?to=2")
        .replace(
            "</item>",
            "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>"
            "https://www.news.example/a/2.html</feedburner:origLink></item>",
        )
    )
    found = read(gzip.compress(rss(item(1), hidden).encode()))
    assert [entry.url[-6:] for entry in found.entries] == ["1.html", "2.html"]


def test_a_summary_is_no_article() -> None:
    long = item(1).replace(TEASER, TEASER * 50 + "<script>var a = '固态';</script>")
    summary = read(rss(long)).entries[0].summary or ""
    assert len(summary) == SUMMARY + 1
    assert summary.startswith(TEASER)
    assert summary.endswith("…")


def test_entities_bring_neither_files_nor_bombs(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("topsecret", encoding="utf-8")
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(97 + n)} "{f"&{chr(96 + n)};" * 10}">' for n in range(1, 12)
    )
    for inside, name in ((laughs, "l"), (f'<!ENTITY x SYSTEM "file://{secret}">', "x")):
        text = rss(item(1, f"<author>&{name};</author>").replace(TEASER, f"&{name};"), item(2))
        found = read(text.replace("<rss", f"<!DOCTYPE rss [{inside}]><rss", 1).replace("<![CDATA[<p>", "<p>"))
        assert len(str(found)) < 2000
        assert "topsecret" not in str(found)
        assert found.entries


def test_what_looks_like_an_address_or_a_path_is_opened_by_nobody(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(rss(item(1)), encoding="utf-8")
    assert read(str(file)).entries == []
    assert read(f"<rss {file}").entries == []


def test_a_feed_without_an_end_is_read_so_far_and_no_further() -> None:
    many = rss(*(item(number) for number in range(20_000)))
    assert len(many.encode()) > MOST_BYTES
    assert len(read(many).entries) == 1000


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><html><body>no feed today</body></html>", "page"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!-- x --><feed/>", "feed"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html/>", "page"),
        (b"<ns0:urlset xmlns:ns0='x'/>", "sitemap"),
        (gzip.compress(b"<sitemapindex>" + b" " * 99_999), "sitemap"),
        (b"https://a.example/1\nhttps://a.example/2\n", "sitemap"),
        (b' {"data": []}', "json"),
        (b"[]", "json"),
        (b'callback_1({"a": 1});', "json"),
        (b"(function(){})", "page"),
        (b"", "page"),
        (b"<table><tr><td>rss feed</td></tr></table>", "page"),
    ],
)
def test_the_bytes_say_what_it_is(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind


@given(st.binary(max_size=200), st.integers(0, 900))
def test_no_bytes_are_too_strange(noise: bytes, place: int) -> None:
    text = rss(item(1), item(2)).encode()
    for body in (b"<rss>" + noise, text[:place] + noise + text[place:], ATOM.encode()[:place] + noise):
        entries = read(body).entries
        assert_addresses(entries)
        assert_each_once(entries)
        for entry in entries:
            assert_moment(entry.date)


def test_the_command_reads_a_saved_feed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    saved = tmp_path / "feed.xml"
    saved.write_text(rss(item(1)), encoding="utf-8")
    extract_files([saved], listing=True, url=URL, content_type=None, out=sys.stdout, err=sys.stderr)
    assert [entry["date"] for entry in json.loads(capsys.readouterr().out)["entries"]] == ["2025-10-01"]


HEAD = (
    '<link rel="alternate" type="application/rss+xml" title="新闻" href="/rss.xml">'
    '<link REL="alternate home" TYPE="application/atom+xml; charset=utf-8" href="atom.xml">'
    '<link rel="alternate" type="application/feed+json" href="https://feeds.other.example/f.json">'
    '<link rel="alternate" type="application/rss+xml" title="新闻 &raquo; 评论" href="/comments/feed/">'
    '<link rel="alternate" type="application/json" href="/wp-json/1">'
    '<link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" type="text/xml" href="/x.xsl">'
    '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
)


def page(head: str = "", body: str = "") -> Listing:
    html = f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return read_listing(html.encode(), "https://www.news.example/tech/", fetched_at=NOW)


def test_a_page_announces_its_feeds() -> None:
    assert page(HEAD).feeds == [
        "https://www.news.example/rss.xml",
        "https://www.news.example/tech/atom.xml",
        "https://feeds.other.example/f.json",
    ]


def test_links_called_rss_announce_where_the_head_does_not() -> None:
    links = '<a href="/feed/">RSS订阅</a> <a href="/rss/help.html">RSS</a> <a href="/news.rss">Atom</a> <a href="/feed/2">关注</a>'
    assert page("", links).feeds == ["https://www.news.example/feed/", "https://www.news.example/news.rss"]
    assert page(HEAD, links).feeds[0] == "https://www.news.example/rss.xml"
    assert page("", "<a href='/a/1.html'>一条没有任何订阅源的新闻</a>").feeds == []
