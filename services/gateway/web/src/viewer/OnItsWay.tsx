import { useQuery } from "@tanstack/react-query";
import { assetTransfersQuery } from "../api/queries";
import type { Id, Transfer } from "../api/types";
import { isParked, nextTry, transferState } from "../delivery/transferWords";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { StateMark } from "../storages/StateMark";
import classes from "./viewer.module.css";

/** Storages that the original, or a copy of it, is being brought to. */
export function OnItsWay({ asset }: { asset: Id }) {
  const { workspace, api } = useWorkspace();
  const query = useQuery({
    ...assetTransfersQuery(workspace.id, api, asset),
    refetchInterval: ({ state }) => (state.data && state.data.length > 0 ? 5000 : false),
  });
  return query.data?.map((transfer) => <Way key={transfer.id} transfer={transfer} />);
}

function Way({ transfer }: { transfer: Transfer }) {
  const words = m.delivery.viewer;
  const next = isParked(transfer)
    ? m.delivery.ledger.byHand
    : transfer.trouble && transfer.next_try_at && nextTry(transfer.next_try_at);
  return (
    <div style={{ marginBottom: 12 }}>
      <strong style={{ fontWeight: 550 }}>{words[transfer.kind](transfer.to_storage_name)}</strong>
      <p className={classes.origin}>
        <StateMark state={transferState(transfer)} />
      </p>
      {next && <p className={classes.origin}>{next}</p>}
    </div>
  );
}
