"""Which version of the rules reads a page: crawls, imports and re-extractions note it."""

from __future__ import annotations

import inspect
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings

import newscrawler
from newscrawler import sitefile
from newscrawler.crawl.reread import chain_names


def rules_version(settings: BaseSettings) -> str:
    """The release and a digest of everything that decides what a page says: another text, another version.

    That is extraction, addresses, the sites' data, the spiders (zone, hints) and the pipelines up to the
    first that needs a crawl.
    """
    package = Path(newscrawler.__file__).parent
    sources = [
        *(package / f"{name}.py" for name in ("identity", "items", "sitefile")),
        *sorted((package / "extract").glob("*.py")),
    ]
    sources += sorted(sitefile.SITES_FOLDER.glob("*.toml"))
    sources += [Path(inspect.getfile(cast(type, load_object(name)))) for name in chain_names(settings)]
    found = [find_spec(module) for module in settings.getlist("SPIDER_MODULES")]
    sources += [Path(spec.origin) for spec in found if spec is not None and spec.origin]
    digest = blake2b(digest_size=4)
    for source in sources:
        digest.update(source.read_bytes())
    return f"{newscrawler.__version__}+{digest.hexdigest()}"


def rules_version_of_project() -> str:
    """rules_version() of the settings that a crawl would take."""
    return rules_version(get_project_settings())
