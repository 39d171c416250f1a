import type { AssetDetail } from "../api/types";
import { dateTime, m, relative, takenAt } from "../messages";
import { coordinates } from "./exposure";
import type { EditableField } from "./fields";
import { useCanEdit, useEditAsset } from "./useEditAsset";
import classes from "./viewer.module.css";

/** Where the values of a line come from, in words. */
export function From({ detail, fields }: { detail: AssetDetail; fields: string[] }) {
  const origins = new Set(
    fields
      .map((field) => detail.origins[field])
      .filter((origin) => origin !== undefined && origin !== "person"),
  );
  if (origins.size === 0) return null;
  return (
    <span className={classes.origin}>
      {[...origins].map((origin) => (origin ? m.viewer.origin[origin] : "")).join(", ")}
    </span>
  );
}

/** Who set a field and when, what the file says instead, and the way back to it. */
export function Edited({ detail, field }: { detail: AssetDetail; field: EditableField }) {
  const edit = useEditAsset(detail.id);
  const canEdit = useCanEdit();
  const made = detail.edits[field];
  if (!made) return null;
  const origin = made.file_origin as keyof typeof m.viewer.origin | null;
  const hasFileValue = made.file_value !== null && made.file_value !== undefined;
  return (
    <p className={classes.edited}>
      <span className={classes.byPerson} title={dateTime(made.at)}>
        {m.editing.setBy(made.by ?? null, relative(made.at))}
      </span>
      <span>
        {hasFileValue
          ? m.editing.fileSays(fileValue(made.file_value), origin && m.viewer.origin[origin])
          : m.editing.fileSaysNothing}
      </span>
      {canEdit && (
        <button
          type="button"
          className={classes.textButton}
          disabled={edit.isPending}
          onClick={() => edit.mutate({ [field]: null })}
        >
          {m.editing.useFile}
        </button>
      )}
    </p>
  );
}

function fileValue(value: unknown): string {
  if (typeof value === "object" && value !== null && "latitude" in value && "longitude" in value)
    return coordinates(Number(value.latitude), Number(value.longitude));
  const text = String(value);
  const clock = /^\d{4}-\d\d-\d\dT/.test(text) ? takenAt(text, null) : null;
  if (clock) return `${clock.day} ${clock.time}`;
  return `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
}
