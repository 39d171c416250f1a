import { Stack } from "@mantine/core";
import { CollectingFields, MovingConfirmation } from "../delivery/CollectorFields";
import { KeepFields } from "../delivery/KeepFields";
import { NameFields } from "../delivery/NameFields";
import { m } from "../messages";
import { ChoiceCards } from "./ChoiceCards";
import { type Draft, isUseConfirmed, type StorageUse, withUse } from "./draft";

interface UseStepProps {
  draft: Draft;
  errors: Record<string, string>;
  onChange: (change: Partial<Draft>) => void;
}

const USES: readonly StorageUse[] = ["source", "main", "copy", "collector"];

/** What a storage is for besides showing its files: names of what is brought there, or how its own leave. */
export function UseStep({ draft, errors, onChange }: UseStepProps) {
  const words = m.connect.use;
  const { delivery, use } = draft;
  const change = (part: Partial<Draft["delivery"]>) => onChange({ delivery: { ...delivery, ...part } });
  const isBroughtTo = use === "main" || use === "copy";
  return (
    <Stack gap={26}>
      <ChoiceCards
        label={m.connect.useTitle}
        isLabelHidden
        isWide
        value={use}
        onChange={(next) => onChange(withUse(draft, next))}
        choices={USES.map((value) => ({ value, title: words[value], text: words[`${value}Text`] }))}
      />
      {use === "collector" && (
        <>
          <MovingConfirmation
            name={draft.name}
            files={0}
            typed={draft.typedName}
            onTyped={(typedName) => onChange({ typedName })}
          />
          {isUseConfirmed(draft) && <CollectingFields draft={delivery} errors={errors} onChange={change} />}
        </>
      )}
      {isBroughtTo && (
        <NameFields
          pattern={delivery.file_name_pattern}
          prefix={delivery.path_prefix}
          errors={errors}
          onPattern={(file_name_pattern) => change({ file_name_pattern })}
          onPrefix={(path_prefix) => change({ path_prefix })}
        />
      )}
      {use === "main" && <KeepFields draft={delivery} errors={errors} onChange={change} />}
    </Stack>
  );
}
