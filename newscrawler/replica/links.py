"""Under which name a page is looked at, and how its links are written then."""

from __future__ import annotations

from dataclasses import dataclass

from .world import FINANCE, MOBILE, WWW, Article, Channel


@dataclass(frozen=True)
class View:
    """One way to look at the world: a host of the site, or the direct address (www alone)."""

    host: str
    """What stands in the address: a real name, or ``127.0.0.1:PORT``."""
    section: str
    """www or finance."""
    mobile: bool
    direct: bool

    def canonical(self, article: Article) -> str:
        """The canonical address of ``article`` for a crawl under this view."""
        return f"http://{self.host}{article.path}" if self.direct else f"https://{article.host}{article.path}"

    def listing(self, channel: Channel) -> str:
        """The address of ``channel``."""
        return f"http://{self.host}{channel.path}" if self.direct else f"https://{channel.host}{channel.path}"

    def home(self, section: str) -> str:
        """The address of a section's home page."""
        return f"http://{self.host}/" if self.direct else f"https://{section}/"

    def link(self, article: Article, form: int) -> str:
        """Spelling ``form`` of the link to ``article``: path, https, http, no scheme, mobile."""
        if self.direct or form % 5 == 0:
            local = self.direct or article.host == self.section
            host = self.host if local else article.host
            return (article.path, f"http://{host}{article.path}", f"//{host}{article.path}")[
                form % 3 if local else 1
            ]
        if form % 5 == 4:
            return f"https://{MOBILE[article.host]}{article.path}"
        return f"{('', 'https:', 'http:', '')[form % 5]}//{article.host}{article.path}"

    def image(self, article: Article, path: str) -> str:
        """The address of a picture of ``article``."""
        return f"http://{self.host}{path}" if self.direct else f"https://{article.host}{path}"


def view_of(host: str) -> View | None:
    """The view for a Host header's value, or None for a name that is not ours (the bare host redirects)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.lower()
    for section in (WWW, FINANCE):
        if name in {section, MOBILE[section]}:
            return View(name, section, mobile=name != section, direct=False)
    if name in {"127.0.0.1", "localhost"}:
        return View(host, WWW, mobile=False, direct=True)
    return None
