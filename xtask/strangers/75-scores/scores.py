# RUN: python3 scores.py
# KIND: hangs
# CAUSE: grade() calls sys.exit() for a bad row; in a multiprocessing.Pool that ends the worker process itself, its task is lost, the pool starts a new worker but nobody ever delivers that result, so pool.map waits for ever. grade() must raise an ordinary exception (ValueError) or return an error value.
# MUST NOT SAY: that the pool has too few workers or that the work is slow.
import multiprocessing
import sys

ROWS = ["ann,12", "bob,9", "cleo,?", "dan,15", "eve,7"]


def grade(row):
    name, points = row.split(",")
    if not points.isdigit():
        sys.exit(f"bad points for {name}")
    return name, "pass" if int(points) >= 10 else "fail"


def main():
    with multiprocessing.Pool(2) as pool:
        for name, mark in pool.map(grade, ROWS, chunksize=1):
            print(f"{name:6} {mark}")


if __name__ == "__main__":
    main()
