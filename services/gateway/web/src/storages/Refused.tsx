import { Button } from "@mantine/core";
import { ApiError } from "../api/client";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";

interface RefusedProps {
  error: Error;
  onChange: () => void;
}

/** Why a storage is not connected. A place that overlaps another one is changed in the settings. */
export function Refused({ error, onChange }: RefusedProps) {
  const overlaps = error instanceof ApiError && error.slug === "storage-overlaps";
  return (
    <div style={{ marginTop: 20 }}>
      <Note tone="bad" title={overlaps ? m.connect.overlapsTitle : m.connect.refusedTitle} role="alert">
        <p>{errorText(error)}</p>
        {overlaps && (
          <Button variant="default" onClick={onChange}>
            {m.connect.changePlace}
          </Button>
        )}
      </Note>
    </div>
  );
}
