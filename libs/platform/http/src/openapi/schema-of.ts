/** A JSON schema of the shape of an example. */
export function schemaOf(example: unknown): object {
  if (example === null || example === undefined) return {};
  if (Array.isArray(example)) return { type: 'array', items: example.length > 0 ? schemaOf(example[0]) : {} };
  switch (typeof example) {
    case 'object': {
      const properties = Object.entries(example as object);
      return {
        type: 'object',
        properties: Object.fromEntries(properties.map(([name, value]) => [name, schemaOf(value)])),
      };
    }
    case 'number':
      return { type: Number.isInteger(example) ? 'integer' : 'number' };
    case 'boolean':
      return { type: 'boolean' };
    default:
      return { type: 'string' };
  }
}
