import { NumberInput, TextInput } from "@mantine/core";
import type { Storage } from "../api/types";
import { m } from "../messages";
import { ChoiceCards } from "../storages/ChoiceCards";
import type { DeliveryDraft } from "./settingsDraft";

interface DraftProps {
  draft: DeliveryDraft;
  onChange: (change: Partial<DeliveryDraft>) => void;
  errors: Record<string, string>;
}

interface CollectorFieldsProps extends DraftProps {
  storage: Storage;
  /** Files start to be moved: the name of the storage has to be typed. */
  needsConfirmation: boolean;
  typed: string;
  onTyped: (typed: string) => void;
}

/** Whether files of a storage are moved to the main storage, and how. */
export function CollectorFields(props: CollectorFieldsProps) {
  const { storage, draft, onChange, needsConfirmation, typed, onTyped, errors } = props;
  const words = m.delivery.settings;
  const isMain = storage.roles.includes("main");
  return (
    <>
      <ChoiceCards
        label={words.files}
        isWide
        value={draft.moves_to_main ? "move" : "leave"}
        onChange={(value) =>
          // A storage whose files leave cannot be one that keeps copies.
          onChange({ moves_to_main: value === "move", ...(value === "move" && { delivery_copy: false }) })
        }
        choices={[
          { value: "leave", title: words.leave, text: words.leaveText },
          {
            value: "move",
            title: words.move,
            text: isMain ? words.moveMain : words.moveText,
            disabled: isMain,
          },
        ]}
      />
      {needsConfirmation && (
        <MovingConfirmation
          name={storage.name}
          files={storage.figures.objects}
          typed={typed}
          onTyped={onTyped}
        />
      )}
      {draft.moves_to_main && <CollectingFields draft={draft} onChange={onChange} errors={errors} />}
    </>
  );
}

interface ConfirmationProps {
  name: string;
  /** How many files are known to be there. */
  files: number;
  typed: string;
  onTyped: (typed: string) => void;
}

/** Has somebody type the name of the storage whose files are moved away. */
export function MovingConfirmation({ name, files, typed, onTyped }: ConfirmationProps) {
  const words = m.delivery.settings;
  return (
    <TextInput
      label={words.moveConfirm(name)}
      description={words.moveConfirmHint(files)}
      autoComplete="off"
      value={typed}
      onChange={(event) => onTyped(event.currentTarget.value)}
    />
  );
}

/** When a file that was moved goes, and what becomes of one that is there already. */
export function CollectingFields({ draft, onChange, errors }: DraftProps) {
  const words = m.delivery.settings;
  return (
    <>
      <NumberInput
        label={words.hold}
        description={words.holdHint}
        min={0}
        max={8760}
        allowDecimal={false}
        value={draft.collector_hold_hours}
        error={errors["delivery.collector_hold_hours"]}
        onChange={(value) => onChange({ collector_hold_hours: Number(value) || 0 })}
      />
      <ChoiceCards
        label={words.duplicate}
        isWide
        value={draft.on_duplicate}
        onChange={(on_duplicate) => onChange({ on_duplicate })}
        choices={[
          { value: "hold", title: words.duplicateHold, text: words.duplicateHoldText },
          { value: "delete", title: words.duplicateDelete, text: words.duplicateDeleteText },
        ]}
      />
    </>
  );
}
