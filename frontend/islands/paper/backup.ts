// What was typed and is not saved yet, kept in this tab against a broken line, a reload, a crash.
// It is gone when it is saved, and with the tab.

import type { Entries } from "./fields.ts";

export class Backup {
  private readonly name: string;

  constructor(paper: string) {
    this.name = `liuhen-paper-${paper}`;
  }

  keep(entries: Entries): void {
    try {
      if (entries.length) sessionStorage.setItem(this.name, JSON.stringify(entries));
      else sessionStorage.removeItem(this.name);
    } catch {
      // Full or switched off: the form itself still holds everything.
    }
  }

  /** What an earlier visit of this tab left unsaved. */
  left(): Entries {
    try {
      return JSON.parse(sessionStorage.getItem(this.name) ?? "[]") as Entries;
    } catch {
      return [];
    }
  }
}
