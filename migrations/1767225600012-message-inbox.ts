import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What a message broker between outbox and consumers needs: the lease of a relay on a message that it brings there, and the list of
 * messages whose effect is committed, so that another delivery does nothing. Without a broker neither is used.
 *
 * Both are new and empty: no cost, whatever is in the database. Safe to roll back once the broker's queues are empty.
 */
export class MessageInbox1767225600012 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table outbox_message add column relayed_until timestamptz`);
    await q.query(
      `comment on column outbox_message.relayed_until is 'until then a relay has it in hand, on its way to the broker; null: nobody has'`,
    );
    await q.query(`
      create table message_inbox (
        message_id bigint not null,
        created timestamptz not null,
        consumed_at timestamptz not null default now(),
        constraint message_inbox_pkey primary key (message_id, created)
      )`);
    // The oldest ones, to forget them.
    await q.query(`create index message_inbox_consumed_at_idx on message_inbox (consumed_at)`);
    await q.query(`comment on table message_inbox is 'messages from the broker that were handled'`);
    await q.query(`comment on column message_inbox.message_id is 'of the outbox message it was'`);
    await q.query(
      `comment on column message_inbox.created is 'of the outbox message; ids alone could come again after a restored backup'`,
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table message_inbox`);
    await q.query(`alter table outbox_message drop column relayed_until`);
  }
}
