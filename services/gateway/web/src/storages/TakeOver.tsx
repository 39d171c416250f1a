import { Button } from "@mantine/core";
import { m } from "../messages";
import { Note } from "../shell/Note";

interface TakeOverProps {
  why: string;
  isPending: boolean;
  onTakeOver: () => void;
}

/** A place that belongs to another library is taken over only when a person says so. */
export function TakeOver({ why, isPending, onTakeOver }: TakeOverProps) {
  return (
    <div style={{ marginTop: 20 }}>
      <Note tone="warn" title={m.connect.foreignTitle} role="alert">
        <p>{why}</p>
        <Button variant="default" loading={isPending} onClick={onTakeOver}>
          {m.connect.takeOver}
        </Button>
      </Note>
    </div>
  );
}
