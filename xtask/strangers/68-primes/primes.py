# RUN: python3 primes.py
# KIND: hangs
# CAUSE: main joins the process before it takes the big result out of the multiprocessing.Queue; the child's feeder thread is stuck writing into the full pipe, so the child cannot exit and join never returns. main must call results.get() first and join() afterwards.
# MUST NOT SAY: that the computation takes too long; the child prints "computed" and is done with it.
import multiprocessing as mp


def sieve(limit, out):
    flags = bytearray([1]) * limit
    flags[:2] = b"\0\0"
    for n in range(2, int(limit ** 0.5) + 1):
        if flags[n]:
            flags[n * n::n] = bytes(len(range(n * n, limit, n)))
    found = [i for i, f in enumerate(flags) if f]
    print("computed", flush=True)
    out.put(found)


if __name__ == "__main__":
    results = mp.Queue()
    p = mp.Process(target=sieve, args=(1_000_000, results))
    p.start()
    p.join()
    primes = results.get()
    print("there are", len(primes), "primes; the last is", primes[-1])
