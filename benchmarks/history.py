"""Measure how long ten years of daily flows of many funds take to read, pandas and all.

    python benchmarks/history.py [--funds 500] [--years 10] [--rounds 5]

Each round is a process of its own, since loading pandas is part of what a user waits for.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

READ = """
from pathlib import Path
from time import perf_counter
from etfcompare.catalogue.schema import Catalogue, History
from etfcompare.history.tables import read_history

catalogue = Catalogue(history=History(flows="flows.csv"))
begun = perf_counter()
found = read_history(catalogue, Path.cwd())
seconds = perf_counter() - begun
assert not found.problems
print(seconds, sum(map(len, found.flows.values())))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--funds", type=int, default=500)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "flows.csv")
        path.write_text(flows_text(options.funds, options.years))
        size = path.stat().st_size / 1024**2
        runs = [
            subprocess.run(
                [sys.executable, "-c", READ], cwd=folder, capture_output=True, text=True, check=True
            ).stdout.split()
            for _ in range(options.rounds)
        ]
    seconds = [float(run[0]) for run in runs]
    rows = int(runs[0][1])
    print(
        f"{rows:,} daily flows, {size:,.0f} MiB: {min(seconds):.2f} s at best, "
        f"{statistics.median(seconds):.2f} s in the middle of {len(runs)}"
    )


def flows_text(funds: int, years: int) -> str:
    """Return a file of daily flows, weekdays only."""
    chance = Random(1)  # noqa: S311 - the same flows each time
    first = date(2016, 1, 4)
    days = [first + timedelta(days=number) for number in range(365 * years)]
    rows = (
        f"{day},product,F{fund:03},{chance.randrange(-(10**9), 10**9) / 10}"
        for day in days
        if day.isoweekday() <= 5
        for fund in range(funds)
    )
    return "\n".join(("period,scope,name,net_flow_usd", *rows)) + "\n"


if __name__ == "__main__":
    main()
