import { IconPlus, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { AssetDetail, AssetTag } from "../api/types";
import { m, relative } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { TagInput } from "./TagInput";
import { useCanEdit, useEditAsset } from "./useEditAsset";
import classes from "./viewer.module.css";

const KINDS = [
  { origin: "folder", label: m.viewer.folderTags },
  { origin: "keyword", label: m.viewer.keywords },
  { origin: "person", label: m.viewer.personTags },
] as const;

/** Tags by where they come from; each leads to everything that has it, and can be taken off. */
export function Tags({ detail }: { detail: AssetDetail }) {
  const edit = useEditAsset(detail.id);
  const canEdit = useCanEdit();
  const { tags, hidden_tags: hidden } = detail;
  if (tags.length === 0 && hidden.length === 0 && !canEdit) return null;
  return (
    <section className={classes.section} aria-label={m.viewer.tags}>
      <h3>{m.viewer.tags}</h3>
      {KINDS.map(({ origin, label }) => {
        const some = tags.filter((tag) => tag.origin === origin);
        if (some.length === 0) return null;
        return (
          <div key={origin} className={classes.tags}>
            <span className={classes.tagKind}>{label}</span>
            {some.map((tag) => (
              <Tag
                key={tag.name}
                tag={tag}
                onRemove={canEdit ? () => edit.mutate({ remove_tags: [tag.name] }) : null}
              />
            ))}
          </div>
        );
      })}
      {canEdit && (
        <TagInput
          label={m.editing.addTag}
          except={tags.map((tag) => tag.name)}
          onSubmit={(tag) => edit.mutate({ add_tags: [tag] })}
        />
      )}
      {hidden.length > 0 && (
        <div className={classes.tags} style={{ marginTop: 12 }}>
          <span className={classes.tagKind}>{m.editing.hiddenTags}</span>
          {hidden.map(({ name, by, at }) => (
            <span
              key={name}
              className={classes.hiddenTag}
              title={[by, relative(at)].filter(Boolean).join(", ")}
            >
              {name}
              {canEdit && (
                <button
                  type="button"
                  className={classes.tagButton}
                  aria-label={m.editing.putBack(name)}
                  onClick={() => edit.mutate({ add_tags: [name] })}
                >
                  <IconPlus size={14} stroke={2} aria-hidden />
                </button>
              )}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}

function Tag({ tag, onRemove }: { tag: AssetTag; onRemove: (() => void) | null }) {
  const { workspace } = useWorkspace();
  const who =
    tag.origin === "person" ? m.editing.tagBy(tag.by ?? null, tag.at ? relative(tag.at) : null) : undefined;
  return (
    <span className={classes.tag} title={who}>
      <Link to="/w/$workspace" params={{ workspace: workspace.short_id }} search={{ tag: [tag.name] }}>
        {tag.name}
      </Link>
      {onRemove && (
        <button
          type="button"
          className={classes.tagButton}
          aria-label={m.editing.removeTag(tag.name)}
          onClick={onRemove}
        >
          <IconX size={13} stroke={2} aria-hidden />
        </button>
      )}
    </span>
  );
}
