"""What ``newscrawler ledger``, ``retry`` and ``status`` say: facts of the archive as text and as JSON."""
