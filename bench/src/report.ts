/** One printed figure. `aim` is a lower bound for ratios and an upper bound for times and memory. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: { readonly atLeast: number } | { readonly atMost: number };
}

export interface Report {
  readonly bench: string;
  /** What was run, in a sentence: workload, durability, rounds. */
  readonly workload: string;
  readonly figures: readonly Figure[];
}

export function printed({ bench, workload, figures }: Report): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map(
    (figure) => `  ${figure.name.padEnd(width)}  ${shownValue(figure)}${shownAim(figure)}`,
  );
  return [`${bench}: ${workload}`, ...lines].join('\n');
}

function shownValue({ value, unit }: Figure): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`.trimEnd();
}

function shownAim({ value, aim }: Figure): string {
  if (!aim) return '';
  const [bound, met] =
    'atLeast' in aim
      ? [`>= ${aim.atLeast}`, value >= aim.atLeast]
      : [`<= ${aim.atMost}`, value <= aim.atMost];
  return `   (aim ${bound}: ${met ? 'met' : 'missed'})`;
}
