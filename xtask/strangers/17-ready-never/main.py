# cmd: python3 main.py
# ends: hangs
# cause: 读配置的线程因为 KeyError 死了，没有走到 ready.set()，主线程的 ready.wait() 就永远等下去；要在 finally 里 set，或者等的时候加时限并看线程还在不在。
# lines: main.py:16（线程死在这里）、main.py:17（没有走到的 set）、main.py:21（主线程等）
# not: “线程还在读配置”（它已经结束）；“set 在 wait 之前，丢了”（Event 会记住）
import json
import threading

ready = threading.Event()
config = {}


def load():
    raw = json.loads('{"host": "127.0.0.1"}')
    config["host"] = raw["host"]
    config["port"] = raw["port"]
    ready.set()


threading.Thread(target=load, name="loader").start()
ready.wait()
print("配置：", config)
