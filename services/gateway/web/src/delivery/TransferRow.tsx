import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Transfer } from "../api/types";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { useWorkspace } from "../shell/useWorkspace";
import { StateMark } from "../storages/StateMark";
import classes from "./delivery.module.css";
import { isOpen, transferFacts, transferState } from "./transferWords";
import { useDelivery } from "./useDelivery";

/** One original on its way, or arrived. */
export function TransferRow({ transfer }: { transfer: Transfer }) {
  const { workspace } = useWorkspace();
  const { retry } = useDelivery();
  const words = m.delivery.ledger;
  const canTry = isOpen(transfer) && transfer.trouble !== null && mayManage(workspace.role);
  return (
    <li className={classes.row}>
      <div className={classes.rowHead}>
        <Link
          to="/w/$workspace/a/$asset"
          params={{ workspace: workspace.short_id, asset: transfer.asset_id }}
          search={{}}
        >
          {transfer.asset_name}
        </Link>
        <StateMark state={transferState(transfer)} />
      </div>
      {transfer.path && <code>{transfer.path}</code>}
      {transfer.reason && isOpen(transfer) && <p className={classes.reason}>{transfer.reason}</p>}
      <div className={classes.rowEnd}>
        <p className="num">{transferFacts(transfer)}</p>
        {canTry && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`${words.tryOne}: ${transfer.asset_name}`}
            loading={retry.isPending}
            onClick={() => retry.mutate(transfer.id)}
          >
            {words.tryOne}
          </Button>
        )}
      </div>
    </li>
  );
}
