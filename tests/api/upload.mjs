// Uploads one file with tus-js-client as it comes from npm, breaking off once and resuming.
// node upload.mjs ENDPOINT FILE HEADERS(JSON) OPTIONS(JSON)  →  prints the last answer's headers.
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [endpoint, file, headers, options] = process.argv.slice(2);
const size = statSync(file).size;
let last = null;
let hasBroken = false;

const parallel = JSON.parse(options ?? "{}").parallelUploads > 1;
const upload = new Upload(createReadStream(file), {
  endpoint,
  headers: JSON.parse(headers),
  chunkSize: Math.ceil(size / 4),
  ...(parallel ? {} : { uploadSize: size }),
  retryDelays: [0, 100, 500],
  metadata: { filename: "来自浏览器.mp4", filetype: "video/mp4" },
  ...JSON.parse(options ?? "{}"),
  onAfterResponse: (_, response) => {
    last = response;
  },
  onChunkComplete: () => {
    if (hasBroken || parallel) return;
    hasBroken = true;
    void upload.abort().then(() => upload.start());
  },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => {
    const names = ["Liuhen-Recording", "Liuhen-Sha256", "Liuhen-Receipt", "Upload-Offset"];
    console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, last.getHeader(name)]))));
  },
});
upload.start();
