import type { Api } from '../harness/index.js';

// biome-ignore lint/suspicious/noExplicitAny: items of many lists
type AnyItem = any;

/** Every item of a list, following `links.next` page by page. */
export async function allItems(api: Api, path: string): Promise<AnyItem[]> {
  const items: AnyItem[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, body }: { status: number; body: AnyItem } = await api.get(next);
    if (status !== 200) throw new Error(`GET ${next} answered ${status}: ${JSON.stringify(body)}`);
    items.push(...body.items);
    next = body.links.next;
  }
  return items;
}

/** The answers to one request per item, 16 under way at once, in the order of the items. */
export async function ofEach<Item>(
  api: Api,
  items: readonly Item[],
  pathOf: (item: Item) => string,
): Promise<AnyItem[]> {
  const answers: AnyItem[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const path = pathOf(items[index] as Item);
      const { status, body } = await api.get(path);
      if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
      answers[index] = body;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return answers;
}
