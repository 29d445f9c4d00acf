"""Starts the command line; the entry point of the `crew` command and of `python -m crew`."""

import sys

from crew.cli.main import run


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
