// The icons that exist on our pages (names of @tabler/icons). Keep the list short: an icon always
// stands beside words, never for them.
export const outline = [
  "alert-triangle", "archive", "arrow-back-up", "arrow-left", "arrow-right", "award", "adjustments",
  "bell", "book-2", "bookmark", "building", "calendar", "camera", "chart-bar", "check", "checklist", "checks",
  "chevron-down", "chevron-left", "chevron-right", "circle-check", "circle-dashed", "clipboard-check",
  "clock", "clock-exclamation", "cloud-upload", "copy", "database", "device-mobile", "device-usb",
  "dots", "download", "eraser", "external-link", "eye", "file-certificate", "file-text",
  "eye-check", "filter", "fingerprint", "flag", "folder", "folders", "gavel", "hand-stop", "help", "home", "id-badge-2",
  "inbox", "info-circle", "list", "list-check", "list-details", "list-search", "loader-2", "lock", "logout", "mail", "map-pin",
  "maximize", "menu-2", "microphone", "minus", "package", "paperclip", "pencil", "photo",
  "player-pause", "player-play",
  "plus", "printer", "question-mark", "receipt", "receipt-yuan", "refresh",
  "rotate", "route", "scale", "search", "send", "settings", "shield-check", "shield-lock",
  "signature", "speakerphone", "text-caption", "timeline-event", "trash", "upload", "user", "user-check", "users", "video",
  "volume", "volume-off", "wifi-off", "writing", "x", "zoom-in", "zoom-out",
] as const;

export const filled = ["alert-octagon", "alert-triangle", "circle-check", "player-play", "player-pause"] as const;
