# RUN: python3 report.py
# KIND: hangs
# CAUSE: report.py calls proc.wait() before it reads proc.stdout; the child prints more than the pipe's 64 KiB hold, blocks in write and so never exits. report.py must read while the child runs: out, _ = proc.communicate() (or subprocess.run with capture_output) instead of wait() then read().
# MUST NOT SAY: that the child is in an endless loop; it is stuck in a write into the full pipe.
import subprocess
import sys

CHILD = """
for n in range(9000):
    print(f"{n:06d} GET /index.html 200")
"""


def run_dump():
    proc = subprocess.Popen([sys.executable, "-c", CHILD],
                            stdout=subprocess.PIPE, text=True)
    code = proc.wait()
    if code != 0:
        raise SystemExit("dump failed")
    return proc.stdout.read().splitlines()


if __name__ == "__main__":
    lines = run_dump()
    print("lines in the log:", len(lines))
