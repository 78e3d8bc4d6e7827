"""The replica keeps its promises: what crawls are tested against must itself be right."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from newscrawler.replica import Replica
from newscrawler.replica.shapes import BODIES, DATELINES, ENCODINGS
from newscrawler.replica.sisters import SISTERS, Sister
from newscrawler.replica.world import HOSTS, START

Truth = dict[str, Any]
WWW = "www.itbear.com.cn"


@pytest.fixture(scope="module")
def site() -> Iterator[Replica]:
    with Replica(articles=140, seed=3) as running:
        yield running


@pytest.fixture(scope="module")
def calm() -> Iterator[Replica]:
    with Replica(articles=40, seed=3, faults=False, per_page=5, weight=0) as running:
        yield running


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def opener(site: Replica, *handlers: Any) -> urllib.request.OpenerDirector:
    """An opener that goes through the replica as a proxy and trusts its certificate."""
    environment = site.environment()
    tls = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    proxies = {"http": environment["http_proxy"], "https": environment["https_proxy"]}
    return urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=tls), *handlers
    )


def fetch(
    url: str, by: urllib.request.OpenerDirector | None = None, **headers: str
) -> tuple[int, bytes, Any]:
    """Status, body and headers of ``url``; an error status is an answer like any other."""
    by = by or urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={name.replace("_", "-"): v for name, v in headers.items()})
    try:
        with by.open(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def ask(site: Replica, target: str, host: str = "", **headers: str) -> tuple[int, bytes, Any]:
    """One plain request without proxy or redirects."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request("GET", target, headers={"Host": host or f"127.0.0.1:{site.port}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def path_of(truth: Truth, kind: str) -> str:
    """The path of the article that stands for the fault ``kind``."""
    return next(urlsplit(a["url"]).path for a in truth["articles"] if a["fault"] == kind)


def by_url(truth: Truth) -> dict[str, Truth]:
    return {article["url"]: article for article in truth["articles"]}


def hrefs(base: str, html: str) -> list[str]:
    found = (
        urljoin(base, unescape(h)).partition("#")[0] for h in re.findall(r'<a [^>]*href="([^"]+)"', html)
    )
    return [url for url in found if url.startswith("http")]


def codec_of(article: Truth) -> str:
    return next((e.codec for e in ENCODINGS if e.name == article["encoding"]), "utf-8")


# --- the world


def test_same_seed_same_bytes() -> None:
    with (
        Replica(articles=20, seed=5) as one,
        Replica(articles=20, seed=5) as two,
        Replica(articles=20, seed=6) as other,
    ):
        pages = []
        for site in (one, two, other):
            addresses = [urlsplit(a["url"]).path for a in site.truth()["articles"]][:12:2]
            found = [ask(site, path)[1] for path in ["/", "/ai/", *addresses]]
            pages.append([body.replace(f":{site.port}".encode(), b"") for body in found])
    assert pages[0] == pages[1]
    assert pages[0][0] != pages[2][0]
    assert pages[0][2] != pages[2][2]


def test_a_larger_world_holds_the_smaller_one() -> None:
    with Replica(articles=60, faults=False) as small, Replica(articles=90, faults=False) as large:
        few, many = by_url(small.truth(WWW)), by_url(large.truth(WWW))
    shared = [url for url in few if few[url]["listed"] and ".aspx" not in url]
    assert len(shared) > 60
    for url in shared:
        assert few[url]["body"] == many[url]["body"]
        assert few[url]["title"] == many[url]["title"]


def test_every_axis_is_there(site: Replica) -> None:
    articles = site.truth(WWW)["articles"]
    assert {a["dateline"] for a in articles} == {d.name for d in DATELINES} | {"none"}
    assert {a["body_form"] for a in articles} == set(BODIES)
    assert {a["encoding"] for a in articles} == {e.name for e in ENCODINGS}
    assert len({tuple(a["block"].values()) for a in articles}) == 60
    assert {a["template"] for a in articles} == {"desktop", "mobile"}
    assert {a["parts"] for a in articles} == {1, 2, 3}
    assert {a["precision"] for a in articles} == {"second", "minute", "day", "none"}
    assert any(".aspx" in a["url"] for a in articles)
    assert {f["outcome"] for f in site.truth(WWW)["faults"]} == {
        "archived",
        "quarantined",
        "failed",
        "ignored",
    }


