import { type Peer } from './peer.js';

export const PEER_NAMES = ['graphile-worker', 'pg-boss', 'dbos'] as const;

export type PeerName = (typeof PEER_NAMES)[number];

/** Loaded when it is its turn: none should run with the code of the others beside it. */
export async function loadPeer(name: PeerName): Promise<Peer> {
  switch (name) {
    case 'graphile-worker':
      return (await import('./graphile-worker.peer.js')).graphileWorker;
    case 'pg-boss':
      return (await import('./pg-boss.peer.js')).pgBoss;
    case 'dbos':
      return (await import('./dbos.peer.js')).dbos;
  }
}
