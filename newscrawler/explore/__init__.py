"""The archive in Datasette: a plugin, its metadata, pages of our own, and ``newscrawler serve``.

Imports of ours: ``archive`` and ``clock`` only. The plugin acts on archives (our application_id) alone;
whatever else a Datasette serves stays as its own templates have it.
"""
