"""`python -m gateproof`."""

import sys

from gateproof.cli import main

if __name__ == "__main__":
    sys.exit(main())
