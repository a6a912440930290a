// What the clock page gets from the server.

export interface ClockData {
  /** Where the codes of the next seconds are. */
  codes: string;
}

export interface SecondCode {
  /** The second, RFC 3339 on the authority's wall clock. */
  at: string;
  /** Modules row by row, 1 where dark. */
  rows: string[];
}

export interface Told {
  codes: SecondCode[];
  now: string;
  /** How long the server was busy before it looked at its clock. */
  taken_ms: number;
}
