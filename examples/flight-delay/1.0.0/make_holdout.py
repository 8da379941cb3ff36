"""Writes data/holdout.csv: the rows that training never sees."""

import csv
import hashlib
from pathlib import Path

from data import HOLDOUT, split

HERE = Path(__file__).resolve().parent


def main() -> None:
    header, _, rows = split()
    path = HERE / HOLDOUT
    path.parent.mkdir(exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"wrote {len(rows)} rows to {HOLDOUT}, sha256 {digest} (to be named in mops.yaml)")


if __name__ == "__main__":
    main()
