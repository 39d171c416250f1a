"""Private test servers for one clone of the repository.

Owns: which servers exist, how each is started, watched, killed and wiped, and the `STOWAGE_TEST_*`
variables that tell the tests where they are. Does not own: what the tests do with them.

Everything lives below `target/dev/`: `state.json` (ports, passwords, process ids), `logs/`, one folder
of data per server, and a Python environment. To add a server, write a `Service` in a module of its own
and list it in `catalogue.py`.
"""
