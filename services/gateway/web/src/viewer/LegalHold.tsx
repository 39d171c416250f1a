import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { holdsQuery, keys } from "../api/queries";
import type { AssetDetail } from "../api/types";
import { showDone, showError } from "../lib/notify";
import { date, m } from "../messages";
import { mayManage } from "../people/roles";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./viewer.module.css";

/** Legal holds on an asset, for administrators. */
export function LegalHold({ detail }: { detail: AssetDetail }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const isAllowed = mayManage(workspace.role);
  const [isPlacing, setPlacing] = useState(false);
  const holds = useQuery({ ...holdsQuery(workspace.id, api, detail.id), enabled: isAllowed });
  const refresh = () =>
    Promise.all(
      [keys.holds(workspace.id), keys.asset(workspace.id, detail.id), keys.bin(workspace.id)].map(
        (queryKey) => client.invalidateQueries({ queryKey }),
      ),
    );
  const lift = useMutation({
    mutationFn: (id: string) => api.holds.lift(id),
    onSuccess: () => showDone(m.hold.lifted),
    onError: showError,
    onSettled: refresh,
  });
  if (!isAllowed) return null;
  return (
    <section className={classes.section}>
      <h3>{m.hold.title}</h3>
      {holds.data?.length === 0 && <p>{m.hold.none}</p>}
      {holds.data?.map((hold) => (
        <div key={hold.id} style={{ marginBottom: 10 }}>
          <p style={{ margin: 0 }}>{hold.reason}</p>
          <p className={classes.origin} style={{ margin: "2px 0 4px" }}>
            {hold.asset_id ? "" : `${m.hold.whole}, `}
            {m.hold.placed(hold.placed_by ?? m.common.unknown, date(hold.placed_at))}
          </p>
          <Button
            size="compact-sm"
            variant="default"
            loading={lift.isPending}
            aria-label={`${m.hold.lift}: ${hold.reason}`}
            onClick={() => lift.mutate(hold.id)}
          >
            {m.hold.lift}
          </Button>
        </div>
      ))}
      <Button size="xs" variant="default" onClick={() => setPlacing(true)}>
        {m.hold.place}
      </Button>
      <PlaceDialog
        isOpen={isPlacing}
        asset={detail}
        onClose={() => setPlacing(false)}
        onPlaced={() => {
          setPlacing(false);
          void refresh();
        }}
      />
    </section>
  );
}

interface PlaceProps {
  isOpen: boolean;
  asset: AssetDetail;
  onClose: () => void;
  onPlaced: () => void;
}

function PlaceDialog({ isOpen, asset, onClose, onPlaced }: PlaceProps) {
  const { api } = useWorkspace();
  const [reason, setReason] = useState("");
  const place = useMutation({
    mutationFn: () => api.holds.place({ asset_id: asset.id, reason: reason.trim() }),
    onSuccess: () => {
      showDone(m.hold.isPlaced);
      setReason("");
      onPlaced();
    },
    onError: showError,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    place.mutate();
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.hold.placeTitle(asset.name)} size={480} zIndex={420}>
      <form onSubmit={submit}>
        <p style={{ marginTop: 0 }}>{m.hold.placeText}</p>
        <Textarea
          label={m.hold.reason}
          required
          maxLength={500}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt={20}>
          <Button variant="default" onClick={onClose}>
            {m.common.cancel}
          </Button>
          <Button type="submit" loading={place.isPending} disabled={reason.trim() === ""}>
            {m.hold.place}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
