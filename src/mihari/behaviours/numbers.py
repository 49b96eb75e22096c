"""Numbers that vessels tell -> whether anybody can have been given them. ITU-R M.585, ITU table of MID, IMO A.1117."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array

# maritime identification digits that are allocated to administrations: ITU, Table of Maritime Identification Digits
RANGES = (
    (201, 216), (218, 220), (224, 251), (252, 259), (261, 279), (301, 301), (303, 312), (314, 314), (316, 316),
    (319, 319), (321, 321), (323, 323), (325, 325), (327, 327), (329, 332), (334, 334), (336, 336), (338, 339),
    (341, 341), (343, 343), (345, 345), (347, 348), (350, 359), (361, 362), (364, 364), (366, 379), (401, 401),
    (403, 403), (405, 405), (408, 408), (410, 410), (412, 414), (416, 417), (419, 419), (422, 423), (425, 425),
    (428, 428), (431, 432), (434, 434), (436, 438), (440, 441), (443, 443), (445, 445), (447, 447), (450, 451),
    (453, 453), (455, 455), (457, 457), (459, 459), (461, 461), (463, 463), (466, 466), (468, 468), (470, 473),
    (475, 475), (477, 478), (501, 501), (503, 503), (506, 506), (508, 508), (510, 512), (514, 516), (518, 518),
    (520, 520), (523, 523), (525, 525), (529, 529), (531, 531), (533, 533), (536, 536), (538, 538), (540, 540),
    (542, 542), (544, 544), (546, 546), (548, 548), (550, 550), (553, 553), (555, 555), (557, 557), (559, 559),
    (561, 561), (563, 567), (570, 570), (572, 572), (574, 574), (576, 578), (601, 601), (603, 603), (605, 605),
    (607, 613), (615, 622), (624, 627), (629, 638), (642, 642), (644, 645), (647, 647), (649, 650), (654, 657),
    (659, 672), (674, 679), (701, 701), (710, 710), (720, 720), (725, 725), (730, 730), (735, 735), (740, 740),
    (745, 745), (750, 750), (755, 755), (760, 760), (765, 765), (770, 770), (775, 775),
)  # fmt: skip
ALLOCATED = np.zeros(1000, np.bool_)
for _first, _last in RANGES:
    ALLOCATED[_first : _last + 1] = True
# other first digits that a vessel may have (M.585 annex 1): 111 aircraft, 8 handheld, 970 to 974 distress, 98 craft
ALLOCATED[[111, *range(800, 900), 970, 972, 974, *range(980, 990)]] = True


def never_given(keys: Array) -> Array:
    """(n,) which vessel keys are an MMSI that nobody can have been given; keys of radar's vessels are none.

    >>> never_given(np.array([431000001, 217000001, 111111111, 123456789, 98, 1 << 41])).tolist()
    [False, True, True, True, True, False]
    """
    told = np.where(keys < 10**9, keys, 431_000_001)
    digits = told[:, None] // 10 ** np.arange(8, -1, -1) % 10
    ordered = np.sort(digits, axis=1)
    alike = (np.diff(ordered, axis=1) > 0).sum(axis=1) <= 1  # two digits in all: typed in to have something there
    steps = np.diff(digits, axis=1)
    counted = (steps == 1).all(axis=1) | (steps == -1).all(axis=1)
    return np.asarray((told > 0) & (~ALLOCATED[told // 1_000_000] | alike | counted))


def imo_is_wrong(imo: int) -> bool:
    """Whether a ship's IMO number has seven digits of which the last is not what the others demand, or not seven.

    >>> imo_is_wrong(9074729), imo_is_wrong(9074728), imo_is_wrong(12345), imo_is_wrong(0)
    (False, True, True, False)
    """
    if imo == 0:
        return False
    digits = [int(c) for c in str(imo)]
    if len(digits) != 7:
        return True
    return sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 != digits[6]
