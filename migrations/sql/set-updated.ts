/**
 * DDL that keeps `updated` of a table true. `updated` moves only when the row really changed, so loading the same pack
 * twice moves nothing.
 */
export function setUpdatedTrigger(table: string): string {
  return `
    create trigger ${table}_set_updated
      before update on ${table}
      for each row
      when (old.* is distinct from new.*)
      execute function set_updated()`;
}

/**
 * The same for tables whose every update is a change (status moves, heartbeats), where comparing wide rows would only
 * cost, and for tables with a generated column, which such a comparison may not read.
 */
export function setUpdatedAlwaysTrigger(table: string): string {
  return `
    create trigger ${table}_set_updated
      before update on ${table}
      for each row
      execute function set_updated()`;
}
