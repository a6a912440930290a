// What every page loads: the styles, the small behaviours, htmx, and the islands the page asks for.

import "./styles/app.css";
import { listenToControls } from "./behaviours/controls.ts";
import { keepDeadlines } from "./behaviours/countdown.ts";
import { listenToFields, refreshForms } from "./behaviours/form-fields.ts";
import { keepForms } from "./behaviours/keep-form.ts";
import { showLivePictures } from "./behaviours/live-video.ts";
import { followMoments } from "./behaviours/moments.ts";
import { listenToPartialPages } from "./behaviours/partial-pages.ts";
import { listenToPasskeys } from "./behaviours/passkeys.ts";
import { followSections } from "./behaviours/sections.ts";
import { mountIslands } from "./islands/registry.ts";

listenToPasskeys();
listenToControls();
listenToPartialPages();
keepDeadlines();
followSections();
followMoments();
keepForms();
listenToFields();
mountIslands();
showLivePictures();
document.addEventListener("htmx:afterSettle", () => {
  mountIslands();
  refreshForms();
});
