import { Button } from "@mantine/core";
import type { ApiError } from "../api/client";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";

interface TakeOverProps {
  why: ApiError;
  isPending: boolean;
  onTakeOver: () => void;
}

/** A place that belongs to another library is taken over only when a person says so. */
export function TakeOver({ why, isPending, onTakeOver }: TakeOverProps) {
  return (
    <div style={{ marginTop: 20 }}>
      <Note tone="warn" title={m.connect.foreignTitle} role="alert">
        <p>{errorText(why)}</p>
        <Button variant="default" loading={isPending} onClick={onTakeOver}>
          {m.connect.takeOver}
        </Button>
      </Note>
    </div>
  );
}
