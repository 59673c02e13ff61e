from socket import *
from time import sleep

client = socket(AF_INET, SOCK_STREAM)
connected = False
while not connected:
    try:
        client.connect(('127.0.0.1', 7104))
        connected = True
    except ConnectionRefusedError:
        sleep(0.1)

for word in ['first', 'second', 'third']:
    client.sendall(word.encode())
    print(client.recv(1024).decode(), flush=True)
client.close()
