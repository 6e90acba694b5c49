// A process of its own that holds event streams open and says for every event when it came: [key of the event, wall ms with its fraction].
// Over IPC: {urls} → "ready" when all of them are open; "report" → the arrivals, then it ends.
import http from "node:http";

const arrivals = [];
let open = 0;
const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY });
process.on("message", (message) => {
  if (message === "report") return process.send(arrivals, () => process.exit(0));
  for (const url of message.urls) {
    http.get(url, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        const at = performance.timeOrigin + performance.now();
        text += chunk;
        const frames = text.split("\n\n");
        text = frames.pop();
        for (const frame of frames) {
          if (frame.includes("event: ready") && ++open === message.urls.length) process.send("ready");
          const key = /"nodeId":"([^"]+)"/.exec(frame)?.[1];
          if (key) arrivals.push([key, at]);
        }
      });
    });
  }
});
