import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { AssetDetail } from "../api/types";
import { m } from "../messages";
import { EditableField } from "./EditableField";
import { coordinates, mapUrl } from "./exposure";
import { parsePlace, textChange } from "./fields";
import { Edited, From } from "./Provenance";
import { useEditAsset } from "./useEditAsset";

const NAMES = ["city", "state", "country"] as const;

/** Where it was taken: names and coordinates, edited together. */
export function PlaceRow({ detail }: { detail: AssetDetail }) {
  const edit = useEditAsset(detail.id);
  const { metadata } = detail;
  const gps = metadata.gps ?? null;
  const shown = () => ({
    city: metadata.city ?? "",
    state: metadata.state ?? "",
    country: metadata.country ?? "",
    gps: gps ? `${gps.latitude}, ${gps.longitude}` : "",
  });
  const [draft, setDraft] = useState(shown);
  const place = NAMES.map((name) => metadata[name])
    .filter(Boolean)
    .join(", ");
  const edited = [...NAMES, "gps" as const].filter((field) => detail.edits[field]);

  const save = async () => {
    const before = shown();
    const changes = Object.assign(
      {},
      ...NAMES.filter((name) => draft[name].trim() !== before[name]).map((name) =>
        textChange(detail, name, draft[name]),
      ),
    );
    if (draft.gps !== before.gps) {
      const at = parsePlace(draft.gps);
      if (at === undefined) return m.editing.coordinatesWrong;
      changes.gps = at;
    }
    if (Object.keys(changes).length > 0) await edit.mutateAsync(changes);
    return undefined;
  };

  return (
    <EditableField
      name={m.editing.field.place}
      value={
        (gps || place) && (
          <>
            <p>
              {place || (gps && coordinates(gps.latitude, gps.longitude))}{" "}
              {place && <From detail={detail} fields={[...NAMES]} />}
            </p>
            {gps && (
              <>
                <p className="num">
                  {[
                    place ? coordinates(gps.latitude, gps.longitude) : null,
                    gps.altitude !== null && gps.altitude !== undefined
                      ? m.viewer.altitude(gps.altitude)
                      : null,
                  ]
                    .filter(Boolean)
                    .join(", ")}{" "}
                  <From detail={detail} fields={["gps"]} />
                </p>
                <p>
                  <a href={mapUrl(gps.latitude, gps.longitude)} target="_blank" rel="noreferrer">
                    {m.viewer.openMap}
                  </a>
                </p>
              </>
            )}
          </>
        )
      }
      below={edited.length > 0 && edited.map((field) => <Edited key={field} detail={detail} field={field} />)}
      editor={
        <>
          {NAMES.map((name) => (
            <TextInput
              key={name}
              size="sm"
              label={m.editing.field[name]}
              value={draft[name]}
              onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
            />
          ))}
          <TextInput
            size="sm"
            label={m.editing.coordinates}
            description={m.editing.coordinatesHint}
            value={draft.gps}
            onChange={(event) => setDraft({ ...draft, gps: event.currentTarget.value })}
          />
        </>
      }
      onBegin={() => setDraft(shown())}
      onSave={save}
    />
  );
}
