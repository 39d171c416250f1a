import { NumberInput } from "@mantine/core";
import { m } from "../messages";
import { ChoiceCards } from "../storages/ChoiceCards";
import classes from "./delivery.module.css";
import type { DeliveryDraft } from "./settingsDraft";

/** Offered to whoever asks for days and said no number before. */
const SOME_DAYS = 30;

interface KeepFieldsProps {
  draft: DeliveryDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<DeliveryDraft>) => void;
}

/** What becomes of the copy in central storage once an original is in its storage. */
export function KeepFields({ draft, errors, onChange }: KeepFieldsProps) {
  const words = m.delivery.settings;
  const { keepChoice } = words;
  return (
    <div className={classes.group}>
      <ChoiceCards
        label={words.keep}
        value={draft.keep_local_copy}
        onChange={(keep_local_copy) =>
          onChange({
            keep_local_copy,
            ...(keep_local_copy === "days" && draft.keep_local_days === 0 && { keep_local_days: SOME_DAYS }),
          })
        }
        choices={[
          { value: "until_verified", title: keepChoice.until_verified, text: keepChoice.until_verifiedText },
          { value: "days", title: keepChoice.days, text: keepChoice.daysText },
          { value: "always", title: keepChoice.always, text: keepChoice.alwaysText },
        ]}
      />
      {draft.keep_local_copy === "days" && (
        <NumberInput
          label={words.days}
          min={0}
          max={3650}
          allowDecimal={false}
          value={draft.keep_local_days}
          error={errors["delivery.keep_local_days"]}
          onChange={(value) => onChange({ keep_local_days: Number(value) || 0 })}
        />
      )}
    </div>
  );
}
