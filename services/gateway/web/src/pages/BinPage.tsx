import { Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { BinEntries } from "../bin/BinEntries";
import classes from "../bin/bin.module.css";
import { Lingering } from "../bin/Lingering";
import { type BinTab, tabOf } from "../bin/tabs";
import { m } from "../messages";
import { MissingList } from "../missing/MissingList";
import { mayManage } from "../people/roles";
import { Rules } from "../retention/Rules";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

const route = getRouteApi("/w/$workspace/bin");

/** What leaves the library, and what already left where it should not, or stayed where it should not. */
export function BinPage() {
  const { workspace } = useWorkspace();
  const { tab = "bin" } = route.useSearch();
  const navigate = route.useNavigate();
  const isManager = mayManage(workspace.role);
  const panels: [BinTab, string, ReactNode][] = [
    ["bin", m.bin.tab, <BinEntries key="bin" />],
    ["missing", m.missing.tab, <Missing key="missing" />],
    ["lingering", m.lingering.tab, <Lingering key="lingering" />],
  ];
  if (isManager) panels.push(["rules", m.retention.tab, <Rules key="rules" />]);
  return (
    <Page title={m.bin.title} text={m.bin.text}>
      <Tabs
        value={panels.some(([value]) => value === tab) ? tab : "bin"}
        onChange={(value) => void navigate({ search: { tab: tabOf(value) }, replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {panels.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {panels.map(([value, _label, panel]) => (
          <Tabs.Panel key={value} value={value} pt={8}>
            {panel}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Missing() {
  return (
    <>
      <p className={classes.sum}>{m.missing.text}</p>
      <MissingList />
    </>
  );
}
