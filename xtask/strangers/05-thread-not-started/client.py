import socket, time

for attempt in range(100):
    try:
        s = socket.create_connection(("127.0.0.1", 7105))
    except ConnectionRefusedError:
        time.sleep(0.2)
    else:
        break
print("连上了", s.getpeername(), flush=True)
print(s.recv(100))
