"""Python programs that come to no end, for tests/standstills.rs. Usage: python3 bank.py MODE."""

import multiprocessing
import os
import queue
import socket
import subprocess
import sys
import threading

ADDR = ("127.0.0.1", 8888)


def listens():
    client = socket.create_server(ADDR).accept()[0]
    client.recv(64)  # waits


def says_nothing():
    socket.create_connection(ADDR).recv(64)  # waits


def reads_to_the_end():
    client = socket.create_server(ADDR).accept()[0]
    while client.recv(64):  # waits
        pass
    client.send(b"ok")


def does_not_half_close():
    server = socket.create_connection(ADDR)
    server.send(b"hello")
    server.recv(64)  # waits


def accepts_for_ever():
    listener = socket.create_server(ADDR)
    while True:
        listener.accept()  # waits


def keeps_the_pipe():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        while os.read(reader, 64):  # waits
            pass
        os._exit(0)
    os.waitpid(child, 0)  # waits


def locks_twice():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()  # waits


def joins_a_receiver():
    items = queue.Queue()
    thread = threading.Thread(target=lambda: items.get())  # waits
    thread.start()
    thread.join()  # waits


def locks_in_a_thread():
    lock = threading.Lock()

    def work():
        with lock:
            with lock:  # waits
                print("never")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()  # waits


def reads_a_line():
    client = socket.create_server(ADDR).accept()[0]
    with client.makefile() as lines:
        for line in lines:  # waits
            print(line)


def sends_no_line():
    server = socket.create_connection(ADDR)
    server.sendall(b"hello")
    server.recv(64)  # waits


def receives_an_object():
    receiver, sender = multiprocessing.Pipe(duplex=False)
    if os.fork() == 0:
        receiver.recv()  # waits
        os._exit(sender.fileno())
    os.wait()  # waits


def waits_for_a_program():
    child = subprocess.Popen([sys.executable, __file__, "locks-twice"])
    child.wait()  # waits


def computes_in_a_function():
    def next_of(value):
        return value * 7 % 1000003  # spins

    value = 1
    while value:  # spins
        value = next_of(value)  # spins




globals()[sys.argv[1].replace("-", "_")]()
