"""Python programs that come to no end, for tests/standstills.rs. Usage: python3 bank.py MODE."""

import os
import queue
import socket
import sys
import threading

ADDR = ("127.0.0.1", 8888)


def listens():
    client = socket.create_server(ADDR).accept()[0]
    client.recv(64)


def says_nothing():
    socket.create_connection(ADDR).recv(64)


def reads_to_the_end():
    client = socket.create_server(ADDR).accept()[0]
    while client.recv(64):
        pass
    client.send(b"ok")


def does_not_half_close():
    server = socket.create_connection(ADDR)
    server.send(b"hello")
    server.recv(64)


def accepts_for_ever():
    listener = socket.create_server(ADDR)
    while True:
        listener.accept()


def keeps_the_pipe():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        while os.read(reader, 64):
            pass
        os._exit(0)
    os.waitpid(child, 0)


def locks_twice():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def joins_a_receiver():
    items = queue.Queue()
    thread = threading.Thread(target=items.get)
    thread.start()
    thread.join()




globals()[sys.argv[1].replace("-", "_")]()
