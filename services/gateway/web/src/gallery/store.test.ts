import { describe, expect, it, vi } from "vitest";
import type { AssetCard, Timeline } from "../api/types";
import { card, cards } from "./fixtures";
import { type GallerySource, GalleryStore } from "./store";

class Library implements GallerySource {
  months = new Map<string, AssetCard[]>();
  readonly page = vi.fn(
    async (month: string, limit: number, cursor: string | undefined, signal: AbortSignal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      const items = this.months.get(month) ?? [];
      const from = cursor ? Number(cursor) : 0;
      const end = from + limit;
      return { items: items.slice(from, end), next_cursor: end < items.length ? String(end) : null };
    },
  );
  readonly card = vi.fn(async (id: string) => {
    const found = [...this.months.values()].flat().find((one) => one.id === id);
    if (!found) throw new Error("not found");
    return found;
  });
  readonly timeline = vi.fn(async (): Promise<Timeline> => {
    const months = [...this.months].map(([month, items]) => ({ month, count: items.length }));
    return { total: months.reduce((sum, { count }) => sum + count, 0), months };
  });
}

async function open(library: Library): Promise<GalleryStore> {
  const store = new GalleryStore({}, library);
  store.setTimeline(await library.timeline());
  return store;
}

describe("GalleryStore", () => {
  it("loads_only_the_months_that_are_wanted", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 10)).set("2024-04", cards("april", 10));
    const store = await open(library);
    store.want(new Map([["2024-05", 10]]));
    await vi.waitFor(() => expect(store.view()[0]?.isComplete).toBe(true));
    expect(store.view()[1]?.items).toHaveLength(0);
    expect(library.page).toHaveBeenCalledTimes(1);
  });

  it("loads_a_large_month_page_by_page", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 1500));
    const store = await open(library);
    await store.ensure("2024-05", 600);
    expect(store.view()[0]?.items).toHaveLength(700);
    expect(store.view()[0]?.isComplete).toBe(false);
  });

  it("steps_over_the_end_of_a_month", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 3)).set("2024-04", cards("april", 3));
    const store = await open(library);
    await store.ensure("2024-05", 3);
    expect((await store.step("may-2", 1))?.id).toBe("april-0");
    expect((await store.step("april-0", -1))?.id).toBe("may-2");
    expect(await store.step("may-0", -1)).toBeNull();
    await store.ensure("2024-04", 3);
    expect(await store.step("april-2", 1)).toBeNull();
  });

  it("steps_into_a_month_that_is_scrolled_out_of_view_meanwhile", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 3)).set("2024-04", cards("april", 3));
    const store = await open(library);
    await store.ensure("2024-05", 3);
    let answer: (() => void) | undefined;
    library.page.mockImplementationOnce((month, _limit, _cursor, signal) => {
      const page = { items: library.months.get(month) ?? [], next_cursor: null };
      return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        answer = () => resolve(page);
      });
    });
    const next = store.step("may-2", 1);
    await vi.waitFor(() => expect(answer).toBeDefined());
    store.want(new Map([["2024-05", 3]]));
    answer?.();
    expect((await next)?.id).toBe("april-0");
  });

  it("stops_loading_what_nobody_looks_at_any_more", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 3)).set("2024-04", cards("april", 3));
    const store = await open(library);
    store.want(new Map([["2024-04", 3]]));
    store.want(new Map([["2024-05", 3]]));
    await vi.waitFor(() => expect(store.view()[0]?.isComplete).toBe(true));
    expect(store.view()[1]?.items).toHaveLength(0);
  });

  it("replaces_only_what_changed", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 5));
    const store = await open(library);
    await store.ensure("2024-05", 5);
    const before = store.view()[0]?.items ?? [];
    library.months.get("2024-05")?.splice(2, 1, card("may-2", { status: "processing" }));
    await store.apply(new Set(["may-2"]));
    const after = store.view()[0]?.items ?? [];
    expect(after[2]?.status).toBe("processing");
    expect(after[1]).toBe(before[1]);
    expect(library.page).toHaveBeenCalledTimes(1);
    expect(library.timeline).toHaveBeenCalledTimes(1);
  });

  it("follows_a_photograph_into_the_month_that_a_person_gave_it", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 5)).set("2024-04", cards("april", 5));
    const store = await open(library);
    store.want(new Map([["2024-05", 5]]));
    await vi.waitFor(() => expect(store.view()[0]?.items).toHaveLength(5));
    const moved = card("may-2", { sort_at: "2031-02-03T04:05:06" });
    library.months.get("2024-05")?.splice(2, 1);
    library.months.set("2031-02", [moved]);
    await store.apply(new Set(["may-2"]));
    expect(store.view().some(({ month }) => month === "2031-02")).toBe(true);
    await vi.waitFor(() =>
      expect(store.view().find((one) => one.month === "2024-05")?.items).toHaveLength(4),
    );
  });

  it("lists_what_lies_between_two_photographs_whichever_was_first", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 3)).set("2024-04", cards("april", 3));
    library.months.set("2024-03", cards("march", 3));
    const store = await open(library);
    await store.ensure("2024-05", 3);
    await store.ensure("2024-03", 3);
    const expected = ["may-1", "may-2", "april-0", "april-1", "april-2", "march-0", "march-1"];
    expect(await store.between("may-1", "march-1")).toEqual(expected);
    expect(await store.between("march-1", "may-1")).toEqual(expected);
    expect(await store.between("may-1", "may-1")).toEqual(["may-1"]);
  });

  it("reads_a_month_again_when_its_count_changed", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 5)).set("2024-04", cards("april", 5));
    const store = await open(library);
    store.want(new Map([["2024-05", 5]]));
    await vi.waitFor(() => expect(store.view()[0]?.items).toHaveLength(5));
    library.months.get("2024-05")?.unshift(card("may-new"));
    await store.apply(new Set(["may-new"]));
    await vi.waitFor(() => expect(store.view()[0]?.items[0]?.id).toBe("may-new"));
    expect(store.find("may-4")?.index).toBe(5);
  });

  it("forgets_a_month_that_is_gone", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 2)).set("2024-04", cards("april", 2));
    const store = await open(library);
    await store.ensure("2024-05", 2);
    library.months.delete("2024-05");
    store.setTimeline(await library.timeline());
    expect(store.find("may-0")).toBeUndefined();
    expect(store.view()).toHaveLength(1);
  });

  it("tells_of_an_error_and_loads_again_when_asked", async () => {
    const library = new Library();
    library.months.set("2024-05", cards("may", 2));
    const store = await open(library);
    library.page.mockRejectedValueOnce(new Error("down"));
    await expect(store.ensure("2024-05", 2)).rejects.toThrow("down");
    expect(store.error?.message).toBe("down");
    await store.ensure("2024-05", 2);
    expect(store.error).toBeNull();
  });
});
