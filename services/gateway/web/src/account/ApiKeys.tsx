import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiKeysQuery } from "../api/queries";
import type { ApiKeySecret } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import classes from "../people/people.module.css";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { KeyDialog } from "./KeyDialog";
import { KeyRow } from "./KeyRow";

export function ApiKeys() {
  const { workspace, api } = useWorkspace();
  const apiKeys = useQuery(apiKeysQuery(workspace.id, api));
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<ApiKeySecret | null>(null);
  return (
    <section className={classes.section} aria-labelledby="api-keys">
      <div className={classes.sectionHead}>
        <h2 id="api-keys">{m.account.keys}</h2>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} stroke={2} aria-hidden />}
          onClick={() => setMaking(true)}
        >
          {m.account.newKey}
        </Button>
      </div>
      <p className={classes.hint}>{m.account.keysText(workspace.name)}</p>
      {apiKeys.error && <Note tone="bad">{errorText(apiKeys.error)}</Note>}
      {apiKeys.data?.length === 0 && <p className={classes.hint}>{m.account.noKeys}</p>}
      {apiKeys.data && apiKeys.data.length > 0 && (
        <ul className={classes.list}>
          {apiKeys.data.map((one) => (
            <KeyRow key={one.id} apiKey={one} onNewKey={setMade} />
          ))}
        </ul>
      )}
      <KeyDialog
        isOpen={isMaking || made !== null}
        made={made}
        onMade={setMade}
        onClose={() => {
          setMaking(false);
          setMade(null);
        }}
      />
    </section>
  );
}
