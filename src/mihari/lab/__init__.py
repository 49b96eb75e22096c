"""For researchers: a tracker of exchangeable parts, loaders of recordings, tables in and out.

`LabTracker` is read and taken apart; `track_frame` runs the product's own tracker on a table.
"""

from mihari.lab.associations import BeliefPropagation, ExactJoint, NearestNeighbour
from mihari.lab.existences import Bernoulli, MOfN
from mihari.lab.gates import CircularGate, EllipsoidalGate
from mihari.lab.motions import ConstantVelocity, CoordinatedTurn, Modes, usual_modes
from mihari.lab.parts import Association, Belief, Existence, Gate, Motion, Scan, everywhere
from mihari.lab.planes import polar_covariances, scan_of, tracks_of
from mihari.lab.tables import track_frame
from mihari.lab.tracker import Held, LabTracker

__all__ = [
    "Association",
    "Belief",
    "BeliefPropagation",
    "Bernoulli",
    "CircularGate",
    "ConstantVelocity",
    "CoordinatedTurn",
    "EllipsoidalGate",
    "ExactJoint",
    "Existence",
    "Gate",
    "Held",
    "LabTracker",
    "MOfN",
    "Modes",
    "Motion",
    "NearestNeighbour",
    "Scan",
    "everywhere",
    "polar_covariances",
    "scan_of",
    "track_frame",
    "tracks_of",
    "usual_modes",
]
