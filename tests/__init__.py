"""Tests; a package so that shared pieces are imported as ``tests.<folder>.<module>``."""
