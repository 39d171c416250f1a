import { Tabs } from "@mantine/core";
import { useState } from "react";
import { BinEntries } from "../bin/BinEntries";
import { Lingering } from "../bin/Lingering";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { Rules } from "../retention/Rules";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

const TABS = ["bin", "lingering", "rules"] as const;
type Shown = (typeof TABS)[number];

export function BinPage() {
  const { workspace } = useWorkspace();
  const [shown, setShown] = useState<Shown>("bin");
  const isManager = mayManage(workspace.role);
  return (
    <Page title={m.bin.title} text={m.bin.text}>
      <Tabs value={shown} onChange={(value) => value && setShown(value as Shown)} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="bin">{m.bin.tab}</Tabs.Tab>
          <Tabs.Tab value="lingering">{m.lingering.tab}</Tabs.Tab>
          {isManager && <Tabs.Tab value="rules">{m.retention.tab}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="bin" pt={8}>
          <BinEntries />
        </Tabs.Panel>
        <Tabs.Panel value="lingering" pt={8}>
          <Lingering />
        </Tabs.Panel>
        {isManager && (
          <Tabs.Panel value="rules" pt={8}>
            <Rules />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  );
}
