const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");
if (isMainThread) {
  const jobs = [1, 2, 3].map((n) => new Promise((done, fail) => {
    const w = new Worker(__filename, { workerData: n });
    w.on("message", done);
    w.on("error", fail);
  }));
  Promise.all(jobs).then((sums) => console.log(sums.join(" ")));
} else {
  let sum = 0;
  for (let i = 0; i <= workerData * 1000; i++) sum += i;
  setTimeout(() => parentPort.postMessage(sum), 300);
}