def test_the_truth_agrees_with_itself(site: Replica) -> None:
    truth = site.truth(WWW)
    articles = by_url(truth)
    assert len(articles) == len(truth["articles"])
    promoted = set()
    for article in truth["articles"]:
        assert article["body"] in (None, "\n\n".join(article["body_contains"]))
        assert not any(bad in line for bad in article["body_lacks"] for line in article["body_contains"])
        for item in article["related"]:
            assert item["title"] == articles[item["url"]]["title"]
            assert item["url"] != article["url"]
            if article["listed"] and article["outcome"] == "archived":
                promoted.add(item["url"])
    assert set(truth["related_only"]) <= promoted
    listed = {url for channel in truth["channels"] for url in channel["articles"]}
    assert listed == {url for url, article in articles.items() if article["listed"]}
    ids = [
        int(url.rpartition("/")[2].removesuffix(".html"))
        for url in articles
        if "/html/" in url and WWW in url
    ]
    assert ids == sorted(ids, reverse=True)


def test_articles_differ(site: Replica) -> None:
    truth = site.truth(WWW)
    known = {url for pair in truth["copies"] + truth["near_copies"] for url in pair}
    bodies = ["".join(a["body_contains"]) for a in truth["articles"] if a["url"] not in known][:60]
    shingles = [{body[n : n + 4] for n in range(len(body) - 3)} for body in bodies]
    alike = max(len(a & b) / len(a | b) for n, a in enumerate(shingles) for b in shingles[:n])
    assert alike < 0.2


def test_copies_are_copies(site: Replica) -> None:
    truth = site.truth(WWW)
    articles = by_url(truth)
    assert len(truth["copies"]) == 2
    for first, copy in truth["copies"]:
        assert articles[first]["body"] == articles[copy]["body"] is not None
        assert first != copy
    [[first, near]] = truth["near_copies"]
    shared = set(articles[first]["body_contains"]) & set(articles[near]["body_contains"])
    assert 0 < len(shared) < len(articles[first]["body_contains"])
    assert len(site.truth()["copies"]) == 1, "finance does not exist in direct mode"


# --- pages say what the truth says


def test_pages_hold_their_truth(site: Replica) -> None:
    for article in site.truth()["articles"]:
        if article["fault"]:
            continue
        path = urlsplit(article["url"]).path
        bodies = [ask(site, path)[1]]
        bodies += [ask(site, path.replace(".html", f"_{n}.html"))[1] for n in range(2, article["parts"] + 1)]
        page = unescape("".join(body.decode(codec_of(article)) for body in bodies))
        content = "".join(
            re.findall(r'<div id="content">(.*?)<div class="share">|<div id="content">(.*)', page, re.S)[0]
        )
        assert article["title"] in page
        for line in article["body_contains"]:
            assert line in (content if article["parts"] == 1 else page), article["url"]
        for item in article["related"]:
            assert item["title"] in page
            assert (item["summary"] or "") in page
            assert item["date"] in page
        for field in ("source", "editor", "author"):
            assert article[field] is None or article[field] in page
        assert article["related_heading"] is None or article["related_heading"] in page


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: e.name)
def test_encodings_are_as_named(site: Replica, encoding: Any) -> None:
    article = next(a for a in site.truth()["articles"] if a["encoding"] == encoding.name and not a["fault"])
    _, body, headers = ask(site, urlsplit(article["url"]).path)
    assert headers.get_param("charset") == encoding.header
    declared = re.search(rb'<meta[^>]*charset="?([\w-]+)', body)
    assert (declared.group(1).decode() if declared else None) == encoding.meta
    assert article["title"] in unescape(body.decode(encoding.codec))
    if encoding.codec not in {"utf-8", "utf-8-sig"}:
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")
    if encoding.codec == "gb18030":
        assert "𠮷".encode("gb18030") in body
        with pytest.raises(UnicodeDecodeError):
            body.decode("gb2312")


def test_direct_mode_is_whole(calm: Replica) -> None:
    """Walk from the home page: every link stays here and answers; all that is listed is reached."""
    seen, waiting = set(), [calm.url]
    while waiting:
        url = waiting.pop()
        if url in seen or urlsplit(url).path.startswith("/search/"):
            continue
        seen.add(url)
        status, body, headers = fetch(url)
        assert status == 200, url
        html = body.decode("gbk" if "/list/12/" in url else "utf-8", "replace")
        if headers.get_content_type() != "text/html":
            continue
        for link in hrefs(url, html):
            if not (urlsplit(link).hostname or "").endswith(".invalid"):
                assert link.startswith(calm.url), (url, link)
                waiting.append(link)
    truth = calm.truth()
    assert {a["url"] for a in truth["articles"] if a["listed"]} <= seen
    assert {c["url"] for c in truth["channels"]} <= seen


