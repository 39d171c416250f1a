import { expect, test } from "vitest";
import { exampleFiles, insertAt, labelled } from "./names";

test("a placeholder goes where the cursor is, in place of what is selected", () => {
  expect(insertAt("", 0, 0, "original")).toBe("{original}");
  expect(insertAt("a_b", 2, 2, "seq")).toBe("a_{seq}b");
  expect(insertAt("{data}_x", 0, 6, "ora")).toBe("{ora}_x");
});

test("d16 two examples have one name, so that a collision shows", () => {
  const names = exampleFiles.map((file) => `${file.folder ?? ""}/${file.name}`);
  expect(new Set(names).size).toBe(names.length - 1);
});

test("names stand beside the files that they were made of", () => {
  const name = { name: "x.jpg", path: "a/x.jpg", collides: false };
  expect(labelled([name])).toEqual([{ label: "IMG_0412.jpg", name }]);
  expect(labelled(Array.from({ length: 9 }, () => name))).toHaveLength(exampleFiles.length);
});
