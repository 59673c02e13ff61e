# RUN: python3 bank.py
# KIND: hangs
# CAUSE: transfer() locks the source account first and the target second; the two threads transfer in opposite directions, so each holds the lock that the other one wants (deadlock). transfer() must take the two locks in one fixed order, e.g. sorted by account name.
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import sleep


@dataclass
class Account:
    name: str
    balance: int
    lock: Lock = field(default_factory=Lock)


def transfer(src: Account, dst: Account, amount: int) -> None:
    with src.lock:
        sleep(0.2)  # ask the rating agency
        with dst.lock:
            src.balance -= amount
            dst.balance += amount
            print(f"{src.name} -> {dst.name}: {amount}")


def main():
    ann = Account("ann", 100)
    bob = Account("bob", 100)
    jobs = [
        Thread(target=transfer, args=(ann, bob, 30), name="ann-to-bob"),
        Thread(target=transfer, args=(bob, ann, 10), name="bob-to-ann"),
    ]
    for j in jobs:
        j.start()
    for j in jobs:
        j.join()
    print(ann.balance, bob.balance)


main()
