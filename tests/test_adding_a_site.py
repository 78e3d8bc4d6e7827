"""A new site: what genspider writes, what it costs, and that a broken one stops nobody else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawler import identity, sitefile
from newscrawler.replica import Replica
from tests.conftest import REPLICA_START, ROOT, python, rows

HOST = "www.guanchao.example"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project that a test may write into."""
    for name in ("newscrawler", "spiders", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    for file in [*tmp_path.glob("spiders/[a-z]*.py"), *tmp_path.glob("newscrawler/sites/*.toml")]:
        if file.stem not in {"itbear", "site"}:
            file.unlink()  # other sites are not what is tried here
    return tmp_path


def scrapy_in(checkout: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Scrapy in the copy, with the copy's packages."""
    return python("scrapy", *arguments, cwd=checkout, timeout=120, PYTHONPATH=str(checkout), **env)


def code_lines(*files: Path) -> int:
    return sum(bool(line.strip()) for file in files for line in file.read_text(encoding="utf-8").splitlines())


def test_a_site_is_generated_described_and_crawled(checkout: Path) -> None:
    """The whole of it: at most 15 lines, and every article of a site of other addresses is there."""
    done = scrapy_in(checkout, "genspider", "-t", "family", "guanchao", HOST)
    assert done.returncode == 0, done.stderr
    assert "newscrawler/sites/guanchao.toml" in done.stdout
    assert "scrapy crawl guanchao -a max_listing_pages=1" in done.stdout
    spider, site = checkout / "spiders" / "guanchao.py", checkout / "newscrawler" / "sites" / "guanchao.toml"
    described = 'articles = ["/a/{date}/{id}.shtml"]\n' + site.read_text(encoding="utf-8")
    site.write_text(described.replace('["guanchao.example"]', '["guanchao.example", "m.guanchao.example"]'))
    assert code_lines(spider, site) <= 15
    assert scrapy_in(checkout, "list").stdout.split() == ["guanchao", "itbear", "site"]
    with Replica(articles=90, seed=6) as replica:
        crawled = scrapy_in(
            *(checkout, "crawl", "guanchao", "-s", "DOWNLOAD_DELAY=0"),
            **replica.environment(),
            NEWSCRAWLER_NOW=REPLICA_START,
        )
        assert (crawled.returncode, crawled.stderr) == (0, "")
        wanted = {article["url"] for article in replica.truth(HOST)["articles"]}
    news = rows(checkout / "archive.db", "select * from news")
    assert {row["url"] for row in news} == wanted
    assert {row["site"] for row in news} == {"guanchao"}


def test_the_guide_shows_what_is_written(checkout: Path) -> None:
    guide = (ROOT / "docs" / "adding-a-site.md").read_text(encoding="utf-8")
    assert "scrapy genspider -t family tianmai www.tianmai.example" in guide
    assert scrapy_in(checkout, "genspider", "-t", "family", "tianmai", "www.tianmai.example").returncode == 0
    spider = (checkout / "spiders" / "tianmai.py").read_text(encoding="utf-8")
    assert f"```python\n{spider}```" in guide
    described = guide.partition("tianmai.toml <<'END'\n")[2].partition("END\n")[0]
    file = checkout / "newscrawler" / "sites" / "tianmai.toml"
    file.write_text(described, encoding="utf-8")
    site = sitefile.read_site(file)
    assert set(site.hosts) == {"www.tianmai.example", "tianmai.example", "m.tianmai.example"}
    assert all(f"`{{{place}}}`" in guide for place in sitefile._PLACES)


def test_scrapys_own_templates_still_work(checkout: Path) -> None:
    assert "family" in scrapy_in(checkout, "genspider", "--list").stdout.split()
    assert "crawl" in scrapy_in(checkout, "genspider", "--list").stdout.split()
    assert "NewsFamily" in scrapy_in(checkout, "genspider", "--dump", "family").stdout
    assert scrapy_in(checkout, "genspider", "plain", "x.example").returncode == 0
    assert "scrapy.Spider" in (checkout / "spiders" / "plain.py").read_text(encoding="utf-8")
    assert not (checkout / "newscrawler" / "sites" / "plain.toml").exists()


@pytest.mark.parametrize(
    ("name", "domain", "said"),
    [
        ("Bad-name", "x.example", "cannot name a site"),
        ("other", "m.itbear.com.cn", "belongs to the site 'itbear'"),
        ("other", "http://[x", "is no host"),
        ("other", "www.x.example:99999", "is no host"),
        ("other", "not a host", "is no host"),
    ],
)
def test_a_name_or_host_that_will_not_do(checkout: Path, name: str, domain: str, said: str) -> None:
    before = set(checkout.glob("spiders/*.py"))
    done = scrapy_in(checkout, "genspider", "-t", "family", name, domain)
    assert done.returncode == 2
    assert said in done.stderr
    assert set(checkout.glob("spiders/*.py")) == before


def test_a_site_at_a_port_of_its_own(checkout: Path) -> None:
    """It keeps the port and the scheme in its addresses, and is looked at again there."""
    archive, sql = checkout / "archive.db", "select url, site from news order by url"
    with Replica(articles=40, seed=4, bare="www.guanchao.example") as replica:
        host = replica.url.split("/")[2]
        done = scrapy_in(checkout, "genspider", "-t", "family", "tide", host)
        assert done.returncode == 0, done.stderr
        assert f'"{host}" = []' in (checkout / "newscrawler" / "sites" / "tide.toml").read_text("utf-8")
        crawls = [
            scrapy_in(
                *(checkout, "crawl", "tide", "-s", "DOWNLOAD_DELAY=0", *more),
                NEWSCRAWLER_NOW=REPLICA_START,
            )
            for more in ((), ("-a", "full=1"))
        ]
        wanted = {article["url"] for article in replica.truth()["articles"]}
    assert [(done.returncode, done.stderr) for done in crawls] == [(0, "")] * 2
    assert {(row["url"], row["site"]) for row in rows(archive, sql)} == {(url, "tide") for url in wanted}
    (again,) = rows(archive, "select unchanged from crawls where new = 0")
    assert again["unchanged"] == len(wanted)


@pytest.mark.parametrize("text", ["import nothing_of_that_name\n", "class Broken(\n"])
def test_a_broken_spider_file_does_not_stop_the_others(checkout: Path, text: str, replica: Replica) -> None:
    (checkout / "spiders" / "broken.py").write_text(text)
    listed = scrapy_in(checkout, "list")
    assert listed.stdout.split() == ["itbear", "site"]
    start = f"start_urls={replica.url}"
    done = scrapy_in(checkout, "crawl", "itbear", "-a", start, "-s", "DOWNLOAD_DELAY=0")
    assert done.returncode == 0, done.stderr
    refused = scrapy_in(checkout, "crawl", "broken")
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr.partition("newscrawler:")[2]


def test_broken_addresses_stop_only_their_own_site(checkout: Path) -> None:
    scrapy_in(checkout, "genspider", "-t", "family", "guanchao", HOST)
    (checkout / "newscrawler" / "sites" / "guanchao.toml").write_text(
        'articles = ["/a/{nummer}.html"]\n[hosts]'
    )
    done = scrapy_in(checkout, "crawl", "guanchao")
    assert done.returncode == 1
    assert "{nummer} is unknown; expected one of id, year, month, date, name" in done.stderr
    assert scrapy_in(checkout, "list").stdout.split() == ["guanchao", "itbear", "site"]


# --- addresses as data ------------------------------------------------------------------------------


@pytest.fixture
def described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A site of three shapes, as if it were in newscrawler/sites."""
    file = tmp_path / "described.toml"
    file.write_text(
        'articles = ["/a/{date}/{id}.shtml", "/show.php?id={id}", "/{name}/{month}/t{date}_{id}.html"]\n'
        '[hosts]\n"www.x.example" = ["x.example", "wap.x.example"]\n'
    )
    site = sitefile.read_site(file)
    monkeypatch.setattr(identity, "_SITE_OF_HOST", dict.fromkeys(site.hosts, site))
    identity.address.cache_clear()
    yield
    identity.address.cache_clear()


X = "https://www.x.example"


@pytest.mark.parametrize(
    ("given", "canonical", "part", "reasons"),
    [
        (f"{X}/a/20250930/123.shtml", f"{X}/a/20250930/123.shtml", 1, ()),
        (f"{X}/a/20250930/123_2.shtml?from=wx", f"{X}/a/20250930/123.shtml", 2, ("query", "part")),
        ("http://wap.x.example/a/20250930/1.shtml", f"{X}/a/20250930/1.shtml", 1, ("http", "mobile")),
        ("https://x.example/show.php?from=a&id=7&s=9", f"{X}/show.php?id=7", 1, ("bare_host", "query")),
        (f"{X}/show.php?id=7", f"{X}/show.php?id=7", 1, ()),
        (f"{X}/tech/2025-09/t20250930_5.html#top", f"{X}/tech/2025-09/t20250930_5.html", 1, ("fragment",)),
    ],
)
@pytest.mark.usefixtures("described")
def test_described_addresses(given: str, canonical: str, part: int, reasons: tuple[str, ...]) -> None:
    found = identity.address(given)
    assert (found.url, found.part, found.reasons) == (canonical, part, reasons)
    assert (found.site, found.is_article) == ("described", True)
    assert identity.canonical(canonical) == canonical


@pytest.mark.usefixtures("described")
def test_what_a_described_site_does_not_name_is_no_article() -> None:
    for path in ("/html/2025-09/960596.html", "/show.php", "/show.php?id=x", "/a/tech/1.shtml", "/"):
        assert not identity.address(X + path).is_article
    assert identity.mobile_twin(f"{X}/a/20250930/1.shtml") == "https://wap.x.example/a/20250930/1.shtml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a table [hosts]"),
        ("hosts = 3", "expected a table [hosts]"),
        ("[hosts]\nx = 1\ntitel = 2", "expected a table [hosts]"),
        ('titel = "x"\n[hosts]\n"x.example" = []', "unknown ['titel']"),
        ('articles = ["a/{id}"]\n[hosts]\n"x.example" = []', "begins with /"),
        ("[hosts", "TOMLDecodeError"),
    ],
)
def test_a_file_that_describes_no_site_says_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(text)
    with pytest.raises(sitefile.SiteError) as refused:
        sitefile.read_site(file)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)
