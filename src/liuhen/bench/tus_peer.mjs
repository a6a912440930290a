// The tus project's own server, as it comes from npm, for a benchmark beside ours. Loopback only.
// node tus_peer.mjs FOLDER  →  prints the port it listens on.
import { createServer } from "node:http";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const server = new Server({ path: "/files", datastore: new FileStore({ directory: process.argv[2] }) });
const listening = createServer((request, response) => server.handle(request, response));
listening.listen(0, "127.0.0.1", () => console.log(listening.address().port));
