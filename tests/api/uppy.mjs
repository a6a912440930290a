// Uploads one file with Uppy as it comes from npm.
// node uppy.mjs ENDPOINT FILE HEADERS(JSON) OPTIONS(JSON)  →  prints what Uppy tells of the upload.
import { readFileSync } from "node:fs";
import Uppy from "@uppy/core";
import Tus from "@uppy/tus";

const [endpoint, file, headers, options] = process.argv.slice(2);
const uppy = new Uppy().use(Tus, { endpoint, headers: JSON.parse(headers), ...JSON.parse(options ?? "{}") });
uppy.addFile({ name: "来自Uppy.mp4", type: "video/mp4", data: readFileSync(file) });
const done = await uppy.upload();
if (done.failed.length || done.successful.length !== 1) {
  console.error(JSON.stringify(done.failed.map((one) => one.error)));
  process.exit(1);
}
console.log(JSON.stringify({ uploadURL: done.successful[0].uploadURL }));
