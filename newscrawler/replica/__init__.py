"""A small ITBEAR on the loopback: what tests, the demo and the benchmarks crawl.

    with Replica(articles=60, seed=1) as site:
        subprocess.run(["scrapy", "crawl", "itbear"], env={**os.environ, **site.environment()})
        wanted = site.truth("www.itbear.com.cn")

Under its real names (by Host header, through it as a proxy for http and https) it is www, mobile
and finance; at its own address (``site.url``) it is www alone with no link elsewhere but to
names under ``.invalid``. Five sister sites of other layouts stand beside it under names of their own
(``sisters``), or at its own address when asked for (``bare``). Everything follows from the seed and
the clock; ``truth`` is what a right crawler must find. It imports nothing of ours, so that it cannot
share our mistakes.

Who does what: ``words`` and ``text`` write the news; ``shapes`` says how articles differ; ``world``
holds articles, channels and the clock; ``content`` makes a body into pieces; ``bodies``, ``chrome``,
``pages`` and ``listings`` draw them; ``truth`` describes them; ``faults`` and ``answers`` decide what
an address gets; ``server`` and ``certificate`` speak HTTP and TLS; ``sisters`` and ``sister_pages`` are
the other sites, ``ways`` what leads into one of them besides its listings.

Every fault is met at its own address and stands in the truth with its outcome (``faults``).
The "then fine" ones count requests per path, over all hosts and crawls, until ``reset_faults``.

Worlds under 60 articles lack some of the faults and specialities; with fewer than about 130
(at 20 entries a page) no channel has a second page.
"""

from __future__ import annotations

import json
import re
import ssl
import tempfile
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs

from . import sister_pages, sisters, ways
from .answers import Answer, Answers, Options
from .certificate import write_certificate
from .links import View, view_of
from .server import Server
from .sisters import SISTERS, Sister, Stories, sister_of
from .truth import truth
from .world import BEIJING, HOSTS, World

__all__ = ["Replica", "Request"]

_HELP = """The replica's own pages, on every host:
/-/truth.json               what a right crawler finds under the Host asked (bodies and all)
/-/log.json                 the requests so far: [monotonic seconds, method, host, path, status]
/-/clock                    the time
/-/clock?advance=24h        move the clock: 30m, 24h, 7d (GET or POST)
/-/clock?to=2025-10-03T08:00:00+08:00     (or %2B08:00)
"""
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Request(NamedTuple):
    """One request as the replica saw it; ``at`` is ``time.monotonic()`` of its arrival."""

    at: float
    method: str
    host: str
    path: str
    status: int


