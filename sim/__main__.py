"""``python -m sim`` is the command ``hinterland``."""

from __future__ import annotations

from sim.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
