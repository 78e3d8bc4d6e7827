"""A site changes under a crawl: code 6, one report, one notice, and one when it is over."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import time
from pathlib import Path

import pytest

from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import crawl, rows
from tests.conftest import newscrawler as run
from tests.test_notices import Service, serving

EDITOR = re.compile(r"(?:责任)?编辑[:：]\s*[^ <　|]{1,12}")
"""责任编辑, 编辑: (responsible) editor."""


def lose_editors(site: Replica, lost: list[str]) -> None:
    """While ``lost`` holds anything, articles of the desktop template print no editor."""
    usual = site.answer

    def answer(view: View, path: str, query: str) -> Answer:
        found = usual(view, path, query)
        if not lost or not path.startswith("/html/"):
            return found
        for codec in ("utf-8", "gb18030"):
            try:
                text = found.body.decode(codec)
            except UnicodeDecodeError:
                continue
            if 'class="crumb"' not in text:
                return found
            return dataclasses.replace(found, body=EDITOR.sub("", text).encode(codec, "xmlcharrefreplace"))
        return found

    site.answer = answer  # type: ignore[method-assign]


def test_a_field_lost_in_one_template(tmp_path: Path) -> None:
    archive, lost = tmp_path / "archive.db", list[str]()
    with (
        Replica(articles=160, seed=3, faults=False, weight=1, per_day=96) as site,
        serving(Service(b"ok")) as hook,
    ):
        lose_editors(site, lost)

        def go(hours: int, **env: str) -> subprocess.CompletedProcess[str]:
            site.advance(hours=hours)
            return crawl(
                archive,
                *("-a", f"start_urls={site.url}"),
                NEWSCRAWLER_NOW=site.world.now.isoformat(),
                **{"NEWSCRAWLER_NOTIFY_WEBHOOKS": f"slack {hook.url}", **env},
            )

        for hours in (0, 6):
            done = go(hours)
            assert (done.returncode, done.stderr) == (0, "")
        lost.append("editor")
        done = go(6)
        assert done.returncode == 6
        assert "pages without an editor" in done.stderr
        assert "newscrawler try --explain http" in done.stderr
        assert len(hook.came) == 1
        assert hook.came[0][1]["text"].startswith("itbear: the site has changed: pages without an editor")
        status = run("status", cwd=tmp_path)
        assert status.returncode == 1
        assert "NEEDS A PERSON: itbear has changed: pages without an editor" in " ".join(
            status.stdout.split()
        )
        assert "accept: newscrawler troubles --accept 1\n" in run("troubles", cwd=tmp_path).stdout
        other = run("troubles", "--archive", str(archive), cwd=tmp_path).stdout
        assert f"accept: newscrawler troubles --accept 1 --archive {archive}\n" in other

        done = go(6)  # it lasts: cron hears nothing more of it
        assert (done.returncode, done.stderr) == (6, "")
        assert len(hook.came) == 1

        lost.clear()
        done = go(7, NEWSCRAWLER_NOTIFY_WEBHOOKS="slack http://127.0.0.1:1/")
        assert done.returncode == 0, done.stderr
        assert "OVER  pages without an editor" in done.stderr
        assert rows(archive, "select way, attempts, sent_at from notices where sent_at is null") == [
            {"way": "slack", "attempts": 1, "sent_at": None}
        ]
        done = go(1)  # what could not be delivered is delivered by the next
        assert (done.returncode, done.stderr) == (0, "")
        assert len(hook.came) == 2
        assert hook.came[1][1]["text"].startswith("itbear: over: pages without an editor")
    assert [row["exit_code"] for row in rows(archive, "select exit_code from crawl_runs")] == [
        0,
        0,
        6,
        6,
        0,
        0,
    ]
    assert run("troubles", cwd=tmp_path).stdout == "The sites are as they were.\n"
    assert run("troubles", "--accept", "1", cwd=tmp_path).returncode == 2


def test_a_dead_server_does_not_hold_the_end_of_a_crawl(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    assert crawl(archive, "-a", f"start_urls={replica.url}").returncode == 0
    from newscrawler.archive import open_archive, troubles
    from tests.months import START

    with open_archive(archive) as database:
        troubles.write_notices(database, ["slack"], "s", "t", crawl_id=1, now=START)
    with serving(Service(delay=120)) as dead:
        begun = time.monotonic()
        done = crawl(
            archive, "-a", f"start_urls={replica.url}", NEWSCRAWLER_NOTIFY_WEBHOOKS=f"slack {dead.url}"
        )
        assert time.monotonic() - begun < 60
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("webhooks", ["slack", "irc http://a.example/"])
def test_a_way_that_is_none_is_wrong_usage(tmp_path: Path, webhooks: str) -> None:
    done = crawl(tmp_path / "archive.db", NEWSCRAWLER_NOTIFY_WEBHOOKS=webhooks)
    assert done.returncode == 2
    assert "NOTIFY_WEBHOOKS" in done.stderr
