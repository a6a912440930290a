// What the island `chart` gets (src/liuhen/web/figures.py, `_chart`).

export interface Row {
  readonly label: string;
  readonly number: number;
  /** Of how many; null where the number is of no whole. */
  readonly whole: number | null;
  /** Where a press leads; "" for nowhere. */
  readonly href: string;
}

export interface ChartData {
  readonly title: string;
  /** What is counted: 件, 条. */
  readonly unit: string;
  readonly rows: readonly Row[];
}
