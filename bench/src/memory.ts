import { readFileSync } from 'node:fs';

/** Anonymous memory of a process, in MiB (Linux: RssAnon of /proc/<pid>/status). */
export function anonymousMebibytes(pid: number): number {
  const found = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!found) throw new Error(`/proc/${pid}/status tells no RssAnon.`);
  return Number(found[1]) / 1024;
}

/** Looks every 100 ms until stopped; tells the highest. */
export function watchMemory(pid: number): { stop(): number } {
  let highest = anonymousMebibytes(pid);
  const timer = setInterval(() => {
    highest = Math.max(highest, anonymousMebibytes(pid));
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return highest;
    },
  };
}
