import { Button, Drawer, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { scansQuery } from "../api/queries";
import type { ScanRun, ScanState, Storage } from "../api/types";
import { dateTime, duration, m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { SkippedFiles } from "./SkippedFiles";
import { StateMark } from "./StateMark";
import classes from "./storages.module.css";
import { changeWords, type Tone } from "./words";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

const TONES: Record<ScanState, Tone> = {
  running: "busy",
  complete: "good",
  incomplete: "warn",
  aborted: "quiet",
};

export function ScanHistory({ storage, isOpen, onClose }: PanelProps) {
  const [run, setRun] = useState<ScanRun | null>(null);
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={480}
      title={run ? m.history.skippedTitle : m.history.title(storage.name)}
      onExitTransitionEnd={() => setRun(null)}
    >
      {run ? (
        <SkippedFiles storage={storage} run={run} onBack={() => setRun(null)} />
      ) : (
        <Runs storage={storage} onSkipped={setRun} />
      )}
    </Drawer>
  );
}

function Runs({ storage, onSkipped }: { storage: Storage; onSkipped: (run: ScanRun) => void }) {
  const { workspace, api } = useWorkspace();
  const scans = useInfiniteQuery(scansQuery(workspace.id, api, storage.id));
  const runs = scans.data?.pages.flatMap((page) => page.items) ?? [];
  if (scans.data && runs.length === 0) return <Text c="dimmed">{m.history.empty}</Text>;
  return (
    <>
      {runs.map((run) => (
        <div key={run.id} className={classes.run}>
          <div className={classes.runHead}>
            <strong className="num">{dateTime(run.started_at)}</strong>
            <StateMark state={{ tone: TONES[run.state], text: m.history.state[run.state] }} />
          </div>
          <p className="num">
            {m.history.listed(run.listed)}, {changeWords(run).toLowerCase()}
          </p>
          <p className="num">
            {m.history.trigger[run.trigger]}
            {run.finished_at ? `, ${m.history.took(duration(run.started_at, run.finished_at))}` : ""}
          </p>
          {run.error && <p className={classes.error}>{run.error}</p>}
          {run.skipped > 0 && (
            <Button variant="subtle" size="compact-sm" mt={4} ml={-8} onClick={() => onSkipped(run)}>
              {m.history.skippedFiles(run.skipped)}
            </Button>
          )}
        </div>
      ))}
      {scans.hasNextPage && (
        <Button
          mt={16}
          variant="default"
          loading={scans.isFetchingNextPage}
          onClick={() => void scans.fetchNextPage()}
        >
          {m.common.loadMore}
        </Button>
      )}
    </>
  );
}