def test_listings_show_their_channel(calm: Replica) -> None:
    for channel in calm.truth()["channels"]:
        found: list[str] = []
        base = channel["url"]
        for number in range(1, channel["pages"] + 1):
            if channel["style"] == "blocks":
                url = base + ("&" if "?" in base else "?") + f"page={number}"
            else:
                url = base.removesuffix("index.html") + (f"index_{number}.html" if number > 1 else "")
            status, body, _ = fetch(url)
            assert status == 200
            html = body.decode("gbk" if channel["codec"] == "gbk" else "utf-8")
            assert ("下一页" in html) == (number < channel["pages"] and not channel["endless"])
            if channel["style"] == "blocks":
                assert f"{number}/{channel['pages']}" in html
            listing = html.partition('<div class="crumb">')[2].partition('<div class="hot">')[0]
            links = [link for link in hrefs(url, listing) if re.search(r"/html/|/n\d", link)]
            links = [link for link in dict.fromkeys(links) if link.startswith(calm.url)]
            on_top = channel["sticky"] if links[: len(channel["sticky"])] == channel["sticky"] else []
            found += links[len(on_top) :]
        expected = channel["articles"]
        assert set(expected) <= set(found) | set(channel["sticky"])
        far = base + ("&" if "?" in base else "?") + "page=99"
        if channel["style"] != "blocks":
            far = base.removesuffix("index.html") + "index_99.html"
        status, beyond, _ = fetch(far)
        assert (status, beyond == body) == ((200, True) if channel["endless"] else (404, False))


# --- names, proxy, TLS


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_real_names_through_the_proxy(site: Replica, scheme: str) -> None:
    by = opener(site)
    article = next(a for a in site.truth(WWW)["articles"] if a["template"] == "desktop" and not a["fault"])
    path = urlsplit(article["url"]).path
    desktop = fetch(f"{scheme}://{WWW}{path}", by)[1]
    mobile = fetch(f"{scheme}://m.itbear.com.cn{path}", by)[1]
    assert b'class="info"' in desktop
    assert b'class="info"' not in mobile
    assert len(mobile) < len(desktop) / 2
    assert fetch(f"{scheme}://m.finance.itbear.com.cn/stock/", by)[0] == 200
    assert fetch(f"{scheme}://finance.itbear.com.cn/ai/", by)[0] == 404
    status, _, headers = fetch(f"{scheme}://itbear.com.cn/ai/", opener(site, NoRedirect))
    assert (status, headers["Location"]) == (301, f"https://{WWW}/ai/")


def test_the_certificate_counts(site: Replica) -> None:
    proxies = urllib.request.ProxyHandler({"https": site.environment()["https_proxy"]})
    strict = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"https://{WWW}/", urllib.request.build_opener(proxies, strict))


def test_another_process_trusts_it_by_environment(site: Replica) -> None:
    code = f"import urllib.request as u; print(u.urlopen('https://{HOSTS[-1]}/', timeout=10).status)"
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | site.environment()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout == "200\n", done.stderr


def test_never_connects_out(site: Replica) -> None:
    assert fetch("http://www.example.com/", opener(site))[0] == 502
    with pytest.raises(OSError, match="502"):
        fetch("https://www.example.com/", opener(site))
    assert ask(site, "/", host="www.example.com")[0] == 502


def test_keep_alive_and_head(site: Replica) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request("HEAD", "/ai/")
        answer = connection.getresponse()
        length = int(answer.headers["Content-Length"])
        assert answer.read() == b""
        connection.request("GET", "/ai/")
        assert len(connection.getresponse().read()) == length
    finally:
        connection.close()


def test_validators_are_weak_and_strong_and_one_channel_has_none(calm: Replica) -> None:
    pages = [urlsplit(article["url"]).path for article in calm.truth()["articles"][:10]]
    tags = {path: ask(calm, path)[2]["ETag"] for path in [*pages, "/", "/ai/", "/mobile/"]}
    weak = {path for path, tag in tags.items() if tag.startswith("W/")}
    assert weak
    assert set(tags) - weak
    for path, tag in tags.items():
        if path not in weak:  # names the very bytes, so there is one form of them
            assert "Content-Encoding" not in ask(calm, path, **{"Accept-Encoding": "gzip"})[2]
        for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            assert ask(calm, path, **{"If-None-Match": given})[0] == 304
        later = "Fri, 01 Jan 2027 00:00:00 GMT"  # a tag goes before a date
        assert ask(calm, path, **{"If-None-Match": '"other"', "If-Modified-Since": later})[0] == 200
    bare = ask(calm, "/channel/auto.html", **{"If-None-Match": "*"})
    assert bare[0] == 200
    assert not {"ETag", "Last-Modified"} & set(bare[2])


