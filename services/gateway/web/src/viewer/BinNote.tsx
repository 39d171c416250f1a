import { Button } from "@mantine/core";
import type { AssetDetail } from "../api/types";
import { Originals } from "../bin/Originals";
import { useRestore } from "../bin/useTrash";
import { date, m } from "../messages";
import { Note } from "../shell/Note";
import { useCanEdit } from "./useEditAsset";
import classes from "./viewer.module.css";

/** Says that an asset is in the bin, until when, and what becomes of its originals. */
export function BinNote({ detail }: { detail: AssetDetail }) {
  const canEdit = useCanEdit();
  const restore = useRestore();
  if (!detail.bin) return null;
  return (
    <section className={classes.section}>
      <Note tone="warn" title={m.bin.isInBin(date(detail.bin.purge_after))}>
        <Originals originals={detail.bin.originals} />
        {canEdit && (
          <Button
            mt={10}
            size="compact-sm"
            variant="default"
            loading={restore.isPending}
            onClick={() => restore.mutate([detail.id])}
          >
            {m.bin.restore}
          </Button>
        )}
      </Note>
    </section>
  );
}
