import { describe, expect, it } from "vitest";
import type { WorkspacePlan } from "../api/types";
import { standingOf } from "./plan";

const plan = (
  limits: Partial<WorkspacePlan["limits"]>,
  used: Partial<WorkspacePlan["used"]> = {},
): WorkspacePlan => ({
  limits: {
    central_bytes: null,
    storages: null,
    external_storages: true,
    photos_per_request: null,
    permanent_links: true,
    ...limits,
  },
  used: { central_bytes: 0, storages: 0, ...used },
  second_copy: false,
});

describe("how a workspace stands against its plan", () => {
  it("d20 nothing stands in the way without a limit", () => {
    expect(standingOf(plan({}, { central_bytes: 1e15, storages: 99 }))).toEqual({
      room: "free",
      storages: null,
    });
  });

  it("v2 warns before it bites, and says when it is full", () => {
    const at = (bytes: number) => standingOf(plan({ central_bytes: 100 }, { central_bytes: bytes })).room;
    expect([89, 90, 99, 100, 140].map(at)).toEqual(["free", "nearly", "nearly", "full", "full"]);
  });

  it("p7 v4 says why no further storage may be connected", () => {
    expect(standingOf(plan({ storages: 2 }, { storages: 1 })).storages).toBeNull();
    expect(standingOf(plan({ storages: 2 }, { storages: 2 })).storages).toBe("count");
    expect(standingOf(plan({ storages: 0 })).storages).toBe("none");
    expect(standingOf(plan({ external_storages: false })).storages).toBe("external");
  });
});
