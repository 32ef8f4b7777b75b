import { type Database } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { SensorEntity } from '../entities/sensor.entity.js';
import { given } from './given.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface SensorFilter {
  readonly pack_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Id of a trigger: only the sensor that produces it. */
  readonly trigger?: number | undefined;
  /** Which rows there are at all for who asks; the table is `s`. */
  readonly visible?: Sql | undefined;
}

/** The sensor with this ref, or null. */
export const findSensor = (db: Database, ref: string): Promise<SensorEntity | null> =>
  db.getRepository(SensorEntity).findOneBy({ ref });

/** Sensors by ref. */
export const listSensors = (
  db: Database,
  { visible, trigger, ...filter }: SensorFilter,
  page: PageRequest,
): Promise<CountedPage<SensorEntity>> => {
  const produces =
    trigger === undefined
      ? undefined
      : sql`exists (select from trigger as t where t.id = ${trigger} and t.sensor = s.id)`;
  return listCounted(
    db,
    { entity: SensorEntity, alias: 's', where: given(filter), conditions: [visible, produces], orderBy: 'ref' },
    page,
  );
};
