# RUN: python3 server.py , python3 client.py
# KIND: hangs
# CAUSE: The handler calls self.server.shutdown(), which waits until serve_forever() has left its loop; but in a plain TCPServer the handler runs inside that very loop, in the same thread, so it waits for itself and "bye" is never sent. Call shutdown() from another thread (threading.Thread(target=self.server.shutdown).start()) or use ThreadingTCPServer.
# MUST NOT SAY: that the client did not send its newline or that the command was not recognised.
import socketserver


class Commands(socketserver.StreamRequestHandler):
    def handle(self):
        for raw in self.rfile:
            cmd = raw.decode().strip()
            print("command:", cmd)
            if cmd == "off":
                self.server.shutdown()
                self.wfile.write(b"bye\n")
                return
            self.wfile.write(b"you said " + raw)


class Server(socketserver.TCPServer):
    allow_reuse_address = True


with Server(("127.0.0.1", 20111), Commands) as srv:
    srv.serve_forever()
print("server is off")
