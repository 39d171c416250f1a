import { AxeBuilder } from "@axe-core/playwright";

/** Looks at a page that still moves, until there is nothing to find or it has had its time to come to rest. */
const LOOKS = 5;
const BETWEEN_LOOKS_MS = 400;

/**
 * What of a page people with assistive technology could not use, in words. Text that is fading in has less contrast
 * than it will have, and a menu that is closing is still there: only what remains is a barrier.
 */
export async function barriers(page) {
  let found = [];
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await page.waitForTimeout(BETWEEN_LOOKS_MS);
    found = await barriersNow(page);
    if (found.length === 0) break;
  }
  return found;
}

async function barriersNow(page) {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((one) => one.finished),
    ),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
  );
}
