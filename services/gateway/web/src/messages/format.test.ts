import { describe, expect, it } from "vitest";
import { bytes, duration, monthName, percent, relative, takenAt } from "./format";

describe("bytes", () => {
  it("reads_well_at_every_size", () => {
    expect(bytes(0)).toBe("0 bytes");
    expect(bytes(999)).toBe("999 bytes");
    expect(bytes(1500)).toBe("1.5 kB");
    expect(bytes(999_950)).toBe("1 MB");
    expect(bytes(310_400_000_000)).toBe("310 GB");
  });
});

describe("takenAt", () => {
  it("never_moves_the_camera's_clock_into_another_zone", () => {
    expect(takenAt("2024-05-10T23:30:00", "+02:00")).toEqual({
      // With or without a comma, as the runtime's locale data has it.
      day: expect.stringMatching(/^Friday,? 10 May 2024$/),
      time: "23:30:00",
      zone: "UTC+02:00",
    });
  });

  it("is_nothing_without_a_date", () => {
    expect(takenAt(null, null)).toBeNull();
  });
});

describe("relative", () => {
  const now = Date.parse("2024-05-10T12:00:00Z");
  it("speaks_of_the_past_and_the_future", () => {
    expect(relative("2024-05-10T11:55:00Z", now)).toBe("5 minutes ago");
    expect(relative("2024-05-10T14:00:00Z", now)).toBe("in 2 hours");
    expect(relative("2024-05-10T11:59:50Z", now)).toBe("just now");
    expect(relative("2024-01-02T12:00:00Z", now)).toBe("2 January 2024");
  });
});

describe("small formats", () => {
  it("names_months_percentages_and_durations", () => {
    expect(monthName("2024-05")).toBe("May 2024");
    expect(percent(38, 100)).toBe("38 %");
    expect(percent(1, 0)).toBe("0 %");
    expect(duration("2024-05-10T12:00:00Z", "2024-05-10T12:02:05Z")).toBe("2 min 5 s");
  });
});
