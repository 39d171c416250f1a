import { Button, Drawer, SegmentedControl } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { transfersQuery } from "../api/queries";
import type { Storage, TransferFilter } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import storages from "../storages/storages.module.css";
import classes from "./delivery.module.css";
import { TransferRow } from "./TransferRow";
import { useDelivery } from "./useDelivery";
import { waitingWords } from "./waiting";

interface DrawerProps {
  title: string;
  /** Which transfers are meant. */
  of: Pick<TransferFilter, "storage_id" | "migration_id">;
  /** Where they go, when that is one storage; what stands against it is said first. */
  storage?: Storage;
  isOpen: boolean;
  onClose: () => void;
}

const SHOWN = ["open", "troubled", "all"] as const;
type Shown = (typeof SHOWN)[number];

/** Every original that is on its way or arrived, one by one. */
export function DeliveryDrawer({ title, isOpen, onClose, ...rest }: DrawerProps) {
  return (
    <Drawer opened={isOpen} onClose={onClose} position="right" size={520} title={title}>
      <Ledger {...rest} />
    </Drawer>
  );
}

function Ledger({ of, storage }: Pick<DrawerProps, "of" | "storage">) {
  const { workspace, api } = useWorkspace();
  const { retryAll } = useDelivery();
  const [shown, setShown] = useState<Shown>("open");
  const filter: TransferFilter = { ...of, ...(shown !== "all" && { [shown]: true }) };
  const query = useInfiniteQuery({ ...transfersQuery(workspace.id, api, filter), refetchInterval: 5000 });
  const transfers = query.data?.pages.flatMap((page) => page.items) ?? [];
  const words = m.delivery.ledger;
  const isTroubled = transfers.some((transfer) => transfer.trouble !== null && !transfer.finished_at);
  return (
    <>
      {storage && <Summary storage={storage} />}
      <div className={classes.bar}>
        <SegmentedControl
          aria-label={words.show}
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={SHOWN.map((value) => ({ value, label: words.shown[value] }))}
        />
        {storage && isTroubled && mayManage(workspace.role) && (
          <Button variant="default" loading={retryAll.isPending} onClick={() => retryAll.mutate(storage.id)}>
            {words.tryAll}
          </Button>
        )}
      </div>
      {query.error && <Note tone="bad">{errorText(query.error)}</Note>}
      {query.data && transfers.length === 0 && (
        <Empty icon={<IconCircleCheck size={34} stroke={1.5} />} title={words.emptyTitle[shown]} text="" />
      )}
      <ul className={classes.rows}>
        {transfers.map((transfer) => (
          <TransferRow key={transfer.id} transfer={transfer} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          mt={16}
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {m.common.loadMore}
        </Button>
      )}
    </>
  );
}

function Summary({ storage }: { storage: Storage }) {
  const words = waitingWords(storage.delivery, [storage], false);
  if (!words) return null;
  const reason = storage.delivery.trouble?.reason;
  return (
    <div className={storages.banners}>
      <Note tone={words.tone} title={words.title}>
        {words.text.length > 0 && words.text.join(" ")}
        {reason && <p className={classes.waitingText}>{reason}</p>}
      </Note>
    </div>
  );
}
