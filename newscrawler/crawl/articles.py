"""Article pages: asked for once, with all parts, the mobile twin as a fallback, failures with their class."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from sqlite_utils import Database
from twisted.python.failure import Failure

from newscrawler import clock, identity
from newscrawler.archive import schedule, visits
from newscrawler.archive import session as sessions
from newscrawler.archive.absent import mark_absent
from newscrawler.archive.keytable import KeyTable
from newscrawler.archive.revisits import record_unmodified
from newscrawler.crawl.arguments import Arguments, parse
from newscrawler.crawl.conditional import (
    Validators,
    ask_if_changed,
    is_unmodified,
    whole_page_instead,
    without_conditions,
)
from newscrawler.crawl.failures import GONE_STATUSES, INTERRUPTED, classify
from newscrawler.crawl.multipart import next_part
from newscrawler.crawl.responses import content_type, ends_early, page_of
from newscrawler.items import DEFAULT_ZONE, ListingEntry, Page, Part

# What leaves first when several requests wait for the same host.
PENDING, LISTINGS, PARTS, ARTICLES, OLDER_LISTINGS, RELATED, REVISITS = 50, 40, 30, 20, 10, 5, 0

NOTHING_KNOWN = Validators()

NO_TWIN = frozenset({"robots", "throttled", "dns", "http_4xx", "offsite"})
"""Failures that the mobile twin would share, or that are an answer."""


class ArticleSpider(Spider):
    """What every spider of ours does with the address of an article, however it was found."""

    home_pages: ClassVar[tuple[str, ...]] = ()
    zone: ClassVar[str] = DEFAULT_ZONE
    page_hints: ClassVar[dict[str, str]] = {}
    """Optional CSS selectors by role (``body``): hints, never needed."""

    def __init__(self, *args: Any, **arguments: Any) -> None:
        self.arguments: Arguments = parse(arguments)
        self.given = {name: str(value) for name, value in arguments.items()}
        super().__init__(*args)
        starts = self.arguments.start_urls or self.home_pages
        self.start_urls = list(starts)
        hosts = {urlsplit(url).hostname or "" for url in starts}
        for url in starts:
            hosts |= {name.partition(":")[0] for name in identity.hosts_of(identity.site_of(url))}
        self.allowed_domains = sorted(hosts)
        self._seen = KeyTable("b")
        self.begun: set[str] = set()
        """Articles in several parts whose next part has been asked for."""

    def is_article(self, url: str) -> bool:
        """Whether ``url`` (absolute) has the shape of one of this site's articles; a hook of the site."""
        try:
            return identity.address(url).is_article and self._allowed(url)
        except ValueError:
            return False

    # --- asking ---------------------------------------------------------------------------------

    def _take(self, url: str) -> bool:
        """Whether this crawl has not asked for ``url`` (canonical) yet; from now on it has."""
        key = identity.key64(url)
        if self._seen.get(key):
            return False
        self._seen.put(key, 1)
        return True

    def _article_request(
        self,
        url: str,
        entry: ListingEntry | None,
        *,
        linked: str | None = None,
        priority: int = ARTICLES,
        again: bool = False,
        known: Validators = NOTHING_KNOWN,
    ) -> Request:
        """Ask for the article at ``url`` (canonical), which was found linked as ``linked``.

        ``again``: it was refused, gone or no article before, and is looked at once more.
        ``known``: of an archived article, by what to ask whether it changed.
        """
        request = Request(
            plain_http(url) if self._speaks_plain_http(url, linked) else url,
            callback=self.parse_article,
            errback=self.article_failed,
            priority=priority,
            cb_kwargs={"entry": entry, "linked": linked or url},
            meta={"article": url, "again": again},
            # _take() keeps apart what was asked for. Scrapy's own filter would also drop a redirect to an
            # address that was met before, and without a word: the article would be neither had nor failed.
            dont_filter=True,
        )
        return ask_if_changed(request, known)

    def _speaks_plain_http(self, url: str, linked: str | None) -> bool:
        """Who starts at an http:// address wants http: the canonical https form may not even answer.

        ``linked``: how a page shows the address. Where none does (a revisit), the start pages of a described
        site say it, whose canonical addresses are https in any case.
        """
        if linked:
            return linked.startswith("http:") and any(start.startswith("http:") for start in self.start_urls)
        site = identity.site_of(url)
        if not identity.hosts_of(site):
            return False
        starts = [start for start in self.start_urls if identity.site_of(start) == site]
        return bool(starts) and all(start.startswith("http:") for start in starts)

    # --- answers --------------------------------------------------------------------------------

    async def parse_article(
        self, response: Response, entry: ListingEntry | None = None, linked: str | None = None
    ) -> AsyncIterator[Request | Page]:
        """One article page; yielded when all its parts are there; ``scrapy parse`` gives no more than it."""
        if other := whole_page_instead(response):
            yield other
            return
        if is_unmodified(response):
            await self._article_unmodified(response.meta["article"])
            return
        if ends_early(response):
            await self._article_lost(
                response.request, "short_body", "the connection ended before the page did"
            )
            return
        page = page_of(response, linked=linked or response.url, zone=self.zone)
        page.hints, page.listed = dict(self.page_hints), entry
        for result in self._whole(page, response.meta.get("article") or identity.canonical(response.url)):
            yield result

    def _whole(self, page: Page, article: str) -> Iterable[Request | Page]:
        missing = next_part(page)
        if missing is None:
            self.begun.discard(article)
            yield page
            return
        self.begun.add(article)
        page.etag = page.last_modified = None  # they say nothing of the other parts
        yield Request(
            missing[1],
            callback=self.parse_part,
            errback=self.article_failed,
            priority=PARTS,
            cb_kwargs={"page": page},
            meta={"article": article, "part": missing[0]},
            dont_filter=True,
        )

    async def parse_part(self, response: Response, page: Page) -> AsyncIterator[Request | Page]:
        """A later part of an article."""
        if ends_early(response):
            await self._article_lost(
                response.request, "short_body", "the connection ended before the part did"
            )
            return
        self._count("article/parts")
        page.later_parts.append(Part(response.url, response.body, content_type(response)))
        page.aliases.append((response.url, "part"))
        for result in self._whole(page, response.meta["article"]):
            yield result

    async def article_failed(self, failure: Failure) -> AsyncIterator[Request]:
        """An article page (or a part) that could not be had: its mobile twin, else pending, with why."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kind, detail = classify(failure)
        if kind == INTERRUPTED:
            self._seen.put(identity.key64(request.meta["article"]), 0)
            self.begun.discard(request.meta["article"])
            return
        twin = None if "part" in request.meta else self._twin_of(request, kind)
        if twin:
            self._count("article/twin")
            yield without_conditions(request).replace(
                url=twin, meta={**_kept(request), "twin_for": (kind, detail)}
            )
            return
        response = getattr(failure.value, "response", None)
        # What the twin does not have is not gone: the page itself has failed, and may come back.
        final = "part" not in request.meta and "twin_for" not in request.meta
        if response is not None and response.status in GONE_STATUSES and final:
            await self._article_gone(request.meta["article"])
            return
        kind, detail = first_failure(request, kind, detail)
        await self._article_lost(request, kind, detail, seconds=getattr(failure.value, "seconds", 0.0))

    async def _article_unmodified(self, url: str) -> None:
        self._session.tally.note(url, "unchanged")
        self._session.tally.known_seen += 1
        self._count("article/not_modified")
        now, crawl_id = clock.now(), self._session.crawl_id
        after = schedule.spans(self.settings.getlist("REVISIT_AFTER_HOURS"))
        await self._session.write(
            lambda db: record_unmodified(db, url, seen_at=now, after=after, crawl_id=crawl_id, zone=self.zone)
        )

    async def _article_gone(self, url: str) -> None:
        now, crawl_id = clock.now(), self._session.crawl_id

        def job(db: Database) -> str:
            if mark_absent(db, url, crawl_id=crawl_id):
                return "absent"
            visits.mark_gone(db, url, now=now, crawl_id=crawl_id)
            return "gone"

        outcome = await self._session.write(job)
        self._session.tally.note(url, outcome)
        self._count(f"article/{outcome}")

    async def _article_lost(
        self, request: Request | None, kind: str, detail: str, seconds: float = 0.0
    ) -> None:
        assert request is not None
        url: str = request.meta["article"]
        self.begun.discard(url)
        if "part" in request.meta:
            detail = f"part {request.meta['part']}: {detail}"
        self._count(f"article/failed/{kind}")
        now, crawl_id = clock.now(), self._session.crawl_id
        disallowed = kind == "robots" and not seconds
        if disallowed and request.meta.get("again"):
            self._session.tally.note(url, "disallowed")  # said once, by the crawl that met it first
        else:
            self._session.tally.note(url, "failed")
            self._session.tally.errors[kind] += 1
        most, not_before = self.settings.getint("ATTEMPTS_MAX"), now + timedelta(seconds=seconds)
        await self._session.write(
            lambda db: visits.fail(
                *(db, url),
                error=kind,
                detail=detail,
                disallowed=disallowed,
                not_before=not_before,
                most=most,
                now=now,
                crawl_id=crawl_id,
            )
        )

    # --- small things ---------------------------------------------------------------------------

    def _twin_of(self, request: Request, kind: str) -> str | None:
        if "twin_for" in request.meta or kind in NO_TWIN:
            return None
        return identity.mobile_twin(request.url)

    def _allowed(self, url: str) -> bool:
        """Whether ``url`` may be asked for: an address (https://host:99999 is none) on one of our hosts."""
        try:
            identity.address(url)
            return (urlsplit(url).hostname or "") in self.allowed_domains
        except ValueError:
            return False

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"newscrawler/{name}")

    @property
    def _session(self) -> sessions.Session:
        return sessions.session_of(self.crawler)


def _kept(request: Request) -> dict[str, Any]:
    """What the request for a twin takes over; Scrapy's own notes (retries, slot) belong to the host."""
    return {name: request.meta[name] for name in ("article", "again") if name in request.meta}


def plain_http(url: str) -> str:
    """``url`` with http instead of https."""
    return "http:" + url.partition(":")[2]


def first_failure(request: Request, kind: str, detail: str) -> tuple[str, str]:
    """What is to be said of a failed request: for a twin, first why the page itself could not be had."""
    if "twin_for" not in request.meta:
        return kind, detail
    first, why = request.meta["twin_for"]
    return first, f"{why}; mobile twin: {detail}"
