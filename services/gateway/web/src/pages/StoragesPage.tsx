import { Button } from "@mantine/core";
import { IconPlus, IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { planQuery, statsQuery, storagesQuery } from "../api/queries";
import type { Stats } from "../api/types";
import { MainStoragePanel } from "../delivery/MainStoragePanel";
import { errorText } from "../lib/notify";
import { bytes, m, number } from "../messages";
import { mayManage } from "../people/roles";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";
import { CentralCard } from "../storages/CentralCard";
import { standingOf } from "../storages/plan";
import { StorageCard } from "../storages/StorageCard";
import classes from "../storages/storages.module.css";

export function StoragesPage() {
  const { workspace, api } = useWorkspace();
  const storages = useQuery({
    ...storagesQuery(workspace.id, api),
    // Nothing is said of each original that arrives.
    refetchInterval: ({ state }) => (state.data?.some((one) => one.delivery.waiting > 0) ? 5000 : false),
  });
  const stats = useQuery(statsQuery(workspace.id, api));
  const plan = useQuery(planQuery(workspace.id, api)).data;
  const atLimit = plan ? standingOf(plan).storages : null;
  const params = { workspace: workspace.short_id };
  const hasSome = (storages.data?.length ?? 0) > 0;
  const connect =
    atLimit || !mayManage(workspace.role) ? null : (
      <Button
        leftSection={<IconPlus size={17} stroke={2} aria-hidden />}
        renderRoot={(props) => <Link to="/w/$workspace/storages/connect" params={params} {...props} />}
      >
        {m.storages.connect}
      </Button>
    );
  return (
    <Page title={m.storages.title} text={m.storages.text} actions={hasSome ? connect : null}>
      {storages.error && <Note tone="bad">{errorText(storages.error)}</Note>}
      {hasSome && stats.data && <Figures stats={stats.data} />}
      {atLimit && (
        <div className={classes.limit}>
          <Note tone="info" title={m.plan.limit[atLimit]}>
            {m.plan.limitText[atLimit]}
          </Note>
        </div>
      )}
      {storages.data && hasSome && <MainStoragePanel storages={storages.data} />}
      <div className={classes.list}>
        <CentralCard />
        {storages.data?.map((storage) => (
          <StorageCard key={storage.id} storage={storage} />
        ))}
      </div>
      {storages.data && !hasSome && !atLimit && (
        <Empty
          icon={<IconServer2 size={34} stroke={1.5} />}
          title={m.storages.emptyTitle}
          text={mayManage(workspace.role) ? m.storages.emptyText : m.storages.emptyTextOthers}
          action={connect}
        />
      )}
    </Page>
  );
}

function Figures({ stats }: { stats: Stats }) {
  const { workspace } = useWorkspace();
  const words = m.storages.figures;
  const params = { workspace: workspace.short_id };
  const { failed } = stats.by_status;
  const figures: [string, ReactNode][] = [
    [words.assets, number(stats.assets)],
    [words.originals, bytes(stats.original_bytes)],
    [words.renditions, bytes(stats.rendition_bytes)],
    [words.processing, number(stats.by_status.processing)],
    [
      words.failed,
      failed > 0 && (
        <Link to="/w/$workspace" params={params} search={{ status: "failed" }}>
          {number(failed)}
        </Link>
      ),
    ],
    [
      words.missing,
      stats.missing > 0 && (
        <Link to="/w/$workspace/missing" params={params} search={{}}>
          {number(stats.missing)}
        </Link>
      ),
    ],
  ];
  return (
    <dl className={classes.figures}>
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="num" data-bad={typeof value === "object" || undefined}>
            {value || number(0)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
