"""Grades of accuracy: the same vessels told as exactly as each kind of link can bear, cut and signed by the author.

A relay cannot cut anew what somebody else has signed. So an author cuts its vessels in as many grades as are wanted
somewhere, grade 0 with every change, the others only what the reader's dead reckoning gets wrong by more than the
grade's error; who passes them on over a thin link passes on the grade that fits it.
"""

from __future__ import annotations

from mihari.mesh.profiles import PROFILES, Profile

GRADES: tuple[Profile, ...] = tuple(PROFILES.values())  # grade k is that of the k-th kind of link


def grade_of(profile: Profile) -> int:
    """The grade that fits a link.

    >>> grade_of(PROFILES["lan"]), grade_of(PROFILES["satellite"])
    (0, 2)
    """
    return next(k for k, p in enumerate(GRADES) if p.name == profile.name)
