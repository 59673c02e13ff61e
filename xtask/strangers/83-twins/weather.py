# RUN: python3 weather.py , python3 news.py
# KIND: fails
# CAUSE: Both programs listen on 127.0.0.1:20123; weather.py has the port, so news.py's bind fails with "Address already in use". Give news.py a port of its own (SO_REUSEADDR does not help against a live listener).
# MUST NOT SAY: that it is a leftover TIME_WAIT socket or that SO_REUSEADDR would cure it.
import http.server
import time


class Weather(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"sunny, 21 degrees\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


httpd = http.server.HTTPServer(("127.0.0.1", 20123), Weather)
httpd.timeout = 0.5
print("weather on", httpd.server_port)
end = time.monotonic() + 3
while time.monotonic() < end:
    httpd.handle_request()
print("weather closes for today")
