import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { AssetDetail } from "../api/types";
import { m, takenAt } from "../messages";
import { EditableField } from "./EditableField";
import { Edited, From } from "./Provenance";
import { useEditAsset } from "./useEditAsset";

/** When it was taken, on the clock on the wall there. */
export function DateRow({ detail }: { detail: AssetDetail }) {
  const edit = useEditAsset(detail.id);
  const current = detail.taken_at ?? "";
  const [clock, setClock] = useState(current);
  const taken = takenAt(
    detail.taken_at ?? detail.metadata.taken_at_local ?? null,
    detail.metadata.utc_offset,
  );
  return (
    <EditableField
      name={m.editing.field.taken_at}
      value={
        <>
          <p>{taken ? taken.day : m.viewer.noDate}</p>
          {taken && (
            <p className="num">
              {[taken.time, taken.zone].filter(Boolean).join(" ")}{" "}
              <From detail={detail} fields={["taken_at_local"]} />
            </p>
          )}
        </>
      }
      below={<Edited detail={detail} field="taken_at" />}
      editor={
        <TextInput
          type="datetime-local"
          step={1}
          size="sm"
          label={m.editing.field.taken_at}
          value={clock}
          onChange={(event) => setClock(event.currentTarget.value)}
        />
      }
      onBegin={() => setClock(current)}
      onSave={async () => {
        if (clock !== current) await edit.mutateAsync({ taken_at: clock === "" ? null : clock });
        return undefined;
      }}
    />
  );
}
