"""How much is let pass that the rules of docs/patrol.md leave open: each with its reason."""

from __future__ import annotations

TIME_S = 1.0  # plans are kept to the second
NEAR_M = 10.0  # beyond what a rule says of places: positions told to four decimals of a degree
PACE = 0.01  # of speeds: rule 14
REACH = 0.01  # of links: reckoned on a sphere instead of the ellipsoid, distances are 0.6 % off
EDGE_M = 100.0  # a geodesic of 100 km leaves the line that is straight in degrees by so much at 25° N
PLACE_M = 2000.0  # rule 9
CELL_M = 3000.0  # rule 20
SAME_S = 10.0  # of what goes on unchanged (rule 26): nobody on board sees the difference
SAME_M = 2000.0  # what the fastest aircraft makes in that time
FIGURE = 0.005  # of `fresh`, `worst`, `hours`
