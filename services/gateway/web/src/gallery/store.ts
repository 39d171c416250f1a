import type { AssetCard, AssetFilter, List, Timeline, TimelineMonth } from "../api/types";
import { isFiltered } from "./filter";
import type { MonthItems } from "./geometry";

export interface GallerySource {
  page(
    month: string,
    limit: number,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<List<AssetCard>>;
  card(id: string): Promise<AssetCard>;
  timeline(): Promise<Timeline>;
}

interface Month {
  items: readonly AssetCard[];
  /** `undefined` before the first page, `null` after the last. */
  cursor: string | null | undefined;
  isStale: boolean;
  loading: Loading | null;
  lastUse: number;
}

interface Loading {
  promise: Promise<void>;
  abort: AbortController;
  /** Somebody waits for it, whatever is on screen meanwhile. */
  isAwaited: boolean;
}

const PAGE = 200;
const MAX_PAGE = 500;
/** Items that are kept; months that were looked at longest ago are forgotten first. */
const KEEP_ITEMS = 30_000;
/** Up to this many changed assets are fetched one by one; beyond it their months are read again. */
const SINGLY = 6;

/**
 * What of the gallery is loaded, for one workspace and filter. Months come in keyset pages, on demand;
 * hints from the event stream replace only what changed.
 */
export class GalleryStore {
  private months: readonly TimelineMonth[] = [];
  private readonly loaded = new Map<string, Month>();
  private readonly monthOf = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private wanted = new Map<string, number>();
  private clock = 0;
  private version = 0;
  total: number | null = null;
  error: Error | null = null;