def test_a_site_without_validators() -> None:
    with Replica(articles=12, seed=3, weight=0, validators=False) as site:
        for path in ("/", "/ai/", urlsplit(site.truth()["articles"][0]["url"]).path):
            assert not {"ETag", "Last-Modified"} & set(ask(site, path, **{"If-None-Match": "*"})[2])


def test_a_busy_site_publishes_as_many_a_day_as_asked() -> None:
    with Replica(articles=60, seed=3, faults=False, weight=0, per_day=1900, shared=False) as site:
        before = {a["url"] for a in site.truth(WWW)["articles"] if a["listed"]}
        site.advance(days=1)
        fresh = [a for a in site.truth()["articles"] if a["listed"]]
        assert len(fresh) - 60 in range(1899, 1902)
        assert all(len(a["channels"]) == 1 for a in fresh)
        assert len({a["url"] for a in fresh}) == len(fresh)
        listed = {a["url"] for a in site.truth(WWW)["articles"] if a["listed"]}
        finance = {url for url in listed - before if "//finance." in url}
        assert len(finance) in range(314, 319)
    with pytest.raises(ValueError, match="per_day"):
        Replica(articles=12, per_day=0)


def test_conditional_and_gzip(calm: Replica) -> None:
    zipped = 0
    for article in calm.truth()["articles"][:10]:
        path = urlsplit(article["url"]).path
        _, body, headers = ask(calm, path)
        assert ask(calm, path, **{"If-None-Match": headers["ETag"]})[0] == 304
        assert ask(calm, path, **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304
        assert ask(calm, path, **{"If-Modified-Since": "Mon, 01 Sep 2025 00:00:00 GMT"})[0] == 200
        _, packed, headers = ask(calm, path, **{"Accept-Encoding": "gzip"})
        if headers["Content-Encoding"] == "gzip":
            zipped += 1
            assert gzip.decompress(packed) == body
    assert 0 < zipped < 10


def test_pictures_and_robots(site: Replica) -> None:
    assert ask(site, "/upload/2025-09/1.png")[1].startswith(b"\x89PNG")
    assert ask(site, "/upload/2025-09/1.jpg")[1].endswith(b"\xff\xd9")
    assert b"Disallow: /search/" in ask(site, "/robots.txt")[1]
    for robots, status in {"404": 404, "503": 503, "deny": 200}.items():
        with Replica(articles=1, robots=robots) as other:
            assert ask(other, "/robots.txt")[0] == status
    with Replica(articles=1, crawl_delay=2.5) as slow:
        assert b"Crawl-delay: 2.5\n" in ask(slow, "/robots.txt")[1]


# --- faults


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("not_found", [404, 404, 404]),
        ("error_then_fine", [500, 500, 200]),
        ("too_many_requests", [429, 200]),
        ("unavailable", [503, 200]),
        ("twin_only", [500, 500, 500, 500]),
        ("soft_404", [200]),
        ("login_wall", [200]),
        ("gallery", [200]),
        ("empty", [200]),
    ],
)
def test_fault_by_status(site: Replica, kind: str, statuses: list[int]) -> None:
    site.reset_faults()
    path = path_of(site.truth(), kind)
    answers = [ask(site, path) for _ in statuses]
    assert [status for status, _, _ in answers] == statuses
    for status, _, headers in answers:
        assert (headers["Retry-After"] == "1") == (status in {429, 503})
    wanted = {"soft_404": "页面不存在", "login_wall": "登录", "gallery": "图1"}.get(kind)
    assert wanted is None or wanted in answers[0][1].decode()
    if kind == "empty":
        assert answers[0][1] == b""
    if kind == "twin_only":
        assert ask(site, path, host="m.itbear.com.cn")[0] == 200


