// The system's clock as the server tells it in <meta name="server-now">. A demonstration runs on a
// past day and a reader's clock may be wrong: every deadline on a page is reckoned by this one.

import { parse } from "./text/instants.ts";

const told = parse(document.querySelector<HTMLMetaElement>('meta[name="server-now"]')?.content);
const offset = told === null ? 0 : told - Date.now();

/** The present instant of the system, in milliseconds since 1970. */
export function now(): number {
  return Date.now() + offset;
}
