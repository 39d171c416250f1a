import { useQuery } from "@tanstack/react-query";
import { planQuery } from "../api/queries";
import { bytes, m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { standingOf } from "../storages/plan";

/** Says in the tray that room runs out, before a file is refused. */
export function RoomNote() {
  const { workspace, api } = useWorkspace();
  const plan = useQuery(planQuery(workspace.id, api)).data;
  if (!plan || plan.limits.central_bytes === null) return null;
  const { room } = standingOf(plan);
  if (room === "free") return null;
  return (
    <Note tone={room === "full" ? "bad" : "warn"} title={m.plan.room[room]}>
      {m.plan.usedOf(bytes(plan.used.central_bytes), bytes(plan.limits.central_bytes))}
    </Note>
  );
}
