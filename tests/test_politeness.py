"""What a site's owner sees: robots.txt, delays, Retry-After. Measured by the replica's own log."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from newscrawler.replica import Replica
from newscrawler.replica import Request as Seen
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import crawl, rows


def gaps(requests: list[Seen], host: str | None = None) -> list[float]:
    """Seconds between the arrivals of requests, of one host or of all."""
    times = [request.at for request in requests if host in (None, request.host)]
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize(("crawl_delay", "download_delay"), [(0.3, "0"), (0.1, "0.3"), (None, "0.3")])
def test_the_larger_of_the_two_delays_is_kept(
    tmp_path: Path, crawl_delay: float | None, download_delay: str
) -> None:
    with Replica(articles=30, seed=1, faults=False, crawl_delay=crawl_delay, weight=1) as site:
        done = crawl(
            tmp_path / "archive.db", "-a", f"start_urls={site.url}", "-s", f"DOWNLOAD_DELAY={download_delay}",
            "-s", "CLOSESPIDER_PAGECOUNT=8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert len(site.requests) >= 8
        assert min(gaps(site.requests)) >= 0.28  # robots.txt included


def test_crawl_delay_has_an_upper_bound(tmp_path: Path) -> None:
    with Replica(articles=30, seed=1, faults=False, crawl_delay=900, weight=1) as site:
        done = crawl(
            tmp_path / "archive.db", "-a", f"start_urls={site.url}", "-s", "CRAWL_DELAY_MAX=0.2",
            "-s", "CLOSESPIDER_PAGECOUNT=4",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    with Replica(articles=150, seed=1, weight=1) as site:
        crawl(tmp_path / "archive.db", "-a", f"start_urls={site.url}")
        for status in (429, 503):
            refused = next(n for n, request in enumerate(site.requests) if request.status == status)
            assert gaps(site.requests)[refused] >= 0.95, status
        urls = {f["url"] for f in site.truth()["faults"] if f["kind"] in {"too_many_requests", "unavailable"}}
        got = {row["url"] for row in rows(tmp_path / "archive.db", "select url from news")}
        assert urls <= got


def test_a_long_retry_after_leaves_the_address_pending(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=150, seed=1, weight=1) as site:
        done = crawl(archive, "-a", f"start_urls={site.url}", "-s", "RETRY_AFTER_MAX=0.5")
        assert done.returncode == 4
        waiting = rows(
            archive, "select url, detail, due_at, discovered_at from ledger where last_error = 'throttled'"
        )
        assert waiting
        assert all(row["due_at"] >= row["discovered_at"] for row in waiting)
        later = crawl(archive, "-a", f"start_urls={site.url}", NEWSCRAWLER_NOW="2036-01-01T00:00:00+00:00")
        assert later.returncode == 4
        got = {row["url"] for row in rows(archive, "select url from news")}
        good = {a["url"] for a in site.truth()["articles"] if a["outcome"] == "archived"}
        assert {row["url"] for row in waiting} & good <= got


@pytest.mark.parametrize("obey", ["1", "0"])
def test_after_a_long_retry_after_nothing_that_waits_in_line_is_sent(tmp_path: Path, obey: str) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=1, faults=False, weight=1) as site:
        usual = site.answer

        def answer(view: View, path: str, query: str) -> Answer:
            if not path.startswith("/html/"):
                return usual(view, path, query)
            return Answer(429, headers={"Retry-After": "3600"})

        site.answer = answer  # type: ignore[method-assign]
        limits = ("-s", "DOWNLOAD_DELAY=0.05", "-s", f"ROBOTSTXT_OBEY={obey}")
        done = crawl(archive, "-a", f"start_urls={site.url}", *limits)
        assert done.returncode == 4, done.stderr
        refused = [n for n, request in enumerate(site.requests) if request.status == 429]
        assert refused == [len(site.requests) - 1]
    waiting = rows(archive, "select distinct state, last_error from ledger where attempts > 0")
    assert waiting == [{"state": "pending", "last_error": "throttled"}]


def test_what_robots_disallows_is_not_asked_for(tmp_path: Path) -> None:
    with Replica(articles=30, seed=1, faults=False, robots="deny", weight=1) as site:
        done = crawl(tmp_path / "archive.db", "-a", f"start_urls={site.url}")
        assert done.returncode == 5
        assert {request.path for request in site.requests} == {"/robots.txt"}
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        crawl(tmp_path / "other.db", "-a", f"start_urls={site.url}")
        assert not [r.path for r in site.requests if r.path.startswith(("/search", "/admin"))]


def test_a_start_page_that_leads_to_another_site_says_so(tmp_path: Path) -> None:
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        site.answer = lambda view, path, query: Answer(  # type: ignore[method-assign]
            404 if path == "/robots.txt" else 302, headers={"Location": "http://elsewhere.invalid/"}
        )
        done = crawl(tmp_path / "archive.db", "-a", f"start_urls={site.url}")
    assert done.returncode == 5, done.stderr
    assert "leads to elsewhere.invalid, another site" in done.stderr


def test_a_short_quiet_is_waited_for_without_a_failure(tmp_path: Path) -> None:
    """429 without a word of how long: the host rests, and all is had in the end."""
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        usual, refused = site.answer, []

        def answer(view: View, path: str, query: str) -> Answer:
            if path.startswith("/html/") and len(refused) < 3:
                refused.append(path)
                return Answer(429)
            return usual(view, path, query)

        site.answer = answer  # type: ignore[method-assign]
        done = crawl(tmp_path / "archive.db", "-a", f"start_urls={site.url}", "-s", "RETRY_BACKOFF=0.4")
        assert (done.returncode, done.stderr) == (0, "")
        rests = [gap for gap, r in zip(gaps(site.requests), site.requests, strict=False) if r.status == 429]
        assert len(rests) == 3
        assert min(rests) >= 0.29  # 0.4 s, a quarter less at most
        # What waited in the host's slot went back in line and was sent once.
        made = rows(tmp_path / "archive.db", "select requests from crawls")
        assert made == [{"requests": len(site.requests)}]


@pytest.mark.parametrize("obey", ["1", "0"])
def test_a_redirect_to_another_site_is_not_followed_and_says_so(tmp_path: Path, obey: str) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        sick = next(a["url"] for a in site.truth()["articles"] if a["listed"] and a["outcome"] == "archived")
        usual = site.answer

        def answer(view: View, path: str, query: str) -> Answer:
            if view.host.startswith("127.") and sick.endswith(path) and path != "/":
                return Answer(302, headers={"Location": f"http://localhost:{site.port}{path}"})
            return usual(view, path, query)

        site.answer = answer  # type: ignore[method-assign]
        done = crawl(archive, "-a", f"start_urls={site.url}", "-s", f"ROBOTSTXT_OBEY={obey}")
        assert done.returncode == 4, done.stderr
        assert not [request for request in site.requests if request.host.startswith("localhost")]
        row = rows(archive, "select state, last_error, detail from ledger where url = ?", sick)[0]
        assert (row["state"], row["last_error"]) == ("pending", "offsite")
        assert "another site" in row["detail"]


def test_certificates_are_verified_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    """A self-signed certificate is refused with its class; SSL_CERT_FILE or a setting accepts it."""
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        unknown = {name: value for name, value in site.environment().items() if name != "SSL_CERT_FILE"}
        refused = crawl(tmp_path / "refused.db", "-s", "RETRY_TIMES=0", **unknown)
        assert refused.returncode == 5
        assert "tls" in refused.stderr
        assert not [request for request in site.requests if request.path == "/"]
        done = crawl(tmp_path / "archive.db", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=0", **unknown)
        assert done.returncode == 0, done.stderr
        assert rows(tmp_path / "archive.db", "select count(*) as n from news")[0]["n"] > 20
