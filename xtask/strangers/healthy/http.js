const http = require("http");
const server = http.createServer((req, res) => {
  setTimeout(() => res.end("you asked for " + req.url + "\n"), 500);
});
server.listen(7226, "127.0.0.1", () => {
  http.get({ host: "127.0.0.1", port: 7226, path: "/tea", agent: false }, (res) => {
    res.on("data", (d) => process.stdout.write(d));
    res.on("end", () => server.close());
  });
});
