# cmd: python3 main.py
# ends: hangs
# cause: 线程 ping 等 pong 结束，pong 又等 ping 结束，互相 join；要去掉其中一个 join，都由主线程来等。
# lines: main.py:18（ping 等 pong）、main.py:25（pong 等 ping）、main.py:34（主线程等两个）
# not: “线程等自己”；“有一把锁没有放”（没有用户的锁）
import threading


class Player(threading.Thread):
    def __init__(self, name):
        super().__init__(name=name)
        self.friend = None


class Ping(Player):
    def run(self):
        print("ping 打完了，等 pong", flush=True)
        self.friend.join()


class Pong(Player):
    def run(self):
        both_started.wait()
        print("pong 打完了，等 ping", flush=True)
        self.friend.join()


both_started = threading.Event()
ping, pong = Ping("ping"), Pong("pong")
ping.friend, pong.friend = pong, ping
pong.start()
ping.start()
both_started.set()
ping.join()
pong.join()
