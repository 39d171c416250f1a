/** Adds up how far things move on every page of a context that nobody moved. */
export async function measureShift(context) {
  await context.addInitScript(() => {
    globalThis.shift = { total: 0, moved: [] };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        globalThis.shift.total += entry.value;
        for (const { node } of entry.sources) {
          globalThis.shift.moved.push(`${entry.value.toFixed(4)} ${node?.className ?? node?.nodeName ?? "?"}`);
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

export const shiftOf = (page) => page.evaluate(() => globalThis.shift);
