"""Linear programmes with one bound on a deviation; the only module that loads scipy.

Maximise gain'x under linear rows, bounds and |start + risk x| <= cap. All but the last is a linear
programme; the last is met by cutting planes (methodology 5): where a solution deviates too much,
the tangent there becomes a row. Where the vertices close in on a smooth optimum, that optimum is
computed at once from the rows that hold it, and the next vertex proves that nothing is better.

It knows numbers only: what they mean is for others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from etfcompare.errors import EtfcompareError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

TIGHT: Final = 1e-9
"""A row with less room than this holds the solution."""
_EXACT: Final = 1e-11
"""What a gain may be short of the best."""
_NOISE: Final = 1e-10
"""What a deviation may be above its cap: as exact as the solver is."""
_FAR: Final = 1e4
"""Longer than any step that a deviation of one leaves room for, in units of weight."""
_ROUNDS: Final = 200
_OPTIMAL, _INFEASIBLE, _UNBOUNDED = 0, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Programme:
    """What is maximised, and under what."""

    gain: Array
    """Of a unit of each variable."""
    least: Array
    """Of each variable."""
    largest: Array
    """Of each variable."""
    rows: Array
    """Coefficients of the variables, a row for each limit."""
    most: Array
    """What each row comes to at most."""
    whole: Array
    """Coefficients of the variables in the sum that is given."""
    total: float
    """That sum."""
    risk: Array
    """How each variable moves each independent risk."""
    start: Array
    """The risks where all variables are zero."""
    cap: float | None
    """Length of the vector of risks at most; None for any."""

    def deviation(self, x: Array) -> float:
        """Return the length of the vector of risks."""
        return math.sqrt(float(((self.start + self.risk @ x) ** 2).sum()))

    def room(self, x: Array) -> Array:
        """Return what each row still leaves."""
        found: Array = self.most - self.rows @ x
        return found

    def with_tangent(self, x: Array) -> Programme:
        """Return the programme with a row that the deviation at a point touches there."""
        import numpy as np  # noqa: PLC0415 - only when a programme is solved

        assert self.cap is not None
        risks = self.start + self.risk @ x
        normal = risks / self.deviation(x)
        return replace(
            self,
            rows=np.vstack([self.rows, normal @ self.risk]),
            most=np.append(self.most, self.cap - normal @ self.start),
        )


def factor_of(covariance: Array) -> Array:
    """Return F with F'F = the covariance, so that |F a| is the deviation of the weights a."""
    import numpy as np  # noqa: PLC0415 - likewise

    values, vectors = np.linalg.eigh(covariance)
    # A root makes much of rounding: what is next to nothing beside the rest is nothing.
    values[values < values.max(initial=0.0) * 1e-14] = 0.0
    found: Array = (vectors * np.sqrt(values)).T
    return found


def solve(programme: Programme) -> Array | None:
    """Return variables that gain most, to 1e-9; None if nothing keeps to all of the limits.

    Raises:
        EtfcompareError: It does not come to rest, which no sensible programme does.
    """
    best: Array | None = None
    cut = programme
    for _ in range(_ROUNDS):
        x = _vertex(cut)
        if x is None:
            return None
        if programme.cap is None or programme.deviation(x) <= programme.cap + _NOISE:
            return x
        smooth = _smooth(programme, cut, x)
        cut = cut.with_tangent(x)
        if smooth is not None:
            if best is None or programme.gain @ smooth > programme.gain @ best:
                best = smooth
            if programme.deviation(smooth) > 0:
                cut = cut.with_tangent(smooth)
        if best is not None and programme.gain @ (x - best) <= _EXACT:
            return best
    raise EtfcompareError("the allocation does not come to rest; relax a limit")