  constructor(
    readonly filter: AssetFilter,
    private readonly source: GallerySource,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = (): number => this.version;

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  setTimeline(timeline: Timeline): void {
    const before = new Map(this.months.map((m) => [m.month, m.count]));
    const after = new Set(timeline.months.map((m) => m.month));
    this.months = timeline.months;
    this.total = timeline.total;
    for (const [month, state] of this.loaded) {
      if (!after.has(month)) this.forget(month);
      else if (before.get(month) !== this.count(month)) state.isStale = true;
    }
    this.changed();
    this.pump();
  }

  private count(month: string): number {
    return this.months.find((m) => m.month === month)?.count ?? 0;
  }

  view(): MonthItems[] {
    return this.months.map(({ month, count }) => {
      const state = this.loaded.get(month);
      const isComplete = state?.cursor === null;
      const items = state?.items ?? NONE;
      return { month, count: isComplete ? items.length : count, items, isComplete };
    });
  }

  /** Tells which months are on screen and how much of each; what nobody waits for stops loading. */
  want(wanted: Map<string, number>): void {
    this.wanted = wanted;
    for (const [month, state] of this.loaded) {
      if (state.loading && !state.loading.isAwaited && !wanted.has(month)) {
        state.loading.abort.abort();
        state.loading = null;
      }
    }
    this.pump();
  }

  private pump(): void {
    for (const [month, upTo] of this.wanted) {
      if (!this.months.some((m) => m.month === month)) continue;
      const state = this.state(month);
      if (state.isStale) void this.reload(month).catch(() => {});
      else if (state.cursor !== null && (state.cursor === undefined || state.items.length < upTo))
        void this.more(month).catch(() => {});
    }
    this.evict();
  }

  private state(month: string): Month {
    let state = this.loaded.get(month);
    if (!state) {
      state = { items: NONE, cursor: undefined, isStale: false, loading: null, lastUse: 0 };
      this.loaded.set(month, state);
    }
    this.clock += 1;
    state.lastUse = this.clock;
    return state;
  }

  /** Loads the next page of a month. */
  private more(month: string): Promise<void> {
    const state = this.state(month);
    return this.load(state, async (signal) => {
      const limit = state.cursor === undefined ? PAGE : MAX_PAGE;
      const page = await this.source.page(month, limit, state.cursor ?? undefined, signal);
      const known = new Set(state.items.map((item) => item.id));
      this.replace(month, state, [...state.items, ...page.items.filter((item) => !known.has(item.id))]);
      state.cursor = page.next_cursor;
    });
  }

  /** Reads what is loaded of a month again, and puts it in place at once, so that nothing flickers. */
  private reload(month: string): Promise<void> {
    const state = this.state(month);
    return this.load(state, async (signal) => {
      state.isStale = false;
      const goal = Math.max(PAGE, state.items.length, this.wanted.get(month) ?? 0);
      const items: AssetCard[] = [];
      let cursor: string | null | undefined;
      try {
        do {
          const limit = Math.min(MAX_PAGE, Math.max(PAGE, goal - items.length));
          const page = await this.source.page(month, limit, cursor ?? undefined, signal);
          items.push(...page.items);
          cursor = page.next_cursor;
        } while (cursor !== null && items.length < goal);
      } catch (error) {
        state.isStale = true;
        throw error;
      }
      this.replace(month, state, items);
      state.cursor = cursor;
    });
  }

  private load(state: Month, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (state.loading) return state.loading.promise;
    const abort = new AbortController();
    const promise = work(abort.signal).then(
      () => {
        if (state.loading?.abort === abort) state.loading = null;
        this.error = null;
        this.changed();
        this.pump();
      },
      (error: unknown) => {
        if (state.loading?.abort === abort) state.loading = null;
        if (abort.signal.aborted) throw error;
        this.error = error instanceof Error ? error : new Error(String(error));
        this.changed();
        throw error;
      },
    );
    state.loading = { promise, abort, isAwaited: false };
    return promise;
  }

  /** Keeps the object of every card that is the same, so that its tile need not be drawn again. */
  private replace(month: string, state: Month, items: AssetCard[]): void {
    const before = new Map(state.items.map((item) => [item.id, item]));
    for (const id of before.keys()) this.monthOf.delete(id);
    state.items = items.map((item) => {
      const old = before.get(item.id);
      this.monthOf.set(item.id, month);
      return old && isSameCard(old, item) ? old : item;
    });
  }

  private forget(month: string): void {
    const state = this.loaded.get(month);
    state?.loading?.abort.abort();
    for (const item of state?.items ?? []) this.monthOf.delete(item.id);
    this.loaded.delete(month);
  }

  private evict(): void {
    let kept = 0;
    for (const state of this.loaded.values()) kept += state.items.length;
    if (kept <= KEEP_ITEMS) return;
    const oldest = [...this.loaded].sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [month, state] of oldest) {
      if (kept <= KEEP_ITEMS) return;
      if (this.wanted.has(month)) continue;
      kept -= state.items.length;
      this.forget(month);
    }
  }

  find(id: string): { month: string; index: number; card: AssetCard } | undefined {
    const month = this.monthOf.get(id);
    const items = month ? this.loaded.get(month)?.items : undefined;
    const index = items?.findIndex((item) => item.id === id) ?? -1;
    const card = items?.[index];
    return month && card ? { month, index, card } : undefined;
  }

  /** Loads a month until it has `upTo` items. */
  async ensure(month: string, upTo: number): Promise<readonly AssetCard[]> {
    for (;;) {
      const state = this.state(month);
      if (state.cursor === null || (state.cursor !== undefined && state.items.length >= upTo))
        return state.items;
      const page = this.more(month);
      if (state.loading) state.loading.isAwaited = true;
      await page;
    }
  }

  /** The asset after (1) or before (-1) another one, loading what is needed; `null` at either end. */
  async step(id: string, by: 1 | -1): Promise<AssetCard | null> {
    const here = this.find(id);
    if (!here) return null;
    const inMonth = await this.ensure(here.month, here.index + by + 1);
    const next = inMonth[here.index + by];
    if (next) return next;
    for (let at = this.months.findIndex((m) => m.month === here.month) + by; ; at += by) {
      const month = this.months[at];
      if (!month) return null;
      const items = await this.ensure(month.month, by === 1 ? 1 : Number.POSITIVE_INFINITY);
      const found = by === 1 ? items[0] : items.at(-1);
      if (found) return found;
    }
  }

