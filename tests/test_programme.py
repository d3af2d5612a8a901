"""The optimiser: against every vertex, against a fine search, against another solver."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from etfcompare.portfolio.programme import Programme, factor_of, slope, solve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SEEDS = range(25)


def programme(
    gain: Sequence[float] | Array,
    *,
    rows: Sequence[Sequence[float]] | Array = (),
    most: Sequence[float] | Array = (),
    covariance: Array | None = None,
    cap: float | None = None,
) -> Programme:
    """Weights that sum to 1 and are not below zero."""
    count = len(gain)
    risk = np.zeros((0, count)) if covariance is None else factor_of(covariance)
    return Programme(
        gain=np.array(gain, float),
        least=np.zeros(count),
        largest=np.full(count, math.inf),
        rows=np.array(rows, float).reshape(-1, count),
        most=np.array(most, float),
        whole=np.ones(count),
        total=1.0,
        risk=risk,
        start=np.zeros(len(risk)),
        cap=cap,
    )


def random_programme(seed: int, *, is_risky: bool) -> Programme:
    """A few weights, the last of them without risk, under a few limits that it keeps to alone."""
    chance = np.random.default_rng(seed)
    count, limits = int(chance.integers(3, 6)), int(chance.integers(0, 4))
    loads = chance.normal(size=(count, count)) * 0.3
    loads[:, -1] = 0.0
    rows = chance.uniform(-0.3, 1.0, size=(limits, count))
    rows[:, -1] = np.minimum(rows[:, -1], 0.0)
    return programme(
        chance.uniform(-0.02, 0.08, size=count),
        rows=rows,
        most=chance.uniform(0.05, 0.7, size=limits),
        covariance=loads.T @ loads,
        cap=float(chance.uniform(0.02, 0.2)) if is_risky else None,
    )


def vertices(found: Programme) -> Iterator[Array]:
    """Every point at which as many limits hold as there are weights, if it keeps to the others."""
    count = len(found.gain)
    sides = np.vstack([found.rows, -np.eye(count)])
    most = np.concatenate([found.most, np.zeros(count)])
    for chosen in map(list, combinations(range(len(most)), count - 1)):
        matrix = np.vstack([sides[chosen], found.whole])
        if abs(np.linalg.det(matrix)) > 1e-9:
            x = np.linalg.solve(matrix, np.append(most[chosen], found.total))
            if (sides @ x <= most + 1e-9).all():
                yield x


def rise(found: Programme, x: Array, looser: Array, looser_cap: float) -> float:
    return slope(found, x, looser=looser, raised=np.zeros(len(x)), looser_cap=looser_cap)


def best_of(found: Programme) -> float:
    x = solve(found)
    assert x is not None
    assert found.room(x).min(initial=0.0) >= -1e-9
    assert x.min() >= -1e-9
    assert x.sum() == pytest.approx(1, abs=1e-9)
    assert found.cap is None or found.deviation(x) <= found.cap + 1e-9
    return float(found.gain @ x)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_vertex_of_a_linear_programme_gains_more(seed: int) -> None:
    found = random_programme(seed, is_risky=False)
    assert best_of(found) == pytest.approx(max(found.gain @ x for x in vertices(found)), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_mix_of_two_risks_found_by_fine_search_gains_more(seed: int) -> None:
    chance = np.random.default_rng(seed)
    one, other, together = *chance.uniform(0.3, 1.0, size=2), chance.uniform(-0.9, 0.95)
    covariance = np.zeros((3, 3))
    covariance[:2, :2] = [[one**2, together * one * other], [together * one * other, other**2]]
    gain, cap = chance.uniform(0.0, 0.08, size=3), float(chance.uniform(0.01, 0.5))
    shares = np.linspace(0, 1, 400_001)
    mixes = np.stack([shares, 1 - shares])
    deviations = np.sqrt(np.einsum("in,ij,jn->n", mixes, covariance[:2, :2], mixes))
    sizes = np.minimum(1.0, cap / deviations)
    gains = gain[2] + sizes * ((gain[:2] - gain[2]) @ mixes)
    best = max(float(gains.max()), gain[2])
    if max(gain[:2]) > gain[2]:  # else a mix of both risks without cash cannot be the best
        found = best_of(programme(gain, covariance=covariance, cap=cap))
        assert found == pytest.approx(best, abs=1e-6)
        assert found >= best - 1e-9


@pytest.mark.parametrize("seed", range(100, 160))
def test_another_solver_finds_the_same(seed: int) -> None:
    found = random_programme(seed, is_risky=True)
    ours = best_of(found)
    start = np.zeros(len(found.gain))
    start[-1] = 1.0
    cap = found.cap
    assert cap is not None
    theirs = minimize(
        lambda x: -1e2 * found.gain @ x,
        start,
        jac=lambda _x: -1e2 * found.gain,
        method="SLSQP",
        bounds=[(0, None)] * len(start),
        constraints=[
            {"type": "eq", "fun": lambda x: x.sum() - 1},
            {"type": "ineq", "fun": found.room},
            {"type": "ineq", "fun": lambda x: cap**2 - found.deviation(x) ** 2},
        ],
        options={"ftol": 1e-13, "maxiter": 1000},
    )
    # It may end without progress at the optimum, and calls that no success.
    x = theirs.x
    assert found.room(x).min(initial=0.0) >= -1e-7
    assert found.deviation(x) <= cap + 1e-7
    assert ours == pytest.approx(float(found.gain @ x), abs=1e-6)


def test_nothing_keeps_to_limits_that_clash() -> None:
    assert solve(programme([0.05, 0.03], rows=[[1, 0], [-1, 0]], most=[0.2, -0.3])) is None
    covariance = np.diag([0.64, 0.0])
    held = programme([0.05, 0.03], rows=[[-1, 0]], most=[-0.1], covariance=covariance, cap=0.05)
    assert solve(held) is None
    assert solve(replace(held, cap=0.08)) is not None


def test_the_slope_at_a_corner_is_that_of_relaxing() -> None:
    # All of the second limit is taken by the first asset, whose own limit is just as far away.
    # Tightening the second would cost 2%, relaxing it lets the next best in: 1%.
    corner = programme([0.06, 0.05, 0.04], rows=[[1, 0, 0], [1, 1, 0]], most=[0.5, 0.5])
    x = solve(corner)
    assert x is not None
    assert rise(corner, x, np.array([0.0, 1.0]), 0.0) == pytest.approx(0.01)
    assert rise(corner, x, np.array([1.0, 0.0]), 0.0) == pytest.approx(0.0, abs=1e-12)
    assert rise(corner, x, np.array([1.0, 1.0]), 0.0) == pytest.approx(0.02)


def test_two_limits_that_hold_the_same_cost_nothing_alone() -> None:
    found = programme(
        [0.06, 0.04], rows=[[1, 0]], most=[0.0625], covariance=np.diag([0.64, 0.0]), cap=0.05
    )
    x = solve(found)
    assert x is not None
    assert rise(found, x, np.array([1.0]), 0.0) == pytest.approx(0.0, abs=1e-9)
    assert rise(found, x, np.array([0.0]), 1.0) == pytest.approx(0.0, abs=1e-9)
    assert rise(found, x, np.array([1.0]), 0.8) == pytest.approx(0.02)


def test_a_variable_at_its_largest_rises_with_it() -> None:
    found = replace(programme([0.06, 0.05, 0.04]), largest=np.array([0.3, 0.2, math.inf]))
    x = solve(found)
    assert x == pytest.approx([0.3, 0.2, 0.5])
    assert x is not None
    raised = np.array([1.0, 0.5, 0.0])
    found_slope = slope(found, x, looser=np.zeros(0), raised=raised, looser_cap=0.0)
    assert found_slope == pytest.approx(0.02 + 0.5 * 0.01)


def test_from_no_risk_at_all_the_slope_is_that_of_the_best_mix() -> None:
    covariance = np.zeros((3, 3))
    covariance[:2, :2] = [[0.64, 0.2], [0.2, 0.36]]
    found = programme([0.06, 0.05, 0.04], covariance=covariance, cap=0.0)
    x = solve(found)
    assert x == pytest.approx([0, 0, 1])
    assert x is not None
    over = np.array([0.02, 0.01])
    best = math.sqrt(over @ np.linalg.inv(covariance[:2, :2]) @ over)
    assert rise(found, x, np.zeros(0), 1.0) == pytest.approx(best, rel=1e-9)
    assert rise(found, x, np.zeros(0), 0.0) == 0.0


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_relaxed_by_a_hair_the_optimum_rises_by_the_slope(seed: int) -> None:
    found = random_programme(seed, is_risky=True)
    cap, x = found.cap, solve(found)
    assert cap is not None
    assert x is not None
    hair = 1e-5
    for place in range(len(found.most) + 1):
        looser = np.eye(len(found.most) + 1)[place]
        rate = rise(found, x, looser[:-1], looser[-1])
        freer = replace(found, most=found.most + hair * looser[:-1], cap=cap + hair * looser[-1])
        risen = best_of(freer) - float(found.gain @ x)
        assert risen == pytest.approx(rate * hair, rel=1e-2, abs=1e-9)  # it bends


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_a_factor_gives_back_the_covariance(seed: int) -> None:
    loads = np.random.default_rng(seed).normal(size=(3, 6))
    covariance = loads.T @ loads  # of half the rank
    factor = factor_of(covariance)
    assert np.abs(factor.T @ factor - covariance).max() < 1e-10
