import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { storagesQuery } from "../api/queries";
import type { AssetFilter } from "../api/types";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { mediaTypeName } from "./facets";
import classes from "./header.module.css";

interface FilterChipsProps {
  filter: AssetFilter;
  onChange: (change: Partial<AssetFilter>) => void;
}

interface Chip {
  key: string;
  facet: string;
  label: string;
  without: Partial<AssetFilter>;
}

export function FilterChips({ filter, onChange }: FilterChipsProps) {
  const { workspace, api } = useWorkspace();
  const storages = useQuery({
    ...storagesQuery(workspace.id, api),
    enabled: filter.storage_id !== undefined,
  });
  const facets = m.library.facet;
  const chips: Chip[] = [];
  const add = (facet: string, label: string, without: Partial<AssetFilter>) =>
    chips.push({ key: `${facet} ${label}`, facet, label, without });

  if (filter.storage_id) {
    const name = storages.data?.find((storage) => storage.id === filter.storage_id)?.name ?? "…";
    add(facets.storage_id, name, { storage_id: undefined });
  }
  for (const tag of filter.tag ?? []) {
    const rest = filter.tag?.filter((other) => other !== tag);
    add(facets.tag, tag, { tag: rest && rest.length > 0 ? rest : undefined });
  }
  if (filter.status) add(facets.status, m.library.status[filter.status], { status: undefined });
  if (filter.camera) add(facets.camera, filter.camera, { camera: undefined });
  if (filter.media_type) add(facets.media_type, mediaTypeName(filter.media_type), { media_type: undefined });
  if (chips.length === 0) return null;

  const clear = {
    storage_id: undefined,
    tag: undefined,
    status: undefined,
    camera: undefined,
    media_type: undefined,
  };
  return (
    <div className={classes.chips}>
      {chips.map(({ key, facet, label, without }) => (
        <button
          key={key}
          type="button"
          className={classes.chip}
          aria-label={m.library.removeFilter(`${facet} ${label}`)}
          onClick={() => onChange(without)}
        >
          <span>{facet}</span>
          <b>{label}</b>
          <IconX size={14} stroke={2} aria-hidden />
        </button>
      ))}
      {chips.length > 1 && (
        <button type="button" className={classes.clear} onClick={() => onChange({ ...clear, q: undefined })}>
          {m.library.clearFilters}
        </button>
      )}
    </div>
  );
}
