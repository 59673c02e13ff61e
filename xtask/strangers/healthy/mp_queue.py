import multiprocessing as mp


def worker(jobs, results):
    for n in iter(jobs.get, None):
        results.put((n, n * n))


if __name__ == "__main__":
    jobs, results = mp.Queue(), mp.Queue()
    workers = [mp.Process(target=worker, args=(jobs, results)) for _ in range(3)]
    for w in workers:
        w.start()
    for n in range(20):
        jobs.put(n)
    for _ in workers:
        jobs.put(None)
    print(sorted(results.get() for _ in range(20)))
    for w in workers:
        w.join()