@pytest.mark.parametrize(("kind", "fine_after"), [("reset_then_fine", 1), ("reset_always", None)])
@pytest.mark.parametrize("tunnel", [False, True], ids=["plain", "tls"])
def test_fault_reset(site: Replica, kind: str, fine_after: int | None, tunnel: bool) -> None:
    site.reset_faults()
    url = f"{'https' if tunnel else 'http'}://{WWW}{path_of(site.truth(), kind)}"
    for _ in range(fine_after or 2):  # a client's TLS layer may report the RST as an early end
        with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
            fetch(url, opener(site))
    if fine_after:
        assert fetch(url, opener(site))[0] == 200


def test_reset_comes_in_mid_body(site: Replica) -> None:
    path = path_of(site.truth(), "reset_always")
    received = b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {WWW}\r\n\r\n".encode())
        with contextlib.suppress(ConnectionResetError):
            while chunk := wire.recv(65536):
                received += chunk
            pytest.fail("the connection was closed in good order")
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length is not None
    assert 0 < len(body) < int(length[1])


def test_fault_short_body(site: Replica) -> None:
    with pytest.raises(http.client.IncompleteRead):
        ask(site, path_of(site.truth(), "short_body"))


def test_fault_cut_gzip(site: Replica) -> None:
    site.reset_faults()
    truth = site.truth()
    for kind, then in (("cut_gzip_then_fine", "fine"), ("cut_gzip_always", "cut")):
        for turn in ("cut", then):
            _, body, headers = ask(site, path_of(truth, kind), **{"Accept-Encoding": "gzip"})
            if turn == "cut":
                assert headers["Content-Encoding"] == "gzip"
                with pytest.raises(EOFError):
                    gzip.decompress(body)
            else:
                text = gzip.decompress(body) if headers["Content-Encoding"] else body
                assert text.endswith(b"</html>\n")


def test_fault_redirects(site: Replica) -> None:
    truth = site.truth()
    path = path_of(truth, "twin_redirect")
    status, _, headers = ask(site, path, host=WWW)
    assert (status, headers["Location"]) == (302, f"https://m.itbear.com.cn{path}")
    assert fetch(f"https://{WWW}{path}", opener(site))[0] == 200
    assert fetch(site.url + path[1:])[0] == 200
    here, path = [], path_of(truth, "redirect_loop")
    for _ in range(4):
        status, _, headers = ask(site, path)
        here.append(status)
        path = headers["Location"]
    assert here == [302] * 4
    assert path == path_of(truth, "redirect_loop")


def test_fault_huge_page_is_an_article(site: Replica) -> None:
    truth = site.truth()
    path = path_of(truth, "huge_page")
    _, body, _ = ask(site, path)
    article = by_url(truth)[site.url + path[1:]]
    assert len(body) > 5_000_000
    assert all(line in body.decode() for line in article["body_contains"])


def test_fault_of_a_later_part(site: Replica) -> None:
    site.reset_faults()
    path = path_of(site.truth(), "part_error_then_fine")
    second = path.replace(".html", "_2.html")
    assert [ask(site, address)[0] for address in (path, second, path, second)] == [200, 500, 200, 200]
    assert ask(site, path.replace(".html", "_3.html"))[0] == 404
    assert second in ask(site, path)[1].decode()


def test_fault_in_listings(site: Replica) -> None:
    faults = {fault["kind"]: fault["url"] for fault in site.truth()["faults"]}
    for _ in range(2):
        site.reset_faults()
        assert [fetch(faults["listing_error_then_fine"])[0] for _ in range(2)] == [500, 200]
    first = ask(site, "/ai/")[1].decode()
    assert urlsplit(faults["pdf"]).path in first
    assert faults["foreign_host"] in first
    assert fetch(faults["pdf"])[2].get_content_type() == "application/pdf"


def test_titles_are_escaped(calm: Replica) -> None:
    articles = {a["speciality"]: a for a in calm.truth()["articles"]}
    page = fetch(articles["markup_title"]["url"])[1].decode()
    assert "&lt;b&gt;粗体&lt;/b&gt; &amp;" in page
    assert "<b>粗体" not in page
    assert articles["sql_title"]["title"].startswith("Robert'); DROP TABLE articles;--")
    assert "\U0001f43b" in fetch(articles["emoji"]["url"])[1].decode()


# --- the clock


