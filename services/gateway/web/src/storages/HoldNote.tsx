import { Button } from "@mantine/core";
import type { Storage, StorageHold } from "../api/types";
import { m, percent, timeOfDay } from "../messages";
import { mayManage } from "../people/roles";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { useStorageActions } from "./useStorageActions";

interface HoldNoteProps {
  storage: Storage;
  hold: StorageHold;
}

/** Much is gone at once: how much, and what happens next. */
export function HoldNote({ storage, hold }: HoldNoteProps) {
  const { workspace } = useWorkspace();
  const { confirmAbsence } = useStorageActions(storage);
  const words = m.storages;
  const { absent, objects } = hold;
  const [since, next] = [timeOfDay(hold.since), timeOfDay(hold.next_check_at)];
  return (
    <Note tone="warn" title={words.holdTitle(percent(absent, objects))}>
      {words.holdText[hold.state](absent, objects, since, next)}
      {hold.state === "asking" && mayManage(workspace.role) && (
        <div style={{ marginTop: 10 }}>
          <Button
            size="xs"
            variant="default"
            loading={confirmAbsence.isPending}
            onClick={() => confirmAbsence.mutate(absent)}
          >
            {words.confirmAbsence}
          </Button>
        </div>
      )}
    </Note>
  );
}
