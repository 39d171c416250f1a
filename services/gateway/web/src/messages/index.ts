import { en, type Messages } from "./en";

/** The texts in use. There is one language so far; choosing another happens here and nowhere else. */
export const m: Messages = en;

export * from "./format";
