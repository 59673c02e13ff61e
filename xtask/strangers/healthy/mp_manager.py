from multiprocessing import Manager, Process


def count(shared, lock, name):
    for _ in range(10):
        with lock:
            shared["total"] += 1
    shared[name] = "ok"


if __name__ == "__main__":
    with Manager() as m:
        shared, lock = m.dict(total=0), m.Lock()
        ps = [Process(target=count, args=(shared, lock, f"p{i}")) for i in range(3)]
        for p in ps:
            p.start()
        for p in ps:
            p.join()
        print(sorted(shared.items()))
