"""What must hold whatever happens to the process, the machine, the disk or the site: one fault a function.

    python -m tests.chaos --rounds 50          all of it, some minutes; a table with counts
    python -m tests.chaos --only kill --seed 7

``tests/test_chaos.py`` runs the short form of every line.
"""
