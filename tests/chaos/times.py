"""What befalls the clock: it jumps, or the machine stands elsewhere."""

from __future__ import annotations

from tests.chaos.stage import Stage, ask, check, differences, hold

ORDERED = {
    "crawls": "select count(*) from crawls where finished_at < started_at",
    "news": "select count(*) from news where last_seen_at < first_seen_at",
    "related items": "select count(*) from related_items where last_seen_at < seen_at",
    "quarantine": "select count(*) from quarantine where last_seen_at < first_seen_at",
}


def zones(stage: Stage) -> str:
    """Machines in New York and on Line Islands give the archive that one in Beijing does, times included."""
    names = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati")
    archives = [stage.path(f"{name.replace('/', '-')}.db") for name in names]
    times = "select url, published_at, first_seen_at, last_seen_at from news order by url"
    with stage.site() as site:
        for name, archive in zip(names, archives, strict=True):
            site.reset_faults()
            stage.crawl(archive, site, TZ=name)
            hold(not (found := differences(archives[0], archive)), f"{name}: {found}")
            hold(ask(archives[0], times) == ask(archive, times), f"{name}: other times")
    seen = ask(archives[0], "select count(*) from news where first_seen_at not like '%+00:00'")[0][0]
    hold(seen == 0, f"{seen} times are not UTC")
    return f"{len(names)} zones, {len(ask(archives[0], times))} articles equal, all of our times UTC"


def jumps(stage: Stage) -> str:
    """A clock that jumps by hours, to and fro, during a crawl and between crawls."""
    calm, archive = stage.path("calm.db"), stage.path()
    with stage.site(60, faults=False) as site:
        stage.crawl(calm, site)
        before: dict[str, str] = {}
        for hours in (0, -30, 30, -3):
            code, said = stage.crawl(archive, site, "-a", "full=1", CHAOS_JUMPS=str(hours))
            hold(code == 0, f"code {code}: {said}")
            for name, sql in ORDERED.items():
                wrong = ask(archive, sql)[0][0]
                hold(wrong == 0, f"{name}: {wrong} rows end before they begin")
            now = dict(ask(archive, "select url, last_seen_at from news"))
            back = [url for url, seen in before.items() if now[url] < seen]
            hold(not back, f"last_seen_at went back for {len(back)} articles")
            before = now
    bodies = "select url, title, body, published_at, revision from news order by url"
    hold(ask(calm, bodies) == ask(archive, bodies), "other articles than with a good clock")
    check(archive)
    return f"4 crawls with jumps, {len(before)} articles, nothing ends before it begins or goes back"