def test_the_clock_publishes_and_edits() -> None:
    with Replica(articles=80, seed=2) as site:
        before = by_url(site.truth(WWW))
        assert not site.truth(WWW)["edits"]
        pages = {
            url: ask(site, urlsplit(url).path, host=WWW)[1] for url in before if not before[url]["fault"]
        }
        site.advance(hours=24)
        truth = site.truth(WWW)
        after = by_url(truth)
        assert truth["now"] == "2025-10-02T00:00:00+08:00"
        fresh = set(after) - set(before)
        assert 30 <= len(fresh) <= 45
        assert all(ask(site, urlsplit(u).path, host=urlsplit(u).hostname or "")[0] == 200 for u in fresh)
        edits = {edit["kind"]: edit["url"] for edit in truth["edits"]}
        assert set(edits) == {"body", "title", "counter", "related", "vanished"}
        for kind, url in edits.items():
            old, new = before[url], after[url]
            changed = {field for field in ("title", "body_contains", "related") if old[field] != new[field]}
            assert changed == {{"body": "body_contains"}.get(kind, kind)} - {"counter", "vanished"}
            status, page, _ = ask(site, urlsplit(url).path, host=WWW)
            assert (status == 404) == (kind == "vanished")
            assert page != pages[url]
        listed = {url for channel in truth["channels"] for url in channel["articles"]}
        assert edits["vanished"] not in listed
        assert {url for url in fresh if after[url]["listed"]} <= listed
        site.set_clock(START)
        assert by_url(site.truth(WWW)) == before


def test_the_clock_over_http() -> None:
    with Replica(articles=5) as site:
        assert json.loads(fetch(site.url + "-/clock?advance=90m")[1])["now"] == "2025-10-01T01:30:00+08:00"
        moved = fetch(site.url + "-/clock?to=2025-10-03T08:00:00%2B08:00")[1]
        assert datetime.fromisoformat(json.loads(moved)["now"]) == datetime.fromisoformat(
            "2025-10-03T08:00:00+08:00"
        )
        assert fetch(site.url + "-/clock?advance=soon")[0] == 400
        assert json.loads(fetch(site.url + "-/truth.json")[1]) == site.truth()
        through = fetch(f"https://{WWW}/-/truth.json", opener(site))[1]
        assert json.loads(through) == site.truth(WWW)
        assert ask(site, "/")[0] == 200
        assert [row[1:] for row in json.loads(fetch(site.url + "-/log.json")[1])] == [
            ["GET", f"127.0.0.1:{site.port}", "/", 200]
        ]
        site.reset_log()
        assert site.requests == []


# --- the command


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_command_line(end: signal.Signals) -> None:
    command = [sys.executable, "-m", "newscrawler.replica", "--articles", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        direct, proxied = process.stdout.readline().split()[1], process.stdout.readline()
        assert fetch(direct)[0] == 200
        values = dict(word.split("=", 1) for word in proxied.split() if "=" in word)
        assert set(values) == {"http_proxy", "https_proxy", "SSL_CERT_FILE"}
        assert Path(values["SSL_CERT_FILE"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
        process.send_signal(end)
        assert process.communicate(timeout=10)[1] == ""
        assert process.returncode == 0
    assert not Path(values["SSL_CERT_FILE"]).exists()


# --- the sister sites


@pytest.mark.parametrize("sister", SISTERS, ids=lambda sister: sister.bare)
def test_a_sister_site_answers_under_its_name_and_at_the_bare_address(sister: Sister) -> None:
    with Replica(articles=60, seed=3, bare=sister.host) as site:
        truth = site.truth(sister.host)
        assert site.truth()["articles"][0]["url"].startswith(site.url)
        assert len(truth["articles"]) == 20
        article = truth["articles"][3]
        with opener(site).open(article["url"]) as answer:
            page = answer.read().decode(sister.codec)
        assert unescape(page).count(article["title"]) >= 2
        assert all(line in unescape(page) for line in article["body"].split("\n\n"))
        assert sister.heading in page
        for url, status in [(f"https://{sister.bare}/", 301), (f"https://{sister.host}/no/such.shtml", 404)]:
            with pytest.raises(urllib.error.HTTPError) as refused:
                opener(site, NoRedirect()).open(url)
            refused.value.close()
            assert refused.value.code == status


def test_a_sister_site_publishes_as_the_clock_goes_on() -> None:
    with Replica(articles=60, seed=3, bare=SISTERS[0].host) as site:
        before = {article["url"] for article in site.truth()["articles"]}
        site.advance(hours=5)
        after = {article["url"] for article in site.truth()["articles"]}
    assert before < after
    assert 4 <= len(after - before) <= 8


def test_an_unknown_sister_site_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected one of www\.guanchao\.example"):
        Replica(bare="www.itbear.com.cn")
