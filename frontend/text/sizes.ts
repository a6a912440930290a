// Sizes and speeds in words, as `wording.size` on the server.

const UNITS = ["B", "KB", "MB", "GB"] as const;

const short = (amount: number): string =>
  amount < 10 ? amount.toFixed(2) : amount < 100 ? amount.toFixed(1) : amount.toFixed(0);

/** Bytes in the unit that reads best (1 KB = 1024 B). */
export function size(bytes: number): string {
  let amount = bytes;
  for (const unit of UNITS) {
    if (amount < 1024) return unit === "B" ? `${bytes} B` : `${short(amount)} ${unit}`;
    amount /= 1024;
  }
  return `${short(amount)} TB`;
}
