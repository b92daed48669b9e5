"""What counts as what, and how much of it there is: pure functions of arrays, no draws.

=================  ==========================================================================
module             what it says
=================  ==========================================================================
``criteria``       the thresholds of the definitions, as the 2015 report printed them
``recognition``    which villages, towns and clusters count as Taobao villages, towns, clusters
``patterns``       the counts by year and from one year to the next that a run should reproduce
``observed``       the same counts for the published lists of 2014 and 2015
``concentration``  rank and size, power-law exponent, Gini, Herfindahl, Theil, Lorenz
``poverty``        villages in poor counties, households lifted above the line
``sales``          shops and sales bands of recognised villages
``spatial``        Moran's I and join counts (needs the extra ``spatial``)
=================  ==========================================================================
"""
