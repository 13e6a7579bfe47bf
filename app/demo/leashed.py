"""How does a part of the demonstration end with it, even by kill -9? `python -m app.demo.leashed PARENT MODULE`."""

import os
import runpy
import signal
import sys

from app.demo.signals import signal_at_death_of_parent


def main() -> None:
    """Run the module as `python -m` does; it gets SIGTERM when the process PARENT dies."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    signal_at_death_of_parent(signal.SIGTERM)
    if os.getppid() != parent:  # It died before the line above.
        sys.exit("The demonstration is gone.")
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
