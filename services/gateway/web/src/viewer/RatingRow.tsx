import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { AssetDetail } from "../api/types";
import { m } from "../messages";
import { EditableField } from "./EditableField";
import { Edited, From } from "./Provenance";
import { useEditAsset } from "./useEditAsset";

export const RATINGS = [5, 4, 3, 2, 1, 0, -1] as const;

export function RatingRow({ detail }: { detail: AssetDetail }) {
  const edit = useEditAsset(detail.id);
  const rating = detail.metadata.rating ?? null;
  const [choice, setChoice] = useState("");
  return (
    <EditableField
      name={m.editing.field.rating}
      value={
        rating !== null && (
          <>
            {m.editing.stars(rating)} <From detail={detail} fields={["rating"]} />
          </>
        )
      }
      below={detail.edits.rating && <Edited detail={detail} field="rating" />}
      editor={
        <NativeSelect
          size="sm"
          label={m.editing.field.rating}
          value={choice}
          onChange={(event) => setChoice(event.currentTarget.value)}
          data={[
            { value: "", label: m.editing.noRating },
            ...RATINGS.map((stars) => ({ value: String(stars), label: m.editing.stars(stars) })),
          ]}
        />
      }
      onBegin={() => setChoice(rating === null ? "" : String(rating))}
      onSave={async () => {
        await edit.mutateAsync({ rating: choice === "" ? null : Number(choice) });
        return undefined;
      }}
    />
  );
}
