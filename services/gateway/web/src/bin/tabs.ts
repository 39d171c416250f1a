const TABS = ["bin", "missing", "lingering", "rules"] as const;
export type BinTab = (typeof TABS)[number];

/** The tab that an address names; none where it names none, or the first. */
export const tabOf = (value: unknown): BinTab | undefined =>
  TABS.find((tab) => tab === value && tab !== "bin");
