import type { Storage } from "../api/types";
import { m } from "../messages";

/** Why a storage cannot become the main storage, as the gateway would refuse it; null where it can. */
export type NotMain = keyof typeof m.delivery.main.not;

export function whyNotMain(
  storage: Pick<Storage, "access" | "on" | "status" | "delivery">,
  inPlan: boolean,
): NotMain | null {
  if (storage.delivery.moves_to_main) return "collector";
  if (!inPlan) return "not_in_plan";
  if (storage.access === "read_only") return "read_only";
  if (storage.status === "disconnected") return "disconnected";
  if (!storage.on) return "off";
  return null;
}

/** Central storage by the name that no storage has. */
export const CENTRAL = "central";

interface MainChoice {
  value: string;
  title: string;
  text: string;
  disabled: boolean;
}

/**
 * Everything that new originals could go to; what cannot be chosen says why. `inPlan` is whether the plan
 * has external storages.
 */
export function mainChoices(
  storages: readonly Storage[],
  describe: (storage: Storage) => string,
  inPlan: boolean,
): MainChoice[] {
  const words = m.delivery.main;
  const rest = storages.map((storage) => {
    const why = whyNotMain(storage, inPlan);
    return {
      value: storage.id,
      title: storage.name,
      text: why ? words.not[why] : describe(storage),
      disabled: why !== null,
    };
  });
  // What can be chosen comes first.
  rest.sort((a, b) => Number(a.disabled) - Number(b.disabled));
  return [
    { value: CENTRAL, title: words.centralChoice, text: words.centralChoiceText, disabled: false },
    ...rest,
  ];
}
