import { Child } from './child.js';

export type AppName = 'command-api' | 'query-api' | 'projector' | 'standalone';

export interface StartedApp {
  readonly child: Child;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
}

/** Starts an app as a process of its own, on a free port unless `env` names one, and awaits that it listens. */
export async function startApp(name: AppName, env: Readonly<Record<string, string>>): Promise<StartedApp> {
  const child = new Child({
    entry: `dist/apps/${name}/src/main.js`,
    env: { PORT: '0', LOG_FORMAT: 'json', LOG_LEVEL: 'info', ...env },
  });
  try {
    const url = await child.until(`${name} listens`, () => listenedUrl(child.stdout));
    return { child, url };
  } catch (error) {
    await child.kill();
    throw error;
  }
}

/** Awaits `GET /health/ready` answering 200. */
export async function untilReady({ child, url }: StartedApp, timeoutMs = 60_000): Promise<void> {
  await child.until(
    `${url} is ready`,
    async () => {
      const response = await fetch(`${url}/health/ready`);
      const body = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${body}`);
    },
    timeoutMs,
  );
}

function listenedUrl(log: string): string {
  const found = /"url":"(http:\/\/[^"]+)"/.exec(log);
  if (!found?.[1]) throw new Error('It has not said where it listens.');
  return found[1];
}
