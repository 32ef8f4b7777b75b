import { type PackRegistryIndexEntity } from '@attune/common';
import { type IndexedPackResponse, type PackRegistryIndexResponse } from '@attune/contract';
import { iso } from '../domain/wire.js';
import { type IndexedPack } from './index-reader.service.js';
import { maskedHeaders } from './stored-headers.js';

export const showPackIndex = (index: PackRegistryIndexEntity): PackRegistryIndexResponse => ({
  id: index.id,
  name: index.name,
  url: index.url,
  position: index.position,
  enabled: index.enabled,
  headers: maskedHeaders(index.headers),
  created: iso(index.created),
  updated: iso(index.updated),
});

export const showIndexedPack = ({ pack, index }: IndexedPack): IndexedPackResponse => ({
  pack: {
    ...pack,
    install_sources: pack.install_sources.map((source) => ({ ...source })),
  },
  registry: { id: index.id, name: index.name, url: index.url, position: index.position },
});
