"""The sites that come with the project besides ITBEAR: crawled under their names, held against the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawler import identity, sitefile
from newscrawler.replica import Replica
from newscrawler.replica.sisters import SISTERS, Sister
from tests.conftest import crawl, newscrawler, rows

DESCRIBED = [sister for sister in SISTERS if sister.host in {h for s in sitefile.SITES for h in s.hosts}]
FIELDS = ("title", "body", "published_at", "source", "editor", "author", "category")


@pytest.mark.parametrize("sister", DESCRIBED, ids=lambda sister: sister.bare)
def test_a_sister_site_is_crawled_as_it_is(tmp_path: Path, sister: Sister) -> None:
    archive, name = tmp_path / "archive.db", identity.site_of(f"https://{sister.host}/")
    with Replica(articles=90, seed=8) as replica:
        done = crawl(archive, site=replica, spider=name)
        assert (done.returncode, done.stderr) == (0, "")
        wanted = {article["url"]: article for article in replica.truth(sister.host)["articles"]}
        # Its bare host says where it lives, so nothing was asked twice.
        assert len([r for r in replica.requests if r.path.startswith(("/a/", "/show"))]) == len(wanted)
    news = {row["url"]: row for row in rows(archive, "select * from news")}
    assert set(news) == set(wanted)
    assert {row["site"] for row in news.values()} == {name}
    for url, article in wanted.items():
        assert {f: news[url][f] for f in FIELDS} == {f: article[f] for f in FIELDS}
        items = rows(
            archive,
            "select item_title as title, item_url as url, item_summary as summary, item_date as date"
            " from related_items where page_url = ? order by position",
            url,
        )
        kept = ("title", "url", "summary", "date")
        assert items == [{field: item[field] for field in kept} for item in article["related"]]


def test_an_address_with_a_query_keeps_its_identity_and_nothing_else() -> None:
    given = "http://zaobanche.example/show.php?from=list&id=4100150&page=1#top"
    found = identity.address(given)
    assert found.url == "https://www.zaobanche.example/show.php?id=4100150"
    assert (found.site, found.is_article) == ("zaobanche", True)


def test_doctor_asks_no_simulated_site(tmp_path: Path) -> None:
    done = newscrawler(
        "doctor", cwd=tmp_path, http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9"
    )
    assert ".example" not in done.stdout
    assert "itbear.com.cn" in done.stdout