  /** The assets from one to another, both included, in the order of the gallery; loads what is between. */
  async between(one: string, other: string): Promise<string[]> {
    const [a, b] = [this.find(one), this.find(other)];
    if (!a || !b) return [other];
    const at = (month: string) => this.months.findIndex((m) => m.month === month);
    const isForward = at(a.month) < at(b.month) || (a.month === b.month && a.index <= b.index);
    const [first, last] = isForward ? [a, b] : [b, a];
    const ids: string[] = [];
    for (const { month } of this.months.slice(at(first.month), at(last.month) + 1)) {
      const upTo = month === last.month ? last.index + 1 : Number.POSITIVE_INFINITY;
      const items = await this.ensure(month, upTo);
      const from = month === first.month ? first.index : 0;
      ids.push(...items.slice(from, upTo).map((item) => item.id));
    }
    return ids;
  }

  /** Makes an asset that was opened by its address findable, with its neighbours. */
  async locate(card: AssetCard): Promise<void> {
    const month = card.sort_at.slice(0, 7);
    if (this.find(card.id) || !this.months.some((m) => m.month === month)) return;
    for (let upTo = PAGE; upTo <= 4 * MAX_PAGE && !this.find(card.id); upTo += MAX_PAGE) {
      const items = await this.ensure(month, upTo);
      if (items.length < upTo) return;
    }
  }

  /** Applies hints: assets that are shown are replaced, months whose count changed are read again. */
  async apply(changed: ReadonlySet<string>): Promise<void> {
    const shown = [...changed].filter((id) => this.monthOf.has(id));
    const hasUnknown = shown.length < changed.size;
    let mayHaveMoved = shown.length > SINGLY;
    if (shown.length <= SINGLY) {
      const cards = await Promise.allSettled(shown.map((id) => this.source.card(id)));
      for (const card of cards)
        if (card.status === "fulfilled") mayHaveMoved = this.patch(card.value) || mayHaveMoved;
    } else {
      for (const id of shown) this.markStale(this.monthOf.get(id));
    }
    // With a filter, what changed may have come to match it, or match it no longer.
    if (hasUnknown || mayHaveMoved || isFiltered(this.filter)) this.setTimeline(await this.source.timeline());
    else {
      this.changed();
      this.pump();
    }
  }

  /** Everything may have changed: read again what is on screen now, and the rest when it is next seen. */
  async reset(): Promise<void> {
    for (const month of this.loaded.keys()) this.markStale(month);
    this.setTimeline(await this.source.timeline());
  }

  private markStale(month: string | undefined): void {
    const state = month ? this.loaded.get(month) : undefined;
    if (state) state.isStale = true;
  }

  /** Puts a card in the place of the one that is shown; tells whether it belongs elsewhere now. */
  private patch(card: AssetCard): boolean {
    const found = this.find(card.id);
    const state = found && this.loaded.get(found.month);
    if (!found || !state) return false;
    if (card.sort_at !== found.card.sort_at) {
      // It may belong elsewhere now; the server knows the order.
      state.isStale = true;
      this.markStale(card.sort_at.slice(0, 7));
      return true;
    }
    if (!isSameCard(found.card, card)) state.items = state.items.with(found.index, card);
    return false;
  }
}

const NONE: readonly AssetCard[] = [];

const CARD_FIELDS = [
  "name",
  "width",
  "height",
  "sort_at",
  "status",
  "reason",
  "availability",
  "thumbhash",
  "thumbnail_url",
  "fullscreen_url",
] as const satisfies readonly (keyof AssetCard)[];

function isSameCard(a: AssetCard, b: AssetCard): boolean {
  return CARD_FIELDS.every((field) => a[field] === b[field]);
}
