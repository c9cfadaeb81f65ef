export interface ReadinessAnswer {
  /** `degraded` shows, and does not make the app unready. */
  readonly status: 'up' | 'down' | 'degraded';
  readonly reason?: string;
}

/** One thing that the app depends on. */
export interface ReadinessCheck {
  readonly name: string;
  /** The app is not ready while this is down. */
  readonly required: boolean;
  check(): Promise<ReadinessAnswer>;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'degraded' | 'not_ready';
  readonly checks: Readonly<Record<string, ReadinessAnswer & { readonly required: boolean }>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** All checks at once; one that throws or takes longer than 2 seconds is down. */
export async function readinessOf(checks: readonly ReadinessCheck[]): Promise<ReadinessReport> {
  const answers = await Promise.all(
    checks.map(
      async (check) => [check.name, { ...(await answerOf(check)), required: check.required }] as const,
    ),
  );
  const isDown = answers.some(([, { status, required }]) => required && status === 'down');
  const isWell = answers.every(([, { status }]) => status === 'up');
  return {
    status: isDown ? 'not_ready' : isWell ? 'ready' : 'degraded',
    checks: Object.fromEntries(answers),
  };
}

async function answerOf(check: ReadinessCheck): Promise<ReadinessAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReadinessAnswer>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, { status: 'down', reason: 'No answer within 2 seconds.' });
  });
  try {
    return await Promise.race([check.check(), late]);
  } catch (error) {
    return { status: 'down', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
