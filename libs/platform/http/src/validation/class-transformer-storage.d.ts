/** class-transformer keeps its metadata here and exports it from nowhere else. */
declare module 'class-transformer/cjs/storage.js' {
  import type { TransformMetadata, TypeMetadata } from 'class-transformer';

  type Target = abstract new (...parameters: never[]) => object;
  interface Storage {
    findTypeMetadata(target: Target, property: string): TypeMetadata | undefined;
    findTransformMetadatas(target: Target, property: string, type: number): TransformMetadata[];
    getExposedMetadatas(target: Target): unknown[];
    getExcludedMetadatas(target: Target): unknown[];
    getStrategy(target: Target): 'excludeAll' | 'exposeAll' | 'none';
  }
  export const defaultMetadataStorage: Storage;
}
