"""Many runs of one question: ensembles, sweeps, paired comparisons and sensitivity, kept in a resumable store.

Modules load what they need when they are imported; this one stays light because every worker loads it.
"""

from __future__ import annotations
