import { Button } from "@mantine/core";
import { IconEraser, IconRestore, IconZoomCheck } from "@tabler/icons-react";
import { useState } from "react";
import type { Id } from "../api/types";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { Confirm } from "../shell/Confirm";
import { useWorkspace } from "../shell/useWorkspace";
import { useCanEdit } from "../viewer/useEditAsset";
import classes from "./missing.module.css";
import { useMissingActions } from "./useMissingActions";

interface MissingActionsProps {
  ids: readonly Id[];
  /** One of them may be restored. */
  canRestore: boolean;
  /** They are marked as missing, so that they can be forgotten. */
  canForget: boolean;
  onForgotten?: () => void;
}

const icon = { size: 16, stroke: 1.8, "aria-hidden": true } as const;

/** Check now, restore and forget, for one photo or many. */
export function MissingActions({ ids, canRestore, canForget, onForgotten }: MissingActionsProps) {
  const { workspace } = useWorkspace();
  const { check, restore, forget } = useMissingActions(onForgotten);
  const [isAsking, setAsking] = useState(false);
  const canManage = mayManage(workspace.role);
  if (!useCanEdit()) return null;
  const isNone = ids.length === 0;
  return (
    <div className={classes.actions}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconZoomCheck {...icon} />}
        disabled={isNone}
        loading={check.isPending}
        onClick={() => check.mutate(ids)}
      >
        {m.missing.check}
      </Button>
      {canManage && canRestore && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRestore {...icon} />}
          disabled={isNone}
          loading={restore.isPending}
          onClick={() => restore.mutate(ids)}
        >
          {m.missing.restore}
        </Button>
      )}
      {canManage && canForget && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconEraser {...icon} />}
          disabled={isNone}
          onClick={() => setAsking(true)}
        >
          {m.missing.forget}
        </Button>
      )}
      <Confirm
        isOpen={isAsking}
        title={m.missing.forgetTitle(ids.length)}
        text={m.missing.forgetText}
        confirm={m.missing.forget}
        isPending={forget.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() => forget.mutate(ids, { onSettled: () => setAsking(false) })}
      />
    </div>
  );
}