class Replica:
    """The running site; start and stop it with ``with``.

    ``articles``: how many www lists at the start (finance has a sixth of it besides); ``delay``:
    seconds before every answer; ``robots``: ``ok``, ``deny``, ``404`` or ``503``; ``weight``: KB of
    styles and scripts in desktop pages; ``per_page``: entries of a listing page; ``per_day``: articles
    that www publishes a day (finance a sixth of it besides); ``shared``: whether every ninth article
    stands in two channels; ``validators``: whether pages have an ETag and a Last-Modified; ``bare``: the
    sister site to be seen at ``site.url`` instead of www; ``broken``: whether the feeds, sitemaps and JSON of
    the sister that has some are not as they should be.
    """

    def __init__(
        self,
        articles: int = 500,
        seed: int = 1,
        *,
        faults: bool = True,
        port: int = 0,
        delay: float = 0.0,
        robots: str = "ok",
        crawl_delay: float | None = None,
        weight: int = 20,
        per_page: int = 20,
        per_day: int | None = None,
        shared: bool = True,
        validators: bool = True,
        bare: str | None = None,
        broken: bool = False,
    ) -> None:
        if articles < 1 or per_page < 1:
            raise ValueError("articles and per_page must be at least 1")
        if per_day is not None and not 1 <= per_day <= 40_000:
            raise ValueError(f"per_day={per_day}; expected 1 to 40000")
        if robots not in {"ok", "deny", "404", "503"}:
            raise ValueError(f"robots={robots!r}; expected ok, deny, 404 or 503")
        if bare is not None and sister_of(bare) is None:
            known = ", ".join(sister.host for sister in SISTERS)
            raise ValueError(f"bare={bare!r} is no sister site; expected one of {known}")
        self._bare = sister_of(bare) if bare else None
        self._broken = broken
        self._stories = {sister: Stories(sister, seed, max(12, articles // 3)) for sister in SISTERS}
        self.world = World(articles, seed, faults, per_page, per_day=per_day, shared=shared)
        self.delay, self.requests = delay, list[Request]()
        self._answers = Answers(self.world, Options(weight, robots, crawl_delay, validators))
        self._lock = threading.RLock()
        self._wanted_port = port
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="replica-")
        self.certificate, key = write_certificate(
            Path(self._folder.name), [*HOSTS, *(host for sister in SISTERS for host in sister.hosts)]
        )
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        try:
            self._server = Server(self._wanted_port, self, tls)
        except OSError:
            self._folder.cleanup()
            raise
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.stop()
        self._thread.join()
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """The environment variables with which another process reaches the real names here."""
        proxy = f"http://127.0.0.1:{self.port}"
        return {
            "http_proxy": proxy,
            "https_proxy": proxy,
            "SSL_CERT_FILE": str(self.certificate),
            "no_proxy": "",
        }

    def truth(self, host: str | None = None) -> dict[str, Any]:
        """What a right crawler finds now: under ``site.url``, or with ``host`` under the real names."""
        host = host or f"127.0.0.1:{self.port}"
        view, sister = view_of(host), self.sister_for(host)
        if sister is not None:
            base = f"http://{host}" if view else f"https://{sister.host}"
            with self._lock:
                return sisters.truth(self._stories[sister], self.world.now, base)
        if view is None:
            raise ValueError(f"{host!r} is no host of the replica; expected one of {', '.join(HOSTS)}")
        with self._lock:
            return truth(self.world, view)

    def set_clock(self, moment: datetime) -> None:
        """Set the site's time (without a zone: Beijing's); publishes and edits what is due."""
        with self._lock:
            self.world.set_clock(moment if moment.tzinfo else moment.replace(tzinfo=BEIJING))
            self._answers.forget()

    def advance(self, **span: float) -> None:
        """Move the clock on: ``advance(hours=24)``, as ``timedelta`` takes it."""
        self.set_clock(self.world.now + timedelta(**span))

    def reset_log(self) -> None:
        """Forget the requests so far."""
        self.requests.clear()

    def reset_faults(self) -> None:
        """Let every "then fine" fault strike again."""
        self._answers.attempts.clear()
        self._answers.forget()

    # --- for the server

    def answer(self, view: View, path: str, query: str) -> Answer:
        """What to answer; one at a time, so that the clock never moves in the middle of a page."""
        with self._lock:
            return self._answers.answer(view, path, query)

    def sister_for(self, host: str) -> Sister | None:
        """The sister site that a Host header means; at our own address the one asked for."""
        view = view_of(host)
        return self._bare if view is not None and view.direct else sister_of(host)

    def answer_sister(self, sister: Sister, host: str, path: str, query: str) -> Answer:
        """What a sister site answers under ``host``, a Host header."""
        view, stories = view_of(host), self._stories[sister]
        base = f"http://{host}" if view is not None and view.direct else f"https://{sister.host}"
        if path == "/robots.txt":
            rules = self._answers.robots()
            named = ways.robots(base).encode() if sister.other_ways and rules.status == 200 else b""
            return replace(rules, body=rules.body + named)
        with self._lock:
            now, drawn = self.world.now, None
            if sister.other_ways:
                drawn = ways.draw(stories, now, base, path, query, self._broken)
            if drawn is None:
                drawn = sister_pages.draw(stories, now, path, query)
        if drawn is None:
            return Answer(404, b"<html><body><h1>404</h1></body></html>")
        return Answer(200, drawn.body, drawn.content_type, modified=drawn.modified)

    def log(self, at: float, method: str, host: str, path: str, status: int) -> None:
        """Note a request."""
        self.requests.append(Request(at, method, host, path, status))

    def control(self, view: View, path: str, query: str) -> Answer:
        """The pages under ``/-/``."""
        match path:
            case "/-/truth.json":
                with self._lock:
                    return _json(truth(self.world, view))
            case "/-/log.json":
                return _json(self.requests)
            case "/-/clock":
                return self._clock(parse_qs(query.replace("+", "%2B")))
            case "/-/":
                return Answer(200, _HELP.encode(), "text/plain; charset=utf-8")
        return Answer(404, _HELP.encode(), "text/plain; charset=utf-8")

    def _clock(self, fields: dict[str, list[str]]) -> Answer:
        try:
            if "advance" in fields:
                span = re.fullmatch(r"(\d+)([mhd])", fields["advance"][0], re.ASCII)
                if span is None:
                    raise ValueError("advance is a number and m, h or d, such as 24h")
                self.advance(**{_UNITS[span[2]]: int(span[1])})
            elif "to" in fields:
                self.set_clock(datetime.fromisoformat(fields["to"][0]))
        except (ValueError, OverflowError) as error:
            return Answer(400, f"{error}\n".encode(), "text/plain; charset=utf-8")
        return _json({"now": self.world.now.isoformat()})


def _json(value: object) -> Answer:
    return Answer(200, json.dumps(value, ensure_ascii=False).encode(), "application/json")
