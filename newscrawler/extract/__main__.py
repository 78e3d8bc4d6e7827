"""``python -m newscrawler.extract PAGE…``: the extraction alone, for trying rules out."""

import argparse
import sys

from newscrawler.extract.files import extract_files

parser = argparse.ArgumentParser(
    prog="python -m newscrawler.extract", description="Saved pages to lines of JSON."
)
parser.add_argument("pages", nargs="+", metavar="PAGE")
parser.add_argument("--listing", action="store_true")
parser.add_argument("--url")
parser.add_argument("--content-type")
given = parser.parse_args()
sys.exit(
    extract_files(
        given.pages,
        listing=given.listing,
        url=given.url,
        content_type=given.content_type,
        out=sys.stdout,
        err=sys.stderr,
    )
)
