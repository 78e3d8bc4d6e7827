"""``scrapy genspider``: Scrapy's own, and with ``-t family`` a site of the family, which takes two files."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from scrapy.commands.genspider import Command as ScrapyGenspider
from scrapy.exceptions import UsageError

from newscrawler import identity, sitefile

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
FAMILY = "family"
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?(?:/|$)", re.ASCII)
"""A server on this machine, which speaks plain http."""

NEXT = """and its addresses in:
  {addresses}
Next:
  newscrawler try --explain URL                 is everything found on an article of the site?
  newscrawler freeze URL plain                  keep that article as a test of the site
  scrapy crawl {name} -a max_listing_pages=1    the newest page of every channel
docs/adding-a-site.md has the rest."""


class Command(ScrapyGenspider):
    """Write a new spider; our template stands beside Scrapy's own."""

    def long_desc(self) -> str:
        """What ``scrapy genspider --help`` says."""
        return "Write a new spider. A site of the family: scrapy genspider -t family NAME www.news.example"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """As Scrapy does; a site of the family needs a name that can be its id everywhere."""
        if opts.template == FAMILY and len(args) == 2 and not (opts.list or opts.dump):
            args = [args[0], _checked(*args)]
        super().run(args, opts)

    def _generate_template_variables(
        self, module: str, name: str, url: str, template_name: str
    ) -> dict[str, Any]:
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"
        return {**super()._generate_template_variables(module, name, url, template_name), "home": home}

    def _genspider(
        self, module: str, name: str, url: str, template_name: str, template_file: str | os.PathLike[str]
    ) -> Path:
        spider = super()._genspider(module, name, url, template_name, template_file)
        if template_name == FAMILY:
            addresses = sitefile.SITES_FOLDER / f"{name}.toml"
            addresses.write_text(_addresses_of(url), encoding="utf-8")
            print(
                NEXT.format(addresses=addresses.relative_to(sitefile.SITES_FOLDER.parent.parent), name=name)
            )
        return spider

    def _find_template(self, template: str) -> Path | None:
        ours = TEMPLATES / "spiders" / f"{template}.tmpl"
        return ours if ours.is_file() else super()._find_template(template)

    def _list_templates(self) -> None:
        super()._list_templates()
        print("\n".join(f"  {file.stem}" for file in sorted((TEMPLATES / "spiders").glob("*.tmpl"))))


def _checked(name: str, domain: str) -> str:
    """The home page's address; UsageError for a name that is no good as file, spider and site, for what is
    no host, and for one that has its site already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(
            f"{name!r} cannot name a site; expected small letters, digits and _, since the name is that of "
            "its file as well",
            print_help=False,
        )
    scheme = "http" if _LOOPBACK.match(domain) else "https"
    url = domain if "://" in domain else f"{scheme}://{domain}"
    try:
        identity.address(url)
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", host):
        raise UsageError(
            f"{domain!r} is no host; expected such as www.news.example, or the address of a home page",
            print_help=False,
        )
    host = _host(url)
    owner = next((site.id for site in sitefile.SITES if host in site.hosts), name)
    if owner != name:
        raise UsageError(
            f"{host} belongs to the site {owner!r} (newscrawler/sites/{owner}.toml)", print_help=False
        )
    return url


def _host(url: str) -> str:
    """The host as the site's file names it: with the port, where that is not the scheme's own."""
    parts = urlsplit(url)
    own = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.hostname}:{parts.port}" if parts.port not in (None, own) else parts.hostname or ""


def _addresses_of(url: str) -> str:
    """The text of the site's file in ``newscrawler/sites``: a www host has the bare one as its alias."""
    host = _host(url)
    aliases = f'"{host.removeprefix("www.")}"' if host.startswith("www.") else ""
    template = (TEMPLATES / "sites" / "family.toml.tmpl").read_text(encoding="utf-8")
    return Template(template).substitute(domain=host, aliases=aliases)
