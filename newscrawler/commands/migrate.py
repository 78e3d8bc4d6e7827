"""``newscrawler migrate``."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_writing, in_words


@click.command()
@ARCHIVE_OPTION
def migrate(archive: Path) -> None:
    """Bring an archive that an older newscrawler made up to date, now instead of at the next crawl.

    It is copied first, to a file beside it; then all is done or nothing. An archive that is up to date
    stays as it is. Code 75 while a crawl has it.

    \b
    Example:
        newscrawler migrate --archive old.db
    """
    from newscrawler.archive.open import copy_before, pending_migrations

    with in_words(archive):
        pending = pending_migrations(archive)
    if not pending:
        click.echo(f"{archive} is up to date.")
        return
    with for_writing(archive, "newscrawler migrate"):
        click.echo(f"{archive} is up to date now: {', '.join(pending)}.")
    click.echo(f"As it was before: {copy_before(archive, pending)}. Delete it when you are content.")
