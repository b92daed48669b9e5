"""Calibration: what is to be reproduced, from which priors, by which method, and how well it is.

=================  ==========================================================================
module             what it says
=================  ==========================================================================
``targets``        the facts to reproduce: values and bounds, each with error, date and source
``history``        what runs and published lists have in common: counts by year and county
``lists``          later lists of Taobao villages that a user brings
``statistics``     how each target is computed from a history
``scores``         how well counts of places were predicted
``opponents``      two simple predictions of 2015 that a model must beat
``validation``     bands of an ensemble beside the facts, scores beside the opponents
``goals``          what a good model of the country reaches
``priors``         the free parameters and where they may lie
``simulations``    runs at points of the priors, kept in a store
``evidence``       what a fit sees of runs and facts
``emulator``       each statistic as a smooth function of the parameters
``sampling``       draws from the posterior under the emulator
``fit``            the whole calibration, in rounds
``posterior``      its result: summary, draws, files
``recovery``       simulate and recover: coverage, and which parameters the facts inform
``holdout``        a province predicted without its own facts
``alternatives``   rival models side by side, by predictive score
``libraries``      what must be installed beside the package
=================  ==========================================================================
"""

from __future__ import annotations