def slope(
    programme: Programme, x: Array, *, looser: Array, raised: Array, looser_cap: float
) -> float:
    """Return by how much the most gain rises for each unit that limits are relaxed by.

    It is the derivative to the right, also at corners: what the best step gains that keeps to all
    that holds the optimum, relaxed.

    Args:
        programme: What was solved.
        x: Its optimum.
        looser: What each row's `most` rises by, a unit.
        raised: What the largest of each variable rises by, a unit.
        looser_cap: What the cap on the deviation rises by, a unit.
    """
    import numpy as np  # noqa: PLC0415 - likewise

    tight = programme.room(x) <= TIGHT
    rows, most, far = programme.rows[tight], looser[tight], math.inf
    cap: float | None = None
    if programme.cap is not None and programme.deviation(x) >= programme.cap - TIGHT:
        if programme.cap <= TIGHT:  # the cap is a cone here, which has no tangent
            cap, far = looser_cap, _FAR
        else:
            risks = programme.start + programme.risk @ x
            rows = np.vstack([rows, risks @ programme.risk / programme.deviation(x)])
            most = np.append(most, looser_cap)
    is_full = programme.largest - x <= TIGHT
    if not (most > 0).any() and not (raised[is_full] > 0).any() and not cap:
        return 0.0
    step = replace(
        programme,
        least=np.where(x - programme.least <= TIGHT, 0.0, -far),
        largest=np.where(is_full, raised, far),
        rows=rows,
        most=most,
        total=0.0,
        start=np.zeros(len(programme.start)),
        cap=cap,
    )
    found = solve(step)
    return 0.0 if found is None else float(step.gain @ found)


def _vertex(programme: Programme) -> Array | None:
    """Return a solution of the linear part; None if there is none, or none is the best."""
    import numpy as np  # noqa: PLC0415 - likewise
    from scipy.optimize import linprog  # noqa: PLC0415 - half a second

    for is_presolved in (False, True):  # slower, but not led astray by rows that nearly agree
        found = linprog(
            -programme.gain,
            A_ub=programme.rows,
            b_ub=programme.most,
            A_eq=programme.whole[np.newaxis],
            b_eq=[programme.total],
            bounds=np.column_stack([programme.least, programme.largest]),
            method="highs" if is_presolved else "highs-ds",
            options={
                "presolve": is_presolved,
                "primal_feasibility_tolerance": 1e-10,
                "dual_feasibility_tolerance": 1e-10,
            },
        )
        if found.status in (_INFEASIBLE, _UNBOUNDED):
            return None
        if found.status == _OPTIMAL:
            x: Array = found.x
            return x
    raise EtfcompareError("the allocation cannot be solved; relax a limit")


def _smooth(programme: Programme, cut: Programme, x: Array) -> Array | None:
    """Return the best point on the curve of the cap that the rows at a vertex leave free.

    A linear gain on a ball, in the null space of the rows that are tight; None if that point is
    not one that the programme allows.
    """
    import numpy as np  # noqa: PLC0415 - likewise

    assert programme.cap is not None
    free = (x - programme.least > TIGHT) & (programme.largest - x > TIGHT)
    held = programme.rows[cut.room(x)[: len(programme.rows)] <= TIGHT]
    # What a row holds alone stays where it is; of many caps on one each, few are left to work on.
    alone = (held[:, free] != 0).sum(axis=1) == 1
    free &= ~(held[alone] != 0).any(axis=0)
    space = _null_space(np.vstack([held[~alone], programme.whole])[:, free])
    if not space.size:
        return None
    moved, gain = programme.risk[:, free] @ space, programme.gain[free] @ space
    risks = programme.start + programme.risk @ x
    inverse = np.linalg.pinv(moved, rcond=1e-12)
    quietest = -inverse @ risks
    left = programme.cap**2 - float(((risks + moved @ quietest) ** 2).sum())
    uphill = inverse @ (inverse.T @ gain)
    size = math.sqrt(max(float(gain @ uphill), 0.0))
    if left < 0 or not size or np.abs(moved.T @ (moved @ uphill) - gain).max() > TIGHT:
        return None
    found = x.copy()
    found[free] += space @ (quietest + uphill * (math.sqrt(left) / size))
    is_within = (
        (found >= programme.least - _NOISE).all()
        and (found <= programme.largest + _NOISE).all()
        and (programme.room(found) >= -_NOISE).all()
    )
    return found if is_within else None


def _null_space(matrix: Array) -> Array:
    """Return a basis of what the matrix takes to zero, in columns."""
    import numpy as np  # noqa: PLC0415 - likewise

    _, sizes, vectors = np.linalg.svd(matrix)
    rank = int((sizes > TIGHT).sum())
    found: Array = vectors[rank:].T
    return found
