import { Radio } from "@mantine/core";
import classes from "./choice.module.css";

interface Choice<T extends string> {
  value: T;
  title: string;
  text: string;
  disabled?: boolean;
}

interface ChoiceCardsProps<T extends string> {
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  choices: readonly Choice<T>[];
  /** Two cards beside each other instead of below. */
  isWide?: boolean;
  /** Where a heading above says the same. */
  isLabelHidden?: boolean;
}

/** A question whose answers need a sentence each. Nothing is chosen until a person does. */
export function ChoiceCards<T extends string>({
  label,
  value,
  onChange,
  choices,
  isWide,
  isLabelHidden,
}: ChoiceCardsProps<T>) {
  return (
    <Radio.Group
      label={label}
      {...(isLabelHidden && { labelProps: { className: "visually-hidden" } })}
      value={value ?? ""}
      onChange={(next) => onChange(next as T)}
    >
      <div className={classes.cards} data-wide={isWide || undefined}>
        {choices.map((choice) => (
          <Radio.Card
            key={choice.value}
            value={choice.value}
            disabled={choice.disabled ?? false}
            className={classes.card}
            aria-label={`${choice.title}. ${choice.text}`}
          >
            <Radio.Indicator disabled={choice.disabled ?? false} />
            <span>
              <b>{choice.title}</b>
              <span>{choice.text}</span>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
