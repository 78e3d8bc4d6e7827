"""The commands of ``newscrawler``, a file for each kind; cli.py puts them together."""
